"""Put a post and its pictures on disk: each file appears whole or not at all, and what the user wrote is never lost."""

from __future__ import annotations

import hashlib
from pathlib import Path

from offline_digest.errors import IntegrityError
from offline_digest.library import write_atomically
from offline_digest.posting.values import Post


def write_post(post: Post, out: Path, *, previous_sha256: str | None = None) -> tuple[Path, ...]:
    """Write *post* below *out* and return the files, the post first, then its pictures.

    A post file that is there and holds neither the text last written nor the new one was edited, and stays as it is: the new text
    goes beside it as `<topic>.md.new`, which no blog builds, or as `.md.new2` and so on where those were edited too. The caller
    sees that by the suffix of the first path. A picture that is there already is not written again.

    Args:
        post: What `render_post` returned.
        out: Where posts go, for Hexo the blog's `source` folder; made if it is not there.
        previous_sha256: `Post.sha256` of the text last written there, None if there was none.

    Raises:
        UsageError: The folder cannot be written, or something else stands in the way.
        DiskFull: No space left.
        IntegrityError: A picture that the post shows is gone.
    """
    target = _free_path(out / post.path, previous_sha256, post.sha256)
    written = [_copy(source, out / path) for source, path in post.assets]
    write_atomically(target, post.text.encode("utf-8"))
    return (target, *written)


def _free_path(path: Path, *known: str | None) -> Path:
    """Return *path*, or the first of `path.new`, `path.new2`, ... that holds nothing the user may have written."""
    target, count = path, 0
    while _is_edited(target, *known):
        count += 1
        target = path.with_name(f"{path.name}.new{count if count > 1 else ''}")
    return target


def _is_edited(path: Path, *known: str | None) -> bool:
    """Tell whether *path* holds a text that is none of the known ones."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() not in known
    except OSError:
        return False


def _copy(source: Path, path: Path) -> Path:
    try:
        data = source.read_bytes()
    except FileNotFoundError as error:
        raise IntegrityError(f"The picture {source} is gone.", "Read the paper again, then write the post again.") from error
    if not _is_same(path, data):
        write_atomically(path, data)
    return path


def _is_same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
