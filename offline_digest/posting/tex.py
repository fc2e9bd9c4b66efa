r"""Cut a string into prose, formulas and web addresses.

A formula stands between dollars, in `\(…\)`, `\[…\]` or an environment of equations; in TeX source also where it has no marks at all but
what nothing else can be, such as `10^{-3}`. It stays a formula only if it looks like one and holds no command that loads, defines, styles or links:
MathJax in the reader's browser would carry those out. Everything else is prose, dollars included.

Source:
    arXiv's help on titles and abstracts: TeX between dollars and accents are rendered; authors also leave markup commands and whole equations.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from offline_digest.language import FORMULA_SYMBOLS, resolve_tex

_OPENING = re.compile(
    r"(?<!\\)(?:\\\(|\\\[|\$\$?|\\begin\s*\{(?:equation|displaymath|math|align|alignat|flalign|eqnarray|gather|multline)\*?\})"
)
_CLOSING = {
    "\\(": re.compile(r"\\\)"),
    "\\[": re.compile(r"\\\]"),
    "$$": re.compile(r"(?<!\\)\$\$"),
    "$": re.compile(r"(?<!\\)\$(?!\d)"),
}
_NUMBERING = re.compile(r"\\(?:label\s*\{[^{}]*\}|nonumber|notag)(?![A-Za-z])")
_ROWS = {
    "align": "aligned",
    "alignat": "aligned",
    "flalign": "aligned",
    "eqnarray": "aligned",
    "gather": "gathered",
    "multline": "gathered",
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
    r"(?:(?<=[\s,;:.])[A-Za-z]{3,}|[A-Za-z]{3,}(?=[\s,;:.])|[A-Za-z]{2}\s+(?:[A-Za-z]{2}(?![A-Za-z])))"
)
# A word between operators, brackets and commands is a quantity with a name; two words in a row are a sentence.
_QUANTITY = re.compile(r"(^|[=<>+*/^_{}()\[\]|&,-]|\\\\|\\[A-Za-z]+)\s*[A-Za-z]{3,}(?=\s*(?:$|[=<>+*/^_{}()\[\]|&,-]|\\[A-Za-z\\,;!]))")
_TEXT_ARGUMENT = re.compile(r"\\(?:text\w*|mathrm|mathit|mathsf|operatorname\*?|mbox|begin|end)\s*\{[^{}]*\}")
_LONGEST_FORMULA = 1000

# Formulas without marks. An index without braces alone is none: `snake_case`, `e^x`.
_GROUP = r"\{(?:[^{}\\\ue000-\uf8ff]|\\.|\{[^{}\ue000-\uf8ff]{0,200}\}){0,200}\}"
_SYMBOL = rf"\\(?:{'|'.join(FORMULA_SYMBOLS)})(?![A-Za-z])"
_INDEX = rf"(?<!\\)[\^_](?:{_GROUP}|{_SYMBOL}|[A-Za-z0-9*](?![A-Za-z0-9]))"
_FONT = rf"\\(?:math[a-z]{{2,4}}|boldsymbol|bm)\s*{_GROUP}"
_CALL = rf"\\(?:sqrt|[dt]?frac\s*{_GROUP}|math(?:bb|cal|frak|scr)|hat|tilde|bar|vec|dot|ddot|overline|widehat|widetilde)\s*{_GROUP}"
_BARE = re.compile(
    rf"(?:{_SYMBOL}|{_FONT})(?:{_INDEX})+|{_CALL}(?:{_INDEX})*"
    rf"|(?:(?<![A-Za-z0-9_.,\\])(?:[A-Za-z]|\d+(?:\.\d+)?))?(?:{_INDEX}){{0,3}}?(?<!\\)[\^_]{_GROUP}(?:{_INDEX})*"
)
_ARGUMENT = r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
_IN_TEXT = re.compile(rf"\\(ensuremath|textsuperscript|textsubscript){_ARGUMENT}")
_MARKS = {"ensuremath": r"\(\g<2>\)", "textsuperscript": r"\(^{\g<2>}\)", "textsubscript": r"\(_{\g<2>}\)"}
_HELD = re.compile("([\ue000-\uf8ff])")  # a formula while the prose around it is resolved; no clean line has such characters
_MOST_FORMULAS = 6400  # of one line; so many private-use characters are there


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
    formulas: list[str] = []

    def held(body: str) -> str:
        formulas.append(body.strip())
        return chr(0xE000 + len(formulas) - 1)

    def held_bare(match: re.Match[str]) -> str:
        return held(match[0]) if is_formula(match[0]) and len(formulas) < _MOST_FORMULAS else match[0]

    line = _without_marked(_marked(text) if tex else text, held)
    if tex:
        line = resolve_tex(_BARE.sub(held_bare, line) if "{" in line or "\\" in line else line)
    runs: list[Run] = []
    for part in _HELD.split(line):
        runs += [Run("formula", formulas[ord(part) - 0xE000])] if _HELD.match(part) else _prose_runs(part)
    return tuple(run for run in runs if run.text)


def _marked(text: str) -> str:
    """Return TeX source in which what is set as a formula in the middle of prose is one."""
    return _IN_TEXT.sub(lambda match: match.expand(_MARKS[match[1]]), text)


def _without_marked(text: str, held: Callable[[str], str]) -> str:
    """Return *text* with what *held* makes of each formula in its place."""
    parts: list[str] = []
    start = scan = 0
    while len(parts) < _MOST_FORMULAS and (opening := _OPENING.search(text, scan)):
        closing = _closing(text, opening)
        body = _body(text, opening, closing) if closing else ""
        scan = opening.start() + 1  # what is no formula opens nothing, and its end may open the next
        if closing and is_formula(body):
            parts += [text[start : opening.start()], held(body)]
            start = scan = closing.end()
    return "".join([*parts, text[start:]])


def _body(text: str, opening: re.Match[str], closing: re.Match[str]) -> str:
    """Return the formula between two marks; one of several rows as an environment that may stand inside a line."""
    body = text[opening.end() : closing.start()]
    if not opening[0].startswith("\\begin"):
        return body
    name = re.sub(r"\\begin\s*\{|\W", "", opening[0])
    body = re.sub(r"^\s*\{\d+\}", "", body) if name == "alignat" else body
    body = _NUMBERING.sub("", body).strip().removesuffix("\\\\").strip()
    rows = _ROWS.get(name)
    return f"\\begin{{{rows}}}{body}\\end{{{rows}}}" if rows else body


def _closing(text: str, opening: re.Match[str]) -> re.Match[str] | None:
    """Return the mark that closes a formula, None where there is none."""
    if opening[0] == "$" and (nearest := _ANY_DOLLAR.search(text, opening.end())):
        body = text[opening.end() : nearest.start()]
        if _SURE.search(body) and is_formula(body):
            return nearest
    if opening[0].startswith("\\begin"):
        return re.compile(re.escape(opening[0]).replace("begin", "end", 1)).search(text, opening.end())
    return _CLOSING[opening[0]].search(text, opening.end())


def is_formula(body: str) -> bool:
    """Tell whether the text between two dollars is a formula that is safe to hand to MathJax, and not a price or a sentence."""
    if not body.strip() or len(body) > _LONGEST_FORMULA or body.startswith(" ") != body.endswith(" ") or not _is_balanced(body.strip()):
        return False
    if _UNSAFE_COMMAND.search(body) or re.search(r"[\u3400-\u9fff$]|://|www\.", body, re.IGNORECASE):
        return False
    body = _TEXT_ARGUMENT.sub("", body)
    return not _WORD.search(_QUANTITY.sub(r"\1x", body) if _SURE.search(body) else body)


def _prose_runs(text: str) -> list[Run]:
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
