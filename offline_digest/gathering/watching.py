"""Which files of a folder are new and written to their end, told by two looks some seconds apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

Glimpse = Mapping[Path, tuple[int, int]]  # size in bytes and time of the last change in ns


def glance(paths: Iterable[Path]) -> Glimpse:
    """Return how large each file is and when it was changed; one that is gone again is left out."""
    seen: dict[Path, tuple[int, int]] = {}
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        seen[path] = stat.st_size, stat.st_mtime_ns
    return seen


def settled(before: Glimpse, now: Glimpse, done: Collection[tuple[Path, tuple[int, int]]]) -> tuple[Path, ...]:
    """Return the files that hold something, did not change between two looks, and are not *done* in this form; sorted."""
    return tuple(sorted(path for path, look in now.items() if look[0] and before.get(path) == look and (path, look) not in done))
