"""How the pipeline tells what it does; who prints it, and how, is the command line's business."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_RATE_S = 10.0  # a rate is that of the last seconds
_SHORT_S = 1.0
_NUMBER = r"(\d+(?:\.\d+)?)"
_DURATION = re.compile(
    rf"(?:{_NUMBER}\s*d(?:ays?)?)?\s*(?:{_NUMBER}\s*h(?:ours?)?)?\s*(?:{_NUMBER}\s*m(?:in(?:utes?)?)?)?\s*(?:{_NUMBER}\s*(?:s(?:ec(?:onds?)?)?)?)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a batch is at this moment.

    `done` and `failed` count finished papers of `papers`, `ahead` those that are read and wait. `paper` names the one in work, `reading` tells
    how much of it the model has read (0 to 1, None while it does not read), `fields` how many of `asked` answers are there. `seconds_left`
    is for the whole batch, None while nobody can tell.
    """

    papers: int
    done: int = 0
    failed: int = 0
    ahead: int = 0
    paper: str = ""
    reading: float | None = None
    fields: int = 0
    asked: int = 0
    tokens_per_s: float | None = None
    seconds_left: float | None = None


class Reporter(Protocol):
    """Gets told; never asked."""

    def step(self, text: str) -> None:
        """One thing is about to be done or was done: `[3/16] paper.pdf: read, 12 pages`."""

    def stand(self, standing: Standing) -> None:
        """A batch goes on. May be shown for a moment only, or not at all."""

    def life(self, text: str, share: float | None = None) -> None:
        """Other work goes on: `2407.09450v1: 3,000,000 of 9,412,345 bytes`. May be shown for a moment only, or not at all.

        *share* (0 to 1) tells how much of it is done, where that takes long enough to be worth a bar.
        """

    def warn(self, text: str) -> None:
        """The user should know this, and the work goes on."""


class Unheard:
    """A `Reporter` that nobody hears."""

    def step(self, text: str) -> None:
        """Say nothing."""

    def stand(self, standing: Standing) -> None:
        """Say nothing."""

    def life(self, text: str, share: float | None = None) -> None:
        """Say nothing."""

    def warn(self, text: str) -> None:
        """Say nothing."""


def seconds_of(text: str) -> float | None:
    """Return the seconds that a text like `2h`, `90 min`, `1h30m` or `45s` means, None when it means none; a bare number is seconds."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def duration(seconds: float) -> str:
    """Return a length of time as people say it: `40 s`, `12 min`, `3 h 20 min`, `2 days 4 h`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours + (minutes >= 30), 24)
    return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")


def counted(number: int, noun: str) -> str:
    """Return a number of things: `1 page`, `12 pages`, `1,200 pages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Bar:
    """Tells how far something long has come: bytes, rate of the last seconds, and time left. What takes no second is not told of."""

    def __init__(self, name: str, total_bytes: int, report: Reporter, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._total = total_bytes
        self._report = report
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self._begun = clock()

    def at(self, done_bytes: int) -> None:
        """Tell that so much is there."""
        now = self._clock()
        self._seen.append((now, done_bytes))
        while now - self._seen[0][0] > _RATE_S and len(self._seen) > 2:
            self._seen.popleft()
        if now - self._begun < _SHORT_S:
            return
        since, before = self._seen[0]
        rate = (done_bytes - before) / (now - since) if now > since else 0.0
        parts = [self._name, f"{amount(done_bytes)} of {amount(self._total)}"]
        if rate > 0:
            parts += [f"{amount(rate)}/s", f"about {duration(max((self._total - done_bytes) / rate, 1))} left"]
        self._report.life(" · ".join(parts), min(done_bytes / max(self._total, 1), 1.0))

    def after(self, before_bytes: int) -> Callable[[int, int | None], None]:
        """Return who hears how one of several files comes, when *before_bytes* of the others are there."""
        return lambda done, _total: self.at(before_bytes + done)


def amount(size_bytes: float) -> str:
    """Return a number of bytes as people say it, in the units of discs and hubs: `640 kB`, `94.3 MB`, `2.50 GB`."""
    for unit, bytes_each, digits in (("GB", 1e9, 2), ("MB", 1e6, 1), ("kB", 1e3, 0)):
        if size_bytes >= bytes_each:
            return f"{size_bytes / bytes_each:.{digits}f} {unit}"
    return f"{size_bytes:.0f} bytes"
