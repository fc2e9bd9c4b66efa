"""The child's side: one model, one passage kept in the cache, questions answered in groups."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from offline_digest.engines.llama.binding import Context, Model, Row
from offline_digest.engines.llama.branches import Branch, decode_together
from offline_digest.engines.llama.prompt import Frame, frame, passage_ids, question_ids
from offline_digest.errors import ModelUnusable
from offline_digest.records import Answer, Language, Line, Passage, Question, Record

GROUP_CELLS = 4096  # of the cache, for the branches of one group
BRANCH_TOKENS = 1280  # of the context, for one question and its answer behind the passage
FRAME_CELLS = 256  # of the cache, for the chat template around passage and question
MOST_BRANCHES = 24
PASSAGE_SEQUENCE = 0
PREFILL_TOKENS = 512  # a step of the passage, so that life is shown in between
_CHINESE = "我们提出一种新的方法，用于在有限的计算资源下从大量文献中自动提取最重要的信息，并通过实验验证其有效性。"
_TOKENS_PER_CHARACTER = 1.2  # a vocabulary that spells Chinese out of bytes needs two and more


class Loaded(Record):
    """What is known of a model once it is loaded."""

    quantization: str
    trained_context: int
    languages: tuple[Language, ...]


class LlamaService:
    """One GGUF file, loaded at construction.

    Args:
        path: The file.
        passage_tokens: Longest passage that will come.
        threads: CPU threads.
        gpu_layers: Layers to put on a GPU; ignored by a build without one.
        extra_buffers: Whether llama.cpp may repack weights for this CPU; off avoids the AMX crash (DESIGN section 8).
    """

    def __init__(self, path: Path, *, passage_tokens: int, threads: int, gpu_layers: int, extra_buffers: bool) -> None:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelUnusable(f"{path.name} is not a GGUF file.", "Models for this program are single files that end in .gguf.")
        self._model = Model(path, gpu_layers=gpu_layers, extra_buffers=extra_buffers)
        self._bos = self._model.special_text("bos")
        self._frame: Frame = frame(self._model.chat_template(), bos=self._bos, eos=self._model.special_text("eos"))
        self._cells = passage_tokens + FRAME_CELLS + GROUP_CELLS
        self._threads = threads
        self._context: Context | None = None
        self._passage: list[int] = []

    def describe(self) -> Loaded:
        """Return quantization, trained context and the languages its vocabulary is made for."""
        dense = len(self._model.tokenize(_CHINESE, special=False)) < _TOKENS_PER_CHARACTER * len(_CHINESE)
        return Loaded(
            quantization=self._model.quantization(),
            trained_context=self._model.trained_context,
            languages=("en", "zh") if dense else ("en",),
        )

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the length of each text in tokens."""
        return [len(self._model.tokenize(t, special=False)) for t in texts]

    def answer(self, passage: Passage, questions: Sequence[Question]) -> Iterator[Answer | None]:
        """Yield each answer as it ends, and None in between to show life."""
        if self._context is None:
            self._context = self._model.context(cells=self._cells, sequences=MOST_BRANCHES + 1, threads=self._threads)
        yield from self._prefill(self._context, passage)
        start = time.perf_counter()
        for group in self._groups(questions):
            branches = [Branch(question, n, len(self._passage), ids) for n, (question, ids) in enumerate(group, start=1)]
            for branch in branches:
                self._context.share(PASSAGE_SEQUENCE, branch.sequence)
            for ended in decode_together(self._context, self._model, branches):
                yield _answer(ended, time.perf_counter() - start) if ended else None

    def _prefill(self, context: Context, passage: Passage) -> Iterator[None]:
        """Evaluate the passage, unless it is the one already in the cache."""
        ids = passage_ids(self._model, self._frame, passage, bos=self._bos)
        if ids == self._passage:
            return
        self._passage = []
        context.drop(-1)
        for start in range(0, len(ids), PREFILL_TOKENS):
            part = ids[start : start + PREFILL_TOKENS]
            context.decode([Row(token, start + i, PASSAGE_SEQUENCE, logits=False) for i, token in enumerate(part)])
            yield None
        self._passage = ids

    def _groups(self, questions: Sequence[Question]) -> Iterator[list[tuple[Question, list[int]]]]:
        """Split the questions, in order, so that each group's longest possible answers fit the cache."""
        group: list[tuple[Question, list[int]]] = []
        cells = 0
        for question in questions:
            ids = question_ids(self._model, self._frame, question.prompt)
            need = len(ids) + question.max_lines * (question.max_tokens + 8)
            if group and (cells + need > GROUP_CELLS or len(group) == MOST_BRANCHES):
                yield group
                group, cells = [], 0
            group.append((question, ids))
            cells += need
        if group:
            yield group


def _answer(branch: Branch, seconds: float) -> Answer:
    """Return what a finished branch wrote."""
    lines = tuple(Line(text=text) for text in branch.lines)
    return Answer(question=branch.question, lines=lines, tokens=branch.tokens, seconds=seconds, ended=branch.ended or "stop")
