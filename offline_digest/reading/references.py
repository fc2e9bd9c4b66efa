"""The reference list: where it begins and where it ends."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from offline_digest.reading import names
from offline_digest.reading.headings import Heading
from offline_digest.reading.names import any_of
from offline_digest.reading.order import Placed

_NAME = re.compile(rf"(?:{any_of(names.REFERENCES)})$", re.IGNORECASE)
_ITEM = re.compile(r"\[?(\d{1,3})[\].]\s*\S")


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """Stream indices `first` to `end` (exclusive) and the page on which the list begins."""

    first: int
    end: int
    page: int


def is_references(text: str) -> bool:
    """Whether a heading names the reference list."""
    return bool(_NAME.match(text.strip(" .:")))


def find_references(stream: Sequence[Placed], headings: Sequence[Heading]) -> tuple[ReferenceList, ...]:
    """Return the reference lists in order (an appendix may have its own); empty when none is printed."""
    out = []
    for i, heading in enumerate(headings):
        if is_references(heading.text):
            end = next((h.first for h in headings[i + 1 :]), len(stream))
            out.append(ReferenceList(heading.first, end, heading.page))
    if out:
        return tuple(out)
    first = _unnamed(stream)
    if first is None:
        return ()
    end = next((h.first for h in headings if h.first > first), len(stream))
    return (ReferenceList(first, end, stream[first].line.page),)


def _unnamed(stream: Sequence[Placed]) -> int | None:
    """Return where a list [1], [2], [3], [4] ... begins that nothing but headings and its own items follow."""
    items: list[tuple[int, int]] = []
    for i, placed in enumerate(stream):
        m = re.match(r"\[(\d{1,3})\]\s*\S", placed.line.text)
        if m:
            items.append((int(m[1]), i))
    for k in range(len(items) - 1, -1, -1):
        if items[k][0] == 1:
            run = [n for n, _ in items[k:]]
            steady = sum(b - a == 1 for a, b in itertools.pairwise(run))
            if len(run) >= 4 and steady >= 0.8 * (len(run) - 1):
                return items[k][1]
    return None
