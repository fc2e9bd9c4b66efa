"""One page sorted into what ends a float (running text, headings) and what fills it (drawings, images, other text)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from offline_digest.reading.boxes import centre, cut, holds, overlap_x, overlap_y, union
from offline_digest.reading.furniture import ZONE
from offline_digest.reading.prose import widest_gap
from offline_digest.reading.style import column_of
from offline_digest.reading.values import Caption, Column, Line, Sheet
from offline_digest.records import Box

FARTHEST_RULE_PT = 10.0
FARTHEST_FRAME_PT = 30.0
THICKEST_RULE_PT = 2.5
SHORTEST_RULE_PT = 80.0
TALLEST_FORMULA = 2.5
"""How many times its size a formula may reach above and below its number."""
_RELATION = re.compile(r"[=<>≤≥≈∼∈→⊂≡]")
_NUMBER = re.compile(r"\([A-Z]?\.?\d+(?:\.\d+)*[a-z]?\)")


@dataclass(frozen=True, slots=True)
class Scene:
    """One page as this module sees it: `walls` end floats, `things` fill them."""

    sheet: Sheet
    cols: tuple[Column, ...]
    walls: tuple[Box, ...]
    things: tuple[Box, ...]
    captions: tuple[Caption, ...]


def scene(sheet: Sheet, lines: Sequence[Line], cols: Sequence[Column], walls: frozenset[int], captions: Sequence[Caption]) -> Scene:
    """Return the page with its *lines* (page furniture already left out) sorted into walls and things."""
    here = tuple(c for c in captions if c.page == sheet.number)
    taken = {id(li) for c in here for li in c.lines}
    texts = [li for li in lines if id(li) not in taken]
    page: Box = (0.0, 0.0, sheet.width, sheet.height)
    kept = {id(li) for li in lines}
    heads = [li.box for li in sheet.lines if id(li) not in kept]
    drawn = [cut(g.box, page) for g in sheet.graphics if not _rules_off_a_head(g.box, heads, sheet.height)]
    things = [
        b for b in drawn if b[2] >= b[0] and b[3] >= b[1] and (b[2] - b[0]) * (b[3] - b[1]) < 0.75 * sheet.width * sheet.height
        and max(b[2] - b[0], b[3] - b[1]) > 1.5
    ]  # fmt: skip
    ruled_off = tuple(_ruled_off(things, here, [li.box for li in texts if id(li) in walls], cols))
    frames = (*(b for b in things if _frames_a_float(b, here)), *ruled_off)
    framed = {id(li) for li in texts if any(overlap_y(li.box, f) > 3 and f[0] - 2 < li.box[0] and li.box[2] < f[2] + 2 for f in frames)}
    free = [li for li in texts if id(li) not in framed]
    walls = _with_narrow_lines(free, walls - framed, cols) | _formulas(free, cols) | _notes(free, things, cols)
    across = [li.box for li in sheet.sideways if not (sheet.turned and _on_the_edge(li.box, sheet.width))]
    return Scene(
        sheet=sheet,
        cols=tuple(cols),
        walls=tuple(li.box for li in texts if id(li) in walls),
        things=(*things, *(li.box for li in texts if id(li) not in walls), *across, *ruled_off),
        captions=here,
    )


def _rules_off_a_head(box: Box, heads: Sequence[Box], height: float) -> bool:
    """Whether *box* is the rule under a running head or over a running foot."""
    if not is_rule(box):
        return False
    below = [h for h in heads if overlap_x(h, box) > 0 and -3 < box[1] - h[3] < FARTHEST_RULE_PT]
    above = [h for h in heads if overlap_x(h, box) > 0 and -3 < h[1] - box[3] < FARTHEST_RULE_PT]
    return (bool(below) and box[3] < ZONE * height) or (bool(above) and box[1] > (1 - ZONE) * height)


def _on_the_edge(box: Box, width: float) -> bool:
    """Whether *box* lies where a page that is laid for reading has its running head or page number."""
    return box[2] < ZONE * width or box[0] > (1 - ZONE) * width


def _frames_a_float(box: Box, captions: Sequence[Caption]) -> bool:
    """Whether a drawn box stands right above or below a caption: text in it is the figure's, however it is set."""
    if box[2] - box[0] < 100 or box[3] - box[1] < 30:
        return False
    return any(
        overlap_x(box, c.box) > 0.4 * (c.box[2] - c.box[0])
        and (-2 < c.box[1] - box[3] < FARTHEST_FRAME_PT or -2 < box[1] - c.box[3] < FARTHEST_FRAME_PT)
        for c in captions
    )


def is_rule(box: Box) -> bool:
    """Whether *box* is a horizontal line as tables and algorithms have them."""
    return box[3] - box[1] <= THICKEST_RULE_PT and box[2] - box[0] >= SHORTEST_RULE_PT


def _ruled_off(things: Sequence[Box], captions: Sequence[Caption], walls: Sequence[Box], cols: Sequence[Column]) -> Iterator[Box]:
    """Yield for each caption the box between the rules of one width above it and below it: text in it is the table's, however it is set."""
    rules = [b for b in things if is_rule(b)]
    for c in captions:
        others = [o.box for o in captions if o is not c]
        for sign in (1, -1):  # below the caption, above it
            edge = c.box[3] if sign > 0 else c.box[1]
            chain: list[Box] = []
            for rule in sorted(rules, key=lambda r: sign * r[1]):
                near = -3 < sign * (rule[1] - edge) < FARTHEST_FRAME_PT and overlap_x(rule, c.box) > 0.4 * (c.box[2] - c.box[0])
                if not chain and near:
                    chain.append(rule)
                elif chain and abs(rule[0] - chain[0][0]) < 2 and abs(rule[2] - chain[0][2]) < 2:
                    if any(_parts(w, chain[-1], rule, cols) for w in walls) or any(_stands_between(o, chain[-1], rule) for o in others):
                        break
                    chain.append(rule)
            if len(chain) > 1:
                yield union(chain)


