"""Figures and tables: which part of a page belongs to which caption.

Captions and running text cut a column into intervals. What stands in the interval above or below a caption (drawings, images, text that
is not running text) is its graphic. Two captions that want the same interval share it at its widest empty strip.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from offline_digest.reading.boxes import centre, cut, overlap_x, overlap_y, union
from offline_digest.reading.furniture import ZONE
from offline_digest.reading.style import column_of
from offline_digest.reading.values import Caption, Column, Line, Region, Sheet
from offline_digest.records import Box

WIDEST_GAP_PT = 45.0
FARTHEST_RULE_PT = 10.0


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
    frames = [b for b in things if _frames_a_float(b, here)]
    walls -= {id(li) for li in texts if any(overlap_y(li.box, f) > 3 and f[0] - 2 < li.box[0] and li.box[2] < f[2] + 2 for f in frames)}
    return Scene(
        sheet=sheet,
        cols=tuple(cols),
        walls=tuple(li.box for li in texts if id(li) in walls),
        things=(*things, *(li.box for li in texts if id(li) not in walls), *(li.box for li in sheet.sideways)),
        captions=here,
    )


def _rules_off_a_head(box: Box, heads: Sequence[Box], height: float) -> bool:
    """Whether *box* is the rule under a running head or over a running foot."""
    if box[3] - box[1] > 2.5 or box[2] - box[0] < 80:
        return False
    below = [h for h in heads if overlap_x(h, box) > 0 and -3 < box[1] - h[3] < FARTHEST_RULE_PT]
    above = [h for h in heads if overlap_x(h, box) > 0 and -3 < h[1] - box[3] < FARTHEST_RULE_PT]
    return (bool(below) and box[3] < ZONE * height) or (bool(above) and box[1] > (1 - ZONE) * height)


def _frames_a_float(box: Box, captions: Sequence[Caption]) -> bool:
    """Whether a drawn box stands right above or below a caption: text in it is the figure's, however it is set."""
    if box[2] - box[0] < 100 or box[3] - box[1] < 30:
        return False
    return any(
        overlap_x(box, c.box) > 0.4 * (c.box[2] - c.box[0]) and (-2 < c.box[1] - box[3] < 30 or -2 < box[1] - c.box[3] < 30)
        for c in captions
    )


def regions(scenes: Sequence[Scene]) -> tuple[Region, ...]:
    """Return one region per caption that has a graphic; a caption without any gets its own box."""
    votes = _usual_sides(scenes)
    out = []
    for s in scenes:
        sides = {id(c): _side(s, c, votes) for c in s.captions}
        for c in s.captions:
            picture = _picture(s, c, sides) if c.kind != "algorithm" else _ruled(s, c)
            out.append(Region(caption=c, picture_box=picture or c.box, box=union((c.box, picture)) if picture else c.box))
    return tuple(out)


def _column_strip(s: Scene, caption: Caption) -> tuple[float, float]:
    """Return left and right end of the column that *caption* stands in, or of the page."""
    left, right = 0.0, s.sheet.width
    if len(s.cols) == 2:
        probe = column_of(caption.lines[0], s.cols) if len(caption.lines) == 1 else _column_of_box(caption.box, s.cols)
        gutter = (s.cols[0].right + s.cols[1].left) / 2
        left, right = (left, gutter) if probe == 0 else (gutter, right) if probe == 1 else (left, right)
    return left, right


def _span_of(s: Scene, caption: Caption) -> tuple[float, float]:
    """Return left and right end of the strip of the page that the float of *caption* may fill, text and captions beside it left out."""
    left, right = _column_strip(s, caption)
    for box in (*s.walls, *(c.box for c in s.captions if c is not caption)):
        if overlap_y(box, caption.box) > 2 and overlap_x(box, caption.box) < 0:
            middle = (min(box[2], caption.box[2]) + max(box[0], caption.box[0])) / 2
            if box[0] >= caption.box[2]:
                right = min(right, middle)
            else:
                left = max(left, middle)
    return left, right


def _column_of_box(box: Box, cols: Sequence[Column]) -> int:
    gutter = (cols[0].right + cols[1].left) / 2
    if box[2] <= gutter + 6:
        return 0
    return 1 if box[0] >= gutter - 6 else -1


