"""What goes into a post and what comes out: a paper's digest with its pictures, and a rendered post with its assets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from offline_digest.records import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One paper of a post.

    `pictures` is the folder in which the files named by `Float.image` lie, None when there are none. `updated` is the version (`v1`) that
    an earlier post of the same topic showed, None when this paper is new there.
    """

    digest: Digest
    pictures: Path | None = None
    updated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One topic, one day, one format: the text of the post file, and the files it shows.

    `path` and the second part of each asset are relative to the output folder (for Hexo the blog's `source` folder). A post
    that embeds its pictures has no assets.
    """

    topic: str
    day: date
    path: PurePosixPath
    text: str
    assets: tuple[tuple[Path, PurePosixPath], ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of the text as it is written, in hexadecimal: what `write_post` wants to know next time."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()
