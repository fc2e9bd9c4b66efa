"""Which lines of a page are running text or headings, that is, where a float must end."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence

from offline_digest.reading.boxes import overlap_x
from offline_digest.reading.candidates import KNOWN
from offline_digest.reading.looks import differs, distinct, look_of
from offline_digest.reading.style import column_of
from offline_digest.reading.values import BodyStyle, Column, Line

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]{2,}")  # a Chinese character counts as a word
_NUMBERED = re.compile(r"(?:\d+(?:\.\d+)*|[IVX]+|[A-Z](?:\.\d+)*)\.? +(?=[A-Z][^\W\d]|[\u4e00-\u9fff])")

_TITLE = re.compile(r"[^\W\d_a-z][^\W\d]+(?:\W+\w+)*[^.,;:\d]")


def prose(lines: Sequence[Line], cols: Sequence[Column], body: BodyStyle) -> frozenset[int]:
    """Return the `id()` of the lines of running text and of headings on one page.

    A line counts when it is set like the body and fills its column, and so do the other lines of a paragraph that holds such lines.
    """
    full = {id(li) for li in lines if _fills(li, cols, body)}
    blocks: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        blocks[line.block].append(line)
    found: set[int] = set()
    for block in blocks.values():
        sure = [li for li in block if id(li) in full]
        if not sure:
            continue
        if len(sure) >= 2 or len(block) <= 2 or len(sure) >= 0.3 * len(block):
            found.update(id(li) for li in block if id(li) in full or (_set_like(li, body) and _near(li, sure)))
    found.update(id(li) for li in lines if _is_heading(li, body) or _is_short_paragraph(li, cols, body))
    found.update(id(li) for li in lines if id(li) in full and _beside(li, lines, found))
    found.update(id(li) for li in lines if _heads_text(li, lines, found, cols, body))
    return frozenset(found)


def _set_like(line: Line, body: BodyStyle) -> bool:
    return abs(line.size - body.size) <= 0.7 and line.font in body.fonts


def _fills(line: Line, cols: Sequence[Column], body: BodyStyle) -> bool:
    if abs(line.size - body.size) > 0.7 or not cols or line.width / line.size < 8:
        return False
    index = column_of(line, cols)
    width = cols[index].width if index >= 0 else cols[-1].right - cols[0].left
    words = _WORD.findall(line.text)
    if line.width < 0.72 * width or len(words) < 4 or sum(map(len, words)) < 0.5 * len(line.text.replace(" ", "")):
        return False
    return widest_gap(line) < 1.9 * line.size


def widest_gap(line: Line) -> float:
    """Return the widest empty space inside *line*, in points."""
    inked = [s for s in line.spans if s.text.strip()]
    return max((b.box[0] - a.box[2] for a, b in itertools.pairwise(inked)), default=0.0)


def _near(line: Line, sure: Sequence[Line]) -> bool:
    return any(-line.size < line.box[1] - s.box[3] < 0.6 * line.size or -line.size < s.box[1] - line.box[3] < 0.6 * line.size for s in sure)


def _beside(line: Line, lines: Sequence[Line], found: set[int]) -> bool:
    """Whether another line of running text stands right above or below, whatever block the PDF puts it in."""
    return any(
        id(o) in found and overlap_x(o.box, line.box) > 0.5 * line.width and abs(o.size - line.size) < 0.4 and _near(line, [o])
        for o in lines
    )


def _is_short_paragraph(line: Line, cols: Sequence[Column], body: BodyStyle) -> bool:
    """Whether *line* is a whole sentence in the look of the body that begins at the edge of its column."""
    if not _set_like(line, body) or not cols or not line.text.endswith((".", "?", ":")) or widest_gap(line) > 1.9 * line.size:
        return False
    left = cols[max(column_of(line, cols), 0)].left
    return -2 < line.box[0] - left < 2.5 * line.size and len(_WORD.findall(line.text)) >= 5


def _heads_text(line: Line, lines: Sequence[Line], found: set[int], cols: Sequence[Column], body: BodyStyle) -> bool:
    """Whether *line* is a heading by its type and its place: nearer to the running text below it than to what stands above."""
    titled = distinct(line, body) if _NUMBERED.match(line.text) else differs(look_of(line), body) and _TITLE.fullmatch(line.text)
    if id(line) in found or not cols or not titled or widest_gap(line) > line.size:
        return False
    column = cols[max(column_of(line, cols), 0)]
    centred = abs(line.box[0] + line.box[2] - column.left - column.right) < 4
    if not (abs(line.box[0] - column.left) <= 2 or centred) or line.width < 4 * line.size:
        return False
    same = [o for o in lines if o is not line and overlap_x(o.box, line.box) > 0]
    below = min((o for o in same if o.box[1] > line.box[1] + 1), key=lambda o: o.box[1], default=None)
    above = max((o.box[3] for o in same if o.box[1] < line.box[1] - 1), default=0.0)
    return below is not None and id(below) in found and below.box[1] - line.box[3] < min(1.5 * line.size, line.box[1] - above)


def _is_heading(line: Line, body: BodyStyle) -> bool:
    size, bold, _, capitals, coloured = look_of(line)
    bold = bold and not body.bold
    apart = size > body.size + 0.8 or (size > body.size - 0.3 and (bold or capitals or coloured))
    apart = apart or (size > body.size - 1.3 and bold and capitals)  # RevTeX
    number = _NUMBERED.match(line.text)
    known = bool(KNOWN.match(line.text[number.end() if number else 0 :]))
    return apart and ((number is not None and line.width > 4 * line.size) or (known and (number is not None or size > body.size + 0.8)))
