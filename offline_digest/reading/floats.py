"""Figures and tables: which part of a page belongs to which caption.

Captions and running text cut a column into intervals. What stands in the interval above or below a caption (drawings, images, text that
is not running text) is its graphic. Two captions that want the same interval share it at its widest empty strip.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from offline_digest.reading.boxes import centre, overlap_x, overlap_y, union
from offline_digest.reading.scenes import Scene, ruled, without_algorithms
from offline_digest.reading.style import column_of
from offline_digest.reading.values import Caption, Column, Region
from offline_digest.records import Box

WIDEST_GAP_PT = 45.0
SMALLEST_PICTURE_PT = 20.0


def regions(scenes: Sequence[Scene]) -> tuple[Region, ...]:
    """Return one region per caption that has a graphic; a caption without any gets its own box."""
    bare = [without_algorithms(s) for s in scenes]
    votes = _usual_sides(bare)
    out = []
    for s, whole in zip(bare, scenes, strict=True):
        sides = {id(c): _side(s, c, votes) for c in s.captions if c.kind != "algorithm" or ruled(whole, c) is None}
        for c in s.captions:
            picture = _picture(s, c, sides) if c.kind != "algorithm" else ruled(whole, c)
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
    for box in (*(w for w in s.walls if overlap_y(w, caption.box) > 2), *(c.box for c in s.captions if _side_by_side(s, c, caption))):
        if overlap_x(box, caption.box) < 0:
            middle = (min(box[2], caption.box[2]) + max(box[0], caption.box[0])) / 2
            if box[0] >= caption.box[2]:
                right = min(right, middle)
            else:
                left = max(left, middle)
    return left, right


def _side_by_side(s: Scene, a: Caption, b: Caption) -> bool:
    """Whether two captions stand beside each other, at one height or with nothing but their floats between their heights."""
    if overlap_x(a.box, b.box) >= 0:
        return False
    top, bottom = sorted((centre(a.box)[1], centre(b.box)[1]))
    return overlap_y(a.box, b.box) > 2 or not any(top < centre(w)[1] < bottom for w in s.walls)


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
    if rival is not None and sides.get(id(rival), above) is not above:
        found = _share(found, above=above)
    chained = _chain(found, caption, above=above)
    if not any(overlap_x(b, caption.box) > 0 for b in chained):
        return _beside(s, caption)
    if _weight(chained) == 0:
        return None
    x0, y0, x1, y1 = union(chained)
    return (x0, y0, x1, min(y1, caption.box[1])) if above else (x0, max(y0, caption.box[3]), x1, y1)


def _beside(s: Scene, caption: Caption) -> Box | None:
    """Return the graphic that stands to the left or the right of *caption*: what hangs together with things at its height."""
    left, right = _column_strip(s, caption)
    free = [t for t in s.things if left <= centre(t)[0] <= right and overlap_x(t, caption.box) <= 1]
    found: list[Box] = []
    for on_left in (True, False):
        rest = [t for t in free if (t[2] <= caption.box[0] + 1) is on_left]
        grown = [t for t in rest if overlap_y(t, caption.box) > 0]
        while grown and (more := [t for t in rest if t not in grown and overlap_y(t, union(grown)) > 0]):
            grown += more
        if grown and _area(union(grown)) > (_area(union(found)) if found else 0):
            found = grown
    if not found:
        return None
    box = union(found)
    return box if min(box[2] - box[0], box[3] - box[1]) > SMALLEST_PICTURE_PT else None


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


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
