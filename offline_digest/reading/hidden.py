"""Text that a reader of the page cannot see: no ink, the colour of the paper, under 2 points, transparent, covered, off the page.

Most text is plainly there: dark, and its place in a small grey picture of the page is not even. What is plainly not there is dropped at
once. The rest is put to the test: the text is erased from a copy of the page, and when the page still looks the same, nobody saw it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from offline_digest.reading.boxes import centre, holds
from offline_digest.reading.raster import FAINTEST, Raster
from offline_digest.reading.scratch import core
from offline_digest.reading.turning import Turn, displayed
from offline_digest.reading.values import Graphic
from offline_digest.records import Box

SMALLEST_PT = 2.0
NARROWEST_PT, NARROWEST_EM = 0.35, 0.12
"""Letters that stand closer than this, in points and in ems, lie upon one another."""
FILLED, STROKED, CLIPPED = 16, 32, 64
OPAQUE_ENOUGH = 10
THINNEST_BACK_PT = 3.0
WHITE = 0x100 - FAINTEST
SCAN_SHARE = 0.5
SMALLEST_TESTED_PX = 1.5
FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

Look = Literal["seen", "hidden", "flat", "unsure"]
Unseen = Callable[[Sequence[Box]], list[bool] | None]
Test = Callable[[Sequence[dict[str, Any]]], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Proofs:
    """What can be asked about the text of one page.

    `unseen` tells for boxes in PyMuPDF's coordinates whether the page looks the same without the text in them. The others take spans and
    return the `id()` of some: `under` of those under an opaque rectangle, `shown` of those whose words the page shows, `displaced` of
    those that share their place with another text which it shows instead.
    """

    unseen: Unseen
    under: Test
    shown: Test
    displaced: Test


def count_words(text: str) -> int:
    """Return the number of words of two letters or more; each Chinese, Japanese or Korean character counts as one."""
    return len(_WORD.findall(text))


@dataclass(frozen=True, slots=True)
class Back:
    """Something drawn that is tall enough to lie behind or over a line of text; `order` counts what the page draws."""

    box: Box
    image: bool
    fills: bool
    order: int


@dataclass(frozen=True, slots=True)
class Ink:
    """What is drawn on a page: `graphics` besides text, `backs` among them, `texts` with their place in the order of drawing.

    `outlines` are texts drawn as the contours of their letters. `scan` tells that images fill most of the page, as they do where text is an OCR layer.
    """

    graphics: tuple[Graphic, ...]
    backs: tuple[Back, ...] = ()
    texts: tuple[tuple[int, Box], ...] = ()
    outlines: tuple[Box, ...] = ()
    scan: bool = False

    @classmethod
    def of(cls, log: Iterable[tuple[Any, ...]], place: Callable[[Sequence[float]], Box], size: tuple[float, float]) -> Ink:
        """Read PyMuPDF's list of boxes; *place* turns a box to the page as it is read, which has *size*."""
        graphics, backs, texts, outlines = [], [], [], []
        covered = 0.0
        for order, (kind, raw, *_) in enumerate(log):
            if "text" in kind:
                texts.append((order, place(raw)))
                if "stroke" in kind:
                    outlines.append(place(raw))
            elif "clip" not in kind:
                box, image = place(raw), "image" in kind or "shade" in kind
                graphics.append(Graphic(image=image, box=box))
                if box[3] - box[1] > THINNEST_BACK_PT:
                    backs.append(Back(box, image, "fill" in kind, order))
                if "image" in kind:
                    width, height = min(box[2], size[0]) - max(box[0], 0.0), min(box[3], size[1]) - max(box[1], 0.0)
                    covered += max(width, 0.0) * max(height, 0.0)
        return cls(tuple(graphics), tuple(backs), tuple(texts), tuple(outlines), covered > SCAN_SHARE * size[0] * size[1])

    def backed(self, box: Box) -> bool:
        """Whether something drawn lies under or over the middle of *box*, or its letters have contours."""
        middle = centre(box)
        return any(holds(b.box, middle) for b in self.backs) or any(holds(o, middle) for o in self.outlines)

    def imaged(self, box: Box) -> bool:
        """Whether an image lies under or over the middle of *box*."""
        middle = centre(box)
        return any(b.image and holds(b.box, middle) for b in self.backs)

    def may_cover(self, box: Box) -> bool:
        """Whether what is drawn after the text in *box* may hide it, although its place is not even.

        An image may, and so may a filled path that bears text of its own or reaches beyond the text on all sides: some drawings hold their
        words twice, as text and as outlines, and those lie within. Nor may the only image on a scan, whose text layer lies under it.
        """
        middle = centre(box)
        over = [b for b in self.backs if b.fills and holds(b.box, middle)]
        if not over:
            return False
        here = [order for order, t in self.texts if holds(t, middle, 1.0)]
        covers = [b for b in over if b.order > min(here, default=0)]
        if any(b.image for b in covers):
            return not self.scan or any(b.image and b.order < max(here, default=0) for b in over)
        return bool(covers) and (max(here, default=0) > min(b.order for b in covers) or any(_around(b.box, box) for b in covers))


