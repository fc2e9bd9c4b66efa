"""How the pipeline tells what it does; who prints it, and how, is the command line's business."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

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

    def life(self, text: str) -> None:
        """Other work goes on: `2407.09450v1: 3,000,000 of 9,412,345 bytes`. May be shown for a moment only, or not at all."""

    def warn(self, text: str) -> None:
        """The user should know this, and the work goes on."""


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
