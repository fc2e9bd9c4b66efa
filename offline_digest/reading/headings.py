"""Headings: lines set apart from the text, ordered by their numbers, or by their look where a paper prints no numbers."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from offline_digest.reading.candidates import KNOWN, Candidate, find_candidates, is_title_like
from offline_digest.reading.front import letters_of
from offline_digest.reading.looks import Look, alike, differs, look_of
from offline_digest.reading.numbers import Scheme, parse_number
from offline_digest.reading.order import Placed
from offline_digest.reading.spelling import Words, join_lines
from offline_digest.reading.unnumbered import with_unnumbered
from offline_digest.reading.values import BodyStyle

_OPENING = re.compile(r"(introduction|einleitung|einführung|introducción|引 ?言|绪 ?论|前 ?言)[.:]?$", re.IGNORECASE)
_BELOW: dict[Scheme, Scheme] = {"roman": "letter", "han": "item"}  # how subsections are counted that do not repeat the number above
PLAIN_FAMILIAR = 2  # so many names of sections tell numbered lines in the look of the text from a list


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in the stream: the lines `first` to `last` (inclusive), and what follows on its last line when it is run in."""

    first: int
    last: int
    number: str | None
    text: str
    level: int
    page: int
    run_in: str = ""


def find_headings(stream: Sequence[Placed], body: BodyStyle, words: Words) -> tuple[Heading, ...]:
    """Return the headings of the *stream*, in its order."""
    candidates = find_candidates(stream, body)
    chosen = _numbered(candidates, body)
    top = _top_look(chosen)
    chosen = with_unnumbered(candidates, chosen, top, stream, body)
    out = []
    last = -1
    for c, level in sorted(chosen, key=lambda pair: pair[0].index):
        if c.index > last:
            heading = _whole(stream, c, level, words)
            last = heading.last
            out.append(heading)
    return tuple(out)


def echoes(headings: Sequence[Heading], title: str) -> frozenset[int]:
    """Return where in the stream headings are that only say the *title* of the paper once more, above another heading."""
    said = letters_of(title)
    return frozenset(h.first for h, below in itertools.pairwise(headings) if h.last + 1 == below.first and letters_of(h.text) == said != "")


def _numbered(candidates: Sequence[Candidate], body: BodyStyle) -> list[tuple[Candidate, int]]:
    chain = _best_chain(candidates, body) or _best_chain(candidates, body, run_in=True)
    if not chain:
        return []
    if not chain[0].plain:  # then a plain line is a subsection at most
        candidates = [c for c in candidates if not c.plain or (c.spaced and c.number and len(c.number.path) > 1)]
    scheme = chain[0].number.scheme if chain[0].number else "none"
    chosen = [(c, 1) for c in chain]
    appendix = _appendix(candidates, chain)
    chosen += [(c, 1) for c in appendix]
    parents = sorted([*chain, *appendix], key=lambda c: c.index)
    for i, parent in enumerate(parents):
        end = parents[i + 1].index if i + 1 < len(parents) else max(c.index for c in candidates) + 1
        inner = [c for c in candidates if parent.index < c.index < end and c.number is not None]
        chosen += _children(inner, parent, scheme)
    return chosen


def _best_chain(candidates: Sequence[Candidate], body: BodyStyle, *, run_in: bool = False) -> list[Candidate]:
    """Return the best run 1, 2, 3 ... of one look: long, bold or large, with titles that sections usually have.

    With *run_in* the text may go on behind them on their lines, and two of the titles must be familiar.
    """
    best: list[Candidate] = []
    score: tuple[float, ...] = (0,)
    for scheme, plain in itertools.product(("arabic", "roman", "han", "letter"), (False, True)):
        same = [c for c in candidates if c.number and c.number.scheme == scheme and c.plain == plain]
        tops = [c for c in same if c.number and len(c.number.path) == 1 and bool(c.run_in) <= run_in]
        for look in {c.look for c in tops}:
            chain = _chain([c for c in tops if c.look[1:3] == look[1:3] and abs(c.look[0] - look[0]) <= 0.5])
            familiar = sum(bool(KNOWN.match(c.title)) or bool(c.number and c.number.worded) for c in chain)
            value = (2 * familiar + len(chain) * (2 if differs(look, body) else 1), look[0], look[1], look[3])
            sure = len(chain) >= 2 or (len(chain) == 1 and bool(KNOWN.match(chain[0].title)) and differs(look, body))
            sure = (
                sure and familiar >= 2 * run_in and (scheme != "letter" or bool(_OPENING.match(chain[0].title)))
            )  # letters else count appendices
            if sure and value > score and (not plain or familiar >= PLAIN_FAMILIAR):
                best, score = chain, value
    return best


