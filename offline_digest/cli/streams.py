"""The three standard streams, none of which can be counted on: a service may close them, a terminal or a log's disk may be gone."""

from __future__ import annotations

import os
import re
import sys
from typing import TextIO

from offline_digest.errors import DiskFull

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed


def open_closed() -> None:
    """Put the null device in the place of standard streams that are closed, so that no file of ours gets their numbers."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()


def tell(text: str, *, end: str = "\n") -> None:
    """Write *text* to stderr; nobody hears it where that fails, and the work goes on."""
    try:
        sys.stderr.write(f"{printable(text, sys.stderr.encoding)}{end}")
        sys.stderr.flush()
    except OSError:
        sys.stderr = _nowhere()


def emit(text: str) -> None:
    """Print a result on stdout.

    Raises:
        DiskFull: stdout is a file on a full disk.
    """
    try:
        sys.stdout.write(f"{printable(text, sys.stdout.encoding)}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has left; the work is done all the same
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 (stays open to the end of the process)
    except OSError as error:
        raise DiskFull(f"Cannot write to stdout: {error.strerror}.", "The post itself is written.") from error


def printable(text: str, encoding: str | None) -> str:
    """Return *text* with what cannot be written escaped: file names need not be UTF-8, nor need the terminal."""
    return text.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")


def harmless(text: str) -> str:
    """Return *text* with control characters escaped: a file's name must not steer the terminal."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def as_text(argument: str) -> str:
    """Return an argument that is text, not a path, as UTF-8 where the locale could not decode it."""
    undecoded = any("\ud800" <= c <= "\udfff" for c in argument)
    return os.fsencode(argument).decode("utf-8", "replace") if undecoded else argument


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 (stays open to the end of the process)
