"""Every string from a paper or a model is data: make it read the same in a post and mean nothing to the programs that render it.

Three programs read a Hexo post in turn: Nunjucks (which runs code), a Markdown renderer (marked or kramed), and MathJax in the
reader's browser. Backslashes are used where both renderers know them, HTML entities elsewhere. Only what would change the
meaning is escaped, so that ordinary titles and names stay byte for byte what they are.

Source:
    CommonMark 0.31 sections 2.4 and 6; the inline rules of marked and kramed; Hexo runs Nunjucks with autoescape off.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from offline_digest.posting.targets.marks import (
    AUTOLINK,
    BACKSLASH,
    EMAIL,
    ENTITY,
    MATHJAX,
    NUNJUCKS,
    TAG,
    UNDERSCORE,
    escape_markup,
    guard_start,
    run_together,
)
from offline_digest.posting.texts import Address, Text, safe_address

_DOLLAR = "<span>$</span>"  # alone in its element, a dollar is no delimiter for MathJax
_BRACE_PAIR = re.compile(r"\{(?=[{%#])|(?<=\{)\{|(?<=[}%#])\}|\}(?=\})")
_LINK = re.compile(r"\](?=\()|(?=\[\^)")  # kramed pairs brackets without heeding escapes: part `](`, not the brackets
_LINK_ESCAPED = r"\g<0>\\"
_CLOSING_HASHES = re.compile(r"(?:(?<=\s)|(?<=^))#+$|#$")
_FORMULA_ENTITIES = (
    (re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)"), "&amp;"),
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])|\\(?=(?:text|math|emph|underline|cite|ref)[a-z]*\s*\{)"), "&#92;"),
    (re.compile(r"<"), "&lt;"),
    (UNDERSCORE, "&#95;"),
    (re.compile(r"[*`~]"), r"\\\g<0>"),
    (_LINK, _LINK_ESCAPED),
    (re.compile(r"@"), "&#64;"),
    (re.compile(r"'"), "&#39;"),  # both renderers curl plain quotes
)


def escape_inline(text: Text) -> str:
    """Return *text* as Markdown that renders to the same text, safe anywhere inside a line and at its start."""
    return guard_start(_escape_runs(text))


def escape_heading(text: Text) -> str:
    """Return *text* for a heading line. A single `$`, `*` or `~` stays as it is: it has no partner to make anything with."""
    escaped = _escape_runs(text, alone=True)
    return _CLOSING_HASHES.sub(lambda match: "&#35;" * len(match[0]), escaped)


def escape_html(text: Text) -> str:
    """Return *text* for the inside of an HTML block, where Markdown is not read but MathJax is."""
    parts: list[str] = []
    for run in text.runs:
        formula = run.kind == "formula"
        escaped = escape_markup(run.text if formula else MATHJAX.sub("", run.text))
        piece = f"${escaped}$" if formula else escaped.replace("$", _DOLLAR)
        parts.append(f" {piece}" if parts and run_together(parts[-1], piece) else piece)
    return "".join(parts)


def escape_attribute(text: Text) -> str:
    """Return *text* for a quoted HTML attribute."""
    return escape_markup(text.linear.source)


def escape_address(address: Address) -> str:
    """Return *address* ready to stand in `<...>`, in `(...)` and in a quoted attribute."""
    quoted = quote(address.url, safe="/:?#[]!&'*+,;=%~-._")  # kramed takes an address with @ for an email
    return UNDERSCORE.sub("%5F", ENTITY.sub("%26", quoted))


def _escape_runs(text: Text, *, alone: bool = False) -> str:
    """Escape and join the runs; what stands *alone* on its line has no other text whose marks could pair with its own."""
    kept = frozenset(char for char in "$*~" if alone and text.source.count(char) == 1)
    parts: list[str] = []
    for run in text.runs:
        if run.kind == "formula":
            piece = f"${_escape_formula(run.text)}$"
        elif run.kind == "url":
            target = safe_address(run.text)
            piece = f"<{escape_address(target)}>" if target else _escape_prose(run.text, kept)
        else:
            piece = _escape_prose(run.text, kept)
        if parts and run_together(parts[-1], piece):
            piece = f" {piece}"
        parts.append(piece)
    return "".join(parts).strip()


def _escape_prose(text: str, kept: frozenset[str]) -> str:
    text = MATHJAX.sub("", text)
    text = BACKSLASH.sub(r"\\\\", text)
    text = ENTITY.sub("&amp;", text)
    text = TAG.sub("&lt;", text)
    text = _BRACE_PAIR.sub(lambda match: f"&#{ord(match[0])};", text)
    text = re.sub(r"[*`~]", lambda match: match[0] if match[0] in kept else f"\\{match[0]}", text)
    text = _LINK.sub(_LINK_ESCAPED, text)
    text = UNDERSCORE.sub("&#95;", text)
    text = AUTOLINK.sub(r"\1&#58;", text)
    text = re.sub(r"(?i)(www)\.", r"\1\\.", text)
    text = EMAIL.sub("&#64;", text)
    return text if "$" in kept else text.replace("$", _DOLLAR)


def _escape_formula(body: str) -> str:
    body = NUNJUCKS.sub(" ", body)
    for pattern, entity in _FORMULA_ENTITIES:
        body = pattern.sub(entity, body)
    return body
