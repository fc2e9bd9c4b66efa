"""Sentences that lean on the one before are told from those that stand alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.language.leaning import leads_in, names_earlier, stands_alone


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("This shows it.", False),
        ("However, it fails.", False),
        ("Besides, the pump stops at night.", False),
        ("Second, the pump stops at night.", False),
        ("Additionally, the pump stops at night.", False),
        ("Thistles grow here.", True),
        ("We show it.", True),
        ("Secondary roots are short.", True),
        ("To this end, we propose a pump.", True),  # often the best that a paper says
        ("针对上述问题，本文提出一种水泵。", False),
        ("第二，水泵在夜间停止。", False),
        ("在该文中，水泵在夜间停止。", True),
        ("第二代水泵在夜间停止。", True),
    ],
)
def test_leaning_sentences_are_known(text, alone):
    """A sentence that opens by pointing back does not stand alone."""
    assert stands_alone(text) is alone


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It has four probes and one pump.", 0),
        ("Both of these pumps stop at night.", 2),
        ("We show that these problems come from rain.", 3),
        ("We tested the filter on this soil in two valleys.", 5),
        ("The former pump is older than the farm.", 0),
        ("On top of that, the pump stops at night.", 2),
        ("When such readings arrive, the pump stops.", 1),
        ("它由四个探头和一台水泵组成。", 0),
        ("我们证明这些问题来自降雨。", 1),
        ("上述水泵在夜间停止。", 0),
        ("It is known that probes drift in wet soil.", None),
        ("It has been shown that probes drift in wet soil.", None),
        ("In this work we propose a filter for probes.", None),
        ("In this position paper, we argue for cheap probes.", None),
        ("To this end, we propose a pump.", None),
        ("Those who water early lose most of it.", None),
        ("Crops such as apples need water.", None),
        ("The pump stops because these probes fail.", None),
        ("A pump that is switched off for the whole night saves all this water.", None),
        ("本文提出一种水泵。", None),
        ("该文讨论灌溉。", None),
        ("此外，水泵在夜间停止。", None),
        ("其中水泵在夜间停止。", None),
    ],
)
def test_what_names_something_earlier_is_known(text, word):
    """A pronoun that opens or a demonstrative near the beginning means something that stands before; self-mentions and set phrases do not."""
    found = names_earlier(text)
    assert (found is None) is (word is None)
    assert text.isascii() is False or found == word


def test_what_the_title_says_needs_no_earlier_sentence():
    """`These probes` is clear to who has read a title about probes."""
    assert names_earlier("We tested these moisture probes in two valleys.", frozenset({"probe", "soil"})) is None
    assert names_earlier("We tested these pumps in two valleys.", frozenset({"probe", "soil"})) == 2


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("To address these problems, we propose a pump.", True),
        ("Given these readings, the pump stops at night.", True),
        ("针对上述问题，本文提出一种水泵。", True),
        ("To do this, we propose a pump.", False),
        ("These readings stop the pump at night.", False),
        ("这些读数使水泵停止。", False),
    ],
)
def test_an_end_or_occasion_that_leads_in_is_known(text, leads):
    """What stands behind `To address these problems,` says enough without them; `To do this,` names nothing at all."""
    assert leads_in(text) is leads


@given(st.text(max_size=80))
def test_any_text_can_be_judged(text):
    """No text makes these functions fail."""
    assert isinstance(stands_alone(text), bool)
    assert isinstance(leads_in(text), bool)
    assert names_earlier(text) in {None, *range(8)}
