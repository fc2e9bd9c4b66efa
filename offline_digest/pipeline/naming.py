"""What the papers of one call are called in lines about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from offline_digest.errors import DigestError


@dataclass(frozen=True, slots=True)
class Named:
    """One paper of a call: its short name, and its place before it: `[3/16] a/paper.pdf`."""

    path: Path
    name: str
    mark: str

    def __str__(self) -> str:
        return f"{self.mark}{self.name}"

    def failure(self, error: DigestError) -> str:
        """Return a line that says what is wrong with it."""
        own = self.path.name
        if error.message.startswith(own):
            return f"{self}{str(error).removeprefix(own)}"
        return f"{self.mark}{error}" if own in error.message else f"{self}: {error}"


def named(paths: Sequence[Path]) -> tuple[Named, ...]:
    """Return how each of *paths* is called, in order."""
    names = short_names(paths)
    return tuple(Named(path, names[path], f"[{place}/{len(paths)}] ") for place, path in enumerate(paths, start=1))


def short_names(paths: Iterable[Path]) -> dict[Path, str]:
    """Return the shortest end of each path that no other one has: its last part alone, where that is enough."""
    found: dict[Path, str] = {}
    left, parts = set(paths), 0
    while left:
        parts += 1
        ends = Counter(path.parts[-parts:] for path in left)
        told = {path: str(Path(*path.parts[-parts:])) for path in left if ends[path.parts[-parts:]] == 1 or len(path.parts) <= parts}
        found |= told
        left -= told.keys()
    return found
