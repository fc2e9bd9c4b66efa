"""Rebuild `offline_digest/sample/sample-paper.pdf` and its metadata from `paper.md`; the same bytes each time.

Run it from anywhere: `python scripts/build_sample.py [FOLDER]`. Without FOLDER the files in the package are replaced. It
simulates the paper's data (some seconds), fills the numbers into the text, and typesets it with PyMuPDF alone.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from sample.canvas import Canvas
from sample.document import Source, abstract_blocks, body_blocks, parse, title_units
from sample.layout import LEFT, PAGE, TOP, Column, Unit, draw_column, fill
from sample.results import fill_places, simulate
from sample.typeset import font

SAMPLE = Path(__file__).parents[1] / "offline_digest" / "sample"
DATE = "D:20260101000000Z"
HEAD = "Four Probes and a Filter"
NOTE = "Sample paper of offline-digest, simulated data"


def draw_furniture(canvas: Canvas, page: int) -> None:
    """Draw running head and page number."""
    if page > 1:
        canvas.text(LEFT, 44, HEAD, name="tiit", size=9)
    width = font("tiit").text_length(NOTE, fontsize=9)
    canvas.text(PAGE[0] - LEFT - width, 44, NOTE, name="tiit", size=9)
    canvas.centred(PAGE[0] / 2, 756, str(page), name="tiro", size=9)


def draw_title(canvas: Canvas, units: list[Unit]) -> None:
    """Draw the title block of page 1."""
    y = TOP + 8.0
    for unit in units:
        unit.draw(canvas, LEFT, y + unit.before)
        y += unit.height + unit.before


def draw_pages(document: Any, columns: list[Column], title: list[Unit]) -> None:  # noqa: ANN401 - pymupdf has no types
    """Draw every page of *columns* into the empty *document*."""
    pages = max(column.page for column in columns)
    for number in range(1, pages + 1):
        canvas = Canvas(document.new_page(width=PAGE[0], height=PAGE[1]))
        draw_furniture(canvas, number)
        if number == 1:
            draw_title(canvas, title)
        for column in columns:
            if column.page == number:
                draw_column(column, canvas, flush=number < pages)
        canvas.flush()


def plain(text: str) -> str:
    """Return *text* without markup."""
    return re.sub(r"\^\{[^}]*\}|[*$]", "", text).replace("\u00a0", " ")


def metadata(source: Source) -> dict[str, Any]:
    """Return what the bundled paper's `records.Metadata` holds."""
    front = source.front
    return {
        "arxiv_id": None,
        "title": plain(front["title"][0]),
        "authors": [plain(author) for author in front["author"]],
        "abstract": plain(front["abstract"][0]),
        "comment": "Sample paper of offline-digest; authors, institutes and data are invented.",
    }


def build(source_text: str) -> tuple[bytes, str]:
    """Return the PDF and the metadata file made from the text of `paper.md`."""
    import pymupdf

    results = simulate()
    source = parse(fill_places(source_text, results))
    title = title_units(source)
    height = sum(u.height + u.before for u in title) + 26.0
    columns = fill([*abstract_blocks(source), *body_blocks(source, results)], height)
    about = metadata(source)
    with pymupdf.open() as document:
        draw_pages(document, columns, title)
        document.set_metadata({
            "title": about["title"], "author": ", ".join(about["authors"]), "keywords": source.front["keywords"][0],
            "producer": f"PyMuPDF {pymupdf.VersionBind}", "creator": "offline-digest scripts/build_sample.py",
            "creationDate": DATE, "modDate": DATE,
        })  # fmt: skip
        document.subset_fonts()
        pdf: bytes = document.tobytes(no_new_id=True, garbage=4, deflate=True)
    return pdf, json.dumps(about, ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> None:
    """Write both files and say how large the PDF is."""
    folder = Path(arguments[0]) if arguments else SAMPLE
    pdf, about = build((SAMPLE / "paper.md").read_text(encoding="utf-8"))
    (folder / "sample-paper.pdf").write_bytes(pdf)
    (folder / "sample-paper.json").write_text(about, encoding="utf-8", newline="\n")
    print(f"{folder / 'sample-paper.pdf'}: {len(pdf):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
