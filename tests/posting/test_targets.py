"""Each target spells a text so that it reads the same in its syntax; formulas become MathML where nobody renders TeX."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.posting.targets import TARGETS, markdown, web
from offline_digest.posting.targets.mathml import formula
from offline_digest.posting.texts import clean, plain, safe_address, tex

from .reading import Page, page
from .test_escaping import hostile_text

TOKENS = (
    r"\frac \sqrt \left( \right) \text{ \mathrm{ \mathbf{ \begin{matrix} \end{matrix} \\ & _ ^ { } [ ] x 1 α < > & ' \" \; \{ \} | \sum "
    r"\href{javascript:a}{b} \color{red} \style{x}{y} \class{a} \hspace{1em} \rule{1em}{1em} \operatorname{f} \limits \over \not = <script> \unknown"
).split()
MATHML = {"math", "mrow", "mi", "mn", "mo", "mtext", "ms", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover",
          "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom", "mstyle", "mmultiscripts"}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "inside"),
    [
        (
            r"n_{\max} \leq 2^{n}",
            "<msub><mi>n</mi><mrow><mo>max</mo></mrow></msub><mo>≤</mo><msup><mn>2</mn><mrow><mi>n</mi></mrow></msup>",
        ),
        (r"\mathrm{d}x", '<mi mathvariant="normal">d</mi><mi>x</mi>'),
        (r"{\bf x} {\cal L}", "<mi>𝐱</mi>"),
        (r"\boldsymbol{\theta}", "<mi>𝜽</mi>"),
        (r"a \sim b", "∼"),
        (r"a < b", "<mo>&lt;</mo>"),
        (r"\text{<b>&amp;}", "<mtext>&lt;b&gt;&amp;</mtext>"),
        (r"\mathbb{R}^{d\times d}", "<mi>ℝ</mi>"),
    ],
)
def test_formulas_become_mathml(source, inside):
    """What the converter says of a formula is there, letters in the alphabets that browsers know."""
    assert inside in formula(source)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\left( x", "( x"),
        (r"\textsc{Name}_2", "Name₂"),
        (r"\unknown{x}", r"<code>\unknown&#123;x&#125;</code>"),
        (r"\begin{nonsense}x", r"<code>\begin&#123;nonsense&#125;x</code>"),
    ],
)
def test_formulas_that_cannot_be_converted_stay_readable(source, shown):
    """Half a formula is worse than a line of Unicode that says it all, and that than its source as code."""
    assert formula(source) is None
    assert web.escape_inline(plain(f"${source}$")) == shown


def test_rows_of_equations_and_names_in_formulas_become_mathml():
    """Equations in rows are a table, and the names of quantities are upright to their last letter."""
    assert formula(r"\begin{aligned} a &= b \\ c &= d \end{aligned}").count("<mtr>") == 2
    assert formula(r"\begin{gathered} a \\ b \end{gathered}").count("<mtr>") == 2
    assert formula(r"T_{\rm eff}").count('<mi mathvariant="normal">') == 3


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
def test_mathml_holds_no_other_element(source):
    """Whatever TeX is converted, nothing but MathML without links, styles and handlers comes out."""
    written = formula(source)
    shown = Page(written or "")
    assert set(shown.tags) <= MATHML
    assert not shown.handlers
    assert not shown.addresses
    assert not re.search(r"\s(href|style|class|id|mathcolor)=", written or "")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Plain: text, 50% more; A* for p < 0.05 & x_y (see #3)!", r"Plain: text, 50% more; A\* for p < 0.05 & x_y (see #3)!"),
        ("*bold* _it_ `code` ~~del~~", r"\*bold\* \_it\_ \`code\` \~\~del\~\~"),
        ("[x](javascript:alert(1)) ![y][z]", r"\[x](javascript:alert(1)) !\[y]\[z]"),
        ("<b> </p> <!-- a <3", r"\<b> \</p> \<!-- a <3"),
        ("AT&T &amp; &#60;", r"AT&T \&amp; \&#60;"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("1.5 times", "1.5 times"),
        ("{{ x }} {% y %}", r"{\{ x }\} {\% y %\}"),
        ("$5 and $6", r"\$5 and \$6"),
        ("see https://a.b/c_(d), ok", "see <https://a.b/c_%28d%29>, ok"),
        ("见 https://a.b/c。然后", "见 <https://a.b/c> 。然后"),
        ("ftp://a.b www.a.b c@d.ef", "ftp&#58;//a.b www&#46;a.b c&#64;d.ef"),
        (r"a $n_{\max} \leq 2^{n}$ b", r"a $n_{\max} \leq 2^{n}$ b"),
        (r"$\bar{x}_i + {a}_j$", r"$\bar{x}_ i + {a}_ j$"),
        ("$a*b*c<d$", "$a * b * c< d$"),
        ("$f[a](b)$", "$f[a] (b)$"),
        ("$x^{y^{z}}$", "$x^{y^{z} }$"),
    ],
)
def test_plain_markdown_stays_readable(text, escaped):
    """Backslashes where Markdown would take a mark, spaces in formulas where TeX skips them, nothing elsewhere."""
    assert markdown.escape_inline(plain(text)) == escaped


@given(hostile_text)
def test_markdown_reads_as_the_text(text):
    """Any text is one paragraph, and without TeX and addresses it reads as it was."""
    for read in (plain, tex):
        shown = page(markdown.escape_inline(read(text)))
        assert set(shown.tags) <= {"p", "a"}
        assert all(address.startswith(("http://", "https://")) for address in shown.addresses)
    if not re.search(r"\\|\$|https?:", text):
        assert page(markdown.escape_inline(plain(text))).text.replace(" ", "").strip() == clean(text).replace(" ", "")


@given(hostile_text)
def test_a_link_text_holds_no_link(text):
    """The text of a link in a table of contents is one link to where it should lead, in Markdown and in HTML."""
    label = TARGETS["markdown"].places["label"](plain(text)) or "x"
    assert page(f"1. [{label}](#paper-1)").addresses == ["#paper-1"]
    assert Page(f'<a href="#paper-1">{TARGETS["html"].places["label"](plain(text))}</a>').addresses == ["#paper-1"]


@pytest.mark.parametrize(
    ("form", "text", "escaped"),
    [
        ("hugo", "{{< youtube x >}} {{% notice %}}", r"\{\{< youtube x >\}\} \{\{&#37; notice %\}\}"),
        ("hugo", "a $x_i$ for $5", r"a \(x_i\) for \$5"),
        ("hugo", "a [b] and `c`", r"a &#91;b] and &#96;c&#96;"),
        ("hugo", "A. Smith and (b) the rest", r"A\. Smith and (b) the rest"),
        ("jekyll", "{% endraw %}{{ 7 }}", r"\{&#37; endraw %\}\{\{ 7 \}\}"),
        ("jekyll", "a | b, $p(x|y)$", r"a \| b, $$p(x\vert y)$$&#32;"),
        ("jekyll", "<标签>", "&lt;标签>"),
        ("quarto", "```{python} @smith `r 1`", r"&#96;&#96;&#96;\{python\} &#64;smith &#96;r 1&#96;"),
        ("quarto", "the authors' \"own\" words, it's 10^5", r"the authors\' \"own\" words, it's 10&#94;5"),
        ("quarto", r"\(x\)2 and javascript:x", "$x$&#50; and javascript&#58;x"),
        ("quarto", r"\textbf{x}", r"\\textbf\{x\}"),
        ("obsidian", "[[a]] ![[b]] %%c%% ==d== #e k:: v", r"\[\[a]] !\[\[b]] \%\%c\%\% \=\=d\=\= \#e k\:\: v"),
        ("obsidian", "<% tp.file %> `= 1` ^id 10^5", r"\<% tp.file %> \`= 1\` \^id 10\^5"),
        ("obsidian", "a [note] at $x$", r"a \[note] at $x$"),
    ],
)
def test_marks_of_each_program_are_spelled_out(form, text, escaped):
    """What begins a shortcode, a tag, code, a citation or a comment somewhere begins nothing."""
    assert TARGETS[form].text(plain(text)) == escaped


@given(hostile_text)
def test_extended_markdown_reads_as_the_text(text):
    """Any text is one paragraph in plain Markdown, too, and its raw characters hold nothing that a note program looks for."""
    for form in ("hugo", "quarto", "obsidian"):
        written = TARGETS[form].text(plain(text))
        shown = page(written)
        assert set(shown.tags) <= {"p", "a"}
        assert all(address.startswith(("http://", "https://")) for address in shown.addresses)
        assert not re.search(r"\[\[|(?<!\\)\]\(|%%|==|::|(?<!\\)<%|\{\{|\{%", written.replace("$", "")), written
    if not re.search(r"\\|\$|https?:", text):
        assert shown.text.replace(" ", "").strip() == clean(text).replace(" ", "")


@pytest.mark.parametrize(
    ("source", "spelled"),
    [
        ("$y^*$ and $*$", r"$y^ \ast$ and $\ast$"),
        ("$a~$", "$a$"),
        ("$x_$ and $x^$", r"\$x\_\$ and \$x^\$"),
        ("$ x\\ $", r"\$ x\ \$"),
    ],
)
def test_formulas_end_with_what_they_print(source, spelled):
    """A star beside a dollar would be emphasis; what waits for more is no formula."""
    assert markdown.escape_inline(plain(source)) == spelled


@given(hostile_text)
def test_html_reads_as_the_text(text):
    """Any text is text in an element and in an attribute; a link leads to what it shows."""
    shown = Page(f'<p title="{web.escape_attribute(plain(text))}">{web.escape_inline(plain(text))}</p>')
    assert set(shown.tags) <= {"p", "a", "code"} | MATHML
    assert not shown.handlers
    assert all(safe_address(address) for address in shown.addresses)
    if "$" not in text and "\\" not in text:
        assert shown.text == clean(text)
