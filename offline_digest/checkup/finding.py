"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from offline_digest.progress import Reporter

if TYPE_CHECKING:
    from offline_digest.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: `mend` is the command or advice that helps, `code` the exit code of an error."""

    topic: str
    state: Literal["ok", "warning", "error"]
    text: str
    mend: str = ""
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is examined: the user's settings, None where they cannot be read, and the model that is asked about, None for none.

    `config` is the configuration file, which need not be there unless it `is_named`.
    """

    report: Reporter
    config: Path
    is_named: bool
    settings: Settings | None
    model: str | None
    trust_model: bool = False


def ok(topic: str, text: str) -> Finding:
    """Return that all is well."""
    return Finding(topic=topic, state="ok", text=text)


def warning(topic: str, text: str, mend: str = "") -> Finding:
    """Return something that works, and not as well as it could, or not for long."""
    return Finding(topic=topic, state="warning", text=text, mend=mend)


def error(topic: str, text: str, mend: str = "", *, code: int = 1) -> Finding:
    """Return something because of which commands fail, with the exit code that they end with."""
    return Finding(topic=topic, state="error", text=text, mend=mend, code=code)
