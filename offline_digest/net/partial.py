"""A download that is not whole yet: the bytes in `<target>.part`, what the server said of them in `<target>.part.json`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from offline_digest.files import disk_errors, write_atomically
from offline_digest.records import Record


class Origin(Record):
    """Where the bytes come from; `etag` is a strong one or None, `size_bytes` and `sha256` are those of the whole file or None."""

    url: str
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    size_bytes: int | None = None

    @property
    def validator(self) -> str | None:
        """What If-Range compares: the rest is sent only if the file is still the same (RFC 9110, section 13.1.5)."""
        return self.etag or self.last_modified


class Part:
    """The unfinished file beside *target*. One process at a time may use it."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")

    @property
    def size_bytes(self) -> int:
        """How much of it is there."""
        return self.path.stat().st_size if self.path.exists() else 0

    def origin(self, url: str, sha256: str | None) -> Origin | None:
        """Return what is known of bytes of the file *url*, None when there are none, or none that can be gone on with.

        They are of that file when they came from there, or belong to one with the hash *sha256*: addresses of the same file change.
        """
        try:
            origin = Origin.model_validate_json(self._note.read_bytes())
        except (OSError, ValidationError):
            return None
        same = origin.url == url if None in (sha256, origin.sha256) else origin.sha256 == sha256
        return origin if self.size_bytes and same and origin.validator else None

    def begin(self, origin: Origin) -> None:
        """Forget what is there and begin another file."""
        self.discard()
        write_atomically(self._note, origin.model_dump_json().encode())

    def discard(self) -> None:
        """Remove both files."""
        with disk_errors(self.path):
            self.path.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)

    @contextmanager
    def appended(self) -> Iterator[BinaryIO]:
        """Open it to go on at its end."""
        with disk_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                yield file

    def become(self, target: Path) -> None:
        """Let the whole file take its name."""
        with disk_errors(target):
            self.path.replace(target)
            self._note.unlink(missing_ok=True)
