"""Indexes that were set aside, as damaged ones are: kept under another name, and read as far as they can be read.

    <root>/library-aside-<n>.sqlite, library-aside-<n>.sqlite-wal     the first has n = 1

Nothing of them is believed: a row counts when each of its values is one that this program writes there.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, Json, TypeAdapter, ValidationError

from offline_digest.files import disk_errors, whole_file
from offline_digest.library.damage import SQLITE_ERRORS
from offline_digest.library.places import NAME, Hash, Time, read_only
from offline_digest.library.written import WrittenPost
from offline_digest.records import Answer

_ASIDE = re.compile(r"library-aside-([1-9][0-9]{0,5})\.sqlite", re.ASCII)
_LOG = "-wal"
_MEMORY_MAP = "-shm"
_Names = Json[tuple[str, ...]]
_Number = Annotated[int, Field(ge=0)]
# Table → its columns in order, with what stands in them. Those of a later version of the schema may be missing in an old index.
_COLUMNS: dict[str, dict[str, Any]] = {
    "file": {"kind": str, "key": str, "path": str, "sha256": Hash, "made_at": Time},
    "digest": {"key": str, "version": str | None, "recipe": str | None},
    "paper": {"sha256": Hash, "name": str | None, "added_at": Time},
    "call": {
        "key": str,
        "made_at": Time,
        "field": str,
        "language": str,
        "attempt": _Number,
        "tokens": _Number,
        "seconds": float,
        "answer": Json[Answer],
        "paper": Hash | None,
        "model": str | None,
        "prompts": str | None,
        "checks_failed": _Names | None,
    },
    "post": {"path": str, "written": Json[WrittenPost], "made_at": Time},
    "seen": {"path": str, "size": _Number, "mtime_ns": int, "sha256": Hash},
    "note": {"key": str, "text": str, "made_at": Time},
    "posted": {
        "post": str,
        "topic": str,
        "day": Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")],
        "arxiv_id": str | None,
        "version": str | None,
        "doi": str | None,
        "sha256": Hash | None,
        "title": str,
        "authors": _Names,
        "updated": str | None,
    },
}
_ROWS: Mapping[str, TypeAdapter[Any]] = {
    table: TypeAdapter(tuple[tuple(columns.values())])  # type: ignore[misc, arg-type]  # made of the table above
    for table, columns in _COLUMNS.items()
}


def set_aside(root: Path) -> Path | None:
    """Move the index of the library at *root* aside and return its new name, None where there is none.

    Whatever moment this is stopped at, the index is whole under one of its names or under both, and its log lies beside it.

    Raises:
        DiskFull: No space for a copy, where the disk cannot give a file two names.
        UsageError: The folder cannot be written.
    """
    index = root / NAME
    if not index.is_file():
        return None
    aside = root / f"library-aside-{max((number for number, _ in _numbered(root)), default=0) + 1}.sqlite"
    log, memory_map = (index.with_name(NAME + suffix) for suffix in (_LOG, _MEMORY_MAP))
    with disk_errors(aside):
        if log.is_file():
            _name_too(log, aside.with_name(aside.name + _LOG))
        _name_too(index, aside)
        # The memory map first: whoever still reads the old index must not share it with the new one. The log last: SQLite removes one
        # that it finds beside an index that is not there, and would add one that is missing to none.
        for path in (memory_map, index, log):
            path.unlink(missing_ok=True)
    return aside


def _name_too(path: Path, other: Path) -> None:
    """Give a file a second name, or make a copy where the disk has no such thing."""
    other.unlink(missing_ok=True)
    try:
        os.link(path, other)
    except OSError:
        with path.open("rb") as source, whole_file(other) as copy:
            shutil.copyfileobj(source, copy)
        shutil.copystat(path, other)


def list_asides(root: Path) -> tuple[Path, ...]:
    """Return the indexes that were set aside, the last one first."""
    return tuple(path for _, path in sorted(_numbered(root), reverse=True))


def _numbered(root: Path) -> Iterator[tuple[int, Path]]:
    for path in root.glob("library-aside-*.sqlite"):
        if match := _ASIDE.fullmatch(path.name):
            yield int(match[1]), path


@contextlib.contextmanager
def opened_aside(path: Path) -> Iterator[Callable[[str], Iterator[tuple[Any, ...]]]]:
    """Give what yields the rows of a table, in the order in which they were written; what cannot be read is left out without a word.

    Each row has the columns of `columns_of`. The index may be damaged anywhere.
    """
    with contextlib.closing(sqlite3.connect(read_only(path), uri=True, isolation_level=None)) as db:
        db.text_factory = bytes
        yield lambda table: _rows(db, table)


def columns_of(table: str) -> tuple[str, ...]:
    """Return the columns that `opened_aside` gives of a table."""
    return tuple(_COLUMNS[table])


def _rows(db: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    """Yield what can be read of a table from both of its ends up to a damaged page, each row that can be read and is one."""
    there = {str(name, "utf-8", "replace") for name in _firsts(db, "SELECT name FROM pragma_table_info(?)", table)}
    wanted = ", ".join(f'"{name}"' if name in there else "NULL" for name in _COLUMNS[table])
    ends = (_firsts(db, f"SELECT rowid FROM {table} NOT INDEXED ORDER BY rowid {order}") for order in ("", "DESC"))  # noqa: S608 (names of ours)
    for number in sorted({number for end in ends for number in end if isinstance(number, int)}):
        with contextlib.suppress(*SQLITE_ERRORS, ValidationError):
            row = db.execute(f"SELECT {wanted} FROM {table} NOT INDEXED WHERE rowid = ?", (number,)).fetchone()  # noqa: S608 (likewise)
            if row is not None:
                values = tuple(value.decode() if isinstance(value, bytes) else value for value in row)
                _ROWS[table].validate_python(values, strict=True)
                yield values


def _firsts(db: sqlite3.Connection, statement: str, *values: object) -> Iterator[Any]:
    """Yield the first column of a query until something is wrong."""
    with contextlib.suppress(*SQLITE_ERRORS):
        for row in db.execute(statement, values):
            yield row[0]
