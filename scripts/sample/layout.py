"""Units of a paper, one under the other, filled into two columns page by page.

A unit is anything with a height that must not be torn: a line of text, a heading, a formula, a figure. `x` and `y` are points
from the top left of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .canvas import Canvas
from .typeset import Line, set_paragraph, words_of

PAGE = (612.0, 792.0)
LEFT, TOP, BOTTOM = 54.0, 66.0, 726.0
GUTTER = 20.0
COLUMN = (PAGE[0] - 2 * LEFT - GUTTER) / 2
BODY, LEADING = 10.0, 12.0
FOOT, FOOT_LEADING = 8.0, 9.4

Draw = Callable[[Canvas, float, float], None]


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of a column: drawn at its top left, `before` is dropped at the top of a column."""

    height: float
    draw: Draw
    before: float = 0.0
    stretch: float = 0.0
    keep: bool = False
    notes: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Units in the flow of text, or one float (`wide` spans both columns) that waits for the top of a column."""

    units: tuple[Unit, ...]
    floating: bool = False
    wide: bool = False

    @property
    def height(self) -> float:
        """Height with inner gaps."""
        return sum(u.height + u.before for u in self.units)


@dataclass(slots=True)
class Column:
    """A column being filled."""

    x: float
    top: float
    bottom: float
    page: int
    units: list[Unit] = field(default_factory=list)
    notes: list[Unit] = field(default_factory=list)
    floats: list[tuple[float, Block]] = field(default_factory=list)

    def used(self) -> float:
        """Height taken by text and notes."""
        text = sum(u.height + (u.before if k else 0.0) for k, u in enumerate(self.units))
        return text + (sum(n.height for n in self.notes) + 10.0 if self.notes else 0.0)

    def room(self) -> float:
        """Height still free."""
        return self.bottom - self.top - self.used()


def draw_line(line: Line, baseline: float) -> Draw:
    """Return what draws *line* with its baseline *baseline* below the top of the unit."""

    def draw(canvas: Canvas, x: float, y: float) -> None:
        for offset, box in line.words:
            canvas.box(box, x + offset, y + baseline)

    return draw


def text_units(
    text: str, *, room: float = COLUMN, size: float = BODY, leading: float = LEADING, indent: float = 0.0, font: str = "tiro",
    align: str = "justify", before: float = 0.0, keep: bool = False, notes: tuple[Unit, ...] = (),
) -> list[Unit]:  # fmt: skip
    """Return the lines of a paragraph; the first two and the last two stay together, *keep* ties the last to what follows."""
    lines = set_paragraph(words_of(text, size, font), room, size=size, indent=indent, align=align)
    units = []
    for k, line in enumerate(lines):
        tied = (k == 0 and len(lines) > 1) or k == len(lines) - 2 or (keep and k == len(lines) - 1)
        mine = notes if k == 0 else ()
        first = before if k == 0 else 0.0
        units.append(Unit(leading, draw_line(line, 0.78 * leading), first, 1.0 if first else 0.0, tied, mine))
    return units


def moved(units: list[Unit], x: float) -> list[Unit]:
    """Return *units* drawn *x* further right."""

    def shift(unit: Unit) -> Unit:
        return Unit(unit.height, lambda c, left, top: unit.draw(c, left + x, top), unit.before, unit.stretch, unit.keep, unit.notes)

    return [shift(u) for u in units]


class Filler:
    """Fills columns with blocks; `columns` holds the result in reading order."""

    def __init__(self, title_height: float, last_page: int = 0, last_bottom: float = BOTTOM) -> None:
        """Start on page 1 below a title block; page *last_page* ends at *last_bottom* to balance its columns."""
        self.last_page, self.last_bottom = last_page, last_bottom
        self.columns: list[Column] = []
        self.pending: list[Unit] = []
        self.waiting: list[Block] = []
        self.open_page(1, TOP + title_height)

    def open_page(self, page: int, top: float) -> None:
        """Add the two columns of *page*, wide floats that wait above them."""
        bottom = self.last_bottom if page == self.last_page else BOTTOM
        wide = []
        if page > 1:
            for block in [b for b in self.waiting if b.wide][:1]:
                self.waiting.remove(block)
                wide.append((top, block))
                top += block.height + 14.0
        for k in range(2):
            self.columns.append(Column(LEFT + k * (COLUMN + GUTTER), top, bottom, page))
        self.columns[-2].floats += wide
        self.current = len(self.columns) - 2

    def advance(self) -> None:
        """Go to the next column and put a waiting float at its top."""
        if self.current + 1 < len(self.columns):
            self.current += 1
        else:
            self.open_page(self.columns[-1].page + 1, TOP)
        self.place_float()

    def place_float(self) -> None:
        """Put the first waiting column float at the top of the current column."""
        column = self.columns[self.current]
        narrow = [b for b in self.waiting if not b.wide]
        if narrow and not column.units:
            self.waiting.remove(narrow[0])
            column.floats.append((column.top, narrow[0]))
            column.top += narrow[0].height + 12.0

    def add(self, block: Block) -> None:
        """Add *block* to the flow, or to the floats that wait."""
        if block.floating:
            self.waiting.append(block)
            return
        groups = tied_groups([*self.pending, *block.units])
        self.pending = groups.pop() if groups[-1][-1].keep else []
        for tied in groups:
            height = sum(u.height + u.before for u in tied) + sum(n.height + 10.0 for u in tied for n in u.notes)
            if height - (0 if self.columns[self.current].units else tied[0].before) > self.columns[self.current].room() + 0.01:
                self.advance()
            column = self.columns[self.current]
            column.units += tied
            column.notes += [n for u in tied for n in u.notes]

    def finish(self) -> None:
        """Place the floats that still wait."""
        while self.waiting:
            self.advance()


def tied_groups(units: list[Unit]) -> list[list[Unit]]:
    """Return runs of units that no column break may part."""
    groups: list[list[Unit]] = []
    tied = False
    for unit in units:
        if tied:
            groups[-1].append(unit)
        else:
            groups.append([unit])
        tied = unit.keep
    return groups


def draw_column(column: Column, canvas: Canvas, *, flush: bool) -> None:
    """Draw floats, text and notes of *column*; *flush* spreads a small rest over its gaps."""
    for top, block in column.floats:
        y = top
        for unit in block.units:
            unit.draw(canvas, column.x, y + unit.before)
            y += unit.height + unit.before
    gaps = sum(u.stretch for u in column.units[1:])
    rest = column.room()
    spread = rest / gaps if flush and gaps and 0 < rest <= 7.0 * gaps else 0.0
    y = column.top
    for k, unit in enumerate(column.units):
        y += (unit.before + spread * unit.stretch) if k else 0.0
        unit.draw(canvas, column.x, y)
        y += unit.height
    if column.notes:
        y = column.bottom - sum(n.height for n in column.notes)
        canvas.rule(column.x, y - 3.0, 60.0)
        for note in column.notes:
            note.draw(canvas, column.x, y)
            y += note.height


def fill(blocks: list[Block], title_height: float) -> list[Column]:
    """Return the filled columns, those of the last page of about the same length."""

    def attempt(last_page: int, last_bottom: float) -> list[Column]:
        filler = Filler(title_height, last_page, last_bottom)
        for block in blocks:
            filler.add(block)
        filler.finish()
        return filler.columns

    best = attempt(0, BOTTOM)
    pages = best[-1].page
    for step in range(1, 52):
        shorter = attempt(pages, BOTTOM - step * LEADING)
        if shorter[-1].page > pages:
            break
        best = shorter
    return best
