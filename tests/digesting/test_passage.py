"""The passage: as much of the paper as fits, in order, from every section, never cut inside a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.digesting.passage import choose_passage, coverage, sentences_of
from offline_digest.records import Paper, Paragraph, Section, Sentence

ABSTRACT = "We study rain. It falls on orchards."


def section(heading, *texts, number=None, level=1, page=1):
    """Return a section whose paragraphs all stand on its page."""
    return Section(
        number=number, heading=heading, level=level, page=page, paragraphs=tuple(Paragraph(text=t, turns=((0, page),)) for t in texts)
    )


def paper(*sections, **facts):
    """Return a paper of these sections."""
    return Paper(n_pages=9, title="Rain on orchards", sections=sections, **facts)


def words(texts):
    """Count words, as an engine counts tokens."""
    return [len(t.split()) for t in texts]


def cost(passage):
    """Return what a passage takes when it is printed: title, a heading for each section, sentences."""
    headings = {s.section: s.heading for s in passage.sentences}
    return sum(words([passage.title, *headings.values(), *(s.text for s in passage.sentences)]))


def many(*sizes, appendix_from=99, abstract=(4, 4)):
    """Return an abstract of sentences of so many words and sections of so many sentences, all different."""
    found = [Sentence(text=f"{'rain ' * (n - 1)}{i}.", section=-1, heading="Abstract", page=1, position=i) for i, n in enumerate(abstract)]
    for number, size in enumerate(sizes):
        for i in range(size):
            text = f"Orchard {number} keeps probe {i} under {'very ' * (i % 5)}dry soil."
            found.append(Sentence(text=text, section=number, heading=f"Part {number}", page=number + 1, position=len(found),
                                  appendix=number >= appendix_from))  # fmt: skip
    return tuple(found)


def test_a_paper_that_fits_is_read_whole():
    """When all sentences fit the budget, the passage is the paper."""
    sentences = many(3, 8, 2)
    passage = choose_passage("Rain", sentences, words, 10_000)
    assert passage.sentences == sentences
    assert {section.read for section in coverage(sentences, passage).sections} == {"whole"}


@given(
    st.lists(st.integers(min_value=1, max_value=40), max_size=8),
    st.lists(st.integers(min_value=1, max_value=80), max_size=30),
    st.integers(min_value=1, max_value=400),
    st.integers(min_value=0, max_value=900),
)
def test_the_budget_is_never_exceeded(sizes, abstract, title, budget):
    """Whatever title, abstract and body, the passage fits; it keeps the order, and of the abstract a beginning."""
    sentences = many(*sizes, abstract=abstract)
    passage = choose_passage(" ".join(["Rain"] * title), sentences, words, budget)
    assert cost(passage) <= budget
    assert [s for s in sentences if s in set(passage.sentences)] == list(passage.sentences)
    kept = [s for s in passage.sentences if s.section == -1]
    assert kept == list(sentences[: len(kept)])


@pytest.mark.parametrize(("abstract", "kept"), [([10] * 4, 4), ([10] * 60, 17), ([300, 10], 0)])
def test_a_long_abstract_leaves_half_to_the_body(abstract, kept):
    """A short abstract is read whole; a long one up to half of the budget as long as the body wants the rest."""
    passage = choose_passage("Rain", many(30, 30, abstract=abstract), words, 400)
    assert sum(s.section == -1 for s in passage.sentences) == kept
    assert sum(s.section >= 0 for s in passage.sentences) > 15


def test_an_abstract_takes_what_the_body_leaves():
    """Where the body is short, the abstract gets more than half; where there is none, all."""
    passage = choose_passage("Rain", many(2, abstract=[10] * 60), words, 400)
    assert sum(s.section == -1 for s in passage.sentences) > 30
    assert sum(s.section == 0 for s in passage.sentences) == 2
    assert len(choose_passage("Rain", many(abstract=[10] * 60), words, 400).sentences) > 30


@pytest.mark.parametrize("title", ["Rain " * 500, "雨" * 500, "Rain" * 500, ""])
def test_a_title_is_cut_before_it_takes_all(title):
    """A title longer than a quarter of the budget is cut, and sentences still fit."""
    passage = choose_passage(title, many(30), lambda texts: [len(t) for t in texts], 400)
    assert len(passage.title) <= 100
    assert title.startswith(passage.title)
    assert passage.sentences


def test_every_section_with_room_is_represented():
    """A long paper is thinned, not cut off: each section is there, the last one too."""
    sentences = many(60, 5, 100, 8, 30)
    passage = choose_passage("Rain", sentences, words, 400)
    assert {s.section for s in passage.sentences} == {-1, 0, 1, 2, 3, 4}


def test_a_budget_is_used():
    """What one section does not need is given to the others."""
    passage = choose_passage("Rain", many(2, 2, 2, 200), words, 600)
    assert cost(passage) > 0.7 * 600 - 100
    assert len(passage.sentences) > 40


def test_appendices_come_last():
    """An appendix gets a smaller share than a section of the same length."""
    passage = choose_passage("Rain", many(50, 50, appendix_from=1), words, 300)
    body, appendix = (sum(s.section == n for s in passage.sentences) for n in (0, 1))
    assert body > 2 * appendix


@given(st.lists(st.integers(min_value=1, max_value=20), min_size=1, max_size=6), st.integers(min_value=40, max_value=400))
def test_coverage_adds_up(sizes, budget):
    """Each section is counted once: read whole, in part or left out; so is each sentence."""
    sentences = many(*sizes)
    passage = choose_passage("Rain", sentences, words, budget)
    found = coverage(sentences, passage)
    assert [section.heading for section in found.sections] == ["Abstract", *(f"Part {i}" for i in range(len(sizes)))]
    assert [section.pages for section in found.sections] == [(1, 1), *((i + 1, i + 1) for i in range(len(sizes)))]
    kept = [sum(s.heading == section.heading for s in passage.sentences) for section in found.sections]
    assert [section.read for section in found.sections] == [
        "whole" if n == size else "in_part" if n else "left_out" for n, size in zip(kept, [2, *sizes], strict=True)
    ]
    assert (found.sentences_read, found.sentences) == (len(passage.sentences), len(sentences))


def test_an_empty_paper_gives_an_empty_passage():
    """A paper without a sentence is a passage without a sentence, and covers nothing."""
    assert sentences_of(paper(), None) == ()
    assert choose_passage("Rain", (), words, 100).sentences == ()
    assert coverage((), choose_passage("Rain", (), words, 100)).sentences == 0


def test_a_paper_without_headings_is_read():
    """One section with an empty heading is a body like any other."""
    sentences = sentences_of(paper(section("", "Rain falls. Soil is wet.", "It dries.")), ABSTRACT)
    assert [s.text for s in sentences] == ["We study rain.", "It falls on orchards.", "Rain falls.", "Soil is wet.", "It dries."]
    assert [s.section for s in sentences] == [-1, -1, 0, 0, 0]
    assert [s.position for s in sentences] == [0, 1, 2, 3, 4]


def test_sentences_know_their_pages():
    """A paragraph that turns the page gives each sentence the page on which it begins."""
    text = "Rain falls on the soil. Then it dries."
    turning = Section(number="1", heading="Rain", level=1, page=3, paragraphs=(Paragraph(text=text, turns=((0, 3), (20, 4))),))
    assert [s.page for s in sentences_of(paper(turning), None)] == [3, 4]


@pytest.mark.parametrize(
    ("heading", "content"),
    [
        ("Acknowledgements", False),
        ("6 Acknowledgments", False),
        ("References", False),
        ("Funding", False),
        ("Author Contributions", False),
        ("Conflict of interest", False),
        ("Conflicts of Interest", False),
        ("Ethics Statement", False),
        ("Data availability", False),
        ("Supplementary Material", False),
        ("Contents", False),
        ("NeurIPS Paper Checklist", False),
        ("Learning Human Preferences", True),
        ("Our Contributions", True),
        ("Contents of Soil Water", True),
        ("Vitamin Supplementation", True),
        ("Funding Rates of Projects", True),
        ("Method", True),
    ],
)
def test_what_is_no_content_is_left_out(heading, content):
    """Thanks, references, statements and lists are not read; headings that only sound alike are."""
    assert bool(sentences_of(paper(section(heading, "Rain falls.")), None)) is content


@pytest.mark.parametrize(
    ("kind", "appendix"),
    [
        ({"heading": "Appendix", "page": 2}, True),
        ({"heading": "Proofs", "number": "A", "page": 2}, True),
        ({"heading": "Proof of it", "number": "A.1", "level": 2, "page": 2}, True),
        ({"heading": "More rain", "page": 8}, True),
        ({"heading": "Soil", "number": "A", "level": 2, "page": 2}, False),
        ({"heading": "Soil", "number": "3.1", "level": 2, "page": 2}, False),
        ({"heading": "Soil", "number": "II", "page": 2}, False),
    ],
)
def test_appendices_are_known(kind, appendix):
    """What is lettered at the top level, calls itself an appendix or stands behind the references is one; lettered subsections are not."""
    heading = kind.pop("heading")
    (sentence,) = sentences_of(paper(section(heading, "Rain falls.", **kind), references_page=7), None)
    assert sentence.appendix is appendix
