"""Web addresses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.reading.links import Mention, clean_url, is_own, make_links, runs_on, urls_in
from offline_digest.reading.mentions import find_mentions
from offline_digest.reading.pages import make_line
from offline_digest.reading.values import Target

from .lines import line, sheet, span


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("https://github.com/a/b.", "https://github.com/a/b"),
        ("http://a.org/x),", "http://a.org/x"),
        ("http://a.org/x_(y)", "http://a.org/x_(y)"),
        ("www.a.org", "https://www.a.org"),
        ("http://a.org/∼me/", "http://a.org/~me/"),
        ("mailto:me@a.org", None),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("nonsense", None),
    ],
)
def test_addresses_lose_what_the_sentence_added(printed, clean):
    """Punctuation after an address goes, brackets that belong to it stay, other schemes are no links."""
    assert clean_url(printed) == clean


@given(st.text(alphabet="abcxyz0189-_", min_size=1, max_size=12), st.sampled_from(["", ".", ",", ").", "”", "?"]))
def test_cleaning_is_stable(path, tail):
    """A cleaned address is clean, whatever punctuation followed it."""
    once = clean_url(f"https://example.org/a{path}b{tail}")
    assert once == f"https://example.org/a{path}b"
    assert clean_url(once) == once


@given(st.text())
def test_any_text_can_be_searched(text):
    """Whatever a page holds, only web addresses come out."""
    assert all(url.lower().startswith(("http://", "https://")) for url, _ in urls_in(text))


@pytest.mark.parametrize(
    ("text", "following", "expected"),
    [
        ("see https://a.org/x/", "data.html.", True),
        ("see https://a.org/", "Abstract. There", False),
        ("see https://a.org/", "README.md", True),
        ("see https://a.org/x", "and", False),
        ("either/or/", "more", False),
    ],
)
def test_an_address_runs_on_only_into_something_like_a_path(text, following, expected):
    """The first word of the next line joins an address only when the break is inside it."""
    assert runs_on(text, following) is expected


@pytest.mark.parametrize(
    ("url", "before", "own"),
    [
        ("https://github.com/a/b", "Code is available at ", True),
        ("https://github.com/a/b", "1Code at: ", True),
        ("https://a.edu/tool", "Demo and code available at ", True),
        ("https://x.github.io", "Project page: ", True),
        ("https://github.com/a/b", "Our toolkit ", True),
        ("https://github.com/c/d", "We use the implementation available at ", False),
        ("https://github.com/c/d", "For ROUGE we used the code at ", False),
        ("https://doi.org/10.1/2", "Code is available at ", False),
        ("https://lucene.apache.org", "Lucene implementation. ", False),
        ("https://github.com/lab/fastnet", "", True),
        ("https://zenodo.org/records/7", "The corpus is released under CC BY 4.0 at ", True),
        ("https://doi.org/10.5281/zenodo.7", "Replication package: ", True),
        ("https://doi.org/10.5281/zenodo.7", "The recordings are deposited in Zenodo at ", True),
        ("https://data.org/7", "The dataset we collected is hosted at ", True),
        ("https://data.org/7", "The dataset is hosted at ", False),
        ("https://lab.org/7", "Please see the accompanying web page, ", True),
        ("https://github.com/a/b", "The analysis pipeline can be accessed on GitHub (", True),
        ("https://github.com/a/b", "All scripts can be downloaded from ", True),
        ("https://huggingface.co/a/b", "Weights were downloaded from ", False),
        ("https://huggingface.co/a/b", "We tune the checkpoint published by Moss Corp (", False),
        ("https://star.org/7", "This research has made use of the software Topcat (", False),
        ("https://docs.org/7", "See the documentation of the package at ", False),
        ("https://github.com/a/b", "We compare with Mossformer, whose code is available at ", False),
        ("https://github.com/a/b", "We thank the maintainers of the package at ", False),
        ("https://a.org/b", "本文的代码已开源，地址为", True),
        ("https://a.org/b", "数据集与模型见：", True),
        ("https://a.org/b", "实验使用的代码来自", False),
        ("https://a.org/b", "数据下载自", False),
        ("https://a.org/b", "更多介绍见", False),
        ("https://moss.github.io", "For audio samples, visit ", True),
    ],
)
def test_own_pages_are_told_by_the_words_before_them(url, before, own):
    """An offer of code or a demo makes an address the authors' own, a thing they used does not."""
    assert is_own(Mention(url=url, page=1, before=before), "FastNet: A Quick Model") is own


@pytest.mark.parametrize(
    ("after", "own"), [(" for the code of this paper.", True), (" for further options.", False), (" contains our scripts.", True)]
)
def test_own_pages_are_told_by_the_words_behind_them(after, own):
    """`See ... for`."""
    assert is_own(Mention(url="https://a.org/b", page=3, before="See ", after=after)) is own


@pytest.mark.parametrize(
    ("page", "before", "own"),
    [(1, "", True), (1, "Leaderboard: ", True), (3, "", False), (1, "Kettles are in", False), (3, "Mossformer: ", False)],
)
def test_a_repository_that_stands_alone_on_page_1_is_own(page, before, own):
    """With a label or without; lists of what was used stand elsewhere."""
    assert is_own(Mention(url="https://huggingface.co/a/b", page=page, before=before)) is own


@pytest.mark.parametrize(
    ("said", "note", "own"),
    [
        ("The code is available.", "", True),
        ("Baselines ran with their official code", "Available at ", False),
        ("Our dataset", "Available at ", True),
        ("For optimisation we call a solver", "", False),
    ],
)
def test_an_address_in_a_footnote_is_judged_by_the_sentence_of_its_mark(said, note, own):
    """`The code is available.¹` with nothing but an address in the footnote."""
    mark, foot = span("1", 72 + 5 * len(said), 98, size=7.0, raised=True), span("1", 72, 698, size=6.0, raised=True)
    text = make_line([span(said, 72, 100), mark], page=2, block=0)
    below = make_line([foot, span(f"{note}https://github.com/a/b", 75, 700, size=8.0)], page=2, block=4)
    (mention,) = find_mentions([sheet(line("It is slow.", 72, 60, block=7), text, below, number=2)], frozenset())
    assert is_own(mention) is own


def test_a_link_that_does_not_print_its_address_is_judged_by_the_words_before_it():
    """`Our code is available here`, where `here` is the link."""
    text = line("Our code is available here. We use theirs elsewhere.", 72, 100, page=2)
    page = replace(sheet(text, number=2), targets=(Target(url="https://a.org/b", box=(72 + 5 * 22, 100, 72 + 5 * 26, 110)),))
    (mention,) = find_mentions([page], frozenset())
    assert (mention.before.strip(), is_own(mention)) == ("Our code is available", True)


def test_an_address_in_the_reference_list_is_never_own():
    """What the reference list prints belongs to others."""
    assert not is_own(Mention(url="https://github.com/lab/fastnet", page=9, before=None), "FastNet: A Quick Model")


def test_each_address_comes_once():
    """The same address with and without `www`, slash or line end is one link, own if any mention is."""
    mentions = [
        Mention(url="https://www.a.org/x/", page=1, before=""),
        Mention(url="https://a.org/x", page=2, before="Code is available at "),
        Mention(url="https://b.org/lo", page=3, before=""),
        Mention(url="https://b.org/long", page=3, before=""),
    ]
    assert [(x.url, x.page, x.own) for x in make_links(mentions)] == [
        ("https://www.a.org/x/", 1, True),
        ("https://b.org/long", 3, False),
    ]
