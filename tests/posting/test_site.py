"""The pages of the site: every paper is where its day and topic say, every link leads somewhere, and no paper can do more than be read."""

import json
import posixpath
import re
from datetime import date, timedelta
from urllib.parse import unquote, urlsplit

import pytest

from offline_digest.posting import Entry, site
from offline_digest.posting.site import Listed, Searchable, arrange
from offline_digest.posting.site.arranging import MOST_LISTED
from offline_digest.posting.texts import clean
from offline_digest.records import Link

from . import samples
from .payloads import PAYLOADS
from .reading import Page
from .test_hostile import NUNJUCKS, OF_TEXTS, UNSEEN, attack

DAY = date(2024, 8, 27)


def listed(key, *, day=0, topic="Diffusion Models", title="Small Networks Sort", authors=("Ann Lee",)):
    return Listed(key=key, title=title, authors=authors, day=DAY + timedelta(days=day), topic=topic)


def keys(page):
    return [row.key for row in page.papers]


def test_the_newest_day_comes_first_and_topics_stand_together():
    """Days from new to old, in a day topics by name, what has none last, in a topic the order of the post."""
    shown = [listed("a"), listed("b", topic="Agents"), listed("c", day=1), listed("d"), listed("e", topic="")]
    assert keys(arrange(shown).lists["index.html"]) == ["c", "b", "a", "d", "e"]


def test_a_paper_stands_wherever_it_was_posted_and_has_one_page():
    """Every topic and day lists it; the search finds it once; the paper knows all its places, and its neighbours once."""
    shown = [listed("a"), listed("a", topic="Agents"), listed("a", day=1), listed("b")]
    made = arrange(shown)
    assert keys(made.lists["index.html"]) == ["a", "a", "a", "b"]
    assert keys(made.lists["topics/Agents/1.html"]) == ["a"]
    assert made.shards == (("a", "b"),)
    assert set(made.papers["a"].listed) == set(shown[:3])
    assert (made.papers["a"].newer, made.papers["a"].older) == (None, "b")
    assert (made.papers["b"].newer, made.papers["b"].older) == ("a", None)
    assert made.topics["Diffusion Models"].papers == 3


