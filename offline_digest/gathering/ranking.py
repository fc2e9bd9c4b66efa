"""How close papers are to an interest, by the words they share with it.

Source: BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the inverse document frequency
that is never negative; k1 and b are the usual ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from offline_digest.language import folded_words
from offline_digest.language.bilingual import english_words
from offline_digest.language.likeness import STOP_WORDS

_K1 = 1.2
_B = 0.75
_STOP = frozenset(folded for word in STOP_WORDS for folded in folded_words(word)) | STOP_WORDS


def terms(text: str) -> list[str]:
    """Return the words of *text* that tell something; of Chinese, which is not parted into words, the pairs of neighbouring characters."""
    words = folded_words(text)
    alone = [len(word) == 1 and not word.isascii() for word in words]
    pairs = [words[i] + words[i + 1] for i in range(len(words) - 1) if alone[i] and alone[i + 1]]
    return [word for word, single in zip(words, alone, strict=True) if not single and word not in _STOP] + pairs


def interest_of(texts: Sequence[str]) -> dict[str, float]:
    """Return what *texts* are about: term → share of them that hold it. Common Chinese words also stand for their English ones."""
    found = Counter(term for text in texts for term in {*terms(text), *terms(" ".join(w for ws in english_words(text) for w in ws))})
    return {term: n / len(texts) for term, n in sorted(found.items())}


def scores(papers: Sequence[str], interest: Mapping[str, float]) -> list[float]:
    """Return how close each paper (title and abstract) is to *interest*: 0.0 where they share no term, higher is closer.

    Scores of papers that are ranked together can be compared, others cannot: how rare a term is follows from these papers.
    """
    bags = [Counter(terms(paper)) for paper in papers]
    lengths = [bag.total() for bag in bags]
    mean = sum(lengths) / len(bags) if bags else 0.0
    holding = Counter(term for bag in bags for term in bag)
    weights = {term: weight * math.log(1 + (len(bags) - holding[term] + 0.5) / (holding[term] + 0.5)) for term, weight in interest.items()}

    def score(bag: Counter[str], length: int) -> float:
        longness = _K1 * (1 - _B + _B * length / mean) if mean else _K1
        return math.fsum(weight * bag[t] * (_K1 + 1) / (bag[t] + longness) for t, weight in weights.items() if t in bag)

    return [score(bag, length) for bag, length in zip(bags, lengths, strict=True)]
