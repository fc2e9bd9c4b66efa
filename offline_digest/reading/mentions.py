"""Where a paper mentions web addresses: its link annotations and its printed lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from offline_digest.reading.boxes import centre, holds
from offline_digest.reading.footnotes import begins_with_mark
from offline_digest.reading.links import Mention, clean_url, runs_on, urls_in
from offline_digest.reading.values import Line, Sheet
from offline_digest.records import Box

SLACK = 4  # characters by which a place that is told by its width may be off
_LAST_URL = re.compile(r"(?:https?://|www\.)\S*(?: \S+)?$")


def find_mentions(sheets: Sequence[Sheet], listed: frozenset[int]) -> Iterator[Mention]:
    """Yield the addresses of each page, annotations first; lines whose `id()` is in *listed* belong to the reference list."""
    for sheet in sheets:
        for target in sheet.targets:
            url = clean_url(target.url)
            at = next((i for i, li in enumerate(sheet.lines) if holds(li.box, centre(target.box), 2.0)), None)
            if url and at is not None:
                yield _mention(sheet, at, url, listed, target.box)
            elif url:
                yield Mention(url=url, page=sheet.number, before="")
        for i, line in enumerate(sheet.lines):
            text = line.text
            if i + 1 < len(sheet.lines) and sheet.lines[i + 1].block == line.block and runs_on(text, sheet.lines[i + 1].text):
                text += sheet.lines[i + 1].text.split(" ")[0]
            for url, _ in urls_in(text):
                yield _mention(sheet, i, url, listed)


def _mention(sheet: Sheet, at: int, url: str, listed: frozenset[int], box: Box | None = None) -> Mention:
    """Return the address *url* on the line *at* with the words around it there and, within its block or footnote, on the lines beside it.

    A link need not print where it leads: it is then what lies in its *box*.
    """
    lines, line = sheet.lines, sheet.lines[at]
    if id(line) in listed:
        return Mention(url=url, page=sheet.number, before=None)
    start = url.split("//")[-1][:12]
    first = line.text.find(start)
    if first < 0 and box is not None:
        first, last = _cut(line, box[0]), _cut(line, box[2])
    else:
        first, last = (first, first + len(start)) if first >= 0 else (len(line.text), len(line.text))
    behind = line.text[last:]
    behind = re.sub(r"^\S+", "", behind) if box is None or line.text.find(start) >= 0 else behind  # the rest of the address
    before, above = line.text[:first], lines[at - 1] if at else None
    note = line if begins_with_mark(line) else None
    if note is None and above is not None and _is_joined(above, line):
        before, note = f"{above.text} {before}", above if begins_with_mark(above) else None
    if at + 1 < len(lines) and _is_joined(line, lines[at + 1]) and not begins_with_mark(lines[at + 1]):
        behind = f"{behind} {lines[at + 1].text}"
    before = _LAST_URL.sub("", before)  # an address over two lines begins in the words before it
    anchor = _anchor(lines, note) if note else ""
    own = re.search(r"[^\W\d_]{2}", before)
    return Mention(url=url, page=sheet.number, before=f"{anchor} {before}" if own or not anchor else anchor.rstrip(" .,;:"), after=behind)


def _cut(line: Line, x: float) -> int:
    """Return how many characters of *line* stand left of *x*, as far as the next blank tells."""
    about = round(len(line.text) * (x - line.box[0]) / max(line.width, 1.0))
    blanks = (i + 1 for i, c in enumerate(line.text) if c == " " and abs(i + 1 - about) <= SLACK)
    return max(0, min(blanks, key=lambda i: abs(i - about), default=about))


def _is_joined(above: Line, below: Line) -> bool:
    """Whether *below* is the next line of a paragraph or note."""
    return above.block == below.block and not begins_with_mark(below) and below.box[1] - above.box[3] < below.size


def _anchor(lines: Sequence[Line], note: Line) -> str:
    """Return the words before the mark in the text that *note* belongs to, those of the line above included."""
    mark = next(s.text.strip() for s in note.spans if s.text.strip())
    for i, line in enumerate(lines):
        at = next((k for k, s in enumerate(line.spans) if k and s.raised and s.text.strip() == mark), None)
        if at is None or line is note or line.size < note.size:
            continue
        said = "".join(s.text for s in line.spans[:at])
        return f"{lines[i - 1].text} {said}" if i and _is_joined(lines[i - 1], line) else said
    return ""
