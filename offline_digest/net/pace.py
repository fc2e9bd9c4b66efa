"""A pause between any two requests to one server, kept by all processes of a user together."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from offline_digest.files import disk_errors

LONGEST_S = 120.0  # a clock that was set back never makes anybody wait longer
_POLL_S = 0.05


class Pace:
    """Lets requests out one at a time, each at least *pause_s* after the end of the one before.

    *file* holds when the next request may begin, in seconds since 1970; a lock beside it, which the system releases however its process
    ends, is held while a request runs. From the end of one to the begin of the next is never less than between their arrivals.

    Raises:
        UsageError: The file cannot be written.
    """

    def __init__(self, file: Path, *, pause_s: float) -> None:
        self._file = file
        self._pause_s = pause_s
        self._asked_s = 0.0

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn of one request, which is made inside."""
        import filelock

        with disk_errors(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self._file.with_name(f"{self._file.name}.lock"), poll_interval=_POLL_S)
            lock.acquire()
        try:
            time.sleep(self._left_s())
            self._asked_s = 0.0
            self._put_off(self._pause_s)  # a process that is killed in its request has left a trace of it
            try:
                yield
            finally:
                self._put_off(max(self._pause_s, self._asked_s))
        finally:
            lock.release()

    def defer(self, wait_s: float) -> None:
        """Let no process make a request for *wait_s* after the present turn; a server has asked for it."""
        self._asked_s = min(wait_s, LONGEST_S)

    def _left_s(self) -> float:
        try:
            left_s = float(self._file.read_text(encoding="ascii")) - time.time()
        except (OSError, ValueError):  # nobody has asked yet, or the file was cut
            return 0.0
        return min(left_s, LONGEST_S) if left_s > 0 else 0.0

    def _put_off(self, wait_s: float) -> None:
        with disk_errors(self._file):
            self._file.write_text(repr(time.time() + wait_s), encoding="ascii")
