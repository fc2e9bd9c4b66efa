"""How a paper is set: the size and fonts of its running text, and the columns of each page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

from offline_digest.reading.values import BodyStyle, Column, Line, Sheet


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
    """Return the text columns of each page, left to right: one or two, none where a page has no running text.

    Args:
        sheets: The pages.
        kept: For each page its lines without page furniture.
        body: The style of the running text.

    A page with too little running text to tell gets the columns that the other pages have.
    """
    found = [_page_columns(sheet, lines, body) for sheet, lines in zip(sheets, kept, strict=True)]
    doubles = [cols for cols in found if len(cols) == 2]
    if 2 * len(doubles) <= len([cols for cols in found if cols]):
        return found
    usual = tuple(Column(left=median(cols[i].left for cols in doubles), right=median(cols[i].right for cols in doubles)) for i in (0, 1))
    gutter = (usual[0].right + usual[1].left) / 2
    for i, (sheet, lines) in enumerate(zip(sheets, kept, strict=True)):
        across = [li for li in _wide(sheet, lines, body, 0.6) if li.box[0] < gutter - 40 and li.box[2] > gutter + 40]
        if len(found[i]) < 2 and len(across) < 4:
            found[i] = usual
    return found


def _wide(sheet: Sheet, lines: Sequence[Line], body: BodyStyle, tolerance: float) -> list[Line]:
    return [li for li in lines if abs(li.size - body.size) <= tolerance and li.width > 0.2 * sheet.width]


def _page_columns(sheet: Sheet, lines: Sequence[Line], body: BodyStyle) -> tuple[Column, ...]:
    wide = _wide(sheet, lines, body, 2.1)
    if not wide:
        return ()
    middle = sheet.width / 2
    left = [li for li in wide if li.box[2] < middle + 0.04 * sheet.width and li.box[0] < 0.4 * sheet.width]
    right = [li for li in wide if li.box[0] > middle - 0.04 * sheet.width and li.box[2] > 0.6 * sheet.width]
    across = [li for li in wide if li.box[0] < 0.42 * sheet.width and li.box[2] > 0.58 * sheet.width]
    if len(left) >= 3 and len(right) >= 3 and len(left) + len(right) > len(across):
        return (_column(left), _column(right))
    if len(left) >= 8 and len(left) > 3 * len(across) and not right:
        gutter = _column(left)
        return (gutter, Column(left=sheet.width - gutter.right, right=sheet.width - gutter.left))
    return (_column(wide),)


def _column(lines: Sequence[Line]) -> Column:
    lefts = sorted(li.box[0] for li in lines)
    rights = sorted(li.box[2] for li in lines)
    return Column(left=lefts[len(lefts) // 20], right=rights[-1 - len(rights) // 20])


def column_of(line: Line, cols: Sequence[Column]) -> int:
    """Return the index of the column *line* stands in, -1 when it runs across them."""
    if len(cols) < 2:
        return 0
    gutter = (cols[0].right + cols[1].left) / 2
    if line.box[2] <= gutter + 6:
        return 0
    if line.box[0] >= gutter - 6:
        return 1
    middle = (line.box[0] + line.box[2]) / 2
    if line.width < 0.75 * cols[0].width and abs(middle - gutter) > 0.25 * cols[0].width:
        return 0 if middle < gutter else 1
    return -1
