"""The child's side: one model, one passage kept in the cache, questions answered together."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from offline_digest.engines.llama.binding import Model, Row
from offline_digest.engines.llama.branches import Branch, Cache, Decoding
from offline_digest.engines.llama.memory import Need, cells, estimate, fitted
from offline_digest.engines.llama.prompt import Frame, passage_ids, question_ids
from offline_digest.engines.llama.settings import LlamaSettings
from offline_digest.errors import ModelUnusable
from offline_digest.files import FileState, check_unchanged
from offline_digest.records import Answer, Call, Language, Line, Passage, Progress, Question, Record

PASSAGE_SEQUENCE = 0
PREFILL_TOKENS = 512  # a step of the passage, so that life is shown in between
_CANARY = (
    "The quick filter compares four probes in a field and ignores the one that disagrees with the others. " * 8
    + "我们提出一种新的方法，用于在有限的计算资源下从大量文献中自动提取最重要的信息。"
)
_CHINESE = "我们提出一种新的方法，用于在有限的计算资源下从大量文献中自动提取最重要的信息，并通过实验验证其有效性。"
_TOKENS_PER_CHARACTER = 1.2  # a vocabulary that spells Chinese out of bytes needs two and more


class Loaded(Record):
    """What is known of a model once it is loaded. `template` is the untrusted text from the file; `bos` and `eos` are texts of tokens."""

    quantization: str
    trained_context: int
    languages: tuple[Language, ...]
    template: str | None
    bos: str
    eos: str


class LlamaService:
    """One GGUF file, loaded when it is first needed.

    Args:
        path: The file.
        settings: How it is driven.
        patient: Threads sleep while they wait for each other, instead of spinning.
        files: The states in which its files were checked.
    """

    def __init__(self, path: Path, settings: LlamaSettings, *, patient: bool = False, files: tuple[FileState, ...] = ()) -> None:
        check_unchanged(files)
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelUnusable(f"{path.name} is not a GGUF file.", "Models for this program are single files that end in .gguf.")
        if patient:
            os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read by OpenMP when llama.cpp is loaded
        self._path = path
        self._settings = settings
        self._files = files
        self._session: Session | None = None

    def estimate(self) -> Need:
        """Return what the model will take of memory, without loading it."""
        check_unchanged(self._files)
        return estimate(self._path, self._settings)

    def describe(self) -> Loaded:
        """Return quantization, trained context and the languages its vocabulary is made for; loads it."""
        loaded = self.session()
        dense = len(loaded.model.tokenize(_CHINESE, special=False)) < _TOKENS_PER_CHARACTER * len(_CHINESE)
        return Loaded(
            quantization=loaded.model.quantization(),
            trained_context=loaded.model.trained_context,
            languages=("en", "zh") if dense else ("en",),
            template=loaded.model.chat_template(),
            bos=loaded.bos,
            eos=loaded.model.special_text("eos"),
        )

    def canary(self) -> None:
        """Evaluate a short prompt, on which a bad build crashes or computes nonsense.

        Raises:
            ModelUnusable: What comes out is no number.
        """
        import numpy as np

        loaded = self.session()
        ids = loaded.model.tokenize(_CANARY, special=False, begin=True)[: cells(loaded.settings) // 2]
        context = loaded.context
        context.drop(-1)
        loaded.passage = []
        context.decode([Row(token, i, PASSAGE_SEQUENCE, i == len(ids) - 1) for i, token in enumerate(ids)])
        finite = bool(np.isfinite(context.logits(len(ids) - 1)).all())
        context.drop(-1)
        if not finite:
            raise ModelUnusable(
                f"{self._path.name} computes no numbers on this machine.",
                "The file or the build of llama.cpp is damaged; install both anew.",
            )

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the length of each text in tokens."""
        model = self.session().model
        return [len(model.tokenize(t, special=False)) for t in texts]

    def answer(self, passage: Passage, questions: Sequence[Question], frame: Frame) -> Iterator[Answer | Progress]:
        """Yield each answer as it ends, and in between how far the work is; *frame* is what stands around passage and question."""
        loaded = self.session()
        start = time.perf_counter()
        yield from loaded.prefill(passage, frame)
        call = Call(
            asked=tuple(f"{q.field}.{q.language}" + (f"#{q.attempt}" if q.attempt else "") for q in questions),
            settings=loaded.settings.model_dump_json(),
        )
        branches = [Branch(q, n, question_ids(loaded.model, frame, q.prompt)) for n, q in enumerate(questions)]
        steps = 0
        for ended in loaded.decoding().run(branches):
            if ended is None:
                steps += 1
                yield Progress(phase="write", done=steps, total=0)
            else:
                yield _answer(ended, call, time.perf_counter() - start)

    def session(self) -> Session:
        """Return the model in memory; loads it the first time.

        Raises:
            IntegrityError: A file is not the one that was checked, or became another while it was loaded.
        """
        if self._session is None:
            check_unchanged(self._files)
            loaded = Session(self._path, fitted(self._path, self._settings))
            check_unchanged(self._files)
            self._session = loaded
        return self._session


class Session:
    """A model in memory, its context, and the passage in it."""

    def __init__(self, path: Path, settings: LlamaSettings) -> None:
        self.settings = settings
        self.model = Model(path, settings)
        self.bos = self.model.special_text("bos")
        self.context: Cache = self.model.context(cells=cells(settings), sequences=settings.branches + 1)
        self.passage: list[int] = []

    def prefill(self, passage: Passage, frame: Frame) -> Iterator[Progress]:
        """Evaluate the passage, unless it is the one already in the cache."""
        ids = passage_ids(self.model, frame, passage, bos=self.bos)
        if ids == self.passage:
            return
        self.passage = []
        self.context.drop(-1)
        for start in range(0, len(ids), PREFILL_TOKENS):
            part = ids[start : start + PREFILL_TOKENS]
            self.context.decode([Row(token, start + i, PASSAGE_SEQUENCE, logits=False) for i, token in enumerate(part)])
            yield Progress(phase="read", done=start + len(part), total=len(ids))
        self.passage = ids

    def decoding(self) -> Decoding:
        """Return what runs branches behind the passage."""
        return Decoding(
            self.context,
            self.model,
            passage=PASSAGE_SEQUENCE,
            position=len(self.passage),
            most=self.settings.branches,
            cells=self.settings.branch_cells,
        )


def _answer(branch: Branch, call: Call, seconds: float) -> Answer:
    """Return what a finished branch wrote."""
    lines = tuple(Line(text=text) for text in branch.lines)
    return Answer(question=branch.question, lines=lines, tokens=branch.tokens, seconds=seconds, ended=branch.ended or "stop", call=call)
