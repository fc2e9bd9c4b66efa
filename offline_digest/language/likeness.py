"""How alike two texts are, by the words they share, weighted by how rare those words are in one paper."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from itertools import chain

STOP_WORDS = frozenset(
    "a an the and or but if of in on at to for from by with without as is are was were be been being it its this that these those we our us "
    "they their them he she his her you your i which who whom whose what when where how why than then so such not no nor can could may might "
    "will would shall should must do does did done has have had having also only more most very much many some any each both other into over "
    "under between among through during after before above below up down out about against while because until there here all one two however "
    "using used use based via per et al".split()
)
_CJK_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\d_]{2,}|\d+(?:\.\d+)?")


@lru_cache(maxsize=2**10)  # more than the sentences of most papers, each of which is asked for by several stages
def content_words(text: str) -> tuple[str, ...]:
    """Return the words that carry meaning, lower case, plural s cut off, in order."""
    return tuple(filter(None, map(_meaning, _WORD.findall(text))))


@lru_cache(maxsize=2**14)  # more than the vocabulary of a paper
def _meaning(word: str) -> str:
    """Return *word* in lower case without its plural s, nothing for one that carries no meaning."""
    word = word.lower()
    if word in STOP_WORDS:
        return ""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


class Lexicon:
    """The vocabulary of one paper: how rare each word is, and each sentence as a weighted vector; Chinese by pairs of characters.

    Source: term weighting as in Salton and Buckley (1988), logarithmic frequency times inverse sentence frequency, cosine normalised.
    """

    def __init__(self, sentences: Iterable[str]) -> None:
        bags = [Counter(_terms(s)) for s in sentences]
        seen = Counter(chain.from_iterable(bags))
        self._idf = {word: math.log(1 + len(bags) / n) for word, n in seen.items()}
        self._unknown = math.log(1 + len(bags))
        self.vectors = [self._weighted(bag) for bag in bags]

    def vector(self, text: str) -> dict[str, float]:
        """Return *text* as word → weight, of length 1 (empty for a text without content words)."""
        return self._weighted(Counter(_terms(text)))

    def _weighted(self, bag: Counter[str]) -> dict[str, float]:
        raw = {word: (1 + math.log(n)) * self._idf.get(word, self._unknown) for word, n in bag.items()}
        norm = math.sqrt(sum(v * v for v in raw.values()))
        return {word: v / norm for word, v in raw.items()} if norm else {}

    def centroid(self) -> dict[str, float]:
        """Return the normalised sum of all sentences: what the paper is about."""
        total: Counter[str] = Counter()
        for vector in self.vectors:
            for word, weight in vector.items():
                total[word] += weight  # type: ignore[assignment] # Counter of floats: only its missing-is-zero is used
        norm = math.sqrt(sum(v * v for v in total.values()))
        return {word: v / norm for word, v in total.items()} if norm else {}


def cosine(a: dict[str, float], b: dict[str, float]) -> float:
    """Return the cosine of two vectors of length 1, 0.0 to 1.0."""
    if len(a) > len(b):
        a, b = b, a
    return sum(weight * b[word] for word, weight in a.items() if word in b)


def overlap(a: Set[str], b: Set[str], *, least: int = 1) -> float:
    """Return the share of the smaller of two sets of `content_units` that the other has too, 0.0 to 1.0; 0.0 where it has under *least*."""
    small = min(len(a), len(b))
    return len(a & b) / small if small >= least else 0.0


def content_units(text: str) -> frozenset[str]:
    """Return the distinct content words, in Chinese, which has no spaces, the pairs of neighbouring characters."""
    return frozenset(_terms(text))


def _terms(text: str) -> Sequence[str]:
    """Return the content words in order, behind the pairs of neighbouring characters of what is Chinese."""
    if text.isascii():
        return content_words(text)
    pairs = [run[i : i + 2] for run in _CJK_RUN.findall(text) for i in range(len(run) - 1)]
    return [*pairs, *content_words(_CJK_RUN.sub(" ", text))] if pairs else content_words(text)
