"""Notes: small lines at the foot of a column, begun by a mark or set off by a rule, and small lines in the margin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from offline_digest.reading.style import column_of
from offline_digest.reading.values import BodyStyle, Column, Line, Sheet

SMALLER_PT = 0.75
FINE_PRINT = 0.83
FOOT = 0.6
_LISTED = re.compile(r"\[\d+\]")
_SYMBOL = re.compile(r"[∗*†‡§¶⋆⋄□♠♣♦♥✉]|\d{1,2}(?=[A-Z(“\"])|(?:\d{1,2}|[a-z]) (?=https?:)")


def footnotes(sheet: Sheet, lines: Sequence[Line], cols: Sequence[Column], body: BodyStyle) -> frozenset[int]:
    """Return the `id()` of the lines of one page that stand in footnotes."""
    found: set[int] = set()
    for index in range(-1, max(1, len(cols))):
        column = [li for li in lines if (column_of(li, cols) if cols else 0) == index]
        small: list[Line] = []
        for line in sorted(column, key=lambda li: -li.box[1]):
            if line.size > body.size - SMALLER_PT or line.box[1] < 0.35 * sheet.height:
                break
            small.insert(0, line)
        first = next((i for i, li in enumerate(small) if _begins_note(li, sheet, body)), len(small))
        end = next((i for i, li in enumerate(small) if i > first and _LISTED.match(li.text)), len(small))
        found.update(id(li) for li in small[first:end])
    return frozenset(found)


def margin_notes(lines: Sequence[Line], cols: Sequence[Column], body: BodyStyle) -> frozenset[int]:
    """Return the `id()` of the small lines of one page that stand beside its columns."""
    if not cols:
        return frozenset()
    left, right = cols[0].left, cols[-1].right
    return frozenset(id(li) for li in lines if li.size < body.size - SMALLER_PT and (li.box[2] < left or li.box[0] > right))


def begins_with_mark(line: Line) -> bool:
    """Whether *line* begins with a raised figure or letter, or a dagger or the like."""
    first = next(s for s in line.spans if s.text.strip())
    small = first.raised or first.size < 0.82 * line.size
    return (small and len(first.text.strip()) <= 3) or bool(_SYMBOL.match(line.text))


def _begins_note(line: Line, sheet: Sheet, body: BodyStyle) -> bool:
    if _LISTED.match(line.text):
        return False
    if (
        begins_with_mark(line)
        or (sheet.number == 1 and line.text.startswith("•"))
        or (sheet.number == 1 and line.size < FINE_PRINT * body.size and line.box[1] > FOOT * sheet.height)
    ):
        return True
    return any(
        g.box[3] - g.box[1] < 2 and 20 < g.box[2] - g.box[0] < 0.5 * sheet.width and abs(g.box[0] - line.box[0]) < 20
        and -1 <= line.box[1] - g.box[3] < 1.2 * line.size
        for g in sheet.graphics
    )  # fmt: skip
