"""Lines below the names of a title block → institutions: what goes on is joined, what is none is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offline_digest.reading.boxes import overlap_x
from offline_digest.reading.persons import PLACE
from offline_digest.reading.remarks import is_remark, is_titled
from offline_digest.reading.values import Line

EDGES = " ,;，；、（）"
_NUMBERED = re.compile(r"(\d{1,2})\s+(?=[^\W\d_])")
_LISTED = re.compile(r"[;；]\s*(?=\(?\d{1,2}[.)、．]?\s*[^\W\d])")
_ITEM = re.compile(r"\(?\d{1,2}[.)、．]\s*")
_REMARK = re.compile(r"[.;]\s*[*∗†‡✉]\s*(?=[^\W\d_])")  # *Corresponding author


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a line below names: whether something marks that it begins an affiliation, and whether that is a number or a letter."""

    text: str
    line: Line
    marked: bool
    counted: bool = False


def join_affiliations(places: Iterable[Place], authors: Sequence[str]) -> tuple[str, ...]:
    """Join lines that continue an affiliation, drop repetitions and what names no institution."""
    persons = [a for a in authors if " " in a]
    found: list[tuple[str, Line, bool]] = []  # text, its last line, whether it is a remark
    for place in _after_figures(places):
        for i, text in enumerate(_LISTED.split(place.text)):
            marked = place.marked or i > 0
            above = next((i for i in range(len(found) - 1, -1, -1) if not marked and _continues(found[i][1], place.line)), None)
            runs_on = above is not None and text[:1].islower()
            named = place.counted or runs_on or PLACE.search(text) or is_titled(text)
            remark = not named or is_remark(text) or any(person in text for person in persons)
            if above is not None and (runs_on or (not remark and not found[above][2])):
                old, _, remark = found[above]
                found[above] = (f"{old} {text}" if place.line.text and old.endswith((",", "-")) else f"{old}, {text}", place.line, remark)
            else:
                found.append((text, place.line, remark))
    out: dict[str, str] = {}
    for text in (text for text, _, remark in found if not remark):
        text = _REMARK.split(_ITEM.sub("", text, count=1) if _ITEM.match(text) else text)[0]
        out.setdefault(re.sub(r"\W+", "", text).lower(), text.strip(f"{EDGES}."))
    return tuple(t for t in out.values() if len(t) > 2)


def _after_figures(places: Iterable[Place]) -> Iterable[Place]:
    """Cut off the figures 1, 2, 3 ... that begin affiliations without being raised, and mark what they begin."""
    last = 0
    for place in places:
        figure = None if place.marked else _NUMBERED.match(place.text)
        if figure and int(figure[1]) == last + 1:
            last += 1
            yield Place(place.text[figure.end() :], place.line, marked=True, counted=True)
        else:
            yield place


def _continues(above: Line, below: Line) -> bool:
    gap = below.box[1] - above.box[3]
    return -0.3 * below.size < gap < 0.7 * below.size and overlap_x(above.box, below.box) > 0.3 * min(above.width, below.width)
