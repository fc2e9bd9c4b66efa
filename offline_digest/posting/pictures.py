"""Which pictures a post shows, where their files come from, and under which names they are published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from offline_digest.posting.names import paper_prefix, picture_name, unique
from offline_digest.posting.values import Entry
from offline_digest.records import Float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One figure or table with its file: `source` on this machine, `path` below the output folder."""

    item: Float
    source: Path
    path: PurePosixPath


def choose_pictures(entry: Entry, folder: PurePosixPath, taken: set[str]) -> tuple[Picture, ...]:
    """Return the figures, then the tables, whose picture files are there.

    Args:
        entry: The paper.
        folder: Where the post's pictures are published, relative to the output folder.
        taken: Names already used in *folder*, case folded; the new ones are added.
    """
    if entry.pictures is None:
        return ()
    prefix = paper_prefix(entry.digest)
    chosen: list[Picture] = []
    for item in (*entry.digest.figures, *entry.digest.tables):
        name = picture_name(prefix, item.image) if item.image else None
        if name and (entry.pictures / str(item.image)).is_file():
            path = folder / unique(name, taken)
            chosen.append(Picture(item=item, source=entry.pictures / str(item.image), path=path))
    return tuple(chosen)
