"""Headings and captions: patterns, numbers and levels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.reading.captions import find_captions, parse_label
from offline_digest.reading.headings import Heading, echoes, find_headings
from offline_digest.reading.numbers import parse_number
from offline_digest.reading.order import Placed
from offline_digest.reading.pages import make_line
from offline_digest.reading.prose import prose
from offline_digest.reading.references import find_references
from offline_digest.reading.sections import make_sections
from offline_digest.reading.spelling import Words
from offline_digest.reading.values import Column, Graphic

from .lines import BODY, line, sheet, span

COLUMN = Column(left=72.0, right=540.0)


@pytest.mark.parametrize(
    ("text", "printed", "path", "scheme", "rest"),
    [
        ("1 Introduction", "1", (1,), "arabic", "Introduction"),
        ("1. Introduction", "1", (1,), "arabic", "Introduction"),
        ("3.2.1 Scaled Attention", "3.2.1", (3, 2, 1), "arabic", "Scaled Attention"),
        ("II. RELATED WORK", "II", (2,), "roman", "RELATED WORK"),
        ("IV METHOD", "IV", (4,), "roman", "METHOD"),
        ("B. Details", "B", (2,), "letter", "Details"),
        ("A.2 More proofs", "A.2", (1, 2), "letter", "More proofs"),
        ("Appendix C. Tables", "Appendix C", (3,), "letter", "Tables"),
        ("Appendix D", "Appendix D", (4,), "letter", ""),
        ("Chapter 3", "3", (3,), "arabic", ""),
        ("Chapter 3 Method", "3", (3,), "arabic", "Method"),
        ("Section 4: Data", "4", (4,), "arabic", "Data"),
        ("§3.1 Notation", "3.1", (3, 1), "arabic", "Notation"),
        ("Kapitel 2 Verfahren", "2", (2,), "arabic", "Verfahren"),
        ("2引言", "2", (2,), "arabic", "引言"),
        ("一、引言", "一", (1,), "han", "引言"),
        ("十二、结论", "十二", (12,), "han", "结论"),
        ("III.2 Lamps", "III.2", (3, 2), "roman", "Lamps"),
        ("第二章 材料与方法", "2", (2,), "arabic", "材料与方法"),
        ("第 3 章 结论", "3", (3,), "arabic", "结论"),
        ("第十二章", "12", (12,), "arabic", ""),
        ("（三） 试验装置", "（三）", (3,), "item", "试验装置"),
        ("0.4 Results", "0.4", (4,), "arabic", "Results"),  # sections of a class with chapters, in a paper without them
        ("0.4.1 Lamps", "0.4.1", (4, 1), "arabic", "Lamps"),
    ],
)
def test_section_numbers_are_read_as_printed(text, printed, path, scheme, rest):
    """Arabic, roman and letter numbers are told apart, without their last period."""
    found = [n for n in parse_number(text) if n.scheme == scheme]
    assert [(n.printed, n.path, n.rest) for n in found] == [(printed, path, rest)]


@pytest.mark.parametrize("text", ["Introduction", "1) a list", "2019", "3.5 %", "0 nothing", "the 2 methods", ""])
def test_other_lines_have_no_section_number(text):
    """List items, years and numbers with units are no section numbers."""
    assert [n for n in parse_number(text) if n.scheme == "arabic"] == []


def test_the_letter_i_is_both_a_letter_and_a_roman_one():
    """`I.` can open a paper with roman numbers or be the ninth appendix; the sequence decides later."""
    assert {n.scheme for n in parse_number("I. INTRODUCTION")} == {"roman", "letter"}


def stream(*rows):
    """Place rows (text, look) one below the other."""
    out, y = [], 100.0
    for text, look in rows:
        out.append(Placed(line(text, 72.0, y, block=len(out), **look), COLUMN, 0))
        y += 30.0
    return out


BOLD = {"bold": True, "size": 12.0}
TEXT = ("This is a line of the running text, which goes on and on.", {})


def test_bold_numbered_lines_in_sequence_are_headings():
    """Sections, subsections and unnumbered headings of the same look are found with their levels."""
    rows = [
        ("1 Introduction", BOLD),
        TEXT,
        ("2 Method", BOLD),
        ("2.1 Data", {"bold": True}),
        TEXT,
        ("Acknowledgments", BOLD),
        TEXT,
    ]
    found = find_headings(stream(*rows), BODY, Words())
    assert [(h.number, h.text, h.level) for h in found] == [
        ("1", "Introduction", 1),
        ("2", "Method", 1),
        ("2.1", "Data", 2),
        (None, "Acknowledgments", 1),
    ]


def test_numbered_sentences_in_plain_type_are_no_headings():
    """A list in the look of the text makes no headings."""
    rows = [
        ("1 Introduction", BOLD),
        TEXT,
        ("1. We collect the data.", {}),
        ("2. We train the model.", {}),
        TEXT,
        ("2 Method", BOLD),
        TEXT,
    ]
    assert [h.text for h in find_headings(stream(*rows), BODY, Words())] == ["Introduction", "Method"]


def test_plain_numbered_lines_with_the_names_of_sections_are_headings():
    """Where nothing else is a heading, short numbered lines are, if some of them are called as sections are."""
    rows = [("1. Introduction", {}), TEXT, ("2. Lanterns", {}), TEXT, ("2.1. Lamp oil", {}), TEXT, ("3. Conclusion", {}), TEXT]
    found = find_headings(stream(*rows), BODY, Words())
    assert [(h.text, h.level) for h in found] == [("Introduction", 1), ("Lanterns", 1), ("Lamp oil", 2), ("Conclusion", 1)]


@pytest.mark.parametrize("indent", [0.0, 12.0])
def test_a_centred_plain_heading_ends_where_the_text_begins(indent):
    """Small capitals made by a feature of the font look like the text: the place of the next line tells."""
    rows = ["1. Introduction", "2. Lanterns", "3. Conclusion"]
    placed, y = [], 100.0
    for head in rows:
        for text, x in ((head, 150.0), ("This line of the running text goes on over the whole of its column", COLUMN.left + indent)):
            placed.append(Placed(line(text, x, y, block=len(placed)), COLUMN, 0))
            y += 13.0
        y += 20.0
    assert [h.text for h in find_headings(placed, BODY, Words())] == ["Introduction", "Lanterns", "Conclusion"]


def test_the_title_of_a_chapter_stands_below_its_number():
    """`Chapter 1` and the larger line below it are one heading; sections count within it."""
    rows = []
    for number, title in enumerate(("Introduction", "Slow Kilns", "Conclusion"), 1):
        rows += [(f"Chapter {number}", {"bold": True, "size": 16.0}), (title, {"bold": True, "size": 20.0}), TEXT]
    rows[5:5] = [("2.1 Clay", BOLD), TEXT]
    found = find_headings(stream(*rows), BODY, Words())
    assert [(h.number, h.text, h.level) for h in found] == [
        ("1", "Introduction", 1),
        ("2", "Slow Kilns", 1),
        ("2.1", "Clay", 2),
        ("3", "Conclusion", 1),
    ]


def test_colour_sets_headings_apart():
    """Lines in colour are headings where their numbers count, with nothing else to tell them from the text."""
    blue = {"coloured": True}
    rows = [("1 Introduction", blue), TEXT, ("2 On the mossy thickets", blue), TEXT, ("2.1 Moss", blue), TEXT]
    assert [h.text for h in find_headings(stream(*rows), BODY, Words())] == ["Introduction", "On the mossy thickets", "Moss"]


def test_an_italic_title_with_a_number_runs_in():
    """The number may be set like the text; italic words without a number are an emphasis."""
    made = make_line(
        [span("1.1. ", 72, 130), span("Grain.", 97, 130, italic=True), span(" We look at it closely.", 127, 130)], page=1, block=1
    )
    note = make_line([span("Note", 72, 160, italic=True), span(" that this is no title of anything.", 92, 160)], page=1, block=2)
    rows = [*stream(("1 Introduction", BOLD)), Placed(made, COLUMN, 0), Placed(note, COLUMN, 0), *stream(("2 Method", BOLD))]
    found = find_headings(rows, BODY, Words())
    assert [(h.text, h.run_in) for h in found] == [("Introduction", ""), ("Grain", "We look at it closely."), ("Method", "")]


@pytest.mark.parametrize(
    ("items", "page"),
    [
        ([f"{n}. Bee, A. On kilns. Slow Things {n} (200{n})." for n in range(1, 7)], 1),
        ([f"[{n}] Bee, A. On kilns, in press." for n in range(1, 7)], 1),
        ([f"{n}. We measure the kiln and write it down." for n in range(1, 7)], None),
    ],
)
def test_a_list_of_papers_needs_no_name(items, page):
    """A counted list at the end is one of references when it has brackets, or years in most of its items."""
    found = find_references(stream(TEXT, *((item, {}) for item in items)), ())
    assert [r.page for r in found] == ([page] if page else [])


def test_roman_sections_have_lettered_subsections():
    """Below roman numbers the letters A, B begin again in each section and are of level 2."""
    italic = {"italic": True}
    rows = [
        ("I. INTRODUCTION", {}),
        TEXT,
        ("II. METHOD", {}),
        ("A. Data", italic),
        TEXT,
        ("B. Model", italic),
        TEXT,
        ("III. RESULTS", {}),
        TEXT,
    ]
    found = find_headings(stream(*rows), BODY, Words())
    assert [(h.number, h.level) for h in found] == [("I", 1), ("II", 1), ("A", 2), ("B", 2), ("III", 1)]


@pytest.mark.parametrize(("first", "count"), [("Introduction", 3), ("Proofs", 0)])
def test_sections_may_be_lettered(first, count):
    """A, B, C are sections where the first is an introduction; else letters count appendices."""
    rows = [(f"§A. {first}", BOLD), TEXT, ("§B. Tools", BOLD), TEXT, ("§C. Lamps", BOLD), TEXT]
    assert sum(h.number is not None for h in find_headings(stream(*rows), BODY, Words())) == count


def test_subsections_may_be_set_like_the_text():
    """A number that counts within its section, and space above, make a heading of a line in the type of the text."""
    rows = [("1 Introduction", BOLD), ("1.1 Lamps", {}), TEXT, ("2 Method", BOLD), TEXT, ("2.1 Kilns", {}), TEXT]
    found = find_headings(stream(*rows), BODY, Words())
    assert [(h.number, h.level) for h in found] == [("1", 1), ("1.1", 2), ("2", 1), ("2.1", 2)]


@pytest.mark.parametrize(("title", "found"), [("Contributions.", False), ("Author contributions.", True)])
def test_what_a_paper_contributes_is_no_statement_at_its_end(title, found):
    """A paragraph on contributions belongs to the introduction; who contributed what is told on its own."""
    mixed = make_line([span(title, 72, 130, bold=True), span(" We build a lamp.", 72 + 6 * len(title), 130)], page=1, block=1)
    placed = [*stream(("1 Introduction", BOLD), TEXT), Placed(mixed, COLUMN, 0), *stream(("2 Method", BOLD), TEXT, ("3 Lamps", BOLD), TEXT)]
    assert (title.rstrip(".") in [h.text for h in find_headings(placed, BODY, Words())]) is found


@pytest.mark.parametrize(("before", "found"), [(True, False), (False, True)])
def test_a_statement_runs_in_behind_the_first_section_only(before, found):
    """Above the first section a bold word such as `Funding` belongs to the title block."""
    mixed = make_line([span("Funding", 72, 130, bold=True), span(" Ann Bee was paid.", 120, 130)], page=1, block=1)
    paid, text = [Placed(mixed, COLUMN, 0)], stream(("1 Introduction", BOLD), TEXT, ("2 Method", BOLD), TEXT)
    assert ("Funding" in [h.text for h in find_headings([*paid, *text] if before else [*text, *paid], BODY, Words())]) is found


def test_a_longer_list_does_not_win_over_the_sections():
    """Numbered bold items are no sections where others have the titles that sections have."""
    items = [(f"{n}. Step number {n}", {"bold": True}) for n in range(1, 6)]
    romans = [
        ("I. INTRODUCTION", {}),
        TEXT,
        ("II. METHODS", {}),
        TEXT,
        *items,
        ("III. RESULTS", {}),
        TEXT,
        ("IV. CONCLUSIONS", {}),
        TEXT,
    ]
    found = find_headings(stream(*romans), BODY, Words())
    assert [h.number for h in found if h.level == 1] == ["I", "II", "III", "IV"]


def test_a_heading_over_two_lines_is_one_heading():
    """A heading that fills its line goes on in the next line of the same look."""
    first = "3 A Heading so Long That It Does Not Fit on One Line of the Column and"
    rows = stream(("1 Introduction", BOLD), TEXT, ("2 Method", BOLD), TEXT, (first, BOLD))
    second = Placed(line("Goes On", 72.0, rows[-1].line.box[3] + 2, block=9, **BOLD), COLUMN, 0)
    found = find_headings([*rows, second], BODY, Words())
    assert found[-1].text == first[2:] + " Goes On"
    assert found[-1].last == found[-1].first + 1


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("Figure 3: The model.", "figure", "Figure 3"),
        ("Fig. 12. Loss over time", "figure", "Figure 12"),
        ("FIG. 2. Spectrum", "figure", "Figure 2"),
        ("Figure 1 | Overview", "figure", "Figure 1"),
        ("Table B.1: Settings", "table", "Table B.1"),
        ("TABLE IV", "table", "Table IV"),
        ("Figure S2. Extra", "figure", "Figure S2"),
        ("Algorithm 1 Training", "algorithm", "Algorithm 1"),
        ("Extended Data Fig. 1 | More", "figure", "Extended Data Figure 1"),
        ("Supplementary Table 2. Extra", "table", "Supplementary Table 2"),
        ("Scheme 1. Synthesis", "figure", "Scheme 1"),
        ("Abbildung 4: Verlauf", "figure", "Figure 4"),
        ("Tab. 2: Werte", "table", "Table 2"),
        ("Tabelle 2: Werte", "table", "Table 2"),
        ("图 1：模型", "figure", "Figure 1"),
        ("图1 模型结构", "figure", "Figure 1"),
        ("表 2-1 结果", "table", "Table 2-1"),
    ],
)
def test_caption_labels_are_normalised(text, kind, label):
    """However a label is printed, it has one form."""
    found = parse_label(text)
    assert found is not None
    assert (found.kind, found.text) == (kind, label)


@pytest.mark.parametrize("text", ["Figures are nice", "figure 3 shows", "Tables", "Tabular 3", "The Figure 3"])
def test_sentences_are_no_labels(text):
    """Only a label with its number at the beginning of a line can open a caption."""
    assert parse_label(text) is None


@given(st.sampled_from(["Figure", "Fig.", "FIG.", "Table", "TABLE"]), st.integers(1, 99), st.sampled_from([":", ".", " |"]))
def test_a_label_keeps_its_number(word, number, sep):
    """Word, number and mark do not get in each other's way."""
    found = parse_label(f"{word} {number}{sep} A caption.")
    assert found is not None
    assert found.text.split() == ["Table" if word.lower().startswith("tab") else "Figure", str(number)]
    assert found.strong == sep.strip()