@pytest.mark.parametrize("count", [0, 1, MOST_LISTED, MOST_LISTED + 1, 3 * MOST_LISTED])
def test_long_lists_are_cut_into_pages(count):
    """Every paper is on one page of its list, and each page names the next."""
    made = arrange(listed(f"{n:03}") for n in range(count))
    found, path, before = [], "index.html", None
    while path:
        page = made.lists[path]
        assert page.newer == before
        assert page.count == max(1, -(-count // MOST_LISTED))
        found += keys(page)
        path, before = page.older, path
    assert found == [f"{n:03}" for n in range(count)]


@pytest.mark.parametrize(
    "topics",
    [
        ("AI", "ai", "Ai"),
        ("a 2", "a", "a.2"),
        ("con", "CON"),
        ("扩散模型", "扩散 模型"),
        ("../..", "..", "/etc"),
        ("x" * 300, "x" * 301),
        ("<b>", "b"),
    ],
)
def test_topics_have_files_of_their_own(topics):
    """Whatever topics are called, none has the file of another, on a disk that takes no notice of case, nor one outside."""
    made = arrange(listed(f"{n}", topic=topic) for n, topic in enumerate(topics))
    paths = [path for path, page in made.lists.items() if page.topic]
    assert len({path.casefold() for path in paths}) == len(topics)
    assert all(re.fullmatch(r"topics/[^/]+/1\.html", path) and "/../" not in path for path in paths)
    assert {unquote(made.topics[topic].address) for topic in topics} == set(paths)


def test_days_lead_to_where_they_begin():
    """A day's address names the page of the list on which it begins."""
    made = arrange([*(listed(f"{n:02}", day=1) for n in range(MOST_LISTED)), listed("x")])
    assert [(link.day, link.address, link.papers) for link in made.days] == [
        (DAY + timedelta(days=1), "index.html#day-2024-08-28", MOST_LISTED),
        (DAY, "all/2.html#day-2024-08-27", 1),
    ]


@pytest.fixture
def publish(pictures):
    """Return a function that makes every file of a site of some digests, by path; pictures are there without their bytes."""

    def files(*digests, topic="Diffusion Models", figures="keep", lost=()):
        entries = {f"k{n}": Entry(digest=digest, pictures=pictures) for n, digest in enumerate(digests)}
        rows = {
            key: listed(key, title=entry.digest.title, authors=entry.digest.authors, day=-n, topic=topic if n % 2 == 0 else "")
            for n, (key, entry) in enumerate(entries.items())
        }
        made = arrange(rows.values())
        shown = {key: site.published_pictures(entry, key, figures) for key, entry in entries.items()}
        views = {key: site.view_paper(entry, shown[key]) for key, entry in entries.items()}

        def card(row):
            return site.lost_card(row) if row.key in lost else site.card_of(row.key, views[row.key])

        texts = [
            Searchable(key=key, title=row.title, authors=", ".join(row.authors), ids="", day=row.day, abstract="", en=row.title, zh="")
            for key, row in rows.items()
        ]
        pages = {path: site.render_list(page, made, card) for path, page in made.lists.items()}
        pages["contents.html"] = site.render_contents(made)
        for key in entries:
            lost_page = (
                site.render_lost(key, f"The digest of {rows[key].title} is lost.", "Digest it again.", made) if key in lost else None
            )
            pages[f"papers/{key}.html"] = lost_page or site.render_paper(key, views[key], made)
        pages |= {f"assets/{name}": site.render_asset(name) for name in site.ASSETS}
        pages |= {"search/0.js": site.render_shard(0, texts)}
        return pages | {str(picture.path): "" for each in shown.values() for picture in each if picture.path}

    return files


def targets(path, html):
    """Yield where the links of a page lead: `(path, fragment)` of those inside the site."""
    for address in Page(html).addresses:
        parts = urlsplit(address)
        if not parts.scheme:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path, parts.fragment


def test_every_link_leads_somewhere(publish):
    """Pages, pictures, styles, scripts and places in pages: whatever a page names is there, by a path that stays below the root."""
    files = publish(
        samples.orchard(), samples.chinese(), samples.bare(), *[samples.quoting()] * MOST_LISTED, topic="量子 & <b>", lost=("k1",)
    )
    seen = 0
    for path, text in files.items():
        if path.endswith(".html"):
            for target, fragment in targets(path, text):
                assert target in files, (path, target)
                assert not fragment or f'id="{fragment}"' in files[target], (path, target, fragment)
                seen += 1
    assert seen > 500


def test_a_page_has_everything_of_a_paper_in_both_languages(publish):
    """The paper's page holds what the html format prints; both sides of a pair are marked for the switch, what stands alone is not."""
    page = publish(samples.orchard())["papers/k0.html"]
    text = re.sub(r"\W", "", Page(page).text)
    for field in samples.orchard().fields:
        for line in field.lines:
            assert re.sub(r"\W", "", line.text.split("$")[0]) in text, field.field
    assert len(re.findall('<div class="in-en" lang="en">', page)) == len(re.findall('<div class="in-zh" lang="zh-CN">', page)) > 5
    alone = publish(samples.quoting())["papers/k0.html"]
    assert '<div class="alone" lang="en">' in alone
    assert '<div class="in-en"' not in alone


@pytest.mark.parametrize(
    ("digest", "said"),
    [(samples.orchard(), ("Written offline", "离线写成")), (samples.quoting(), ("No language model took part", "没有任何语言模型参与"))],
)
def test_a_page_says_who_wrote_it(publish, digest, said):
    """Above the text, in both languages: whoever is sent the address of a paper has seen no post."""
    text = Page(publish(digest)["papers/k0.html"]).text
    for words in said:
        assert 0 < text.index(words) < text.index("Summary")


def test_a_lost_digest_is_named_and_the_others_are_shown(publish):
    """The list shows what the index knows of it with a warning; its page says what is wrong and what to do."""
    files = publish(samples.orchard(), samples.quoting(), lost=("k1",))
    cards = files["index.html"].split('class="card"')[1:]
    assert ["cannot be read" in card for card in cards] == [False, True]
    assert "Small Networks Sort" in cards[1]
    assert "is lost. Digest it again." in re.sub(r"\s+", " ", Page(files["papers/k1.html"]).text)


def test_an_empty_library_says_what_to_do(publish):
    """Both pages that are there name the command that fills it."""
    files = publish()
    for path in ("index.html", "contents.html"):
        assert "offline-digest digest papers/ -o posts" in files[path]
    assert not [path for path in files if path.startswith(("papers/", "topics/"))]


def test_pictures_of_papers_that_may_not_be_passed_on_stay_at_home(publish):
    """With `licensed` a paper under arXiv's own licence is shown without its pictures, and the page says why."""
    digest = samples.orchard(licence="http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
    for figures, there in (("keep", True), ("licensed", False)):
        files = publish(digest, figures=figures)
        assert any(path.startswith("pictures/") for path in files) == there
        assert ("<img" in files["papers/k0.html"].partition("<article")[2].partition("</article>")[0]) == there
        assert ("does not expressly let its figures be shown" in files["papers/k0.html"]) != there


def test_nothing_is_inline_and_nothing_is_foreign(publish):
    """The policy of every page allows files of the site alone, and no page has a style or script in it."""
    for path, text in publish(samples.orchard(), samples.bare()).items():
        if path.endswith(".html"):
            assert f'content="{site.POLICY}"' in text
            assert not re.search(r"<style|\sstyle=|<script(?! src)|\son\w+=|@import|url\(", text)
    assert "unsafe" not in site.POLICY
    assert "http" not in site.POLICY


def tags(page):
    return [tag for tag in page.tags if tag not in OF_TEXTS]


def quoting(digest):
    """Return *digest* with all its texts marked as sentences of the paper."""
    return digest.model_copy(update={"fields": tuple(text.model_copy(update={"origin": "extract"}) for text in digest.fields)})


def test_no_payload_changes_a_page(publish):
    """A hostile paper's pages have the elements of a harmless one's; nothing of it becomes an address, a handler or a script."""
    harmless = {
        path: Page(text) for path, text in publish(attack("harmless"), quoting(attack("harmless"))).items() if path.endswith(".html")
    }
    own = r"(\.\./)*((index|contents|k\d)\.html|(all|topics|papers|pictures|assets)/[^:]*)?(#[\w-]*)?"
    for payload in PAYLOADS:
        files = publish(attack(payload), quoting(attack(payload)))
        for path, text in files.items():
            if not path.endswith(".html") or path.startswith("topics/"):
                continue
            page = Page(text)
            assert tags(page) == tags(harmless[path]), (payload, path)
            assert not page.handlers, payload
            assert all(re.fullmatch(rf"https?://.*|{own}", address) for address in page.addresses), payload
            assert all(re.fullmatch(own, address) for address in page.sources), payload
            assert not UNSEEN.search(text), payload
            assert not NUNJUCKS.search(text.partition("<main")[2]), payload


def test_no_payload_leaves_a_topic_or_an_error(publish):
    """Topics and messages about lost digests, which hold titles, are texts too."""
    for payload in PAYLOADS:
        topic = payload if clean(payload) else "x"
        files = publish(attack(payload), attack("other"), topic=topic, lost=("k0",))
        for path, text in files.items():
            if path.endswith(".html"):
                page = Page(text)
                assert not page.handlers, (payload, path)
                assert not {"iframe", "object", "base", "svg"} & set(page.tags), (payload, path)
                assert page.tags.count("script") == 2, (payload, path)
                assert not UNSEEN.search(text), (payload, path)


def test_the_search_index_holds_texts_and_no_code(publish):
    """A part of it is one assignment of JSON, whatever is in it."""
    for payload in PAYLOADS:
        text = site.render_shard(
            3, [Searchable(key="k", title=payload, authors=payload, ids=payload, day=DAY, abstract=payload, en=payload, zh=payload)]
        )
        match = re.fullmatch(r"offlineDigest\.shards\[3\] = (\{.*\});\n", text)
        assert match, payload
        (paper,) = json.loads(match[1])["papers"]
        assert paper["en"] == payload
        assert paper["day"] == "2024-08-27"
        assert not re.search("[\x00-\x09\x0b-\x1f<>&\u2028\u2029\ud800-\udfff]", text), payload


def test_links_of_a_paper_lead_to_the_web_alone(publish):
    """Identifiers and links that are no web addresses are not linked."""
    for payload in PAYLOADS:
        digest = samples.digest(doi=payload, version=payload, arxiv_id=payload, links=(Link(url=payload, page=1, own=True),))
        page = Page(publish(digest)["papers/k0.html"])
        assert not any(re.match(r"(?i)\s*(javascript|vbscript|data)", address) for address in page.addresses)


def test_every_page_can_be_used_without_a_script(publish):
    """What works with scripts alone is hidden without them, in one place: the class that the first script sets."""
    text = publish(samples.orchard())["index.html"]
    assert re.search(r'<form class="search scripted"', text)
    assert re.search(r'class="switches scripted"', text)
    assert ".scripted { display: none; }" in site.render_asset("site.css")
    assert "is-scripted" in site.render_asset("early.js")
    assert not Page(text).text.count("undefined")
