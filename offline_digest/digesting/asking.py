"""One engine, one passage: ask every field, check what comes, ask again what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from offline_digest.digesting.checks import CHECKS
from offline_digest.digesting.facts import Facts
from offline_digest.digesting.fields import TRANSLATED, Field
from offline_digest.digesting.glossary import Pair, pairs_within
from offline_digest.digesting.judging import Judge
from offline_digest.digesting.prompts import Prompts
from offline_digest.digesting.source import Source
from offline_digest.digesting.support import SUPPORT, Support
from offline_digest.engines import Engine
from offline_digest.records import Answer, Call, FieldText, Language, Passage, Progress, Question

# Temperatures of further tries, by what the model reads. A model made for abstracts is small and its answers are short: drawn near the likeliest
# one they are as good as it, drawn from farther away more of them pass (docs/starter.md).
RETRIES: dict[str, tuple[float, ...]] = {"paper": (0.7,), "abstract": (0.25, 0.5, 0.75)}

Key = tuple[str, Language]
Keep = Callable[[Passage, Answer], None]
Recall = Callable[[Passage, Question], Answer | None]
Judged = Callable[[Passage, Sequence[tuple[Question, tuple[str, ...]]]], None]


class Asking:
    """Asks one engine about one paper.

    `calls` are the calls that accepted texts came from, in order, each once: what it takes to repeat them.

    Args:
        engine: Writes the answers.
        facts: The paper, for the wording of questions.
        source: What an answer may draw on.
        support: Finds the page a line rests on.
        glossary: The user's translations.
        recall: Returns an answer kept by an earlier run, or None.
        keep: Gets each answer as soon as it ends.
        judged: Gets the questions of each attempt with the checks that their answers failed, none for an accepted one.
        progress: Is told how far the engine is.
    """

    def __init__(
        self,
        engine: Engine,
        facts: Facts,
        source: Source,
        support: Support,
        *,
        glossary: Sequence[Pair] = (),
        recall: Recall | None = None,
        keep: Keep | None = None,
        judged: Judged | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._engine = engine
        self._facts = facts
        self._source = source
        self._support = support
        self._glossary = glossary
        self._recall = recall
        self._keep = keep
        self._judged = judged
        self._progress = progress
        self.calls: list[Call] = []

    def ask(self, passage: Passage, fields: Sequence[Field], languages: Sequence[Prompts], *, retries: Sequence[float]) -> list[FieldText]:
        """Return *fields* in each of *languages*; one that no attempt got right has no lines and the origin `absent`.

        The questions of all languages go to the engine together, so that it answers as many at once as it can. What failed is asked again
        at each temperature of *retries*. What a language has no question for is not asked, nor a translation where there is nothing to translate.
        """
        values = {
            "title": self._facts.title,
            "keywords": "; ".join(self._facts.keywords),
            "affiliations": "; ".join(self._facts.affiliations),
        }
        pairs = pairs_within(self._glossary, "\n".join([passage.title, *self._facts.keywords, *(s.text for s in passage.sentences)]))
        judge = Judge(self._source, self._support, pairs)
        wanted = [
            (field, prompts)
            for prompts in languages
            for field in fields
            if field.name in prompts.ask and (field not in TRANSLATED or values[field.name.removesuffix("_zh")])
        ]
        accepted: dict[Key, FieldText] = {}
        failed: dict[Key, tuple[str, ...]] = {(field.name, prompts.language): () for field, prompts in wanted}
        for attempt, temperature in enumerate((0.0, *retries)):
            still = [
                (field, prompts, (field.name, prompts.language)) for field, prompts in wanted if (field.name, prompts.language) in failed
            ]
            questions = [
                prompts.question(
                    field,
                    values,
                    failed=failed[key],
                    attempt=attempt,
                    temperature=temperature,
                    glossary=pairs if prompts.glossary else (),
                )
                for field, prompts, key in still
            ]
            answers = self._answers(passage, questions)
            verdicts: list[tuple[Question, tuple[str, ...]]] = []
            for (field, prompts, key), question in zip(still, questions, strict=True):
                answer = answers.get(key)
                others = [line.text for text in accepted.values() if text.language == prompts.language for line in text.lines]
                lines, faults = judge.judge(field, prompts, answer.lines if answer else (), others=[*others, question.prompt])
                verdicts.append((question, faults))
                if faults:
                    failed[key] = faults
                    continue
                del failed[key]
                passed = (*CHECKS, SUPPORT) if all(line.pages for line in lines) else CHECKS
                accepted[key] = FieldText(field=field.name, language=prompts.language, origin="model", lines=lines, checks=passed)
                if answer and answer.call and answer.call not in self.calls:
                    self.calls.append(answer.call)
            if self._judged and verdicts:
                self._judged(passage, verdicts)
        return [
            accepted.get((field.name, prompts.language)) or FieldText(field=field.name, language=prompts.language, origin="absent")
            for field, prompts in wanted
        ]

    def _answers(self, passage: Passage, questions: Sequence[Question]) -> dict[Key, Answer]:
        """Return the answers, from an earlier run where it kept them."""
        known: dict[Key, Answer] = {}
        for question in questions if self._recall else ():
            kept = self._recall(passage, question) if self._recall else None
            if kept is not None:
                known[question.field, question.language] = kept
        missing = [q for q in questions if (q.field, q.language) not in known]
        if self._progress:
            self._progress(Progress(phase="ask", done=len(known), total=len(questions)))
        for answer in self._engine.answer(passage, missing, self._progress) if missing else ():
            if self._keep:
                self._keep(passage, answer)
            known[answer.question.field, answer.question.language] = answer
        return known
