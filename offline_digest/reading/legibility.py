"""Whether the text layer of a paper can be read at all: fonts without a character mapping give letters that make no words."""

from __future__ import annotations

import re
from collections.abc import Iterable

FEWEST_WORDS = 300
SMALLEST_SHARE = 0.04
_COMMON = frozenset(["the", "of", "and", "a", "to", "in", "is", "we", "for", "that", "with"])
_WORD = re.compile(r"[^\W\d_]+")


def legibility_warnings(texts: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence when hardly any of the commonest English words occurs in *texts*.

    Running English has them in a quarter to a third of its words, tables and formulas in a tenth.
    """
    words = [word.lower() for text in texts for word in _WORD.findall(text)]
    if len(words) < FEWEST_WORDS or sum(word in _COMMON for word in words) >= SMALLEST_SHARE * len(words):
        return ()
    return ("Hardly any English words were found: the paper is in another language, or its text layer is broken.",)
