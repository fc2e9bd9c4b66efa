"""What belongs to the page and not to the paper: running heads, page numbers, line numbers, the arXiv stamp."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from offline_digest.reading.boxes import overlap_x, union
from offline_digest.reading.values import BodyStyle, Line, Sheet

ZONE = 0.135
INNER_NUMBERS = 15  # a column of a table may count its rows, but seldom so many
MARGIN_NUMBERS = 5
_PAGE_NUMBER = re.compile(r"[-–—|. ]*(?:(?:page|p\.) ?)?(?:\d{1,4}|[ivxl]{1,6})(?:(?: of | ?/ ?)\d{1,4})?[-–—|. ]*$", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"(?:copyright\s*)?(?:©|\(c\))\s*(?:19|20)\d\d\b|copyright (?:19|20)\d\d\b|.{0,80}all rights reserved\.?$", re.IGNORECASE
)
_STAMP = re.compile(r"arXiv: ?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(v\d+)?", re.IGNORECASE)


def without_line_numbers(pieces: Sequence[Line]) -> list[Line]:
    """Drop the numbers that review copies print beside each line: long runs of increasing numbers on one vertical."""
    runs: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for piece in pieces:
        if re.fullmatch(r"\d{1,4}", piece.text):
            runs["right", round(piece.box[2] / 3)].append(piece)
            runs["left", round(piece.box[0] / 3)].append(piece)
    numbers: set[int] = set()
    for run in runs.values():
        ordered = sorted(run, key=lambda p: p.box[1])
        values = [int(p.text) for p in ordered]
        steps = [b - a for a, b in itertools.pairwise(values)]
        least = MARGIN_NUMBERS if _in_margin(run, pieces) else INNER_NUMBERS
        if len(run) >= least and sum(s == 1 for s in steps) >= 0.9 * len(steps):
            numbers.update(id(p) for p in run)
    return [p for p in pieces if id(p) not in numbers]


def _in_margin(run: Sequence[Line], pieces: Sequence[Line]) -> bool:
    """Whether the numbers of *run* stand beside all the text of the page, along half of its height or more."""
    words = [p.box for p in pieces if sum(c.isalpha() for c in p.text) > 1]
    if not words:
        return False
    text, numbers = union(words), union(p.box for p in run)
    return overlap_x(text, numbers) < 0 and numbers[3] - numbers[1] > 0.5 * (text[3] - text[1])


def stamp(sheet: Sheet) -> tuple[str | None, str | None]:
    """Return the arXiv id without version and the version (`v2`) that page 1 is stamped with."""
    for line in (*sheet.sideways, *(p for p in sheet.pieces if p.text.lower().startswith("arxiv:"))):
        found = _STAMP.search(line.text)
        if found:
            return found[1], found[2]
    return None, None


def furniture(sheets: Sequence[Sheet], body: BodyStyle) -> frozenset[int]:
    """Return the `id()` of each line that is a running head, a running foot, a page number or a copyright."""
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    rows: Counter[int] = Counter()
    edges: list[tuple[Sheet, Line]] = []
    for sheet in sheets:
        outermost = {id(li) for edge in (1, 3) for li in _outermost(sheet, edge)}
        for line in sheet.lines:
            if _in_zone(line, sheet) or (id(line) in outermost and not line.bold and line.size < body.size + 0.8):
                edges.append((sheet, line))
                places[_shape(line), round(line.box[1] / 4)].add(sheet.number)
        rows.update({round(line.box[1] / 2) for line in _loose_edge_lines(sheet, body)})
    found = _counting(sheets)
    found.update(id(li) for sheet in sheets[1:] for li in _beside_numbers(sheet))
    often = max(2, min(3, len(sheets) // 2))
    for sheet, line in edges:
        row = round(line.box[1] / 4)
        seen = set().union(*(places.get((_shape(line), row + d), set()) for d in (-1, 0, 1)))
        if len(seen) >= often or _is_page_number(line, sheet):
            found.add(id(line))
    found.update(id(line) for line in sheets[0].lines if _COPYRIGHT.match(line.text))
    for sheet in sheets:
        for line in _loose_edge_lines(sheet, body):
            row = round(line.box[1] / 2)
            if sum(rows[row + d] for d in (-1, 0, 1)) >= max(3, 0.4 * len(sheets)):
                found.add(id(line))
    return frozenset(found)


def _beside_numbers(sheet: Sheet) -> list[Line]:
    """Return the lines of the outermost rows that a page number stands in, at an edge of the text: the title or the authors again."""
    left, right = min((li.box[0] for li in sheet.lines), default=0.0), max((li.box[2] for li in sheet.lines), default=0.0)
    rows = [[li for li in _outermost(sheet, edge) if _in_zone(li, sheet)] for edge in (1, 3)]
    return [
        li for row in rows for li in row if any(_PAGE_NUMBER.match(n.text) and (n.box[0] < left + 3 or n.box[2] > right - 3) for n in row)
    ]


def _counting(sheets: Sequence[Sheet]) -> set[int]:
    """Return the `id()` of the numbers at the top or bottom that go up with the pages, however far from the edge they stand."""
    runs: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for sheet in sheets:
        for line in (*_outermost(sheet, 1), *_outermost(sheet, 3)):
            if re.fullmatch(r"\d{1,4}", line.text):
                runs[int(line.text) - sheet.number, round(line.box[1] / 10)].append(line)
    return {id(li) for run in runs.values() if len(run) >= max(2, len(sheets) // 3) for li in run}


def _outermost(sheet: Sheet, edge: int) -> list[Line]:
    """Return the lines of the top row (*edge* 1) or of the bottom row (*edge* 3), if it stands in the outer quarter of the page."""
    ordered = sorted(sheet.lines, key=lambda li: li.box[edge], reverse=edge == 3)
    outer = ordered and (ordered[0].box[3] < 0.25 * sheet.height if edge == 1 else ordered[0].box[1] > 0.75 * sheet.height)
    return [li for li in ordered if abs(li.box[edge] - ordered[0].box[edge]) < 3] if outer else []


def _in_zone(line: Line, sheet: Sheet) -> bool:
    return line.box[3] < ZONE * sheet.height or line.box[1] > (1 - ZONE) * sheet.height


def _shape(line: Line) -> str:
    return str(round(line.size)) + re.sub(r"\d+", "#", line.text.lower())


def _is_page_number(line: Line, sheet: Sheet) -> bool:
    """Whether *line* is a number at the very top or bottom: nothing but its own row is nearer to the edge."""
    if not _PAGE_NUMBER.match(line.text):
        return False
    top, bottom = min(li.box[1] for li in sheet.lines), max(li.box[3] for li in sheet.lines)
    return _in_zone(line, sheet) and (line.box[1] < top + 4 or line.box[3] > bottom - 4)


def _loose_edge_lines(sheet: Sheet, body: BodyStyle) -> list[Line]:
    """Return lines of the top or bottom row that stand apart from the text and do not look like it."""
    if not sheet.lines:
        return []
    out = []
    for edge, rest in ((1, 3), (3, 1)):
        ordered = sorted(sheet.lines, key=lambda li: li.box[edge], reverse=edge == 3)
        first = ordered[0]
        row = [li for li in ordered if abs(li.box[1] - first.box[1]) < 3]
        others = [li for li in ordered if abs(li.box[1] - first.box[1]) >= 3]
        if not others or len(row) > 3:
            continue
        gap = min(abs(li.box[edge] - first.box[rest]) for li in others)
        if any(li.bold or li.size > body.size + 0.8 for li in row):
            continue  # a heading on top of a page
        odd = any(
            abs(li.size - body.size) > 0.4
            or li.italic
            or li.text.isupper()
            or re.match(r"\d+ |.* \d+$", li.text)
            or li.font not in body.fonts
            for li in row
        )
        if gap > 0.7 * body.size and odd and all(_in_zone(li, sheet) for li in row):
            out.extend(row)
    return out
