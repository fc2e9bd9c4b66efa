"""The library: one SQLite file as index and log, and a folder of plain files per paper.

    <root>/library.sqlite                                     index and log, see `database`
    <root>/papers/<sha256 of the PDF>/reading-<key>.json      a `Paper`
                                      pictures-<key>/…        its figures and tables
                                      digest-<key>.json       a `Digest`
                                      <id>v<n>.pdf            where it was fetched, see `pdfs`
                                      metadata.json           a `Metadata`
    <root>/inbox/                                             downloads that are not whole yet

Keys are hashes of everything a value depends on, so a value is never stale, only unused. A value is done when its row is there and
the file's hash is the row's: the file is written first, then the row (DESIGN section 6). Times stay here, never in a post.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pydantic import BaseModel, ValidationError

from offline_digest.files import file_sha256, write_atomically
from offline_digest.library.damage import kept_record
from offline_digest.library.database import Database
from offline_digest.library.index import ENTER_ANSWER, answer_row, enter_digest
from offline_digest.library.written import WrittenPost
from offline_digest.records import Answer, Digest, Metadata, Paper

ENTER_FILE = "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?)"
_DATED = ("file", "call", "digest", "post", "note")
_log = logging.getLogger(__name__)
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
        self.database = Database(root)
        if self.database.refilled.files:
            _log.warning("the index of the library %s was lost and is made again from %d files", root, self.database.refilled.files)
        self._latest = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.database.close()

    def reading(self, pdf_sha256: str, key: str) -> Paper | None:
        """Return the reading kept under *key*, None when there is none, or its file or a picture is not what was written."""
        paper = self._load("reading", f"{pdf_sha256}-{key}", Paper)
        names = _picture_names(paper) if paper else []
        whole = all(self._read("picture", f"{pdf_sha256}-{key}-{name}") is not None for name in names)
        return paper if whole else None

    def keep_reading(self, pdf_sha256: str, key: str, paper: Paper) -> None:
        """Keep a reading; its pictures must lie in `pictures` already."""
        made_at, folder, owner = self.now(), self.pictures(pdf_sha256, key), f"{pdf_sha256}-{key}"
        pictures = {name: folder / name for name in _picture_names(paper)}
        rows = [self.row("picture", f"{owner}-{name}", path, file_sha256(path), made_at) for name, path in pictures.items()]
        data = paper.model_dump_json(indent=1).encode()
        path = self._folder(pdf_sha256) / f"reading-{key}.json"
        write_atomically(path, data)
        with self.database.transaction(again=True) as db:
            db.executemany(ENTER_FILE, [*rows, self.row("reading", owner, path, hashlib.sha256(data).hexdigest(), made_at)])

    def pictures(self, pdf_sha256: str, key: str) -> Path:
        """Return the folder for the pictures of one reading."""
        return self._folder(pdf_sha256) / f"pictures-{key}"

    def digest(self, pdf_sha256: str, key: str) -> Digest | None:
        """Return the digest kept under *key*, None when there is none."""
        return self._load("digest", f"{pdf_sha256}-{key}", Digest)

    def keep_digest(self, pdf_sha256: str, key: str, digest: Digest, *, version: str | None = None, recipe: str | None = None) -> None:
        """Keep a digest and make its paper findable.

        Args:
            pdf_sha256: The paper.
            key: What the digest depends on.
            digest: It.
            version: What made it, apart from its wording; a digest of another version is never used by the same program. None: unknown.
            recipe: Everything that it depends on beside the paper and what is known of it. None: unknown.
        """
        data = digest.model_dump_json(indent=1).encode()
        made_by = version and f"{version} {digest.prompt_version}"
        self.enter_digest(pdf_sha256, key, digest, data, version=made_by, made_at=self.now(), recipe=recipe)

    def enter_digest(
        self, pdf_sha256: str, key: str, digest: Digest, data: bytes, *, version: str | None, made_at: str, recipe: str | None = None
    ) -> None:
        """Write a digest's file, which holds *data*, then its rows."""
        path = self._folder(pdf_sha256) / f"digest-{key}.json"
        write_atomically(path, data)
        row = self.row("digest", f"{pdf_sha256}-{key}", path, hashlib.sha256(data).hexdigest(), made_at)
        with self.database.transaction() as db:
            db.execute(ENTER_FILE, row)
            enter_digest(db, pdf_sha256, f"{pdf_sha256}-{key}", digest, version=version, made_at=made_at, recipe=recipe)

    def metadata(self, pdf_sha256: str) -> Metadata | None:
        """Return what the source of a PDF that was fetched says of it, or the row that last came with it; None where neither is."""
        return self._load("metadata", f"{pdf_sha256}-metadata", Metadata)

    def keep_metadata(self, pdf_sha256: str, metadata: Metadata) -> None:
        """Keep what a source, or a row that came with it, says of a PDF."""
        data, path = metadata.model_dump_json(indent=1).encode(), self._folder(pdf_sha256) / "metadata.json"
        write_atomically(path, data)
        self.enter("metadata", f"{pdf_sha256}-metadata", path, hashlib.sha256(data).hexdigest(), made_at=self.now())

    def answer(self, key: str) -> Answer | None:
        """Return an engine's answer kept by an earlier run."""
        row = self.database.row("SELECT answer FROM call WHERE key = ?", key)
        try:
            return Answer.model_validate_json(row[0]) if row else None
        except ValidationError:
            return None

    def keep_answer(
        self,
        key: str,
        answer: Answer,
        *,
        paper: str | None = None,
        model: str | None = None,
        prompts: str | None = None,
        redone: bool = False,
    ) -> None:
        """Keep an answer as soon as it ended: a kill costs at most the branches then open.

        Args:
            key: What the answer depends on.
            answer: It.
            paper: SHA-256 of the PDF it is about.
            model: Who answered.
            prompts: Version of the question's wording.
            redone: An earlier answer under *key* stays in the log.
        """
        if redone:
            self.database.write("UPDATE call SET key = key || '-' || rowid WHERE key = ?", key, again=True)
        self.database.write(ENTER_ANSWER, *answer_row(key, answer, (paper, model, prompts), made_at=self.now()), again=True)

    def keep_verdicts(self, verdicts: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Note of kept answers why they were not accepted.

        Args:
            verdicts: Each answer's key and the checks it failed, none for one that was accepted.
        """
        rows = [(json.dumps(failed), key) for key, failed in verdicts]
        with self.database.transaction(again=True) as db:
            db.executemany("UPDATE call SET checks_failed = ?1 WHERE key = ?2 AND checks_failed IS NOT ?1", rows)

    def is_digested(self, path: Path, recipe: str) -> bool:
        """Tell whether a digest of this file by *recipe* is likely kept: cheap, for nothing is read but the file's size and time of change."""
        try:
            stat = path.stat()
        except OSError:
            return False
        row = self.database.row(
            """SELECT 1 FROM seen JOIN digest ON digest.paper = seen.sha256
               WHERE seen.path = ? AND seen.size = ? AND seen.mtime_ns = ? AND digest.recipe = ?""",
            self.name_of(path),
            stat.st_size,
            stat.st_mtime_ns,
            recipe,
        )
        return row is not None

    def post(self, path: Path) -> WrittenPost | None:
        """Return what was last written to a post, None when this library wrote none there."""
        row = self.database.row("SELECT written FROM post WHERE path = ?", self.name_of(path))
        return kept_record(row[0], WrittenPost) if row else None

    def keep_post(self, path: Path, written: WrittenPost) -> None:
        """Remember what was written to a post, so that a user's edits and papers that leave it are noticed."""
        self.database.write("INSERT OR REPLACE INTO post VALUES (?, ?, ?)", self.name_of(path), written.as_row(), self.now())

    def note(self, key: str) -> str | None:
        """Return what was noted under *key*, None when nothing was."""
        row = self.database.row("SELECT text FROM note WHERE key = ?", key)
        return str(row[0]) if row else None

    def keep_note(self, key: str, text: str) -> None:
        """Note something about this machine that later runs should know."""
        self.database.write("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", key, text, self.now())

    def drop_notes(self, beginning: str) -> None:
        """Forget the notes whose keys begin so."""
        self.database.write("DELETE FROM note WHERE substr(key, 1, ?) = ?", len(beginning), beginning)

    def file_sha256(self, path: Path) -> str:
        """Return a file's SHA-256, from memory when size and time of change are as they were."""
        stat, name = path.stat(), self.name_of(path)
        known = self.database.row(
            "SELECT sha256 FROM seen WHERE path = ? AND size = ? AND mtime_ns = ?", name, stat.st_size, stat.st_mtime_ns
        )
        if known:
            return str(known[0])
        found = file_sha256(path)
        self.database.write("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", name, stat.st_size, stat.st_mtime_ns, found, again=True)
        return found

    def now(self) -> str:
        """Return the time, in UTC, to the second, but never one before that of an earlier row: what is newer must sort behind, though a clock was set back."""
        if not self._latest:
            last = (self.database.row(f"SELECT made_at FROM {table} ORDER BY rowid DESC LIMIT 1") for table in _DATED)  # noqa: S608 (names of ours)
            self._latest = max((str(row[0]) for row in last if row), default="")
        self._latest = max(self._latest, datetime.now(UTC).isoformat(timespec="seconds"))
        return self._latest

    def name_of(self, path: Path) -> str:
        """Return a path as text that SQLite takes; names need not be UTF-8."""
        return os.fsencode(path.resolve()).decode("utf-8", "backslashreplace")

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
        row = self.database.row("SELECT path, sha256 FROM file WHERE kind = ? AND key = ?", kind, key)
        if row is None:
            return None
        try:
            data = (self.root / row[0]).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == row[1] else None

    def enter(self, kind: str, key: str, path: Path, sha256: str, *, made_at: str) -> None:
        """Write the row of a file that is there whole and can be made again."""
        self.database.write(ENTER_FILE, *self.row(kind, key, path, sha256, made_at), again=True)

    def row(self, kind: str, key: str, path: Path, sha256: str, made_at: str) -> tuple[str, ...]:
        """Return the row of a file, for a transaction of the caller's."""
        return kind, key, path.relative_to(self.root).as_posix(), sha256, made_at


def _picture_names(paper: Paper) -> list[str]:
    return [f.image for f in (*paper.figures, *paper.tables) if f.image]
