"""Arithmetic on boxes `(x0, y0, x1, y1)`."""

from __future__ import annotations

from collections.abc import Iterable

from offline_digest.records import Box


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all *boxes* (at least one)."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))


def overlap_x(a: Box, b: Box) -> float:
    """Return the width that *a* and *b* share, negative for the gap between them."""
    return min(a[2], b[2]) - max(a[0], b[0])


def overlap_y(a: Box, b: Box) -> float:
    """Return the height that *a* and *b* share, negative for the gap between them."""
    return min(a[3], b[3]) - max(a[1], b[1])


def cut(box: Box, frame: Box) -> Box:
    """Return the part of *box* inside *frame*; its sides may cross when there is none."""
    return (max(box[0], frame[0]), max(box[1], frame[1]), min(box[2], frame[2]), min(box[3], frame[3]))


def centre(box: Box) -> tuple[float, float]:
    """Return the middle point."""
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def holds(outer: Box, point: tuple[float, float], margin: float = 0.0) -> bool:
    """Whether *point* lies in *outer* grown by *margin*."""
    return outer[0] - margin <= point[0] <= outer[2] + margin and outer[1] - margin <= point[1] <= outer[3] + margin