def test_a_sentence_about_a_figure_is_no_caption():
    """A line of a paragraph that happens to begin with `Figure 1.` opens no caption; the real caption does."""
    rows = [line("The loss falls steadily, as one can see in", y=100.0), line("Figure 1. We therefore stop early.", y=111.0)]
    caption = line("Figure 1. Loss over time.", y=300.0, block=3, size=9.0)
    found = find_captions([sheet(*rows, caption)], frozenset(), BODY, Words())
    assert [(c.label, c.text) for c in found] == [("Figure 1", "Loss over time.")]


def test_a_caption_takes_in_its_lines_and_no_more():
    """A caption ends where the space grows or the type changes."""
    rows = [
        line("Figure 1: A caption that goes on in", y=100.0, size=9.0),
        line("a second line.", y=110.0, size=9.0),
        line("The text begins again here.", y=130.0, block=1),
    ]
    (caption,) = find_captions([sheet(*rows)], frozenset(), BODY, Words())
    assert caption.text == "A caption that goes on in a second line."


def test_a_label_in_the_drawing_below_is_no_line_of_the_caption():
    """What a box is drawn around belongs to the drawing, however near it stands."""
    rows = [line("Figure 1: A caption above its figure.", y=100.0, size=9.0), line("reader", y=110.0, size=9.0)]
    drawn = Graphic(image=False, box=(70.0, 109.0, 120.0, 122.0))
    (caption,) = find_captions([replace(sheet(*rows), graphics=(drawn,))], frozenset(), BODY, Words())
    assert caption.text == "A caption above its figure."


