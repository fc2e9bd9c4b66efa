"""A quick look at a library from outside: nothing is made, brought up to date or waited for."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from offline_digest.errors import IntegrityError, UsageError
from offline_digest.library.damage import REBUILD, SQLITE_ERRORS
from offline_digest.library.places import NAME, read_only
from offline_digest.library.schema import check_schema

_PATIENCE_S = 1.0
_STEPS = 10_000  # of SQLite's machine, between two looks at the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a library holds. `is_complete` tells that SQLite looked through all of its file, for which there was time."""

    papers: int
    digests: int
    is_complete: bool


def glance(root: Path, patience_s: float = _PATIENCE_S) -> Glance | None:
    """Return what the library at *root* holds, None where there is none.

    Raises:
        IntegrityError: Its index is lost, damaged, empty beside files that it should list, or of a newer version.
        UsageError: It cannot be read.
    """
    path = root / NAME
    if not os.access(root, os.R_OK | os.X_OK) and root.exists():
        raise UsageError(f"The library {root} cannot be read.", f"chown -R \"$USER\" '{root}'")
    if not path.is_file():
        if any(root.glob("papers/*/digest-*.json")):
            raise IntegrityError(f"The library {root} has no index, and digests lie in it.", "offline-digest library rebuild")
        return None
    try:
        with closing(sqlite3.connect(read_only(path), uri=True, timeout=patience_s)) as db:
            found = _look(db, root, time.monotonic() + patience_s)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return Glance(papers=0, digests=0, is_complete=False)
        raise UsageError(f"The library {root} cannot be read: {error}.", f"chown -R \"$USER\" '{root}'") from error
    except SQLITE_ERRORS as error:
        raise IntegrityError(f"The index of the library {root} is damaged: {error}.", REBUILD) from error
    if not found.digests and any(root.glob("papers/*/digest-*.json")):
        raise IntegrityError(
            f"The index of the library {root} lists no digests, and digests lie beside it.", "offline-digest library rebuild"
        )
    return found


def _look(db: sqlite3.Connection, root: Path, end: float) -> Glance:
    check_schema(db.execute("PRAGMA user_version").fetchone()[0], root)
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    papers = digests = 0
    if "file" in tables:
        digests = db.execute("SELECT count(*) FROM file WHERE kind = 'digest'").fetchone()[0]
        papers = db.execute("SELECT count(DISTINCT substr(key, 1, 64)) FROM file WHERE kind = 'reading'").fetchone()[0]
    db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError:  # interrupted
        return Glance(papers=papers, digests=digests, is_complete=False)
    if said != "ok":
        raise IntegrityError(f"The index of the library {root} is damaged: {said}.", REBUILD)
    return Glance(papers=papers, digests=digests, is_complete=True)
