"""Whether the files of a model hold what they should."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from offline_digest.errors import IntegrityError, ModelUnusable
from offline_digest.progress import Bar, Reporter
from offline_digest.weights.finding import ModelFile
from offline_digest.weights.hashes import Hashes, Heard
from offline_digest.weights.lock import Pin

Listener = Callable[[Path], Heard]


def part_hashes(model: ModelFile, hashes: Hashes, listener: Listener | None = None) -> tuple[str, ...]:
    """Return the hashes of a model's parts, in their order; what did not change since it was last read is not read again.

    Args:
        model: What was found.
        hashes: The memory.
        listener: Returns who hears how one file is read.

    Raises:
        IntegrityError: A part is not what its place, the catalogue or the lock says.
        ModelUnusable: A part cannot be read.
    """
    return tuple(file_hash(part.path, part.sha256, hashes, listener) for part in model.parts)


def file_hash(path: Path, expected: str | None, hashes: Hashes, listener: Listener | None = None, *, again: bool = False) -> str:
    """Return the hash of one file that should be *expected* (None: whatever it is); *again*: read it, whatever is remembered.

    Raises:
        IntegrityError: It is another one.
        ModelUnusable: The file cannot be read.
    """
    with readable(path):
        heard = listener(path) if listener else None
        found = hashes.read(path, heard) if again else hashes.sha256(path, heard)
    check_hash(path, found, expected)
    return found


def check_hash(path: Path, found: str, expected: str | None) -> None:
    """Refuse a file that is another one than is expected.

    Raises:
        IntegrityError: It is.
    """
    if expected not in (None, found):
        raise IntegrityError(
            f"{path} is not the file it should be: its SHA-256 is {found}, not {expected}.",
            "Get it anew; if it was changed on purpose, `offline-digest models import` it.",
        )


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what the system says about reading *path* into our errors."""
    try:
        yield
    except OSError as error:
        raise ModelUnusable(f"{path} cannot be read: {error.strerror or error}.", "Check its access rights, and the disk.") from error


def reading(report: Reporter) -> Listener:
    """Return listeners that show how files are read."""
    return lambda path: Bar(f"reading {path.name}", path.stat().st_size, report).after(0)


def pins_of(model: ModelFile, found: tuple[str, ...], day: date, name: str) -> tuple[Pin, ...]:
    """Return what a lock says of a model whose parts have the hashes *found*.

    Raises:
        OSError: A part has gone.
    """
    return tuple(
        Pin(sha256=sha256, size_bytes=part.path.stat().st_size, file=part.file, source=model.source, name=name, day=day)
        for part, sha256 in zip(model.parts, found, strict=True)
    )
