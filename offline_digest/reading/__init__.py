"""Reading: from a PDF on disk to a `Paper`. Every PyMuPDF call of the program is in this room."""

from __future__ import annotations

from offline_digest.reading.reader import READER_VERSION, Reader, library_version

__all__ = ["READER_VERSION", "Reader", "library_version"]
