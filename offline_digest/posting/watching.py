"""Templates of the user's are filled in a child process: Jinja's sandbox keeps them from Python, but not from computing for ever.

They are programs, perhaps somebody else's. `{{ 7 ** (10 ** 9) }}` is one line, takes hours as it is read already, and never comes to a place at
which time could be looked at. Templates that ship are filled in the process itself, for they are tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from offline_digest.errors import ConfigError, OutOfMemory, WorkerDied, WorkerTimeout
from offline_digest.posting.formats import Fault
from offline_digest.posting.shelf import list_files
from offline_digest.posting.values import Entry
from offline_digest.workers import Worker

LIMIT_BYTES = 2**32  # of address space; a post that holds the pictures of a hundred papers takes a tenth of it
LIMIT_S = 60.0  # the templates that ship take 0.1 s with everything that they import
LIMIT_PAPER_S = 1.0  # for each paper on top; those that ship take 2 ms
_START_S = 120.0
_CALLS = 200  # after which a fresh child takes over, so that compiled templates do not pile up
_SERVICE = f"{__name__}:Templates"


def has_own(own: Sequence[Path]) -> bool:
    """Tell whether any template is the user's."""
    return any(file.is_own for file in list_files(own))


def watched(method: str, name: str, *args: object, papers: int = 0) -> Any:  # noqa: ANN401 (the method decides the type)
    """Return what *method* of `Templates` returns for the format *name* and *args* in a child process.

    Args:
        method: Its name.
        name: Of the format.
        args: What else it takes; picklable.
        papers: How many it fills templates with.

    Raises:
        ConfigError: Its templates took too long or too much memory, or what *method* found wrong with them.
    """
    limit_s = LIMIT_S + LIMIT_PAPER_S * papers
    child = _child()
    child.call("start", timeout_s=_START_S)
    try:
        return child.call(method, name, *args, timeout_s=limit_s)
    except WorkerTimeout as error:
        raise _unfilled(name, f"took longer than {limit_s:.0f} s") from error
    except (OutOfMemory, WorkerDied) as error:
        raise _unfilled(name, "took too much memory") from error


def _unfilled(name: str, what: str) -> ConfigError:
    return ConfigError(f"The post format {name!r} cannot be filled: its templates {what}.", "Mend them, or use another format.")


@lru_cache(maxsize=1)
def _child() -> Worker:
    """Return the one child of this process, which takes a second to start and ends with it; one that was ended is started again."""
    return Worker(_SERVICE, limit_bytes=LIMIT_BYTES, calls_before_restart=_CALLS)


class Templates:
    """The child's side."""

    def start(self) -> None:
        """Import what filling needs, so that its time is not the templates'."""
        import offline_digest.posting  # noqa: F401

    def check(self, name: str, own: Sequence[Path]) -> None:
        """Do what `check_format` does."""
        from offline_digest.posting.rendering import compile_format

        compile_format(name, own)

    def fill(
        self, name: str, topic: str, day: date, entries: Sequence[Entry], figures: Literal["keep", "licensed"], own: Sequence[Path]
    ) -> str:
        """Return the text of the post that `render_post` returns."""
        from offline_digest.posting.rendering import fill

        return fill(name, topic, day, entries, figures=figures, own=own)[1]

    def faults(self, name: str, own: Sequence[Path]) -> tuple[Fault, ...]:
        """Do what `find_faults` does."""
        from offline_digest.posting.checking.faults import look

        return look(name, own)
