"""A page to draw on: text, lines and filled shapes, in the order in which they were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .typeset import Box, font

Colour = tuple[float, float, float]
Place = tuple[float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
LINK: Colour = (0.08, 0.2, 0.5)


class Canvas:
    """Wraps one PyMuPDF page. Coordinates are rounded, so that equal input gives equal bytes."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401 - pymupdf has no types
        """Draw on *page*."""
        self.page = page
        self.writer: Any = None
        self.colour = BLACK

    def text(self, x: float, y: float, text: str, *, name: str, size: float, colour: Colour = BLACK) -> None:
        """Write *text* with its baseline starting at `(x, y)`."""
        import pymupdf

        if self.writer is None or colour != self.colour:
            self.flush()
            self.writer, self.colour = pymupdf.TextWriter(self.page.rect), colour
        self.writer.append((round(x, 2), round(y, 2)), text, font=font(name), fontsize=size)

    def flush(self) -> None:
        """Write what was collected to the page."""
        if self.writer is not None:
            self.writer.write_text(self.page, color=self.colour)
        self.writer = None

    def centred(self, x: float, y: float, text: str, *, name: str, size: float, colour: Colour = BLACK) -> None:
        """Write *text* with the middle of its baseline at `(x, y)`."""
        self.text(x - font(name).text_length(text, fontsize=size) / 2, y, text, name=name, size=size, colour=colour)

    def upwards(self, x: float, y: float, text: str, *, name: str, size: float) -> None:
        """Write *text* running upwards, its middle at `(x, y)`."""
        import pymupdf

        self.flush()
        start = pymupdf.Point(round(x, 2), round(y + font(name).text_length(text, fontsize=size) / 2, 2))
        writer = pymupdf.TextWriter(self.page.rect)
        writer.append(start, text, font=font(name), fontsize=size)
        writer.write_text(self.page, morph=(start, pymupdf.Matrix(90)))

    def box(self, box: Box, x: float, y: float) -> None:
        """Write a typeset box with its baseline starting at `(x, y)`."""
        import pymupdf

        for glyphs in box.glyphs:
            self.text(x + glyphs.x, y + glyphs.y, glyphs.text, name=glyphs.font, size=glyphs.size, colour=LINK if box.link else BLACK)
        for rx, ry, length in box.rules:
            self.rule(x + rx, y + ry, length, 0.5)
        if box.link:
            area = pymupdf.Rect(round(x, 2), round(y - 7, 2), round(x + box.width, 2), round(y + 2, 2))
            self.page.insert_link({"kind": pymupdf.LINK_URI, "from": area, "uri": box.link})

    def rule(self, x: float, y: float, length: float, weight: float = 0.4) -> None:
        """Draw a horizontal line."""
        self.path([(x, y), (x + length, y)], weight=weight)

    def path(
        self, places: Sequence[Place], *, weight: float = 0.8, colour: Colour = BLACK, fill: Colour | None = None,
        dashes: str = "", closed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a line through *places*, filled when *fill* is given; *weight* 0 draws no outline."""
        self.flush()
        shape = self.page.new_shape()
        shape.draw_polyline([(round(x, 2), round(y, 2)) for x, y in places])
        shape.finish(width=weight, color=colour if weight else None, fill=fill, dashes=dashes or None, closePath=closed, lineJoin=1)
        shape.commit()

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: Colour | None = None, colour: Colour = BLACK,
        weight: float = 0.8, radius: float = 0.0,
    ) -> None:  # fmt: skip
        """Draw a rectangle from its top left corner; *radius* is in shares of the shorter side."""
        import pymupdf

        self.flush()
        shape = self.page.new_shape()
        area = pymupdf.Rect(round(x, 2), round(y, 2), round(x + width, 2), round(y + height, 2))
        shape.draw_rect(area, radius=radius or None)
        shape.finish(width=weight, color=colour if weight else None, fill=fill)
        shape.commit()

    def dot(self, x: float, y: float, radius: float, *, fill: Colour, colour: Colour = BLACK, weight: float = 0.6) -> None:
        """Draw a filled circle."""
        self.flush()
        shape = self.page.new_shape()
        shape.draw_circle((round(x, 2), round(y, 2)), radius)
        shape.finish(width=weight, color=colour, fill=fill)
        shape.commit()

    def picture(self, x: float, y: float, width: float, height: float, rows: Sequence[Sequence[Colour]]) -> None:
        """Place a raster picture whose *rows* of colours are given from the top."""
        import pymupdf

        self.flush()
        samples = bytes(round(255 * part) for row in rows for colour in row for part in colour)
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, len(rows[0]), len(rows), samples, False)
        self.page.insert_image(pymupdf.Rect(x, y, x + width, y + height), pixmap=pixmap, keep_proportion=False)
