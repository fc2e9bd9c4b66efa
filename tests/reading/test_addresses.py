"""Affiliations that stand elsewhere than below the names: in notes of page 1, and at the end of the paper."""

from __future__ import annotations

import pytest

from offline_digest.reading.addresses import closing_affiliations, footnote_affiliations, listed_affiliations
from offline_digest.reading.pages import make_line

from .lines import line, span


def _rows(*rows):
    return [line(row, y=700.0 + 9 * i, size=8.0) for i, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (("A. Bee", "University of Fern, Bonn", "E-mail: a@b.org", "C. Dee", "Moss College, Ulm"), ("University of Fern, Bonn", "Moss College, Ulm")),
        (("†Banco del Sur. Email: a@b.org", "‡Fern College, Ulm."), ("Banco del Sur", "Fern College, Ulm")),
        (("†Banco del Sur.", "‡Corresponding author: a@b.org"), ()),
        (("∗Work done while visiting. a@b.org",), ()),
    ],
)  # fmt: skip
def test_notes_begin_with_names_and_end_with_mail(rows, places):
    """A name of an author on a line of its own begins a note; beside somebody's mail any name is an institution, a remark is none."""
    assert footnote_affiliations(_rows(*rows), ("Ann Bee", "Carl Dee")) == places


def _listed(*notes, y=600.0):
    made = []
    for i, (mark, text) in enumerate(notes):
        spans = [span(mark, 72, y + 12 * i, size=5, raised=True), span(text, 76, y + 12 * i, size=8)]
        made.append(make_line([s for s in spans if s.text], page=9, block=i))
    return made


@pytest.mark.parametrize(
    ("notes", "places"),
    [
        ((("1", "University of Fern, Ulm."), ("2", "Moss Col-"), ("", "lege, Bonn."), ("3", "These authors contributed equally.")),
         ("University of Fern, Ulm", "Moss College, Bonn")),
        ((("2", "University of Fern, Ulm."),), ()),
        ((("1", "We thank the University of Fern."),), ()),
    ],
)  # fmt: skip
def test_a_paper_may_list_its_affiliations_at_the_end(notes, places):
    """The list begins with mark 1 and ends with the first note that is no address; words broken over two lines are joined."""
    assert listed_affiliations([line("[9] C. Dee. On kilns.", y=588.0), *_listed(*notes)]) == places


def test_where_somebody_is_now_is_no_affiliation_that_closes_a_paper():
    """A current address stands between an author's address and mail and is left out."""
    rows = (
        "University of Fern, Ros-",
        "tock",
        "E-mail address: a@b.org",
        "Institute of Moss, Ulm",
        "Current address: Kiln College",
        "E-mail: c@d.org",
    )
    made = [line(t, 72, 600 + 12 * i) for i, t in enumerate(rows)]
    assert closing_affiliations(made) == ("University of Fern, Rostock", "Institute of Moss, Ulm")


@pytest.mark.parametrize("mail", ["b@fern.org", "{b, d}@fern.org", "(e-mail: b@fern.org)."])
def test_the_institution_that_somebody_is_with_ends_at_mail_and_at_the_next_mark(mail):
    """Notes that close without a full stop, or with mail that no word announces, do not run into one another."""
    notes = _listed(
        ("1", f"A. Bee is with the University of Fern, Ulm {mail}"), ("2", "C. Dee is with Moss College, Bonn"), ("3", "E. Fox is paid.")
    )
    assert footnote_affiliations(notes) == ("University of Fern, Ulm", "Moss College, Bonn")


def _run_on(*notes, gap=0.0):
    """Return one line of notes, each a raised mark and its text."""
    spans, x = [], 72.0
    for mark, text in notes:
        for word, raised in ((mark, True), *((w, False) for w in text.split("|"))):
            spans.append(span(word, x, 700, size=5 if raised else 8, raised=raised))
            x = spans[-1].box[2] + (0 if raised else gap)
    return [make_line(spans, page=1, block=0)]


@pytest.mark.parametrize(
    ("notes", "places"),
    [
        ((("∗", "Equal share "), ("1", "Fern University "), ("2", "Sprout Works "), ("3", "Moss College")),
         ("Fern University", "Sprout Works", "Moss College")),
        ((("1", "Fern University "), ("2", "Sprout Works "), ("3", "Green Lamps")), ("Fern University",)),
        ((("∗", "Fern University "), ("†", "Sprout Works")), ("Fern University",)),
    ],
)  # fmt: skip
def test_what_is_counted_among_institutions_is_one(notes, places):
    """In a list that counts its entries and holds mostly institutions every name is one; daggers count nothing."""
    assert footnote_affiliations(_run_on(*notes)) == places


def test_words_of_a_note_that_stand_apart_are_kept_apart():
    """In justified lines the blanks may be mere space."""
    assert footnote_affiliations(_run_on(("1", "Fern|University,|Ulm."), gap=3.0)) == ("Fern University, Ulm",)


def test_a_remark_behind_an_address_leaves_it_one():
    """`Part of this work was done elsewhere` says nothing about the institution before it."""
    rows = _rows("∗Fern University, Ulm, a@b.org. Part of this work was done at sea.", "†We thank Moss College.")
    assert footnote_affiliations(rows) == ("Fern University, Ulm",)


def test_a_line_that_ends_in_a_name_belongs_to_its_note():
    """Only names alone on a line begin a note."""
    rows = _rows("†Department of Lamps and", "Kilns. Correspondence to: Ann Bee")
    assert footnote_affiliations(rows, ("Ann Bee",)) == ("Department of Lamps and Kilns",)


def test_who_owns_the_copyright_is_no_affiliation():
    """A class may print it in a footnote of its own."""
    assert footnote_affiliations(_rows("© 2020 Department of Lamps, Fern University.")) == ()


def test_brackets_that_held_an_address_of_the_net_go_with_it():
    """One that is left over belongs to nothing."""
    assert footnote_affiliations(_rows("∗Fern University, Ulm (a@b.org).")) == ("Fern University, Ulm",)
