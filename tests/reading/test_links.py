"""Web addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.reading.links import Mention, clean_url, is_own, make_links, runs_on, urls_in


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
    ],
)
def test_own_pages_are_told_by_the_words_before_them(url, before, own):
    """An offer of code or a demo makes an address the authors' own, a thing they used does not."""
    assert is_own(Mention(url=url, page=1, before=before), "FastNet: A Quick Model") is own


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
