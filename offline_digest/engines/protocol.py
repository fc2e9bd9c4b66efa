"""What the program asks of anything that writes prose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from offline_digest.records import Answer, EngineInfo, Passage, Progress, Question


class Engine(Protocol):
    """One passage is read once, many short questions are asked about it; each answer comes as soon as it ends."""

    def describe(self) -> EngineInfo:
        """Return name, languages and limits. May load the model; costs nothing the second time."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the length of each text in the engine's own tokens."""

    def answer(
        self, passage: Passage, questions: Sequence[Question], progress: Callable[[Progress], None] | None = None
    ) -> Iterator[Answer]:
        """Yield one answer per question, in any order; *progress* is told how far the work is. Leaving the loop early cancels the rest.

        Raises:
            WorkerError: The engine's process died and could not be brought back.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


class WithoutProcess:
    """An engine that holds nothing open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None
