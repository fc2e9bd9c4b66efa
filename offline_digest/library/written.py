"""What was last written to each post, so that a user's edits, and papers and pictures that leave it, are noticed."""

from __future__ import annotations

import sqlite3

from offline_digest.library.damage import kept_json
from offline_digest.records import Metadata, Record

TABLES = "CREATE TABLE post (path TEXT PRIMARY KEY, written TEXT NOT NULL, made_at TEXT NOT NULL);"


class WrittenPost(Record):
    """What was last written to a post: the hash of its text, what identifies its papers, and the paths of its pictures."""

    sha256: str
    papers: tuple[Metadata, ...] = ()
    pictures: tuple[str, ...] = ()

    def as_row(self) -> str:
        """Return it as text for the table of posts."""
        return self.model_dump_json(exclude_defaults=True)


def describe_old_posts(db: sqlite3.Connection) -> None:
    """Make the table of posts anew, from one in which only the titles of their papers were kept."""
    rows = db.execute("SELECT path, sha256, titles, made_at FROM post").fetchall()
    db.execute("DROP TABLE post")
    db.execute(TABLES)
    for path, sha256, titles, made_at in rows:
        written = WrittenPost(sha256=sha256, papers=tuple(Metadata(title=title) for title in kept_json(titles)))
        db.execute("INSERT INTO post VALUES (?, ?, ?)", (path, written.as_row(), made_at))
