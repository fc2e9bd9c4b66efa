"""Lines and pages made by hand, for tests of the parts that need no PDF."""

from __future__ import annotations

from offline_digest.reading.pages import make_line
from offline_digest.reading.values import BodyStyle, Line, Sheet, Span

BODY = BodyStyle(size=10.0, fonts=frozenset({"Roman"}))


def span(text: str, x: float, y: float, **look: object) -> Span:
    """Return a span that begins at *x* and stands on height *y*; half the size is the width of a letter."""
    size = float(look.get("size", 10.0))
    return Span(
        text=text,
        size=size,
        font=str(look.get("font", "Roman")),
        bold=bool(look.get("bold", False)),
        italic=bool(look.get("italic", False)),
        raised=bool(look.get("raised", False)),
        coloured=bool(look.get("coloured", False)),
        box=(x, y, x + 0.5 * size * len(text), y + size),
    )


def line(text: str, x: float = 72.0, y: float = 100.0, *, page: int = 1, block: int = 0, **look: object) -> Line:
    """Return a line of one span."""
    made = make_line([span(text, x, y, **look)], page=page, block=block)
    assert made is not None
    return made


def sheet(*lines: Line, number: int = 1) -> Sheet:
    """Return a page of US letter size that holds *lines*."""
    return Sheet(number=number, width=612.0, height=792.0, pieces=lines, lines=lines, sideways=(), graphics=(), targets=())
