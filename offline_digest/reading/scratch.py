"""Copies of an open paper for questions whose answer spoils the copy: does erasing a text change the page, what is on a layer that is off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from offline_digest.reading.border import PdfFault, pymupdf_calls
from offline_digest.reading.boxes import union
from offline_digest.reading.layers import settle_memberships
from offline_digest.reading.raster import FAINTEST
from offline_digest.reading.rawtext import text_lines, without_annotations
from offline_digest.records import Box

SCALE = 2.0
MOST_PIXELS = 16_000_000
MOST_REDACTIONS = 200
FAINTEST_COLOUR = 112
"""Pale yellow on white is as good as white: the eye needs more of a difference in colour than in lightness."""


class Scratch:
    """Opens the file anew when first asked; the caller closes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._erasing: Any = None
        self._revealing: Any = None

    def unseen(self, number: int, boxes: Sequence[Box]) -> list[bool] | None:
        """Return for each of the *boxes* whether page *number* (1-based) looks the same there when its text is erased.

        Boxes are as PyMuPDF reports them for text. The result is None when the page cannot be drawn or changed.
        """
        import pymupdf

        try:
            with pymupdf_calls():
                if self._erasing is None:
                    self._erasing = pymupdf.open(stream=self._path.read_bytes(), filetype="pdf")
                    settle_memberships(self._erasing)
                return _unseen(self._erasing, number, boxes)
        except PdfFault:
            return None

    def revealed(self, number: int) -> list[dict[str, Any]]:
        """Return the text spans of page *number* (1-based) with all layers on, as PyMuPDF describes them; none when that fails."""
        import pymupdf

        try:
            with pymupdf_calls():
                if self._revealing is None:
                    self._revealing = pymupdf.open(stream=self._path.read_bytes(), filetype="pdf")
                    self._revealing.xref_set_key(self._revealing.pdf_catalog(), "OCProperties", "null")
                return [span for _, line in text_lines(self._revealing[number - 1]) for span in line["spans"]]
        except PdfFault:
            return []

    def close(self) -> None:
        """Close what was opened."""
        for document in (self._erasing, self._revealing):
            if document is not None:
                document.close()


def core(box: Box) -> Box:
    """Return the inner part of the *box* of a line of text, which its neighbours do not reach into."""
    x0, y0, x1, y1 = box
    margin = 0.25 * min(x1 - x0, y1 - y0)
    return (x0 + margin, y0 + margin, x1 - margin, y1 - margin)


def _unseen(document: Any, number: int, boxes: Sequence[Box]) -> list[bool]:  # noqa: ANN401 - PyMuPDF is untyped
    import pymupdf

    page = document[number - 1]
    without_annotations(page)
    displayed = [pymupdf.Rect(core(b)) * page.rotation_matrix for b in boxes]
    scale = min(SCALE, (MOST_PIXELS / max(1.0, page.rect.width * page.rect.height)) ** 0.5)
    before = _draw(page, scale)
    for box in _merged([core(b) for b in boxes]):
        page.add_redact_annot(pymupdf.Rect(box), fill=False, cross_out=False)
    page.apply_redactions(images=0, graphics=0, text=0)
    after = _draw(document[number - 1], scale)
    return [_same(before, after, [v * scale for v in box]) for box in displayed]


def _merged(boxes: Sequence[Box]) -> list[Box]:
    """Return few boxes that hold all *boxes*: one a row, or one in all, for PyMuPDF takes quadratic time.

    Text that is erased between them does no harm, only what lies over one another is compared less sharply.
    """
    rows: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for box in boxes:
        rows[round(box[1]), round(box[3])].append(box)
    merged = [union(row) for row in rows.values()]
    return merged if len(merged) <= MOST_REDACTIONS else [union(merged)]


def _draw(page: Any, scale: float) -> Any:  # noqa: ANN401 - PyMuPDF is untyped
    import pymupdf

    return page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False, annots=False)


def _same(before: Any, after: Any, box: Sequence[float]) -> bool:  # noqa: ANN401 - PyMuPDF is untyped
    """Whether no pixel in *box*, in pixels, differs by more than the eye would notice."""
    x0, y0 = max(0, int(box[0])), max(0, int(box[1]))
    x1, y1 = min(before.width, int(box[2]) + 1), min(before.height, int(box[3]) + 1)
    old, new = before.samples_mv, after.samples_mv
    for y in range(y0, y1):
        row = slice(y * before.stride + 3 * x0, y * before.stride + 3 * x1)
        if old[row] != new[row] and _differ(bytes(old[row]), bytes(new[row])):
            return False
    return True


def _differ(old: bytes, new: bytes) -> bool:
    """Whether two rows of RGB pixels differ anywhere in lightness, or much in one colour."""
    for i in range(0, len(old), 3):
        red, green, blue = (abs(old[i + k] - new[i + k]) for k in range(3))
        if max(red, green, blue) >= FAINTEST_COLOUR or 0.3 * red + 0.59 * green + 0.11 * blue >= FAINTEST:
            return True
    return False
