"""Whether the numbers of a written line stand beside the words that they stand beside in the paper.

A number that is printed somewhere may still be wrong where a line puts it: taken from another place, or exchanged with its neighbour. A
place is the words and numbers of a sentence, each weighing as much as it is rare in the paper and near to the number; a number fits it as far as
a sentence that prints the number has them near to it, too. Only what the paper prints is weighed, so that a paraphrase says nothing
against a number. Two numbers that one sentence prints must not have each other's words: that holds in every language, for both put what a number
is of into its clause.

Source of the bounds: `docs/measurements.md`.
"""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from offline_digest.digesting.index import VALUE, Index, Unit, stems_of, unit_of
from offline_digest.digesting.source import without_cited_numbers
from offline_digest.digesting.strangers import SMALL
from offline_digest.language import cjk_share, sentence_spans
from offline_digest.language.bilingual import english_spans
from offline_digest.language.generic import telling_words
from offline_digest.language.numerals import number_spans
from offline_digest.language.scripts import word_places

PLACES = "places"
REACH = 5.0  # words: what stands so far from a number counts 1/e
ANYWHERE = 0.2  # what a word counts at least that stands in the same sentence; in a neighbouring one, half of it
LEAST_FIT = 0.015  # of what a number has around it in a line
LEAST_LEANING = 0.3  # towards the other number, of the weights of their words
APART = 2.0  # words between two numbers of one clause that have words of their own
LEAST_GAIN = 0.04  # of two numbers that fit better when they are exchanged
FEWEST = 3  # printed words and numbers beside a number, or nothing is told

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_UP_TO = re.compile(r"[^,;，；。()（）]{0,8}?(?:\bto\b|[至到])[^,;，；。()（）]{0,4}")  # a dash only bounds; it goes nowhere

_CLAUSE = re.compile(r"[,;:]\s|[，；。：（）()]")
_TOUCH = re.compile(
    r"[\s%％-]{0,2}[个块张条幅名位篇组次段台天年小时人项层步]?\s?"
)  # between a number and its word, with a Chinese measure word

Placed = tuple[float, Unit]
_Word = tuple[int, int, Unit]  # where it starts and ends, in characters
_Number = tuple[int, int, Decimal]


