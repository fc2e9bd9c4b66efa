"""Reading order, paragraphs, furniture, floats and trimming."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.reading.footnotes import margin_notes
from offline_digest.reading.front import Title, find_title, reads_like_prose, side_column
from offline_digest.reading.furniture import furniture, stamp, without_line_numbers
from offline_digest.reading.leading import set_solid
from offline_digest.reading.legibility import legibility_warnings
from offline_digest.reading.order import Placed, reading_order
from offline_digest.reading.pages import make_line
from offline_digest.reading.paragraphs import paragraphs
from offline_digest.reading.spelling import Words, join_lines
from offline_digest.reading.style import columns
from offline_digest.reading.trimming import ink_box, trimmed
from offline_digest.reading.values import Column, Sheet

from .lines import BODY, line, sheet, span

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


def test_three_columns_are_found_and_read_from_left_to_right():
    """Lines between two empty strips make three columns, whatever runs over all of them above."""
    text = "words of a narrow column here"
    rows = [line(text, x, 200.0 + 12 * n, block=k) for k, x in enumerate((50.0, 230.0, 410.0)) for n in range(8)]
    top = [
        line("An abstract that runs over the whole width of the page, as it does in such papers" + " often" * 3, 50, 120.0 + 12 * n)
        for n in range(4)
    ]
    page = sheet(*top, *rows)
    (cols,) = columns([page], [page.lines], BODY)
    assert [round(c.left) for c in cols] == [50, 230, 410]
    assert [p.column.left for p in reading_order(rows[::-1], cols)] == sorted(li.box[0] for li in rows)


def test_references_below_balanced_columns_come_last():
    """A list that begins under both columns at once is read after both."""
    lines = [line("left", 50, 100), line("right", 310, 100), line("[1] A. Bee", 50, 150), line("[2] C. Dee", 310, 150)]
    assert [p.line.text for p in reading_order(lines, (LEFT, RIGHT))] == ["left", "right", "[1] A. Bee", "[2] C. Dee"]


@pytest.mark.parametrize("pitch", [12.0, 24.0])
def test_widely_spaced_lines_are_set_solid(pitch):
    """The lines of a paragraph nearly touch and are of one block afterwards, however far apart they stand in the file."""
    lines = [line(FULL, 72, 100 + pitch * n, block=n if pitch > 15 else 0) for n in range(12)]
    (solid,) = set_solid([sheet(*lines)])
    assert len({li.block for li in solid.lines}) == 1
    assert all(-0.1 <= b.box[1] - a.box[3] <= 3 for a, b in itertools.pairwise(solid.lines))


def test_small_lines_beside_the_columns_are_notes():
    """What stands in the margin in smaller type is no running text; a number of the same size as the text may be."""
    note, text, number = line("see there", 560, 100, size=7.0), line(FULL, 50, 100), line("7", 560, 100)
    assert margin_notes([note, text, number], (LEFT, RIGHT), BODY) == {id(note)}


def test_what_stands_beside_the_title_goes_on_beside_the_names():
    """The facts about a paper printed in a column of their own are no part of its front, down to the first line below them that crosses."""
    title = line("A Title of the Paper", 200, 100, size=16.0)
    facts = [line(text, 50, 100 + 11 * n, size=7.0) for n, text in enumerate(("Edited by:", "Nils Bakke", "Received:", "2 May 2020"))]
    names, text = line("Ann Bee and Carl Dee", 200, 125), line(FULL, 50, 200)
    assert side_column([title, *facts, names, text], Title("", (title,))) == {id(li) for li in facts}


def test_the_name_of_the_journal_is_not_the_title():
    """Of two large lines the one that a volume follows elsewhere on the page is the journal."""
    lines = [
        line("Slow Things 8 (2020) 4-9", 72, 60),
        line("Slow Things", 72, 80, size=16.0, bold=True),
        line("On kilns", 72, 120, size=16.0),
    ]
    assert find_title(lines, 792.0, Words()).text == "On kilns"


def test_the_number_of_a_paper_is_not_its_title():
    """However large it is printed; a title may be one word with a figure."""
    code, title = line("KILN2023-0042", 400, 60, size=16.0, bold=True), line("On kilns", 72, 120, size=12.0, bold=True)
    assert find_title([code, title, line("Ann Bee", 72, 150)], 792.0, Words()).text == "On kilns"
    assert find_title([line("Kiln-4", 72, 60, size=16.0), line("Ann Bee", 72, 120)], 792.0, Words()).text == "Kiln-4"


@pytest.mark.parametrize("head", ["北岭大学", "硕士学位论文", "University of Fern"])
def test_the_head_of_a_title_page_is_not_the_title(head):
    """A thesis may print the name of its university larger."""
    lines = [
        line(head, 200, 60, size=24.0, bold=True),
        line("On kilns and lamps", 150, 200, size=18.0, bold=True),
        line("Ann Bee", 220, 300),
    ]
    assert find_title(lines, 792.0, Words()).text == "On kilns and lamps"


def test_a_title_beside_a_column_of_names_goes_on_below():
    """Lines beside it that come between its lines are no part of it."""
    names = [line(text, 60, 98 + 11 * n, size=size) for n, (text, size) in enumerate((("Ann Bee", 12.0), ("Fern University", 8.0)))]
    title = [line("Heat Loss of Narrow Kilns with", 220, 100, size=20.0), line("Rough Walls", 220, 122, size=20.0)]
    assert find_title([*names, *title], 792.0, Words()).text == "Heat Loss of Narrow Kilns with Rough Walls"


def test_a_subtitle_belongs_to_the_title():
    """A smaller line in the type of the title above the names is joined with a colon."""
    sans = {"font": "Sans-Bold"}
    lines = [
        line("Weaving Baskets", 72, 80, size=16.0, **sans),
        line("A study of kilns", 72, 100, size=12.0, **sans),
        line("Ann Bee", 72, 130),
    ]
    assert find_title(lines, 792.0, Words()).text == "Weaving Baskets: A study of kilns"


def test_a_subtitle_may_be_set_in_a_lighter_cut_of_the_title():
    """The name of a bold cut begins with that of its family: `BiolinumTB`, `BiolinumT`."""
    lines = [
        line("Weaving Baskets", 72, 80, size=16.0, font="BiolinumTB", bold=True),
        line("A study of kilns", 72, 100, size=12.0, font="BiolinumT"),
        line("Ann Bee", 72, 130),
    ]
    assert find_title(lines, 792.0, Words()).text == "Weaving Baskets: A study of kilns"


def test_a_subtitle_may_have_the_mark_of_a_footnote():
    """A star behind the subtitle is none of its letters; a raised figure would be a name's."""
    sans = {"font": "Sans-Bold"}
    below = make_line(
        [span("Notes from 2011 to 2024", 72, 100, size=12.0, **sans), span("⋆", 220, 98, size=7, raised=True)], page=1, block=0
    )
    lines = [line("Weaving Baskets", 72, 80, size=16.0, **sans), below, line("Ann Bee", 72, 130)]
    assert find_title(lines, 792.0, Words()).text == "Weaving Baskets: Notes from 2011 to 2024"