@pytest.mark.parametrize(("text", "captions"), [("图 1 展示了模型的结构。", 0), ("图 1 模型的结构", 1)])
def test_a_chinese_sentence_about_a_figure_is_no_caption(text, captions):
    """Without a mark behind the label, what follows it tells a sentence from a caption."""
    assert len(find_captions([sheet(line(text, y=300.0))], frozenset(), BODY, Words())) == captions


def test_a_word_broken_on_the_line_of_a_run_in_heading_is_joined():
    """The words beside a heading that runs in are the first line of its paragraph."""
    rows = ["and the lantern approxi-", "mates the compass."]
    placed = [Placed(line(text, 72.0, 100.0 + 12 * i), COLUMN, 0) for i, text in enumerate(rows)]
    heading = Heading(0, 0, "2.1", "Lamps", 2, 1, run_in=rows[0])
    (section,) = make_sections(placed, [heading], frozenset(), Words())
    assert [p.text for p in section.paragraphs] == ["and the lantern approximates the compass."]


def test_no_subsection_stands_before_the_first_section():
    """A bold word between abstract and introduction is no heading of a lower level."""
    large, small = {"size": 14.0, "bold": True}, {"bold": True}
    rows = [
        ("Abstract", small),
        TEXT,
        ("Code", small),
        TEXT,
        ("Introduction", large),
        TEXT,
        ("Lamps", small),
        TEXT,
        ("Method", large),
        TEXT,
    ]
    found = find_headings(stream(*rows), BODY, Words())
    assert [(h.text, h.level) for h in found] == [("Abstract", 1), ("Introduction", 1), ("Lamps", 2), ("Method", 1)]