class Places:
    """Looks for misplaced numbers in lines about one paper.

    Args:
        index: What stands where in the paper.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._sentences: dict[int, tuple[dict[str, list[float]], frozenset[tuple[str, str]]]] = {}

    def misplaced(self, text: str) -> tuple[str, ...]:
        """Return the numbers of *text* that stand where the paper does not have them; what it never prints is left to another check."""
        if not any(map(str.isdigit, text)):
            return ()
        text = without_cited_numbers(text)
        return tuple(dict.fromkeys(fault for start, end in sentence_spans(text) for fault in self._of_sentence(text[start:end])))

    def _of_sentence(self, text: str) -> Iterator[str]:
        where = self._index.where
        at = word_places(text)
        spans = [
            (start, end, value) for start, end, value in number_spans(text) if _key(value) in where and not _is_power(text, start, end)
        ]
        if not spans:
            return
        printed = [word for word in _word_spans(text) if any(key in where for key in word[2])]
        words = [(at((start + end) // 2), unit) for start, end, unit in printed]
        numbers = [(at((start + end) // 2), value) for start, end, value in spans]
        for place, value in numbers:
            others = [(p, (_key(v),)) for p, v in numbers if v != value]
            if (value >= SMALL or value % 1) and not self._fits(place, value, [*words, *others]):
                yield f"{value:f}"
        for (_, end, left), (start, _, right) in pairwise(spans):
            if _UP_TO.fullmatch(text, end, start) and self._turned_round(left, right):
                yield f"{left:f} / {right:f}"
        # Chinese has the words of a number on its other side, so their order in an English paper tells nothing there.
        for left_number, right_number in pairwise(numbers) if not cjk_share(text) else ():
            if self._exchanged(left_number, right_number, words):
                yield f"{left_number[1]:f} / {right_number[1]:f}"
        for first, second in pairwise(spans):
            if self._told_of_the_other(text, printed, first, second):
                yield f"{first[2]:f} / {second[2]:f}"

    def _fits(self, place: float, value: Decimal, around: Sequence[Placed]) -> bool:
        """Tell whether a number may stand where it does."""
        weights = self._weights(place, around)
        return len(weights) < FEWEST or any(fit >= LEAST_FIT for fit in self._every_fit(value, weights))

    def _exchanged(self, left: tuple[float, Decimal], right: tuple[float, Decimal], words: Sequence[Placed]) -> bool:
        """Tell whether two numbers would fit clearly better the other way round, both of them or in both places."""
        if left[1] == right[1] or len(words) < FEWEST:
            return False
        here, there = self._weights(left[0], words), self._weights(right[0], words)
        left_here, right_there = self._fit(left[1], here), self._fit(right[1], there)
        right_here, left_there = self._fit(right[1], here), self._fit(left[1], there)
        both = (right_here > right_there and left_there > left_here) or (right_here > left_here and left_there > right_there)
        return both and right_here + left_there - left_here - right_there > LEAST_GAIN

    def _told_of_the_other(self, text: str, words: Sequence[_Word], left: _Number, right: _Number) -> bool:
        """Tell whether every sentence that prints both numbers has the words of each rather with the other one.

        Between clauses the words are those that one clause has alone, within a clause those that only one number touches.
        """
        keys = _key(left[2]), _key(right[2])
        shared = set(self._index.where[keys[0]]).intersection(self._index.where[keys[1]]) if keys[0] != keys[1] else ()
        if not shared:
            return False
        bounds = [m.start() for m in _CLAUSE.finditer(text)]
        clauses = [bisect(bounds, number[0]) for number in (left, right)]
        if clauses[0] != clauses[1]:
            own = [{unit for start, _, unit in words if bisect(bounds, start) == clause} for clause in clauses]
        else:
            own = [{unit for start, end, unit in words if _touch(text, (start, end), number)} for number in (left, right)]
        told = [(unit, *keys) for unit in own[0] - own[1]] + [(unit, *keys[::-1]) for unit in own[1] - own[0]]
        ties = [[self._leaning(position, *pair) for pair in sorted(told)] for position in shared]
        sums = [sum(of_one) for of_one in ties if any(of_one)]
        return bool(sums) and max(sums) < -LEAST_LEANING

    def _leaning(self, position: int, unit: Unit, own: str, other: str) -> float:
        """Return how much more a sentence ties *unit* to its *own* number than to the *other*, weighed; 0.0 where it does not tell.

        Numbers of two clauses have the words of their clause. Of one clause they have those that are nearer, unless they stand side by side
        (`65 against 42 percent`), with the words of both before or behind them.
        """
        printed, bounds = self._printed(position)[0], self._clauses(position)
        places = [place for key in unit for place in printed.get(key, ())]
        of_own, of_other = printed.get(own, ()), printed.get(other, ())
        if not places or not of_own or not of_other:
            return 0.0
        weight = self._index.weight(unit)
        here, there = ({bisect(bounds, place) for place in found} for found in (of_own, of_other))
        if here.isdisjoint(there):
            parts = {bisect(bounds, place) for place in places}
            return weight * (bool(parts & here) - bool(parts & there))
        if min(abs(a - b) for a in of_own for b in of_other) < APART:
            return 0.0
        gaps = [min(abs(a - b) for a in places for b in found) for found in (of_own, of_other)]
        return weight * (math.exp(-gaps[0] / REACH) - math.exp(-gaps[1] / REACH))

    def _clauses(self, position: int) -> list[float]:
        """Return where in a sentence its clauses end, in words."""
        text = self._index.sentences[position].text
        at = word_places(text)
        return [at(m.start()) for m in _CLAUSE.finditer(text)]

    def _turned_round(self, left: Decimal, right: Decimal) -> bool:
        """Tell whether the paper goes from the *right* number to the *left* one, and never the other way."""
        keys = _key(left), _key(right)
        shared = set(self._index.where[keys[0]]).intersection(self._index.where[keys[1]])
        ranges = set().union(*(self._printed(position)[1] for position in shared))
        return keys[::-1] in ranges and keys not in ranges

    def _weights(self, place: float, around: Iterable[Placed]) -> list[tuple[Unit, float]]:
        return [(unit, self._index.weight(unit) * math.exp(-abs(at - place) / REACH)) for at, unit in around]

    def _fit(self, value: Decimal, weights: Sequence[tuple[Unit, float]]) -> float:
        return max(self._every_fit(value, weights), default=0.0)

    def _every_fit(self, value: Decimal, weights: Sequence[tuple[Unit, float]]) -> Iterator[float]:
        """Yield, for each sentence that prints *value*, which share of the weights stands beside it."""
        total = sum(weight for _, weight in weights)
        for position in self._index.where[_key(value)]:
            own, around = self._index.stems[position], self._index.around[position]
            score = 0.0
            for unit, weight in weights:
                if not own.isdisjoint(unit):
                    score += weight * self._nearness(position, unit, _key(value))
                elif not around.isdisjoint(unit):
                    score += weight * ANYWHERE / 2
            yield score / total

    def _nearness(self, position: int, unit: Unit, value: str) -> float:
        """Return how near *unit* and *value* stand in a sentence, 1.0 for side by side."""
        printed, _ = self._printed(position)
        gaps = [abs(a - b) for a in printed.get(value, ()) for key in unit for b in printed.get(key, ())]
        return max(ANYWHERE, math.exp(-min(gaps) / REACH)) if gaps else ANYWHERE

    def _printed(self, position: int) -> tuple[dict[str, list[float]], frozenset[tuple[str, str]]]:
        """Return where in a sentence its stems and values stand, in words, and its pairs of numbers that go from one to the other."""
        known = self._sentences.get(position)
        if known is None:
            text = self._index.sentences[position].text
            at = word_places(text)
            places: dict[str, list[float]] = {}
            for word in _LETTERS.finditer(text):
                for stem in stems_of(word[0]):
                    places.setdefault(stem, []).append(at((word.start() + word.end()) // 2))
            spans = number_spans(text)
            for start, end, value in spans:
                places.setdefault(_key(value), []).append(at((start + end) // 2))
            ranges = frozenset((_key(a), _key(b)) for (_, i, a), (j, _, b) in pairwise(spans) if _UP_TO.fullmatch(text, i, j))
            known = self._sentences[position] = places, ranges
        return known


def _key(value: Decimal) -> str:
    return f"{VALUE}{value:f}"


def _is_power(text: str, start: int, end: int) -> bool:
    """Tell whether a number is the base or the exponent of a power, of which only the whole claims something."""
    return text[end : end + 1] == "^" or "^" in text[max(0, start - 2) : start]


def _touch(text: str, word: tuple[int, int], number: _Number) -> bool:
    """Tell whether nothing but a Chinese measure word stands between a word and a number."""
    return any(_TOUCH.fullmatch(text, end, start) for end, start in ((word[1], number[0]), (number[1], word[0])) if end <= start)


def _word_spans(text: str) -> Iterator[_Word]:
    """Yield the words of a line that tell something, in Latin letters or known Chinese ones, with the unit that each may stand for."""
    chinese = cjk_share(text) > 0
    for start, end, words in english_spans(text) if chinese else ():
        yield start, end, unit_of(words)
    for word in _LETTERS.finditer(text):
        if word[0].isascii() if chinese else (telling_words(word[0]) or not word[0].islower()):
            yield word.start(), word.end(), unit_of([word[0]])
