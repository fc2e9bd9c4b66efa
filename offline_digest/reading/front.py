"""The title block of page 1: where it ends, and the title in it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from offline_digest.reading import names
from offline_digest.reading.boxes import overlap_x, union
from offline_digest.reading.names import any_of
from offline_digest.reading.order import Placed
from offline_digest.reading.pages import make_line
from offline_digest.reading.persons import PLACE, is_name, split_names
from offline_digest.reading.remarks import is_remark
from offline_digest.reading.spelling import Words, join_lines
from offline_digest.reading.values import Column, Line, Sheet

ABSTRACT = re.compile(rf"[【［〔\[]?\s*(?:{any_of(names.ABSTRACT)})\b\s*(?P<mark>[】］〕\].:：—–·-]*)\s*", re.IGNORECASE)
_COMMON = frozenset(
    "the we is that this to in are which a an with by our can for on be it as has from these have "
    "wir dass ist nicht wird eine sich auch die sind nous est que qui sont dans une pas los como para por".split()
)
_INITIAL = re.compile(r"\b[^\W\d_]\.")
_CODE = re.compile(r"(?=\S*[^\W\d_])\S*\d{4}\S*")  # what a conference or a laboratory counts its papers by
_LETTERHEAD = re.compile(
    r"\S*(?:大学|学院|研究院|研究所|论文)|university of \w+|\w+ university", re.IGNORECASE
)  # on the title page of a thesis
SMALL_CAPITAL = 0.88  # of the size of a large one; fonts without small capitals of their own are scaled to 0.7 to 0.8
_MARKS = re.compile(r"[\s∗*†‡§¶⋆]+$")


@dataclass(frozen=True, slots=True)
class Title:
    """The title as printed and the lines it stands on."""

    text: str
    lines: tuple[Line, ...]


def is_abstract_start(line: Line) -> bool:
    """Whether the abstract begins on this line, with its word as a heading or run in."""
    m = ABSTRACT.match(line.text)
    if m is None:
        return False
    rest = line.text[m.end() :]
    first = next(s for s in line.spans if s.text.strip())
    apart = first.bold or first.italic or "csc" in first.font.lower() or line.text[:8].isupper() or first.font != line.font
    return not rest or bool(m["mark"]) or (apart and not rest[:1].islower())


def reads_like_prose(text: str, shortest: int = 150) -> bool:
    """Whether *text*, of more than *shortest* characters, is sentences rather than names and addresses."""
    if text.count("。") > 1:
        return True
    tokens = re.findall(r"[^\W\d_]+", _INITIAL.sub("", text).lower())
    return len(text) > shortest and sum(t in _COMMON for t in tokens) >= max(4, 0.12 * len(tokens))


def before_prose(placed: Sequence[Placed], bottom: float, walls: frozenset[int]) -> list[Line]:
    """Return those of the *placed* lines at the head of page 1 that stand, each in its column, above the first sentences below *bottom*.

    Lines that are set like the text and fill their column (the `id()` in *walls*) need not be many to be sentences.
    """
    blocks: dict[int, list[Line]] = {}
    for p in placed:
        blocks.setdefault(p.line.block, []).append(p.line)
    running = {
        number
        for number, b in blocks.items()
        if b[0].box[1] > bottom and reads_like_prose(" ".join(li.text for li in b), 60 if id(b[0]) in walls else 150)
    }
    tops: dict[Column, float] = {}
    for p in placed:
        if p.line.block in running:
            tops[p.column] = min(tops.get(p.column, math.inf), p.line.box[1])
    return [p.line for p in placed if p.line.box[1] < tops.get(p.column, math.inf) - 1]


def find_title(lines: Sequence[Line], height: float, words: Words, hint: str = "") -> Title:
    """Return the title among the *lines* of page 1 that stand above the abstract: the largest text there.

    *hint* is the title that the file's metadata claim; it is believed only where the page prints it. The result is empty only when there
    are no lines.
    """
    if not lines:
        return Title("", ())
    groups = _groups(lines)
    likely = [g for g in groups if _letters(g) >= 4 and g[0].box[1] < 0.6 * height] or [g for g in groups if _letters(g) >= 2] or groups
    said = letters_of(hint)

    def rank(group: Sequence[Line]) -> tuple[object, ...]:
        known = len(said) > 9 and said == letters_of(" ".join(li.text for li in group))
        text = " ".join(li.text for li in group)
        named = not (_is_masthead(group, lines) or _CODE.fullmatch(text) or _LETTERHEAD.fullmatch(text))
        return (known, named, round(_size(group) * 2) / 2, group[0].bold, _letters(group) > 12, -group[0].box[1])

    best = max(likely, key=rank)
    if len(groups) == 1:  # all in one look: the title ends where the names begin
        best = best[: next((i for i, li in enumerate(best) if i and names_somebody(li)), len(best))]
    text, _ = join_lines([_as_written(li) for li in best], words)
    text = _MARKS.sub("", text)
    more = _subtitle(best, groups)
    if more:
        rest = _MARKS.sub("", join_lines([_as_written(li) for li in more], words)[0])
        text = f"{text} {rest}" if text[-1:] in ":.?!—–" else f"{text}: {rest}"
    return Title(text, (*best, *more))


def _as_written(line: Line) -> str:
    """Return the text of *line*; small capitals that are large ones of a smaller size become the small letters that were typed."""
    inked = [s for s in line.spans if s.text.strip()]
    large = max(s.size for s in inked)
    small = [s for s in inked if s.size < SMALL_CAPITAL * large and s.text.isupper()]
    if line.text != line.text.upper() or sum(len(s.text) for s in small) < 0.5 * len(line.text):
        return line.text
    made = make_line([replace(s, text=s.text.lower()) if s in small else s for s in line.spans], page=line.page, block=line.block)
    return made.text if made else line.text


def _is_masthead(group: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Whether *group* is the name of a journal: elsewhere on the page a volume follows it."""
    name = " ".join(li.text for li in group)
    volume = re.compile(re.escape(name) + r",?\s*(?:vol\S*\s*)?\d", re.IGNORECASE)
    return any(volume.match(li.text) for li in lines)


