"""Cutting the box of a picture down to what is to be seen in it.

The boxes of graphics in a PDF reach too far where a clip path or a white frame hides a part of them; a small grey rendering shows the
ink that is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from offline_digest.reading.opening import foreign_errors
from offline_digest.records import Box

SCALE = 0.5
PAPER = 0xF6
MARGIN_PT = 1.0
SMALLEST_GAIN_PT = 4.0
SMALLEST_BOX_PT = 20.0
LARGEST_PAGE_PT2 = 4_000_000.0  # a poster; papers have half a million
_PAPER_TONES = bytes(range(PAPER, 256))


class Trimmer:
    """Trims boxes of one open document; keeps the small rendering of the last page."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - PyMuPDF is untyped
        self._document = document
        self._page = 0
        self._ink: Ink | None = None

    def trim(self, page: int, box: Box) -> Box:
        """Return *box* on *page* without empty border; a box without any ink stays as it is."""
        if page != self._page:
            self._page = page
            try:
                self._ink = _render(self._document[page - 1])
            except foreign_errors():
                self._ink = None
        if self._ink is None or box[2] - box[0] < SMALLEST_BOX_PT or box[3] - box[1] < SMALLEST_BOX_PT:
            return box
        inked = self._ink.box_within(box)
        return trimmed(box, inked) if inked else box


@dataclass(frozen=True, slots=True)
class Ink:
    """A page as 8-bit grey pixels, `SCALE` pixels per point."""

    samples: bytes
    width: int
    height: int
    stride: int

    def box_within(self, box: Box) -> Box | None:
        """Return the box around everything darker than paper in *box*, grown by a margin; None without any."""
        x0, y0 = max(0, int(box[0] * SCALE)), max(0, int(box[1] * SCALE))
        x1, y1 = min(self.width, int(box[2] * SCALE) + 1), min(self.height, int(box[3] * SCALE) + 1)
        if x1 <= x0 or y1 <= y0:
            return None
        found = ink_box(b"".join(self.samples[y * self.stride + x0 : y * self.stride + x1] for y in range(y0, y1)), x1 - x0, y1 - y0)
        if found is None:
            return None
        left, top, right, bottom = found
        return (
            (x0 + left) / SCALE - MARGIN_PT,
            (y0 + top) / SCALE - MARGIN_PT,
            (x0 + right) / SCALE + MARGIN_PT,
            (y0 + bottom) / SCALE + MARGIN_PT,
        )


def _render(page: Any) -> Ink | None:  # noqa: ANN401 - PyMuPDF is untyped
    import pymupdf

    if page.rect.width * page.rect.height > LARGEST_PAGE_PT2:
        return None
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(SCALE, SCALE), colorspace=pymupdf.csGRAY, alpha=False, annots=False)
    return Ink(pixmap.samples, pixmap.width, pixmap.height, pixmap.stride)


def ink_box(samples: bytes, width: int, height: int) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom (exclusive) of the pixels darker than paper in *width* x *height* grey *samples*."""
    rows = [bool(samples[y * width : (y + 1) * width].translate(None, _PAPER_TONES)) for y in range(height)]
    if not any(rows):
        return None
    columns = [bool(samples[x::width].translate(None, _PAPER_TONES)) for x in range(width)]
    return columns.index(True), rows.index(True), width - columns[::-1].index(True), height - rows[::-1].index(True)


def trimmed(box: Box, ink: Box) -> Box:
    """Return *box* with each side moved in to *ink* where that gains more than a few points."""
    x0, y0, x1, y1 = box
    return (
        ink[0] if ink[0] - x0 > SMALLEST_GAIN_PT else x0,
        ink[1] if ink[1] - y0 > SMALLEST_GAIN_PT else y0,
        ink[2] if x1 - ink[2] > SMALLEST_GAIN_PT else x1,
        ink[3] if y1 - ink[3] > SMALLEST_GAIN_PT else y1,
    )
