"""The plain values this room works on between a PDF page and a Paper; none of them knows PyMuPDF.

Boxes are `(x0, y0, x1, y1)` in points, origin at the top left of the page as displayed. Pages are 1-based.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offline_digest.records import Box

Kind = Literal["figure", "table", "algorithm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters of one font and size. `raised` marks superscripts, `coloured` what is neither black nor grey.

    `baseline` is the height on which they stand, in points; NaN if unknown.
    """

    text: str
    size: float
    font: str
    bold: bool
    italic: bool
    raised: bool
    box: Box
    coloured: bool = False
    baseline: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line, or one piece of it where wide gaps split it (`Sheet.pieces`).

    `size`, `font`, `bold`, `italic` and `coloured` are those of most of its letters; `block` is the number of the text block in the page.
    """

    text: str
    box: Box
    size: float
    font: str
    bold: bool
    italic: bool
    page: int
    block: int
    spans: tuple[Span, ...]
    coloured: bool = False

    @property
    def width(self) -> float:
        """Width in points."""
        return self.box[2] - self.box[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphic:
    """Something drawn: an image, or a filled or stroked path."""

    image: bool
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A link annotation."""

    url: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Text that is in the file and not to be seen on the page."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page: `pieces` as the PDF holds them, `lines` with the pieces of a line joined, `sideways` the text at right angles to them.

    A page whose text runs up or down is laid for reading: `turned` tells which, and all boxes are those of the page so laid.
    """

    number: int
    width: float
    height: float
    pieces: tuple[Line, ...]
    lines: tuple[Line, ...]
    sideways: tuple[Line, ...]
    graphics: tuple[Graphic, ...]
    targets: tuple[Target, ...]
    hidden: tuple[Hidden, ...] = ()
    turned: Literal["", "up", "down"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyStyle:
    """How the running text of a paper is set: its size in points and the fonts that carry most of it."""

    size: float
    fonts: frozenset[str]
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Left and right edge of a text column."""

    left: float
    right: float

    @property
    def width(self) -> float:
        """Width in points."""
        return self.right - self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A caption: its label, its text without the label and the lines it is made of."""

    kind: Kind
    label: str
    text: str
    page: int
    box: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A caption and the graphic it belongs to."""

    caption: Caption
    picture_box: Box
    box: Box