@dataclass(frozen=True, slots=True)
class Page:
    """What is needed to judge the text of one page; `raster` shows it as displayed, `ink` and `turn` as it is read."""

    ink: Ink
    turn: Turn
    raster: Raster | None

    def is_flat(self, box: Box, size: float) -> bool:
        """Whether there is no mark in the core of *box*; text too small for the raster is not judged."""
        if self.raster is None or size * self.raster.scale < SMALLEST_TESTED_PX:
            return False
        return self.raster.is_flat(displayed(core(box), self.turn.sideways, self.turn.size))


def hidden_spans(lines: Iterable[dict[str, Any]], page: Page, proofs: Proofs) -> frozenset[int]:
    """Return the `id()` of the spans of *lines*, as PyMuPDF describes them, that leave no visible mark.

    Args:
        lines: The lines of text of the page.
        page: What else there is on it.
        proofs: What else can be asked about them.
    """
    found: set[int] = set()
    doubtful: list[tuple[dict[str, Any], bool]] = []
    spans: list[dict[str, Any]] = []
    for line in lines:
        spans += line["spans"]
        words = count_words("".join(s["text"] for s in line["spans"]))
        for span in line["spans"]:
            seen = look(span, page, words)
            if seen == "hidden":
                found.add(id(span))
            elif seen != "seen":
                doubtful.append((span, seen == "flat"))
    if doubtful:
        answers = proofs.unseen([span["bbox"] for span, _ in doubtful]) or [flat for _, flat in doubtful]
        same = [(span, flat) for (span, flat), hidden in zip(doubtful, answers, strict=True) if hidden]
        found.update({id(span) for span, _ in same} - proofs.shown([span for span, flat in same if not flat and not _is_light(span)]))
        left = [span for span, flat in doubtful if not flat and id(span) not in found]
        found.update(proofs.under(left) if left else ())
    found.update(proofs.displaced([span for span in spans if id(span) not in found]))
    return frozenset(found)


def look(span: dict[str, Any], page: Page, words: int) -> Look:
    """Return whether *span*, part of a line of so many *words*, is plainly seen or hidden, lies in an even place, or needs the test.

    Text without ink over or under the image of a whole page is the text layer of a scan: it counts as visible where the scan has ink.
    """
    text = span["text"].strip()
    if not text:
        return "seen"
    box, ink = page.turn.box(span["bbox"]), page.ink
    x, y = centre(box)
    width, height = page.turn.size
    if not (0 <= x <= width and 0 <= y <= height) or _is_tiny(span, text):
        return "hidden"
    letters = count_words(text) >= 1 and len(text) >= 2
    flat = letters and page.is_flat(box, span["size"])
    style = span.get("char_flags", FILLED)
    if not style & (FILLED | STROKED | CLIPPED):
        return "seen" if ink.scan and ink.imaged(box) and not flat else "hidden"
    if style & CLIPPED:
        return "unsure"
    if span.get("alpha", 255) < OPAQUE_ENOUGH:
        return "hidden"
    if flat:
        return "flat"
    if _is_light(span):
        return "unsure" if ink.backed(box) else "hidden"
    return "unsure" if words >= FEWEST_WORDS and ink.may_cover(box) else "seen"


def _around(outer: Box, inner: Box) -> bool:
    return outer[0] < inner[0] and outer[1] < inner[1] and outer[2] > inner[2] and outer[3] > inner[3]


def _is_tiny(span: dict[str, Any], text: str) -> bool:
    """Whether *span* is set too small to be read, also in one direction only."""
    x0, y0, x1, y1 = span["bbox"]
    across, along = sorted((x1 - x0, y1 - y0))
    if span["size"] < SMALLEST_PT:
        return True
    narrow = max(NARROWEST_PT, NARROWEST_EM * span["size"])
    return len(text) >= 5 and count_words(text) > 0 and (across < SMALLEST_PT or along < narrow * len(text))


def _is_light(span: dict[str, Any]) -> bool:
    colour = int(span.get("color", 0))
    return all((colour >> shift) & 0xFF >= WHITE for shift in (0, 8, 16))
