"""A bundle as one archive or several: plain tar files with nothing in them of time, user or machine.

Several of them, `-1of3` and so on in their names, unpack into the same folder, each by itself. Every byte of an archive is decided by what it
holds, so a changed byte is found wherever it is, also between the members, where tar itself looks at nothing.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from offline_digest.bundling.installer import MANIFEST, SUMS, BundleError, Fault, Stored, find_faults, is_safe, read_manifest, tell_faults
from offline_digest.bundling.packing import checked_bytes
from offline_digest.bundling.values import Piece
from offline_digest.errors import UsageError
from offline_digest.files import check_space, whole_file

_BLOCK = 512
_END = bytes(2 * _BLOCK)
_CHUNK = 1 << 20
_ROOM = 8 * _BLOCK  # for the headers of one member, what fills its last block, and the end
_SERIES = re.compile(r"(?P<stem>.+)-(?P<n>\d+)of(?P<all>\d+)\.tar")


class _Entry(NamedTuple):
    """A member within an open archive; *file* stands at its first byte."""

    name: str
    size_bytes: int
    file: BinaryIO


def largest_piece(limit: int) -> int:
    """Return the largest piece that fits an archive of *limit* bytes."""
    return limit - _ROOM


def write_archives(pieces: Sequence[Piece], out: Path, folder: str, limit: int | None) -> list[Path]:
    """Write a bundle as *out*, or as several archives beside it, none over *limit* bytes, each whole or not at all; return their paths.

    Args:
        pieces: What it stores, none over `largest_piece(limit)`.
        out: A path that ends in `.tar`.
        folder: The one into which they unpack.
        limit: Most bytes of each; None for one archive.

    Raises:
        UsageError: One of them is there already, or cannot be written.
        DiskFull: No space.
        IntegrityError: A source changed meanwhile.
    """
    groups = _grouped(pieces, folder, limit)
    total = len(groups)
    paths = [out] if total == 1 else [out.with_name(f"{out.stem}-{n}of{total}.tar") for n in range(1, total + 1)]
    if there := next((p for p in paths if p.exists()), None):
        raise UsageError(f"{there} is there already.", "Choose another name with -o, or remove it.")
    check_space(out, sum(_size(folder, piece) for piece in pieces))
    for path, group in zip(paths, groups, strict=True):
        with whole_file(path) as file:
            for piece in group:
                file.write(_header(folder, piece.name, piece.size_bytes))
                file.writelines(checked_bytes(piece))
                file.write(_filling(piece.size_bytes))
            file.write(_END)
    return paths


def _grouped(pieces: Sequence[Piece], folder: str, limit: int | None) -> list[list[Piece]]:
    """Divide the pieces, in their order, so that each group fits an archive."""
    groups: list[list[Piece]] = [[]]
    used = len(_END)
    for piece in pieces:
        size = _size(folder, piece)
        if limit is not None and groups[-1] and used + size > limit:
            groups.append([])
            used = len(_END)
        groups[-1].append(piece)
        used += size
    return groups


def _size(folder: str, piece: Piece) -> int:
    return len(_header(folder, piece.name, piece.size_bytes)) + piece.size_bytes + len(_filling(piece.size_bytes))


def _header(folder: str, name: str, size_bytes: int) -> bytes:
    info = tarfile.TarInfo(f"{folder}/{name}")
    info.size, info.mode = size_bytes, 0o644
    return info.tobuf(tarfile.PAX_FORMAT)


def _filling(size_bytes: int) -> bytes:
    return bytes(-size_bytes % _BLOCK)


def all_archives(path: Path) -> list[Path]:
    """Return the archives that belong together with *path*, itself among them, whether they are there or not."""
    found = _SERIES.fullmatch(path.name)
    if not found or not 1 <= int(found["n"]) <= int(found["all"]) <= 9999:
        return [path]
    return [path.with_name(f"{found['stem']}-{n}of{found['all']}.tar") for n in range(1, int(found["all"]) + 1)]


def verify_archives(paths: Sequence[Path]) -> tuple[dict[str, object], str]:
    """Return manifest and its SHA-256 of a bundle in archives that is whole; nothing is unpacked.

    Raises:
        BundleError: It is not; every archive and member that is missing or changed is named.
    """
    tell_faults([Fault(path.name, "missing") for path in paths if not path.is_file()])
    found: dict[str, Stored | None] = {}
    small = {MANIFEST: b"", SUMS: b""}
    for entry in _entries(paths):
        digest, data = hashlib.sha256(), b""
        for chunk in _bytes(entry):
            digest.update(chunk)
            data += chunk if entry.name in small else b""
        found[entry.name] = Stored(entry.size_bytes, digest.hexdigest())
        small[entry.name] = data
    if MANIFEST not in found:
        raise BundleError(12, f"{MANIFEST}: missing in {paths[0].name}. Is that a bundle?")
    tell_faults(find_faults(found, small[MANIFEST], small[SUMS]))
    return read_manifest(small[MANIFEST]), found[MANIFEST].sha256  # type: ignore[union-attr]  # archives hold plain files alone


def unpack_archives(paths: Sequence[Path], folder: Path) -> None:
    """Write every member below *folder*; nothing in an archive leads out of it.

    Raises:
        BundleError: An archive is missing or changed.
        DiskFull, UsageError: It cannot be written.
    """
    tell_faults([Fault(path.name, "missing") for path in paths if not path.is_file()])
    check_space(folder / "bundle", sum(path.stat().st_size for path in paths))
    for entry in _entries(paths):
        with whole_file(folder / entry.name) as file:
            file.writelines(_bytes(entry))


def _bytes(entry: _Entry) -> Iterator[bytes]:
    left = entry.size_bytes
    while left > 0 and (chunk := entry.file.read(min(_CHUNK, left))):
        left -= len(chunk)
        yield chunk


def _entries(paths: Sequence[Path]) -> Iterator[_Entry]:
    """Yield the members of all archives; what is not exactly as `write_archives` writes it is a fault."""
    top: str | None = None
    seen: set[str] = set()
    for path in paths:
        end, last = 0, "its beginning"
        with path.open("rb") as file:
            size = file.seek(0, 2)
            for info in _headers(path):
                folder, _, name = info.name.partition("/")
                top = top or folder
                file.seek(end)
                wrong = info.offset != end or file.read(info.offset_data - end) != _header(top, name, info.size) or name in seen
                end = info.offset_data + info.size + len(_filling(info.size))
                if wrong or end > size or not is_safe(f"{top}/{name}"):
                    raise _damaged(path, last)
                seen.add(name)
                yield _Entry(name, info.size, file)
                file.seek(end - len(_filling(info.size)))
                if any(file.read(len(_filling(info.size)))):
                    raise _damaged(path, name)
                last = name
            file.seek(end)
            if file.read(len(_END) + 1) != _END:
                raise _damaged(path, last)


def _headers(path: Path) -> Iterator[tarfile.TarInfo]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield from tar
    except (tarfile.TarError, ValueError, OverflowError, EOFError):
        return  # the caller finds that the archive does not end where it should


def _damaged(path: Path, last: str) -> BundleError:
    return BundleError(
        12, f"The bundle is not whole:\n  {path.name}: changed, after {last!a}\nCopy it again from where the bundle was made."
    )
