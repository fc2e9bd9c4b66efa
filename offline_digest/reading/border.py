"""The border to PyMuPDF: what it raises on broken input is told apart from defects of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_PACKAGE = "pymupdf"


class PdfFault(Exception):
    """PyMuPDF could not do what it was asked on this file; its own exception is the cause."""


def foreign_errors() -> tuple[type[BaseException], ...]:
    """Return what PyMuPDF 1.28 raises on broken input.

    `FzErrorBase` is the root of MuPDF's own exceptions, `mupdf_error` subclasses reach Python as `RuntimeError` in some calls; the
    others come from PyMuPDF's Python layer when a document gives None or nonsense.
    """
    import pymupdf

    return (
        pymupdf.FileDataError, pymupdf.EmptyFileError, pymupdf.FileNotFoundError, pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError, TypeError,
        IndexError, KeyError, AttributeError, UnicodeError, OverflowError, ZeroDivisionError, AssertionError, RecursionError,
    )  # fmt: skip


@contextmanager
def pymupdf_calls() -> Iterator[None]:
    """Raise `PdfFault` for what was raised inside PyMuPDF; an exception of our own code passes as it is, for it is a defect."""
    try:
        yield
    except foreign_errors() as error:
        if not _raised_in_pymupdf(error):
            raise
        raise PdfFault(str(error)) from error


def _raised_in_pymupdf(error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")) if trace is not None else ""
    return module.split(".")[0] == _PACKAGE
