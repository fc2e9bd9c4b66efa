"""Which paper, in which version, was posted where and when: kept for ever, so that no topic shows a paper twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from offline_digest.library.damage import kept_json, kept_row
from offline_digest.library.store import Library
from offline_digest.records import Metadata

_COLUMNS = "post, topic, day, arxiv_id, version, doi, sha256, title, authors, updated"
_ENTER = f"INSERT INTO posted ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 (only constants of this module)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A paper in a post. `paper` holds what identifies it, its title and authors; `day` is the post's, ISO 8601.

    `updated` is the version that an earlier post showed, as this one says; None for a paper that it shows as new.
    """

    paper: Metadata
    topic: str
    day: str
    post: str
    updated: str | None = None


def enter_posted(
    library: Library, post: Path, *, topic: str, day: str, papers: Iterable[Metadata], updates: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Enter the papers of a post in the place of those that it held before.

    Args:
        library: Open for writing.
        post: Where it lies.
        topic: Its topic.
        day: Its day, ISO 8601.
        papers: What identifies its papers.
        updates: Of papers (SHA-256) that it marks as updated, the version that an earlier post showed.
    """
    name = library.name_of(post)
    rows = [
        (
            name,
            topic,
            day,
            p.arxiv_id,
            p.version,
            p.doi,
            p.sha256,
            p.title or "",
            json.dumps(p.authors, ensure_ascii=False),
            updates.get(p.sha256 or ""),
        )
        for p in papers
    ]
    with library.database.transaction() as db:
        db.execute("DELETE FROM posted WHERE post = ?", (name,))
        db.executemany(_ENTER, rows)


def list_posted(library: Library, *, topic: str | None = None) -> tuple[Posted, ...]:
    """Return every paper that was ever posted, of one *topic* or of all, in the order of days."""
    statement = f"SELECT {_COLUMNS} FROM posted WHERE ?1 IS NULL OR topic = ?1 ORDER BY day, rowid"  # noqa: S608 (only constants of this module)
    rows = library.database.rows(statement, topic)
    return tuple(_posted(*row) for row in rows)


def _posted(
    post: str, topic: str, day: str, arxiv_id: str, version: str, doi: str, sha256: str, title: str, authors: str, updated: str
) -> Posted:
    names = tuple(kept_json(authors))
    paper = {"arxiv_id": arxiv_id, "version": version, "doi": doi, "sha256": sha256, "title": title, "authors": names}
    return kept_row(Posted, paper=paper, topic=topic, day=day, post=post, updated=updated)
