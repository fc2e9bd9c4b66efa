"""Ctrl-C, hang-up and termination: the first ends a run cleanly, the second at once."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

_SHOW_CURSOR = b"\x1b[?25h"
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class Stopped(BaseException):
    """The user or the system ends this run; no defect, so no `except Exception` may catch it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """129, 130 or 143 (DESIGN section 7)."""
        return 128 + self.number


@contextlib.contextmanager
def stop_cleanly() -> Iterator[None]:
    """In here the first signal raises `Stopped` in the main thread; a second ends the process, and its children with it."""
    before = {number: signal.getsignal(number) for number in _numbers()}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # `nohup` means it
            signal.signal(number, _first)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _first(number: int, _frame: FrameType | None) -> None:
    for other in _numbers():
        signal.signal(other, _second)
    raise Stopped(number)


def _second(number: int, _frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        if os.isatty(2):
            os.write(2, _SHOW_CURSOR)  # the view of a run hides it
    os._exit(128 + number)


def _numbers() -> list[int]:
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
