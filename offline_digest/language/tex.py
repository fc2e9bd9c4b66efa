"""Plain text in the place of the TeX that catalogues leave in titles, names and abstracts."""

from __future__ import annotations

import re
import unicodedata

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


def _compose(match: re.Match[str]) -> str:
    accent = _ACCENTS[match[1] or match[2]]
    return unicodedata.normalize("NFC", (match[3] or match[4]) + accent)
