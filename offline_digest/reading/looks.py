"""How a line looks beside the running text: what can tell a heading from it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from offline_digest.reading.values import BodyStyle, Line, Span

Look = tuple[float, bool, bool, bool, bool]

SMALLEST = 1.3  # points; a sans-serif is often set a little smaller than the text beside it
_BARE_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?")


def look_of(line: Line) -> Look:
    """Return size (half points), bold, italic, capitals and colour of *line*; small capitals count with the size of their large ones."""
    capitals = _capitals(line.text, line.spans)
    size = max(s.size for s in line.spans if s.text.strip() and not s.raised) if capitals and not line.spans[0].raised else line.size
    return (round(size * 2) / 2, line.bold, line.italic, capitals, line.coloured)


def _capitals(text: str, spans: Iterable[Span]) -> bool:
    letters = [c for c in text if c.isalpha()]
    small = any("csc" in s.font.lower() or "smallcap" in s.font.lower() or "sfcc" in s.font.lower() for s in spans if s.text.strip())
    return (len(letters) > 3 and sum(c.isupper() for c in letters) > 0.9 * len(letters)) or (small and len(letters) > 3)


def distinct(line: Line, body: BodyStyle) -> bool:
    """Whether *line* is set otherwise than the text in any way, and not much smaller."""
    size, bold, italic, capitals, coloured = look_of(line)
    if size < body.size - SMALLEST:
        return False
    plain_size = size > body.size - 0.4
    odd = italic or coloured or line.font not in body.fonts
    return size > body.size + 0.6 or (bold and not body.bold) or capitals or (plain_size and odd)


def differs(look: Look, body: BodyStyle) -> bool:
    """Whether *look* stands out from the text: larger, bold, in capitals or in colour."""
    return look[0] > body.size + 0.6 or (look[1] and not body.bold) or look[3] or look[4]


def alike(a: Look, b: Look) -> bool:
    """Whether two looks are one but for half a point of size."""
    return abs(a[0] - b[0]) <= 0.5 and a[1:] == b[1:]


def split_run_in(line: Line, body: BodyStyle) -> tuple[str, str, Look]:
    """Return the bold or italic beginning of a line that goes on in plain type, the rest, and the look of the beginning.

    The number before it may be set like the text; an italic beginning without a number is no title but an emphasis.
    """
    if line.bold or body.bold or line.italic:
        return line.text, "", look_of(line)
    head: list[Span] = []
    first: Span | None = None
    for span in line.spans:
        bare = span.text.strip()
        number = first is None and bool(_BARE_NUMBER.fullmatch(bare))
        goes_on = span.bold or span.italic if first is None else (span.bold, span.italic) == (first.bold, first.italic)
        if bare and not number and not goes_on:
            break
        first = first or (span if bare and not number else None)
        head.append(span)
    title = _beginning(line.text, "".join(s.text for s in head)) if first else ""
    if first is None or len(title) < 4 or not (first.bold or _BARE_NUMBER.match(title)):
        return line.text, "", look_of(line)
    size = max(s.size for s in head)
    rest = line.text[len(title) :].strip()
    return title, rest, (round(size * 2) / 2, first.bold, first.italic, _capitals(title, head), first.coloured)


def _beginning(text: str, printed: str) -> str:
    """Return the beginning of *text* that holds the characters of *printed*, empty where it begins otherwise; spaces may differ."""
    end = 0
    for c in "".join(printed.split()):
        while end < len(text) and text[end].isspace():
            end += 1
        if text[end : end + 1] != c:
            return ""
        end += 1
    return text[:end]
