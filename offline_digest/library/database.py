"""The SQLite file of a library: how it is opened, what reaches the disk when, and SQLite's errors as ours."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from offline_digest.errors import DigestError, IntegrityError, Locked, UsageError
from offline_digest.files import disk_error, disk_errors
from offline_digest.library.damage import REBUILD, SQLITE_ERRORS
from offline_digest.library.places import NAME, read_only
from offline_digest.library.refilling import Refilled, refill
from offline_digest.library.schema import SCHEMA, check_schema, make_tables, upgrade

_REBUILD_WORDS = "`offline-digest library gc` builds it again."
_DAMAGE = ("not a database", "malformed", "no such table", "no such column", "already exists", "unrecognized option")
PROBE_BYTES = 2**20  # a disk that takes no more than this is full
LONGEST_PATH_BYTES = 500  # MAX_PATHNAME of SQLite's os_unix.c is 512, with what it appends
WAIT_S = 30.0  # for another process's transaction; none of ours takes a second
UNSYNCED_S = 1.0  # what was committed within it may be lost with the power
_LOOK_AGAIN_S = 0.05


class Database:
    """The open index of the library at *root*, made when it is not there; where its folder cannot be written it can be read all the same.

    A new index lists what lies in the folder already (`refilled`), so one that was lost is made again by whoever opens the library first.

    What is committed outlives this process in any case, and a loss of power when the disk was told to write it out (`fsync`). That takes longer
    than all else, so what can be made again is written out at most once every `UNSYNCED_S`, everything else at once, and with it all that was
    committed before. What is closed is written out.

    Source: SQLite's documentation of `PRAGMA synchronous`: NORMAL in a write-ahead log syncs at checkpoints alone, FULL the log after each
    commit; it may be changed between transactions.

    Args:
        root: The library's folder.
        clock: Seconds from any start.

    Raises:
        UsageError: The folder cannot be written.
        DiskFull: No space left.
        Locked: Another process holds it for too long.
        IntegrityError: A newer version of this program wrote it, or it is no library.
    """

    def __init__(self, root: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._root = root
        self._clock = clock
        self._synced_at = -math.inf
        self._syncs: bool | None = None
        self.refilled = Refilled()
        with disk_errors(root):
            root.mkdir(parents=True, exist_ok=True)
        path = root / NAME
        self.is_writable = os.access(root, os.W_OK) or not path.is_file()
        with contextlib.ExitStack() as unless_usable:
            try:
                self._db = sqlite3.connect(
                    path.absolute().as_uri() if self.is_writable else read_only(path), timeout=WAIT_S, isolation_level=None, uri=True
                )
                unless_usable.callback(self._db.close)
                self._db.text_factory = _text
                if self.is_writable:
                    self._use_write_ahead_log()
                self._prepare()
            except SQLITE_ERRORS as error:
                raise self._translated(error) from error
            unless_usable.pop_all()

    def close(self) -> None:
        """Close it; what was committed stays."""
        self._db.close()

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, each read when it is asked for."""
        with self._our_errors():
            cursor = self._db.execute(statement, values)
            while (row := cursor.fetchone()) is not None:  # an iterator that is left would close the cursor, maybe after the connection
                yield row

    def row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a query, None when there is none."""
        with self._our_errors():
            row: tuple[Any, ...] | None = self._db.execute(statement, values).fetchone()
        return row

    def write(self, statement: str, *values: object, again: bool = False) -> None:
        """Run one statement, committed by itself; *again* as in `transaction`."""
        with self._our_errors(), self._synced(again=again):
            self._db.execute(statement, values)

    def faults(self) -> tuple[str, ...]:
        """Return what SQLite finds wrong with its own file, apart from the full-text index, which it looks at too since 3.44."""
        try:
            said = [str(row[0]) for row in self._db.execute("PRAGMA integrity_check")]
        except SQLITE_ERRORS as error:
            return (str(error),)
        return tuple(text for text in said if text != "ok" and "FTS5" not in text)

    @contextlib.contextmanager
    def transaction(self, *, again: bool = False) -> Iterator[sqlite3.Connection]:
        """Commit what is done inside as a whole, or nothing of it; *again* tells that it can be made again, should the power be lost."""
        with self._our_errors(), self._synced(again=again):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:  # SQLite may have rolled back by itself, as on a full disk
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _synced(self, *, again: bool) -> Iterator[None]:
        """Let the commit inside reach the disk, unless it can be made *again* and the last one that did is not long ago."""
        syncs = not again or self._clock() - self._synced_at >= UNSYNCED_S
        if syncs != self._syncs:
            self._db.execute(f"PRAGMA synchronous={'FULL' if syncs else 'NORMAL'}")
            self._syncs = syncs
        yield
        if syncs:
            self._synced_at = self._clock()

    @contextlib.contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except SQLITE_ERRORS as error:
            raise self._translated(error) from error

    def _prepare(self) -> None:
        version = self._version()
        check_schema(version, self._root)
        if version == SCHEMA:
            return
        backup = self._backup() if version else None
        with self.transaction() as db:
            version = self._version()  # another process may have been quicker
            if version < SCHEMA and backup:
                backup.replace(self._root / f"library-before-{SCHEMA}.sqlite")
            if version == 0:
                make_tables(db)
                self.refilled = refill(db, self._root)
            else:
                upgrade(db, self._root, version)
        if backup:
            backup.unlink(missing_ok=True)

    def _use_write_ahead_log(self) -> None:
        """Let one write while others read. SQLite does not wait by itself here when another process is just making the same file."""
        end = time.monotonic() + WAIT_S
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > end:
                    raise
                time.sleep(_LOOK_AGAIN_S)
            else:
                return

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _backup(self) -> Path:
        """Copy the index as it is; under a name of this process's own, so that a kill leaves no half of one in the backup's place."""
        backup = self._root / f"library-{os.getpid()}.part"
        backup.unlink(missing_ok=True)
        self._db.execute("VACUUM INTO ?", (str(backup),))
        return backup

    def _translated(self, error: Exception) -> DigestError:
        """Return our error for one of SQLite's."""
        text = str(error)
        if isinstance(error, UnicodeDecodeError):
            return self._damaged("it holds what is no text")
        if "vtable constructor" in text:  # a full-text index that cannot be opened cannot be built again either
            return self._damaged(text)
        if any(words in text for words in _DAMAGE):
            if "malformed" not in text or self.faults():
                return self._damaged(text)
            return IntegrityError(f"The full-text index of the library {self._root} is damaged.", _REBUILD_WORDS)
        if "locked" in text:
            return Locked(f"Another process has held the library {self._root} for {WAIT_S:.0f} s.", "Wait for its end, then try again.")
        if text == "no such module: fts5":
            return UsageError("The SQLite of this Python has no full-text search (FTS5).", "Install Python from python.org or your system.")
        if "full" in text:
            return disk_error(OSError(errno.ENOSPC, text), self._root)
        if "unable to open" in text and len(os.fsencode(self._root / NAME)) > LONGEST_PATH_BYTES:
            return UsageError(f"The path of the library {self._root} is longer than SQLite takes.", "Choose a shorter one with --library.")
        if refusal := self._refusal():
            return refusal
        if hasattr(self, "_db") and self.faults():
            return self._damaged(text)
        return UsageError(f"Cannot use the library {self._root}: {text}.", "Choose a folder you may write to with --library.")

    def _damaged(self, text: str) -> IntegrityError:
        return IntegrityError(f"The index of the library {self._root} is damaged: {text}.", REBUILD)

    def _refusal(self) -> DigestError | None:
        """Return what the system says about writing here, None when it lets us; SQLite has one message for many reasons."""
        try:
            with disk_errors(self._root), tempfile.TemporaryFile(dir=self._root) as probe:
                probe.write(bytes(PROBE_BYTES))
                probe.flush()
                os.fsync(probe.fileno())
        except DigestError as refusal:
            return refusal
        return None


def _text(data: bytes) -> str:
    """Return a value as text; of a damaged index it may be none."""
    return data.decode("utf-8", "backslashreplace")
