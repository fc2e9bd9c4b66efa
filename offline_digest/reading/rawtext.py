"""The text of a page as PyMuPDF hands it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def text_lines(page: Any) -> Iterator[tuple[int, dict[str, Any]]]:  # noqa: ANN401 - PyMuPDF is untyped
    """Yield the lines of a PyMuPDF *page* with the number of their block; also those that lie off the page.

    Annotations are taken off the page: a reader's marks and remarks are not the paper. The file itself is not written. Replacement texts
    (ActualText) are ignored: they may say anything, whatever the page shows.
    """
    import pymupdf

    without_annotations(page)
    for block in page.get_text("dict", flags=pymupdf.TEXT_IGNORE_ACTUALTEXT, clip=pymupdf.INFINITE_RECT())["blocks"]:
        for line in block.get("lines", ()):
            yield block["number"], line


def without_annotations(page: Any) -> None:  # noqa: ANN401 - PyMuPDF is untyped
    """Take the annotations off *page*; widgets and links stay."""
    for annotation in list(page.annots()):
        page.delete_annot(annotation)
