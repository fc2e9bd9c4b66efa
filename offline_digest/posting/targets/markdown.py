"""Plain Markdown (CommonMark, GFM) that reads well unrendered: backslashes in prose, spaces in formulas, entities only where both fail.

A renderer that knows formulas takes what stands between dollars as it is; another reads it as Markdown. A space behind a mark makes it no
mark for the second and nothing for the first, since TeX skips it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from offline_digest.posting.targets.marks import (
    AUTOLINK,
    BACKSLASH,
    EMAIL,
    ENTITY,
    MATHJAX,
    NUNJUCKS,
    UNDERSCORE,
    guard_start,
    run_together,
)
from offline_digest.posting.tex import Run
from offline_digest.posting.texts import Address, Text, safe_address

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_CLOSING_HASHES = re.compile(r"(?:(?<=\s)|^)#+$")
# What could open emphasis, a tag, a link, a footnote, an entity or an address needs a character without space behind it; stars and tildes
# of a formula could also close what a template opened, and get a space on both sides.
_EITHER = re.compile(r"(?<!\\) ?([*~]) ?")
_STAR_AT_END = re.compile(r"^\*|(?<!\\)\*$")  # beside a dollar a space is on one side alone
_OPENING = re.compile(r"(?<![A-Za-z0-9\\])_(?=\S)|(?<!\\)@(?=\S)|<(?=[A-Za-z/!?])|\](?=[(\[:])|\[(?=\^)|(?<!\\)&(?=[#A-Za-z])")


def escape_inline(text: Text) -> str:
    """Return *text* as Markdown that renders to the same text, safe anywhere inside a line and at its start."""
    return guard_start(_joined(text, _linked))


def escape_heading(text: Text) -> str:
    """Return *text* for a heading line."""
    return _CLOSING_HASHES.sub(lambda match: "\\#" * len(match[0]), _joined(text, _linked))


def escape_link_text(text: Text) -> str:
    """Return *text* for the inside of `[...](...)`, where no other link may stand."""
    return _joined(text, _unlinked).replace("]", "\\]")


def escape_alt(text: Text) -> str:
    """Return *text* for the description of a picture, which becomes an attribute: formulas in Unicode, as TeX where that cannot be."""
    return escape_link_text(Text((Run("prose", text.linear.source),)))


def escape_address(address: Address) -> str:
    """Return *address* ready to stand in `<...>` and in `(...)`."""
    return ENTITY.sub("%26", quote(address.url, safe="/:?#[]!&'*+,;=%~-._@"))


def _joined(text: Text, link: Callable[[str], str]) -> str:
    parts: list[str] = []
    for run in text.runs:
        piece = _escape_formula(run.text) if run.kind == "formula" else link(run.text) if run.kind == "url" else _escape_prose(run.text)
        parts.append(f" {piece}" if parts and run_together(parts[-1], piece) else piece)
    return "".join(parts).strip()


def _linked(url: str) -> str:
    address = safe_address(url)
    return f"<{escape_address(address)}>" if address else _escape_prose(url)


def _unlinked(url: str) -> str:
    return _escape_prose(url)


def _escape_prose(text: str) -> str:
    text = BACKSLASH.sub(r"\\\\", MATHJAX.sub("", text))
    text = ENTITY.sub(r"\\&", text)
    text = re.sub(r"[*`~\[$]", r"\\\g<0>", text)
    text = UNDERSCORE.sub(r"\\_", _TAG.sub(r"\\<", text))
    text = NUNJUCKS.sub(r"\\", text)
    text = AUTOLINK.sub(r"\1&#58;", text)
    text = re.sub(r"(?i)(www)\.", r"\1&#46;", text)
    return EMAIL.sub("&#64;", text)


def disarm_formula(tex: str) -> str | None:
    """Return the TeX of a formula without marks of Markdown.

    None where it prints nothing, and where it holds a grave accent: that opens code, which no space hinders.
    """
    if "`" in tex or not tex.strip(" ~"):
        return None
    body = _OPENING.sub(r"\g<0> ", _EITHER.sub(r" \1 ", NUNJUCKS.sub(" ", tex))).strip(" ~")
    return _STAR_AT_END.sub(r"\\ast ", body).strip()


def _escape_formula(tex: str) -> str:
    body = disarm_formula(tex)
    return _escape_prose(f"${tex}$") if body is None else f"${body}$"