def test_what_a_paper_is_called_below_its_title_is_no_subtitle():
    """`Technical Report of Moss` says what it is."""
    lines = [
        line("Moss: Slow Estimators", 72, 80, size=16.0),
        line("Technical Report of Moss", 72, 100, size=12.0),
        line("Ann Bee", 72, 130),
    ]
    assert find_title(lines, 792.0, Words()).text == "Moss: Slow Estimators"


@pytest.mark.parametrize(
    ("cut", "title"),
    [
        ((("S", 16.0), ("LOW ", 12.8), ("K", 16.0), ("ILNS OF ", 12.8), ("GPT", 16.0)), "Slow Kilns of GPT"),
        ((("SLOW KILNS", 16.0),), "SLOW KILNS"),
        ((("SLOW KILNS WITH ", 16.0), ("H", 16.0), ("2", 12.0)), "SLOW KILNS WITH H2"),
    ],
)
def test_small_capitals_of_a_title_are_the_small_letters_that_were_typed(cut, title):
    """Fonts without small capitals get large ones of a smaller size; capitals of one size are as the authors wrote them."""
    x, spans = 72.0, []
    for text, size in cut:
        spans.append(span(text, x, 96 - size, size=size))
        x = spans[-1].box[2]
    printed = make_line(spans, page=1, block=0)
    assert find_title([printed, line("Ann Bee", 72, 130)], 792.0, Words()).text == title


@pytest.mark.parametrize(
    ("text", "prose"), [("A. Bee, A. L. Cee, " * 12, False), ("A kiln is not a lamp, and it is in the way. " * 4, True)]
)
def test_initials_are_no_words(text, prose):
    """A long list of authors is no running text, although many are called A."""
    assert reads_like_prose(text) is prose


def test_chinese_lines_are_joined_without_blanks():
    """Between ideographs a line break leaves nothing; between Latin words it leaves a blank."""
    assert join_lines(["数据表明，", "冰川在", "slow", "kilns"], Words())[0] == "数据表明，冰川在 slow kilns"


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


@pytest.mark.parametrize(("x", "gone"), [(50.0, True), (120.0, False)])
def test_a_page_number_stands_at_the_edge_of_the_text(x, gone):
    """What stands beside a page number is a running head; a number on an axis further in has a caption beside it."""
    beside = line("Table 1 The kilns of the north", 310, 60, size=9.0, block=1)
    pages = [sheet(line(FULL, 50, 300), number=1), sheet(line("4", x, 60), beside, line(FULL, 50, 300, block=2), number=2)]
    assert (id(beside) in furniture(pages, BODY)) is gone


def test_numbers_that_count_with_the_pages_are_furniture_wherever_they_stand():
    """A page number far from the edge is one; so is what stands beside it at the top, and a copyright on page 1."""
    rights, head = line("© 2020 Kiln House. All rights reserved.", 72, 400, page=1), line("A head of one page", 72, 30, page=4)
    texts = [line(word * 12, 72, 300, page=n) for n, word in enumerate(("lamp ", "kiln ", "moss ", "clay "), 1)]
    low = [line(str(n + 4), 300, 640, page=n) for n in (1, 2, 3)]
    first, last = sheet(texts[0], rights, low[0], number=1), sheet(head, line("8", 500, 30, page=4), texts[3], number=4)
    pages = [first, *(sheet(texts[n - 1], low[n - 1], number=n) for n in (2, 3)), last]
    found = furniture(pages, BODY)
    assert [li.text for page in pages for li in page.lines if id(li) in found] == [rights.text, "5", "6", "7", head.text, "8"]


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


@pytest.mark.parametrize(("x", "kept"), [(50, 0), (100, 8)])
def test_few_line_numbers_go_when_they_stand_in_the_margin(x, kept):
    """On a title page with an abstract that is not numbered hardly any line has its number."""
    numbers = [line(str(1 + i), x, 60 + 40 * i) for i in range(8)]
    text = [line("A line of words", 72, 60 + 20 * i) for i in range(16)]
    assert len(without_line_numbers([*numbers, *text])) == len(text) + kept


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
