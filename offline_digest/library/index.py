"""The rows by which papers are listed and found: one `paper` per PDF, one `digest` with its searchable `words` per kept digest.

All of these follow from the digest files, so that an older library, an import and a new digest fill it through the same function.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path, PurePath

from pydantic import ValidationError

from offline_digest.library.words import TOKENIZER, indexed
from offline_digest.records import Answer, Digest

TABLES = f"""
CREATE TABLE paper (sha256 TEXT PRIMARY KEY, arxiv_id TEXT, version TEXT, doi TEXT, title TEXT NOT NULL, authors TEXT NOT NULL, name TEXT,
                    added_at TEXT NOT NULL, digested_at TEXT NOT NULL);
CREATE TABLE digest (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, paper TEXT NOT NULL, version TEXT, model TEXT NOT NULL,
                     languages TEXT NOT NULL, asked TEXT NOT NULL, made_at TEXT NOT NULL, recipe TEXT, written INTEGER NOT NULL DEFAULT 1);
CREATE INDEX digest_paper ON digest (paper);
CREATE INDEX seen_sha256 ON seen (sha256);
CREATE VIRTUAL TABLE words USING fts5 (title, authors, abstract, en, zh, tokenize = '{TOKENIZER}');
"""

# Which digest of a paper is shown, of rows of `digest` as `d`: the newest in which something stands that a model wrote, else the newest.
SHOWN = "ORDER BY d.written DESC, d.made_at DESC, d.id DESC LIMIT 1"


def enter_digest(
    db: sqlite3.Connection, pdf_sha256: str, key: str, digest: Digest, *, version: str | None, made_at: str, recipe: str | None = None
) -> None:
    """Enter a digest whose file and row are there.

    Args:
        db: Inside a transaction.
        pdf_sha256: The paper.
        key: Key of the digest's row in `file`.
        digest: What the file holds.
        version: What made it; digests of one paper with different versions are never used by one program. None: nobody knows.
        made_at: When, in UTC, ISO 8601.
        recipe: Everything it depends on beside the paper and what is known of it. None: nobody knows.
    """
    drop_digest(db, key)
    texts = {
        language: " ".join(line.text for t in digest.fields if t.language == language for line in t.lines) for language in ("en", "zh")
    }
    asked = sorted(f"{text.field}.{text.language}" for text in digest.fields)
    spoken = [language for language, text in texts.items() if text]
    written = any(text.origin == "model" for text in digest.fields)
    cursor = db.execute(
        "INSERT INTO digest (key, paper, version, model, languages, asked, made_at, recipe, written) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (key, pdf_sha256, version, digest.engine.writer, json.dumps(spoken), json.dumps(asked), made_at, recipe, written),
    )
    columns = (digest.title, ", ".join(digest.authors), digest.abstract or "", " ".join([*digest.keywords, texts["en"]]), texts["zh"])
    db.execute(
        "INSERT INTO words (rowid, title, authors, abstract, en, zh) VALUES (?, ?, ?, ?, ?, ?)",
        (cursor.lastrowid, *(indexed(column) for column in columns)),
    )
    _enter_paper(db, pdf_sha256, digest, made_at)


def enter_digest_file(
    db: sqlite3.Connection, path: Path, sha256: str, key: str, *, version: str | None, made_at: str, recipe: str | None = None
) -> None:
    """Enter the digest in a file, of which *sha256* is known, if it is as it was written and of a shape that this version knows."""
    try:
        data = path.read_bytes()
        digest = Digest.model_validate_json(data)
    except (OSError, ValidationError):
        return
    if hashlib.sha256(data).hexdigest() == sha256:
        enter_digest(db, key.partition("-")[0], key, digest, version=version, made_at=made_at, recipe=recipe)


def _enter_paper(db: sqlite3.Connection, pdf_sha256: str, digest: Digest, made_at: str) -> None:
    """Enter a paper, or the facts of its newest digest; when it came and what its file was called stay as they were first known."""
    seen = db.execute("SELECT path FROM seen WHERE sha256 = ? ORDER BY rowid LIMIT 1", (pdf_sha256,)).fetchone()
    read = db.execute("SELECT min(made_at) FROM file WHERE kind = 'reading' AND key BETWEEN ? AND ?", (f"{pdf_sha256}-", f"{pdf_sha256}."))
    facts = (digest.arxiv_id, digest.version, digest.doi, digest.title, json.dumps(digest.authors, ensure_ascii=False))
    db.execute(
        """INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET
           arxiv_id = excluded.arxiv_id, version = excluded.version, doi = excluded.doi, title = excluded.title, authors = excluded.authors,
           name = coalesce(paper.name, excluded.name), digested_at = excluded.digested_at
           WHERE excluded.digested_at >= paper.digested_at""",
        (pdf_sha256, *facts, PurePath(seen[0]).name if seen else None, read.fetchone()[0] or made_at, made_at),
    )


ENTER_ANSWER = "INSERT OR REPLACE INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def answer_row(
    key: str,
    answer: Answer,
    origin: tuple[str | None, str | None, str | None],
    *,
    made_at: str,
    checks_failed: Sequence[str] | None = None,
) -> tuple[object, ...]:
    """Return the values of `ENTER_ANSWER`.

    Args:
        key: What the answer depends on.
        answer: It.
        origin: The paper's SHA-256, the model, and the version of the question's wording, each None when unknown.
        made_at: When, in UTC, ISO 8601.
        checks_failed: Why it was not accepted, empty when it was, None when nobody knows.
    """
    asked = answer.question
    said = (asked.field, asked.language, asked.attempt, answer.tokens, answer.seconds, answer.model_dump_json())
    return (key, made_at, *said, *origin, None if checks_failed is None else json.dumps(checks_failed))


def drop_digest(db: sqlite3.Connection, key: str) -> None:
    """Take a digest out of what is listed and found."""
    row = db.execute("SELECT id, paper FROM digest WHERE key = ?", (key,)).fetchone()
    if row is None:
        return
    db.execute("DELETE FROM words WHERE rowid = ?", (row[0],))
    db.execute("DELETE FROM digest WHERE id = ?", (row[0],))


def drop_papers_without_digest(db: sqlite3.Connection) -> None:
    """Forget papers of which no digest is kept any more."""
    db.execute("DELETE FROM paper WHERE sha256 NOT IN (SELECT paper FROM digest)")