@pytest.mark.parametrize(("text", "wall"), [("4 实验", True), ("4.1 灯与窑炉的称量方法", True), ("5 Data", False), ("4 Results", True)])
def test_a_short_heading_below_a_table_ends_it(text, wall):
    """A number with the name of a section, or with a longer title, is a heading; a few letters could be a row."""
    rows = [line("4.2 Lamps and kilns", y=300.0, block=3, **BOLD), line(text, y=200.0, block=1, size=12.0, bold=True)]
    assert (id(rows[1]) in prose(rows, (COLUMN,), BODY)) is wall


def run_in(number, title, text, y, block, gap=10.0):
    """Place a line whose number, bold title and text are spans of their own, with a *gap* and no blank behind the number."""
    left = 72.0 + 5 * len(number) + gap
    spans = [span(number, 72.0, y, bold=True), span(title, left, y, bold=True), span(f" {text}", left + 5 * len(title), y)]
    return Placed(make_line(spans, page=1, block=block), COLUMN, 0)


def test_a_title_runs_in_behind_a_number_that_a_space_sets_apart():
    """The space between two spans is in no text of theirs."""
    rows = stream(("1 Introduction", BOLD), TEXT, ("2 Method", BOLD))
    rows.append(run_in("2.1", "Lamps.", "They are weighed each morning.", 300.0, 9))
    (*_, heading) = find_headings(rows, BODY, Words())
    assert (heading.number, heading.text, heading.level, heading.run_in) == ("2.1", "Lamps", 2, "They are weighed each morning.")


