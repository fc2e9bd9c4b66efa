"""The library: one SQLite file as index and log, and a folder of plain files per paper.

    <root>/library.sqlite
    <root>/papers/<sha256 of the PDF>/reading-<key>.json      a `Paper`
                                      pictures-<key>/…        its figures and tables
                                      digest-<key>.json       a `Digest`

Keys are hashes of everything a value depends on, so a value is never stale, only unused. A value is done when its row is there and
the file's hash is the row's: the file is written first, then the row (DESIGN section 6). Times stay here, never in a post.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pydantic import BaseModel, ValidationError

from offline_digest.errors import DigestError, DiskFull, IntegrityError, UsageError
from offline_digest.library.files import disk_errors, file_sha256, write_atomically
from offline_digest.records import Answer, Digest, Paper

SCHEMA = 2
NEARLY_FULL_BYTES = 2**20
_TABLES = """
CREATE TABLE file (kind TEXT, key TEXT, path TEXT NOT NULL, sha256 TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE call (key TEXT PRIMARY KEY, made_at TEXT NOT NULL, field TEXT NOT NULL, language TEXT NOT NULL, attempt INTEGER NOT NULL,
                   tokens INTEGER NOT NULL, seconds REAL NOT NULL, answer TEXT NOT NULL);
CREATE TABLE post (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, titles TEXT NOT NULL, made_at TEXT NOT NULL);
CREATE TABLE seen (path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE note (key TEXT PRIMARY KEY, text TEXT NOT NULL, made_at TEXT NOT NULL);
"""
# Version → what makes the next version of it.
_MIGRATIONS = {1: "CREATE TABLE note (key TEXT PRIMARY KEY, text TEXT NOT NULL, made_at TEXT NOT NULL);"}
Value = TypeVar("Value", bound=BaseModel)


def key_of(*parts: str) -> str:
    """Return a short hash of everything a value depends on."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:32]


class Library:
    """Opens the library below *root*, making it when it is not there.

    Raises:
        UsageError: The folder cannot be written.
        IntegrityError: The library was written by a newer version of this program, or is no library.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        with disk_errors(root):
            root.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(root / "library.sqlite", timeout=30, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._prepare()
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.close()

    def reading(self, pdf_sha256: str, key: str) -> Paper | None:
        """Return the reading kept under *key*, None when there is none, or its file or a picture is not what was written."""
        paper = self._load("reading", f"{pdf_sha256}-{key}", Paper)
        names = _picture_names(paper) if paper else []
        whole = all(self._read("picture", f"{pdf_sha256}-{key}-{name}") is not None for name in names)
        return paper if whole else None

    def keep_reading(self, pdf_sha256: str, key: str, paper: Paper) -> None:
        """Keep a reading; its pictures must lie in `pictures` already."""
        for name in _picture_names(paper):
            path = self.pictures(pdf_sha256, key) / name
            self._enter("picture", f"{pdf_sha256}-{key}-{name}", path, file_sha256(path))
        self._keep("reading", f"{pdf_sha256}-{key}", self._folder(pdf_sha256) / f"reading-{key}.json", paper)

    def pictures(self, pdf_sha256: str, key: str) -> Path:
        """Return the folder for the pictures of one reading."""
        return self._folder(pdf_sha256) / f"pictures-{key}"

    def digest(self, pdf_sha256: str, key: str) -> Digest | None:
        """Return the digest kept under *key*, None when there is none."""
        return self._load("digest", f"{pdf_sha256}-{key}", Digest)

    def keep_digest(self, pdf_sha256: str, key: str, digest: Digest) -> None:
        """Keep a digest."""
        self._keep("digest", f"{pdf_sha256}-{key}", self._folder(pdf_sha256) / f"digest-{key}.json", digest)

    def answer(self, key: str) -> Answer | None:
        """Return an engine's answer kept by an earlier run."""
        with self._transaction():
            row = self._db.execute("SELECT answer FROM call WHERE key = ?", (key,)).fetchone()
        return Answer.model_validate_json(row[0]) if row else None

    def keep_answer(self, key: str, answer: Answer) -> None:
        """Keep an answer as soon as it ended: a kill costs at most the branches then open."""
        question = answer.question
        row = (key, _now(), question.field, question.language, question.attempt, answer.tokens, answer.seconds, answer.model_dump_json())
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def post(self, path: Path) -> tuple[str, tuple[str, ...]] | None:
        """Return hash and titles of what was last written to a post, None when this library wrote none there."""
        with self._transaction():
            row = self._db.execute("SELECT sha256, titles FROM post WHERE path = ?", (_name(path),)).fetchone()
        return (str(row[0]), tuple(json.loads(row[1]))) if row else None

    def keep_post(self, path: Path, sha256: str, titles: Sequence[str]) -> None:
        """Remember what was written to a post, so that a user's edits and papers that leave it are noticed."""
        row = (_name(path), sha256, json.dumps(titles), _now())
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO post VALUES (?, ?, ?, ?)", row)

    def note(self, key: str) -> str | None:
        """Return what was noted under *key*, None when nothing was."""
        with self._transaction():
            row = self._db.execute("SELECT text FROM note WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def keep_note(self, key: str, text: str) -> None:
        """Note something about this machine that later runs should know."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", (key, text, _now()))

    def file_sha256(self, path: Path) -> str:
        """Return a file's SHA-256, from memory when size and time of change are as they were."""
        stat, name = path.stat(), _name(path)
        with self._transaction():
            row = self._db.execute(
                "SELECT sha256 FROM seen WHERE path = ? AND size = ? AND mtime_ns = ?", (name, stat.st_size, stat.st_mtime_ns)
            )
            known = row.fetchone()
        if known:
            return str(known[0])
        found = file_sha256(path)
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", (name, stat.st_size, stat.st_mtime_ns, found))
        return found

    def _prepare(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            raise IntegrityError(
                f"The library {self.root} was written by a newer version of offline-digest.",
                "Update the program, or name another --library.",
            )
        if version == 0:
            self._db.executescript(
                f"BEGIN IMMEDIATE;{_TABLES.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS')}PRAGMA user_version={SCHEMA};COMMIT;"
            )
        elif version < SCHEMA:
            self._migrate(version)

    def _migrate(self, version: int) -> None:
        """Bring an older library up to date, after a copy of its index was laid beside it."""
        backup = self.root / f"library-before-{SCHEMA}.sqlite"
        backup.unlink(missing_ok=True)
        self._db.execute("VACUUM INTO ?", (str(backup),))
        steps = "".join(_MIGRATIONS[n] for n in range(version, SCHEMA))
        self._db.executescript(f"BEGIN IMMEDIATE;{steps}PRAGMA user_version={SCHEMA};COMMIT;")

    def _folder(self, pdf_sha256: str) -> Path:
        return self.root / "papers" / pdf_sha256

    def _load(self, kind: str, key: str, record: type[Value]) -> Value | None:
        data = self._read(kind, key)
        try:
            return record.model_validate_json(data) if data is not None else None
        except ValidationError:
            return None

    def _read(self, kind: str, key: str) -> bytes | None:
        """Return a kept file's bytes, None when there is no row, no file, or the two disagree."""
        with self._transaction():
            row = self._db.execute("SELECT path, sha256 FROM file WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        if row is None:
            return None
        try:
            data = (self.root / row[0]).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == row[1] else None

    def _keep(self, kind: str, key: str, path: Path, value: BaseModel) -> None:
        data = value.model_dump_json(indent=1).encode()
        write_atomically(path, data)
        self._enter(kind, key, path, hashlib.sha256(data).hexdigest())

    def _enter(self, kind: str, key: str, path: Path, sha256: str) -> None:
        """Write the row of a file that is there whole."""
        row = (kind, key, path.relative_to(self.root).as_posix(), sha256, _now())
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?)", row)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """One statement, committed by itself; SQLite's errors become ours."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.Error) -> DigestError:
        """Return our error for one of SQLite's."""
        text = str(error)
        full = "disk I/O error" in text and shutil.disk_usage(self.root).free < NEARLY_FULL_BYTES
        if "full" in text or full:
            return DiskFull(
                f"No space left for the library {self.root}.", "Free some space and run the same command again; what is done is kept."
            )
        if "not a database" in text or "malformed" in text:
            return IntegrityError(f"The library {self.root} is damaged: {text}.", "Move library.sqlite away; the papers can be read again.")
        return UsageError(f"Cannot use the library {self.root}: {text}.", "Choose a folder you may write to with --library.")


def _name(path: Path) -> str:
    """Return a path as text that SQLite takes; names need not be UTF-8."""
    return os.fsencode(path.resolve()).decode("utf-8", "backslashreplace")


def _picture_names(paper: Paper) -> list[str]:
    return [f.image for f in (*paper.figures, *paper.tables) if f.image]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
