"""A new index of a library that is there already: its files are listed again, and what indexes that were set aside still tell is taken over.

From the files follow papers, their words, readings, pictures, PDFs and what sources say of these. Only an index knows what a model
answered, what was posted where, and what was noted; where none was set aside that is lost.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from offline_digest.files import file_sha256
from offline_digest.library.aside import columns_of, list_asides, opened_aside
from offline_digest.library.index import enter_digest_file
from offline_digest.library.places import is_row, kind_of, place_of
from offline_digest.records import Metadata

_TAKEN = ("call", "post", "seen", "note", "posted")  # tables whose rows stand for themselves; a later index goes before an earlier one


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilled:
    """What a new index lists of what was there: papers with a digest, files, answers and posts. `left_out` are files that cannot be used."""

    papers: int = 0
    files: int = 0
    answers: int = 0
    posts: int = 0
    left_out: tuple[str, ...] = ()


class _File(NamedTuple):
    """One row of `file`."""

    kind: str
    key: str
    path: str
    sha256: str
    made_at: str


@dataclass(slots=True)
class _Remembered:
    """What indexes that were set aside say of files and papers."""

    files: dict[tuple[str, str], _File] = field(default_factory=dict)
    makers: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)  # digest → version, recipe
    papers: dict[str, tuple[str | None, str]] = field(default_factory=dict)  # paper → its file's name, when it came


def refill(db: sqlite3.Connection, root: Path) -> Refilled:
    """Enter everything that lies in the library at *root*, and what its lost indexes still tell, into empty tables.

    What an index says of a file stands, so that a file that was changed later is still found to be so.

    Args:
        db: Inside the transaction that made the tables.
        root: The library's folder.
    """
    remembered = _Remembered()
    asides = list_asides(root)
    for aside in asides:
        _take_rows(db, aside)
        _remember(aside, remembered)
    left_out: list[str] = []
    files = _files(root, remembered, left_out)
    db.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?)", files)
    for row in files:
        if row.kind == "digest":
            version, recipe = remembered.makers.get(row.key, (None, None))
            enter_digest_file(db, root / row.path, row.sha256, row.key, version=version, made_at=row.made_at, recipe=recipe)
        elif row.kind == "pdf":
            _enter_fetched(db, root, row)
    db.executemany(
        "UPDATE paper SET name = coalesce(?, name), added_at = ? WHERE sha256 = ?",
        [(name, added_at, sha256) for sha256, (name, added_at) in remembered.papers.items()],
    )
    papers, answers, posts = (_count(db, table) for table in ("paper", "call", "post"))
    return Refilled(papers=papers, files=len(files), answers=answers, posts=posts, left_out=tuple(sorted(left_out)))


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (names of ours)


def _take_rows(db: sqlite3.Connection, aside: Path) -> None:
    """Enter the rows that stand for themselves, in their order; one after the other, for a log of calls may be larger than memory."""
    told = {post for (post,) in db.execute("SELECT DISTINCT post FROM posted")}
    with opened_aside(aside) as rows:
        for table in _TAKEN:
            columns = columns_of(table)
            statement = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 (likewise)
            db.executemany(statement, (row for row in rows(table) if table != "posted" or row[0] not in told))


def _remember(aside: Path, remembered: _Remembered) -> None:
    with opened_aside(aside) as rows:
        for row in map(_File._make, rows("file")):
            if is_row(row.kind, row.key, row.path):
                remembered.files.setdefault((row.kind, row.key), row)
        for key, version, recipe in rows("digest"):
            remembered.makers.setdefault(key, (version, recipe))
        for sha256, name, added_at in rows("paper"):
            remembered.papers.setdefault(sha256, (name, added_at))


def _files(root: Path, remembered: _Remembered, left_out: list[str]) -> list[_File]:
    """Return the rows of all files below the library's folder, in the order in which they came; what cannot be used joins *left_out*."""
    rows: dict[str, _File] = {}
    for path in sorted(root.glob("papers/*/**/*"), key=lambda path: (path.parent.name.startswith("pictures-"), path)):
        name = path.relative_to(root).as_posix()
        kind = kind_of(name)
        if kind is None or path.is_symlink() or not path.is_file():
            continue
        key = "-".join(place_of(kind, name) or ())
        known = remembered.files.get((kind, key))
        row = known if known and known.path == name else _found(kind, key, name, path)
        if kind == "picture" and not known and f"{path.parent.parent.relative_to(root).as_posix()}/{_reading_of(path)}" not in rows:
            continue  # of a reading that was not finished
        if row:
            rows[name] = row
        else:
            left_out.append(name)
    place = {key: number for number, key in enumerate(remembered.files)}  # of the same second, in the order of the index
    return sorted(rows.values(), key=lambda row: (row.made_at, place.get((row.kind, row.key), -1)))


def _reading_of(picture: Path) -> str:
    return f"reading-{picture.parent.name.removeprefix('pictures-')}.json"


def _found(kind: str, key: str, name: str, path: Path) -> _File | None:
    """Return the row of a file of which no index tells, None when it is not whole: torn, or a PDF under the hash of another."""
    try:
        sha256 = file_sha256(path)
        whole = key == f"{sha256}-pdf" if kind == "pdf" else path.stat().st_size > 0 if kind == "picture" else _is_object(path)
        made_at = datetime.fromtimestamp(min(path.stat().st_mtime, time.time()), UTC).isoformat(timespec="seconds")
    except OSError:
        return None
    return _File(kind=kind, key=key, path=name, sha256=sha256, made_at=made_at) if whole else None


def _is_object(path: Path) -> bool:
    """Tell whether a file holds one JSON object, of whatever version."""
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (ValueError, RecursionError):
        return False


def _enter_fetched(db: sqlite3.Connection, root: Path, row: _File) -> None:
    """Make a PDF findable by the identifier that its source gives."""
    try:
        source = Metadata.model_validate_json((root / row.path).with_name("metadata.json").read_bytes())
    except (OSError, ValidationError):
        return
    values = (source.arxiv_id, source.version, row.key.partition("-")[0], row.made_at)
    db.execute("INSERT OR IGNORE INTO fetched VALUES (?, ?, ?, ?)", values)
