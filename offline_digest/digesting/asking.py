"""One engine, one passage: ask every field, check what comes, ask once more what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from offline_digest.digesting.checks import CHECKS
from offline_digest.digesting.facts import Facts
from offline_digest.digesting.fields import TRANSLATED, Field
from offline_digest.digesting.glossary import Pair, pairs_within
from offline_digest.digesting.judging import Judge
from offline_digest.digesting.prompts import Prompts
from offline_digest.digesting.support import SUPPORT, Support
from offline_digest.engines import Engine
from offline_digest.records import Answer, FieldText, Line, Passage, Question

RETRIES = 1

Keep = Callable[[Passage, Answer], None]
Recall = Callable[[Passage, Question], Answer | None]


class Asking:
    """Asks one engine about one passage.

    Args:
        engine: Writes the answers.
        passage: What it reads.
        facts: The paper, for checks and for the wording of questions.
        support: Finds the page a line rests on.
        glossary: The user's translations.
        recall: Returns an answer kept by an earlier run, or None.
        keep: Gets each answer as soon as it ends.
    """

    def __init__(
        self,
        engine: Engine,
        passage: Passage,
        facts: Facts,
        support: Support,
        *,
        glossary: Sequence[Pair] = (),
        recall: Recall | None = None,
        keep: Keep | None = None,
    ) -> None:
        self._engine = engine
        self._passage = passage
        self._facts = facts
        self._glossary = pairs_within(glossary, "\n".join([passage.title, *facts.keywords, *(s.text for s in passage.sentences)]))
        self._judge = Judge(facts.source, support, self._glossary)
        self._recall = recall
        self._keep = keep

    def ask(self, fields: Sequence[Field], prompts: Prompts, *, retries: int = RETRIES) -> list[FieldText]:
        """Return *fields* in the language of *prompts*; one that no attempt got right has no lines and the origin `absent`.

        What failed is asked again *retries* times. A translation is only asked for where there is something to translate, and only in a
        language that others are translated into.
        """
        values = {
            "title": self._facts.title,
            "keywords": "; ".join(self._facts.keywords),
            "affiliations": "; ".join(self._facts.affiliations),
        }
        wanted = [f for f in fields if f not in TRANSLATED or (f.name in prompts.ask and values[f.name.removesuffix("_zh")])]
        glossary = self._glossary if prompts.glossary else ()
        accepted: dict[str, FieldText] = {}
        failed: dict[str, tuple[str, ...]] = {f.name: () for f in wanted}
        for attempt in range(1 + retries):
            open_fields = [f for f in wanted if f.name in failed]
            questions = [prompts.question(f, values, failed=failed[f.name], attempt=attempt, glossary=glossary) for f in open_fields]
            answers = self._answers(questions)
            for field, question in zip(open_fields, questions, strict=True):
                others = [line.text for text in accepted.values() for line in text.lines]
                lines, faults = self._judge.judge(field, prompts, answers.get(field.name, ()), others=[*others, question.prompt])
                if faults:
                    failed[field.name] = faults
                else:
                    del failed[field.name]
                    passed = (*CHECKS, SUPPORT) if all(line.pages for line in lines) else CHECKS
                    accepted[field.name] = FieldText(
                        field=field.name, language=prompts.language, origin="model", lines=lines, checks=passed
                    )
        return [accepted.get(f.name) or FieldText(field=f.name, language=prompts.language, origin="absent") for f in wanted]

    def _answers(self, questions: Sequence[Question]) -> dict[str, tuple[Line, ...]]:
        """Return field → lines, from an earlier run where it kept them."""
        known: dict[str, tuple[Line, ...]] = {}
        for question in questions if self._recall else ():
            kept = self._recall(self._passage, question) if self._recall else None
            if kept is not None:
                known[question.field] = kept.lines
        missing = [q for q in questions if q.field not in known]
        for answer in self._engine.answer(self._passage, missing) if missing else ():
            if self._keep:
                self._keep(self._passage, answer)
            known[answer.question.field] = answer.lines
        return known
