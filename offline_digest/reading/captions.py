"""Captions: finding the lines that begin one, telling them from sentences about a figure, and taking in the lines that follow."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from offline_digest.reading.boxes import centre, holds, overlap_x, overlap_y, union
from offline_digest.reading.prose import widest_gap
from offline_digest.reading.spelling import Words, join_lines
from offline_digest.reading.values import BodyStyle, Caption, Graphic, Kind, Line, Sheet
from offline_digest.records import Box

_HAN = "\u3400-\u9fff"
_WORDS: dict[str, tuple[Kind, str]] = {
    "figure": ("figure", "Figure"), "figures": ("figure", "Figure"), "fig": ("figure", "Figure"), "abbildung": ("figure", "Figure"),
    "abb": ("figure", "Figure"), "figura": ("figure", "Figure"), "图": ("figure", "Figure"), "圖": ("figure", "Figure"),
    "図": ("figure", "Figure"), "scheme": ("figure", "Scheme"), "chart": ("figure", "Chart"),
    "table": ("table", "Table"), "tables": ("table", "Table"), "tab": ("table", "Table"), "tabelle": ("table", "Table"),
    "tableau": ("table", "Table"), "tabla": ("table", "Table"), "tabela": ("table", "Table"), "表": ("table", "Table"),
    "algorithm": ("algorithm", "Algorithm"), "listing": ("algorithm", "Algorithm"),
}  # fmt: skip
"""What captions begin with: English, German, French, Spanish, Portuguese, Italian, Chinese and Japanese."""
LABEL = re.compile(
    r"(?P<extra>(?:Supplementary|Supplemental|Suppl\.|Extended Data|Appendix) )?"
    rf"(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?P<dot>\.?) ?"
    rf"(?P<number>(?:[A-Z][.-]?)?\d+(?:[.-]\d+)*[a-z]?|[IVXL]+)(?![^\W{_HAN}])"
    r"(?P<sep> ?[:：.|—–-]|\s*$| )?\s*",
    re.IGNORECASE,
)
_TELLS = re.compile(r"(?:中|为|是|的|和|与|及|、|，|可|则|所示|展示|显示|给出|列出|描述|说明|表明|比较|总结|汇总|示)")
"""How a Chinese sentence about a figure goes on behind the label, which a caption does not."""
SHORTEST_RULE_PT = 60.0
WIDEST_WORD_SPACE, WIDEST_JUSTIFIED = 1.0, 2.0
"""In ems: the space between two cells of a table is wider, that between two words is not; narrow justified lines are stretched more."""
_STRONG = frozenset(":：|.—–-")


@dataclass(frozen=True, slots=True)
class Label:
    """The printed beginning of a caption. `strong` means that a mark such as a colon ends it."""

    kind: Kind
    text: str
    strong: str
    end: int


def parse_label(text: str) -> Label | None:
    """Return the float label that *text* begins with, normalised (`Fig. 3:` → `Figure 3`), or None."""
    m = LABEL.match(text)
    if m is None or m["word"][0].islower() or (m["number"].isalpha() and not m["number"].isupper()):
        return None
    kind, name = _WORDS[m["word"].lower()]
    sep = (m["sep"] or "").strip()
    extra = f"{m['extra'].strip()} " if m["extra"] else ""
    return Label(kind, f"{extra}{name} {m['number']}", sep if sep in _STRONG else "", m.end())


def find_captions(sheets: Sequence[Sheet], skip: frozenset[int], body: BodyStyle, words: Words) -> tuple[Caption, ...]:
    """Return the captions of all pages, each label once, in page order; lines whose `id()` is in *skip* take no part."""
    starts = []
    leading = _leading(sheets, body)
    for sheet in sheets:
        lines = [li for li in sheet.lines if id(li) not in skip]
        for i, line in enumerate(lines):
            label = parse_label(line.text)
            if label is not None and _begins_something(lines, i):
                starts.append((sheet.graphics, lines, i, label, _stands_out(line, body)))
    votes = Counter((label.kind, label.strong) for _, _, _, label, _ in starts if label.strong)
    out: dict[tuple[Kind, str], Caption] = {}
    marked: dict[tuple[Kind, str], bool] = {}
    for graphics, lines, i, label, standing_out in starts:
        usual = {strong for (kind, strong), n in votes.items() if kind == label.kind and n}
        sure = bool(label.strong)
        if not sure and not standing_out and (usual or not _may_be_bare(lines[i], label)):
            continue
        key = (label.kind, label.text.lower())
        if key in out and (marked[key] or not (standing_out and sure)):
            continue
        out[key] = _caption(lines, i, label, words, graphics, leading)
        marked[key] = standing_out and sure
    return tuple(sorted(out.values(), key=lambda c: (c.page, c.box[1])))


def _begins_something(lines: Sequence[Line], i: int) -> bool:
    """Whether no line of the same paragraph stands right above line *i*."""
    line = lines[i]
    for other in lines[max(0, i - 6) : i]:
        gap = line.box[1] - other.box[3]
        if overlap_x(line.box, other.box) > 0.3 * min(line.width, other.width) and -2 < gap < 0.42 * line.size:
            same = abs(other.size - line.size) < 0.3 and abs(other.box[0] - line.box[0]) < 2 * line.size
            if same and other.font == line.font and not line.spans[0].bold:
                return False
    return True


def _stands_out(line: Line, body: BodyStyle) -> bool:
    """Whether the label is set in bold or small capitals, or the line smaller than the text."""
    first = next(s for s in line.spans if s.text.strip())
    return (first.bold and not body.bold) or line.text.split(" ")[0].isupper() or line.size < body.size - 0.7 or "csc" in first.font.lower()


def _may_be_bare(line: Line, label: Label) -> bool:
    """Whether a label without a mark after it can begin a caption: alone on its line, or before a capital."""
    rest = line.text[label.end :]
    return not rest or rest[0].isupper() or (bool(re.match(f"[{_HAN}]", rest)) and not _TELLS.match(rest))


def _caption(lines: Sequence[Line], i: int, label: Label, words: Words, graphics: Sequence[Graphic], leading: float) -> Caption:
    rules = [g.box for g in graphics if g.box[3] - g.box[1] < 2 and g.box[2] - g.box[0] > SHORTEST_RULE_PT]
    taken = [lines[i]]
    for line in _below(lines, lines[i]):
        box = union(li.box for li in taken)
        if overlap_x(box, line.box) <= 0 or overlap_y(taken[-1].box, line.box) > 0.5 * line.size:
            continue  # beside the caption: the other column, or another caption
        ruled = any(overlap_x(r, box) > 20 and box[3] - 3 < r[1] < line.box[1] + 0.4 * line.size for r in rules)
        justified = abs(line.box[0] - taken[-1].box[0]) < 2 and abs(line.box[2] - taken[-1].box[2]) < 2
        spaced = widest_gap(line) > (WIDEST_JUSTIFIED if justified else WIDEST_WORD_SPACE) * line.size
        celled = spaced or (label.kind == "table" and _is_cell(line, lines, taken[0]))
        if (
            celled
            or ruled
            or parse_label(line.text) is not None
            or any(_holds_apart(g.box, line, taken[0]) for g in graphics)
            or not _in_line(taken, line, label)
            or not _close(taken, line, label, leading)
        ):
            break
        taken.append(line)
    text, _ = join_lines([li.text for li in taken], words)
    found = parse_label(text)
    return Caption(
        kind=label.kind,
        label=label.text,
        text=text[found.end if found else 0 :].strip(),
        page=lines[i].page,
        box=union(li.box for li in taken),
        lines=tuple(taken),
    )


def _holds_apart(box: Box, line: Line, first: Line) -> bool:
    """Whether something is drawn around *line* and not around the *first* line of a caption: its words belong to a drawing."""
    whole = box[0] <= line.box[0] + 2 and line.box[2] - 2 <= box[2]  # not only a word, which may be highlighted
    return whole and holds(box, centre(line.box)) and not holds(box, centre(first.box))


def _is_cell(line: Line, lines: Sequence[Line], first: Line) -> bool:
    """Whether another line stands beside *line* under the *first* line of a caption, as cells of a row do."""
    return any(
        line.box[2] + line.size < o.box[0] < first.box[2] and overlap_y(o.box, line.box) > 0.5 * line.size and o is not line for o in lines
    )


def _below(lines: Iterable[Line], start: Line) -> list[Line]:
    """Return the lines below *start* that share some of its width or of its column, from top to bottom."""
    return sorted((li for li in lines if li.box[1] > start.box[1] + 0.3 * start.size), key=lambda li: (round(li.box[1]), li.box[0]))


def _leading(sheets: Sequence[Sheet], body: BodyStyle) -> float:
    """Return the empty space between two lines of running text, in points."""
    gaps = [
        b.box[1] - a.box[3] for s in sheets for a, b in itertools.pairwise(s.lines)
        if abs(a.size - body.size) < 0.5 and abs(b.size - body.size) < 0.5 and abs(a.box[0] - b.box[0]) < 1 and a.width > 0.2 * s.width
    ]  # fmt: skip
    return max(0.0, median(gaps)) if gaps else 0.0


def _in_line(taken: Sequence[Line], line: Line, label: Label) -> bool:
    """Whether *line* stands where a further line of the caption would: at an edge of it, behind its label, or in its middle."""
    first, last, box = taken[0], taken[-1], union(li.box for li in taken)
    behind = first.box[0] + first.width * label.end / max(1, len(first.text))
    left = any(abs(line.box[0] - x) < 2 * line.size for x in (first.box[0], last.box[0], behind))
    return left or abs(line.box[2] - last.box[2]) < 0.5 * line.size or abs(centre(line.box)[0] - centre(box)[0]) < line.size


def _close(taken: Sequence[Line], line: Line, label: Label, leading: float) -> bool:
    """Whether *line* follows as near as the lines of the caption do, or of the text, whose *leading* is given in points."""
    last = taken[-1]
    gap = line.box[1] - last.box[3]
    bare = len(taken) == 1 and len(last.text) <= label.end + 1
    widest = max((b.box[1] - a.box[3] for a, b in itertools.pairwise(taken)), default=max(0.42 * last.size, leading))
    titled = bare and last.bold and line.italic and gap < 2 * last.size  # in the style of the APA
    if gap > max(widest + 0.8, 0.3 * last.size) and not (bare and gap < 0.9 * last.size) and not titled:
        return False
    if abs(line.size - last.size) > (2.6 if bare else 0.45):
        return False
    box = union(li.box for li in taken)
    return line.block == last.block or bare or (line.box[0] >= box[0] - 3 and line.box[2] <= box[2] + 3) or len(taken) == 1
