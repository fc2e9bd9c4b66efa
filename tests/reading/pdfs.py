"""Small PDFs made on the fly, as the tests of this room need them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SENTENCE = "We show that the method of this paper is fast and that it needs less data than any other method which we have tried."


def article(pages: int = 1) -> Any:
    """Return an open document: title, authors, abstract, two numbered sections with text on each of *pages* pages."""
    import pymupdf

    document = pymupdf.open()
    for number in range(pages):
        page = document.new_page(width=612, height=792)
        y = 80.0
        if number == 0:
            page.insert_text((150, y), "A Fast Method for Small Data", fontsize=18, fontname="tibo")
            page.insert_text((200, y + 30), "Ann Bee and Carl Dee", fontsize=11, fontname="tiro")
            page.insert_text((200, y + 45), "University of Somewhere", fontsize=10, fontname="tiit")
            page.insert_text((280, y + 75), "Abstract", fontsize=12, fontname="tibo")
            y = write(page, y + 90, SENTENCE * 2)
        for name in ("Introduction", "Method") if number == 0 else ():
            page.insert_text((72, y + 30), f"{1 if name == 'Introduction' else 2} {name}", fontsize=13, fontname="tibo")
            y = write(page, y + 40, f"{SENTENCE} " * 4)
        if number:
            write(page, y, f"{SENTENCE} " * 12)
    return document


def write(page: Any, y: float, text: str, *, size: float = 10.0, **options: Any) -> float:
    """Write *text* as lines of running text from height *y* on and return the height below it."""
    import pymupdf

    line = ""
    for word in [*text.split(), ""]:
        wider = f"{line} {word}".strip()
        if line and (not word or pymupdf.get_text_length(wider, fontname="tiro", fontsize=size) > 468):
            y += 1.2 * size
            page.insert_text((72, y), line, fontsize=size, fontname="tiro", **options)
            line = word
        else:
            line = wider
    return y


def save(document: Any, path: Path, **options: Any) -> Path:
    """Write *document* to *path*, close it and return the path."""
    document.save(path, **options)
    document.close()
    return path
