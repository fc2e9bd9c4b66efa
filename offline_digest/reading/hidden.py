"""Text that a reader of the page cannot see: no ink, white on white, under 2 points, transparent, off the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from offline_digest.reading.boxes import centre, holds
from offline_digest.reading.values import Graphic, Sheet
from offline_digest.records import Box

SMALLEST_PT = 2.0
FILLED, STROKED = 16, 32
OPAQUE_ENOUGH = 10
THINNEST_BACK_PT = 3.0
WHITE = 0xF8
FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Ink:
    """What is drawn on a page besides text; `backs` are tall enough to lie behind a line of it."""

    graphics: tuple[Graphic, ...]
    backs: tuple[Graphic, ...]

    @classmethod
    def of(cls, log: Iterable[tuple[Any, ...]], place: Callable[[Sequence[float]], Box]) -> Ink:
        """Read PyMuPDF's list of boxes; *place* turns a box to the page as displayed."""
        found = []
        for kind, box, *_ in log:
            if "text" not in kind and "clip" not in kind:
                found.append(Graphic(image="image" in kind or "shade" in kind, box=place(box)))
        return cls(tuple(found), tuple(g for g in found if g.box[3] - g.box[1] > THINNEST_BACK_PT))

    def behind(self, box: Box, *, images_only: bool) -> bool:
        """Whether something drawn lies under the middle of *box*."""
        middle = centre(box)
        return any(holds(g.box, middle) for g in self.backs if g.image or not images_only)


def is_hidden(span: dict[str, Any], box: Box, ink: Ink, page_size: tuple[float, float]) -> bool:
    """Whether the *span*, as PyMuPDF describes it, leaves no visible mark on the page.

    Text without ink over an image is the text layer of a scan and counts as visible; so does white text over anything drawn.
    """
    if not span["text"].strip():
        return False
    width, height = page_size
    if box[2] < 0 or box[3] < 0 or box[0] > width or box[1] > height:
        return True
    style = span.get("char_flags")
    if style is not None and not style & (FILLED | STROKED):
        return not ink.behind(box, images_only=True)
    if span["size"] < SMALLEST_PT or span.get("alpha", 255) < OPAQUE_ENOUGH:
        return True
    colour = int(span.get("color", 0))
    if all((colour >> shift) & 0xFF >= WHITE for shift in (0, 8, 16)):
        return not ink.behind(box, images_only=False)
    return False


def hidden_warnings(sheets: Sequence[Sheet], pictures: dict[int, list[Box]]) -> tuple[str, ...]:
    """Return a sentence on the words that were left out because nobody can see them.

    Drawings hide labels for technical reasons and reach over the edge of the page, so numbers and whatever lies in or beside a figure
    (*pictures*, by page) are not reported.
    """
    counts = {}
    for sheet in sheets:
        boxes = pictures.get(sheet.number, [])
        words = sum(len(_WORD.findall(h.text)) for h in sheet.hidden if not any(_belongs(h.box, b, sheet.width) for b in boxes))
        if words >= FEWEST_WORDS:
            counts[sheet.number] = words
    if not counts:
        return ()
    pages = "page " + ", ".join(map(str, counts)) if len(counts) == 1 else "pages " + ", ".join(map(str, counts))
    return (f"{sum(counts.values())} words that cannot be seen were left out ({pages}).",)


def _belongs(box: Box, picture: Box, width: float) -> bool:
    """Whether hidden text lies in a picture, or off the page at about its height."""
    x, y = centre(box)
    slack = (picture[3] - picture[1]) / 2
    return holds(picture, (x, y), 2.0) or (not 0 <= x <= width and picture[1] - slack <= y <= picture[3] + slack)
