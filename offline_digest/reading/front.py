"""The title block of page 1: where it ends, and the title in it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from offline_digest.reading import names
from offline_digest.reading.bylines import PLACE, is_name, split_names
from offline_digest.reading.names import any_of
from offline_digest.reading.spelling import Words, join_lines
from offline_digest.reading.values import Line, Sheet

ABSTRACT = re.compile(rf"(?:{any_of(names.ABSTRACT)})\b\s*(?P<mark>[.:：—–·-]*)\s*", re.IGNORECASE)
_COMMON = frozenset(
    "the we is that this to in are which a an with by our can for on be it as has from these have "
    "wir dass ist nicht wird eine sich auch die sind nous est que qui sont dans une pas los como para por".split()
)
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


def reads_like_prose(text: str) -> bool:
    """Whether *text* is sentences rather than names and addresses."""
    if text.count("。") > 1:
        return True
    tokens = re.findall(r"[^\W\d_]+", text.lower())
    return len(text) > 150 and sum(t in _COMMON for t in tokens) >= max(4, 0.12 * len(tokens))


def before_prose(lines: Sequence[Line]) -> list[Line]:
    """Return those of the *lines* of a title block that stand above its first sentences, if it has any."""
    blocks: dict[int, list[Line]] = {}
    for li in lines:
        blocks.setdefault(li.block, []).append(li)
    top = min((b[0].box[1] for b in blocks.values() if reads_like_prose(" ".join(li.text for li in b))), default=math.inf)
    return [li for li in lines if li.box[1] < top - 1]


def find_title(lines: Sequence[Line], height: float, words: Words, hint: str = "") -> Title:
    """Return the title among the *lines* of page 1 that stand above the abstract: the largest text there.

    *hint* is the title that the file's metadata claim; it is believed only where the page prints it. The result is empty only when there
    are no lines.
    """
    if not lines:
        return Title("", ())
    groups = _groups(lines)
    likely = [g for g in groups if _letters(g) >= 4 and g[0].box[1] < 0.6 * height] or [g for g in groups if _letters(g) >= 2] or groups
    said = _letters_of(hint)

    def rank(group: Sequence[Line]) -> tuple[object, ...]:
        known = len(said) > 9 and said == _letters_of(" ".join(li.text for li in group))
        return (known, not _is_masthead(group, lines), round(_size(group) * 2) / 2, group[0].bold, _letters(group) > 12, -group[0].box[1])

    best = max(likely, key=rank)
    text, _ = join_lines([li.text for li in best], words)
    text = _MARKS.sub("", text)
    more = _subtitle(best, groups)
    if more:
        rest = _MARKS.sub("", join_lines([li.text for li in more], words)[0])
        text = f"{text} {rest}" if text[-1:] in ":.?!—–" else f"{text}: {rest}"
    return Title(text, (*best, *more))


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
        _family(below[0]) == _family(title[0])
        and below[0].size < title[0].size
        and (below[0].size, below[0].font) != (after[0].size, after[0].font)
    )
    near = -2 < below[0].box[1] - title[-1].box[3] < 2 * below[0].size
    words = re.fullmatch(r"[^\W\d_][^@∗*†‡]+", text) and len(text.split()) >= 3 and not any(s.raised for li in below for s in li.spans)
    named = any(is_name(n) for li in after for n in split_names(li.text.split("  ")[0]))
    return below if own and near and words and named and not any(is_name(n) for n in split_names(text)) and not PLACE.search(text) else ()


def _family(line: Line) -> str:
    return re.split(r"[-\d,]", line.font)[0]


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Group neighbouring lines of the same size."""
    out: list[list[Line]] = []
    for line in sorted(lines, key=lambda li: (round(li.box[1]), li.box[0])):
        if out:
            last = out[-1][-1]
            gap = line.box[1] - last.box[3]
            if abs(line.size - last.size) < 0.6 and _some_bold(line) == _some_bold(last) and gap < 0.9 * line.size:
                out[-1].append(line)
                continue
        out.append([line])
    return out


def _letters_of(text: str) -> str:
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
