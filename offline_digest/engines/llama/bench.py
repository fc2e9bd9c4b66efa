"""What ways of asking one model cost: the way of this program beside others, each in a child process of its own.

    ours      every question a branch, decoded together: the service that users run
    floor     what ours fed to llama_decode, fed again: no sampling, text or checks
    seed      (a) the seed's calls, each reading the paper's text again
    scratch   (b) every question from scratch, the passage read again for each
    in turn   (c) the passage kept, one question after the other
    whole     (d) one question for everything, with one long answer

All use the same file, settings, prompt assembly and build. The first four differ only in what is asked when; the others write a number of
tokens that is set beforehand, so that it does not matter when the model thinks it is done.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from offline_digest.engines.llama.binding import Row
from offline_digest.engines.llama.branches import Cache
from offline_digest.engines.llama.machine import others_are_busy
from offline_digest.engines.llama.prompt import Frame, passage_ids, question_ids
from offline_digest.engines.llama.service import PASSAGE_SEQUENCE, PREFILL_TOKENS, LlamaService
from offline_digest.engines.llama.settings import LlamaSettings
from offline_digest.files import FileState
from offline_digest.records import Answer, Passage, Progress, Question, Record
from offline_digest.workers import Worker, physical_cores

Way = Literal["ours", "floor", "seed", "scratch", "in turn", "whole"]
_SERVICE = "offline_digest.engines.llama.bench:Candidate"
_TIMEOUT_S = 24 * 3600.0  # a long answer of a large model is silent for a long time
_PROMPT_CELLS = 2048  # of the cache, for the longest prompt beside a passage

Deed = tuple[str, tuple[Any, ...]]
"""A call that changed the cache, and its arguments."""


class Essay(Record):
    """A question with one long answer of exactly `tokens`, whatever they say; its passage has at most `passage_tokens`."""

    passage: Passage
    passage_tokens: int
    prompt: str
    tokens: int


class Exam(Record):
    """What every way is asked: the questions about one passage, call by call as a digest asks them, and what others ask instead.

    `frame` is what stands around passage and question.
    """

    passage: Passage
    frame: Frame
    calls: tuple[tuple[Question, ...], ...]
    seed: tuple[Essay, ...]
    whole: str


class Tally(Record):
    """What a way had llama.cpp do: calls of llama_decode, tokens fed in them, tokens chosen from logits."""

    batches: int = 0
    fed: int = 0
    written: int = 0


class Run(Record):
    """What one way cost once. `seconds` are without loading; `peak_bytes` is the greatest memory of its process.

    `disturbed` tells that other programs were busy before or after it: such times say little.
    """

    way: Way
    load_s: float
    seconds: float
    tally: Tally
    peak_bytes: int
    disturbed: bool


class Taped:
    """A context that keeps a tape of what was done to its cache."""

    def __init__(self, context: Cache) -> None:
        self._context = context
        self.logits = context.logits
        self.deeds: list[Deed] = []

    def decode(self, rows: Sequence[Row]) -> None:
        """Evaluate tokens; what was refused is not on the tape, for it changed nothing."""
        self._context.decode(rows)
        self.deeds.append(("decode", (rows,)))

    def share(self, source: int, target: int) -> None:
        """Let a sequence go on from another."""
        self._context.share(source, target)
        self.deeds.append(("share", (source, target)))

    def drop(self, sequence: int) -> None:
        """Forget a sequence."""
        self._context.drop(sequence)
        self.deeds.append(("drop", (sequence,)))

    def tally(self) -> Tally:
        """Return what is on the tape, counted."""
        batches = [args[0] for name, args in self.deeds if name == "decode"]
        return Tally(
            batches=len(batches), fed=sum(len(rows) for rows in batches), written=sum(row.logits for rows in batches for row in rows)
        )


class Candidate(LlamaService):
    """The child's side: the service itself, on a context that keeps a tape, and the other ways of asking it."""

    def __init__(self, path: Path, settings: LlamaSettings, deeds: Sequence[Deed] = (), *, files: tuple[FileState, ...] = ()) -> None:
        super().__init__(path, settings, files=files)
        self._deeds = deeds
        self._taped: Taped | None = None

    def ready(self) -> None:
        """Load the model and evaluate a first prompt."""
        self.canary()
        session = self.session()
        self._taped = session.context = Taped(session.context)

    def tape(self) -> tuple[Deed, ...]:
        """Return what was done since."""
        return tuple(self._taped.deeds) if self._taped else ()

    def tally(self) -> Tally:
        """Return what was done since, counted."""
        return self._taped.tally() if self._taped else Tally()

    def scratch(self, passage: Passage, questions: Sequence[Question], frame: Frame) -> Iterator[Answer | Progress]:
        """Answer each question as if it were the first."""
        for question in questions:
            self.session().passage = []
            yield from self.answer(passage, [question], frame)

    def write(self, essay: Essay, frame: Frame) -> int:
        """Write an essay token by token; return its length in bytes."""
        import numpy as np

        session = self.session()
        model, context = session.model, session.context
        ids = passage_ids(model, frame, essay.passage, bos=session.bos) + question_ids(model, frame, essay.prompt)
        session.passage = []
        context.drop(-1)
        for start in range(0, len(ids), PREFILL_TOKENS):
            part = ids[start : start + PREFILL_TOKENS]
            rows = [Row(token, start + i, PASSAGE_SEQUENCE, start + i == len(ids) - 1) for i, token in enumerate(part)]
            context.decode(rows)
        index, text = len(rows) - 1, b""
        for position in range(len(ids), len(ids) + essay.tokens):
            token = int(np.argmax(context.logits(index)))
            text += model.piece(token)
            if position < len(ids) + essay.tokens - 1:
                context.decode([Row(token, position, PASSAGE_SEQUENCE, logits=True)])
                index = 0
        return len(text)

    def replay(self) -> None:
        """Do again what is on the tape that this process was given."""
        context = self.session().context
        rows: Sequence[Row] = ()
        for name, args in self._deeds:
            getattr(context, name)(*args)
            rows = args[0] if name == "decode" else rows
        if rows:
            context.logits(len(rows) - 1)  # waits for a GPU that is still at work


