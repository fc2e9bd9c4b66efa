"""The border to PyMuPDF: what it raises on broken input is told apart from defects of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

MUCH_BYTES = 64 * 2**20
_PACKAGE = "pymupdf"
_NOT_GIVEN = re.compile(r"[mc]alloc \((?:([0-9]+) x )?([0-9]+) bytes\) failed")  # as MuPDF's source/fitz/memory.c says it


class PdfFault(Exception):
    """PyMuPDF could not do what it was asked on this file; its own exception is the cause."""


@contextmanager
def pymupdf_calls() -> Iterator[None]:
    """Raise `PdfFault` for what was raised inside PyMuPDF; an exception of our own code passes as it is, for it is a defect.

    Memory that MuPDF did not get is the file's fault only where it asked for much at once; else every page would seem broken.

    PyMuPDF 1.28 raises its own classes, MuPDF's, nearly every builtin one and bare `Exception` on broken input: only the place tells.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        if not _raised_in_pymupdf(error):
            raise
        if _is_shortage(str(error)):
            raise MemoryError(str(error)) from error
        raise PdfFault(str(error)) from error


def _is_shortage(text: str) -> bool:
    found = _NOT_GIVEN.search(text)
    return found is not None and int(found[1] or 1) * int(found[2]) < MUCH_BYTES


def _raised_in_pymupdf(error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")) if trace is not None else ""
    return module.split(".")[0] == _PACKAGE
