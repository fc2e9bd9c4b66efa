"""Whether the files of a model hold what they should."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from offline_digest.errors import IntegrityError, ModelUnusable
from offline_digest.progress import Bar, Reporter
from offline_digest.weights.finding import ModelFile, ModelPart
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
    return tuple(_hash(part, hashes, listener) for part in model.parts)


def _hash(part: ModelPart, hashes: Hashes, listener: Listener | None) -> str:
    try:
        found = hashes.sha256(part.path, listener(part.path) if listener else None)
    except OSError as error:
        raise ModelUnusable(f"{part.path.name} cannot be read: {error.strerror}.", "Check its access rights.") from error
    if part.sha256 not in (None, found):
        raise IntegrityError(
            f"{part.path} is not the file it should be: its SHA-256 is {found}, not {part.sha256}.",
            "Remove it and get the model anew; if you changed it yourself, `offline-digest models import` it.",
        )
    return found


def reading(report: Reporter) -> Listener:
    """Return listeners that show how files are read."""
    return lambda path: Bar(f"reading {path.name}", path.stat().st_size, report).after(0)


def pins_of(model: ModelFile, found: tuple[str, ...], day: date, name: str | None = None) -> tuple[Pin, ...]:
    """Return what a lock says of a model whose parts have the hashes *found*.

    Raises:
        OSError: A part has gone.
    """
    return tuple(
        Pin(sha256=sha256, size_bytes=part.path.stat().st_size, file=part.file, source=model.source, name=name, day=day)
        for part, sha256 in zip(model.parts, found, strict=True)
    )
