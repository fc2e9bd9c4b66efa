"""The abstract and the printed keywords."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from offline_digest.reading import names
from offline_digest.reading.boxes import overlap_x
from offline_digest.reading.front import ABSTRACT, is_abstract_start
from offline_digest.reading.headings import Heading
from offline_digest.reading.names import any_of
from offline_digest.reading.order import Placed
from offline_digest.reading.paragraphs import paragraphs
from offline_digest.reading.spelling import Words, join_lines
from offline_digest.reading.values import Line

KEYWORDS = re.compile(rf"[【［〔\[]?\s*(?:{any_of(names.KEYWORDS)})\b\s*[】］〕\].:：—–·-]*\s*", re.IGNORECASE)
_AFTER = re.compile(
    r"(?:ccs concepts|acm reference|acm subject|categories and subject|general terms|pacs|msc(?:\b|\d)|ams (?:subject|class)|mathematics subject|jel\b"
    r"|\d{4} (?:mathematics|acm)|\w+ (?:reference format|artifact availability)"
    r"|e-?mail|correspond\w+|date:|received|code:|project page|website:|subject classification|"
    r"中图分类号|文献标[志识]码|收稿日期|submitted to|impact statement)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    "|".join(["abstract", *(word for tongue, words in names.ABSTRACT.items() if tongue != "en" for word in words)]), re.IGNORECASE
)
LONGEST = 4500


@dataclass(frozen=True, slots=True)
class Abstract:
    """The abstract, its page, the stream indices it takes up (`first` to `last`, inclusive), and the lines beside it that are not its own."""

    text: str
    page: int
    first: int
    last: int
    aside: tuple[Line, ...] = ()


def from_abstract(stream: Sequence[Placed]) -> list[Placed]:
    """Return the *stream* from the abstract's own word on, where page 1 has one: what stands before it is no running text."""
    at = next((i for i, p in enumerate(stream[:60]) if p.line.page == stream[0].line.page and is_abstract_start(p.line)), 0)
    return list(stream[at:])


def find_abstract(stream: Sequence[Placed], headings: Sequence[Heading], words: Words) -> Abstract | None:
    """Return the abstract at the beginning of the *stream*, with or without its heading; None when none is printed."""
    named = next((i for i, p in enumerate(stream[:120]) if p.line.page <= 3 and is_abstract_start(p.line)), None)
    starts = {h.first for h in headings}
    if named is None:
        if not stream or 0 in starts:
            return None
        taken = _unnamed(stream, starts)
        first, last = 0, len(taken) - 1
    else:
        first = named
        rest = _without_word(stream[named])
        inner = _until_end(stream, named + 1, starts, beside=not rest)
        taken = ([rest] if rest else []) + inner
        if not taken:
            return None
        last = max((i for i, p in enumerate(stream[: named + 400]) if inner and p is inner[-1]), default=named)
        while last + 1 < len(stream) and _begins_another(stream[last + 1].line):  # the same in another language
            last += 1 + len(_until_end(stream, last + 2, starts))
    text = "\n\n".join(p.text for p in paragraphs(taken, words))
    if named is None and (not 150 < len(text) < LONGEST or last == len(stream) - 1):
        return None  # too short, too long, or all there is
    own = {id(p.line) for p in taken}
    aside = tuple(p.line for p in stream[first + 1 : last] if id(p.line) not in own)
    return Abstract(text, taken[0].line.page, first, last, aside) if text else None


def _without_word(placed: Placed) -> Placed | None:
    m = ABSTRACT.match(placed.line.text)
    rest = placed.line.text[m.end() :] if m else placed.line.text
    return replace(placed, line=replace(placed.line, text=rest)) if rest.strip() else None


