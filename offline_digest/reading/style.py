"""How a paper is set: the size and fonts of its running text, and the columns of each page."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from statistics import median

from offline_digest.reading.values import BodyStyle, Column, Line, Sheet

SPARSE = 0.1  # share of the lines of the fullest strip that may run over the space between two columns
SAME = 3.0  # points; lines that begin or end so near to each other share an edge
NARROW = 0.4  # of the width of the page: the widest column of three
FEWEST_LINES = 5


def body_style(sheets: Sequence[Sheet]) -> BodyStyle:
    """Return size and fonts that carry most of the letters of *sheets*."""
    sizes: Counter[float] = Counter()
    for sheet in sheets:
        for line in sheet.lines:
            if line.width > 0.2 * sheet.width:
                sizes[round(line.size * 2) / 2] += len(line.text)
    if not sizes:
        for sheet in sheets:
            for line in sheet.lines:
                sizes[round(line.size * 2) / 2] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    fonts: Counter[str] = Counter()
    for sheet in sheets:
        for line in sheet.lines:
            if abs(line.size - size) <= 0.6:
                fonts[line.font] += len(line.text)
    total = sum(fonts.values())
    return BodyStyle(size=size, fonts=frozenset(f for f, n in fonts.items() if n >= 0.12 * total))


def columns(sheets: Sequence[Sheet], kept: Sequence[Sequence[Line]], body: BodyStyle) -> list[tuple[Column, ...]]:
    """Return the text columns of each page, left to right; none where a page has no running text.

    Args:
        sheets: The pages.
        kept: For each page its lines without page furniture.
        body: The style of the running text.

    A page with too little running text to tell gets the columns that the other pages have.
    """
    found = [_page_columns(sheet, lines, body) for sheet, lines in zip(sheets, kept, strict=True)]
    number = Counter(len(cols) for cols in found if cols).most_common(1)
    if not number or number[0][0] < 2:
        return found
    usual = _usual([cols for cols in found if len(cols) == number[0][0]])
    for i, (sheet, lines) in enumerate(zip(sheets, kept, strict=True)):
        across = [li for li in _wide(sheet, lines, body, 0.6) if any(li.box[0] < g - 40 and li.box[2] > g + 40 for g in _gutters(usual))]
        if len(found[i]) < len(usual) and len(across) < 4:
            found[i] = usual
    return found


def _usual(pages: Sequence[tuple[Column, ...]]) -> tuple[Column, ...]:
    return tuple(Column(left=median(c.left for c in same), right=median(c.right for c in same)) for same in zip(*pages, strict=True))


def _gutters(cols: Sequence[Column]) -> tuple[float, ...]:
    """Return the middles of the spaces between *cols*."""
    return tuple((a.right + b.left) / 2 for a, b in itertools.pairwise(cols))


def _wide(sheet: Sheet, lines: Sequence[Line], body: BodyStyle, tolerance: float) -> list[Line]:
    return [li for li in lines if abs(li.size - body.size) <= tolerance and li.width > 0.2 * sheet.width]


def _page_columns(sheet: Sheet, lines: Sequence[Line], body: BodyStyle) -> tuple[Column, ...]:
    wide = _wide(sheet, lines, body, 2.1)
    if not wide:
        return ()
    narrow = _narrow_columns(sheet, _wide(sheet, lines, body, 0.6))
    if len(narrow) > 2:
        return narrow
    middle = sheet.width / 2
    left = [li for li in wide if li.box[2] < middle + 0.04 * sheet.width and li.box[0] < 0.4 * sheet.width]
    right = [li for li in wide if li.box[0] > middle - 0.04 * sheet.width and li.box[2] > 0.6 * sheet.width]
    across = [li for li in wide if li.box[0] < 0.42 * sheet.width and li.box[2] > 0.58 * sheet.width]
    if len(left) >= 3 and len(right) >= 3 and len(left) + len(right) > len(across):
        return (_column(left), _column(right))
    if len(left) >= 8 and len(left) > 3 * len(across) and not right:
        gutter = _column(left)
        return (gutter, Column(left=sheet.width - gutter.right, right=sheet.width - gutter.left))
    like = [li for li in wide if abs(li.size - body.size) <= 0.6]
    return (_column(like if 2 * len(like) > len(wide) else wide),)


def _narrow_columns(sheet: Sheet, lines: Sequence[Line]) -> tuple[Column, ...]:
    """Return the columns between the vertical strips that hardly any of the *lines* of running text touches, where they are alike."""
    cover = [0] * (int(sheet.width) + 2)
    slim = [li for li in lines if li.width < NARROW * sheet.width]
    if 2 * len(slim) < len(lines):
        return ()
    for line in slim:
        for x in range(max(0, int(line.box[0])), min(len(cover), int(line.box[2]) + 1)):
            cover[x] += 1
    inked = [x for x, n in enumerate(cover) if n > SPARSE * max(cover)]
    runs = [[x for _, x in run] for _, run in itertools.groupby(enumerate(inked), key=lambda pair: pair[1] - pair[0])]
    cols = [Column(left=float(run[0]), right=float(run[-1])) for run in runs]
    inside = [sum(c.left - 2 <= li.box[0] and li.box[2] <= c.right + 2 for li in slim) for c in cols]
    alike = bool(cols) and min(c.width for c in cols) > 0.8 * max(c.width for c in cols)
    return tuple(cols) if alike and min(inside) >= FEWEST_LINES else ()


def _column(lines: Sequence[Line]) -> Column:
    return Column(left=_edge(sorted(li.box[0] for li in lines)), right=_edge(sorted((li.box[2] for li in lines), reverse=True)))


def _edge(places: Sequence[float]) -> float:
    """Return the outermost of *places*, outermost first, that several lines share; where none do, one that few lie beyond."""
    few = len(places) // 20
    shared = (x for x in places[few:] if sum(abs(x - y) < SAME for y in places) >= max(2, few))
    return next(shared, places[few])


def column_of(line: Line, cols: Sequence[Column]) -> int:
    """Return the index of the column *line* stands in, -1 when it runs across them."""
    if len(cols) < 2:
        return 0
    gutters = _gutters(cols)
    for index, (left, right) in enumerate(zip((-math.inf, *gutters), (*gutters, math.inf), strict=True)):
        if line.box[0] >= left - 6 and line.box[2] <= right + 6:
            return index
    middle = (line.box[0] + line.box[2]) / 2
    if line.width < 0.75 * cols[0].width and min(abs(middle - g) for g in gutters) > 0.25 * cols[0].width:
        return sum(middle > g for g in gutters)
    return -1
