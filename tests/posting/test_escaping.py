"""What a paper or a model says is shown, and never carried out."""

import json
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.posting.targets import hexo
from offline_digest.posting.targets.front import plain_text, yaml_string
from offline_digest.posting.tex import split_runs
from offline_digest.posting.texts import clean, plain, safe_address, tex

from .reading import page

NUNJUCKS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
HOSTILE = (
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "<script>",
    "</details>",
    "<!--",
    "-->",
    "*",
    "**",
    "_",
    "__",
    "`",
    "```",
    "~~~",
    "[",
    "](",
    "]",
    "[^1]",
    "![",
    "|",
    "#",
    "-",
    "+",
    "1.",
    ">",
    "=",
    "---",
    "\n",
    "\r\n",
    "\u2028",
    "$",
    "$$",
    "\\(",
    "\\",
    "&lt;",
    "&#123;",
    "&",
    "https://a.b/_c_",
    "javascript:alert(1)",
    "www.a.b",
    "a@b.cd",
    "中文",
    "。",
    "\u202e",
    "\ufffd",
    "\x00",
    "x",
    " ",
    "  ",
)


def link_target(url):
    """Return *url* as a Hexo post prints it, None where it is refused."""
    address = safe_address(url)
    return hexo.escape_address(address) if address else None


hostile_text = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=5)), max_size=12).map("".join)


@pytest.mark.parametrize(
    "title",
    [
        "Attention Is All You Need",
        "BERT: Pre-training of Deep Bidirectional Transformers (Extended)",
        'What\'s in a "Name"? Models, Data & Cost - a Survey',
        "U-Net++ / V-Net: 3D, 4D; and snake_case_names!",
        "On the p < 0.05 threshold, 50% more or less",
        "Schrödinger’s Œuvre – “quoted” — 中文标题：测试（二）",
        "The $1 Question",
        "The set {a, b} of [CLS] tokens",
        "A* Search",
        "* and nothing else",
        "Costs of ~5% per step",
        "A* for $5 at ~1",
    ],
)
def test_ordinary_titles_stay_as_they_are(title):
    """A title without special meaning is byte for byte the metadata's."""
    assert hexo.escape_heading(tex(title)) == title


def test_marks_that_could_pair_are_escaped_in_headings():
    """Two marks of a kind could mean emphasis; a formula's count."""
    assert hexo.escape_heading(plain("A* and D* Lite")) == r"A\* and D\* Lite"
    assert hexo.escape_heading(plain("~a~ and $b*c$*")) == r"\~a\~ and $b\*c$\*"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("{{ 7*7 }}", r"&#123;&#123; 7\*7 &#125;&#125;"),
        ("{% raw %}", "&#123;% raw %&#125;"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y>"),
        ("AT&T &amp; R&D", "AT&T &amp;amp; R&D"),
        ("*bold* and _italic_ but a_b", r"\*bold\* and &#95;italic&#95; but a_b"),
        ("# no heading", r"\# no heading"),
        ("1. no list", r"1\. no list"),
        ("- no bullet", r"\- no bullet"),
        ("[x](javascript:alert(1))", r"\[x]\(javascript:alert(1))"),
        ("costs $5 or $10", "costs <span>$</span>5 or <span>$</span>10"),
        ("a $x_1 + y_{2}$ b", "a $x_1 + y&#95;{2}$ b"),
        ("$a^{b^{c}}$", "$a^{b^{c} }$"),
        ("$\\href{javascript:alert(1)}{x}$", r"<span>$</span>\href{javascript:alert(1)}{x}<span>$</span>"),
        ("$5 more; claim: $x_i$, not $ and $y$", "<span>$</span>5 more; claim: $x_i$, not <span>$</span> and $y$"),
        ("\\\\begin{equation} \\\\(x\\\\)", "begin{equation} (x\\\\\\\\)"),
        ("$a$$b$ and $O(n log n)$", "$a$ $b$ and $O(n log n)$"),
        ("见 https://a.b/c。然后", "见 <https://a.b/c> 。然后"),
        ("see https://a.b/c_(d), then", "see <https://a.b/c%5F%28d%29>, then"),
        ("two\nlines\x07 and\u202e bidi \ufffd", "two lines and bidi"),
    ],
)
def test_escaping_table(text, escaped):
    """Each trap is defused in the way that was looked at in a browser."""
    assert hexo.escape_inline(plain(text)) == escaped


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"The \textbf{big} \emph{small} \textit{one}", "The big small one"),
        (r"Proven before~\cite{foo,bar}, see \url{https://a.b}", "Proven before, see <https://a.b>"),
        (r"{\bf Bold} claims at 10\% \& more", "Bold claims at 10% & more"),
        (r"G\"odel, Erd\H{o}s and {\'E}tale", "Gödel, Erdős and Étale"),
        (r"see \href{https://a.b/c}{our page}.", "see our page (<https://a.b/c>)."),
        (r"Section~3 of the {BERT} paper, ``quoted''", "Section 3 of the BERT paper, “quoted”"),
        (r"An energy of \(E = mc^2\)", "An energy of $E = mc^2$"),
        (r"\emph{\}$x$ ends", r"\\ $x$ ends"),
        (r"costs \$5 and \$6", "costs <span>$</span>5 and <span>$</span>6"),
        ("Doubled  spaces\n  of a feed", "Doubled spaces of a feed"),
        (r"$\mathbf{x}$ is $\text{bold}$", r"$&#92;mathbf{x}$ is $&#92;text{bold}$"),
    ],
)
def test_tex_of_catalogues_becomes_text(source, text):
    """No TeX command is left in the prose of a title or an abstract; formulas stay formulas."""
    assert hexo.escape_inline(tex(source)) == text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.b",
        "//a.b",
        "https://",
        "https://u:p@a.b",
        "https://a b",
        'https://a.b/"onload=',
        "https://a.b/<x>",
        "https://[::1",
        "mailto:a@b.c",
        "https://a.b\n",
        "https://a\u202e.b",
    ],
)
def test_other_addresses_are_refused(url):
    """Only plain http and https addresses become links."""
    assert link_target(url) is None


