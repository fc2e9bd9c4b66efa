"""An engine for tests: says what it was told to say and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from offline_digest.engines.protocol import WithoutProcess
from offline_digest.records import Answer, EngineInfo, Language, Line, ModelInfo, Passage, Progress, Purpose, Question


class ScriptedEngine(WithoutProcess):
    """Answers each question with the lines that *script* returns for it."""

    def __init__(
        self,
        script: Callable[[Question], Sequence[str]],
        *,
        languages: tuple[Language, ...] = ("en", "zh"),
        passage_tokens: int = 8192,
        purpose: Purpose | None = None,
    ) -> None:
        self._script = script
        self._languages = languages
        self._passage_tokens = passage_tokens
        self._purpose = purpose
        self.asked: list[Question] = []
        self.passages: list[Passage] = []

    def describe(self) -> EngineInfo:
        """Return a made-up model."""
        model = ModelInfo(name="scripted", file="scripted.gguf", sha256="0" * 64, quantization="none", settings="test")
        return EngineInfo(
            name="scripted",
            origin="model",
            languages=self._languages,
            passage_tokens=self._passage_tokens,
            purpose=self._purpose,
            model=model,
        )

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count white-space separated words."""
        return [len(t.split()) for t in texts]

    def answer(
        self,
        passage: Passage,
        questions: Sequence[Question],
        progress: Callable[[Progress], None] | None = None,  # noqa: ARG002
    ) -> Iterator[Answer]:
        """Yield the script's answers in order."""
        self.passages.append(passage)
        for question in questions:
            self.asked.append(question)
            lines = tuple(Line(text=t) for t in self._script(question))
            yield Answer(question=question, lines=lines, tokens=sum(len(x.text.split()) for x in lines), seconds=0.0)
