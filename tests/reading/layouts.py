"""Papers made for the tests of hidden text: five layouts, eleven places in each.

The texts are plain made-up sentences. A place is a point on a page with free room to its right, and above it for what stands between columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FILLER = (
    "The samples were kept in a dry room and weighed each morning before the windows were opened. Each weight was noted twice by two persons, "
    "and the larger of the two values was kept for the tables below. When the scale was moved it was set to zero again and a known mass "
    "was weighed for control. "
)
PLACES = (
    "title block", "abstract", "column 1", "column 2", "between columns", "margin", "footer", "near a figure", "caption",
    "reference list", "last page",
)  # fmt: skip
WIDTH, HEIGHT = 612.0, 792.0
BLUE, INK = (0.12, 0.2, 0.45), (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Made:
    """An open document and the place of each name in `PLACES`: 0-based page, and the point where a sentence may begin; `dark` ones lie on blue."""

    document: Any
    places: dict[str, tuple[int, float, float]]
    dark: frozenset[str] = frozenset()


def flow(page: Any, x: float, y: float, width: float, lines: int, *, size: float = 9.0, gaps: tuple[int, ...] = ()) -> float:
    """Write *lines* lines of filler from height *y* on, an empty line after each line in *gaps*; return the height below."""
    import pymupdf

    words = FILLER.split() * 40
    at = 0
    for n in range(lines):
        line = ""
        while at < len(words) and pymupdf.get_text_length(f"{line} {words[at]}", "tiro", size) < width:
            line = f"{line} {words[at]}".strip()
            at += 1
        y += 1.2 * size
        page.insert_text((x, y), line, fontname="tiro", fontsize=size)
        y += 1.2 * size if n in gaps else 0
    return y


def _head(page: Any, x: float, y: float, *, colour: tuple[float, float, float] = INK) -> float:
    page.insert_text((x, y), "Weighing Small Samples in Dry Rooms", fontname="tibo", fontsize=17, color=colour)
    page.insert_text((x, y + 40), "Ann Bee and Carl Dee", fontname="tiro", fontsize=11)
    page.insert_text((x, y + 54), "University of Somewhere", fontname="tiit", fontsize=10)
    page.insert_text((x, y + 84), "Abstract", fontname="tibo", fontsize=11)
    return y + 86


def _heading(page: Any, x: float, y: float, text: str) -> float:
    page.insert_text((x, y + 16), text, fontname="tibo", fontsize=12)
    return y + 20


def _figure(page: Any, x: float, y: float, width: float, number: int) -> float:
    page.draw_rect((x, y, x + width, y + 70), color=INK, fill=(0.85, 0.9, 1.0))
    page.draw_rect((x + 20, y + 15, x + 110, y + 45), color=None, fill=BLUE)
    page.insert_text((x + 25, y + 34), "White label here", fontname="helv", fontsize=9, color=(1, 1, 1))
    page.insert_text((x, y + 100), f"Figure {number}: Weights of all samples over three weeks of the year.", fontname="tiro", fontsize=9)
    return y + 122


def _last(document: Any, x: float, width: float) -> None:
    page = document.new_page(width=WIDTH, height=HEIGHT)
    y = flow(page, x, 70, width, 6)
    y = _heading(page, x, y, "References")
    for n in range(1, 7):
        page.insert_text((x, y + 14 * n), f"[{n}] A. Bee. On weights, part {n}. Journal of Rooms, 200{n}.", fontname="tiro", fontsize=9)


def one_column() -> Made:
    """Return a paper of one column on two pages and a page of references."""
    import pymupdf

    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    y = flow(page, 90, _head(page, 90, 90), 430, 6, gaps=(2,))
    y = _heading(page, 90, y + 8, "1 Introduction")
    top = y
    y = flow(page, 90, y, 430, 14, gaps=(4, 9))
    _figure(page, 150, y + 10, 300, 1)
    figure = y + 10
    second = document.new_page(width=WIDTH, height=HEIGHT)
    y2 = _heading(second, 90, 60, "2 Method")
    flow(second, 90, y2, 430, 40, gaps=(6,))
    _last(document, 90, 430)
    return Made(document, {
        "title block": (0, 90, 113), "abstract": (0, 90, 176 + 3 * 10.8 + 9), "column 1": (0, 90, top + 6 * 10.8 - 1),
        "column 2": (1, 90, y2 + 8 * 10.8 - 1), "between columns": (0, 60, 700), "margin": (1, 10, 30), "footer": (0, 90, 770),
        "near a figure": (0, 150, figure + 84), "caption": (0, 150, figure + 112), "reference list": (2, 90, 262), "last page": (2, 90, 330),
    })  # fmt: skip


def two_columns() -> Made:
    """Return a paper of two columns on two pages and a page of references."""
    import pymupdf

    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    y = flow(page, 54, _head(page, 150, 80), 240, 7, gaps=(3,))
    _heading(page, 54, y, "1 Introduction")
    flow(page, 54, y + 20, 240, 38, gaps=(7,))
    flow(page, 318, 166, 240, 46, gaps=(6,))
    second = document.new_page(width=WIDTH, height=HEIGHT)
    end = _figure(second, 54, 60, 240, 1)
    _heading(second, 54, end, "2 Method")
    flow(second, 54, end + 20, 240, 36)
    flow(second, 318, 60, 240, 50, gaps=(20,))
    _last(document, 54, 240)
    return Made(document, {
        "title block": (0, 150, 104), "abstract": (0, 54, 166 + 5 * 10.8 - 2), "column 1": (0, 54, y + 20 + 9 * 10.8 - 1),
        "column 2": (0, 318, 166 + 8 * 10.8 - 1), "between columns": (0, 309, 700), "margin": (0, 10, 30),
        "footer": (1, 54, 770), "near a figure": (1, 54, 60 + 84), "caption": (1, 54, 60 + 112),
        "reference list": (2, 54, 262), "last page": (2, 54, 330),
    })  # fmt: skip


def letter() -> Made:
    """Return a letter without sections, with footnotes below a rule."""
    made = one_column()
    for page in list(made.document)[:2]:
        page.draw_line((90, 690), (200, 690))
        page.insert_text((90, 704), "1 The scale was lent by the town hall of the place where it stands.", fontname="tiro", fontsize=7.5)
        page.insert_text((90, 716), "2 The rooms were dry because the windows had been closed all night.", fontname="tiro", fontsize=7.5)
    return Made(made.document, {**made.places, "footer": (0, 90, 733)})


def title_box() -> Made:
    """Return a paper whose title stands in white on a dark box."""
    import pymupdf

    made = two_columns()
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    page.draw_rect(page.rect, color=None, fill=(1, 1, 1))
    page.draw_rect((40, 50, 572, 112), color=None, fill=BLUE)
    y = flow(page, 54, _head(page, 150, 80, colour=(1, 1, 1)), 240, 7, gaps=(3,))
    _heading(page, 54, y, "1 Introduction")
    flow(page, 54, y + 20, 240, 38, gaps=(7,))
    flow(page, 318, 166, 240, 46, gaps=(6,))
    document.insert_pdf(made.document, from_page=1)
    return Made(document, made.places, frozenset({"title block"}))


def scan() -> Made:
    """Return a paper of page images with an OCR layer: the text of `one_column` without ink over its picture."""
    import pymupdf

    made = one_column()
    document = pymupdf.open()
    for source in made.document:
        page = document.new_page(width=WIDTH, height=HEIGHT)
        page.insert_image(page.rect, stream=source.get_pixmap(dpi=100, colorspace=pymupdf.csGRAY).tobytes("jpeg"))
        for block in source.get_text("dict")["blocks"]:
            for line in block.get("lines", ()):
                for span in line["spans"]:
                    page.insert_text(span["origin"], span["text"], fontname="tiro", fontsize=span["size"], render_mode=3)
    return Made(document, made.places)


LAYOUTS: dict[str, Callable[[], Made]] = {
    "one column": one_column, "two columns": two_columns, "letter": letter, "title box": title_box, "scan": scan,
}  # fmt: skip
