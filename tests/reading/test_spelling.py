"""Letters, accents and hyphens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.reading.rawtext import struck
from offline_digest.reading.spelling import Words, compose, from_tex, join_lines

WORDS = st.lists(st.text(alphabet="abcdefghij", min_size=2, max_size=9), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("F´ısica", "Física"),
        ("Andr´e", "André"),
        ("O˘guz", "Oğuz"),
        ("Koco´n", "Kocoń"),
        ("M¨uller", "Müller"),
        ("Fran¸cois", "François"),
        ("franc¸ais", "français"),
        ("Erd˝os", "Erdős"),
        ("Ay¸se", "Ayşe"),
        ("AYS¸E", "AYŞE"),
        ("eﬃcient ﬁeld oﬀ ﬂow aﬄux", "efficient field off flow afflux"),
        ("``quoted''", "``quoted''"),
        ("x ˆ 2", "x ˆ 2"),
        ("plain", "plain"),
    ],
)
def test_accents_and_ligatures_become_letters(printed, meant):
    """Accents drawn as glyphs of their own join their letters, ligatures fall apart, everything else stays."""
    assert compose(printed) == meant


@pytest.mark.parametrize(
    ("drawn", "meant"),
    [
        ([("a", 0), (" ", 5), ("l", 5), ("k", 10)], "ałk"),
        ([("d", 0), (" ", 8), ("L", 8), ("u", 13)], "d Łu"),
        ([("a", 0), (" ", 5), ("l", 10), ("k", 15)], "a lk"),
        ([("a", 0), ("\ufffd", 5), ("l", 5)], "ał"),
    ],
)
def test_a_blank_within_an_l_is_its_stroke(drawn, meant):
    """TeX draws the stroke of a Polish l as a glyph of its own, which files take for a blank."""
    assert struck([(c, (float(x), 0.0, x + 5.0, 10.0)) for c, x in drawn], 10.0) == meant


@given(st.text())
def test_composing_twice_changes_nothing_more(text):
    """What has been composed needs no second pass."""
    assert compose(compose(text)) == compose(text)


@pytest.mark.parametrize(
    ("lines", "elsewhere", "joined"),
    [
        (["an en-", "coder block"], "", "an encoder block"),
        (["the state-of-the-", "art method"], "", "the state-of-the-art method"),
        (["a self-", "supervised model"], "self-supervised", "a self-supervised model"),
        (["a self-", "supervised model"], "selfsupervised selfsupervised self-supervised", "a selfsupervised model"),
        (["a one-", "dimensional map"], "", "a one-dimensional map"),
        (["a one-", "dimensional map"], "onedimensional", "a onedimensional map"),
        (["the high-", "resolution map"], "", "the high-resolution map"),
        (["the four-", "teen maps"], "", "the fourteen maps"),
        (["a higher or low-", "er one"], "", "a higher or lower one"),
        (["the multi-", "plication"], "", "the multiplication"),
        (["a non-", "trivial case"], "", "a non-trivial case"),
        (["a 4-", "day week"], "", "a 4-day week"),
        (["the state-of-", "the-art method"], "", "the state-of-the-art method"),
        (["by Jean-", "Pierre"], "", "by Jean-Pierre"),
        (["GPT-", "3 is"], "", "GPT-3 is"),
        (["see https://a.org/x/", "y.html now"], "", "see https://a.org/x/y.html now"),
        (["one", "two"], "", "one two"),
        (["soft\u00ad", "ware"], "", "software"),
        (["a minus -", "b"], "", "a minus - b"),
    ],
)
def test_hyphens_at_line_ends_follow_the_rest_of_the_paper(lines, elsewhere, joined):
    """A hyphen made by the line break goes, one that belongs to the word stays."""
    assert join_lines(lines, Words([elsewhere]))[0] == joined


@given(WORDS, st.data())
def test_breaking_a_text_into_lines_and_joining_it_loses_nothing(words, data):
    """Lines broken between words join to the same text, and each line is found at its offset."""
    lines, rest = [], list(words)
    while rest:
        n = data.draw(st.integers(1, len(rest)))
        lines.append(" ".join(rest[:n]))
        rest = rest[n:]
    text, starts = join_lines(lines, Words())
    assert text == " ".join(words)
    assert all(text.startswith(row, at) for row, at in zip(lines, starts, strict=True))


@given(st.text(alphabet="abcdefgh", min_size=2, max_size=6), st.text(alphabet="abcdefgh", min_size=2, max_size=6))
def test_a_word_broken_by_a_hyphen_is_joined_as_it_is_printed_elsewhere(left, right):
    """The paper's own spelling decides between `ab-cd` and `abcd`."""
    assert join_lines([f"{left}-", right], Words([f"{left}{right}"]))[0] == f"{left}{right}"
    assert join_lines([f"{left}-", right], Words([f"{left}-{right}"]))[0] == f"{left}-{right}"


@pytest.mark.parametrize(
    ("coded", "meant"),
    [("signi\x1ccant di\x1berence", "significant difference"), ("\x0crst", "first"), ("a\x0eliate", "affiliate"), ("\x0b = 2", "\x0b = 2")],
)
def test_ligatures_of_tex_fonts_without_a_table_are_resolved(coded, meant):
    """Beside a letter the code is a ligature; alone it can be a Greek letter of a formula."""
    assert from_tex(coded) == meant


@pytest.mark.parametrize(("coded", "meant"), [("\x84", "†"), ("\x85\x85", "‡‡"), (" \x88 ", " • "), ("w\x84rm", "w\x84rm"), (" ", " ")])
def test_signs_of_tex_fonts_without_a_table_are_resolved(coded, meant):
    """Fonts of signs hold no letters: beside one the code is something else."""
    assert from_tex(coded) == meant


@pytest.mark.parametrize(
    ("coded", "meant"), [("MA\x8aGORZATA ZI\x86BA", "MAŁGORZATA ZIĘBA"), ("\x8aukasz", "Łukasz"), ("\x90 = 2", "\x90 = 2")]
)
def test_capitals_of_tex_fonts_without_a_table_are_resolved(coded, meant):
    """Beside capitals and before a letter the code is a capital of the encoding T1."""
    assert from_tex(coded) == meant
