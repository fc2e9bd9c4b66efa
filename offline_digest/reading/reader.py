"""What other rooms see of this one: a reader, and the version of what it makes.

The steps of reading are loaded by the first paper that is read: the process that only wants to know the version never reads one.
"""

from __future__ import annotations

from pathlib import Path

from offline_digest.records import Paper

READER_VERSION = "11"


def library_version() -> str:
    """Return the version of PyMuPDF; loads it."""
    import pymupdf

    return str(pymupdf.__version__)


class Reader:
    """Reads papers; holds nothing between two of them, so one object may read thousands."""

    def read(self, path: Path, pictures: Path | None = None) -> Paper:
        """Return what *path* holds.

        Args:
            path: The PDF.
            pictures: Folder for one picture file per figure and table, made if it is missing; no pictures without it.

        Raises:
            PaperError: The file is no PDF, damaged, locked, empty, a scan without text, or too large; message and hint say which.
        """
        from offline_digest.reading.steps import read_paper

        return read_paper(Path(path), Path(pictures) if pictures is not None else None)
