"""Condensing: sections that do not fit are read by the engine in pieces, and its lines stand in their place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_digest.digesting.condensing import LINE_TOKENS, condense
from offline_digest.digesting.fields import SECTION
from offline_digest.digesting.passage import choose_passage, coverage, plan_passage
from offline_digest.records import Line, Sentence

TITLE = "Rain on orchards"


def words(texts):
    """Count words, as an engine counts tokens."""
    return [len(t.split()) for t in texts]


def cost(passage):
    """Return what a passage takes when it is printed."""
    headings = {s.section: s.heading for s in passage.sentences}
    return sum(words([passage.title, *headings.values(), *(s.text for s in passage.sentences)]))


def many(*sizes, length=9, headings="Part", appendix_from=99):
    """Return an abstract of two sentences and sections of so many sentences on two pages each."""
    found = [Sentence(text="We study rain.", section=-1, heading="Abstract", page=1, position=0)]
    found.append(Sentence(text="It falls on orchards.", section=-1, heading="Abstract", page=1, position=1))
    for number, size in enumerate(sizes):
        for i in range(size):
            text = f"Orchard {number} keeps probe {i} under {'very ' * (length - 7)}dry soil."
            found.append(Sentence(text=text, section=number, heading=headings and f"{headings} {number}", page=2 * number + 1 + (i > size / 2),
                                  position=len(found), appendix=number >= appendix_from))  # fmt: skip
    return tuple(found)


class Writer:
    """An engine's part: writes as many lines as it is asked for and keeps the pieces."""

    def __init__(self, works=lambda piece: True, lines=None):
        self.pieces = []
        self.wanted = []
        self._works = works
        self._lines = lines

    def __call__(self, piece, most):
        self.pieces.append(piece)
        self.wanted.append(most)
        pages = (piece.sentences[-1].page,)
        n = most if self._lines is None else self._lines
        return [Line(text=f"Line {i} of {piece.sentences[0].heading}.", pages=pages) for i in range(n)] if self._works(piece) else []


def test_a_paper_that_fits_is_not_condensed():
    """Nothing is asked and nothing changes when everything fits."""
    sentences, writer = many(3, 8, 2), Writer()
    assert condense(TITLE, sentences, words, 10_000, writer) == sentences
    assert writer.pieces == []


def test_only_what_does_not_fit_is_condensed():
    """Short sections stay word for word; a long one is read whole, in pieces, and becomes lines with its heading and their pages."""
    sentences, writer = many(4, 200, 4), Writer()
    offered = condense(TITLE, sentences, words, 600, writer)
    passage = choose_passage(TITLE, offered, words, 600)
    assert [s for piece in writer.pieces for s in piece.sentences] == [s for s in sentences if s.section == 1]
    assert all(cost(piece) <= 600 for piece in writer.pieces)
    written = [s for s in passage.sentences if s.condensed]
    assert {(s.section, s.heading) for s in written} == {(1, "Part 1")}
    assert {s.page for s in written} <= {3, 4}
    found = coverage(sentences, passage, offered)
    assert [(s.heading, s.read, s.pages) for s in found.sections] == [
        ("Abstract", "whole", (1, 1)),
        ("Part 0", "whole", (1, 2)),
        ("Part 1", "condensed", (3, 4)),
        ("Part 2", "whole", (5, 6)),
    ]
    assert (found.sentences_read, found.sentences_condensed, found.sentences) == (10, 200, 210)


def test_where_the_engine_fails_the_papers_own_sentences_stand():
    """A section of which nothing could be printed is chosen from, and is covered in part; so is one of which a piece failed."""
    sentences = many(4, 200, 4)
    offered = condense(TITLE, sentences, words, 600, Writer(lambda piece: False))
    assert offered == sentences
    read = coverage(sentences, choose_passage(TITLE, offered, words, 600), offered).sections
    assert [s.read for s in read] == ["whole", "whole", "in_part", "whole"]
    half = condense(TITLE, sentences, words, 600, Writer(lambda piece: piece.sentences[0].position < 50))
    assert {s.condensed for s in half if s.section == 1} == {True, False}
    read = coverage(sentences, choose_passage(TITLE, half, words, 600), half).sections
    assert read[2].read == "in_part"


def test_lines_that_do_not_fit_leave_their_section_in_part():
    """A section whose lines had to be chosen from is not called condensed."""
    sentences = many(300, 300, 300)
    offered = condense(TITLE, sentences, words, 400, Writer(lines=90))
    found = coverage(sentences, choose_passage(TITLE, offered, words, 400), offered)
    assert {s.read for s in found.sections[1:]} == {"in_part"}
    assert found.sentences_condensed == 0


def test_a_sentence_that_no_piece_can_hold_is_not_asked_about():
    """A single sentence longer than the budget is never sent to the engine."""
    sentences = (*many(2), Sentence(text="rain " * 900, section=1, heading="Long", page=9, position=4))
    writer = Writer()
    offered = condense(TITLE, sentences, words, 300, writer)
    assert all(cost(piece) <= 300 for piece in writer.pieces)
    assert coverage(sentences, choose_passage(TITLE, offered, words, 300), offered).sections[-1].read == "left_out"


@pytest.mark.parametrize("headings", ["Part", ""])
@settings(deadline=None)
@given(
    sizes=st.lists(st.integers(min_value=1, max_value=120), min_size=1, max_size=40),
    length=st.integers(min_value=8, max_value=60),
    budget=st.integers(min_value=30, max_value=3000),
    appendix=st.integers(min_value=0, max_value=40),
    fails=st.integers(min_value=1, max_value=4),
)
def test_the_budget_always_holds(headings, sizes, length, budget, appendix, fails):
    """From a letter to a thesis, with and without headings, neither a piece nor the passage exceeds the budget, and all stays in order."""
    sentences = many(*sizes, length=length, headings=headings, appendix_from=appendix)
    writer = Writer(lambda piece: len(piece.sentences) % fails == 0)
    offered = condense(TITLE, sentences, words, budget, writer)
    passage = choose_passage(TITLE, offered, words, budget)
    assert all(cost(piece) <= budget for piece in writer.pieces)
    assert all(SECTION.min_lines <= n <= SECTION.max_lines for n in writer.wanted)
    assert cost(passage) <= budget
    assert [s.position for s in offered] == list(range(len(offered)))
    assert [s.section for s in offered] == sorted(s.section for s in offered)
    found = coverage(sentences, passage, offered)
    assert len(found.sections) == 1 + len(sizes)
    assert found.sentences_read + found.sentences_condensed <= found.sentences == len(sentences)
    for section, own in zip(found.sections[1:], sizes, strict=True):
        assert section.read != "whole" or own <= found.sentences_read


@settings(deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=200), min_size=1, max_size=30), st.integers(min_value=0, max_value=4000))
def test_shares_fill_the_budget_and_no_more(sizes, budget):
    """The shares of all sections together fit; a section gets no more than it needs, and what is asked about is worth a line."""
    sentences = many(*sizes)
    plan = plan_passage(TITLE, sentences, words, budget)
    assert sum(plan.shares.values()) + sum(plan.lengths[p] for p in plan.abstract) <= max(budget, 0)
    assert all(share <= plan.sizes[section] for section, share in plan.shares.items())
    writer = Writer()
    condense(TITLE, sentences, words, budget, writer)
    assert len({piece.sentences[0].section for piece in writer.pieces}) == sum(s >= LINE_TOKENS for s in plan.too_long.values())
