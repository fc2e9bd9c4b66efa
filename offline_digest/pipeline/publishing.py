"""Posts → files, with the library's memory of what was written there before: what others wrote or edited stays, and what a post loses is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from offline_digest.library import Library
from offline_digest.posting import Entry, Post, write_post
from offline_digest.progress import Reporter


def publish(post: Post, entries: Sequence[Entry], out: Path, library: Library, report: Reporter, *, stopped: bool = False) -> Path | None:
    """Write *post*, which shows *entries*, below *out* and return where it lies.

    Of a *stopped* run nothing is written, and None returned, where a post is there that holds papers which this one lacks.

    Raises:
        UsageError: The folder cannot be written.
        DiskFull: No space left.
        IntegrityError: A picture that the post shows is gone.
    """
    target = out / post.path
    _, titles = library.post(target) or (None, ())
    shown = [entry.digest.title for entry in entries]
    gone = [title for title in titles if title not in shown]
    if stopped and gone:
        return None
    written = write_post(post, out, last=lambda path: (library.post(path) or (None,))[0])[0]
    library.keep_post(written, post.sha256, shown)
    if written != target:
        report.warn(
            f"{target} holds a text that this library did not write, and is left as it is; the new post lies beside it: {written.name}"
        )
        return written
    if gone:
        report.warn(f"{target} was written anew without: {'; '.join(gone)}. To keep them, name all papers in one call, or another --topic.")
    return written