def _stands_between(box: Box, a: Box, b: Box) -> bool:
    return min(a[1], b[1]) < centre(box)[1] < max(a[1], b[1]) and overlap_x(box, a) > 0


def _parts(wall: Box, a: Box, b: Box, cols: Sequence[Column]) -> bool:
    """Whether the line *wall* between two rules belongs to the column of text and not between the rules: it reaches as far as they do."""
    full = any(abs(wall[0] - c.left) < 2 and abs(wall[2] - c.right) < 2 for c in cols) and wall[2] - wall[0] > 0.9 * (a[2] - a[0])
    return _stands_between(wall, a, b) and (full or wall[0] < a[0] - 2 or wall[2] > a[2] + 2)


def _with_narrow_lines(lines: Sequence[Line], walls: frozenset[int], cols: Sequence[Column]) -> frozenset[int]:
    """Return *walls* and the lines of running text that stand beside a float: set like the text above or below, at an edge of its column."""
    found = [li for li in lines if id(li) in walls]
    rest = [li for li in lines if id(li) not in walls and len(li.text.split()) >= 2 and widest_gap(li) < li.size and _at_edge(li, cols)]
    while more := [li for li in rest if any(_follows(li, w, cols) for w in found)]:
        found += more
        rest = [li for li in rest if li not in more]
    return walls | {id(li) for li in found}


def _at_edge(line: Line, cols: Sequence[Column]) -> bool:
    if not cols:
        return False
    column = cols[max(column_of(line, cols), 0)]
    return -2 < line.box[0] - column.left < 2.5 * line.size or abs(line.box[2] - column.right) < 2


def _follows(line: Line, wall: Line, cols: Sequence[Column]) -> bool:
    """Whether *line* stands right above or below *wall*, in the same type and flush with it or with the column's right edge."""
    if line.font != wall.font or abs(line.size - wall.size) > 0.4:
        return False
    gap = max(line.box[1], wall.box[1]) - min(line.box[3], wall.box[3])
    right = cols[max(column_of(line, cols), 0)].right
    flush = min(abs(line.box[2] - wall.box[2]), abs(line.box[2] - right)) < 2 or abs(line.box[0] - wall.box[0]) < 2.5 * line.size
    return -0.3 * line.size < gap < 0.6 * line.size and flush


def _formulas(lines: Sequence[Line], cols: Sequence[Column]) -> frozenset[int]:
    """Return the `id()` of the lines of numbered formulas: the number at an edge of its column, and what stands at its height."""
    found: set[int] = set()
    for number in (li for li in lines if _NUMBER.fullmatch(li.text) and cols):
        column = cols[max(column_of(number, cols), 0)]
        on_left = abs(number.box[0] - column.left) <= 3
        if abs(number.box[2] - column.right) > 3 and not on_left:
            continue
        parts, box = [number], number.box
        rest = [li for li in lines if li is not number and column.left - 3 < centre(li.box)[0] < column.right]
        while more := [li for li in rest if overlap_y(li.box, box) > 0 and overlap_y(li.box, number.box) > -TALLEST_FORMULA * number.size]:
            parts += more
            box = union(li.box for li in parts)
            rest = [li for li in rest if li not in more]
        if not on_left or any(_RELATION.search(li.text) for li in parts):  # else a row of a table that counts its rows
            found.update(id(li) for li in parts)
    return frozenset(found)


def _notes(lines: Sequence[Line], things: Sequence[Box], cols: Sequence[Column]) -> frozenset[int]:
    """Return the `id()` of the lines of footnotes that stand above a float: below the short rule at the left edge of a column."""
    found: set[int] = set()
    for rule in things:
        column = next((c for c in cols if abs(rule[0] - c.left) < 3 and 20 < rule[2] - rule[0] < 0.6 * c.width), None)
        if column is None or rule[3] - rule[1] > 2 or any(_touches(rule, other) for other in things if other is not rule):
            continue  # no rule of footnotes, or a part of a grid
        edge = rule[3]
        for line in sorted(
            (li for li in lines if column.left - 3 < li.box[0] < column.right and li.box[1] > rule[1] - 1), key=lambda li: li.box[1]
        ):
            if line.box[1] - edge > 1.2 * line.size:
                break
            edge = max(edge, line.box[3])
            found.add(id(line))
    return frozenset(found)


def _touches(a: Box, b: Box) -> bool:
    return overlap_x(a, b) > -1 and overlap_y(a, b) > -1


def ruled(s: Scene, caption: Caption) -> Box | None:
    """Return the part of an algorithm between the rule below its title and the rule that ends it."""
    near = sorted({round(b[1], 1): b for b in s.things if is_rule(b) and overlap_x(b, caption.box) > 20}.values(), key=lambda b: b[1])
    over = [b for b in near if -2 < caption.box[1] - b[3] < 12]
    if not over:
        return None
    same = [b for b in near if b[1] > caption.box[3] - 2 and abs(b[0] - over[-1][0]) < 4 and abs(b[2] - over[-1][2]) < 4]
    return union((over[-1], same[1])) if len(same) > 1 else None


def without_algorithms(s: Scene) -> Scene:
    """Return the page without what stands between the rules of its algorithms, which is part of no figure or table."""
    taken = [box for c in s.captions if c.kind == "algorithm" if (box := ruled(s, c))]
    return replace(s, things=tuple(t for t in s.things if not any(holds(b, centre(t), 2.0) for b in taken)))
