"""The three standard streams, none of which can be counted on: a service may close them, a terminal or a log's disk may be gone."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from typing import Any, TextIO

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
    stream = Unbroken(sys.stderr)
    stream.write(f"{printable(text, sys.stderr.encoding)}{end}")
    stream.flush()
    if stream.is_gone:
        sys.stderr = _nowhere()


def emit(text: str) -> None:
    """Print a result on stdout.

    Raises:
        DiskFull: stdout is a file on a full disk.
    """
    try:
        sys.stdout.write(f"{printable(text, sys.stdout.encoding)}\n")
        sys.stdout.flush()
    except OSError as error:
        if not _has_left(error):
            hint = "Send the output elsewhere and run the same command again; what is done is kept."
            raise DiskFull(f"Cannot write to stdout: {error.strerror}.", hint) from error
        sys.stdout = _nowhere()  # the work is done all the same


class Unbroken:
    """A stream that takes what is written to it also when its terminal or reader is gone; nobody hears it then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_gone = False

    def write(self, text: str) -> int:
        """Write *text* as far as anybody is there, and return its length."""
        if not self.is_gone:
            try:
                self._stream.write(text)
            except OSError:
                self.is_gone = True
        return len(text)

    def flush(self) -> None:
        """Let it be seen."""
        if not self.is_gone:
            try:
                self._stream.flush()
            except OSError:
                self.is_gone = True

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever else the stream has)
        return getattr(self._stream, name)


def _has_left(error: OSError) -> bool:
    """Tell whether the reader of stdout has gone: a pipe's end, or a terminal that was closed, which is a device with an I/O error."""
    if error.errno == errno.EIO:
        return stat.S_ISCHR(os.fstat(sys.stdout.fileno()).st_mode)
    return isinstance(error, BrokenPipeError)


def printable(text: str, encoding: str | None) -> str:
    """Return *text* with what cannot be written escaped: file names need not be UTF-8, nor need the terminal."""
    return text.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")


def harmless(text: str) -> str:
    """Return *text* with control characters escaped: a file's name must not steer the terminal."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """Return *text* as `harmless` does, with line feeds escaped too."""
    return harmless(text).replace("\n", r"\n")


def as_text(argument: str) -> str:
    """Return an argument that is text, not a path, as UTF-8 where the locale could not decode it."""
    undecoded = any("\ud800" <= c <= "\udfff" for c in argument)
    return os.fsencode(argument).decode("utf-8", "replace") if undecoded else argument


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 (stays open to the end of the process)
