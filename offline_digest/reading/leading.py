"""Widely spaced manuscripts, laid as if they were set solid, so that every distance can be judged by the size of the type alone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from offline_digest.reading.boxes import overlap_x
from offline_digest.reading.values import Line, Sheet

SOLID = 1.2  # distance of two lines over the size of the type, in text without extra space
WIDE = 1.5  # from here on PyMuPDF takes each line for a block of its own
ALIKE = 0.12


def set_solid(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """Return *sheets* with the lines of widely spaced text made higher until they nearly touch, and joined to blocks."""
    steps = [s for sheet in sheets for a, b in itertools.pairwise(sheet.lines) if (s := _step(a, b)) is not None]
    pitch = median(steps) if steps else 0.0
    if pitch < WIDE:
        return tuple(sheets)
    return tuple(replace(sheet, lines=_solid(sheet.lines, pitch), pieces=_solid(sheet.pieces, pitch)) for sheet in sheets)


def _step(above: Line, below: Line) -> float | None:
    """Return how far *below* stands under *above*, in sizes of their type, None when it is no next line of the same text."""
    step = (below.box[1] - above.box[1]) / below.size
    near = 0.8 < step < 3 and abs(above.size - below.size) < 0.4
    return step if near and overlap_x(above.box, below.box) > 0.5 * min(above.width, below.width) else None


def _solid(lines: Sequence[Line], pitch: float) -> tuple[Line, ...]:
    spaced = [(s := _step(a, b)) is not None and abs(s - pitch) < ALIKE * pitch for a, b in itertools.pairwise(lines)]
    out: list[Line] = []
    for i, line in enumerate(lines):
        after, before = i > 0 and spaced[i - 1], i < len(spaced) and spaced[i]
        space = (pitch - SOLID) * line.size / 2 if after or before else 0.0
        x0, y0, x1, y1 = line.box
        block = out[-1].block if after and _goes_on(lines[i - 1], line) else line.block
        out.append(replace(line, box=(x0, y0 - space, x1, y1 + space), block=block))
    return tuple(out)


def _goes_on(above: Line, below: Line) -> bool:
    """Whether two neighbouring lines can be of one paragraph: they begin at one edge, and the first is not the shorter one."""
    return abs(above.box[0] - below.box[0]) < 3 * below.size and above.box[2] > below.box[2] - 2 * below.size
