"""On which pages of the paper a written line rests: found in the text, never asked of the model.

A line becomes units: an English word by its stem (words that are said of every paper left out), a Chinese word by the English ones it may
stand for, a number by its value. Each weighs as much as it is rare in the paper, and a sentence supports the line when it has enough of that
weight; what only its neighbours in the section have counts half, for a line often sums up two sentences.

Source of the bounds: `docs/measurements.md`. Words tell what a claim is about, not whether it is denied.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from offline_digest.digesting.glossary import Pair
from offline_digest.language import cjk_share, latin_terms, numbers, sentence_spans
from offline_digest.language.bilingual import english_words
from offline_digest.language.generic import telling_words
from offline_digest.language.likeness import content_words
from offline_digest.records import Line, Sentence

SUPPORT = "support"
SAID = {"en": 0.5, "zh": 0.6}  # of a line's weight; the looser words of the second language need more
FEWEST = 3  # units in the supporting sentence itself; a number, which means the same in every language, counts twice
NEIGHBOUR = 0.5
MOST_PAGES = 3
_VALUE = "#"
_ROUNDING = 1e-9  # more than what the order of a sum changes
_STEM = 6  # letters
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|e|ly|y)$")

Unit = tuple[str, ...]


class Support:
    """Finds the sentences of one paper that a line says again.

    Args:
        sentences: The paper's, in reading order.
        glossary: The user's translations, which stand for their terms in Chinese lines.
    """

    def __init__(self, sentences: Sequence[Sentence], glossary: Sequence[Pair] = ()) -> None:
        self._sentences = sentences
        self._glossary = glossary

    @cached_property
    def _stems(self) -> list[set[str]]:
        """The stems and values of each sentence; made when the first line is tied, for an engine that quotes needs none."""
        return [_stems(s.text) | _values(s.text) for s in self._sentences]

    @cached_property
    def _where(self) -> dict[str, list[int]]:
        """Stem or value → the positions of the sentences that have it."""
        where: dict[str, list[int]] = {}
        for position, stems in enumerate(self._stems):
            for stem in stems:
                where.setdefault(stem, []).append(position)
        return where

    @cached_property
    def _around(self) -> list[set[str]]:
        """The stems and values of each sentence's neighbours in its section."""
        around: list[set[str]] = [set() for _ in self._sentences]
        for (i, left), (j, right) in pairwise(enumerate(self._sentences)):
            if left.section == right.section:
                around[i] |= self._stems[j]
                around[j] |= self._stems[i]
        return around

    def tie(self, text: str) -> Line:
        """Return *text* with the pages of the sentences that support its own best, in order; none where nothing supports it."""
        found = [self._best(text[a:b]) for a, b in sentence_spans(text)]
        best: dict[int, float] = {}
        for page, score in filter(None, found):
            best[page] = max(score, best.get(page, 0.0))
        return Line(text=text, pages=tuple(sorted(sorted(best, key=lambda page: (-best[page], page))[:MOST_PAGES])))

    def _best(self, text: str) -> tuple[int, float] | None:
        """Return page and score of the sentence that supports *text* best, the first of equals.

        Only sentences that share a unit are looked at, the one that shares most first. Neighbours add at most `NEIGHBOUR` of what a sentence
        misses, so the search ends where even that would not beat the best.
        """
        # Sorted, for the sum of floats depends on their order.
        weights = {unit: self._weight(unit) for unit in sorted(self._units(text))}
        total = sum(weights.values())
        bar = SAID["zh" if cjk_share(text) else "en"] * total
        own = [0.0] * len(self._sentences)
        for unit, weight in weights.items():
            for position in self._holding(unit):
                own[position] += weight
        best: tuple[float, int] | None = None  # score, and position counted down
        for position in sorted((p for p, weight in enumerate(own) if weight), key=own.__getitem__, reverse=True):
            if own[position] + NEIGHBOUR * (total - own[position]) < (best[0] if best else bar) - _ROUNDING:
                break
            told, near = self._told(position, weights)
            score = own[position] + NEIGHBOUR * near
            if told >= FEWEST and score >= bar and (best is None or (score, -position) > best):
                best = score, -position
        return (self._sentences[-best[1]].page, best[0]) if best else None

    def _holding(self, unit: Unit) -> Iterable[int]:
        """Return the positions of the sentences that have *unit*, each once."""
        where = self._where
        if len(unit) == 1:
            return where.get(unit[0], ())
        return set().union(*(where[key] for key in unit if key in where))

    def _told(self, position: int, weights: Mapping[Unit, float]) -> tuple[int, float]:
        """Return how many units a sentence has, a number counted twice, and the weight of those that it has not, but its neighbours."""
        own, around = self._stems[position], self._around[position]
        told, near = 0, 0.0
        for unit, weight in weights.items():
            if not own.isdisjoint(unit):
                told += 2 if unit[0][0] == _VALUE else 1
            elif not around.isdisjoint(unit):
                near += weight
        return told, near

    def _units(self, text: str) -> set[Unit]:
        """Return the units of *text*: sets of stems and values of which one is enough."""
        if not cjk_share(text):
            return {(key,) for key in _stems(" ".join(telling_words(text))) | _values(text)}
        terms = [*latin_terms(text), *(term for term, translation in self._glossary if translation in text)]
        groups = [*english_words(text), *([term] for term in terms if len(term) > 1)]
        units = {tuple(sorted({stem for word in group for stem in _stems(word)})) for group in groups}
        return {unit for unit in units if unit} | {(value,) for value in _values(text)}

    def _weight(self, unit: Unit) -> float:
        """Return how rare the commonest printed one of *unit* is; what is not printed weighs half as much as the rarest word."""
        seen = max([len(self._where.get(key, ())) for key in unit])
        return math.log(1 + len(self._sentences) / seen) if seen else math.log(1 + len(self._sentences)) / 2


def _stems(text: str) -> set[str]:
    """Return the beginnings of the content words: `compute`, `computed` and `computation` are one."""
    return {_stem(word) for word in content_words(text) if not word[0].isdigit()}


@lru_cache(maxsize=2**14)  # more than the vocabulary of a paper
def _stem(word: str) -> str:
    return _ENDING.sub("", word)[:_STEM]


def _values(text: str) -> set[str]:
    """Return the numbers, marked so that none is taken for a word; what is said as `one` or `two` claims nothing."""
    return {f"{_VALUE}{n:f}" for n in numbers(text, written_from=3)}
