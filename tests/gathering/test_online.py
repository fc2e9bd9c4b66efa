"""arXiv played by a real server on loopback: identifiers, queries, pages, faults, and papers that come once."""

import itertools
import json
from datetime import date

import pytest

from offline_digest.config import Network
from offline_digest.errors import CutOff, NetworkError, UsageError
from offline_digest.gathering import since
from offline_digest.gathering.online import Arxiv, Order, Question, arxiv_session, fetch, question_of
from offline_digest.gathering.online.queries import narrowed, words_query
from offline_digest.library import Library, find_pdf, verify_library
from offline_digest.net import Patience
from tests.net.conftest import no_proxies  # noqa: F401 (a fixture that is used by itself)
from tests.net.server import cut, page, refuse, send_to, text

from .arxiv_site import API, arxiv_site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
QUICK = Patience(connect_s=5, read_s=5, stall_s=20, tries=3, backoff_s=0.01, longest_wait_s=5)


class Heard:
    """A reporter that keeps what it is told."""

    def __init__(self):
        self.said = []

    step = warn = life = lambda self, text: self.said.append(text)


@pytest.fixture
def site():
    with arxiv_site() as found:
        yield found


@pytest.fixture
def arxiv(site, tmp_path):
    with arxiv_session(Network(), tmp_path / "state", patience=QUICK, pause_s=0.01) as session:
        yield Arxiv(site.base, session)


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "library") as opened:
        yield opened


def ask(*names, most=50, **more):
    return Order(questions=tuple(question_of(name) for name in names), most=most, **more)


def got(order, library, arxiv):
    """Return name → status of a call."""
    return {item.name: item.status for item in fetch(order, library, arxiv, Heard())}


# --- what users write ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("2407.09450", Question(arxiv_id="2407.09450")),
        ("https://arxiv.org/pdf/quant-ph/9508027v1", Question(arxiv_id="quant-ph/9508027", version="v1")),
        ("cs.CV", Question(query="cat:cs.CV")),
        ("cond-mat.str-el", Question(query="cat:cond-mat.str-el")),
        ("ti:diffusion AND cat:cs.CV", Question(query="ti:diffusion AND cat:cs.CV")),
        ("diffusion", Question(query="all:diffusion")),
        ("diffusion models", Question(query="all:diffusion AND all:models")),
        ('"diffusion model" robots', Question(query='all:"diffusion model" AND all:robots')),
        ("self-attention", Question(query='all:"self attention"')),
        ("扩散模型", Question(query="all:扩散模型")),
    ],
)
def test_an_argument_is_a_paper_a_category_a_query_or_words(text, question):
    """Each is told from the others by its form."""
    assert question_of(text) == question


@pytest.mark.parametrize("text", ["2407.0945", "240709450", "https://example.org/paper", "hep-th/99", "...", "  "])
def test_what_is_nearly_an_identifier_is_no_query(text):
    """A digit lost by a spreadsheet must not become a search for a number."""
    with pytest.raises(UsageError) as caught:
        question_of(text)
    assert caught.value.hint


def test_words_cannot_break_the_syntax():
    """Brackets, colons and quotes of users are none of the query's."""
    assert words_query('deep (net]: "a) b') == 'all:deep AND all:net AND all:"a b"'


@pytest.mark.parametrize(
    ("query", "categories", "first", "whole"),
    [
        ("all:x", (), None, "all:x"),
        ("ti:a OR ti:b", ("cs.CV",), None, "(ti:a OR ti:b) AND cat:cs.CV"),
        ("", ("cs.CV", "cs.LG"), None, "cat:cs.CV OR cat:cs.LG"),
        (
            "all:x",
            ("cs.CV", "cs.LG"),
            date(2026, 1, 2),
            "all:x AND (cat:cs.CV OR cat:cs.LG) AND submittedDate:[202601020000 TO 299912312359]",
        ),
        ("", (), date(2026, 1, 2), "submittedDate:[202601020000 TO 299912312359]"),
    ],
)
def test_queries_are_narrowed_as_a_whole(query, categories, first, whole):
    """An OR of the user's stays inside its brackets."""
    assert narrowed(query, categories=categories, first_day=first) == whole


TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "day"), [("2026-01-31", date(2026, 1, 31)), ("7d", date(2026, 2, 22)), (" 0d ", TODAY), ("2026-03-01", TODAY)]
)
def test_days_are_dates_or_days_back(text, day):
    """Both forms of `--since`."""
    assert since(text, TODAY) == day


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "d", "-3d", "2026-03-02", "99999999d", ""])
def test_days_that_are_none_are_told(text):
    """The message says how to write one."""
    with pytest.raises(UsageError, match="since"):
        since(text, TODAY)


# --- the API -------------------------------------------------------------------------------------------------------------


def test_identifiers_are_asked_for_together(site, arxiv):
    """One request for many papers, of which each keeps all its digits; unknown ones are left out."""
    site.add("2407.09450", 2, title="A & B")
    site.add("quant-ph/9508027")
    found = list(arxiv.papers(["2407.09450", "quant-ph/9508027v1", "2407.99999"]))
    assert [(m.arxiv_id, m.version, m.title) for m in found] == [("2407.09450", "v2", "A & B"), ("quant-ph/9508027", "v1", "Soil probes")]
    assert len(site.requests) == 1
    assert found[0].published == date(2025, 3, 1)
    assert found[0].licence is None


def test_a_list_with_a_name_that_arxiv_refuses_still_gives_the_others(site, arxiv):
    """The list is halved until the bad name stands alone."""
    names = [f"2407.0000{n}" for n in range(7)]
    for name in names:
        site.add(name)
    found = arxiv.papers([*names[:4], "bad", *names[4:]])
    assert [m.arxiv_id for m in found] == names


def test_queries_are_paged(site, arxiv):
    """Pages are turned as long as papers are wanted, and no further."""
    for n in range(230):
        site.add(f"2407.{n:05}")
    assert len(list(arxiv.find("all:x", most=150))) == 150
    assert [(q["start"], q["max_results"]) for q in site.queries()] == [(["0"], ["100"]), (["100"], ["100"])]
    assert len({m.arxiv_id for m in arxiv.find("all:x", most=2000)}) == 230
    assert site.queries()[0]["sortBy"] == ["submittedDate"]


def test_a_query_that_finds_nothing_is_no_error(site, arxiv):
    """An empty feed."""
    assert list(arxiv.find("all:x", most=10)) == []
    assert len(site.requests) == 1


def answer(status, words, **headers):
    return lambda handler: text(handler, status, words, **headers)


