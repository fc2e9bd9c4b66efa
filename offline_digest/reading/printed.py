"""Whether a page shows the words that its file says stand there: where they are printed, letters have ink and the spaces between them none.

This decides what drawing the page with and without a text cannot: of two texts in one place only one is printed, and a text whose letters
are drawn a second time, as outlines, is to be seen although erasing it changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from offline_digest.reading.border import PdfFault, pymupdf_calls
from offline_digest.reading.boxes import overlap_x, overlap_y
from offline_digest.reading.raster import FAINTEST
from offline_digest.records import Box

SCALE = 3.0
FEWEST_SPACES = 2
MOST_SHARED = 0.5
ROW_PT = 24.0
_Key = tuple[str, int, int]
_Letters = list[tuple[str, Box]]


class Printed:
    """Looks at the words of one PyMuPDF page, which is read and drawn when first asked."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401 - PyMuPDF is untyped
        self._page = page
        self._letters: dict[_Key, _Letters] | None = None
        self._drawing: Any = None

    def shown(self, spans: Sequence[dict[str, Any]]) -> frozenset[int]:
        """Return the `id()` of those *spans* whose words the page shows; a span of fewer than three words is not judged."""
        try:
            with pymupdf_calls():
                return frozenset(id(s) for s in spans if _has_spaces(s) and self._ink(s, space=False) > 0.5 > self._ink(s, space=True))
        except PdfFault:
            return frozenset()

    def displaced(self, spans: Sequence[dict[str, Any]]) -> frozenset[int]:
        """Return the `id()` of those *spans* that share their place with another text which the page shows instead."""
        try:
            with pymupdf_calls():
                pairs = list(_pairs([s for s in spans if _has_spaces(s)]))
                ink = {id(s): self._ink(s, space=True) for pair in pairs for s in pair}
        except PdfFault:
            return frozenset()
        return frozenset(id(a) for pair in pairs for a, b in (pair, pair[::-1]) if ink[id(a)] > 0.5 > ink[id(b)])

    def _ink(self, span: dict[str, Any], *, space: bool) -> float:
        """Return the share of the spaces of *span*, or of its letters, that hold ink."""
        if self._letters is None:
            self._letters = _letters(self._page)
        letters = self._letters.get(_key(span["text"], span["bbox"]), ())
        boxes = [box for letter, box in letters if (letter == " ") is space]
        return sum(self._is_inked(b) for b in boxes) / len(boxes) if boxes else 0.0

    def _is_inked(self, box: Box) -> bool:
        import pymupdf

        x0, y0, x1, y1 = box
        inner = pymupdf.Rect(x0 + 0.35 * (x1 - x0), y0 + 0.2 * (y1 - y0), x1 - 0.35 * (x1 - x0), y1 - 0.2 * (y1 - y0))
        clip, matrix = inner * self._page.rotation_matrix, pymupdf.Matrix(SCALE, SCALE)
        if self._drawing is None:
            self._drawing = self._page.get_displaylist(annots=0)
        samples = self._drawing.get_pixmap(matrix=matrix, clip=clip, colorspace=pymupdf.csGRAY, alpha=False).samples
        return bool(samples) and max(samples) - min(samples) >= FAINTEST


def _has_spaces(span: dict[str, Any]) -> bool:
    return str(span["text"]).strip().count(" ") >= FEWEST_SPACES


def _pairs(spans: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield two spans of different words wherever one covers half of the other; `ROW_PT` limits who is compared with whom."""
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for span in spans:
        row = int(span["bbox"][1] // ROW_PT)
        for other in (o for r in (row - 1, row, row + 1) for o in rows[r]):
            a, b = span["bbox"], other["bbox"]
            wide, high = overlap_x(a, b), overlap_y(a, b)
            if (
                wide > 0
                and high > 0
                and wide * high > MOST_SHARED * min(_area(a), _area(b))
                and span["text"].split() != other["text"].split()
            ):
                yield span, other
        rows[row].append(span)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _key(text: str, box: Box) -> _Key:
    return text, round(10 * box[0]), round(10 * box[1])


def _letters(page: Any) -> dict[_Key, _Letters]:  # noqa: ANN401 - PyMuPDF is untyped
    """Return the letters of each span of *page* with their boxes."""
    import pymupdf

    out = {}
    blocks = page.get_text("rawdict", flags=pymupdf.TEXT_IGNORE_ACTUALTEXT, clip=pymupdf.INFINITE_RECT())["blocks"]
    for span in (s for b in blocks for line in b.get("lines", ()) for s in line["spans"]):
        letters = [(c["c"], c["bbox"]) for c in span["chars"]]
        out[_key("".join(c for c, _ in letters), span["bbox"])] = letters
    return out