def _chain(tops: Sequence[Candidate]) -> list[Candidate]:
    """Return the longest increasing run by steps of one (one number may be missing), beginning at 1 or 2."""
    best: list[Candidate] = []
    for i, start in enumerate(tops):
        if start.number is None or start.number.path[0] > 2:
            continue
        run = [start]
        for c in tops[i + 1 :]:
            last = run[-1].number
            if c.number and last and last.path[0] < c.number.path[0] <= last.path[0] + 2 and c.index > run[-1].index:
                run.append(c)
        if len(run) > len(best) or (len(run) == len(best) and best and start.number.path[0] < (best[0].number or start.number).path[0]):
            best = run
    return best


def _appendix(candidates: Sequence[Candidate], chain: Sequence[Candidate]) -> list[Candidate]:
    """Return appendix headings A, B, C ... after the numbered sections, in the look of a section."""
    looks = {c.look for c in chain}
    out: list[Candidate] = []
    for c in candidates:
        n = c.number
        if n is None or n.scheme != "letter" or len(n.path) != 1 or c.index <= chain[-1].index or c.run_in:
            continue
        if (c.look in looks or n.appendix) and n.path[0] == (out[-1].number.path[0] + 1 if out and out[-1].number else 1):
            out.append(c)
    return out


def _children(inner: Sequence[Candidate], parent: Candidate, scheme: Scheme) -> list[tuple[Candidate, int]]:
    """Return the subsections of one section with their levels."""
    if parent.number is None:
        return []
    out: list[tuple[Candidate, int]] = []
    last: tuple[int, ...] = ()
    for c in inner:
        n = c.number
        if n is None:
            continue
        if len(n.path) > 1 and n.path[0] == parent.number.path[0] and n.scheme in {parent.number.scheme, "letter"}:
            step = n.path[1:]
            if step > last and step[0] <= (last[0] if last else 0) + 2:
                out.append((c, len(n.path)))
                last = step
        elif n.scheme == _BELOW.get(scheme) and len(n.path) == 1 and not c.run_in and n.path[0] == (last[0] if last else 0) + 1:
            out.append((c, 2))
            last = n.path
    return out


def _top_look(chosen: Sequence[tuple[Candidate, int]]) -> Look | None:
    looks = Counter(c.look for c, level in chosen if level == 1)
    return looks.most_common(1)[0][0] if looks else None


def _whole(stream: Sequence[Placed], c: Candidate, level: int, words: Words) -> Heading:
    """Return the heading that begins with *c*, with its further lines."""
    texts = [c.title]
    last = c.index
    if not c.title and _titles(stream, c):  # the name of `Chapter 3` stands below it, in a look of its own
        last += 1
        c = replace(c, title=stream[last].line.text, look=look_of(stream[last].line))
        texts = [c.title]
    while not c.run_in and last + 1 < len(stream) and last - c.index < 3 and _goes_on(stream, last, c, bare=not c.title):
        last += 1
        texts.append(stream[last].line.text)
    text, _ = join_lines([t for t in texts if t], words)
    heading = Heading(c.index, last, c.number.printed if c.number else None, text.strip(), level, c.line.page, c.run_in)
    return replace(heading, text=heading.text.rstrip(".:：").strip()) if heading.text.endswith((".", ":", "：")) else heading


def _titles(stream: Sequence[Placed], c: Candidate) -> bool:
    """Whether the line below the number *c* is its title: close to it, and at least as large."""
    below = stream[c.index + 1] if c.index + 1 < len(stream) else None
    if below is None or below.flow != stream[c.index].flow or below.line.page != c.line.page:
        return False
    size, bold, *_ = look_of(below.line)
    return below.line.box[1] - c.line.box[3] < 3 * size and bold >= c.look[1] and size > c.look[0] + 0.5 and is_title_like(below.line.text)


def _goes_on(stream: Sequence[Placed], last: int, c: Candidate, *, bare: bool) -> bool:
    before, after = stream[last], stream[last + 1]
    line = after.line
    if after.flow != before.flow or line.page != before.line.page or not alike(look_of(line), c.look):
        return False
    if any(n.scheme == "arabic" for n in parse_number(line.text)) or KNOWN.match(line.text):
        return False
    gap = line.box[1] - before.line.box[3]
    centred = before.line.box[0] > before.column.left + 2 * line.size
    if centred and not c.look[1] and line.width > before.line.width + 2 * line.size:
        return False  # the text: a heading over two lines fills the first
    full = before.line.box[2] > before.column.right - 9 * line.size or centred
    return gap < 0.6 * line.size and (full or bare) and (c.number is not None or len(c.title) > 25 or bare)
