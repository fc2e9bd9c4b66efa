"""The preview in a real browser, served and exported: a reader finds, reads and enlarges; nothing complains, nothing else is asked for."""

import contextlib
import json
import re
import threading

import pytest

from offline_digest.library import Library
from offline_digest.net import Loopback
from offline_digest.pipeline import Preview, export_site
from offline_digest.posting.site import POLICY
from offline_digest.reading import READER_VERSION
from tests.chromium import chromium
from tests.posting import samples
from tests.posting.conftest import modules  # noqa: F401 (a fixture)
from tests.posting.payloads import PAYLOADS
from tests.posting.test_hostile import attack
from tests.project.test_preview import FIRST, KEY, SECOND, THIRD, post
from tests.quiet import Quiet

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]
PHONE_PX = 360
PAGES = ("index.html", "contents.html", f"papers/{KEY}.html", f"papers/{THIRD[:16]}.html", "topics/Diffusion/1.html")
WIDE = "[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName)"
FOUND = "document.querySelector('#found').textContent"
LANGUAGES = "[...document.querySelectorAll('article .pair > div')].filter((e) => e.getClientRects().length).map((e) => e.lang)"
PICTURES = "Promise.all([...document.images].filter((e) => e.getAttribute('src')).map((e) => e.decode().then(() => e.naturalWidth > 0, () => false)))"


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def tab(browser):
    """Return a function that opens an empty page."""
    return browser.tab


def named(number):
    """Return a hash for the paper of that number."""
    return f"{number:04x}" * 16


def picture(width, height):
    """Return a grey PNG of that size."""
    import pymupdf

    return pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, width, height), False).tobytes("png")


def fill(root):
    """Make a library of what a reader may meet: both languages, one, formulas, next to nothing, a lost digest, long lists."""
    with Library(root) as library:
        library.keep_digest(FIRST, "k", samples.orchard())
        library.keep_digest(SECOND, "k", samples.chinese(title="A Second Paper of José García-Núñez", arxiv_id="2407.02174"))
        library.keep_digest(
            THIRD, "k", samples.bare(title="A Paper in No Post", abstract="Nothing but abstractwords with $n_2$, 西文摘要。")
        )
        for sha256, names in (
            (FIRST, ("figure-1.png", "figure-2.png", "figure-3.png", "table-1.png")),
            (SECOND, ("f1.png", "f2.png", "t1.png")),
        ):
            folder = library.pictures(sha256, READER_VERSION)
            folder.mkdir(parents=True)
            for n, name in enumerate(names):
                (folder / name).write_bytes(picture(900 + 100 * n, 500))
        others = [named(n) for n in range(60)]
        for n, sha256 in enumerate(others):
            library.keep_digest(
                sha256, "k", samples.quoting(title=f"Study {n} of a Very Long Series: Antidisestablishmentarianism in Networks")
            )
        (root / "papers" / others[0] / "digest-k.json").write_text("{}", encoding="utf-8")
        post(library, [FIRST, SECOND])
        post(library, others, topic="A Long Topic with 中文 in Its Name", day="2024-08-20")


@contextlib.contextmanager
def served(root):
    """Serve the library as the command does, from a thread of its own, and yield the address."""
    with Loopback(0, headers={"Content-Security-Policy": POLICY}) as server:

        def work():
            with Library(root) as library:
                server.serve(Preview(library).file)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield server.address
        finally:
            server.stop()
            thread.join()


@pytest.fixture(scope="session", params=["served", "exported"])
def base(request, tmp_path_factory):
    """Return the address of the site, on a server and on disk."""
    folder = tmp_path_factory.mktemp("site")
    fill(folder / "library")
    if request.param == "served":
        with served(folder / "library") as address:
            yield address
    else:
        with Library(folder / "library") as library:
            yield export_site(Preview(library), folder / "a folder", Quiet()).parent.as_uri() + "/"


def foreign(page, base):
    return [address for address in page.asked if not address.startswith((base, "data:", "about:"))]


def calm(page, base):
    """Assert that nothing was said, nothing failed and nothing else was asked for."""
    assert (page.said, page.failed, foreign(page, base)) == ([], [], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE_PX, 1280])
