"""The user's own translations: `diffusion model` is always 扩散模型, said to the engine and looked for in what it wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST = 12  # pairs in one question: more would drown it

Pair = tuple[str, str]


def pairs_within(pairs: Sequence[Pair], text: str) -> tuple[Pair, ...]:
    """Return the pairs whose term occurs in *text*, the most frequent `MOST` of them, in the user's order."""
    found = {pair: n for pair in pairs if (n := len(_pattern(pair[0]).findall(text)))}
    chosen = sorted(found, key=lambda pair: -found[pair])[:MOST]
    return tuple(pair for pair in pairs if pair in chosen)


def untranslated(pairs: Sequence[Pair], text: str) -> tuple[Pair, ...]:
    """Return the pairs whose term *text* uses while their translation stands nowhere in it.

    `扩散模型（diffusion model）` is fine. A term inside a longer one that has its own translation is not looked at.
    """
    found: list[Pair] = []
    rest = text
    for term, translation in sorted(pairs, key=lambda pair: -len(pair[0])):
        before, rest = rest, _pattern(term).sub(" ", rest)
        if rest != before and translation not in text:
            found.append((term, translation))
    return tuple(found)


def worded(pairs: Sequence[Pair]) -> str:
    """Return pairs as a question says them."""
    return "；".join(f"{term} = {translation}" for term, translation in pairs)


def _pattern(term: str) -> re.Pattern[str]:
    """Match *term* as whole words, in any case, with or without a plural s, apart or hyphenated."""
    words = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", term.strip()))
    return re.compile(rf"(?<![A-Za-z0-9]){words}s?(?![A-Za-z0-9])", re.IGNORECASE)
