"""Terms of a paper that prints no keywords: phrases of title and abstract that the paper keeps using."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from offline_digest.language.likeness import STOP_WORDS

MOST = 6
LONGEST = 5  # words
_WORD = re.compile(r"(?<!\w)[^\W\d_][\w'’]*(?:-[\w'’]+)*")
_PUNCTUATION = re.compile(r"[^\w\s'’-]+")
_ADVERB = re.compile(r"(?<!anoma)(?<!fami)(?<!assemb)(?<!supp)(?<!rep)(?<!dai)(?<!ear)ly$")
_WEAK = STOP_WORDS | frozenset(
    "propose proposed present show shows result results method methods approach paper work study new novel different large small high low"
    " better best first second third number problem problems data set sets task tasks able well often several important current recent"
    " provide provides including significant significantly improve improved improves achieve achieves existing simple main way order given"
    " find further due within across towards toward via need needs make makes making without many various real world state-of-the-art"
    " introduction overview based novel towards additional particular general specific certain good great same own"
    " reduce reduces increase increases allow allows enable enables help helps yield yields train trained learn learned evaluate evaluated".split()
)


def extract_keywords(title: str, abstract: str, body: str) -> tuple[str, ...]:
    """Return up to six phrases, the weightiest first; empty when nothing recurs.

    Phrases of title and abstract are weighed by their C-value over the whole paper, doubled for those of the title; one that stands
    inside another chosen one is dropped. A single word must stand in the title.

    Source: Frantzi, Ananiadou and Mima (2000), automatic recognition of multi-word terms.
    """
    printed = {_folded(phrase): phrase for text in (abstract, title) for phrase in _phrases(text)}
    frequency = _count((title, abstract, body), printed)
    title_words = {_folded(phrase) for phrase in _phrases(title)}
    around: dict[str, list[str]] = {phrase: [] for phrase in printed}
    for longer in printed:
        if frequency[longer] > 1:
            for part in set(_runs(longer.split())) - {longer}:
                if part in around:
                    around[part].append(longer)
    weights: dict[str, float] = {}
    for phrase in printed:
        size = len(phrase.split())
        nested = sum(frequency[o] for o in around[phrase]) / len(around[phrase]) if around[phrase] else 0.0
        value = (math.log2(size) if size > 1 else _single_weight(printed[phrase])) * (frequency[phrase] - nested)
        if (
            frequency[phrase] >= (2 if phrase in title_words else 3)
            and value > 0
            and (size > 1 or (phrase in title_words and len(phrase) > 3))
        ):
            weights[phrase] = value * (2 if phrase in title_words else 1)
    chosen: list[str] = []
    for phrase in sorted(weights, key=lambda p: (-weights[p], p)):
        if all(f" {phrase} " not in f" {c} " and f" {c} " not in f" {phrase} " for c in chosen):
            chosen.append(phrase)
        if len(chosen) == MOST:
            break
    return tuple(printed[phrase] for phrase in chosen)


def _folded(phrase: str) -> str:
    """Return what a phrase and its plural have in common."""
    lower = phrase.lower()
    return lower[:-1] if len(lower) > 4 and lower.endswith("s") and not lower.endswith("ss") else lower


def _single_weight(word: str) -> float:
    """A single word is a term when it is written as a name; else it is mostly half of one."""
    return 0.5 if any(c.isupper() for c in word[1:]) else 0.04


def _count(texts: Iterable[str], printed: Collection[str]) -> Counter[str]:
    """Return how often each of the *printed* phrases stands in *texts*; a run is followed as far as one of them begins like it."""
    words = [phrase.split() for phrase in printed]
    beginnings = {" ".join(w[:n]) for w in words for n in range(1, len(w))}
    forms = {form: phrase for phrase in printed for form in (phrase, f"{phrase}s") if _folded(form) == phrase}
    frequency: Counter[str] = Counter()
    for run in (run for text in texts for run in _strong_runs(text)):
        lower = [word.lower() for word in run]
        for start, phrase in enumerate(lower):
            end = start + 1
            while True:
                if phrase in forms:
                    frequency[forms[phrase]] += 1
                if phrase not in beginnings or end == len(lower):
                    break
                phrase = f"{phrase} {lower[end]}"
                end += 1
    return frequency


def _phrases(text: str) -> list[str]:
    """Return the runs of neighbouring words that hold no weak word and cross no punctuation, every length up to `LONGEST`."""
    return [phrase for run in _strong_runs(text) for phrase in _runs(run)]


def _strong_runs(text: str) -> Iterator[list[str]]:
    """Yield the longest runs of neighbouring words that hold no weak word and cross no punctuation."""
    for clause in _PUNCTUATION.split(text):
        for is_strong, run in groupby(_WORD.findall(clause), key=_is_strong):
            if is_strong:
                yield list(run)


@lru_cache(maxsize=2**14)  # more than the vocabulary of a paper
def _is_strong(word: str) -> bool:
    """Tell whether *word* may stand in a term."""
    return len(word) > 1 and word.lower() not in _WEAK and not _ADVERB.search(word.lower())


def _runs(words: Sequence[str]) -> list[str]:
    """Return all runs of *words*, every length up to `LONGEST`."""
    return [" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, min(i + LONGEST, len(words)) + 1)]
