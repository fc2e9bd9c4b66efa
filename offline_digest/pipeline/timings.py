"""What benchmarks measured on this machine, kept for estimates: of each model the last one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from offline_digest.engines.llama.machine import build_identity
from offline_digest.files import write_atomically
from offline_digest.records import Record

_FILE = "benches.json"
_MOST = 50


class Timing(Record):
    """What one digest cost in `bench engine`, without loading.

    `model` is its name, or `shape 1.5b`; `weight_bytes` the size of its file, `fed` all tokens that it evaluated, of the paper, questions and
    answers; `day` is ISO 8601. `disturbed`: other programs were busy, and it may be much faster.
    """

    model: str
    machine: str
    day: str
    weight_bytes: int
    fed: int
    seconds: float
    disturbed: bool = False


def keep_timing(folder: Path, timing: Timing) -> None:
    """Keep a timing in the place of the last one of its model.

    Raises:
        DiskFull: No space left.
        UsageError: The folder cannot be written.
    """
    others = [t for t in _load(folder) if (t.model, t.machine) != (timing.model, timing.machine)]
    rows = [t.model_dump() for t in [*others, timing][-_MOST:]]
    write_atomically(folder / _FILE, json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8"))


def timings(folder: Path) -> tuple[Timing, ...]:
    """Return those of this CPU and build of llama.cpp, the newest last."""
    machine = build_identity()
    return tuple(t for t in _load(folder) if t.machine == machine)


def nearest(known: Iterable[Timing], weight_bytes: int) -> Timing | None:
    """Return the one whose model is nearest in size, None where there is none."""
    return min(known, key=lambda t: abs(math.log(t.weight_bytes / weight_bytes)), default=None)


def _load(folder: Path) -> list[Timing]:
    """Return all that are kept; a file that another version wrote is as good as none."""
    with suppress(OSError, ValueError, ValidationError):
        return [Timing.model_validate(row) for row in json.loads((folder / _FILE).read_text(encoding="utf-8"))]
    return []
