"""Pages that are not upright: turned by the viewer (/Rotate), or with a wide table set sideways on an upright page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from offline_digest.records import Box

Matrix = tuple[float, float, float, float, float, float]
Sideways = Literal["", "up", "down"]
MOSTLY = 2.0
FEWEST_LETTERS = 60


class Turn:
    """Takes what PyMuPDF reports to the page as it is read.

    PyMuPDF gives text and boxes of a page with /Rotate as if it were not turned. Where most text runs up or down the displayed page, it is
    turned once more, so that the lines lie.
    """

    def __init__(self, matrix: Matrix | None, size: tuple[float, float], sideways: Sideways = "") -> None:
        self._matrix = matrix
        self._width, self._height = size
        self.sideways = sideways

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the page as it is read."""
        return (self._height, self._width) if self.sideways else (self._width, self._height)

    def box(self, box: Sequence[float]) -> Box:
        """Return *box* on the page as it is read."""
        (x0, y0), (x1, y1) = self._point(box[0], box[1]), self._point(box[2], box[3])
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def direction(self, direction: Sequence[float]) -> tuple[float, float]:
        """Return in which direction a line runs that PyMuPDF says to run in *direction*."""
        x, y = self._displayed_direction(direction)
        return {"": (x, y), "up": (-y, x), "down": (y, -x)}[self.sideways]

    def with_sideways(self, lines: Iterable[tuple[Sequence[float], int]]) -> Turn:
        """Return this turn or the one that lays most letters; *lines* gives the direction and the letters of each line."""
        letters = {"": 0, "up": 0, "down": 0}
        for direction, n in lines:
            x, y = self._displayed_direction(direction)
            letters["" if x > 0.9 else "up" if y < -0.9 else "down"] += n if x > 0.9 or abs(y) > 0.9 else 0
        side: Sideways = "up" if letters["up"] >= letters["down"] else "down"
        if letters[side] < FEWEST_LETTERS or letters[side] < MOSTLY * letters[""]:
            return self
        return Turn(self._matrix, (self._width, self._height), side)

    def _displayed_direction(self, direction: Sequence[float]) -> tuple[float, float]:
        x, y = direction
        if self._matrix is None:
            return (x, y)
        a, b, c, d, _, _ = self._matrix
        return (a * x + c * y, b * x + d * y)

    def _point(self, x: float, y: float) -> tuple[float, float]:
        if self._matrix is not None:
            a, b, c, d, e, f = self._matrix
            x, y = a * x + c * y + e, b * x + d * y + f
        return {"": (x, y), "up": (self._height - y, x), "down": (y, self._width - x)}[self.sideways]


def displayed(box: Box, sideways: Sideways, size: tuple[float, float]) -> Box:
    """Return where *box* of a page as it is read lies on the page as displayed; *size* is that of the page as it is read."""
    x0, y0, x1, y1 = box
    if sideways == "up":
        return (y0, size[0] - x1, y1, size[0] - x0)
    if sideways == "down":
        return (size[1] - y1, x0, size[1] - y0, x1)
    return box


def turn_of(page: Any) -> Turn:  # noqa: ANN401 - PyMuPDF is untyped
    """Return the turn of a PyMuPDF page by its /Rotate."""
    matrix = tuple(float(v) for v in page.rotation_matrix) if page.rotation else None
    return Turn(matrix, (float(page.rect.width), float(page.rect.height)))  # type: ignore[arg-type]  # six numbers
