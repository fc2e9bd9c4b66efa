"""Reading order, paragraphs, furniture, floats and trimming."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.reading.furniture import furniture, stamp, without_line_numbers
from offline_digest.reading.legibility import legibility_warnings
from offline_digest.reading.order import Placed, reading_order
from offline_digest.reading.paragraphs import paragraphs
from offline_digest.reading.spelling import Words
from offline_digest.reading.trimming import ink_box, trimmed
from offline_digest.reading.values import Column, Sheet

from .lines import BODY, line, sheet

LEFT, RIGHT = Column(left=50.0, right=290.0), Column(left=310.0, right=550.0)
FULL = "A line of text which is long enough to fill it all."


def _placed(*rows, flow=0, page=1):
    return [Placed(line(text, x, y, page=page), LEFT, flow) for text, x, y in rows]


def test_the_left_column_comes_before_the_right_one():
    """Lines of two columns are read column by column, whatever their order in the file."""
    lines = [line("right 1", 310, 100), line("left 1", 50, 100), line("right 2", 310, 112), line("left 2", 50, 112)]
    assert [p.line.text for p in reading_order(lines, (LEFT, RIGHT))] == ["left 1", "left 2", "right 1", "right 2"]


def test_a_line_over_both_columns_cuts_the_page_into_bands():
    """What stands above a full-width line is read before it, what stands below after it."""
    wide = line("W" * 90, 60, 200, block=7)
    lines = [line("left low", 50, 300), line("right top", 310, 100), wide, line("left top", 50, 100), line("right low", 310, 300)]
    assert [p.line.text[:9] for p in reading_order(lines, (LEFT, RIGHT))] == [
        "left top",
        "right top",
        "W" * 9,
        "left low",
        "right low",
    ]


@given(st.lists(st.tuples(st.sampled_from([50.0, 310.0]), st.integers(0, 40)), unique=True, max_size=40))
def test_reading_order_keeps_every_line_once(places):
    """No line is lost or doubled."""
    lines = [line(f"{x} {row}", x, 60.0 + 14 * row, block=i) for i, (x, row) in enumerate(places)]
    assert sorted(p.line.text for p in reading_order(lines, (LEFT, RIGHT))) == sorted(li.text for li in lines)


def test_a_sentence_over_a_page_break_is_one_paragraph():
    """The paragraph knows on which page each of its characters stands."""
    rows = _placed((FULL[:-1], 50, 700)) + _placed(("and goes on here.", 50, 60), flow=1, page=2)
    (paragraph,) = paragraphs(rows, Words())
    assert paragraph.text == f"{FULL[:-1]} and goes on here."
    assert paragraph.turns == ((0, 1), (len(FULL), 2))
    assert paragraph.page_at(5) == 1
    assert paragraph.page_at(len(FULL)) == 2


def test_an_indented_line_begins_a_paragraph():
    """After a full stop, an indented line is a new paragraph; without indent it goes on."""
    rows = _placed((FULL, 50, 100), (FULL, 50, 112), (FULL, 65, 124))
    assert len(paragraphs(rows, Words())) == 2


def test_bullets_are_paragraphs_of_their_own():
    """Each bullet is one paragraph, with the lines that belong to it."""
    rows = _placed(("Our aims are:", 50, 100), ("• to read papers", 60, 112), ("without help,", 70, 124), ("• to write them.", 60, 136))
    assert [p.text for p in paragraphs(rows, Words())] == ["Our aims are:", "• to read papers without help,", "• to write them."]


def test_running_heads_and_page_numbers_are_furniture():
    """What repeats at the edge of the pages is no text of the paper, even if its number changes."""
    pages = []
    for n in range(1, 5):
        head = line(f"SHORT TITLE {n}", 200, 40, block=0)
        text = line(FULL, 72, 100, block=1)
        foot = line(str(n), 300, 750, block=2)
        pages.append(sheet(head, text, foot, number=n))
    found = furniture(pages, BODY)
    assert [[id(li) in found for li in s.lines] for s in pages] == [[True, False, True]] * 4


def test_a_bold_heading_on_top_of_each_page_is_not_furniture():
    """Sections that begin at the top of several pages keep their headings."""
    pages = [
        sheet(line(f"{n} {name}", 72, 72, block=0, bold=True, size=12.0), line(FULL, 72, 100, block=1), number=n)
        for n, name in enumerate(("Introduction", "Method", "Results", "Outlook"), 1)
    ]
    assert furniture(pages, BODY) == frozenset()


def test_line_numbers_of_review_copies_go():
    """A column of rising numbers beside the text is not part of it; a table's numbers are."""
    numbers = [line(str(100 + i), 30, 60 + 12 * i) for i in range(30)]
    cells = [line(str(v), 200, 60 + 12 * i) for i, v in enumerate((7, 3, 9, 1, 4))]
    assert without_line_numbers([*numbers, *cells]) == cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arXiv:2305.13048v1 [cs.CL] 22 May 2023", ("2305.13048", "v1")),
        ("arXiv:quant-ph/9508027v2 25 Jan 1996", ("quant-ph/9508027", "v2")),
        ("arXiv:math.AG/0601041 2 Jan 2006", ("math.AG/0601041", None)),
        ("some other text in the margin", (None, None)),
    ],
)
def test_the_stamp_gives_identifier_and_version(text, expected):
    """The text along the margin of page 1 names the paper."""
    page = Sheet(number=1, width=612, height=792, pieces=(), lines=(), sideways=(line(text),), graphics=(), targets=())
    assert stamp(page) == expected


def test_ink_is_found_in_pixels():
    """The box of ink is exact to the pixel; white pages have none."""
    width, height = 8, 5
    pixels = bytearray(b"\xff" * (width * height))
    pixels[1 * width + 2] = pixels[3 * width + 5] = 0
    assert ink_box(bytes(pixels), width, height) == (2, 1, 6, 4)
    assert ink_box(b"\xff" * 40, 8, 5) is None


@given(st.tuples(*[st.integers(0, 500)] * 4), st.tuples(*[st.integers(0, 500)] * 4))
def test_trimming_never_grows_a_box(box, ink):
    """Each side of a box stays or moves in."""
    x0, y0, x1, y1 = trimmed(box, ink)
    assert x0 >= box[0]
    assert y0 >= box[1]
    assert x1 <= box[2]
    assert y1 <= box[3]


def test_a_broken_text_layer_is_reported():
    """Letters that make no words lead to a warning; English, and little text, do not."""
    assert legibility_warnings(["xq zzv pqr"] * 200)
    assert not legibility_warnings([FULL] * 200)
    assert not legibility_warnings(["xq zzv pqr"])


@pytest.mark.parametrize(
    ("bold", "plain", "text"),
    [
        ("Optimizing Attention", "Many variants exist.", "Optimizing Attention. Many variants exist."),
        ("Setup.", "We train on two cores.", "Setup. We train on two cores."),
        ("Setup", "is what we do first here.", "Setup is what we do first here."),
        ("a bold word", "Opens nothing at all.", "a bold word Opens nothing at all."),
    ],
)
def test_a_title_that_runs_into_its_paragraph_gets_a_full_stop(bold, plain, text):
    """Bold words before a sentence are closed; with a stop of their own, or where the sentence goes on, nothing is added."""
    whole = line(f"{bold} {plain}", 50, 100)
    span = whole.spans[0]
    spans = (replace(span, text=bold, bold=True), replace(span, text=f" {plain}", bold=False))
    (made,) = paragraphs([Placed(replace(whole, spans=spans), LEFT, 0)], Words())
    assert made.text == text