def test_addresses_keep_their_meaning():
    """An address is quoted only where Markdown or Nunjucks would trip over it."""
    assert link_target("https://a.b/c_d?e=f&g=%20#h") == "https://a.b/c_d?e=f&g=%20#h"
    assert link_target("https://a.b/{{x}}(y)") == "https://a.b/%7B%7Bx%7D%7D%28y%29"


@given(hostile_text)
def test_hostile_text_is_one_paragraph(text):
    """Any text is one paragraph of text, links to web addresses and dollar signs, and no template code."""
    for read in (plain, tex):
        escaped = hexo.escape_inline(read(text))
        assert not NUNJUCKS.search(escaped)
        shown = page(escaped)
        assert set(shown.tags) <= {"p", "a", "span"}, escaped
        assert shown.tags.count("p") == bool(escaped)
        assert all(address.startswith(("http://", "https://")) for address in shown.addresses)


@given(hostile_text.filter(lambda text: not re.search(r"\\|\$", text)))
def test_text_reads_the_same(text):
    """What a reader sees is the text itself, but for the quoting of an address and the space that ends it."""
    shown = page(f"{hexo.escape_inline(plain(text))}\n").text.removesuffix("\n")
    assert unquote(shown).replace(" ", "") == unquote(clean(text)).replace(" ", "")


@given(hostile_text)
def test_headings_stay_headings(text):
    """A title is one heading, whatever it holds."""
    shown = page(f"## {hexo.escape_heading(plain(text)) or 'x'}\n\nafter\n")
    assert len(shown.headings) == 1
    assert set(shown.tags) <= {"h2", "p", "a", "span"}


@given(hostile_text)
def test_html_and_front_matter_hold_one_string(text):
    """A caption is text inside HTML, and a front matter value is one JSON string on one line."""
    block = page(f'<p>{hexo.escape_html(plain(text))}</p><img alt="{hexo.escape_attribute(plain(text))}">')
    assert [tag for tag in block.tags if tag != "span"] == ["p", "img"]
    value = yaml_string(plain_text(plain(text)))
    assert "\n" not in value
    assert isinstance(json.loads(value), str)
    assert not re.search(r"[<>]", value)
    assert not NUNJUCKS.search(value)
    assert not NUNJUCKS.search(hexo.escape_html(plain(text)) + hexo.escape_attribute(plain(text)))


@given(st.text())
def test_clean_text_is_one_printable_line(text):
    """Cleaning leaves one line without control, bidirectional or replacement characters, and is done once."""
    cleaned = clean(text)
    assert cleaned == clean(cleaned)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]|  ", cleaned)
    cleaned.encode("utf-8")


def test_captions_and_front_matter_hold_no_foreign_formula():
    """Where Markdown is not read, too, MathJax gets only formulas that were looked at."""
    evil = "$\\href{javascript:alert(1)}{x}$ and $n$"
    assert hexo.escape_html(plain(evil)) == "<span>$</span>\\href&#123;javascript:alert(1)&#125;&#123;x&#125;<span>$</span> and $n$"
    assert plain_text(plain(evil)) == "＄\\href{javascript:alert(1)}{x}＄ and n"
    assert plain_text(plain(rf"{evil} and $\unknown x$")).endswith(r"＄ and n and $\unknown x$")
    assert plain_text(plain("The $1 Question")) == "The $1 Question"


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        (r"reaches $\sim$90\% at $\approx$5$\times$ the speed", [r"\sim", r"\approx", r"\times"]),
        (r"of $x$3D scans with $n=3$4", ["x", "n=3"]),
        ("from $5-$10, or $1/3$2 of $x$", ["x"]),
        ("costs $5 and $10", []),
    ],
)
def test_a_digit_may_follow_what_is_surely_a_formula(source, formulas):
    """Catalogues write a tilde, then a number; a price is still none."""
    assert [run.text for run in split_runs(source, tex=True) if run.kind == "formula"] == formulas