def _subtitle(title: Sequence[Line], groups: Sequence[Sequence[Line]]) -> Sequence[Line]:
    """Return the lines between *title* and the names of the authors that are set in the title's family of type, but not as they are."""
    at = next(i for i, g in enumerate(groups) if g[0] is title[0])
    if at + 2 >= len(groups):
        return ()
    below, after = groups[at + 1], groups[at + 2]
    text = " ".join(li.text for li in below)
    own = (
        _same_family(below[0], title[0])
        and below[0].size < title[0].size
        and (below[0].size, below[0].font) != (after[0].size, after[0].font)
    )
    near = -2 < below[0].box[1] - title[-1].box[3] < 2 * below[0].size
    numbered = any(s.raised and not _MARKS.fullmatch(s.text) for li in below for s in li.spans)
    words = re.fullmatch(r"[^\W\d_][^@∗*†‡]+", _MARKS.sub("", text)) and len(text.split()) >= 3 and not numbered
    named = any(is_name(n) for li in after for n in split_names(li.text)) and not any(names_somebody(li) for li in below)
    return below if own and near and words and named and not PLACE.search(text) and not is_remark(text) else ()


def names_somebody(line: Line) -> bool:
    """Whether *line* holds nothing but names of persons."""
    found = split_names(line.text)
    return bool(found) and all(is_name(n) for n in found)


def _same_family(a: Line, b: Line) -> bool:
    """Whether two lines are set in one family of type: the name of a bold or italic cut begins with that of the upright one."""
    one, other = _family(a), _family(b)
    return one.startswith(other) or other.startswith(one)


def _family(line: Line) -> str:
    return re.split(r"[-\d,]", line.font)[0]


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Group neighbouring lines of the same size."""
    out: list[list[Line]] = []
    for line in sorted(lines, key=lambda li: (round(li.box[1]), li.box[0])):
        near = next((g for g in reversed(out) if overlap_x(g[-1].box, line.box) > 0), None)
        if near and _alike(near[-1], line) and line.box[1] - near[-1].box[3] < 0.9 * line.size:
            near.append(line)
        else:
            out.append([line])
    return out


def _alike(a: Line, b: Line) -> bool:
    return abs(a.size - b.size) < 0.6 and _some_bold(a) == _some_bold(b) and _family(a) == _family(b)


def side_column(lines: Sequence[Line], title: Title) -> frozenset[int]:
    """Return the `id()` of the *lines* of page 1 in a column beside the title: who edited the paper, when it came, how to cite it.

    Names never stand beside a title; what begins there goes on below, until a line crosses the border.
    """
    if not title.lines:
        return frozenset()
    x0, y0, x1, y1 = union(li.box for li in title.lines)
    low = [li for li in lines if li.box[3] > y0]
    found: set[int] = set()
    for side, border in (([li for li in low if li.box[2] <= x0], x0 - 3), ([li for li in low if li.box[0] >= x1], x1 + 3)):
        if sum(li.box[1] < y1 for li in side) >= 2:
            end = min((li.box[1] for li in low if li.box[1] > y1 and li.box[0] < border < li.box[2]), default=math.inf)
            column = sorted((li for li in side if li.box[1] < end), key=lambda li: li.box[1])
            while len(column) > 1 and end - column[-1].box[3] < column[-1].box[1] - column[-2].box[3]:
                column.pop()  # nearer to the text below: its heading
            found.update(id(li) for li in column)
    return frozenset(found)


def letters_of(text: str) -> str:
    """Return the letters of *text* alone, in lower case."""
    return re.sub(r"[\W\d_]+", "", text).lower()


def _some_bold(line: Line) -> bool:
    return any(s.bold and s.text.strip() for s in line.spans)


def _letters(group: Sequence[Line]) -> int:
    return sum(c.isalpha() for li in group for c in li.text)


def _size(group: Sequence[Line]) -> float:
    return max(li.size for li in group)


def title_block(sheet: Sheet, lines: Sequence[Line], walls: frozenset[int], words: Words) -> frozenset[int]:
    """Return the `id()` of the lines of page 1 from its top to the first running text, abstract or picture below the title."""
    title = find_title(lines, sheet.height, words)
    bottom = max((li.box[3] for li in title.lines), default=0.0)
    blocks: dict[int, str] = {}
    for li in lines:
        blocks[li.block] = f"{blocks.get(li.block, '')} {li.text}"
    running = {b for b, text in blocks.items() if reads_like_prose(text)}
    ends = [li.box[1] for li in lines if li.box[1] > bottom and ((id(li) in walls and li.block in running) or is_abstract_start(li))]
    ends += [g.box[1] for g in sheet.graphics if g.box[1] > bottom and g.box[3] - g.box[1] > 15 and g.box[2] - g.box[0] > 15]
    end = min(ends, default=sheet.height)
    return frozenset(id(li) for li in lines if li.box[3] <= end + 2)
