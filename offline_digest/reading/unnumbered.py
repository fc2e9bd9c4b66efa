"""Headings without numbers: in the look of the sections, with names that only headings have, or in a place of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from offline_digest.reading.candidates import ENDING, KNOWN, STATEMENT, Candidate, is_spaced, is_title_like, stands_alone
from offline_digest.reading.looks import SMALLEST, Look, alike, differs
from offline_digest.reading.order import Placed
from offline_digest.reading.values import BodyStyle

_MATHEMATICAL = re.compile(
    r"[^\W\d_]+ \d|(?:proof|remarks?|examples?|claim|case|step)\b", re.IGNORECASE
)  # Definition 2.4, Proof of Lemma 3


def with_unnumbered(
    candidates: Sequence[Candidate],
    chosen: Sequence[tuple[Candidate, int]],
    top: Look | None,
    stream: Sequence[Placed],
    body: BodyStyle,
) -> list[tuple[Candidate, int]]:
    """Add the headings without number: in the look of the sections, or with a name that only headings have."""
    taken = {c.index for c, _ in chosen}
    plain = [c for c in candidates if c.number is None and c.index not in taken and (not c.run_in or STATEMENT.match(c.title))]
    out = list(chosen)
    if top is not None:
        opening = min((c.index for c, _ in chosen), default=0)  # what stands above the first section belongs to the title block
        for c in plain:
            known = bool(ENDING.match(c.title)) and (not c.run_in or c.index > opening)
            like = c.index > opening and alike(c.look, top) and is_title_like(c.title) and differs(top, body)
            if known or (like and (top[0] > body.size + 0.6 or is_spaced(stream, c.index))):
                out.append((c, 1))
        if all(level == 1 for _, level in chosen):
            taken = {c.index for c, _ in out}
            out += [(c, 2) for c in _bare_subsections([c for c in plain if c.index > opening and c.index not in taken], top, stream, body)]
        return out
    named = [c for c in plain if KNOWN.match(c.title) and differs(c.look, body)]
    leads = _leads([c for c in candidates if c.run_in and c.number is None]) if all(ENDING.match(c.title) for c in named) else []
    if leads:
        return out + [(c, 1) for c in (*leads, *(c for c in named if c not in leads))]
    looks = Counter(c.look for c in named)
    if not looks:
        quiet = {c.look for c in plain if KNOWN.match(c.title) and is_spaced(stream, c.index)}
        return out + [
            (c, 1) for c in plain if KNOWN.match(c.title) or (c.look in quiet and is_title_like(c.title) and is_spaced(stream, c.index))
        ]
    first = looks.most_common(1)[0][0]
    slanted = Counter(c.look for c in plain if c.look[2] and is_title_like(c.title) and is_spaced(stream, c.index))
    seconds = {
        c.look
        for c in plain
        if not alike(c.look, first)
        and body.size - SMALLEST <= c.look[0] <= first[0]
        and (differs(c.look, body) or (slanted[c.look] > 1 and not first[2]))
    }
    familiar = [_centred(stream, c.index) for c in plain if KNOWN.match(c.title) and alike(c.look, first)]
    by_place = 2 * sum(familiar) > len(familiar)  # as the style of the APA has it: sections in the middle, subsections at the edge
    begun = False  # no subsection stands before the first section
    for c in plain:
        if (alike(c.look, first) and is_title_like(c.title)) or (KNOWN.match(c.title) and differs(c.look, body)):
            out.append((c, 2 if by_place and begun and _at_edge(stream, c.index) else 1))
            begun |= alike(c.look, first)
        elif begun and c.look in seconds and is_title_like(c.title) and stands_alone(stream, c.index):
            out.append((c, 2))
    return out


def _leads(run_in: Sequence[Candidate]) -> list[Candidate]:
    """Return those of the titles that *run_in*, none of them numbered, which are sections: in one look, and two have names of sections."""
    familiar = Counter(c.look for c in run_in if KNOWN.match(c.title) and not ENDING.match(c.title)).most_common(1)
    return [c for c in run_in if alike(c.look, familiar[0][0])] if familiar and familiar[0][1] > 1 else []


def _bare_subsections(plain: Sequence[Candidate], top: Look, stream: Sequence[Placed], body: BodyStyle) -> list[Candidate]:
    """Return the subsections without numbers of a paper that numbers its sections alone: in a look of their own that comes again."""
    apart = [
        c for c in plain
        if differs(c.look, body) and not c.run_in and body.size - 0.4 <= c.look[0] <= top[0] and is_title_like(c.title)
        and is_spaced(stream, c.index) and not _MATHEMATICAL.match(c.title)
    ]  # fmt: skip
    usual = Counter(c.look for c in apart).most_common(1)
    return [c for c in apart if alike(c.look, usual[0][0])] if usual and usual[0][1] > 1 else []


def _centred(stream: Sequence[Placed], i: int) -> bool:
    """Whether as much of the column is empty left of the line as right of it."""
    line, column = stream[i].line, stream[i].column
    left, right = line.box[0] - column.left, column.right - line.box[2]
    return left > 2 * line.size and abs(left - right) < line.size


def _at_edge(stream: Sequence[Placed], i: int) -> bool:
    """Whether the line begins where the column does, and does not fill it."""
    return stands_alone(stream, i) and abs(stream[i].line.box[0] - stream[i].column.left) < stream[i].line.size
