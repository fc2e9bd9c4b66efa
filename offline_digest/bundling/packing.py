"""From members to what is stored: manifest and sums join them, and what is too large for one place is cut; and a folder of it all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from offline_digest.bundling.installer import FORMAT, MANIFEST, SUMS, render_manifest, render_sums
from offline_digest.bundling.values import Member, Piece
from offline_digest.errors import IntegrityError, UsageError
from offline_digest.files import check_space, disk_errors, whole_file

_CHUNK = 1 << 20


def pack(members: Iterable[Member], facts: Mapping[str, Any], limit: int | None) -> list[Piece]:
    """Return everything a bundle stores, in order of name: the members, in parts where they are over *limit* bytes, manifest and sums.

    Raises:
        IntegrityError: A source is not what it should be.
    """
    files: dict[str, Any] = {}
    joined: dict[str, Any] = {}
    pieces: list[Piece] = []
    for member in sorted(members, key=lambda m: m.name):
        parts, whole = _cut(member, limit)
        if member.sha256 not in {None, whole}:
            raise IntegrityError(f"{member.source!s} changed while the bundle was made.", "Run the same command again.")
        if len(parts) > 1:
            joined[member.name] = {"parts": [p.name for p in parts], "sha256": whole, "size_bytes": sum(p.size_bytes for p in parts)}
        files |= {p.name: {"sha256": p.sha256, "size_bytes": p.size_bytes} for p in parts}
        pieces += parts
    manifest = render_manifest({"format": FORMAT, **facts, "files": files, "joined": joined})
    for name, data in ((MANIFEST, manifest), (SUMS, render_sums(manifest))):
        pieces.append(Piece(name=name, source=data, start=0, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest()))
    return sorted(pieces, key=lambda p: p.name)


def _cut(member: Member, limit: int | None) -> tuple[list[Piece], str]:
    """Return the pieces of a member and the hash of the whole; it is read once."""
    size = len(member.source) if isinstance(member.source, bytes) else member.source.stat().st_size
    step = size if limit is None or size <= limit else limit
    whole = hashlib.sha256()
    pieces: list[Piece] = []
    for n, start in enumerate(range(0, size, step) if size else [0]):
        length, part = min(step, size - start), hashlib.sha256()
        for chunk in _read_piece(member.source, start, length):
            whole.update(chunk)
            part.update(chunk)
        name = member.name if step == size else f"{member.name}.{n + 1:03}"
        pieces.append(Piece(name=name, source=member.source, start=start, size_bytes=length, sha256=part.hexdigest()))
    return pieces, whole.hexdigest()


def _read_piece(source: Path | bytes, start: int, length: int) -> Iterator[bytes]:
    """Yield *length* bytes from *start* on, in chunks.

    Raises:
        IntegrityError: The file has become shorter.
    """
    if isinstance(source, bytes):
        yield source[start : start + length]
        return
    with source.open("rb") as file:
        file.seek(start)
        while length > 0:
            chunk = file.read(min(_CHUNK, length))
            if not chunk:
                raise IntegrityError(f"{source} became shorter while it was read.", "Run the same command again.")
            length -= len(chunk)
            yield chunk


def checked_bytes(piece: Piece) -> Iterator[bytes]:
    """Yield a piece's bytes; at the end look that they are those that were hashed."""
    seen = hashlib.sha256()
    for chunk in _read_piece(piece.source, piece.start, piece.size_bytes):
        seen.update(chunk)
        yield chunk
    if seen.hexdigest() != piece.sha256:
        raise IntegrityError(f"{piece.source!s} changed while the bundle was made.", "Run the same command again.")


def write_folder(pieces: Sequence[Piece], out: Path) -> list[Path]:
    """Write a bundle as a folder, whole or not at all, and return its path.

    Raises:
        UsageError: *out* is there already, or cannot be written.
        DiskFull: No space.
        IntegrityError: A source changed meanwhile.
    """
    refuse_existing(out)
    check_space(out, sum(p.size_bytes for p in pieces))
    with disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
            staged = Path(scratch) / "bundle"
            for piece in pieces:
                (staged / piece.name).parent.mkdir(parents=True, exist_ok=True)
                with whole_file(staged / piece.name) as file:
                    file.writelines(checked_bytes(piece))
            if out.exists():
                out.rmdir()
            staged.replace(out)
    return [out]


def refuse_existing(out: Path) -> None:
    """Raise `UsageError` where something is in the way of a new bundle; an empty folder is not."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already.", "Choose another name with -o, or remove it.")
