"""Hashes of files of many gigabytes, computed once as long as a file does not change."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from offline_digest.errors import DigestError
from offline_digest.files import disk_errors, write_atomically

HASHES_NAME = "hashes.json"
_CHUNK_BYTES = 2**22
# A file written again within one tick of its disk's clock keeps its time. The slowest clock in use is that of FAT, with two seconds.
_SETTLED_NS = 2_000_000_000
_Stamp = list[int]  # size, time of change (ns), inode
Heard = Callable[[int, int | None], None]  # bytes that are read, bytes of the whole file


class Hashes:
    """What is known of files on this machine, in `<folder>/hashes.json`. It is a memory only: without it files are read again.

    Args:
        folder: The user's state folder; it need not be there nor be writable.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / HASHES_NAME

    def sha256(self, path: Path, heard: Heard | None = None) -> str:
        """Return a file's SHA-256, from memory when path, size, time of change and inode are as they were.

        Args:
            path: A file; links are followed.
            heard: Is told after each piece that is read.

        Raises:
            OSError: It cannot be read.
        """
        return self.known(path) or self.read(path, heard)

    def known(self, path: Path) -> str | None:
        """Return what `sha256` would without reading the file, None when it would have to be read.

        Raises:
            OSError: There is no such file.
        """
        row = self._rows().get(_key(path))
        return str(row[-1]) if row and row[:-1] == _stamp(path) else None

    def read(self, path: Path, heard: Heard | None = None) -> str:
        """Read a file, whatever is remembered of it, and return its SHA-256.

        Raises:
            OSError: It cannot be read.
        """
        before = _stamp(path)
        sha256 = _read(path, before[0], heard)
        if before == _stamp(path) and time.time_ns() - before[1] > _SETTLED_NS:
            self._keep({_key(path): [*before, sha256]})
        return sha256

    def remember(self, path: Path, sha256: str) -> None:
        """Keep the hash of a file that this process has just written, and that nobody else writes.

        Raises:
            OSError: There is no such file.
        """
        row = [*_stamp(path), sha256]
        self._keep({_key(path): row, _text(path.absolute()): row})  # what a link is called is remembered beside what it leads to

    def was_at(self, path: Path) -> bool:
        """Tell whether a file or a link was there once, whatever it held."""
        return _text(path.absolute()) in self._rows()

    def last_path(self, sha256: str) -> Path | None:
        """Return where a file of that hash was last, whether it still is there or not; None when none ever was."""
        return next(
            (Path(os.fsdecode(key.encode("utf-8", "surrogateescape"))) for key, row in self._rows().items() if row[-1] == sha256), None
        )

    def forget(self, path: Path) -> None:
        """Forget a file, which need not be there."""
        self._keep({}, gone=(_key(path), _text(path.absolute())))

    def _rows(self) -> Mapping[str, list[Any]]:
        """Return path → size, time of change, inode, hash; nothing when there is no memory or a broken one."""
        try:
            data = json.loads(self._file.read_text(encoding="utf-8", errors="surrogateescape"))
        except (OSError, ValueError):
            return {}
        rows = data.items() if isinstance(data, dict) else ()
        return {key: row for key, row in rows if isinstance(row, list) and len(row) == 4 and isinstance(row[-1], str)}

    def _keep(self, rows: Mapping[str, list[Any]], *, gone: tuple[str, ...] = ()) -> None:
        """Write what is new, together with what other processes have written; that it cannot be written is no loss."""
        import filelock

        with contextlib.suppress(DigestError), disk_errors(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self._file.with_name(f".{HASHES_NAME}.lock"), poll_interval=0.05):
                kept = {key: row for key, row in {**self._rows(), **rows}.items() if key not in gone}
                write_atomically(self._file, json.dumps(kept, indent=0, ensure_ascii=False).encode("utf-8", "surrogateescape"))


def _key(path: Path) -> str:
    """Return where a file really is, as text."""
    return _text(path.resolve())


def _text(path: Path) -> str:
    """Return a path as text; names need not be UTF-8."""
    return os.fsencode(path).decode("utf-8", "surrogateescape")


def _stamp(path: Path) -> _Stamp:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]


def _read(path: Path, size_bytes: int, heard: Heard | None) -> str:
    digest, done = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while data := file.read(_CHUNK_BYTES):
            digest.update(data)
            done += len(data)
            if heard:
                heard(done, size_bytes)
    return digest.hexdigest()
