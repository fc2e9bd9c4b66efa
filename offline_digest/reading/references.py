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
_ITEM = re.compile(r"(?:(?P<open>\[)(?=\d{1,3}\]))?(?P<number>\d{1,3})(?(open)\]|\.)\s*\S")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


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
    """Return where a list [1], [2], [3], [4] ... begins that nothing but headings and its own items follow.

    A list 1., 2., 3. ... may be one of anything; years in most of its items tell that it is one of papers.
    """
    items: list[tuple[int, int]] = []
    dotted: list[tuple[int, int]] = []
    for i, placed in enumerate(stream):
        m = _ITEM.match(placed.line.text)
        if m:
            (items if m["open"] else dotted).append((int(m["number"]), i))
    first = _last_run(items)
    return first if first is not None else _dated(stream, dotted, _last_run(dotted))


def _dated(stream: Sequence[Placed], items: Sequence[tuple[int, int]], first: int | None) -> int | None:
    """Return *first* when most of the *items* from there on have a year on one of their first two lines, else None."""
    tail = [" ".join(p.line.text for p in stream[i : i + 2]) for _, i in items if first is not None and i >= first]
    return first if tail and sum(bool(_YEAR.search(t)) for t in tail) > 0.6 * len(tail) else None


def _last_run(items: Sequence[tuple[int, int]]) -> int | None:
    """Return the stream index of the last 1 in *items* (number, index) from which on the numbers count up."""
    for k in range(len(items) - 1, -1, -1):
        if items[k][0] == 1:
            run = [n for n, _ in items[k:]]
            steady = sum(b - a == 1 for a, b in itertools.pairwise(run))
            if len(run) >= 4 and steady >= 0.8 * (len(run) - 1):
                return items[k][1]
    return None
