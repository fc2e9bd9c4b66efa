"""A formula as one line of Unicode: the same said without TeX, or nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.language import linear_tex

TOKENS = (
    r"\frac \sqrt \left( \right. \text{ \mathbb{ \hat \begin{aligned} \end{aligned} \\ & _ ^ { } [ ] x 1 α < > ' \, \{ \} \% | \sum \unknown \href"
).split()


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        ("k", "k"),
        ("_2", "₂"),
        ("^{13}", "¹³"),
        ("E = mc^2", "E = mc²"),
        (r"10^{-3}\,{\rm s}", "10⁻³ s"),
        (r"O(n \log n)", "O(n log n)"),
        (r"\mathbb{R}^{n \times d}", "ℝ^(n × d)"),
        (r"\mathcal{O}(1)", "O(1)"),
        (r"T_{\rm eff}", "T_eff"),
        ("x_{ij}^2", "xᵢⱼ²"),
        ("loss_{train}", "loss_train"),
        (r"\frac{a+b}{2}", "(a+b)/2"),
        (r"\sqrt{n}, \sqrt{n+1}", "√n, √(n+1)"),
        (r"90^\circ, f', f^\prime, a^*", "90°, f′, f′, a*"),
        (r"\hat{x} \tilde n", "x̂ ñ"),
        (r"\left( x \right. 50\%", "( x 50%"),
        (r"e^+e^-", "e⁺e⁻"),
        (r"\begin{aligned} a &= b \\ c &= \frac{d}{2} \end{aligned}", "a = b; c = d/2"),
        (r"\text{Precision} \times recall", "Precision × recall"),
        (r"\unknown{x}", None),
        (r"\hat{xy}", None),
        (r"\begin{matrix} a & b \end{matrix}", None),
        ("a & b", None),
        ("{x", None),
        ("x}", None),
        ("x^", None),
        ("x^^2", None),
        (r"\frac{a}", None),
        ("{" * 5000 + "}" * 5000, None),
    ],
)
def test_a_formula_is_said_in_a_line_or_not_at_all(tex, line):
    """Scripts are raised and lowered where Unicode has all of their signs, else written as UnicodeMath writes them."""
    assert linear_tex(tex) == (line and unicodedata.normalize("NFC", line))


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
def test_no_command_is_left(tex):
    """Whatever TeX comes in, what comes out holds no command, and braces only where they were escaped."""
    line = linear_tex(tex)
    if line is not None:
        assert "\\" not in line
        assert line.count("{") <= tex.count(r"\{")
        assert line.count("}") <= tex.count(r"\}")