def test_pages_are_whole_at_any_width(width, scheme, base, tab):
    """Nothing is cut off or scrolled sideways, every picture is there, the colours are those of the system, the console is silent."""
    page = tab(width=width, scheme=scheme)
    for path in PAGES:
        page.open(base + path)
        assert page.eval("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.eval(WIDE) == [], path
        assert all(page.eval(PICTURES)), path
        assert page.eval("getComputedStyle(document.body).backgroundColor") == (
            "rgb(20, 23, 27)" if scheme == "dark" else "rgb(255, 255, 255)"
        )
    page.open(base + PAGES[2])
    assert len(page.eval(PICTURES)) >= 4
    assert page.eval(
        "[...document.querySelectorAll('math')].length && [...document.querySelectorAll('math')].every((e) => e.getBoundingClientRect().height)"
    )
    calm(page, base)


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("probes filt", ["Four Probes"]),  # words by their beginnings, in any order of case
        ("FILTER four", ["Four Probes"]),
        ("误报", ["Four Probes"]),  # Chinese anywhere, two characters
        ("网络的深度比宽度", ["A Second Paper"]),
        ("garcia-nunez second", ["A Second Paper"]),  # accents
        ("in no post", ["A Paper in No Post"]),
        ("2407.02174", ["A Second Paper"]),  # an arXiv id, with and without version, as it is copied from elsewhere
        ("arXiv:2407.02174v7", ["A Second Paper"]),
        ("https://arxiv.org/pdf/2407.02174v1.pdf", ["A Second Paper"]),
        ("07.02174", []),
        ("abstractwords", ["A Paper in No Post"]),  # the abstract, which the digest need not repeat
        ("西文摘要", ["A Paper in No Post"]),
        ("robes", []),  # not inside a word
        ("probes 宽度", []),  # all words must occur
        ("<img src=x onerror=alert(1)>", []),
        (".*[(\\", None),  # no word at all
    ],
)
def test_search_finds_in_both_languages(words, titles, base, tab):
    """`/` leads to the field; what is found is named, marked, and told to screen readers."""
    page = tab()
    page.open(base + "index.html")
    page.press("/")
    assert page.eval("document.activeElement.id") == "search"
    page.write(words)
    page.wait(f"{FOUND}.includes('篇') && !{FOUND}.endsWith('…') || {FOUND}.startsWith('Nothing')")
    found = page.eval("[...document.querySelectorAll('#results .title')].map((e) => e.textContent)")
    assert [title[: len(want)] for title, want in zip(found, titles or [], strict=False)] == (titles or [])
    assert len(found) == len(titles or [])
    if found:
        assert page.eval("document.querySelectorAll('#results mark').length") > 0
    assert page.eval("document.querySelector('#page').hidden")
    calm(page, base)


def test_a_paper_is_reached_and_left_by_keys(base, tab):
    """Arrows go through results, Enter opens, going back shows the results again, Esc brings the list, j and k move, u leads home."""
    page = tab()
    page.open(base + "index.html")
    page.press("/")
    page.write("networks series")
    page.wait(f"{FOUND}.includes('60 papers')")
    assert page.eval("document.querySelectorAll('#results .card').length") == 50
    title = "document.activeElement.textContent"
    page.press("ArrowDown")
    first = page.eval(title)
    page.press("ArrowDown", "ArrowUp")
    assert page.eval(title) == first != ""
    page.press("ArrowUp")
    assert page.eval("document.activeElement.id") == "search"
    page.press("ArrowDown", "Enter")
    page.wait("location.href.includes('/papers/') && document.readyState === 'complete'")
    assert page.eval("document.querySelector('article h2').textContent") == first
    page.back()
    page.wait(f"location.href.includes('index.html') && {FOUND}.includes('60 papers')")
    page.press("Escape")
    assert not page.eval("document.querySelector('#page').hidden")
    assert page.eval("document.querySelector('#results').hidden")
    page.press("j")
    top = page.eval(title)
    page.press("j")
    assert page.eval(title) != top
    page.press("k")
    assert page.eval(title) == top
    page.press("Enter")
    page.wait("location.href.includes('/papers/') && document.readyState === 'complete'")
    page.press("j", "j")
    assert page.eval("document.activeElement.tagName") == "H3"
    page.press("n")
    page.wait("document.readyState === 'complete' && document.querySelector('.pager a[rel=prev]') !== null")
    page.press("u")
    page.wait("location.href.endsWith('index.html') && document.readyState === 'complete'")
    page.press("n")
    page.wait("location.href.endsWith('all/2.html')")
    calm(page, base)


