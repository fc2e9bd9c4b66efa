"""The border to PyMuPDF: what it raises on broken input is told apart from defects of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_PACKAGE = "pymupdf"


class PdfFault(Exception):
    """PyMuPDF could not do what it was asked on this file; its own exception is the cause."""


@contextmanager
def pymupdf_calls() -> Iterator[None]:
    """Raise `PdfFault` for what was raised inside PyMuPDF; an exception of our own code passes as it is, for it is a defect.

    PyMuPDF 1.28 raises its own classes, MuPDF's, nearly every builtin one and bare `Exception` on broken input: only the place tells.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        if not _raised_in_pymupdf(error):
            raise
        raise PdfFault(str(error)) from error


def _raised_in_pymupdf(error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")) if trace is not None else ""
    return module.split(".")[0] == _PACKAGE
