"""The text of a page as PyMuPDF hands it out."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from offline_digest.records import Box

WORD_SPACE = 0.15  # of the size; what is narrower is no space between words
_TEX_TEXT = re.compile(r"\bCM(?:R|B|BX|TI|BXTI|SL|BXSL|CSC|SS|SSBX|SSI|U)\d+$")
_STROKE_BEFORE_L = re.compile("[ \ufffd][lL]")
_SYNTHETIC = 4 | 512  # MuPDF's flags of a blank that it puts where it sees a gap


def text_lines(page: Any) -> Iterator[tuple[int, dict[str, Any]]]:  # noqa: ANN401 - PyMuPDF is untyped
    """Yield the lines of a PyMuPDF *page* with the number of their block; also those that lie off the page.

    Annotations are taken off the page: a reader's marks and remarks are not the paper. The file itself is not written. Replacement texts
    (ActualText) are ignored: they may say anything, whatever the page shows.
    """
    import pymupdf

    without_annotations(page)
    how = {"flags": pymupdf.TEXT_IGNORE_ACTUALTEXT, "clip": pymupdf.INFINITE_RECT()}
    lines = [(block["number"], line) for block in page.get_text("dict", **how)["blocks"] for line in block.get("lines", ())]
    if any(_may_be_struck(span) for _, line in lines for span in line["spans"]):
        letters = [line["spans"] for block in page.get_text("rawdict", **how)["blocks"] for line in block.get("lines", ())]
        for (_, line), spelled in zip(lines, letters, strict=True):
            for span, same in zip(line["spans"], spelled, strict=True):
                span["struck"] = struck([(c["c"], c["bbox"]) for c in same["chars"]], same["size"])
    yield from lines


def _may_be_struck(span: dict[str, Any]) -> bool:
    """Whether a blank or an unknown letter in *span* may be the stroke of a Polish one: it is drawn, in a text font of TeX, which has no blank."""
    return bool(_TEX_TEXT.search(span["font"]) and _STROKE_BEFORE_L.search(span["text"])) and not span["char_flags"] & _SYNTHETIC


def struck(letters: Sequence[tuple[str, Box]], size: float) -> str:
    """Return the text of *letters*, where a blank or an unknown letter that lies within the l after it is the stroke that makes it a ł.

    Source: Computer Modern has the stroke where other fonts have the blank (Knuth, Computer Modern Typefaces, character octal 40).
    """
    out, end = "", math.inf
    stroke = False
    for (letter, box), (after, below) in itertools.pairwise([*letters, ("", (0.0, 0.0, 0.0, 0.0))]):
        middle = (box[0] + box[2]) / 2
        if letter in {" ", "\ufffd"} and after in {"l", "L"} and below[0] < middle < below[2]:
            out += " " if below[0] - end > WORD_SPACE * size else ""
            stroke = True
            continue
        out += {"l": "ł", "L": "Ł"}[letter] if stroke else letter
        end, stroke = box[2], False
    return out


def without_annotations(page: Any) -> None:  # noqa: ANN401 - PyMuPDF is untyped
    """Take the annotations off *page*; widgets and links stay."""
    for annotation in list(page.annots()):
        page.delete_annot(annotation)
