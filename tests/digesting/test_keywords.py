"""Keywords of papers that print none: phrases that the paper keeps using."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from offline_digest.digesting.keywords import MOST, _count, _folded, _phrases, extract_keywords

TITLE = "Soil moisture probes for small orchards"
ABSTRACT = "Soil moisture probes are cheap. A Kalman filter corrects the daily water balance of soil moisture probes."
BODY = "The Kalman filter is small. " * 3 + "The daily water balance is kept. " * 3 + "Soil moisture probes are read daily. " * 4


def test_phrases_that_recur_are_keywords():
    """Phrases of title and abstract that the body uses come out, the title's first."""
    found = extract_keywords(TITLE, ABSTRACT, BODY)
    assert found[0] == "Soil moisture probes"
    assert {"Kalman filter", "daily water balance"} <= set(found)


def test_no_keyword_stands_inside_another():
    """Of a phrase and its part only one is taken."""
    found = [f.lower() for f in extract_keywords(TITLE, ABSTRACT, BODY)]
    assert not [(a, b) for a in found for b in found if a != b and f" {a} " in f" {b} "]


def test_nothing_recurs_nothing_comes():
    """A paper without recurring phrases has no keywords."""
    assert extract_keywords("On snow", "It rains.", "") == ()
    assert extract_keywords("", "", "") == ()


def test_adverbs_end_a_phrase_but_nouns_in_ly_do_not():
    """`anomaly` is a word of terms, `slowly` is not."""
    assert extract_keywords("Anomaly detection", "", "An anomaly detection is slowly slowly made.") == ("Anomaly detection",)


@given(st.text(max_size=60), st.text(max_size=120), st.text(max_size=200))
def test_keywords_are_printed_phrases(title, abstract, body):
    """Any text gives at most six phrases, each of words that title or abstract print."""
    found = extract_keywords(title, abstract, body)
    assert len(found) <= MOST
    assert all(word in f"{title} {abstract}" for phrase in found for word in phrase.split())


RUNS = st.lists(st.sampled_from("probe probes Probes filter Kalman glass s the of quickly water. filters, models".split()), max_size=14)
TEXTS = RUNS.map(" ".join)


@given(TEXTS, TEXTS)
def test_phrases_are_counted_as_if_each_were_looked_up(abstract, body):
    """Following a run only while a phrase begins like it finds every phrase, plurals too."""
    printed = {_folded(phrase) for phrase in _phrases(abstract)}
    assert _count((abstract, body), printed) == Counter(
        _folded(phrase) for text in (abstract, body) for phrase in _phrases(text) if _folded(phrase) in printed
    )