def test_sections_may_run_in_where_none_stands_alone():
    """As in journals of mathematics; a list whose bold items carry figures has no names of sections."""
    titles = ("Introduction.", "Kilns and lamps.", "Conclusion.")
    rows = [run_in(f"{n}.", title, "They are weighed.", 100.0 + 40 * n, n) for n, title in enumerate(titles, 1)]
    assert [(h.number, h.text, h.level) for h in find_headings(rows, BODY, Words())] == [
        ("1", "Introduction", 1), ("2", "Kilns and lamps", 1), ("3", "Conclusion", 1),
    ]  # fmt: skip
    rows = [run_in(f"{n}.", title, "They are weighed.", 100.0 + 40 * n, n) for n, title in enumerate(("Bricks.", "Lamps.", "Kilns."), 1)]
    assert find_headings(rows, BODY, Words()) == ()


def test_subsections_in_italics_below_bold_sections():
    """A look that comes again; one line in italics is none."""
    italic = {"italic": True}
    rows = [("Introduction", BOLD), TEXT, ("Lamps at night", italic), TEXT, ("Results", BOLD), TEXT]
    assert {h.text: h.level for h in find_headings(stream(*rows), BODY, Words())} == {"Introduction": 1, "Results": 1}
    rows += [("Kilns by day", italic), TEXT]
    levels = {h.text: h.level for h in find_headings(stream(*rows), BODY, Words())}
    assert levels == {"Introduction": 1, "Lamps at night": 2, "Results": 1, "Kilns by day": 2}


