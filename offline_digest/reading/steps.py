"""The way from a file to a `Paper`, one step after the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from offline_digest.errors import DamagedPdf, EmptyPdf, PaperError, TooLargePdf
from offline_digest.files import is_cut_pdf
from offline_digest.reading.assembly import assemble
from offline_digest.reading.border import PdfFault, pymupdf_calls
from offline_digest.reading.opening import cut_off, open_pdf, reason_of
from offline_digest.reading.pages import load_sheet, with_layers
from offline_digest.reading.pictures import draw_pictures
from offline_digest.reading.raster import Rasters
from offline_digest.reading.scratch import Scratch
from offline_digest.reading.trimming import Trimmer
from offline_digest.reading.values import Sheet
from offline_digest.records import Float, Paper

MAX_PAGE_PT = 14_400
"""The largest side that PDF allows (200 inches; ISO 32000-1, annex C.2)."""


def read_paper(path: Path, pictures: Path | None) -> Paper:
    """Return what *path* holds; arguments and errors are those of `Reader.read`."""
    document = open_pdf(path)
    scratch = Scratch(path)
    try:
        with pymupdf_calls():
            return _read(document, path, scratch, pictures)
    except PdfFault as error:
        raise DamagedPdf(f"{path.name} is damaged: {reason_of(error)}.", "Download it again.") from error
    finally:
        scratch.close()
        document.close()


def _read(document: Any, path: Path, scratch: Scratch, pictures: Path | None) -> Paper:  # noqa: ANN401 - PyMuPDF is untyped
    rasters = Rasters(document)
    sheets, warnings = load_sheets(document, rasters, scratch)
    if not sheets and warnings == (_too_large(range(1, document.page_count + 1)),):
        raise TooLargePdf(f"{path.name} has no page below {MAX_PAGE_PT // 72} inches.", "Print it to pages of a usual size.")
    if not sheets:
        raise DamagedPdf(f"{path.name} is damaged: none of its pages can be read.", "Download it again.")
    if sum(c.isalpha() for s in sheets for line in s.pieces for c in line.text) < 20:
        raise _no_text(path, sheets)
    metadata = document.metadata or {}
    paper = assemble(
        sheets,
        n_pages=document.page_count,
        metadata_title=str(metadata.get("title") or ""),
        warnings=warnings,
        trim=Trimmer(rasters).trim,
    )
    if pictures is None:
        return paper
    floats = (*paper.figures, *paper.tables)
    drawn, failed = draw_pictures(document, floats, pictures, {s.number: s.turned for s in sheets if s.turned})
    return _with_floats(paper, drawn, failed)


def _no_text(path: Path, sheets: Sequence[Sheet]) -> PaperError:
    if is_cut_pdf(path):
        return cut_off(path)
    if any(g.image for s in sheets for g in s.graphics):
        return EmptyPdf(
            f"{path.name} has no text: it is a scan without OCR.", "Run it through an OCR program (ocrmypdf, for instance) first."
        )
    hint = "Its fonts may lack a character mapping: print it to a new PDF with OCR, or take another copy."
    return EmptyPdf(f"{path.name} has no text that can be read.", hint)


def load_sheets(document: Any, rasters: Rasters, scratch: Scratch) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:  # noqa: ANN401 - PyMuPDF
    """Return the pages that can be read, and warnings that name those that cannot."""
    sheets, bad, large = [], [], []
    layered = bool(document.get_ocgs())
    for number in range(1, document.page_count + 1):
        try:
            with pymupdf_calls():
                page = document[number - 1]
                if max(page.rect.width, page.rect.height) > MAX_PAGE_PT:
                    large.append(number)
                    continue
                sheet = load_sheet(page, number, raster=rasters.of(number), unseen=partial(scratch.unseen, number))
                sheets.append(with_layers(sheet, page, scratch.revealed(number)) if layered else sheet)
        except PdfFault:
            bad.append(number)
    return tuple(sheets), (*((f"{_pages(bad)} could not be read.",) if bad else ()), *((_too_large(large),) if large else ()))


def _too_large(numbers: Sequence[int]) -> str:
    return f"{_pages(numbers)} exceed{'s' if len(numbers) == 1 else ''} {MAX_PAGE_PT // 72} inches and {'was' if len(numbers) == 1 else 'were'} left out."


def _pages(numbers: Sequence[int]) -> str:
    return f"Page {numbers[0]}" if len(numbers) == 1 else "Pages " + ", ".join(map(str, numbers))


def _with_floats(paper: Paper, drawn: Sequence[Float], failed: Sequence[str]) -> Paper:
    return paper.model_copy(
        update={
            "figures": tuple(f for f in drawn if f.kind == "figure"),
            "tables": tuple(f for f in drawn if f.kind == "table"),
            "warnings": (*paper.warnings, *failed),
        }
    )
