"""When two rows are one paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.gathering import Known, Ledger, same_paper
from offline_digest.gathering.identity import fold_doi, is_newer, name_of
from offline_digest.records import Metadata

A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"arxiv_id": "2407.09450"}, {"arxiv_id": "2407.09450", "version": "v2", "title": "Renamed"}, True),
        ({"arxiv_id": "2407.09450v1"}, {"arxiv_id": "2407.09450"}, True),
        ({"arxiv_id": "2407.09450"}, {"arxiv_id": "2407.0945"}, False),  # the seed compared numbers
        ({"arxiv_id": "2407.09450"}, {"arxiv_id": "2407.09451"}, False),
        ({"arxiv_id": "quant-ph/9508027"}, {"arxiv_id": "quant-ph/9508027v2"}, True),
        ({"arxiv_id": "math.GT/0309136"}, {"arxiv_id": "math/0309136"}, True),
        ({"arxiv_id": "2407.09450", "doi": "10.1/x"}, {"arxiv_id": "2407.09451", "doi": "10.1/x"}, False),
        ({"doi": "10.1000/X.y"}, {"doi": "https://doi.org/10.1000/x.Y"}, True),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/y", "sha256": A}, False),
        ({"arxiv_id": "2407.09450", "doi": "10.1000/x"}, {"doi": "doi:10.1000/X"}, True),
        ({"doi": "10.48550/arXiv.2407.09450"}, {"arxiv_id": "2407.09450", "version": "v1"}, True),
        ({"doi": "10.1000/x", "sha256": A}, {"doi": "10.1000/y", "sha256": A}, False),
        ({"sha256": A}, {"sha256": A.upper()}, True),
        ({"sha256": A, "arxiv_id": "2407.09450"}, {"sha256": A}, True),
        ({"sha256": A}, {"sha256": B}, False),
        ({"title": "T", "authors": ("A. Bee",)}, {"title": "T", "authors": ("A. Bee",)}, False),
        ({}, {}, False),
    ],
)
def test_the_surest_sign_that_both_carry_decides(one, other, same):
    """The arXiv id without version, else the DOI in any spelling, else the PDF's hash; never the title."""
    rows = Metadata(**{"title": "T", **one}), Metadata(**{"title": "T", **other})
    assert same_paper(*rows) == same_paper(*rows[::-1]) == same
    assert bool(Ledger([Known(row=rows[0])]).find(rows[1])) == same


SIGNS = st.builds(
    Metadata,
    arxiv_id=st.sampled_from([None, "2407.09450", "2407.09451", "2407.0945"]),
    doi=st.sampled_from([None, "10.1000/a", "10.1000/A", "10.1000/b", "junk"]),
    sha256=st.sampled_from([None, A, B]),
)


@given(st.lists(SIGNS, max_size=8), SIGNS)
def test_a_ledger_finds_what_comparing_one_by_one_finds(rows, row):
    """Looking up is only a faster way of comparing with everything."""
    known = [Known(row=other) for other in rows]
    found = Ledger(known).find(row)
    assert sorted(map(id, found)) == sorted(id(item) for item in known if same_paper(item.row, row))


def test_equal_title_and_first_author_are_told_not_merged():
    """Names may be abbreviated or turned; another first author or title is another paper."""
    rows = [
        Metadata(arxiv_id="2407.00001", title="On Gaussian Splatting", authors=("Ada Lovelace", "B")),
        Metadata(doi="10.1000/a", title="On Gaussian splattings", authors=("Lovelace, A.",)),
        Metadata(doi="10.1000/b", title="On Gaussian Splatting", authors=("Emmy Noether", "Ada Lovelace")),
        Metadata(doi="10.1000/c", title="On Gaussian Splatting II", authors=("Ada Lovelace",)),
    ]
    ledger = Ledger(Known(row=row) for row in rows)
    assert [item.row for item in ledger.resembling(rows[0])] == [rows[1]]
    assert ledger.find(rows[0]) == (Known(row=rows[0]),)
    assert ledger.resembling(Metadata(title="...")) == ()


@pytest.mark.parametrize(
    ("new", "old", "newer"),
    [("v2", "v1", True), ("v10", "v9", True), ("v1", "v1", False), ("v1", "v2", False), (None, "v1", False), ("v2", None, False)],
)
def test_versions_are_compared_as_numbers(new, old, newer):
    """An unknown version is neither newer nor older."""
    assert is_newer(Metadata(version=new), Metadata(version=old)) == newer


def test_a_paper_is_called_by_its_surest_sign():
    """What has none is called by its file or title."""
    rows = [
        {"arxiv_id": "2407.00001", "version": "v3", "doi": "10.1000/a"},
        {"doi": "10.1000/A"},
        {"sha256": A},
        {"file": "a.pdf"},
        {"title": "T"},
    ]
    assert [name_of(Metadata(**row)) for row in rows] == ["2407.00001v3", "10.1000/a", "aaaaaaaa", "a.pdf", "T"]
    assert [fold_doi(text) for text in ("", None, "n/a", " 10.1000/A. ")] == [None, None, None, "10.1000/a"]
