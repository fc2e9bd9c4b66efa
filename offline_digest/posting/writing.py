"""Put a post and its pictures on disk: each file appears whole or not at all, and what the user wrote is never lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from offline_digest.errors import IntegrityError
from offline_digest.files import disk_errors, file_sha256, write_atomically, write_changed
from offline_digest.posting.values import Post


def write_post(post: Post, out: Path, *, last: Callable[[Path], str | None] = lambda _: None) -> tuple[Path, ...]:
    """Write *post* below *out* and return the files, the post first, then its pictures.

    A post file that is there and holds neither the text last written to it nor the new one is somebody else's, and stays as it is: the new text
    goes beside it as `<topic>.md.new`, which no blog builds, or as `.md.new2` and so on where those are somebody else's too. The caller
    sees that by the suffix of the first path. Of what was written beside it before only the newest text is left. A picture that is there
    already is not written again.

    Args:
        post: What `render_post` returned.
        out: Where posts go, for Hexo the blog's `source` folder; made if it is not there.
        last: `Post.sha256` of the text last written to a path, None if there was none.

    Raises:
        UsageError: The folder cannot be written, or something else stands in the way.
        DiskFull: No space left.
        IntegrityError: A picture that the post shows is gone.
    """
    path = out / post.path
    target = _free_path(path, last, post.sha256)
    written = [_copy(source, out / asset) for source, asset in post.assets]
    write_atomically(target, post.text.encode("utf-8"))
    for beside in _beside(path):
        ours = last(beside)
        if beside != target and ours is not None and _sha256(beside) == ours:
            with disk_errors(beside):
                beside.unlink(missing_ok=True)
    return (target, *written)


def _free_path(path: Path, last: Callable[[Path], str | None], new: str) -> Path:
    """Return *path*, or the first of `path.new`, `path.new2`, ... that holds nothing but what was written there or is to be."""
    target, count = path, 0
    while _sha256(target) not in (None, last(target), new):
        count += 1
        target = path.with_name(f"{path.name}.new{count if count > 1 else ''}")
    return target


def _beside(path: Path) -> list[Path]:
    """Return the files that `_free_path` may have named, apart from *path*."""
    name = re.compile(re.escape(path.name) + r"\.new\d*")
    return sorted(file for file in path.parent.iterdir() if name.fullmatch(file.name))


def _sha256(path: Path) -> str | None:
    """Return the SHA-256 of what *path* holds, None when it is no file that can be read."""
    try:
        return file_sha256(path)
    except OSError:
        return None


def _copy(source: Path, path: Path) -> Path:
    try:
        data = source.read_bytes()
    except FileNotFoundError as error:
        raise IntegrityError(f"The picture {source} is gone.", "Read the paper again, then write the post again.") from error
    write_changed(path, data)
    return path
