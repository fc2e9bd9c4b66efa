"""Terms of a paper that prints no keywords: phrases of title and abstract that the body keeps using."""

from __future__ import annotations

import re
from collections import Counter

from offline_digest.language.likeness import STOP_WORDS

MOST = 6
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_WEAK = STOP_WORDS | frozenset(
    "propose proposed present show results result method methods approach paper work study new novel different large small high low better best "
    "first second number problem problems model models data set task tasks performance able well often several important current recent "
    "provide provides including significant significantly improve improved achieve achieves existing simple main way order given find"
    " further due within across towards toward via need needs make makes making without many various".split()
)


def extract_keywords(title: str, abstract: str, body: str) -> tuple[str, ...]:
    """Return up to six phrases of one to three words, the weightiest first; empty when nothing recurs.

    A phrase counts by how often it occurs in the whole paper, times its length in words, doubled when the title has it; single words
    must stand in the title. Phrases inside a chosen one are dropped.
    """
    everything = f"{title}. {abstract}. {body}".lower()
    candidates = Counter(_phrases(f"{title}. {abstract}"))
    scores: dict[str, float] = {}
    for phrase in candidates:
        lower, words = phrase.lower(), phrase.split()
        in_title = lower in title.lower()
        times = len(re.findall(rf"(?<!\w){re.escape(lower)}(?!\w)", everything))
        if times >= 3 and (len(words) > 1 or (in_title and len(phrase) > 3)):
            scores[phrase] = times * len(words) * (2 if in_title else 1)
    chosen: list[str] = []
    for phrase in sorted(scores, key=lambda p: (-scores[p], p)):
        lower = phrase.lower()
        if all(lower not in c.lower() and c.lower() not in lower for c in chosen):
            chosen.append(phrase)
    return tuple(chosen[:MOST])


def _phrases(text: str) -> list[str]:
    """Return the runs of one to three neighbouring words that neither begin nor end with a weak word and cross no punctuation."""
    found: list[str] = []
    for clause in re.split(r"[^\w\s'’-]+", text):
        words = _WORD.findall(clause)
        for size in (1, 2, 3):
            for i in range(len(words) - size + 1):
                run = words[i : i + size]
                if all(w.lower() not in _WEAK and len(w) > 1 for w in run) and not run[-1].lower().endswith(("ly", "ing")):
                    found.append(" ".join(run))
    return found
