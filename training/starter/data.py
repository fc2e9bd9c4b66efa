"""From rows of papers to token trees: one passage, and behind it each answer as a branch of its own."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline_digest.digesting.checks import failures
from offline_digest.digesting.source import Source
from offline_digest.engines.llama.branches import MARKER
from offline_digest.engines.llama.prompt import Frame, Tokenizer, passage_ids, question_ids
from offline_digest.language import chinese_characters
from training.starter.contract import END, LANGUAGE, START, asked_fields, framed, passage, prompts
from training.starter.packing import Tree

FIELDS = {
    "summary": "summary",
    "background": "background",
    "method": "approach",
    "result": "results",
    "conclusion": "significance",
    "takeaways": "takeaways",
}
"""The data's names of fields, and the program's."""
# A model learns to invent from answers that say what their abstract does not. The length is the data's business.
TRUSTED = ("language", "repetition", "leftovers", "numbers", "units", "terms", "people", "expansions")

_BREAK = re.compile(r"\s*\n\s*")
_AFTER_CHINESE = re.compile(r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]) (?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])")


@dataclass(frozen=True, slots=True)
class Row:
    """One paper of the data: `answers` are the lines of each field, by the program's names."""

    title: str
    abstract: str
    answers: Mapping[str, tuple[str, ...]]


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the papers of a file of JSON lines, plain or compressed with xz; title and abstract may be named by their first letters."""
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            data: dict[str, Any] = json.loads(line)
            answers = {FIELDS[name]: _lines(value) for name, value in data["zh"].items()}
            yield Row(_one_line(data.get("title") or data["t"]), _one_line(data.get("abstract") or data["a"]), answers)


def _lines(value: str | list[str]) -> tuple[str, ...]:
    """Return the lines of an answer: a text in one, for a branch that is no list ends at the first line break; of a list those in Chinese.

    The blog's lists carry the advertisement of the tool that wrote them, a link without a Chinese character.
    """
    return tuple(_one_line(line) for line in value if chinese_characters(line)) if isinstance(value, list) else (_one_line(value),)


def _one_line(text: str) -> str:
    return _AFTER_CHINESE.sub("", _BREAK.sub(" ", text.strip()))


def trusted(row: Row) -> tuple[Row, list[str]]:
    """Return *row* with what its title and abstract support, and the name of each check that something else failed.

    The program's own checks decide, line by line as there, so that what the model learns is what will be printed: a list keeps its good
    lines, up to as many as are asked for, and falls when they are too few.
    """
    source = Source(f"{row.title}\n{row.abstract}")
    kept: dict[str, tuple[str, ...]] = {}
    failed: list[str] = []
    for field in asked_fields():
        good: list[str] = []
        for line in row.answers.get(field.name, ()):
            found = failures([line], LANGUAGE, target=(1, 10**6), source=source, whole_sentences=False)
            faults = [check for check in found if check in TRUSTED]
            failed += faults
            good += [] if faults else [line]
        if len(good) >= field.min_lines:
            kept[field.name] = tuple(good[: field.max_lines])
    return Row(row.title, row.abstract, kept), failed


class Forest:
    """Makes trees with one tokenizer.

    Args:
        tokenizer: The model's.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._frame: Frame = framed()
        self._end = tokenizer.tokenize(END, special=True)
        ask = prompts().ask
        self._questions = {field.name: question_ids(tokenizer, self._frame, ask[field.name]) for field in asked_fields()}
        self._lists = {field.name for field in asked_fields() if field.is_list}

    def tree(self, row: Row) -> Tree:
        """Return the passage of *row* and its answers, as the engine would have fed and read them.

        What the program feeds (passage, question, list markers) is not learned; what the model writes (the line, the break that ends a
        line of a list, the end of the answer) is.
        """
        stem = passage_ids(self._tokenizer, self._frame, passage(row.title, row.abstract), bos=START)
        branches = [self._branch(name, lines) for name, lines in row.answers.items()]
        return Tree(stem, branches, has_list=bool(self._lists & row.answers.keys()))

    def _branch(self, name: str, lines: Sequence[str]) -> list[tuple[int, bool]]:
        written = [(token, False) for token in self._questions[name]]
        for number, line in enumerate(lines, start=1):
            if name in self._lists:
                marker = self._tokenizer.tokenize(("\n" if number > 1 else "") + MARKER.format(number), special=False)
                written += [(token, number > 1 and i == 0) for i, token in enumerate(marker)]
            written += [(token, True) for token in self._tokenizer.tokenize(line, special=False)]
        return written + [(token, True) for token in self._end]


def trees(rows: Iterable[Row], tokenizer: Tokenizer, *, longest_tokens: int) -> Iterator[Tree]:
    """Yield the trees of *rows* that have an answer and are not over *longest_tokens*."""
    forest = Forest(tokenizer)
    for row in rows:
        if row.answers and len(tree := forest.tree(row)) <= longest_tokens:
            yield tree
