"""How long to wait, how often to try again, and when to give up."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from offline_digest.errors import NetworkError, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Times in seconds.

    `connect_s` for a connection, `read_s` for the next byte; `stall_bytes` must come in every `stall_s`. After `tries` attempts in a row that
    brought less than that, the last error stands. Between them `backoff_s`, doubled each time, or what the server asks for; a server that
    asks for more than `longest_wait_s` is left alone instead.
    """

    connect_s: float = 10.0
    read_s: float = 30.0
    stall_bytes: int = 2**14
    stall_s: float = 60.0
    tries: int = 4
    backoff_s: float = 1.0
    longest_wait_s: float = 120.0


class Tries:
    """Counts attempts that brought nothing, waits between them, and tells *told* why."""

    def __init__(self, patience: Patience, told: Callable[[str], None]) -> None:
        self._patience = patience
        self._told = told
        self._failed = 0

    def progress(self) -> None:
        """An attempt brought something, though not all: count from the beginning."""
        self._failed = 0

    def after(self, error: NetworkError) -> None:
        """Wait until it is time for another attempt.

        Raises:
            NetworkError: *error* itself, when another attempt has no sense or there were enough.
        """
        self._failed += 1
        if not error.retryable or self._failed >= self._patience.tries:
            raise error
        asked = error.wait_s if isinstance(error, Refused) else None
        wait_s = max(asked or 0.0, self._patience.backoff_s * 2 ** (self._failed - 1))
        if wait_s > self._patience.longest_wait_s:
            raise error
        self._told(f"{error.message} Trying again in {wait_s:.0f} s.")
        time.sleep(wait_s)


def retry_after_s(value: str | None, *, now: datetime | None = None) -> float | None:
    """Return how many seconds a header Retry-After asks to wait, None when there is none or it says nothing.

    Source: RFC 9110, section 10.2.3: a number of seconds or an HTTP date.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000": UTC too, says RFC 5322
        moment = moment.replace(tzinfo=UTC)
    left = (moment - (now or datetime.now(UTC))).total_seconds()
    return max(math.ceil(left), 0.0)


def reset_s(value: str | None) -> float | None:
    """Return in how many seconds the limits of a header RateLimit end, None when there is none or it says nothing.

    Source: draft-ietf-httpapi-ratelimit-headers-09, section 4: `"api";r=0;t=55`, t in seconds; model hubs send it in place of Retry-After.
    """
    times = [float(text) for text in re.findall(r";\s*t=(\d{1,9})\b", value or "")]
    return max(times, default=None)
