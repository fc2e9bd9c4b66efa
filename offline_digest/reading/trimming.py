"""Cutting the box of a picture down to what is to be seen in it.

The boxes of graphics in a PDF reach too far where a clip path or a white frame hides a part of them; a small grey rendering shows the
ink that is left.
"""

from __future__ import annotations

from offline_digest.reading.raster import Raster, Rasters
from offline_digest.records import Box

PAPER = 0xF6
MARGIN_PT = 1.0
SMALLEST_GAIN_PT = 4.0
SMALLEST_BOX_PT = 20.0
_PAPER_TONES = bytes(range(PAPER, 256))


class Trimmer:
    """Trims boxes of one document; holds the raster of the last page."""

    def __init__(self, rasters: Rasters) -> None:
        self._rasters = rasters
        self._page = 0
        self._raster: Raster | None = None

    def trim(self, page: int, box: Box) -> Box:
        """Return *box* on *page* without empty border; a box without any ink stays as it is."""
        if page != self._page:
            self._page, self._raster = page, self._rasters.of(page)
        if self._raster is None or box[2] - box[0] < SMALLEST_BOX_PT or box[3] - box[1] < SMALLEST_BOX_PT:
            return box
        inked = inked_box(self._raster, box)
        return trimmed(box, inked) if inked else box


def inked_box(raster: Raster, box: Box) -> Box | None:
    """Return the box around everything darker than paper in *box*, grown by a margin; None without any."""
    x0, y0, x1, y1 = raster.pixels_of(box)
    if x1 <= x0 or y1 <= y0:
        return None
    rows = (raster.samples[y * raster.stride + x0 : y * raster.stride + x1] for y in range(y0, y1))
    found = ink_box(b"".join(rows), x1 - x0, y1 - y0)
    if found is None:
        return None
    left, top, right, bottom = found
    margin = max(MARGIN_PT, 0.5 / raster.scale)
    return (
        (x0 + left) / raster.scale - margin,
        (y0 + top) / raster.scale - margin,
        (x0 + right) / raster.scale + margin,
        (y0 + bottom) / raster.scale + margin,
    )


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
