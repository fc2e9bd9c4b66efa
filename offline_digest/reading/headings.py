"""Headings: lines set apart from the text, ordered by their numbers, or by their look where a paper prints no numbers."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from offline_digest.reading import names
from offline_digest.reading.front import letters_of
from offline_digest.reading.looks import SMALLEST, Look, alike, differs, distinct, look_of, split_run_in
from offline_digest.reading.names import any_of
from offline_digest.reading.numbers import Number, Scheme, parse_number
from offline_digest.reading.order import Placed
from offline_digest.reading.spelling import Words, join_lines
from offline_digest.reading.values import BodyStyle, Line

_STATEMENTS = (
    "key ?words", "supplementary materials?", "limitations", "ethics statement", "ethical considerations", "broader impacts?",
    "data availability(?: statement)?", "author contributions?", "funding", "code availability", "competing interests",
)  # fmt: skip
_STATEMENT = re.compile(rf"({any_of(names.ACKNOWLEDGEMENTS)}|{'|'.join(_STATEMENTS[1:])})[.:]?$", re.IGNORECASE)
_BACK = (
    f"{any_of(names.CONTENTS, names.ACKNOWLEDGEMENTS, names.REFERENCES, names.APPENDIX)}|{'|'.join(_STATEMENTS)}|contributions?|abstract"
)
KNOWN = re.compile(rf"({any_of(names.SECTIONS)}|{_BACK})[.:]?$", re.IGNORECASE)
_OPENING = re.compile(r"(introduction|einleitung|einführung|introducción|引 ?言|绪 ?论|前 ?言)[.:]?$", re.IGNORECASE)
ENDING = re.compile(rf"({_BACK}|significance(?: statement)?|conflicts? of interest|competing interests)[.:]?$", re.IGNORECASE)
LEADERS = re.compile(r"(?:\. ?){4,}\d*$")
_CITED = re.compile(r"\((?:19|20)\d\d[a-z]?\)|\bpp?\. ?\d|\bet al\b|\bvol\. ?\d|arXiv:", re.IGNORECASE)
_MATHEMATICAL = re.compile(
    r"[^\W\d_]+ \d|(?:proof|remarks?|examples?|claim|case|step)\b", re.IGNORECASE
)  # Definition 2.4, Proof of Lemma 3
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


def find_headings(stream: Sequence[Placed], body: BodyStyle, words: Words) -> tuple[Heading, ...]:
    """Return the headings of the *stream*, in its order."""
    candidates = _candidates(stream, body)
    chosen = _numbered(candidates, body)
    top = _top_look(chosen)
    chosen = _with_unnumbered(candidates, chosen, top, stream, body)
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


def _candidates(stream: Sequence[Placed], body: BodyStyle) -> list[Candidate]:
    out: list[Candidate] = []
    for i, placed in enumerate(stream):
        line = placed.line
        title, run_in, look = split_run_in(line, body)
        if not _apart(stream, i) and not (run_in and _STATEMENT.match(title)):
            continue
        if not title or len(title) > 180 or LEADERS.search(title) or _CITED.search(title):
            continue
        numbers = parse_number(title)
        if run_in and not numbers and not (run_in[0].isalnum() and (_STATEMENT.match(title) or title.endswith((".", ":", "。", "：")))):
            continue
        plain = look == look_of(line) and not distinct(line, body) and not ENDING.match(title)
        if plain and not (numbers and _alone(stream, i) and _title_like(numbers[0].rest or title)):
            continue
        out.extend(Candidate(i, line, n, look, n.rest, run_in, plain, _spaced(stream, i)) for n in numbers)
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


def _with_unnumbered(
    candidates: Sequence[Candidate],
    chosen: Sequence[tuple[Candidate, int]],
    top: Look | None,
    stream: Sequence[Placed],
    body: BodyStyle,
) -> list[tuple[Candidate, int]]:
    """Add the headings without number: in the look of the sections, or with a name that only headings have."""
    taken = {c.index for c, _ in chosen}
    plain = [c for c in candidates if c.number is None and c.index not in taken and (not c.run_in or _STATEMENT.match(c.title))]
    out = list(chosen)
    if top is not None:
        opening = min((c.index for c, _ in chosen), default=0)  # what stands above the first section belongs to the title block
        for c in plain:
            known = bool(ENDING.match(c.title)) and (not c.run_in or c.index > opening)
            like = c.index > opening and alike(c.look, top) and _title_like(c.title) and differs(top, body)
            if known or (like and (top[0] > body.size + 0.6 or _spaced(stream, c.index))):
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
        quiet = {c.look for c in plain if KNOWN.match(c.title) and _spaced(stream, c.index)}
        return out + [
            (c, 1) for c in plain if KNOWN.match(c.title) or (c.look in quiet and _title_like(c.title) and _spaced(stream, c.index))
        ]
    first = looks.most_common(1)[0][0]
    slanted = Counter(c.look for c in plain if c.look[2] and _title_like(c.title) and _spaced(stream, c.index))
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
        if (alike(c.look, first) and _title_like(c.title)) or (KNOWN.match(c.title) and differs(c.look, body)):
            out.append((c, 2 if by_place and begun and _at_edge(stream, c.index) else 1))
            begun |= alike(c.look, first)
        elif begun and c.look in seconds and _title_like(c.title) and _alone(stream, c.index):
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
        if differs(c.look, body) and not c.run_in and body.size - 0.4 <= c.look[0] <= top[0] and _title_like(c.title)
        and _spaced(stream, c.index) and not _MATHEMATICAL.match(c.title)
    ]  # fmt: skip
    usual = Counter(c.look for c in apart).most_common(1)
    return [c for c in apart if alike(c.look, usual[0][0])] if usual and usual[0][1] > 1 else []


def _title_like(title: str) -> bool:
    ended = title.endswith((",", ";", ".", "，", "；", "。"))
    return not title[:1].islower() and title[:1].isalpha() and len(title.split()) <= 14 and not ended and sum(map(_weight, title)) > 3


def _weight(c: str) -> int:
    """Return how many letters a character stands for: an ideograph is about half a word."""
    return (2 if c > "\u2e80" else 1) if c.isalpha() else 0


def _alone(stream: Sequence[Placed], i: int) -> bool:
    """Whether the line does not fill its column, as the title of a subsection rarely does."""
    return stream[i].line.box[2] < stream[i].column.right - 2 * stream[i].line.size


def _centred(stream: Sequence[Placed], i: int) -> bool:
    """Whether as much of the column is empty left of the line as right of it."""
    line, column = stream[i].line, stream[i].column
    left, right = line.box[0] - column.left, column.right - line.box[2]
    return left > 2 * line.size and abs(left - right) < line.size


def _at_edge(stream: Sequence[Placed], i: int) -> bool:
    """Whether the line begins where the column does, and does not fill it."""
    return _alone(stream, i) and abs(stream[i].line.box[0] - stream[i].column.left) < stream[i].line.size


def _spaced(stream: Sequence[Placed], i: int) -> bool:
    """Whether there is space above line *i*, and it does not fill its column."""
    gap = stream[i].line.box[1] - stream[i - 1].line.box[3] if i and stream[i].flow == stream[i - 1].flow else stream[i].line.size
    return gap > 0.5 * stream[i].line.size and _alone(stream, i)


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
    return below.line.box[1] - c.line.box[3] < 3 * size and bold >= c.look[1] and size > c.look[0] + 0.5 and _title_like(below.line.text)


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
