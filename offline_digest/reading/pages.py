"""From a PyMuPDF page to a `Sheet`: text pieces with their fonts, graphics, link targets; hidden text left out and counted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from offline_digest.reading.boxes import overlap_y, union
from offline_digest.reading.furniture import without_line_numbers
from offline_digest.reading.hidden import Ink, Page, Proofs, Unseen, hidden_spans
from offline_digest.reading.plates import under_plates
from offline_digest.reading.printed import Printed
from offline_digest.reading.raising import text_of
from offline_digest.reading.raster import Raster
from offline_digest.reading.rawtext import text_lines
from offline_digest.reading.spelling import compose, from_tex
from offline_digest.reading.turning import Turn, turn_of
from offline_digest.reading.values import Hidden, Line, Sheet, Span, Target

RAISED, ITALIC, BOLD = 1, 2, 16
COLOURED = 80  # of 255; publishers' blacks and greys stay below 30, the blues and reds of headings are above 100
_BOLD_NAMES = ("bold", "cmbx", "medi", "black", "heavy", "sfbx", "demi", "-bd", "extb", "cmssbx", "lmbx", "ecbx", "semib")
_BOLD_ENDS = ("tb", "-b", ".b", "tbi", "tz", "btl")
_ITALIC_NAMES = ("ital", "obli", "cmti", "sfti", "slant", "cmsl", "-it")


def load_sheet(page: Any, number: int, *, raster: Raster | None = None, unseen: Unseen | None = None) -> Sheet:  # noqa: ANN401 - PyMuPDF
    """Return everything that is visible on *page*.

    Args:
        page: A PyMuPDF page; its annotations are taken off.
        number: Its 1-based number.
        raster: How it looks as displayed; without it, text in an even place is not noticed.
        unseen: Tells which boxes of the page look the same without the text in them; without it, doubtful text is kept.
    """
    raw_lines = list(text_lines(page))
    turn = turn_of(page).with_sideways((raw["dir"], sum(len(s["text"]) for s in raw["spans"])) for _, raw in raw_lines)
    ink = Ink.of(page.get_bboxlog(), turn.box, turn.size)
    ground = Page(ink, turn, raster)
    erased = unseen or (lambda boxes: [False] * len(boxes))
    printed = Printed(page)
    proofs = Proofs(erased, partial(under_plates, page), printed.shown, printed.displaced)
    out = hidden_spans((raw for _, raw in raw_lines), ground, proofs)
    upright: list[Line] = []
    sideways: list[Line] = []
    hidden: list[Hidden] = []
    for block, raw in raw_lines:
        spans = [(id(s) in out, _span(s, turn)) for s in raw["spans"]]
        line = make_line([s for gone, s in spans if not gone and s.text], page=number, block=block)
        if line is not None:
            (upright if turn.direction(raw["dir"])[0] > 0.9 else sideways).append(line)
        lost = [s for gone, s in spans if gone]
        if lost:
            hidden.append(Hidden(text="".join(s.text for s in lost), box=union(s.box for s in lost)))
    pieces = without_line_numbers(upright)
    return Sheet(
        number=number,
        width=turn.size[0],
        height=turn.size[1],
        pieces=tuple(pieces),
        lines=join_pieces(pieces),
        sideways=tuple(sideways),
        graphics=ink.graphics,
        targets=tuple(_targets(page, turn)),
        hidden=tuple(hidden),
        turned=turn.sideways,
    )


def with_layers(sheet: Sheet, page: Any, revealed: Iterable[dict[str, Any]]) -> Sheet:  # noqa: ANN401 - PyMuPDF is untyped
    """Return *sheet* with the text added to its hidden text that only *revealed*, the spans with all layers on, has."""
    there = {_place(s) for _, line in text_lines(page) for s in line["spans"]}
    turn = turn_of(page).with_sideways([((1.0, 0.0), 0)])
    more = [_span(s, turn) for s in revealed if _place(s) not in there and s["text"].strip()]
    return replace(sheet, hidden=(*sheet.hidden, *(Hidden(text=s.text, box=s.box) for s in more)))


def _place(raw: dict[str, Any]) -> tuple[str, int, int]:
    return raw["text"].strip(), round(raw["bbox"][0]), round(raw["bbox"][1])


def _span(raw: dict[str, Any], turn: Turn) -> Span:
    font = str(raw["font"]).split("+")[-1]
    name = font.lower()
    flags = int(raw["flags"])
    return Span(
        text=from_tex(str(raw.get("struck", raw["text"])).replace("\ufffd", "")),
        size=float(raw["size"]),
        font=font,
        bold=bool(flags & BOLD) or any(mark in name for mark in _BOLD_NAMES) or name.endswith(_BOLD_ENDS),
        italic=bool(flags & ITALIC) or any(mark in name for mark in _ITALIC_NAMES),
        raised=bool(flags & RAISED),
        coloured=_is_coloured(int(raw["color"])),
        box=turn.box(raw["bbox"]),
        baseline=_baseline(raw, turn),
    )


def _baseline(raw: dict[str, Any], turn: Turn) -> float:
    """Return the height on which a span stands, in points; NaN where its first character, a blank, stands on another than its letters."""
    box = turn.box(raw["bbox"])
    lies = raw["text"].startswith(" ") and box[3] - box[1] > 1.05 * raw["size"]
    return math.nan if lies else turn.box((*raw["origin"], *raw["origin"]))[3]


def _is_coloured(rgb: int) -> bool:
    """Whether a colour (0xRRGGBB) is told from black and grey at a glance: its channels lie apart."""
    channels = rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255
    return max(channels) - min(channels) > COLOURED


def make_line(spans: Sequence[Span], *, page: int, block: int) -> Line | None:
    """Return the line made of *spans* in their order, or None when nothing is printed."""
    inked = [s for s in spans if s.text.strip()]
    if not inked:
        return None
    weight: Counter[tuple[float, str, bool, bool]] = Counter()
    for s in inked:
        if not s.raised or all(t.raised for t in inked):
            weight[(round(s.size, 1), s.font, s.bold, s.italic)] += sum(c.isalnum() for c in s.text)
    (size, font, _, _), _ = weight.most_common(1)[0] if weight else (((inked[0].size, inked[0].font, False, False)), 0)
    letters = sum(weight.values()) or 1
    return Line(
        text=compose(text_of(spans)),
        box=union(s.box for s in inked),
        size=size,
        font=font,
        bold=sum(n for k, n in weight.items() if k[2]) >= 0.8 * letters and letters > 0,
        italic=sum(n for k, n in weight.items() if k[3]) >= 0.8 * letters,
        coloured=sum(len(s.text) for s in inked if s.coloured) >= 0.8 * sum(len(s.text) for s in inked),
        page=page,
        block=block,
        spans=tuple(spans),
    )


def join_pieces(pieces: Sequence[Line]) -> tuple[Line, ...]:
    """Join pieces that stand on one line: same block, or touching, one after the other in the file."""
    out: list[Line] = []
    for piece in pieces:
        if out and _same_line(out[-1], piece):
            spans = sorted((*out[-1].spans, *piece.spans), key=lambda s: s.box[0])
            made = make_line(spans, page=piece.page, block=out[-1].block)
            if made is not None:
                out[-1] = made
        else:
            out.append(piece)
    return tuple(out)


def _same_line(a: Line, b: Line) -> bool:
    size = max(a.size, b.size)
    low = min(a.box[3] - a.box[1], b.box[3] - b.box[1])
    if overlap_y(a.box, b.box) < 0.5 * low:
        return False
    gap = b.box[0] - a.box[2] if b.box[0] >= a.box[0] else a.box[0] - b.box[2]
    reach = 2.0 if a.block == b.block else 0.8
    return -0.6 * size < gap < reach * size


def _targets(page: Any, turn: Turn) -> Iterable[Target]:  # noqa: ANN401 - PyMuPDF is untyped
    for link in page.get_links():
        url = link.get("uri")
        if url:
            yield Target(url=str(url), box=turn.box(tuple(link["from"])))
