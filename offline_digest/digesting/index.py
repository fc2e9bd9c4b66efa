"""What stands where among the sentences of a paper: its words by their stems, its numbers by value, each with the sentences that have it.

A text becomes units: an English word by its stem (words that are said of every paper left out), a Chinese word by the English ones it may
stand for, a number by its value. Each weighs as much as it is rare in the paper.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from offline_digest.digesting.glossary import Pair
from offline_digest.language import cjk_share, latin_terms, numbers
from offline_digest.language.bilingual import english_words
from offline_digest.language.generic import telling_words
from offline_digest.language.likeness import content_words
from offline_digest.records import Sentence

VALUE = "#"
_STEM = 6  # letters
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|e|ly|y)$")

Unit = tuple[str, ...]


class Index:
    """Stems and values of one paper.

    Args:
        sentences: The paper's, in reading order.
        glossary: The user's translations, which stand for their terms in Chinese lines.
    """

    def __init__(self, sentences: Sequence[Sentence], glossary: Sequence[Pair] = ()) -> None:
        self.sentences = sentences
        self._glossary = glossary

    @cached_property
    def stems(self) -> list[set[str]]:
        """The stems and values of each sentence; made when the first line is looked up, for an engine that quotes needs none."""
        return [stems_of(s.text) | values_of(s.text) for s in self.sentences]

    @cached_property
    def where(self) -> dict[str, list[int]]:
        """Stem or value → the positions of the sentences that have it."""
        where: dict[str, list[int]] = {}
        for position, stems in enumerate(self.stems):
            for stem in stems:
                where.setdefault(stem, []).append(position)
        return where

    @cached_property
    def around(self) -> list[set[str]]:
        """The stems and values of each sentence's neighbours in its section."""
        around: list[set[str]] = [set() for _ in self.sentences]
        for (i, left), (j, right) in pairwise(enumerate(self.sentences)):
            if left.section == right.section:
                around[i] |= self.stems[j]
                around[j] |= self.stems[i]
        return around

    def holding(self, unit: Unit) -> Iterable[int]:
        """Return the positions of the sentences that have *unit*, each once."""
        where = self.where
        if len(unit) == 1:
            return where.get(unit[0], ())
        return set().union(*(where[key] for key in unit if key in where))

    def units(self, text: str) -> set[Unit]:
        """Return the units of *text*: sets of stems and values of which one is enough."""
        if not cjk_share(text):
            return {(key,) for key in stems_of(" ".join(telling_words(text))) | values_of(text)}
        terms = [*latin_terms(text), *(term for term, translation in self._glossary if translation in text)]
        groups = [*english_words(text), *([term] for term in terms if len(term) > 1)]
        units = {unit_of(group) for group in groups}
        return {unit for unit in units if unit} | {(value,) for value in values_of(text)}

    def weight(self, unit: Unit) -> float:
        """Return how rare the commonest printed one of *unit* is; what is not printed weighs half as much as the rarest word."""
        seen = max([len(self.where.get(key, ())) for key in unit])
        return math.log(1 + len(self.sentences) / seen) if seen else math.log(1 + len(self.sentences)) / 2


def unit_of(words: Iterable[str]) -> Unit:
    """Return the unit of *words* of which one is enough, empty where none carries meaning."""
    return tuple(sorted({stem for word in words for stem in stems_of(word)}))


def stems_of(text: str) -> set[str]:
    """Return the beginnings of the content words: `compute`, `computed` and `computation` are one."""
    return {stem(word) for word in content_words(text) if not word[0].isdigit()}


@lru_cache(maxsize=2**14)  # more than the vocabulary of a paper
def stem(word: str) -> str:
    """Return the beginning of a content word that its forms share."""
    return _ENDING.sub("", word)[:_STEM]


def values_of(text: str) -> set[str]:
    """Return the numbers, marked so that none is taken for a word; what is said as `one` or `two` claims nothing."""
    return {f"{VALUE}{n:f}" for n in numbers(text, written_from=3)}