def lead(title, text, y, block):
    """Place a paragraph that begins with a bold title."""
    spans = [span(title, 72.0, y, bold=True), span(f" {text}", 72.0 + 5 * len(title), y)]
    return Placed(make_line(spans, page=1, block=block), COLUMN, 0)


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (("Introduction.", "Kilns and lamps.", "Results.", "Conclusion."), ["Introduction", "Kilns and lamps", "Results", "Conclusion"]),
        (("Slow kilns.", "Fast kilns.", "Results."), []),  # one familiar name is none
    ],
)
def test_bold_beginnings_are_sections_where_there_are_no_others(titles, found):
    """A list of references has a heading of its own all the same; beside sections they are titles of paragraphs."""
    rows = [lead(title, "They are weighed each morning.", 100.0 + 40 * n, n) for n, title in enumerate(titles)]
    ending = Placed(line("References", 72.0, 400.0, block=20, **BOLD), COLUMN, 0)
    assert [h.text for h in find_headings([*rows, ending], BODY, Words())] == [*found, "References"]
    display = stream(("Introduction", BOLD), TEXT, ("Discussion", BOLD), TEXT)
    assert [h.text for h in find_headings([*display, *rows], BODY, Words())] == ["Introduction", "Discussion"]


def test_chinese_items_count_the_subsections_of_chinese_numbers():
    """（一） begins again in every section."""
    texts = ("一、引言", "二、材料与方法", "（一）试验装置", "（二）采样方案", "三、结论", "（一）意义")
    rows = [row for text in texts for row in ((text, BOLD if "、" in text else {"bold": True}), TEXT)]
    found = find_headings(stream(*rows), BODY, Words())
    assert [(h.number, h.text, h.level) for h in found] == [
        ("一", "引言", 1), ("二", "材料与方法", 1), ("（一）", "试验装置", 2), ("（二）", "采样方案", 2), ("三", "结论", 1), ("（一）", "意义", 2),
    ]  # fmt: skip


def test_sections_in_the_middle_and_subsections_at_the_edge():
    """The style of the APA sets both alike."""
    bold = {"bold": True}
    rows = []
    for n, (text, x) in enumerate((("Method", 291), ("Lamps", 72), ("Results", 288), ("Kilns", 72), ("Discussion", 281))):
        rows += [Placed(line(text, x, 100.0 + 60 * n, block=2 * n, **bold), COLUMN, 0)]
        rows += [Placed(line(TEXT[0] * 2, 72, 130.0 + 60 * n, block=2 * n + 1), COLUMN, 0)]
    found = find_headings(rows, BODY, Words())
    assert [(h.text, h.level) for h in found] == [("Method", 1), ("Lamps", 2), ("Results", 1), ("Kilns", 2), ("Discussion", 1)]


def test_subsections_without_numbers_below_numbered_sections():
    """A look that comes again; one bold line, and statements that are counted, are no subsections."""
    small = {"bold": True}
    rows = [("1 Introduction", BOLD), TEXT, ("2 Method", BOLD), ("Lamps", small), TEXT, ("Definition 2 Small lamps", small), TEXT]
    rows += [("Proof of the first claim", small), TEXT, ("Proof of the second claim", small), TEXT]
    levels = {h.text: h.level for h in find_headings(stream(*rows), BODY, Words())}
    assert levels == {"Introduction": 1, "Method": 1}
    rows += [("Kilns", small), TEXT]
    levels = {h.text: h.level for h in find_headings(stream(*rows), BODY, Words())}
    assert levels == {"Introduction": 1, "Method": 1, "Lamps": 2, "Kilns": 2}


def test_the_title_once_more_above_the_first_heading_is_no_section():
    """Manuscripts print it over the text; where text follows, it is the heading of that."""
    first, last = Heading(4, 4, None, "On Kilns", 1, 3), Heading(5, 5, None, "Introduction", 1, 3)
    assert echoes((first, last), "On kilns") == {4}
    assert echoes((first, replace(last, first=7, last=7)), "On kilns") == frozenset()


def test_a_caption_stands_below_its_label_in_italics():
    """The style of the APA leaves a blank line between both."""
    rows = [line("Figure 1", y=300.0, block=1, bold=True), line("Weight of a lamp", y=324.0, block=2, italic=True)]
    (caption,) = find_captions([sheet(*rows)], frozenset(), BODY, Words())
    assert caption.text == "Weight of a lamp"
