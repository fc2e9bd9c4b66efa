"""Text under an opaque plate that bears text of its own: erasing cannot tell the two apart, the order of drawing can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from offline_digest.reading.border import PdfFault, pymupdf_calls
from offline_digest.reading.boxes import holds
from offline_digest.records import Box

OPAQUE = 0.99
DARKEST_PAPER = 0.9
TOLERANCE = 10
Key = tuple[str, int, int]
Plate = tuple[int, Box, tuple[float, ...]]


def under_plates(page: Any, spans: Iterable[dict[str, Any]]) -> frozenset[int]:  # noqa: ANN401 - PyMuPDF is untyped
    """Return the `id()` of those *spans* of a PyMuPDF *page* that an opaque coloured rectangle covers which is drawn after them.

    A span is found in the order of drawing by its first letter and the point where that stands.
    """
    try:
        with pymupdf_calls():
            plates = [
                (d["seqno"], tuple(d["rect"]), tuple(d["fill"])) for d in page.get_drawings()
                if d.get("fill") is not None and (d.get("fill_opacity") or 0) >= OPAQUE and [i[0] for i in d["items"]] in (["re"], ["qu"])
                and min(d["fill"]) < DARKEST_PAPER
            ]  # fmt: skip
            orders = _orders(page) if plates else {}
            return frozenset(id(span) for span in spans if _is_under(page, span, plates, orders))
    except PdfFault:
        return frozenset()


def _is_under(page: Any, span: dict[str, Any], plates: Sequence[Plate], orders: dict[Key, int | None]) -> bool:  # noqa: ANN401 - PyMuPDF
    x0, y0, x1, y1 = span["bbox"]
    order = orders.get(_key(span["text"][0], span["origin"])) if span["text"] else None
    if order is None:
        return False
    ends = [(x, (y0 + y1) / 2) for x in (x0, x1)]
    over = [fill for n, box, fill in plates if n > order and all(holds(box, end, 1.0) for end in ends)]
    return any(_shows(page, span["bbox"], fill) for fill in over)


def _shows(page: Any, box: Box, fill: tuple[float, ...]) -> bool:  # noqa: ANN401 - PyMuPDF is untyped
    """Whether at least half of *box* has the colour *fill*: the path of a plate may be cut off by what it is drawn into."""
    import pymupdf

    pixmap = page.get_pixmap(clip=pymupdf.Rect(box) * page.rotation_matrix, colorspace=pymupdf.csRGB, alpha=False, annots=False)
    samples = pixmap.samples
    same = sum(all(abs(samples[i + k] - 255 * fill[k]) < TOLERANCE for k in range(3)) for i in range(0, len(samples), 3))
    return bool(samples) and 6 * same >= len(samples)


def _orders(page: Any) -> dict[Key, int | None]:  # noqa: ANN401 - PyMuPDF is untyped
    """Return when each letter is drawn; None where the same letter is drawn twice in one place."""
    orders: dict[Key, int | None] = {}
    for run in page.get_texttrace():
        for letter, _, origin, _ in run["chars"]:
            key = _key(chr(letter), origin)
            orders[key] = None if key in orders else run["seqno"]
    return orders


def _key(letter: str, origin: tuple[float, float]) -> Key:
    return letter, round(origin[0]), round(origin[1])
