"""The parent's side of the llama engine: starts the child, passes questions on, brings it back after a death."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from offline_digest.engines.llama.machine import build_identity, others_are_busy
from offline_digest.engines.llama.memory import Need
from offline_digest.engines.llama.prompt import Frame, frame
from offline_digest.engines.llama.service import Loaded
from offline_digest.engines.llama.settings import Ladder, LlamaSettings, Step
from offline_digest.engines.llama.template import render_safely
from offline_digest.errors import ModelUnusable, WorkerDied, WorkerError, WorkerTimeout
from offline_digest.files import FileState
from offline_digest.records import Answer, EngineInfo, Language, ModelInfo, Passage, Progress, Question, Record
from offline_digest.workers import Worker, physical_cores

LOAD_TIMEOUT_S = 600.0
SILENCE_TIMEOUT_S = 600.0  # 512 tokens of a large model on a slow CPU, with room to spare
BRANCH_TOKENS = 1280  # of the trained context, for one question and its answer behind the passage
_SERVICE = "offline_digest.engines.llama.service:LlamaService"
_log = logging.getLogger(__name__)


class Experience(Record):
    """What earlier runs learned of a model with this CPU and build: the steps they had to take, after which its canary lived."""

    steps: tuple[Step, ...] = ()


class LlamaEngine:
    """A GGUF model in a child process.

    A child that dies is started again, on the rung of the ladder that its deaths lead to; answers that had already come are kept.

    Args:
        path: The GGUF file.
        name: What the user calls it.
        sha256: Of the file, for provenance.
        languages: What it writes, where a catalogue knows; else found out from its vocabulary.
        settings: How it is driven.
        recall: Returns what was kept under a name by an earlier run, or None.
        keep: Keeps a text under a name for later runs.
        files: The states in which its files were checked; with others they are not loaded.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        sha256: str,
        languages: tuple[Language, ...] = (),
        settings: LlamaSettings | None = None,
        recall: Callable[[str], str | None] | None = None,
        keep: Callable[[str, str], None] | None = None,
        files: tuple[FileState, ...] = (),
    ) -> None:
        self._path = path
        self._files = files
        self._name = name
        self._sha256 = sha256
        self._languages = languages
        wished = settings or LlamaSettings()
        self._wished = wished.model_copy(update={"threads": wished.threads or physical_cores()})
        self._keep = keep
        self._key = f"llama | {build_identity()} | {sha256}"
        known = recall(self._key) if recall else None
        self._experience = Experience.model_validate_json(known) if known else None
        self._ladder = Ladder(self._wished, self._experience.steps if self._experience else ())
        self._patient = others_are_busy()
        self._passage: Passage | None = None
        self._ready = False
        self._worker = self._start()
        self._info: EngineInfo | None = None
        self._frame: Frame | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._worker.close()

    @property
    def frame(self) -> Frame:
        """What stands around passage and question; loads the model. The template that came with it is rendered apart (`template.py`)."""
        if self._frame is None:
            loaded: Loaded = self._call("describe")
            rendered = None
            if loaded.template:
                try:
                    rendered = render_safely(loaded.template, bos=loaded.bos, eos=loaded.eos)
                except ModelUnusable as error:
                    _log.warning("The chat template in %s is not used: %s. Answers may be worse for it.", self._path.name, error.message)
            self._frame = frame(rendered, loaded.template)
        return self._frame

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps down the ladder that deaths of its process have led to."""
        return self._ladder.taken

    def describe(self) -> EngineInfo:
        """Return the model's limits; loads it, and the first time on this machine lets it prove that it can compute.

        Raises:
            OutOfMemory: It does not fit; says what is needed, what is free and what would fit.
            ModelUnusable: llama.cpp does not accept the file, or it computes nonsense here.
            WorkerError: Its process died on every rung of the ladder.
        """
        if self._info is None:
            loaded: Loaded = self._call("describe")
            if self._experience is None:
                self._call("canary")
            self._learn()
            self._info = EngineInfo(
                name="llama",
                origin="model",
                languages=self._languages or loaded.languages,
                passage_tokens=min(self._wished.passage_tokens, loaded.trained_context - BRANCH_TOKENS),
                model=ModelInfo(
                    name=self._name,
                    file=self._path.name,
                    sha256=self._sha256,
                    quantization=loaded.quantization,
                    settings=self._wished.model_dump_json(exclude={"memory_bytes"}),
                ),
            )
        return self._info

    def estimate(self) -> Need:
        """Return what the model takes of memory with its wished settings, without loading it."""
        need: Need = self._call("estimate")
        return need

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the length of each text in the model's tokens."""
        counts: list[int] = self._call("count", list(texts))
        return counts

    def answer(
        self, passage: Passage, questions: Sequence[Question], progress: Callable[[Progress], None] | None = None
    ) -> Iterator[Answer]:
        """Yield one answer per question, each as it ends. Leaving the loop early ends the child and drops the open branches."""
        left = list(questions)
        self._suit(passage)
        around = self.frame
        while left:
            answered = False
            try:
                for item in self._worker.stream("answer", passage, left.copy(), around, timeout_s=SILENCE_TIMEOUT_S):
                    if isinstance(item, Progress):
                        if item.phase == "write" and item.done > 0 and not self._ready:
                            self._ready = True
                            self._learn()
                        if progress:
                            progress(item)
                    else:
                        answered = True
                        left.remove(item.question)
                        yield item
            except (WorkerDied, WorkerTimeout) as death:
                self._restart(death, progress=answered)

    def _suit(self, passage: Passage) -> None:
        """Before a new passage, choose how threads wait: spinning is faster on a machine of their own, sleeping on one that others use.

        Measured on two cores (docs/measurements.md), one step: with another program on one of them 436 to 2,540 ms spinning and 184 to
        194 sleeping; alone 89 and 129. The bytes are the same.
        """
        if passage != self._passage and (busy := others_are_busy()) != self._patient:
            self._patient = busy
            self._worker.close()
            self._worker = self._start()
        self._passage = passage

    def _call(self, method: str, *args: object) -> Any:  # noqa: ANN401 (the service decides the type)
        """Call *method*, after each death again for as long as the ladder allows."""
        while True:
            try:
                return self._worker.call(method, *args, timeout_s=LOAD_TIMEOUT_S)
            except (WorkerDied, WorkerTimeout) as death:
                self._restart(death, progress=False)

    def _restart(self, death: WorkerError, *, progress: bool) -> None:
        """Replace a dead child by one on the next rung.

        Raises:
            WorkerError: The same, when no rung is left.
        """
        self._worker.close()
        before = self._ladder.taken
        again = self._ladder.died(death.status if isinstance(death, WorkerDied) else None, progress=progress, early=not self._ready)
        self._worker = self._start()
        if not again:
            raise death
        down = self._ladder.taken[len(before) :]
        _log.warning("%s Starting it again%s.", death.message, f" with {down[0]}" if down else "")

    def _learn(self) -> None:
        """Keep for later runs what this one had to do before the model lived."""
        now = Experience(steps=self._ladder.lasting)
        if self._keep and now != self._experience:
            self._keep(self._key, now.model_dump_json())
        self._experience = now

    def _start(self) -> Worker:
        self._ready = False
        return Worker(_SERVICE, {"path": self._path, "settings": self._ladder.settings, "patient": self._patient, "files": self._files})
