"""How far back: what users write after `--since`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from offline_digest.errors import UsageError

_DAYS = re.compile(r"(\d{1,5})d")


def since(text: str, today: date) -> date:
    """Return the day that `--since` means: a date, or `Nd`, the last N days before *today* and today itself.

    Raises:
        UsageError: It is neither, or lies in the future.
    """
    days = _DAYS.fullmatch(text.strip())
    try:
        day = today - timedelta(days=int(days[1])) if days else date.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise UsageError(f"--since {text!r} is no date.", "Write 2026-01-31, or 7d for the last seven days.") from None
    if day > today:
        raise UsageError(f"--since {text!r} lies in the future.", "Write a day that has been, or 7d for the last seven days.")
    return day
