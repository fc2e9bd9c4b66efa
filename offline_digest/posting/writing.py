"""Put a post and its pictures on disk: each file appears whole or not at all, and what the user wrote is never lost."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from offline_digest.errors import DigestError, DiskFull, IntegrityError, UsageError
from offline_digest.posting.values import Post

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})


def write_post(post: Post, out: Path, *, previous_sha256: str | None = None) -> tuple[Path, ...]:
    """Write *post* below *out* and return the files, the post first, then its pictures.

    A post file that is there and holds neither the text last written nor the new one was edited, and stays as it is: the new text
    goes beside it as `<topic>.md.new`, which Hexo does not build. The caller sees that by the suffix of the first path.

    Args:
        post: What `render_post` returned.
        out: The blog's `source` folder; made if it is not there.
        previous_sha256: `Post.sha256` of the text last written there, None if there was none.

    Raises:
        UsageError: The folder cannot be written, or something else stands in the way.
        DiskFull: No space left.
        IntegrityError: A picture that the post shows is gone.
    """
    data = post.text.encode("utf-8")
    target = out / post.path
    pictures = [(source, out / path) for source, path in post.assets]
    with _our_errors(out):
        for source, path in pictures:
            _copy(source, path)
        if _is_edited(target, previous_sha256, post.sha256):
            target = target.with_name(f"{target.name}.new")
        _write_whole(target, lambda file: file.write(data))
    return (target, *(path for _, path in pictures))


def _is_edited(path: Path, *known: str | None) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() not in known
    except FileNotFoundError:
        return False


def _copy(source: Path, path: Path) -> None:
    try:
        opened = source.open("rb")
    except FileNotFoundError as error:
        raise IntegrityError(f"The picture {source} is gone.", "Read the paper again, then write the post again.") from error
    with opened:
        _write_whole(path, lambda file: shutil.copyfileobj(opened, file))


def _write_whole(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a temporary file in the folder of *path*, force it to disk, and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".offline-digest-", suffix="~", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_file_mode())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _file_mode() -> int:
    """Return the mode that a plain `open` would give: mkstemp makes files that only their owner can read."""
    mask = os.umask(0o022)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def _our_errors(out: Path) -> Iterator[None]:
    """Raise what the operating system says about *out* as ours."""
    try:
        yield
    except DigestError:
        raise
    except OSError as error:
        where = error.filename or out
        if error.errno in _FULL:
            raise DiskFull(f"No space left to write {where}.", "Free some space, or name another folder with -o.") from error
        reason = error.strerror or str(error)
        raise UsageError(f"Cannot write {where}: {reason}.", "Name a folder that can be written with -o.") from error
