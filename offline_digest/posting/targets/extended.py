"""Markdown as blogs and note programs extend it: one spelling that Goldmark, kramdown, Pandoc and Obsidian read alike.

Each of them adds marks to CommonMark, and template languages run before it. What is a mark to any of them is escaped for all; by a backslash
where all know one, by an entity elsewhere, which no program that looks for code, citations or addresses in the raw text can see through. What they
do not share is how a formula begins and ends.

Source:
    gohugo.io: shortcodes, Markdown attributes, mathematics. kramdown 2.4 syntax. Liquid tags. Pandoc's manual, sections on Markdown.
    quarto.org: shortcodes, executable code. help.obsidian.md: comments, tags, highlights, block links; the plugins Dataview and Templater.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from offline_digest.posting.targets.front import yaml_string
from offline_digest.posting.targets.markdown import disarm_formula, escape_address
from offline_digest.posting.targets.marks import MATHJAX, run_together
from offline_digest.posting.texts import Text, safe_address

_BACKSLASHED = frozenset("\\*_{}#|$<>=~-+\"'")  # all of them know a backslash before these; `\[` and `\(` would begin formulas
_MARK = re.compile(
    r"""
    [\\*`~\[{}|$]                             # emphasis, code, links, attributes, tables, formulas, shortcodes
    | " | (?<![A-Za-z0-9])' | '(?![A-Za-z0-9])   # quotations, which Pandoc pairs across emphasis
    | (?<=\{)[%#]                             # template tags, whose braces are escaped but still there
    | <(?![\s\d=.]) | (?<=<)<                 # tags, in kramdown also Chinese ones, code of Templater, guillemets
    | >(?=>) | (?<=>)>
    | &(?=\#|[A-Za-z][A-Za-z0-9]*;)           # entities
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])    # emphasis
    | (?<!\w)\#(?=\w)                         # tags of a note
    | =(?==) | (?<==)= | %(?=%) | (?<=%)%     # highlights, comments of a note
    | :(?=:|\w+:) | (?<=:): | (?<=[A-Za-z]):(?=\S)  # fields of Dataview, blocks of Pandoc, emoji, addresses of any scheme
    | (?:(?<=www)|(?<=WWW))\.                 # bare addresses
    | @(?=[\w{])                              # citations, mail
    | \^(?=[^\s^]*\^|\[) | (?<!\S)\^(?=[\w-]*$)  # raised text, notes, names of blocks
    """,
    re.VERBOSE,
)
_FIRST = re.compile(r"^[-+>#=:^]")
_ITEM = re.compile(r"^(\(?(?:\d{1,9}|[A-Za-z]|[IVXLCDMivxlcdm]+|#))([.)])(?=\s|$)")  # Pandoc counts in letters and Roman numbers too
_BRACKETS = str.maketrans({"[": "\\lbrack ", "]": "\\rbrack "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What one program takes for a formula, and whether it reads Markdown in its front matter, too."""

    opening: str
    closing: str
    metadata_is_markdown: bool = False

    def inline(self, text: Text) -> str:
        """Return *text* so that it reads the same, safe anywhere inside a line and at its start."""
        joined = _ITEM.sub(lambda match: match[1] + _escaped(match[2]), _FIRST.sub(lambda match: _escaped(match[0]), self._joined(text)))
        return f"{joined}&#32;" if self.opening == "$$" and joined.endswith("$$") else joined  # alone in its line it would be a display

    def heading(self, text: Text) -> str:
        """Return *text* for a heading line."""
        return re.sub(r"#+$", lambda match: "\\#" * len(match[0]), self._joined(text))

    def label(self, text: Text) -> str:
        """Return *text* for the inside of `[...](...)`, where no other link may stand."""
        return self._joined(text, in_link=True)

    def alt(self, text: Text) -> str:
        """Return *text* for the description of a picture, which becomes an attribute: formulas as TeX."""
        return _prose(text.source, in_link=True)

    def yaml(self, value: Text | str | Sequence[Text | str]) -> str:
        """Return *value*, joined where it is several, as a string for front matter."""
        return yaml_string(value, self.inline) if self.metadata_is_markdown else yaml_string(value)

    def _joined(self, text: Text, *, in_link: bool = False) -> str:
        parts: list[str] = []
        for run in text.runs:
            if run.kind == "formula":
                piece = self._formula(run.text, in_link=in_link)
            elif run.kind == "url":
                piece = _link(run.text, in_link=in_link)
            else:
                piece = _prose(run.text, in_link=in_link)
            if parts and parts[-1].endswith("$") and piece[:1].isdigit():  # a dollar before a digit closes nothing
                piece = f"&#{ord(piece[0])};{piece[1:]}"
            parts.append(f" {piece}" if parts and run_together(parts[-1], piece) else piece)
        return "".join(parts).strip()

    def _formula(self, tex: str, *, in_link: bool) -> str:
        body = disarm_formula(tex)
        if body is None:
            return _prose(f"${tex}$", in_link=in_link)
        if in_link and not _pairs(body):
            body = body.translate(_BRACKETS)
        return f"{self.opening}{body}{self.closing}"


def _link(url: str, *, in_link: bool) -> str:
    address = safe_address(url)
    return f"<{escape_address(address)}>" if address and not in_link else _prose(url, in_link=in_link)


def _prose(text: str, *, in_link: bool = False) -> str:
    escaped = _MARK.sub(lambda match: _escaped(match[0]), MATHJAX.sub("", text))
    return escaped.replace("]", _escaped("]")) if in_link else escaped


def _escaped(char: str) -> str:
    return f"\\{char}" if char in _BACKSLASHED else f"&#{ord(char)};"


def _pairs(body: str) -> bool:
    """Tell whether square brackets open before they close, as those of a link's text must."""
    depth = 0
    for bracket in re.findall(r"[\[\]]", body):
        depth += 1 if bracket == "[" else -1
        if depth < 0:
            return False
    return depth == 0
