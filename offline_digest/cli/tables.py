"""Plain text for a terminal: columns in which Chinese characters take two places, and no character that steers the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_GAP = "  "


def plain(text: str) -> str:
    """Return *text* in one line, without characters that cannot be seen: titles come from PDFs, and may hold escape sequences."""
    return visible(" ".join(text.split()))


def visible(text: str) -> str:
    """Return a part of a line without characters that cannot be seen, its spaces kept."""
    return "".join(c for c in text if c.isprintable())


def width(text: str) -> int:
    """Return how many places *text* takes in a terminal.

    Source: Unicode Standard Annex 11, wide and full-width characters take two; combining marks none.
    """
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one line per row, every column as wide as its widest cell, nothing behind the last one."""
    cells = [[plain(cell) or "-" for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return [_GAP.join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells]
