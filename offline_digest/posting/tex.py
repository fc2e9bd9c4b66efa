"""Cut a string into prose, formulas and web addresses.

A formula stays a formula only if it looks like one and holds no command that loads, defines, styles or links: MathJax in the
reader's browser would carry those out. Everything else is prose, dollars included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from offline_digest.language import resolve_tex

_OPENING = re.compile(r"(?<!\\)(?:\\\(|\\\[|\$\$?)")
_CLOSING = {
    "\\(": re.compile(r"\\\)"),
    "\\[": re.compile(r"\\\]"),
    "$$": re.compile(r"(?<!\\)\$\$"),
    "$": re.compile(r"(?<!\\)\$(?!\d)"),
}
# What no price holds: then a digit may follow the closing dollar, as in `$\\sim$90`, which Pandoc's rule for dollars forbids.
_SURE = re.compile(r"\\[A-Za-z]|[\^_=<>]|^[A-Za-z]$")
_ANY_DOLLAR = re.compile(r"(?<!\\)\$")
_URL = re.compile(r"https?://[A-Za-z0-9][!#$%&'()*+,./:;=?@_~\w-]*", re.ASCII | re.IGNORECASE)
_UNSAFE_COMMAND = re.compile(
    r"\\(?:href|url|require|def|gdef|edef|let|(?:re)?newcommand|(?:re)?newenvironment|class|cssId|style|data|unicode|bbox|enclose|"
    r"includegraphics|input|include|verb|toggle|mathtip|texttip|csname|label|tag|html\w*)(?![A-Za-z])"
)
_WORD = re.compile(
    r"(?<![\\A-Za-z])(?!(?:arg|cos|cosh|det|dim|exp|for|gcd|inf|lim|log|max|min|mod|poly|rank|sin|sinh|sup|tan|tanh|var)(?![A-Za-z]))"
    r"(?:(?<=[\s,;:.])[A-Za-z]{3,}|[A-Za-z]{3,}(?=[\s,;:.]))"
)
_TEXT_ARGUMENT = re.compile(r"\\(?:text\w*|mathrm|mathit|mathsf|operatorname\*?|mbox|begin|end)\s*\{[^{}]*\}")
_LONGEST_FORMULA = 1000


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one kind; a formula's text is without its dollars."""

    kind: Literal["prose", "formula", "url"]
    text: str


def split_runs(text: str, *, tex: bool = False) -> tuple[Run, ...]:
    """Cut *text* (one line, already clean) into runs in reading order.

    Args:
        text: One line.
        tex: Whether prose is TeX source, as catalogues hold it: its commands are then resolved to plain text.
    """
    runs: list[Run] = []
    start = scan = 0
    while opening := _OPENING.search(text, scan):
        closing = _closing(text, opening)
        scan = opening.start() + 1  # what is no formula opens nothing, and its end may open the next
        if closing and is_formula(text[opening.end() : closing.start()]):
            runs += [*_prose_runs(text[start : opening.start()], tex), Run("formula", text[opening.end() : closing.start()].strip())]
            start = scan = closing.end()
    runs += _prose_runs(text[start:], tex)
    return tuple(run for run in runs if run.text)


def _closing(text: str, opening: re.Match[str]) -> re.Match[str] | None:
    """Return the mark that closes a formula, None where there is none."""
    if opening[0] == "$" and (nearest := _ANY_DOLLAR.search(text, opening.end())):
        body = text[opening.end() : nearest.start()]
        if _SURE.search(body) and is_formula(body):
            return nearest
    return _CLOSING[opening[0]].search(text, opening.end())


def is_formula(body: str) -> bool:
    """Tell whether the text between two dollars is a formula that is safe to hand to MathJax, and not a price or a sentence."""
    if not body.strip() or len(body) > _LONGEST_FORMULA or body.startswith(" ") != body.endswith(" ") or not _is_balanced(body.strip()):
        return False
    if _UNSAFE_COMMAND.search(body) or re.search(r"[\u3400-\u9fff$]|://|www\.", body, re.IGNORECASE):
        return False
    return not _WORD.search(_TEXT_ARGUMENT.sub("", body))


def _prose_runs(text: str, tex: bool) -> list[Run]:
    if tex:
        text = resolve_tex(text)
    runs: list[Run] = []
    start = 0
    for match in _URL.finditer(text):
        url = _trim_address(match[0])
        runs += [Run("prose", text[start : match.start()]), Run("url", url)]
        start = match.start() + len(url)
    return [*runs, Run("prose", text[start:])]


def _trim_address(url: str) -> str:
    """Cut off what belongs to the sentence: closing punctuation, and a closing bracket that the address did not open."""
    depth = 0
    for index, char in enumerate(url):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            url = url[:index]
            break
    return url.rstrip("!$%'*,.:;?@~")


def _is_balanced(body: str) -> bool:
    """Tell whether braces pair, and nothing at the end waits for more."""
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", body):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and not re.search(r"(?<!\\)(?:\\\\)*[\\_^]$", body)
