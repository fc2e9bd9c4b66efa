"""Opening a PDF: what cannot be read ends in one of our errors that says why and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from offline_digest.errors import DamagedPdf, EmptyPdf, EncryptedPdf, NotAPdf, TooLargePdf
from offline_digest.files import is_cut_pdf
from offline_digest.reading.border import PdfFault, pymupdf_calls
from offline_digest.reading.layers import settle_memberships

MAX_PAGES = 2000
HEAD_BYTES = 1024


def open_pdf(path: Path) -> Any:  # noqa: ANN401 - PyMuPDF is untyped
    """Return the open document; the caller closes it.

    Raises:
        NotAPdf: The first bytes are not a PDF's. MuPDF would open an HTML page named .pdf without complaint.
        DamagedPdf: MuPDF cannot repair it.
        EncryptedPdf: It needs a password.
        EmptyPdf: It has no bytes or no pages.
        TooLargePdf: It has more pages than a paper has.
    """
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    _check_head(path)
    try:
        with pymupdf_calls():
            document = pymupdf.open(stream=path.read_bytes(), filetype="pdf")  # by content: MuPDF takes no name that is not UTF-8
            locked, pages = bool(document.needs_pass), document.page_count
            if not locked:
                settle_memberships(document)
    except PdfFault as error:
        if is_cut_pdf(path):
            raise cut_off(path) from error
        raise DamagedPdf(f"{path.name} is damaged and cannot be repaired ({reason_of(error)}).", "Download it again.") from error
    try:
        _check_size(path, locked=locked, pages=pages)
    except BaseException:
        document.close()
        raise
    return document


def _check_head(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise NotAPdf(f"{path.name} cannot be read: {error.strerror}.", "Check the path and its permissions.") from error
    if not head:
        raise EmptyPdf(f"{path.name} is empty: it has no bytes.", "Download it again.")
    if b"%PDF-" not in head:
        what = "a web page" if b"<html" in head.lower() or b"<!doctype html" in head.lower() else "something else"
        raise NotAPdf(f"{path.name} is not a PDF but {what}.", "Download the paper's PDF again.")


def _check_size(path: Path, *, locked: bool, pages: int) -> None:
    if locked:
        raise EncryptedPdf(f"{path.name} needs a password.", "Save a copy without password and use that.")
    if pages == 0:
        if is_cut_pdf(path):
            raise cut_off(path)
        raise EmptyPdf(f"{path.name} has no pages; it may be cut off or damaged.", "Download it again.")
    if pages > MAX_PAGES:
        raise TooLargePdf(f"{path.name} has {pages} pages, more than {MAX_PAGES}.", "Cut out the part to be read.")


def cut_off(path: Path) -> DamagedPdf:
    """Return what is wrong with a PDF whose end is missing, and of which nothing can be used."""
    return DamagedPdf(f"{path.name} is cut off or damaged: its end is missing.", "Copy or download it again.")


def reason_of(error: BaseException) -> str:
    """Return MuPDF's words without the path, which may be private and is long."""
    return re.sub(r"'[^']*[\\/][^']*'", "the file", " ".join(str(error).split()))[:160].rstrip(".") or "no reason given"
