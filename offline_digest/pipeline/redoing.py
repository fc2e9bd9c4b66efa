"""What is made again although it is kept: remembered paper by paper, so that the same command goes on after a stop.

What is there stays until its successor is, and the log keeps both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offline_digest.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo:
    """One wish to make a batch again; *name* is the same for the same command. `paper` wants the readings too, `fields` does not."""

    kind: Literal["fields", "paper"]
    name: str

    def wants(self, library: Library, pdf_sha256: str) -> bool:
        """Tell whether a paper is still to be made again."""
        return library.note(self._note(pdf_sha256)) is None

    def wants_reading(self, library: Library, pdf_sha256: str) -> bool:
        """Tell whether a paper is still to be read again."""
        return self.kind == "paper" and self.wants(library, pdf_sha256)

    def has_answer(self, library: Library, key: str) -> bool:
        """Tell whether the kept answer *key* was made again already."""
        return library.note(self._note(key)) is not None

    def made(self, library: Library, what: str) -> None:
        """Remember an answer, or a paper, that was made again."""
        library.keep_note(self._note(what), "")

    def end(self, library: Library) -> None:
        """Forget it all: everything was made again, and the same command means a new wish."""
        library.drop_notes(self._note(""))

    def _note(self, what: str) -> str:
        return f"redo | {self.name} | {what}"
