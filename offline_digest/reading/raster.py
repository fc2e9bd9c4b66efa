"""A page as grey pixels, small enough to make for every page: where there is ink, and where there is none."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import Any

from offline_digest.reading.border import PdfFault, pymupdf_calls
from offline_digest.records import Box

SCALE = 0.5
MOST_PIXELS = 1_000_000  # a poster; papers have an eighth of it at this scale
FAINTEST = 26
"""Two greys of 0 to 255 that are nearer than this look the same: a tenth of the way from paper to ink."""


@dataclass(frozen=True, slots=True)
class Raster:
    """A page as displayed in 8-bit grey, `scale` pixels per point."""

    samples: bytes
    width: int
    height: int
    stride: int
    scale: float

    def pixels_of(self, box: Box) -> tuple[int, int, int, int]:
        """Return *box* in whole pixels of the page: left, top, right and bottom, the last two exclusive; empty boxes cross."""
        x0, y0 = max(0, int(box[0] * self.scale)), max(0, int(box[1] * self.scale))
        return x0, y0, min(self.width, int(box[2] * self.scale) + 1), min(self.height, int(box[3] * self.scale) + 1)

    def is_flat(self, box: Box) -> bool:
        """Whether *box* shows one even tone; a box that holds no pixel of the page does not."""
        x0, y0, x1, y1 = self.pixels_of(box)
        if x1 <= x0 or y1 <= y0:
            return False
        low, high = 255, 0
        middle = (y0 + y1) // 2
        for y in (middle, *range(y0, y1)):
            row = self.samples[y * self.stride + x0 : y * self.stride + x1]
            low, high = min(low, *row, low), max(high, *row, high)
            if high - low >= FAINTEST:
                return False
        return True


class Rasters:
    """The rasters of one open document; each page is drawn once and kept compressed."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - PyMuPDF is untyped
        self._document = document
        self._kept: dict[int, Raster | None] = {}

    def of(self, number: int) -> Raster | None:
        """Return page *number* (1-based), None when it cannot be drawn."""
        if number not in self._kept:
            try:
                with pymupdf_calls():
                    drawn = draw(self._document[number - 1])
            except PdfFault:
                drawn = None
            self._kept[number] = drawn and Raster(zlib.compress(drawn.samples, 1), drawn.width, drawn.height, drawn.stride, drawn.scale)
            return drawn
        kept = self._kept[number]
        return kept and Raster(zlib.decompress(kept.samples), kept.width, kept.height, kept.stride, kept.scale)


def draw(page: Any) -> Raster:  # noqa: ANN401 - PyMuPDF is untyped
    """Return a PyMuPDF *page* in grey without its annotations."""
    import pymupdf

    scale = min(SCALE, math.sqrt(MOST_PIXELS / max(1.0, page.rect.width * page.rect.height)))
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csGRAY, alpha=False, annots=False)
    return Raster(pixmap.samples, pixmap.width, pixmap.height, pixmap.stride, scale)