def run_way(
    way: Way, path: Path, settings: LlamaSettings, exam: Exam, deeds: Sequence[Deed], *, files: tuple[FileState, ...]
) -> tuple[Run, tuple[Deed, ...]]:
    """Run one way in a fresh child.

    Args:
        way: Which.
        path: The GGUF file.
        settings: How the model is driven; a way without branches gets a cache for the one sequence it needs.
        exam: What is asked.
        deeds: The tape of a run of ours, for `floor` and for the length of `whole`.
        files: The states in which the model's files were checked.

    Returns:
        What it cost, and for `ours` its tape.
    """
    settings = settings.model_copy(update={"threads": settings.threads or physical_cores()})
    essays = exam.seed
    if way == "whole":
        tokens = sum(row.logits for name, args in deeds if name == "decode" for row in args[0])
        essays = (Essay(passage=exam.passage, passage_tokens=settings.passage_tokens, prompt=exam.whole, tokens=tokens),)
    if way in {"seed", "whole"}:
        settings = settings.model_copy(
            update={
                "branches": 1,
                "branch_cells": max(e.tokens for e in essays) + _PROMPT_CELLS,
                "passage_tokens": max(e.passage_tokens for e in essays),
            }
        )
    if way in {"scratch", "in turn"}:
        settings = settings.model_copy(update={"branches": 1})
    with Worker(_SERVICE, {"path": path, "settings": settings, "deeds": deeds if way == "floor" else (), "files": files}) as worker:
        start = time.perf_counter()
        worker.call("ready", timeout_s=_TIMEOUT_S)
        loaded = time.perf_counter()
        disturbed = others_are_busy()
        ready = time.perf_counter()
        if way == "floor":
            worker.call("replay", timeout_s=_TIMEOUT_S)
        elif way in {"seed", "whole"}:
            for essay in essays:
                worker.call("write", essay, exam.frame, timeout_s=_TIMEOUT_S)
        else:
            for questions in exam.calls:
                method = "scratch" if way == "scratch" else "answer"
                for _ in worker.stream(method, exam.passage, questions, exam.frame, timeout_s=_TIMEOUT_S):
                    pass
        end = time.perf_counter()
        run = Run(
            way=way,
            load_s=loaded - start,
            seconds=end - ready,
            tally=worker.call("tally", timeout_s=_TIMEOUT_S),
            peak_bytes=_peak_bytes(worker.pid),
            disturbed=disturbed or others_are_busy(),
        )
        return run, worker.call("tape", timeout_s=_TIMEOUT_S) if way == "ours" else ()


def _peak_bytes(pid: int | None) -> int:
    """Return the greatest memory a process has had; where the system does not keep it, what the process has now."""
    import psutil

    if sys.platform == "linux":
        rows = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(row.split()[1]) * 1024 for row in rows if row.startswith("VmHWM:"))
    memory = psutil.Process(pid).memory_info()
    peak: int = getattr(memory, "peak_wset", memory.rss)
    return peak
