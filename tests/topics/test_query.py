"""arXiv's query syntax, read and written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.topics import Every, QuerySyntaxError, Range, Some, Term, Topic, arxiv_query, parse_query
from offline_digest.topics.query import FIELDS

WORDS = st.text(st.sampled_from("abZ09-.*?_é扩+/"), min_size=1, max_size=9).filter(lambda text: any(c.isalnum() for c in text))
TERMS = st.builds(Term, st.sampled_from(FIELDS), st.lists(WORDS | st.sampled_from(["AND", "OR"]), min_size=1, max_size=3).map(" ".join))
DAYS = st.dates(date(1991, 1, 1), date(2099, 1, 1)).map(lambda day: f"{day:%Y%m%d}0000")
RANGES = st.tuples(st.sampled_from(["submittedDate", "lastUpdatedDate"]), DAYS, DAYS).map(lambda r: Range(r[0], *sorted(r[1:])))


def _joined(parts):
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(Some, several) | st.builds(Every, several) | st.builds(Every, several, several)


QUERIES = st.recursive(TERMS | RANGES, _joined, max_leaves=8)


@given(QUERIES)
def test_a_query_that_is_written_is_read_back(query):
    """Quoting, parentheses and operators are such that nothing changes its meaning on the way."""
    assert parse_query(str(query)) == query


@given(st.text(st.sampled_from('ab :"()[]*ANDORT%2+'), max_size=30))
def test_whatever_is_written_is_read_or_refused(text):
    """No text breaks the reader; what it takes, it can write in a form that it takes again."""
    try:
        query = parse_query(text)
    except QuerySyntaxError:
        return
    assert parse_query(str(query)) == query


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a word is missing at its end"),
        ("talking head", "missing before 'head'"),
        ("(a OR b", "never closed"),
        ("a)", "never opened"),
        ("a AND", "missing at its end"),
        ("AND a", "missing before 'AND a'"),
        ("()", "missing before"),
        ("foo:bar", "no field 'foo'; known: all, ti"),
        ("a OR b AND c", "OR stands beside AND"),
        ("a AND b OR c", "OR stands beside AND"),
        ("a OR b ANDNOT c", "OR stands beside AND"),
        ('"open', "come in pairs"),
        ('ti:"!"', "no word in"),
        ("submittedDate:[2024 TO 2025]", "no range of dates"),
        ("submittedDate:[20250101 TO 20240101]", "ends before it begins"),
        ("ti:[20240101 TO 20250101]", "no range of dates"),
        ("(" * 60 + "a" + ")" * 60, "open at once"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, words):
    """Each mistake gets a sentence that says where it is, or what to write instead."""
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(text)
    assert words in str(caught.value)


def test_a_query_out_of_an_address_is_decoded():
    """What the seed's configuration held, and what browsers show, is read too."""
    assert parse_query("ti:%22talking+head%22+AND+cat:cs.CV") == Every((Term("ti", "talking head"), Term("cat", "cs.CV")))
    assert parse_query("all:talking+AND+all:c") == Every((Term("all", "talking"), Term("all", "c")))
    assert parse_query('ti:"c++"') == Term("ti", "c++")


def test_a_date_without_time_is_the_whole_day():
    """A range of days begins with the first minute and ends with the last."""
    assert parse_query("submittedDate:[20240101 TO 20240102]") == Range("submittedDate", "202401010000", "202401022359")


def test_a_topic_becomes_a_query():
    """Every key has its part: alternatives are joined by OR, keys by AND, unwanted words come last with ANDNOT."""
    topic = Topic(
        name="x",
        query="ti:head OR ti:face",
        categories=["cs.CV", "eess"],
        include=['talking "head"', "ti:survey", "what?"],
        exclude=["slides"],
        authors=["Ada Lovelace"],
    )
    assert arxiv_query(topic, since=date(2024, 7, 1), until=date(2024, 7, 8)) == (
        '(ti:head OR ti:face) AND (cat:cs.CV OR (cat:eess OR cat:eess.*)) AND au:"Ada Lovelace" '
        'AND ((ti:"talking head" OR abs:"talking head") OR ti:survey OR (ti:what OR abs:what)) '
        "AND submittedDate:[202407010000 TO 202407082359] ANDNOT (ti:slides OR abs:slides)"
    )
    assert arxiv_query(Topic(name="x", categories=["hep-th"], exclude=["a b"])) == (
        '(cat:hep-th OR cat:hep-th.*) ANDNOT (ti:"a b" OR abs:"a b")'
    )


LINES = st.text(min_size=1, max_size=20).map(lambda t: " ".join(t.split())).filter(lambda t: any(c.isalnum() for c in t.replace('"', "")))


@given(include=st.lists(LINES, min_size=1, max_size=3), exclude=st.lists(LINES, max_size=2), authors=st.lists(LINES, max_size=2))
def test_whatever_words_a_topic_has_its_query_can_be_read(include, exclude, authors):
    """Quotation marks, brackets, operators and colons in words never change the shape of the query."""
    try:
        topic = Topic(name="x", include=include, exclude=exclude, authors=authors)
    except ValueError:
        assert any(word.startswith(tuple(f"{field}:" for field in FIELDS)) for word in include + exclude + authors)
        return
    query = parse_query(arxiv_query(topic))
    assert parse_query(str(query)) == query
    if not any(":" in word for word in include + exclude + authors):
        parts = 1 + bool(authors)
        wanted = query.parts if isinstance(query, Every) else (query,)
        assert len(wanted) == parts
        assert len(query.without if isinstance(query, Every) else ()) == len(exclude)
