"""The parent's side of the llama engine: starts the child, passes questions on, brings it back after a death."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from offline_digest.engines.llama.service import BRANCH_TOKENS, Loaded
from offline_digest.errors import WorkerDied
from offline_digest.records import Answer, EngineInfo, Language, ModelInfo, Passage, Question, Record
from offline_digest.workers import Worker

LOAD_TIMEOUT_S = 600.0
SILENCE_TIMEOUT_S = 600.0  # 512 tokens of a large model on a slow CPU, with room to spare
_SERVICE = "offline_digest.engines.llama.service:LlamaService"
_CRASHES = {-signal.SIGSEGV, -signal.SIGILL, -signal.SIGABRT} if os.name == "posix" else {0xC0000005, 0xC000001D}
_log = logging.getLogger(__name__)


class LlamaSettings(Record):
    """How the model is driven. `threads` 0 means every physical core; `gpu_layers` is ignored by a build without a GPU."""

    passage_tokens: int = 6000
    threads: int = 0
    gpu_layers: int = 999
    extra_buffers: bool = True


class LlamaEngine:
    """A GGUF model in a child process.

    A child that dies is started again once, after a crash in native code with `extra_buffers` off, for the AMX crash is the commonest
    (DESIGN section 8); answers that had already come are kept.

    Args:
        path: The GGUF file.
        name: What the user calls it.
        sha256: Of the file, for provenance.
        languages: What it writes, where a catalogue knows; else found out from its vocabulary.
        settings: How it is driven.
    """

    def __init__(
        self, path: Path, *, name: str, sha256: str, languages: tuple[Language, ...] = (), settings: LlamaSettings | None = None
    ) -> None:
        self._path = path
        self._name = name
        self._sha256 = sha256
        self._languages = languages
        settings = settings or LlamaSettings()
        self._settings = settings.model_copy(update={"threads": settings.threads or _physical_cores()})
        self._worker = self._start()
        self._info: EngineInfo | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._worker.close()

    def describe(self) -> EngineInfo:
        """Return the model's limits; loads it."""
        if self._info is None:
            loaded: Loaded = self._retrying("describe")
            self._info = EngineInfo(
                name="llama",
                origin="model",
                languages=self._languages or loaded.languages,
                passage_tokens=min(self._settings.passage_tokens, loaded.trained_context - BRANCH_TOKENS),
                model=ModelInfo(
                    name=self._name,
                    file=self._path.name,
                    sha256=self._sha256,
                    quantization=loaded.quantization,
                    settings=self._settings.model_dump_json(),
                ),
            )
        return self._info

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the length of each text in the model's tokens."""
        counts: list[int] = self._retrying("count", list(texts))
        return counts

    def answer(self, passage: Passage, questions: Sequence[Question]) -> Iterator[Answer]:
        """Yield one answer per question, each as it ends."""
        left = list(questions)
        for last_try in (False, True):
            try:
                for answer in self._worker.stream("answer", passage, left.copy(), timeout_s=SILENCE_TIMEOUT_S):
                    if answer is not None:
                        left.remove(answer.question)
                        yield answer
            except WorkerDied as death:
                if last_try:
                    raise
                self._step_down(death)
            else:
                return

    def _retrying(self, method: str, *args: object) -> Any:  # noqa: ANN401 (the service decides the type)
        """Call *method*; after a death once more, one step down."""
        try:
            return self._worker.call(method, *args, timeout_s=LOAD_TIMEOUT_S)
        except WorkerDied as death:
            self._step_down(death)
            return self._worker.call(method, *args, timeout_s=LOAD_TIMEOUT_S)

    def _step_down(self, death: WorkerDied) -> None:
        """Replace a dead child; after a crash in native code by one without repacked weights."""
        self._worker.close()
        if death.status in _CRASHES and self._settings.extra_buffers:
            _log.warning("%s Starting it again without repacked weights.", death.message)
            self._settings = self._settings.model_copy(update={"extra_buffers": False})
            self._info = None
        else:
            _log.warning("%s Starting it again.", death.message)
        self._worker = self._start()

    def _start(self) -> Worker:
        return Worker(_SERVICE, {"path": self._path, **self._settings.model_dump()})


def _physical_cores() -> int:
    """Return the number of cores; hyperthreads slow matrix work down."""
    import psutil

    return psutil.cpu_count(logical=False) or os.cpu_count() or 1
