"""One engine, one passage: ask every field, check what comes, ask once more what failed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from offline_digest.digesting.checks import CHECKS, failures
from offline_digest.digesting.facts import Facts
from offline_digest.digesting.fields import FIELDS, TRANSLATED, Field
from offline_digest.digesting.prompts import Prompts
from offline_digest.digesting.repeats import says_again
from offline_digest.digesting.support import SUPPORT, Support
from offline_digest.engines import Engine
from offline_digest.language import sentence_spans, without_citations
from offline_digest.records import Answer, FieldText, Language, Line, Passage, Question

RETRIES = 1

Keep = Callable[[Passage, Answer], None]
Recall = Callable[[Passage, Question], Answer | None]
_Place = tuple[str, Language]  # a field in a language


class Asking:
    """Asks one engine about one passage.

    Args:
        engine: Writes the answers.
        passage: What it reads.
        facts: The paper, for checks and for the wording of questions.
        support: Finds the page a line rests on.
        recall: Returns an answer kept by an earlier run, or None.
        keep: Gets each answer as soon as it ends.
    """

    def __init__(
        self, engine: Engine, passage: Passage, facts: Facts, support: Support, *, recall: Recall | None = None, keep: Keep | None = None
    ) -> None:
        self._engine = engine
        self._passage = passage
        self._facts = facts
        self._support = support
        self._recall = recall
        self._keep = keep

    def all_fields(self, prompts: Sequence[Prompts]) -> list[FieldText]:
        """Return every field in the language of each of *prompts*; one that no attempt got right has no lines and the origin `absent`.

        All languages are asked in one call, for an engine answers many questions together faster than the same in parts.
        """
        values = {
            "title": self._facts.title,
            "keywords": "; ".join(self._facts.keywords),
            "affiliations": "; ".join(self._facts.affiliations),
        }
        wanted = [(f, p) for p in prompts for f in self._wanted(p, values)]
        accepted: dict[_Place, FieldText] = {}
        failed: dict[_Place, tuple[str, ...]] = {(f.name, p.language): () for f, p in wanted}
        for attempt in range(1 + RETRIES):
            still = [(f, p) for f, p in wanted if (f.name, p.language) in failed]
            questions = [p.question(f, values, failed=failed[f.name, p.language], attempt=attempt) for f, p in still]
            answers = self._answers(questions)
            for (field, prompt), question in zip(still, questions, strict=True):
                place = field.name, prompt.language
                others = [text for text in accepted.values() if text.language == prompt.language]
                lines, faults = self._judge(field, prompt, question.prompt, answers.get(place, ()), others)
                if faults:
                    failed[place] = faults
                else:
                    del failed[place]
                    passed = (*CHECKS, SUPPORT) if all(line.pages for line in lines) else CHECKS
                    accepted[place] = FieldText(field=field.name, language=prompt.language, origin="model", lines=lines, checks=passed)
        absent = {(f.name, p.language): FieldText(field=f.name, language=p.language, origin="absent") for f, p in wanted}
        return list((absent | accepted).values())

    def _wanted(self, prompts: Prompts, values: Mapping[str, str]) -> list[Field]:
        """Return the fields to ask for in one language; a translation only where there is something to translate."""
        return [f for f in TRANSLATED if prompts.language == "zh" and values[f.name.removesuffix("_zh")]] + list(FIELDS)

    def _answers(self, questions: Sequence[Question]) -> dict[_Place, tuple[Line, ...]]:
        """Return place → lines, from an earlier run where it kept them."""
        known: dict[_Place, tuple[Line, ...]] = {}
        for question in questions if self._recall else ():
            kept = self._recall(self._passage, question) if self._recall else None
            if kept is not None:
                known[question.field, question.language] = kept.lines
        missing = [q for q in questions if (q.field, q.language) not in known]
        for answer in self._engine.answer(self._passage, missing) if missing else ():
            if self._keep:
                self._keep(self._passage, answer)
            known[answer.question.field, answer.question.language] = answer.lines
        return known

    def _judge(
        self, field: Field, prompts: Prompts, question: str, lines: Sequence[Line], accepted: Iterable[FieldText]
    ) -> tuple[tuple[Line, ...], tuple[str, ...]]:
        """Return the lines that may be printed and the checks that failed.

        A list keeps its good lines and falls only when fewer than its `min_lines` are left.
        """
        others = [line.text for text in accepted for line in text.lines]
        check = partial(
            failures,
            language=prompts.language,
            target=field.target(prompts.language),
            source=self._facts.source,
            wording=None if field in TRANSLATED else prompts.wording,
            whole_sentences=not field.is_list and field not in TRANSLATED,
        )
        good: list[Line] = []
        faults: list[str] = []
        for line in lines:
            text = tidy(line.text, field.max_sentences)
            earlier = [x.text for x in good]
            found = [*check([text], others=[*others, *earlier, question]), *(["repetition"] if says_again(text, earlier) else [])]
            tied = Line(text=text) if field in TRANSLATED else self._support.tie(text)
            if field.needs_page and not tied.pages and self._support.judges(text):
                found.append(SUPPORT)
            faults += found
            if not found:
                good.append(tied)
        whole = check([x.text for x in good])
        if len(good) < field.min_lines:
            return (), tuple(dict.fromkeys([*faults, *whole])) or ("length",)
        return (tuple(good), ()) if not whole else ((), tuple(whole))


_OWN_MARKER = re.compile(r"^\s*(?:[-*•·]|[（(]?\d{1,2}[.)）、])(?!\d)\s*")
_NEXT_MARKER = re.compile(r"(?:(?<=[.!?…])\s+|(?<=[。！？])\s*|\s*\n\s*)(?:[-*•·]|[（(]?\d{1,2}(?:[.)）、]|$)\s*)+$")
_QUOTED = re.compile(r"^[\"“「](.*)[\"”」]$")


def tidy(text: str, max_sentences: int) -> str:
    """Return one line of an answer without its own and the next line's list marker, quotation marks around it and reference marks.

    What is longer than *max_sentences* is cut behind the last of them.
    """
    text = " ".join(without_citations(_OWN_MARKER.sub("", text)).split())
    text = _NEXT_MARKER.sub("", text)
    quoted = _QUOTED.match(text)
    if quoted and not any(c in quoted[1] for c in '"“”「」'):
        text = quoted[1].strip()
    spans = sentence_spans(text)
    return text[: spans[max_sentences - 1][1]] if len(spans) > max_sentences else text
