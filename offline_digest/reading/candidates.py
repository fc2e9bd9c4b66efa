"""Lines that could begin a heading: set apart from the text, and worded as a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from offline_digest.reading import names
from offline_digest.reading.looks import Look, distinct, look_of, split_run_in
from offline_digest.reading.names import any_of
from offline_digest.reading.numbers import Number, parse_number
from offline_digest.reading.order import Placed
from offline_digest.reading.values import BodyStyle, Line

_STATEMENTS = (
    "key ?words", "supplementary materials?", "limitations", "ethics statement", "ethical considerations", "broader impacts?",
    "data availability(?: statement)?", "author contributions?", "funding", "code availability", "competing interests",
)  # fmt: skip
STATEMENT = re.compile(rf"({any_of(names.ACKNOWLEDGEMENTS)}|{'|'.join(_STATEMENTS[1:])})[.:]?$", re.IGNORECASE)
_BACK = (
    f"{any_of(names.CONTENTS, names.ACKNOWLEDGEMENTS, names.REFERENCES, names.APPENDIX)}|{'|'.join(_STATEMENTS)}|contributions?|abstract"
)
KNOWN = re.compile(rf"({any_of(names.SECTIONS)}|{_BACK})[.:]?$", re.IGNORECASE)
ENDING = re.compile(rf"({_BACK}|significance(?: statement)?|conflicts? of interest|competing interests)[.:]?$", re.IGNORECASE)
LEADERS = re.compile(r"(?:\. ?){4,}\d*$")
_CITED = re.compile(r"\((?:19|20)\d\d[a-z]?\)|\bpp?\. ?\d|\bet al\b|\bvol\. ?\d|arXiv:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that could begin a heading; a `plain` one looks like the text, and nothing but its number and the space around it speaks for it."""

    index: int
    line: Line
    number: Number | None
    look: Look
    title: str
    run_in: str
    plain: bool = False
    spaced: bool = False


def find_candidates(stream: Sequence[Placed], body: BodyStyle) -> list[Candidate]:
    """Return what could begin a heading in the *stream*, in its order; a line whose number has two readings is there twice."""
    out: list[Candidate] = []
    for i, placed in enumerate(stream):
        line = placed.line
        title, run_in, look = split_run_in(line, body)
        if not _apart(stream, i) and not (run_in and STATEMENT.match(title)):
            continue
        if not title or len(title) > 180 or LEADERS.search(title) or _CITED.search(title):
            continue
        numbers = parse_number(title)
        if run_in and not numbers and not (run_in[0].isalnum() and (STATEMENT.match(title) or title.endswith((".", ":", "。", "：")))):
            continue
        plain = look == look_of(line) and not distinct(line, body) and not ENDING.match(title)
        if plain and not (numbers and stands_alone(stream, i) and is_title_like(numbers[0].rest or title)):
            continue
        out.extend(Candidate(i, line, n, look, n.rest, run_in, plain, is_spaced(stream, i)) for n in numbers)
        if plain:
            continue
        if not numbers or KNOWN.match(title) or title.startswith("A "):
            out.append(Candidate(i, line, None, look, title, run_in))
    return out


def _apart(stream: Sequence[Placed], i: int) -> bool:
    """Whether line *i* is not simply the next line of a paragraph: space above, another look, or a new column."""
    if i == 0 or stream[i].flow != stream[i - 1].flow:
        return True
    line, before = stream[i].line, stream[i - 1].line
    gap = line.box[1] - before.box[3]
    return gap > 0.35 * line.size or look_of(line) != look_of(before) or before.box[2] < stream[i].column.right - 2 * line.size


def is_title_like(title: str) -> bool:
    """Whether *title* is worded as one: short, with a capital or an ideograph first, and not ended as a sentence is."""
    ended = title.endswith((",", ";", ".", "，", "；", "。"))
    return not title[:1].islower() and title[:1].isalpha() and len(title.split()) <= 14 and not ended and sum(map(_weight, title)) > 3


def _weight(c: str) -> int:
    """Return how many letters a character stands for: an ideograph is about half a word."""
    return (2 if c > "\u2e80" else 1) if c.isalpha() else 0


def stands_alone(stream: Sequence[Placed], i: int) -> bool:
    """Whether the line does not fill its column, as the title of a subsection rarely does."""
    return stream[i].line.box[2] < stream[i].column.right - 2 * stream[i].line.size


def is_spaced(stream: Sequence[Placed], i: int) -> bool:
    """Whether there is space above line *i*, and it does not fill its column."""
    gap = stream[i].line.box[1] - stream[i - 1].line.box[3] if i and stream[i].flow == stream[i - 1].flow else stream[i].line.size
    return gap > 0.5 * stream[i].line.size and stands_alone(stream, i)
