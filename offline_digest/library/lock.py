"""One run at a time on one library."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

from offline_digest.errors import Locked
from offline_digest.files import disk_errors

Work = Literal["rounds", "fetch", "run"]  # in the order in which they are taken
WORKS: tuple[Work, ...] = get_args(Work)
_POLL_S = 0.2


@contextlib.contextmanager
def run_lock(root: Path, *, wait: bool, told: Callable[[str], None], name: Work = "run") -> Iterator[None]:
    """Hold the library below *root* for one run.

    The lock is the operating system's own, on an open file: it ends with the process that holds it, however that ends, so none is ever stale.

    Args:
        root: The library's folder.
        wait: Wait for another run to end, instead of giving up.
        told: Hears once that there is something to wait for.
        name: What it is held for: work of one kind does not stop that of another.

    Raises:
        Locked: Another run holds the library, and *wait* is false.
        UsageError: The folder cannot be written.
    """
    import filelock

    with disk_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(root / f"{name}.lock", poll_interval=_POLL_S)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            if not wait:
                raise Locked(f"Another run is at work on the library {root}.", "Wait for it to end, or name another --library.") from None
            told(f"another run is at work on the library {root}; waiting for it to end")
            lock.acquire()
    try:
        yield
    finally:
        lock.release()