def test_the_language_is_chosen_and_remembered(base, tab):
    """English, Chinese or both, by button or key, on this page and the next; what stands alone is always shown."""
    page = tab()
    page.open(base + PAGES[2])
    page.click("[data-value=both]")
    assert set(page.eval(LANGUAGES)) == {"en", "zh-CN"}
    page.click("[data-value=zh]")
    assert set(page.eval(LANGUAGES)) == {"zh-CN"}
    assert page.eval("document.querySelector('[data-value=zh]').getAttribute('aria-pressed')") == "true"
    assert page.eval("document.querySelector('article h3').innerText") == "摘要"
    page.open(base + PAGES[2])
    assert set(page.eval(LANGUAGES)) == {"zh-CN"}
    page.press("l", "l")
    assert set(page.eval(LANGUAGES)) == {"en"}
    page.open(base + f"papers/{SECOND[:16]}.html")
    assert "All runs took 3 hours" in page.eval("document.querySelector('article').innerText")
    page.click("[data-value=both]")
    calm(page, base)


def test_the_colours_are_chosen_and_remembered(base, tab):
    """The button goes from the system's colours to light and dark, and the choice is there on the next page before it is drawn."""
    page = tab(scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    page.open(base + "index.html")
    page.click("#scheme")
    page.click("#scheme")
    assert page.eval(colour) == "rgb(20, 23, 27)"
    page.open(base + "contents.html")
    assert page.eval(colour) == "rgb(20, 23, 27)"
    page.click("#scheme")
    assert page.eval(colour) == "rgb(255, 255, 255)"
    calm(page, base)


@pytest.mark.parametrize("width", [PHONE_PX, 1280])
def test_figures_enlarge(width, base, tab):
    """A click opens the figure over the page, arrows turn to the next, Esc closes, and the focus is back where it was."""
    page = tab(width=width)
    page.open(base + PAGES[2])
    small = page.eval("document.querySelector('article figure img').getBoundingClientRect().width")
    page.click("article figure img")
    page.wait("document.querySelector('#enlarged').open && document.querySelector('#enlarged img').complete")
    shown = "document.querySelector('#enlarged img').alt"
    first = page.eval(shown)
    assert page.eval("document.querySelector('#enlarged img').getBoundingClientRect().width") >= small
    assert page.eval("document.querySelector('#enlarged figcaption').textContent.startsWith('Figure 1')")
    assert page.eval(
        "(() => { const r = document.querySelector('#enlarged').getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth; })()"
    )
    page.press("ArrowRight")
    assert page.eval(shown) != first
    page.press("ArrowLeft", "ArrowLeft")
    assert page.eval(shown).startswith("Table 1")
    page.click("#enlarged .on")
    assert page.eval(shown) == first
    page.press("Escape")
    page.wait("!document.querySelector('#enlarged').open")
    assert page.eval("document.activeElement.closest('figure').id") == "paper-1-1"
    page.press("Enter")
    page.wait("document.querySelector('#enlarged').open")
    page.click("#enlarged form button")
    page.wait("!document.querySelector('#enlarged').open")
    calm(page, base)


def test_the_keys_are_told(base, tab):
    """`?` opens the list of keys, under which no other key works; Esc closes it."""
    page = tab()
    page.open(base + "index.html")
    page.press("?")
    assert page.eval("document.querySelector('#keys').open")
    page.press("j")
    assert not page.eval("document.activeElement.matches('.title')")
    page.press("Escape")
    page.wait("!document.querySelector('#keys').open")
    calm(page, base)


def test_everything_can_be_read_without_scripts(base, tab):
    """Lists, papers and enlarged figures work; what would not is not there; both languages are shown."""
    page = tab(scripts=False)
    for path in PAGES:
        page.open(base + path)
        assert page.eval("[...document.querySelectorAll('.scripted')].every((e) => !e.getClientRects().length)")
        assert page.eval("document.querySelector('main').innerText.length") > 50
    page.open(base + PAGES[2])
    assert set(page.eval(LANGUAGES)) == {"en", "zh-CN"}
    page.open(base + PAGES[2] + "#paper-1-1")
    assert page.eval("getComputedStyle(document.querySelector('#paper-1-1')).position") == "fixed"
    calm(page, base)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_it(scheme, base, tab, modules):  # noqa: F811 (the fixture)
    """axe-core finds no serious fault on any kind of page, in results, the list of keys and an enlarged figure."""
    axe = (modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page = tab(scheme=scheme)

    def check(what):
        page.eval(axe + "; 0")
        found = page.eval("axe.run().then((r) => [r.passes.length, r.violations.map((v) => [v.id, v.impact, v.nodes[0].html])])")
        assert found[0] > 10, what
        assert found[1] == [], what

    for path in (*PAGES, f"papers/{named(0)[:16]}.html"):
        page.open(base + path)
        check(path)
    page.open(base + "index.html#q=" + "networks")
    page.wait(f"{FOUND}.includes('篇') && !{FOUND}.endsWith('…')")
    check("results")
    page.press("Escape", "?")
    check("keys")
    page.open(base + PAGES[2])
    page.click("article figure img")
    page.wait("document.querySelector('#enlarged').open")
    check("enlarged")


def test_hostile_papers_do_nothing(tmp_path, tab):
    """A library of every payload, served: no script of theirs runs, not in lists, papers, results nor an enlarged figure."""
    with Library(tmp_path / "library") as library:
        for n, payload in enumerate(PAYLOADS):
            library.keep_digest(named(n), "k", attack(payload.replace("\ud800", "")).model_copy(update={"arxiv_id": f"2401.{n:05}"}))
            folder = library.pictures(named(n), READER_VERSION)
            folder.mkdir(parents=True)
            for name in ("f1.png", "f2.png", "t1.png"):
                (folder / name).write_bytes(picture(30, 20))
        keys = [path for path in Preview(library).paths() if path.endswith(".html")]
    with served(tmp_path / "library") as base:
        page = tab()
        for path in keys:
            page.open(base + path)
            assert page.eval("document.scripts.length === 2 && !window.ran && !document.querySelector('iframe, object, base, embed')"), path
            if path.startswith("papers/"):
                page.click("article figure a[href] img")
                assert page.eval("document.querySelector('#enlarged').open"), path
        page.open(base + "index.html")
        for words in ("script", "alert", "onerror", "javascript", "constructor", "论文", "require", "img"):
            page.eval("document.querySelector('#search').value = ''; document.querySelector('#search').focus()")
            page.write(words)
            page.wait(f"location.hash === '#q=' + encodeURIComponent({json.dumps(words)}) && !{FOUND}.endsWith('…') && {FOUND}")
        assert page.eval("document.scripts.length === 3 && !window.ran")  # and the search index
        calm(page, base)


def test_the_browser_would_tell(tmp_path, tab):
    """What follows from a page that does wrong is seen: an error, a foreign address, a script against the policy, a picture that is missing."""
    bad = f"""<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}"><link rel="icon" href="data:,">
    <script>window.ran = true</script><img src="https://example.org/x.png"><img src="missing.png"><script src="wrong.js"></script>"""
    (tmp_path / "bad.html").write_text(bad, encoding="utf-8")
    (tmp_path / "wrong.js").write_text("nothing.at.all", encoding="utf-8")
    page = tab()
    page.open((tmp_path / "bad.html").as_uri())
    said = "\n".join(page.said)
    assert "Content Security Policy" in said
    assert "ReferenceError" in said
    assert [address for address in page.failed if re.search("missing", address or "")]
    assert page.eval(PICTURES) == [False, False]
    assert not page.eval("window.ran === true")
    loose = bad.replace(POLICY, "img-src *")
    (tmp_path / "loose.html").write_text(loose, encoding="utf-8")
    page.open((tmp_path / "loose.html").as_uri())
    assert "https://example.org/x.png" in foreign(page, tmp_path.as_uri())
