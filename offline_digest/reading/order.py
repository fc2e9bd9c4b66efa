"""Reading order: full-width lines cut a page into bands, in a band the columns are read from left to right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from offline_digest.reading.style import column_of
from offline_digest.reading.values import Column, Line

_FIRST_ITEM = re.compile(r"\[1\]\s")
SPACE = 2.0  # of the size of its type, above such a list; between paragraphs and above headings there is less


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with the edges of the column it stands in; `flow` changes where the text jumps to another column, band or page."""

    line: Line
    column: Column
    flow: int


def reading_order(lines: Sequence[Line], cols: Sequence[Column], flow: int = 0) -> tuple[Placed, ...]:
    """Return the *lines* of one page in the order in which they are read; flows are numbered from *flow* on."""
    if not lines:
        return ()
    whole = Column(left=min(c.left for c in cols), right=max(c.right for c in cols)) if cols else Column(left=0.0, right=612.0)
    if len(cols) < 2:
        return tuple(Placed(li, whole, flow) for li in _downwards(lines))
    below = _list_in_columns(lines)
    if below is not None:
        above = reading_order([li for li in lines if li.box[1] < below], cols, flow)
        return (*above, *reading_order([li for li in lines if li.box[1] >= below], cols, above[-1].flow + 1))
    across = sorted(_across(lines, cols), key=lambda li: li.box[1])
    wide = {id(li) for li in across}
    out: list[Placed] = []
    rest = [li for li in lines if id(li) not in wide]
    i = 0
    while rest or i < len(across):
        limit = across[i].box[1] if i < len(across) else float("inf")
        band = [li for li in rest if li.box[1] < limit]
        rest = [li for li in rest if li.box[1] >= limit]
        for index in range(len(cols)):
            column = [li for li in band if column_of(li, cols) == index]
            flow += bool(column)
            out.extend(Placed(li, cols[index], flow) for li in _downwards(column))
        run = []
        while i < len(across) and not any(li.box[1] < across[i].box[1] for li in rest):
            run.append(across[i])
            i += 1
        flow += bool(run)
        out.extend(Placed(li, whole, flow) for li in _downwards(run))
    return tuple(out)


def _list_in_columns(lines: Sequence[Line]) -> float | None:
    """Return the height at which a list of references begins below balanced columns of text, in all columns at once, as RevTeX sets it."""
    for line in lines:
        if _FIRST_ITEM.match(line.text):
            top = line.box[1] - 2
            above = [li.box[3] for li in lines if li.box[1] < top]
            if above and top - max(above) > SPACE * line.size:
                return top
    return None


def _across(lines: Sequence[Line], cols: Sequence[Column]) -> list[Line]:
    """Return the lines that run over several columns, with the short last lines of their paragraphs."""
    out: list[Line] = []
    for line in sorted(lines, key=lambda li: li.box[1]):
        last = next((a for a in reversed(out) if a.block == line.block), None)
        follows = last is not None and -2 < line.box[1] - last.box[3] < 0.6 * line.size and abs(line.box[0] - last.box[0]) < 3 * line.size
        if column_of(line, cols) < 0 or (follows and abs(line.size - (last or line).size) < 0.4):
            out.append(line)
    return out


def _downwards(lines: Sequence[Line]) -> list[Line]:
    """Sort by baseline; lines that overlap by more than half their height stand side by side and go left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda li: li.box[3]):
        if rows:
            last = rows[-1][0]
            shared = min(line.box[3], last.box[3]) - max(line.box[1], last.box[1])
            if shared > 0.6 * min(line.box[3] - line.box[1], last.box[3] - last.box[1]):
                rows[-1].append(line)
                continue
        rows.append([line])
    return [li for row in rows for li in sorted(row, key=lambda li: li.box[0])]
