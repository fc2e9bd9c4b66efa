"""The tables of a library's index, and how older ones become newer ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path, PurePath

from offline_digest.errors import IntegrityError
from offline_digest.library import index, written
from offline_digest.library.damage import kept_json

SCHEMA = 10
_NOTE = "CREATE TABLE note (key TEXT PRIMARY KEY, text TEXT NOT NULL, made_at TEXT NOT NULL);"
_ORIGIN = """
ALTER TABLE call ADD COLUMN paper TEXT;
ALTER TABLE call ADD COLUMN model TEXT;
ALTER TABLE call ADD COLUMN prompts TEXT;
"""
_VERDICT = """
ALTER TABLE call ADD COLUMN checks_failed TEXT;
CREATE INDEX call_paper ON call (paper, model);
"""
_FETCHED = """
CREATE TABLE fetched (arxiv_id TEXT, version TEXT, sha256 TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (arxiv_id, version));
"""
_POSTED = """
CREATE TABLE posted (post TEXT NOT NULL, topic TEXT NOT NULL, day TEXT NOT NULL, arxiv_id TEXT, version TEXT, doi TEXT, sha256 TEXT,
                     title TEXT NOT NULL, authors TEXT NOT NULL);
CREATE INDEX posted_post ON posted (post);
"""
_UPDATED = "ALTER TABLE posted ADD COLUMN updated TEXT;"
_TABLES = f"""
CREATE TABLE file (kind TEXT, key TEXT, path TEXT NOT NULL, sha256 TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE call (key TEXT PRIMARY KEY, made_at TEXT NOT NULL, field TEXT NOT NULL, language TEXT NOT NULL, attempt INTEGER NOT NULL,
                   tokens INTEGER NOT NULL, seconds REAL NOT NULL, answer TEXT NOT NULL);
CREATE TABLE seen (path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL);
{_NOTE}{_ORIGIN}{_VERDICT}{index.TABLES}{_FETCHED}{_POSTED}{_UPDATED}{written.TABLES}
"""


def check_schema(version: int, root: Path) -> None:
    """Refuse an index that a newer version of this program wrote.

    Raises:
        IntegrityError: It is one.
    """
    if version > SCHEMA:
        raise IntegrityError(
            f"The library {root} was written by a newer version of offline-digest.", "Update the program, or name another --library."
        )


def make_tables(db: sqlite3.Connection) -> None:
    """Make the tables of a new index, inside the open transaction."""
    _run(db, _TABLES)
    _note_version(db)


def upgrade(db: sqlite3.Connection, root: Path, version: int) -> None:
    """Make an index of *version* one of today, inside the open transaction."""
    for step in range(version, SCHEMA):
        change = _MIGRATIONS[step]
        if isinstance(change, str):
            _run(db, change)
        else:
            change(db, root)
    _note_version(db)


def _note_version(db: sqlite3.Connection) -> None:
    db.execute(f"PRAGMA user_version = {SCHEMA}")


def _run(db: sqlite3.Connection, script: str) -> None:
    """Run statements inside the open transaction, which `executescript` would commit."""
    for statement in filter(str.strip, script.split(";")):
        db.execute(statement)


def _add_index(db: sqlite3.Connection, root: Path) -> None:
    """Papers and their words, out of the digests that are kept; where calls came from is not known of old ones."""
    _run(db, _ORIGIN + index.TABLES)
    rows = db.execute("SELECT key, path, sha256, made_at FROM file WHERE kind = 'digest' ORDER BY made_at, key").fetchall()
    for key, path, sha256, made_at in rows:
        index.enter_digest_file(db, root / path, sha256, key, version=None, made_at=made_at)


def _add_history(db: sqlite3.Connection, root: Path) -> None:  # noqa: ARG001 (all steps are called alike)
    """What was posted where, as far as path, titles and time tell of old posts: a title of several papers is entered for each of them."""
    _run(db, _POSTED)
    for post, titles, made_at in db.execute("SELECT path, titles, made_at FROM post").fetchall():
        for title in kept_json(titles):
            db.execute(
                "INSERT INTO posted SELECT ?, ?, ?, arxiv_id, version, doi, sha256, title, authors FROM paper WHERE title = ?",
                (post, PurePath(post).stem, made_at[:10], title),
            )


def _add_recipes(db: sqlite3.Connection, root: Path) -> None:  # noqa: ARG001 (all steps are called alike)
    """Of what kind a digest is; of old ones nobody knows. An index from before there was one got its table in today's shape."""
    if not db.execute("SELECT 1 FROM pragma_table_info('digest') WHERE name = 'recipe'").fetchone():
        db.execute("ALTER TABLE digest ADD COLUMN recipe TEXT")


def _describe_posts(db: sqlite3.Connection, root: Path) -> None:  # noqa: ARG001 (all steps are called alike)
    """What posts show: papers by what identifies them in the place of titles, and pictures."""
    written.describe_old_posts(db)


def _add_written(db: sqlite3.Connection, root: Path) -> None:  # noqa: ARG001 (all steps are called alike)
    """Whether anything of a digest was written by a model. Before this column there was one engine without."""
    if not db.execute("SELECT 1 FROM pragma_table_info('digest') WHERE name = 'written'").fetchone():
        db.execute("ALTER TABLE digest ADD COLUMN written INTEGER NOT NULL DEFAULT 1")
        db.execute("UPDATE digest SET written = 0 WHERE model = 'extractive'")


# Version → what makes the next version of it.
_MIGRATIONS: dict[int, str | Callable[[sqlite3.Connection, Path], None]] = {
    1: _NOTE,
    2: _add_index,
    3: _VERDICT,
    4: _FETCHED,
    5: _add_history,
    6: _add_recipes,
    7: _UPDATED,
    8: _describe_posts,
    9: _add_written,
}
