"""What a bundle is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One file of a model: what it is called where it comes from, and where it is. `licence` is empty where nobody told."""

    name: str
    path: Path
    sha256: str
    size_bytes: int
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of a bundle, by its name there, and where its bytes are: in a file, or at hand. `sha256` is what they must be, where that is known."""

    name: str
    source: Path | bytes
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is stored under one name: a member, or a part of one that is too large for one place, `size_bytes` from `start` on."""

    name: str
    source: Path | bytes
    start: int
    size_bytes: int
    sha256: str
