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

# All of them know a backslash before these. `\[` and `\(` would begin formulas, and kramdown reads `\<<` as one sign.
_BACKSLASHED = frozenset("\\*_{}#|$=~-+\"'")
_MARK = re.compile(
    r"""
    [\\*`~^\[{}|$]                            # emphasis, raised text, notes, code, links, attributes, tables, formulas, shortcodes
    | \](?=[(\[:])                            # the end of a link that a formula began
    | " | (?<![A-Za-z0-9])' | '(?![A-Za-z0-9])   # quotations, which Pandoc pairs across emphasis
    | (?<=\{)[%#]                             # template tags, whose braces are escaped but still there
    | <(?![\s\d=.]) | (?<=<)<                 # tags, in kramdown also Chinese ones, code of Templater, guillemets
    | >(?=>) | (?<=>)>
    | &(?=\#|[A-Za-z][A-Za-z0-9]*;)           # entities
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])    # emphasis
    | (?<!\w)\#(?=\w) | \#(?=\#*$)            # tags of a note, the end of a heading
    | =(?==) | (?<==)= | %(?=%) | (?<=%)%     # highlights, comments of a note
    | :(?=:|\w+:) | (?<=:): | (?<=[A-Za-z]):(?=\S)  # fields of Dataview, blocks of Pandoc, emoji, addresses of any scheme
    | \+(?=\+(?:\S|$)) | (?<=\+)\+(?=\S|$)    # insertions
    | (?:(?<=www)|(?<=WWW))\.                 # bare addresses
    | @(?=[\w{])                              # citations, mail
    """,
    re.VERBOSE,
)
_IN_LINK = re.compile(rf"{_MARK.pattern} | \]", re.VERBOSE)
_TWO_DOLLARS = re.compile(r"\$(?=\$)")  # escaped they are dollars on the page, where MathJax looks for two of them
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_FIRST = re.compile(r"^[-+>#=:]")
_ITEM = re.compile(r"^(\(?(?:\d{1,9}|[A-Za-z]|[IVXLCDMivxlcdm]+|#))([.)])(?=\s|$)")  # Pandoc counts in letters and Roman numbers too
_BAR = re.compile(r"(?<!\\)\|")
_COLUMNS = re.compile(r"\\begin\s*\{array\}\s*\{[^{}]*")  # bars between columns have no other name
_BRACKETS = str.maketrans({"[": "\\lbrack ", "]": "\\rbrack "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What one program takes for a formula, and before which characters it lets a backslash stand.

    Quarto's front matter is Markdown, too. kramdown takes a line with a bar for a table, in a formula or not, and a formula that has a line for
    itself for one set apart.
    """

    opening: str
    closing: str
    backslashed: frozenset[str] = _BACKSLASHED
    metadata_is_markdown: bool = False
    is_kramdown: bool = False

    def inline(self, text: Text) -> str:
        """Return *text* so that it reads the same, safe anywhere inside a line and at its start."""
        joined = _ITEM.sub(r"\1\\\2", _FIRST.sub(lambda match: self._escaped(match[0]), self._joined(text)))
        return f"{joined}&#32;" if self.is_kramdown and joined.endswith(self.closing) else joined

    def heading(self, text: Text) -> str:
        """Return *text* for a heading line."""
        return self._joined(text)

    def label(self, text: Text) -> str:
        """Return *text* for the inside of `[...](...)`, where no other link may stand."""
        label = self._joined(text, in_link=True)
        return self._escaped(label) if label in ("x", "X") else label  # in a list this would be a box to tick

    def alt(self, text: Text) -> str:
        """Return *text* for the description of a picture, which becomes an attribute: formulas in Unicode, as TeX where that cannot be."""
        return self._prose(text.linear.source, in_link=True)

    def yaml(self, value: Text | str | Sequence[Text | str]) -> str:
        """Return *value*, joined where it is several, as a string for front matter."""
        return yaml_string(value, self.inline) if self.metadata_is_markdown else yaml_string(value)

    def _joined(self, text: Text, *, in_link: bool = False) -> str:
        parts: list[str] = []
        for run in text.runs:
            if run.kind == "formula":
                piece = self._formula(run.text, in_link=in_link)
            elif run.kind == "url":
                piece = self._link(run.text, in_link=in_link)
            else:
                piece = self._prose(run.text, in_link=in_link)
            if parts and parts[-1].endswith("$") and piece[:1].isdigit():  # a dollar before a digit closes nothing
                piece = f"&#{ord(piece[0])};{piece[1:]}"
            parts.append(f" {piece}" if parts and run_together(parts[-1], piece) else piece)
        return "".join(parts).strip()

    def _formula(self, tex: str, *, in_link: bool) -> str:
        body = disarm_formula(tex)
        if body is None:
            return self._prose(f"${tex}$", in_link=in_link)
        if self.is_kramdown:
            body = _BAR.sub(r"\\vert ", _COLUMNS.sub(lambda match: match[0].replace("|", ""), body))
        if in_link and not _pairs(body):
            body = body.translate(_BRACKETS)
        return f"{self.opening}{body}{self.closing}"

    def _link(self, url: str, *, in_link: bool) -> str:
        address = safe_address(url)
        return f"<{escape_address(address)}>" if address and not in_link else self._prose(url, in_link=in_link)

    def _prose(self, text: str, *, in_link: bool = False) -> str:
        text = _TWO_DOLLARS.sub("$ ", MATHJAX.sub("", text))
        return (_IN_LINK if in_link else _MARK).sub(lambda match: self._escaped(match[0]), text)

    def _escaped(self, char: str) -> str:
        return f"\\{char}" if char in self.backslashed else _ENTITIES.get(char, f"&#{ord(char)};")


def _pairs(body: str) -> bool:
    """Tell whether square brackets open before they close, as those of a link's text must."""
    depth = 0
    for bracket in re.findall(r"[\[\]]", body):
        depth += 1 if bracket == "[" else -1
        if depth < 0:
            return False
    return depth == 0