def _until_end(stream: Sequence[Placed], start: int, starts: set[int], *, beside: bool = False) -> list[Placed]:
    """Return the placed lines from *start* to the end of the abstract; with *beside* without those of a column to its left."""
    out: list[Placed] = []
    head = stream[start - 1].line if beside else None
    below = (p.line for p in stream[start : start + 8] if head and overlap_x(p.line.box, head.box) > 0 and p.line.page == head.page)
    left = min((li.box[0] for li in itertools.islice(below, 2)), default=0.0)
    for i in range(start, len(stream)):
        line = stream[i].line
        if head and line.page == head.page and line.box[2] <= left:
            continue
        if out and _begins_another(line):
            break
        if i in starts or KEYWORDS.match(line.text) or _AFTER.match(line.text) or sum(len(p.line.text) for p in out) > LONGEST:
            break
        if len(out) > 3 and (abs(line.size - out[0].line.size) > 0.8 or _far_below(out[-1], stream[i])):
            break
        out.append(stream[i])
    return out


def _begins_another(line: Line) -> bool:
    """Whether an abstract begins on *line*; `Summary` may stand in one."""
    return bool(_OTHER.match(line.text)) and is_abstract_start(line)


def _far_below(above: Placed, below: Placed) -> bool:
    """Whether a sentence ends, and more space than any between two paragraphs follows."""
    gap = below.line.box[1] - above.line.box[3]
    return above.line.text.endswith((".", "。")) and above.line.page == below.line.page and gap > 3 * above.line.size


def _unnamed(stream: Sequence[Placed], starts: set[int]) -> list[Placed]:
    """Return the first lines that share size, weight and column: an abstract without its word differs in one of them."""
    out: list[Placed] = []
    for placed in _until_end(stream, 0, starts):
        if out:
            one, width = out[0], out[0].column.width
            if placed.line.page != one.line.page or abs(placed.column.width - width) > 0.2 * width:
                break
            if placed.line.bold != one.line.bold or placed.line.italic != one.line.italic:
                break
            if len(out) > 1 and (abs(placed.line.size - one.line.size) > 0.4 or placed.line.box[0] < min(p.line.box[0] for p in out) - 8):
                break
        out.append(placed)
    return out


def find_keywords(stream: Sequence[Placed], starts: set[int], words: Words) -> tuple[str, ...]:
    """Return the keywords that the paper prints, in order."""
    for i, placed in enumerate(stream[:160]):
        m = KEYWORDS.match(placed.line.text)
        if m is None or placed.line.page > 3:
            continue
        bare = not placed.line.text[m.end() :]
        lines = [placed.line.text[m.end() :], *_lines_below(stream, i, starts, bare=bare)]
        lines = [li for li in lines if li]
        text, _ = join_lines(lines, words)
        listed = len(lines) > (1 if bare else 2)  # one keyword per line, as in Elsevier's side column
        alone = listed and not re.search(r"[,;·•|，；、]", text)
        return tuple(li.strip(" .") for li in lines) if alone else split_keywords(text)
    return ()


def _lines_below(stream: Sequence[Placed], i: int, starts: set[int], *, bare: bool) -> list[str]:
    """Return the lines that go on below line *i* in its column, to the next space, heading or change of size."""
    before = stream[i].line
    out: list[str] = []
    near = [(k, p.line) for k, p in enumerate(stream[: i + 60]) if p.line.page == before.page and p.line.box[1] > before.box[1] - 3]
    for k, line in sorted(near, key=lambda pair: (round(pair[1].box[3]), pair[1].box[0])):
        after = abs(line.box[3] - before.box[3]) < 3 and abs(line.box[0] - before.box[2]) < 2 * line.size
        if k == i or (not after and (line.box[3] < before.box[3] + 3 or overlap_x(line.box, before.box) <= 0)):
            continue
        first = bare and not out
        loose = line.box[1] - before.box[3] > (2.0 if first else 0.6) * line.size or (abs(line.size - before.size) > 0.6 and not first)
        if k in starts or loose or _AFTER.match(line.text) or len(out) == 8:
            break
        out.append(line.text)
        before = line
    return out


def split_keywords(text: str) -> tuple[str, ...]:
    """Cut a printed list of keywords at its commas, semicolons, dots or dashes."""
    for mark in (";", "；", "·", "•", "|", " – ", " — ", ",", "，", "、"):
        if mark in text:
            pieces = text.split(mark)
            break
    else:
        pieces = [text]
    found = (p.strip(" .,;:·•。") for p in pieces)
    return tuple(p for p in found if 1 < len(p) <= 80)
