"""Exponents keep a sign, marks of footnotes go, and what is doubtful stays flat."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from offline_digest.reading.raising import text_of
from offline_digest.reading.values import Span
from tests.reading.lines import span

_SIZE = {"": 10.0, "^": 7.0, "_": 7.0, "'": 5.0}
_RISE = {"": 0.0, "^": 3.6, "_": -2.5, "'": 6.0}


def _spans(*parts: str, font: str = "Roman") -> list[Span]:
    """Set *parts* side by side on one line: `^` in front raises one, `_` lowers it, `'` is an exponent's exponent."""
    out, x = [], 72.0
    for part in parts:
        mark = part[0] if part[0] in _SIZE else ""
        text = part.removeprefix(mark)
        size, rise = _SIZE[mark], _RISE[mark]
        made = span(text, x, 100 - rise, size=size, raised=rise > 0, font=font)
        out.append(replace(made, baseline=110 - rise))
        x = made.box[2]
    return out


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("a mass of 10", "^−", "^26", " kg"), "a mass of 10^−26 kg"),
        (("60 × 10", "^4", " steps"), "60 × 10^4 steps"),
        (("the 2", "^n", " states"), "the 2^n states"),
        (("O(n", "^2", ")"), "O(n^2)"),
        (("q", "^1/2", " and x", "^k+1"), "q^(1/2) and x^(k+1)"),
        (("(x + y)", "^2", " > 0"), "(x + y)^2 > 0"),
        (("2", "^i", "c (mod n)"), "2^i c (mod n)"),
        (("2", "^3", "5"), "2^3 5"),
        (("km s", "^−1", " Mpc", "^−1"), "km s^−1 Mpc^−1"),
        (("12 GeV", "^2", " and log", "^2", " n"), "12 GeV^2 and log^2 n"),
        (("y", "^(j)", " = 0"), "y^(j) = 0"),
        # Marks of footnotes and citations.
        (("as shown before", "^3", " by others"), "as shown before by others"),
        (("the end.", "^12", " Then"), "the end. Then"),
        (("(see the appendix)", "^4", " for it"), "(see the appendix) for it"),
        (("seen in [15]", "^4", " too"), "seen in [15] too"),
        # What is not told for certain stays as it was.
        (("the 5", "^th", " floor"), "the 5th floor"),
        (("so", "^a", " we go"), "soa we go"),
        (("x", "_2", " + y"), "x2 + y"),
        (("e", "^−x", "'2", " + 1"), "e−x2 + 1"),
    ],
)
def test_exponents_keep_a_sign(parts, expected):
    """A number, a letter, a unit, a function or something in brackets keeps its exponent; words lose their marks, and no word is broken."""
    assert text_of(_spans(*parts)) == expected


def test_words_in_a_mathematical_font_are_variables():
    """Italic letters side by side are a product, of which the last is raised to a power."""
    assert text_of(_spans("xy", "^a", font="CMMI10")) == "xy^a"


def test_numerators_are_no_exponents():
    """A raised figure above a lowered one is a fraction."""
    whole, up, down = _spans("3", "^n", "_m")
    below = replace(down, box=(up.box[0], 105, up.box[2], 113), baseline=113.6)
    assert text_of([whole, up, below]) == "3nm"


def test_powers_of_ten_are_told_where_the_height_of_the_ten_is_unknown():
    """A ten whose span begins with a blank of the line before still keeps its exponent."""
    ten, power, letters = _spans(" 10", "^18", " FLOPs")
    assert text_of([replace(ten, baseline=math.nan), power, letters]) == "10^18 FLOPs"
