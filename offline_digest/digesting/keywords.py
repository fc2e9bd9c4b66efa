"""Terms of a paper that prints no keywords: phrases of title and abstract that the paper keeps using."""

from __future__ import annotations

import math
import re
from collections import Counter

from offline_digest.language.likeness import STOP_WORDS

MOST = 6
LONGEST = 5  # words
_WORD = re.compile(r"(?<!\w)[^\W\d_][\w'’]*(?:-[\w'’]+)*")
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
    frequency = Counter(_folded(phrase) for text in (title, abstract, body) for phrase in _phrases(text))
    printed = {_folded(phrase): phrase for text in (abstract, title) for phrase in _phrases(text)}
    title_words = {_folded(phrase) for phrase in _phrases(title)}
    around = {phrase: [o for o in printed if o != phrase and f" {phrase} " in f" {o} " and frequency[o] > 1] for phrase in printed}
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
    return tuple(printed[phrase] for phrase in chosen[:MOST])


def _folded(phrase: str) -> str:
    """Return what a phrase and its plural have in common."""
    lower = phrase.lower()
    return lower[:-1] if len(lower) > 4 and lower.endswith("s") and not lower.endswith("ss") else lower


def _single_weight(word: str) -> float:
    """A single word is a term when it is written as a name; else it is mostly half of one."""
    return 0.5 if any(c.isupper() for c in word[1:]) else 0.04


def _phrases(text: str) -> list[str]:
    """Return the runs of neighbouring words that hold no weak word and cross no punctuation, every length up to `LONGEST`."""
    found: list[str] = []
    for clause in re.split(r"[^\w\s'’-]+", text):
        run: list[str] = []
        for word in [*_WORD.findall(clause), ""]:
            if word and word.lower() not in _WEAK and len(word) > 1 and not _ADVERB.search(word.lower()):
                run.append(word)
                continue
            found += [" ".join(run[i:j]) for i in range(len(run)) for j in range(i + 1, min(i + LONGEST, len(run)) + 1)]
            run = []
    return found