def test_a_page_that_is_no_whole_feed_is_asked_for_again(site, arxiv):
    """HTML with status 200, a feed cut in its middle, no words at all, 503: none of them makes papers disappear."""
    for n in range(3):
        site.add(f"2407.0000{n}")
    whole = site.feed(site.papers)
    for fault in (
        answer(200, "<html><body>Rate exceeded.</body></html>"),
        answer(200, whole[: len(whole) // 2]),
        answer(200, ""),
        answer(503, ""),
    ):
        site.faults = [fault]
        assert len(list(arxiv.find("all:x", most=10))) == 3
    site.faults = [answer(200, "<html/>")] * 9
    with pytest.raises(CutOff, match="is no feed"):
        list(arxiv.find("all:x", most=10))
    assert len(site.faults) == 9 - QUICK.tries


def test_a_page_that_is_empty_for_a_moment_is_asked_for_again(site, arxiv):
    """ArXiv does that now and then; the arxiv package knows it."""
    for n in range(120):
        site.add(f"2407.{n:05}")
    empty = site.feed(site.papers, start=999)
    first = site.feed(site.papers)
    site.faults = [answer(200, first), answer(200, empty)]
    assert len(list(arxiv.find("all:x", most=120))) == 120
    site.faults = [answer(200, first), *[answer(200, empty)] * 9]
    with pytest.raises(CutOff, match="not whole"):
        list(arxiv.find("all:x", most=120))


def test_a_query_that_arxiv_does_not_understand_is_told(site, arxiv):
    """Its own words come through, as a wrong call, whatever the status."""
    refusal = site.feed([]).replace("</feed>", "<entry><id>http://arxiv.org/api/errors#x</id><summary>bad\n query</summary></entry></feed>")
    for status in (400, 200):
        site.faults = [answer(status, refusal)]
        with pytest.raises(UsageError, match="bad query") as caught:
            list(arxiv.find("all:(", most=10))
        assert caught.value.exit_code == 2


@pytest.mark.parametrize("words", ["<!DOCTYPE feed [<!ENTITY x 'y'>]><feed>&x;</feed>", "<feed><entry>"])
def test_a_hostile_feed_is_refused(site, arxiv, words):
    """No entities are expanded, nothing is mended in silence."""
    site.faults = [answer(200, words)] * 9
    with pytest.raises(NetworkError):
        list(arxiv.find("all:x", most=10))


def test_a_date_that_is_none_is_told(site, arxiv):
    """It ends in one of our errors."""
    site.add("2407.00001", day="2025-99-99")
    with pytest.raises(NetworkError, match="cannot be read"):
        list(arxiv.find("all:x", most=10))


def test_arxiv_is_never_asked_twice_within_three_seconds(site, tmp_path):
    """Pages, retries, redirects, PDFs and the next run, with the pause that users have."""
    site.add("2407.00001")
    site.faults = [answer(503, ""), lambda handler: send_to(f"{API}?id_list=2407.00001&start=0&max_results=1")(handler, None)]
    for run in range(2):
        with arxiv_session(Network(), tmp_path / "state", patience=QUICK) as session, Library(tmp_path / f"library{run}") as library:
            assert list(got(ask("2407.00001"), library, Arxiv(site.base, session)).values()) == ["new"]
    times = [request.at for request in site.requests]
    assert len(times) == 6
    assert min(after - before for before, after in itertools.pairwise(times)) >= 3.0


# --- into the library ----------------------------------------------------------------------------------------------------


def test_papers_come_into_the_library_once(site, arxiv, library):
    """PDF and metadata lie in the paper's folder; the second call asks for the metadata alone; everything is as its rows say."""
    data = site.add("2407.09450", 2, title="Soil & water")
    site.add("quant-ph/9508027")
    order = ask("2407.09450", "https://arxiv.org/abs/quant-ph/9508027v1")
    items = list(fetch(order, library, arxiv, Heard()))
    assert [(i.name, i.status) for i in items] == [("2407.09450v2", "new"), ("quant-ph/9508027v1", "new")]
    assert [i.path.name for i in items] == ["2407.09450v2.pdf", "quant-ph_9508027v1.pdf"]
    assert items[0].path.read_bytes() == data
    assert items[0].path.parent == library.root / "papers" / items[0].sha256
    assert library.metadata(items[0].sha256).title == "Soil & water"
    assert list((library.root / "inbox").iterdir()) == []
    assert got(order, library, arxiv) == {"2407.09450v2": "kept", "quant-ph/9508027v1": "kept"}
    assert len(site.pdfs()) == 2
    assert list(verify_library(library)) == []


def test_a_named_version_that_is_here_needs_no_network(site, arxiv, library):
    """Nothing about it can have changed."""
    site.add("2407.09450", 2)
    got(ask("2407.09450v2"), library, arxiv)
    before = len(site.requests)
    assert got(ask("2407.09450v2"), library, arxiv) == {"2407.09450v2": "kept"}
    assert len(site.requests) == before


def test_a_new_version_is_an_update(site, arxiv, library):
    """v10 follows v9; the older one stays, and the newest is found by the name without version."""
    site.add("2407.09450", 9)
    assert got(ask("2407.09450"), library, arxiv) == {"2407.09450v9": "new"}
    site.add("2407.09450", 10)
    assert got(ask("2407.09450"), library, arxiv) == {"2407.09450v10": "update"}
    assert find_pdf(library, "2407.09450").version == "v10"
    assert find_pdf(library, "2407.09450", "v9").path.exists()
    assert find_pdf(library, "2407.0945") is None


def test_one_paper_found_several_ways_comes_once(site, arxiv, library):
    """By name, by address, by two queries."""
    site.add("2407.09450")
    assert got(ask("2407.09450", "arXiv:2407.09450v1", "soil", "cs.CV"), library, arxiv) == {"2407.09450v1": "new"}
    assert len(site.pdfs()) == 1


def test_versions_with_the_same_bytes_are_each_known(site, arxiv, library):
    """The library is keyed by content; both names lead to it."""
    data = site.add("2407.09450", 1)
    site.add("2407.09450", 2, pdf=data)
    got(ask("2407.09450v1", "2407.09450v2"), library, arxiv)
    assert got(ask("2407.09450v1", "2407.09450v2"), library, arxiv) == {"2407.09450v1": "kept", "2407.09450v2": "kept"}


def test_one_paper_that_fails_stops_no_other(site, arxiv, library):
    """A page in place of a PDF, one that is gone, one that arXiv does not know: each is told, and the others come."""
    for n in range(4):
        site.add(f"2407.0000{n}")
    site.file("2407.00000").faults = [page]
    site.file("2407.00001").faults = [refuse(404)]
    names = [f"2407.0000{n}" for n in range(4)]
    items = {i.name: i for i in fetch(ask(*names, "2407.77777"), library, arxiv, Heard())}
    assert [items[f"{name}v1"].status for name in names] == ["failed", "failed", "new", "new"]
    assert "text/html" in items["2407.00000v1"].error.message
    assert "404" in items["2407.00001v1"].error.message
    assert "knows no paper 2407.77777" in items["2407.77777"].error.message
    assert got(ask(*names), library, arxiv) == {f"{n}v1": s for n, s in zip(names, ["new", "new", "kept", "kept"], strict=True)}


def test_a_proxy_that_is_none_is_no_unknown_paper(tmp_path, library, monkeypatch):
    """What cannot be asked at all says nothing of the paper."""
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://x")
    with arxiv_session(Network(), tmp_path / "state", patience=QUICK, pause_s=0.01) as session:
        [item] = fetch(ask("2407.00001"), library, Arxiv("https://127.0.0.1:9", session), Heard())
    assert "nonsense" in item.error.message
    assert "knows no paper" not in item.error.message


def test_a_query_that_fails_stops_no_other(site, arxiv, library):
    """The first fails at its last try; the second finds its papers."""
    site.add("2407.00001")
    site.faults = [answer(500, "")] * QUICK.tries
    assert got(ask("one", "two"), library, arxiv) == {"all:one": "failed", "2407.00001v1": "new"}


def test_without_a_connection_nothing_else_is_tried(tmp_path, library):
    """A hundred papers do not wait a hundred times for a network that is not there."""
    with arxiv_session(Network(), tmp_path / "state", patience=QUICK, pause_s=0.01) as session:
        items = list(fetch(ask("2407.00001", "one", "two"), library, Arxiv("http://127.0.0.1:9", session), Heard()))
    assert [(i.name, i.status) for i in items] == [("arXiv", "failed")]
    assert "cannot be reached" in items[0].error.message


def test_a_server_that_asks_to_be_left_alone_is(site, arxiv, library):
    """After the tries that it allows nothing else is asked; papers that had come stay."""
    for n in range(4):
        site.add(f"2407.0000{n}")
    site.file("2407.00001").faults = [refuse(429)] * QUICK.tries
    site.file("2407.00003").faults = [refuse(503, Retry_After="3600")]
    order = ask(*(f"2407.0000{n}" for n in range(4)))
    assert got(order, library, arxiv) == {"2407.00000v1": "new", "arXiv": "failed"}
    assert "/pdf/2407.00002v1" not in site.pdfs()
    assert got(order, library, arxiv) == {"2407.00000v1": "kept", "2407.00001v1": "new", "2407.00002v1": "new", "arXiv": "failed"}


def test_a_cut_pdf_is_gone_on_with_in_the_next_run(site, arxiv, library):
    """What one run could not finish the next one does, without the part that is here."""
    data = site.add("2407.00001")
    site.file("2407.00001").faults = [cut(20_000), *[refuse(503)] * QUICK.tries]
    assert got(ask("2407.00001"), library, arxiv) == {"2407.00001v1": "failed"}
    assert (library.root / "inbox" / "2407.00001v1.pdf.part").stat().st_size == 20_000
    site.file("2407.00001").faults = []
    assert got(ask("2407.00001"), library, arxiv) == {"2407.00001v1": "new"}
    assert site.requests[-1].sent == len(data) - 20_000


def test_a_pdf_that_was_lost_or_changed_comes_again(site, arxiv, library):
    """The library believes files, not rows."""
    site.add("2407.00001")
    (item,) = fetch(ask("2407.00001v1"), library, arxiv, Heard())
    item.path.write_bytes(b"%PDF- changed")
    assert got(ask("2407.00001v1"), library, arxiv) == {"2407.00001v1": "new"}
    item.path.unlink()
    assert [p.kind for p in verify_library(library)] == ["missing"]
    assert got(ask("2407.00001v1"), library, arxiv) == {"2407.00001v1": "new"}
    (item.path.parent / "metadata.json").unlink()
    assert got(ask("2407.00001v1"), library, arxiv) == {"2407.00001v1": "kept"}
    assert library.metadata(item.sha256).arxiv_id == "2407.00001"
    assert list(verify_library(library)) == []


def test_days_and_categories_narrow_queries(site, arxiv, library):
    """Papers by name come anyway; a mirror that ignores the days gives older papers, and they are left out."""
    for n, day in enumerate(("2025-01-01", "2025-02-01", "2025-03-01")):
        site.add(f"2407.0000{n}", day=day)
    order = ask("soil", first_day=date(2025, 2, 1), categories=("cs.CV",), dry_run=True)
    assert got(order, library, arxiv) == {"2407.00002v1": "new", "2407.00001v1": "new"}
    assert site.queries()[0]["search_query"] == ["all:soil AND cat:cs.CV AND submittedDate:[202502010000 TO 299912312359]"]
    site.faults = [answer(200, site.feed(sorted(site.papers, key=lambda p: p.day, reverse=True)))]
    assert len(got(order, library, arxiv)) == 2


def test_a_dry_run_asks_and_brings_nothing(site, arxiv, library):
    """Only the API is asked, and the library is as before."""
    site.add("2407.00001")
    assert got(ask("2407.00001", dry_run=True), library, arxiv) == {"2407.00001v1": "new"}
    assert site.pdfs() == []
    assert find_pdf(library, "2407.00001") is None


def test_real_papers_come_as_the_catalogue_describes_them(shared, site, arxiv, library):
    """The entries of a real feed, the real PDFs: metadata equal to that of the feed's file, every byte of the PDFs."""
    from offline_digest.gathering import load_metadata

    feed = (shared / "papers" / "feed.xml").read_text(encoding="utf-8")
    rows = {row.arxiv_id: row for row in load_metadata(shared / "papers" / "feed.xml")}
    pdfs = {p.stem.replace("_", "/"): p for p in (shared / "papers").glob("*.pdf")}
    entries = [part.partition("</entry>")[0] for part in feed.split("<entry>")[1:]]
    for entry in entries:
        name, _, version = entry.partition("/abs/")[2].partition("<")[0].rpartition("v")
        site.add(name, int(version), pdf=pdfs[name].read_bytes(), entry=f"<entry>{entry}</entry>")
    items = list(fetch(ask(*rows), library, arxiv, Heard()))
    assert len(items) == len(rows) == 16
    for item in items:
        assert item.status == "new", item.error
        assert item.metadata == rows[item.metadata.arxiv_id]
        assert item.path.read_bytes() == pdfs[item.metadata.arxiv_id].read_bytes()
        assert json.loads((item.path.parent / "metadata.json").read_text(encoding="utf-8"))["title"] == item.metadata.title