def _interval(s: Scene, caption: Caption, *, above: bool) -> tuple[list[Box], Caption | None]:
    """Return what stands between *caption* and the next wall or caption on that side, and that caption if it is one."""
    left, right = _span_of(s, caption)
    edges = _column_strip(s, caption)
    top, bottom = caption.box[1], caption.box[3]
    limit, other = (0.0, None) if above else (s.sheet.height, None)
    rivals = [(c.box, c) for c in s.captions if c is not caption]
    for box, rival in (*((w, None) for w in s.walls), *rivals):
        if min(box[2], right) - max(box[0], left) < 12:
            continue
        if above and box[3] <= top + 3 and box[3] > limit:
            limit, other = box[3], rival
        if not above and box[1] >= bottom - 3 and box[1] < limit:
            limit, other = box[1], rival
    low, high = (limit - 2, top + 1) if above else (bottom - 1, limit + 2)
    found = []
    for t in s.things:
        x, y = centre(t)
        if low <= y <= high and left <= x <= right and t[3] - t[1] <= (high - low) + 12:
            found.append((max(t[0], edges[0]), max(t[1], low), min(t[2], edges[1]), min(t[3], high)))
    return found, other


def _chain(found: Sequence[Box], caption: Caption, *, above: bool) -> list[Box]:
    """Return the boxes that hang together with the caption without a wide empty strip between."""
    edge = caption.box[1] if above else caption.box[3]
    out = []
    for box in sorted(found, key=lambda b: -b[3] if above else b[1]):
        gap = edge - box[3] if above else box[1] - edge
        if gap > WIDEST_GAP_PT:
            break
        edge = min(edge, box[1]) if above else max(edge, box[3])
        out.append(box)
    return out


def _weight(boxes: Sequence[Box]) -> float:
    if not boxes:
        return 0.0
    x0, y0, x1, y1 = union(boxes)
    return y1 - y0 if x1 - x0 > 20 else 0.0


def _usual_sides(scenes: Sequence[Scene]) -> Counter[tuple[str, bool]]:
    """Count for each kind on which side of the caption (True: above) there is a graphic when the other side has none."""
    votes: Counter[tuple[str, bool]] = Counter()
    for s in scenes:
        for c in s.captions:
            above, below = (_weight(_chain(_interval(s, c, above=side)[0], c, above=side)) for side in (True, False))
            if max(above, below) > 25 and min(above, below) < 14:
                votes[c.kind, above > below] += 1
    return votes


def _side(s: Scene, caption: Caption, votes: Counter[tuple[str, bool]]) -> bool:
    """Return whether the graphic of *caption* stands above it."""
    above, below = (_weight(_chain(_interval(s, caption, above=side)[0], caption, above=side)) for side in (True, False))
    up, down = votes[caption.kind, True], votes[caption.kind, False]
    usual = up >= down if caption.kind == "figure" else up > down
    there, elsewhere = (above, below) if usual else (below, above)
    if there > 14 or there >= elsewhere:
        return usual
    return not usual


def _picture(s: Scene, caption: Caption, sides: dict[int, bool]) -> Box | None:
    above = sides[id(caption)]
    found, rival = _interval(s, caption, above=above)
    if rival is not None and sides[id(rival)] is not above:
        found = _share(found, above=above)
    chained = _chain(found, caption, above=above)
    return union(chained) if _weight(chained) > 0 else None


def _share(found: Sequence[Box], *, above: bool) -> list[Box]:
    """Return this caption's part of an interval that a rival claims too: up to the widest empty strip."""
    ordered = sorted(found, key=lambda b: b[1])
    edge, best, cut_at = ordered[0][3] if ordered else 0.0, 0.0, None
    for box in ordered[1:]:
        if box[1] - edge > best:
            best, cut_at = box[1] - edge, (box[1] + edge) / 2
        edge = max(edge, box[3])
    if cut_at is None:
        return list(found)
    return [b for b in found if (b[1] > cut_at) == above]


def _ruled(s: Scene, caption: Caption) -> Box | None:
    """Return the part of an algorithm between the rule below its title and the rule that ends it."""
    rules = sorted({round(b[1], 1): b for b in s.things if b[3] - b[1] < 2.5 and b[2] - b[0] > 80}.values(), key=lambda b: b[1])
    near = [b for b in rules if overlap_x(b, caption.box) > 20]
    over = [b for b in near if -2 < caption.box[1] - b[3] < 12]
    if not over:
        return None
    same = [b for b in near if b[1] > caption.box[3] - 2 and abs(b[0] - over[-1][0]) < 4 and abs(b[2] - over[-1][2]) < 4]
    return union((over[-1], same[1])) if len(same) > 1 else None
