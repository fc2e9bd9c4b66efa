"""Titles and abstracts as catalogues have them: which of their TeX is a formula, which is prose, and what a place without formulas shows."""

import pytest

from offline_digest.posting.targets import TARGETS
from offline_digest.posting.tex import split_runs
from offline_digest.posting.texts import plain, tex


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        # marks of formulas
        (r"\(x^2\) and \[y_1 = 2\]", ["x^2", "y_1 = 2"]),
        ("so $$E = mc^2$$ here", ["E = mc^2"]),
        (r"so \begin{equation}\label{eq:a} a = b \end{equation} holds", ["a = b"]),
        (r"\begin{align*} a &= b \\ c &= d \nonumber \\ \end{align*}", [r"\begin{aligned}a &= b \\ c &= d\end{aligned}"]),
        (r"\begin{gather} a \\ b \end{gather}", [r"\begin{gathered}a \\ b\end{gathered}"]),
        (r"\begin{itemize} \item a \end{itemize}", []),
        (r"\begin{equation} a = b", []),
        (r"\begin{equation} \input{x} \end{equation}", []),
        (r"H$_2$O, CO$_{2}$ and $^{13}$C", ["_2", "_{2}", "^{13}"]),
        # no marks, but nothing else could be meant
        (r"at 10^{-3} s, x_{ij} of loss_{train}", ["10^{-3}", "x_{ij}", "_{train}"]),
        (r"\sqrt{n}-consistent in \mathbb{R}^n with \alpha_i", [r"\sqrt{n}", r"\mathbb{R}^n", r"\alpha_i"]),
        (r"5\textsuperscript{th}, H\textsubscript{2}O and \ensuremath{x^2}", ["^{th}", "_{2}", "x^2"]),
        (r"snake_case_name, e^x, 10^6, a_i, \alpha-divergence, 100\times100", []),
        (r"see https://a.b/c_d \_{x} \^{o}", []),
        # words
        ("$accuracy = 0.9$, $precision \\times recall$", ["accuracy = 0.9", r"precision \times recall"]),
        (r"$T_{\rm eff}$, $\text{two words}$, $\mathrm{SNR} > 5$", [r"T_{\rm eff}", r"\text{two words}", r"\mathrm{SNR} > 5"]),
        ("$f(loss, depth) \\leq k$", [r"f(loss, depth) \leq k"]),
        ("$if and only if$ it is, $x = 5 while y grows$", []),
        # dollars that are money
        ("costs $5 and $10 per run", []),
        ("from $100k, or $AAPL and $TSLA", []),
        (r"between \$5 and \$10", []),
        ("US$5 and x$, up to $5 (not $7)", []),
        ("$5 vs. $x$ gain", ["x"]),
    ],
)
def test_what_is_a_formula_in_a_catalogue(source, runs):
    """Marks, and what nothing but a formula can be, make one; words in a row and prices do not."""
    assert [run.text for run in split_runs(source, tex=True) if run.kind == "formula"] == runs


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("H$_2$O at 10^{-3} of $\\mathbb{R}^d$", "H₂O at 10⁻³ of ℝ^d"),
        (r"\emph{The $k$-means} of {\it in vivo $x$ data} and {$\beta$}", "The k-means of in vivo x data and β"),
        (r"\textbf{\alpha-Net}: G\"odel~1 -- a survey", "α-Net: Gödel 1 – a survey"),
        ("a run with --fast, pages 3--5, ---so", "a run with --fast, pages 3–5, —so"),
        ("``double'' and `single' quotes, it's 5' and John's", "“double” and ‘single’ quotes, it's 5' and John's"),
        (r"$\sim$90\% of $T_{\rm eff}$", "∼90% of T_eff"),
        (r"what $\unknown{x}$ says", r"what $\unknown{x}$ says"),
        ("$5 and $10", "$5 and $10"),
    ],
)
def test_a_line_without_tex(source, line):
    """Where nothing renders TeX, all is said in Unicode that can be."""
    assert tex(source).linear.source == line
    assert TARGETS["html"].places["attribute"](tex(source)) == line.replace("'", "&#x27;").replace("{", "&#123;").replace("}", "&#125;")


def test_prose_of_papers_and_models_is_no_tex():
    """Outside catalogues a brace is a brace; formulas need their marks."""
    assert [run.kind for run in plain(r"sets_{a} and 10^{-3} -- \emph{x}").runs] == ["prose"]
    assert [run.text for run in plain(r"\(a_1\) and \begin{equation}b\end{equation}").runs if run.kind == "formula"] == ["a_1", "b"]


def test_ever_so_many_formulas_are_one_line():
    """A line of more formulas than there are characters to hold their places is still cut."""
    assert sum(run.kind == "formula" for run in split_runs("$x$ " * 9000, tex=True)) > 3000
    assert sum(run.kind == "formula" for run in split_runs("x^{2} " * 9000, tex=True)) == 6400
