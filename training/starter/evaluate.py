"""What a quantized file is worth: its answers on held-out papers, asked by the program's own engine and judged by its own checks."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline_digest.digesting.fields import Field
from offline_digest.digesting.judging import Judge
from offline_digest.digesting.source import Source
from offline_digest.digesting.strangers import foreign_numbers
from offline_digest.digesting.support import Support
from offline_digest.engines.llama.service import LlamaService
from offline_digest.engines.llama.settings import LlamaSettings
from offline_digest.language import cjk_share
from offline_digest.records import Answer, Passage
from training.starter.contract import asked_fields, framed, passage, prompts, questions
from training.starter.data import Row

_LOOP = re.compile(r"(.{6,}?)\1{2,}")
PASSAGE_TOKENS = 1536


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer: what was written, what the data has, what remained behind the checks, and whether they let a number slip.

    `unsupported` counts numbers that title and abstract do not print, before the checks and after them.
    """

    field: str
    written: str
    expected: str
    printed: str
    unsupported: tuple[int, int]


def evaluate(model: Path, rows: Sequence[Row], *, threads: int = 0) -> dict[str, Any]:
    """Return the figures of *model* on *rows*.

    Returns:
        `chrf` over all fields and for each (0-100, sacrebleu's), `chinese_share` (mean over answers), `loops`, `unsupported_numbers` and
        `unsupported_numbers_after_checks` (shares of answers), `printed` (share of answers that pass all checks), `answers`, `papers`,
        `size_bytes`, and `seconds_a_paper`.
    """
    begun = time.perf_counter()
    asked = list(answers(model, rows, threads=threads))
    seconds = time.perf_counter() - begun
    fields: dict[str, list[Judged]] = defaultdict(list)
    for one in asked:
        fields[one.field].append(one)
    return {
        "model": model.name,
        "size_bytes": model.stat().st_size,
        "papers": len(rows),
        "answers": len(asked),
        "chrf": _chrf(asked),
        "chrf_by_field": {name: _chrf(members) for name, members in fields.items()},
        "chinese_share": _mean(cjk_share(one.written) for one in asked),
        "loops": _mean(_LOOP.search(one.written) is not None for one in asked),
        "unsupported_numbers": _mean(one.unsupported[0] > 0 for one in asked),
        "unsupported_numbers_after_checks": _mean(one.unsupported[1] > 0 for one in asked),
        "printed": _mean(bool(one.printed) for one in asked),
        "printed_by_field": {name: _mean(bool(one.printed) for one in members) for name, members in fields.items()},
        "seconds_a_paper": round(seconds / max(1, len(rows)), 2),
    }


def answers(model: Path, rows: Sequence[Row], *, threads: int = 0) -> Iterator[Judged]:
    """Ask *model* for the fields that each of *rows* has, together, as the program does; yields them in the program's order of fields."""
    settings = LlamaSettings(passage_tokens=PASSAGE_TOKENS)
    service = LlamaService(model, settings.model_copy(update={"threads": threads}) if threads else _all_cores(settings))
    for row in rows:
        read = passage(row.title, row.abstract)
        asked = [field for field in asked_fields() if field.name in row.answers]
        given = {a.question.field: a for a in service.answer(read, questions(asked), framed()) if isinstance(a, Answer)}
        for field in asked:
            yield judged(field, row, read, given[field.name])


def _all_cores(settings: LlamaSettings) -> LlamaSettings:
    from offline_digest.workers import physical_cores

    return settings.model_copy(update={"threads": physical_cores()})


def judged(field: Field, row: Row, read: Passage, answer: Answer) -> Judged:
    """Judge one answer as a digest would, with nothing but title and abstract as the paper."""
    source = Source(f"{row.title}\n{row.abstract}")
    lines, _ = Judge(source, Support(read.sentences)).judge(field, prompts(), answer.lines)
    written = "\n".join(line.text for line in answer.lines)
    printed = "\n".join(line.text for line in lines)
    unsupported = len(foreign_numbers(written, source)), len(foreign_numbers(printed, source))
    return Judged(field.name, written, "\n".join(row.answers[field.name]), printed, unsupported)


def _chrf(asked: Sequence[Judged]) -> float:
    import sacrebleu

    score: float = sacrebleu.corpus_chrf([one.written for one in asked], [[one.expected for one in asked]]).score
    return round(score, 1)


def _mean(values: Iterable[float]) -> float:
    counted = list(values)
    return round(sum(counted) / max(1, len(counted)), 4)
