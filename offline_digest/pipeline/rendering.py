"""The library → posts, without reading or asking anything again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from offline_digest.errors import DigestError, UsageError
from offline_digest.library import Library, find_paper, find_writer, list_papers, load_paper
from offline_digest.pipeline.publishing import publish
from offline_digest.pipeline.updates import earlier_versions, identify
from offline_digest.posting import Entry, render_post
from offline_digest.progress import Reporter, counted
from offline_digest.reading import READER_VERSION
from offline_digest.records import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOrder:
    """Which kept papers go into which post: hashes, ids or words of titles in the order in which they appear; None: all, the newest first.

    `writer` is the model or engine whose digests are wanted, as `library.find_writer` understands it, None: those that `library.load_paper`
    prefers. `figures` and `own` are those of
    `posting.render_post`.
    """

    papers: tuple[str, ...] | None
    out: Path
    topic: str
    day: date
    format: str = "hexo"
    figures: Literal["keep", "licensed"] = "keep"
    own: tuple[Path, ...] = ()
    writer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The post that was made, and the hashes of papers whose digests are lost or changed."""

    post: Path
    lost: tuple[str, ...] = ()


def render_order(order: RenderOrder, library: Library, report: Reporter) -> Rendered:
    """Write the post of kept papers, each with its mark where it is an update.

    Raises:
        UsageError: A name means no paper or several, no paper is kept or none by the writer, no such format, or a folder that cannot be written.
        IntegrityError: Nothing of what is wanted can be read any more.
        ConfigError: A template is broken.
    """
    named = None if order.papers is None else dict.fromkeys(find_paper(library, name) for name in order.papers)
    writer = None if order.writer is None else find_writer(library, order.writer)
    rows = list_papers(library) if named is None else ()
    wanted = [row.sha256 for row in rows if writer in (None, *row.models)] if named is None else list(named)
    if not wanted:
        raise UsageError("No digest is kept yet.", "Make one first with `offline-digest digest`.")
    if len(wanted) < len(rows):
        report.step(f"{counted(len(rows) - len(wanted), 'paper')} without a digest by {writer}, left out")
    digests: dict[str, Digest] = {}
    lost: dict[str, DigestError] = {}
    for sha256 in wanted:
        try:
            _, digests[sha256] = load_paper(library, sha256, writer=writer)
        except DigestError as error:
            lost[sha256] = error
    if not digests:
        raise next(iter(lost.values()))
    for loss in lost.values():
        report.warn(str(loss))
    papers = [identify(digest, sha256) for sha256, digest in digests.items()]
    updates = earlier_versions(library, papers, topic=order.topic, day=order.day, scope="topic")
    entries = [
        Entry(digest=digest, pictures=pictures_of(library, sha256, digest), updated=updates.get(sha256))
        for sha256, digest in digests.items()
    ]
    post = render_post(order.topic, order.day, entries, format=order.format, figures=order.figures, own=order.own)
    written = publish(post, papers, order.out, library, report)
    return Rendered(post=written or order.out / post.path, lost=tuple(lost))


def pictures_of(library: Library, sha256: str, digest: Digest) -> Path:
    """Return the folder with the pictures that *digest* names; an older reader may have taken them."""
    current = library.pictures(sha256, READER_VERSION)
    names = [item.image for item in (*digest.figures, *digest.tables) if item.image]
    folders = (current, *sorted(current.parent.glob("pictures-*"), reverse=True))
    return next((folder for folder in folders if all((folder / name).is_file() for name in names)), current)
