"""Formulas as a line of Unicode, for places that render no TeX: file names, titles of windows, descriptions of pictures, feeds.

Source:
    Unicode Technical Note 28, UnicodeMath: `x^(a+b)`, `T_eff`, `a/(b+c)`, `√(n)`; superscripts and subscripts of the block U+2070.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from offline_digest.language.tex import FORMULA_SYMBOLS

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_RAISED = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")
_LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_HIGH_ALREADY = frozenset("′*†‡°")
_DOUBLE = str.maketrans("CHNPQRZ", "ℂℍℕℙℚℝℤ")
_ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
}
_FONTS = re.compile(
    r"\\(?:text(?:rm|it|bf|sf|tt|sc|normal)?|math(?:rm|it|bf|sf|tt|cal|frak|scr|bb|normal)|boldsymbol|bm|emph|mbox|hbox|operatorname\*?)$"
)
_SILENT = frozenset(
    f"\\{name}" for name in "rm it bf sf tt sc cal displaystyle textstyle big Big bigl bigr Bigl Bigr limits ! xspace small".split()
)
_SPACES = frozenset(("\\,", "\\;", "\\:", "\\ ", "\\quad", "\\qquad", "~"))
_FUNCTIONS = frozenset(
    f"\\{name}" for name in "arg cos cosh deg det dim exp gcd inf ker lim ln log max min mod Pr sin sinh sup tan tanh".split()
)
_OPERAND = re.compile(r"[^\W_]+|.", re.DOTALL)
_MOST_SMALL_LETTERS = 2
_ROWS = re.compile(r"^\\begin\s*\{(aligned|gathered)\}(.*)\\end\s*\{\1\}$", re.DOTALL)
_DEEPEST = 20


class _UnknownError(Exception):
    """The formula holds what has no certain place in a line."""


def linear_tex(tex: str) -> str | None:
    """Return the TeX of a formula as a line that says the same, None where it holds anything but symbols, letters, scripts, roots and fractions."""
    if rows := _ROWS.match(tex):
        lines = [linear_tex(re.sub(r"(?<!\\)&", "", row)) for row in re.split(r"\\\\(?:\[[^]]*\])?", rows[2])]
        return None if None in lines else "; ".join(line for line in lines if line)
    signs = iter([match[0] for match in _TOKEN.finditer(tex)])
    try:
        return " ".join("".join(_read(signs, 0)).split())
    except _UnknownError:
        return None


def _read(signs: Iterator[str], depth: int) -> Iterator[str]:
    """Yield the pieces of a line, until its group is closed or the formula ends; a script is a piece with its mark."""
    for sign in signs:
        if sign == "}":
            if depth:
                return
            raise _UnknownError
        yield _piece(sign, signs, depth)
    if depth:
        raise _UnknownError


def _piece(sign: str, signs: Iterator[str], depth: int) -> str:
    if depth > _DEEPEST:
        raise _UnknownError
    if sign == "{":
        return "".join(_read(signs, depth + 1))
    if sign in ("^", "_"):
        return _script(sign, _argument(signs, depth))
    if sign in _SILENT:
        return ""
    if sign in _SPACES or sign.isspace():
        return " "
    if sign in _FUNCTIONS:
        return sign[1:]
    if sign.startswith("\\"):
        return _command(sign[1:], signs, depth)
    if sign == "&":
        raise _UnknownError
    return "′" if sign == "'" else sign


def _command(name: str, signs: Iterator[str], depth: int) -> str:
    if symbol := FORMULA_SYMBOLS.get(name) or (name if name in tuple("%&_$#{}") else None):
        return symbol
    if _FONTS.match(f"\\{name}"):
        text = _argument(signs, depth)
        return text.translate(_DOUBLE) if name == "mathbb" else text
    if name in ("left", "right"):
        return "" if (bracket := _next(signs)) == "." else _piece(bracket, signs, depth)
    if name == "sqrt":
        return f"√{_operand(_argument(signs, depth))}"
    if name in ("frac", "dfrac", "tfrac"):
        return f"{_operand(_argument(signs, depth))}/{_operand(_argument(signs, depth))}"
    if name in _ACCENTS and len(letter := _argument(signs, depth)) == 1:
        return unicodedata.normalize("NFC", letter + _ACCENTS[name])
    raise _UnknownError


def _argument(signs: Iterator[str], depth: int) -> str:
    """Return what a command or a script takes: the next group, command or character."""
    sign = _next(signs)
    while sign.isspace():
        sign = _next(signs)
    if sign in ("}", "^", "_", "["):
        raise _UnknownError
    return _piece(sign, signs, depth + 1).strip()


def _next(signs: Iterator[str]) -> str:
    for sign in signs:
        return sign
    raise _UnknownError


def _script(mark: str, text: str) -> str:
    if text in ("∘", "°"):
        text = "°"
    if mark == "^" and set(text) <= _HIGH_ALREADY:
        return text
    small = text.translate(_RAISED if mark == "^" else _LOWERED)
    is_word = len(text) > _MOST_SMALL_LETTERS and text.isalpha()
    return small if not (is_word or set(small) & set(text)) else f"{mark}{_operand(text)}"


def _operand(text: str) -> str:
    """Return *text*, in brackets unless it is one letter, word, number or sign."""
    return text if _OPERAND.fullmatch(text) else f"({text})"
