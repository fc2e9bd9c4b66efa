"""Facts: what the program knows of a paper before any engine is asked."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.digesting.facts import Facts
from offline_digest.digesting.source import _numbered_names
from offline_digest.records import Float, Metadata, Paper, Paragraph, Section

BOX = (0.0, 0.0, 1.0, 1.0)
PAPER = Paper(
    n_pages=2,
    title="Rain  on\norchards",
    authors=("A. Doe",),
    affiliations=("Oslo University",),
    abstract="It rains in Oslo.",
    arxiv_id="2407.09450",
    version="v2",
    doi="10.1/x",
    sections=(
        Section(number="1", heading="Rain", level=1, page=1, paragraphs=(Paragraph(text="The QuickProbe is cheap.", turns=((0, 1),)),)),
    ),
    figures=(Float(kind="figure", label="Figure 1", page=1, caption="Yield of 731 trees.", box=BOX, picture_box=BOX),),
)


def test_the_pdf_speaks_where_metadata_is_silent():
    """Without metadata everything comes from the reading, the title in one line."""
    facts = Facts(PAPER, None)
    assert (facts.title, facts.authors, facts.abstract) == ("Rain on orchards", ("A. Doe",), "It rains in Oslo.")
    assert (facts.arxiv_id, facts.version, facts.doi, facts.comment) == ("2407.09450", "v2", "10.1/x", None)


def test_metadata_wins():
    """What the authors typed into a catalogue wins over what was read."""
    known = Metadata(title="Rain", authors=("Ada Doe", "Bo Roe"), abstract="It rains.", doi="10.1/y", comment="2 pages")
    facts = Facts(PAPER, known)
    assert (facts.title, facts.authors, facts.abstract) == ("Rain", ("Ada Doe", "Bo Roe"), "It rains.")
    assert (facts.doi, facts.comment, facts.arxiv_id) == ("10.1/y", "2 pages", "2407.09450")


@pytest.mark.parametrize(
    ("known", "stamp", "version"),
    [
        (None, "v2", "v2"),
        (Metadata(arxiv_id="2407.09450", version="v3"), "v2", "v2"),
        (Metadata(arxiv_id="2407.09450", version="v3"), None, "v3"),
        (Metadata(arxiv_id="2407.00001", version="v1"), "v2", "v1"),
        (Metadata(arxiv_id="2407.00001"), "v2", None),
    ],
)
def test_the_version_is_that_of_the_pdf_at_hand(known, stamp, version):
    """The stamp on the PDF tells its version, if it is a stamp of the same paper; otherwise metadata does."""
    assert Facts(PAPER.model_copy(update={"version": stamp}), known).version == version


def test_everything_printed_may_be_said():
    """Names and numbers of title, authors, institutes, headings, body and captions may occur in a digest."""
    source = Facts(PAPER, None).source("paper")
    assert {"oslo", "quickprobe", "doe", "rain"} <= source.terms
    assert 731 in source.numbers


def test_printed_keywords_win():
    """Keywords are extracted only where the paper prints none."""
    assert Facts(PAPER.model_copy(update={"keywords": ("snow",)}), None).keywords == ("snow",)
    assert Facts(PAPER, None).keywords != ("snow",)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzAB0123 \n.-_é"))
def test_names_with_numbers_are_found_from_their_numbers(text):
    """The same as a scan for words with a number behind them, which takes much longer."""
    assert list(_numbered_names(text)) == re.findall(r"[A-Za-z]{1,20}[\s-]\d{1,4}[A-Za-z]{0,3}(?![\w.])", text)
