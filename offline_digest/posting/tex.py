"""Cut a string into prose, formulas and web addresses, and resolve the TeX that catalogues leave in titles and abstracts.

A formula stays a formula only if it looks like one and holds no command that loads, defines, styles or links: MathJax in the
reader's browser would carry those out. Everything else is prose, dollars included.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

_OPENING = re.compile(r"(?<!\\)(?:\\\(|\\\[|\$\$?)")
_CLOSING = {
    "\\(": re.compile(r"\\\)"),
    "\\[": re.compile(r"\\\]"),
    "$$": re.compile(r"(?<!\\)\$\$"),
    "$": re.compile(r"(?<!\\)\$(?!\d)"),
}
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

_SYMBOLS = dict(
    re.findall(
        r"(\S+) (\S+)",
        "alpha α beta β gamma γ delta δ epsilon ε lambda λ mu μ pi π sigma σ times × pm ± approx ≈ sim ∼ leq ≤ le ≤ geq ≥ ge ≥ "
        "infty ∞ rightarrow → to → ldots … dots … textendash – textemdash — textregistered ® texttrademark ™ textdegree ° "
        "copyright © S § ss ß ae æ AE Æ oe œ OE Œ o ø O Ø aa å AA Å l ł L Ł i ı LaTeX LaTeX TeX TeX",
    )
)
_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "c": "\u0327",
    "v": "\u030c",
    "u": "\u0306",
    "H": "\u030b",
    "k": "\u0328",
    "r": "\u030a",
}
_ACCENT = re.compile(r"\\(?:(['`^\"~=.])\s*|([cvuHkr])(?:\s+|(?=\{)))(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))")
_DROPPED = re.compile(r"[ ~]?\\(?:cite[a-z]*|label|footnote(?:mark)?|vspace|hspace|thanks)\*?\s*(?:\[[^\]]*\])*\{[^{}]*\}")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}")
_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_WRAPPED = re.compile(r"\\(?:text[a-z]{0,8}|emph|url|underline|math[a-z]{2,4}|textsc|mbox|hbox|uline|ref|eqref)\s*\{([^{}]*)\}")
_SWITCH = re.compile(r"\{?\\(?:bf|it|em|tt|sc|rm|sf|bfseries|itshape|small|large|tiny|noindent|centering)(?![A-Za-z])\s*([^{}\\]*)\}?")
_SYMBOL = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])(?:\{\}|\s(?=\s))?")
_ESCAPED = re.compile(r"\\([%&#_${}])")


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
        closing = _CLOSING[opening[0]].search(text, opening.end())
        scan = opening.start() + 1  # what is no formula opens nothing, and its end may open the next
        if closing and is_formula(text[opening.end() : closing.start()]):
            runs += [*_prose_runs(text[start : opening.start()], tex), Run("formula", text[opening.end() : closing.start()].strip())]
            start = scan = closing.end()
    runs += _prose_runs(text[start:], tex)
    return tuple(run for run in runs if run.text)


def is_formula(body: str) -> bool:
    """Tell whether the text between two dollars is a formula that is safe to hand to MathJax, and not a price or a sentence."""
    if not body.strip() or len(body) > _LONGEST_FORMULA or body.startswith(" ") != body.endswith(" ") or not _is_balanced(body):
        return False
    if _UNSAFE_COMMAND.search(body) or re.search(r"[\u3400-\u9fff$]|://|www\.", body, re.IGNORECASE):
        return False
    return not _WORD.search(_TEXT_ARGUMENT.sub("", body))


def resolve_tex(text: str) -> str:
    """Return TeX prose as plain text: arguments of markup commands kept, citations and labels dropped, accents composed."""
    text = _HREF.sub(r"\2 (\1)", _ENVIRONMENT.sub(" ", text))
    text = _ACCENT.sub(_compose, text)
    before = ""
    while before != text:
        before = text
        text = _WRAPPED.sub(r"\1", _SWITCH.sub(r"\1", _DROPPED.sub("", text)))
    text = _SYMBOL.sub(lambda match: _SYMBOLS.get(match[1], match[0]), text)
    text = re.sub(r"(?<=[^\s\\])~(?=[^\s\d])|(?<=[^\s\\\d])~(?=\d)", " ", text)
    text = re.sub(r"\\[ ,;!]|\\\\", " ", text)
    text = re.sub(r"(?<!\\)\{([^\W\d_][\w -]*)\}", r"\1", text)
    text = _ESCAPED.sub(r"\1", text)
    text = text.replace("---", "—")
    text = re.sub(r"``(.+?)''", r"“\1”", text)
    return re.sub(r"\s+", " ", text)


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


def _compose(match: re.Match[str]) -> str:
    accent = _ACCENTS[match[1] or match[2]]
    return unicodedata.normalize("NFC", (match[3] or match[4]) + accent)


def _is_balanced(body: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", body):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and not re.search(r"(?<!\\)(?:\\\\)*\\$", body)
