"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from offline_digest.errors import DigestError, DiskFull, IntegrityError, UsageError

SPARE_BYTES = 2**24  # left free for everybody else on the disk
_SUFFIX = ".part"
_PDF_MARK, _PDF_HEAD_BYTES = b"%PDF-", 1024
_PDF_END, _PDF_TAIL_BYTES = b"%%EOF", 1024
_LENGTH = re.compile(rb"/L\s+([0-9]{1,12})\b")
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


def write_atomically(path: Path, data: bytes) -> None:
    """Write *data* to *path* as `whole_file` does.

    Raises:
        DiskFull: No space left.
        UsageError: The folder cannot be written.
    """
    with whole_file(path) as file:
        file.write(data)


def write_changed(path: Path, data: bytes) -> None:
    """Write *data* to *path* as `whole_file` does, unless that is what it holds.

    Raises:
        DiskFull: No space left.
        UsageError: The folder cannot be written.
    """
    with contextlib.suppress(OSError):
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return
    write_atomically(path, data)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file in the same folder; at the end flush it to disk and rename it to *path*, after an error remove it.

    What a killed process left half written in this folder is removed too.

    Raises:
        DiskFull: No space left.
        UsageError: The folder cannot be written.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_prefix(os.getpid()), suffix=_SUFFIX)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _set_usual_mode(Path(temporary))
            Path(temporary).replace(path)
            _remove_orphans(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise


def _prefix(pid: int | str) -> str:
    """Return how a temporary file says whose it is: folders may be shared by machines, each with process ids of its own."""
    return f".{hashlib.sha256(platform.node().encode()).hexdigest()[:8]}-{pid}-"


def _remove_orphans(folder: Path) -> None:
    """Remove the temporary files of this machine's processes that are no more."""
    ours = re.compile(re.escape(_prefix("PID")).replace("PID", r"(\d+)") + r"\w+" + re.escape(_SUFFIX))
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for found in filter(None, (ours.fullmatch(entry.name) for entry in entries)):
            import psutil

            if not psutil.pid_exists(int(found[1])):
                (folder / found[0]).unlink()


def _set_usual_mode(path: Path) -> None:
    """Give a temporary file, which only its owner may read, the mode a plainly opened file would have."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the system says about writing *path* into our errors."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


def disk_error(error: OSError, path: Path) -> DigestError:
    """Return our error for a failed write to *path*."""
    if error.errno in _FULL:
        return DiskFull(f"No space left to write {path}.", "Free some space and run the same command again; what is done is kept.")
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        return UsageError(f"Cannot write {path}: a file stands where a folder should be.", "Choose another folder.")
    return UsageError(f"Cannot write {path}: {error.strerror or error}.", "Choose a folder you may write to.")


def check_space(target: Path, size_bytes: int) -> None:
    """Refuse before the first byte what will not fit.

    Raises:
        DiskFull: The disk of *target* has no space for *size_bytes* more.
    """
    folder = next(parent for parent in target.absolute().parents if parent.exists())
    free = shutil.disk_usage(folder).free
    if size_bytes + SPARE_BYTES > free:
        raise DiskFull(
            f"No space for {target.name}: {size_bytes:,} bytes are wanted, {free:,} are free in {folder}.",
            "Free some space and run the same command again; what is done is kept.",
        )


def remove(path: Path) -> None:
    """Remove a file of a paper, and the folders that are empty without it.

    Raises:
        DigestError: The system refuses.
    """
    with disk_errors(path):
        path.unlink(missing_ok=True)
    for folder in path.parents[:2]:
        if folder.name == "papers":
            break
        try:
            folder.rmdir()
        except OSError:
            break


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class FileState:
    """What changes when anything is done to a file: written to, given other times, or another one put in its place. Times in ns."""

    path: Path
    device: int
    inode: int
    size_bytes: int
    modified: int
    changed: int


def file_state(path: Path) -> FileState:
    """Return the state of the file that *path* leads to.

    Raises:
        OSError: There is none.
    """
    found = path.stat()
    return FileState(path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def check_unchanged(files: Sequence[FileState]) -> None:
    """Find out whether files are still those that were looked at.

    Raises:
        IntegrityError: One of them is not.
    """
    for before in files:
        try:
            same = file_state(before.path) == before
        except OSError:
            same = False
        if not same:
            raise IntegrityError(
                f"{before.path} was changed after it had been checked.",
                "Run the same command again; if nobody should have changed it, find out who did.",
            )


def is_cut_pdf(path: Path) -> bool:
    """Tell whether a file begins as a PDF and does not end as one: it was cut off, or is still being written. False for what cannot be read.

    A linearized file has an end mark near its beginning too, and says how long it is; updates only make it longer.

    Source: ISO 32000-1, 7.5.5 and annex F, and PDF Reference 1.7, appendix H, notes 13 and 18: both marks lie within 1024 bytes of an end of the file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_PDF_HEAD_BYTES)
            if _PDF_MARK not in head:
                return False
            size_bytes = file.seek(0, os.SEEK_END)
            length = _LENGTH.search(head) if b"/Linearized" in head else None
            file.seek(max(size_bytes - _PDF_TAIL_BYTES, 0))
            return _PDF_END not in file.read() or (length is not None and size_bytes < int(length[1]))
    except OSError:
        return False
