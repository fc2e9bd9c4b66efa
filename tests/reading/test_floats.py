"""Figures and tables in odd places, read from made papers and compared with the boxes that LaTeX gave them.

`floats/<name>.pdf` is what pdflatex or xelatex makes of `<name>.tex`. The boxes in `gold.json` were measured on a second run in which each
graphic is a coloured rectangle of its size.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from offline_digest.reading import Reader
from offline_digest.reading.boxes import union

from . import pdfs

FOLDER = Path(__file__).parent / "floats"
GOLD = json.loads((FOLDER / "gold.json").read_text(encoding="utf-8"))
ENOUGH = 0.7


def _shared(a, b):
    """Return the area that two boxes share, over the area that either covers."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(wide, 0) * max(high, 0)
    return both / (sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (a, b)) - both)


def _letters(text):
    return re.sub(r"[\W_]+", "", text)


def _found(paper):
    return sorted((f.label, f.kind, f.page, _letters(f.caption)) for f in (*paper.figures, *paper.tables))


@pytest.mark.parametrize("name", GOLD)
def test_floats_are_found_with_their_captions_and_boxes(name):
    """Nothing is missed, nothing made up; each caption is whole, each box is the one on the page."""
    paper = Reader().read(FOLDER / f"{name}.pdf")
    assert _found(paper) == sorted((g["label"], g["kind"], g["page"], _letters(g["caption"])) for g in GOLD[name])
    wanted = {g["label"]: g for g in GOLD[name]}
    off = {}
    for f in (*paper.figures, *paper.tables):
        picture, whole = wanted[f.label]["picture_box"], union((wanted[f.label]["picture_box"], wanted[f.label]["caption_box"]))
        off[f.label] = min(_shared(f.picture_box, picture), _shared(f.box, whole))
    assert {label: round(value, 2) for label, value in off.items() if value < ENOUGH} == {}


def test_what_stands_sideways_is_drawn_upright(tmp_path):
    """A table set sideways is higher than wide on its page and wider than high in its picture."""
    paper = Reader().read(FOLDER / "turned.pdf", pictures=tmp_path)
    table = next(t for t in paper.tables if t.label == "Table 1")
    x0, y0, x1, y1 = table.picture_box
    assert y1 - y0 > x1 - x0
    assert table.width_px > table.height_px


def test_every_paper_has_its_source():
    """A PDF that nobody can make again is no test."""
    assert {p.stem for p in FOLDER.glob("*.pdf")} == {p.stem for p in FOLDER.glob("*.tex")} == set(GOLD)


def test_a_figure_above_the_title_keeps_the_labels_of_its_axes(tmp_path):
    """What stands above a caption on top of page 1 is the figure's and no part of the title block."""
    document = pdfs.article()
    page = document[0]
    page.set_mediabox((0, 0, 612, 992))  # room above
    page = document.reload_page(page)
    for k in range(5):
        page.draw_line((150, 40 + 25 * k), (450, 40 + 25 * k))
        page.insert_text((110, 43 + 25 * k), "dry wet hot low far".split()[k], fontsize=10, fontname="tiro")
    page.insert_text((72, 170), "Figure 1: The samples of this paper over the days of a year.", fontsize=10, fontname="tiro")
    figure = Reader().read(pdfs.save(document, tmp_path / "a.pdf")).figures[0]
    assert figure.picture_box[0] < 122
    assert figure.picture_box[1] < 42
