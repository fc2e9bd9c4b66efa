"""On which pages of the paper a written line rests: found in the text, never asked of the model.

A line becomes units (`index`), and a sentence supports the line when it has enough of their weight; what only its neighbours in the section
have counts half, for a line often sums up two sentences.

Source of the bounds: `docs/measurements.md`. Words tell what a claim is about, not whether it is denied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offline_digest.digesting.glossary import Pair
from offline_digest.digesting.index import VALUE, Index, Unit
from offline_digest.language import cjk_share, sentence_spans
from offline_digest.records import Line, Sentence

SUPPORT = "support"
SAID = {"en": 0.5, "zh": 0.6}  # of a line's weight; the looser words of the second language need more
FEWEST = 3  # units in the supporting sentence itself; a number, which means the same in every language, counts twice
NEIGHBOUR = 0.5
MOST_PAGES = 3
_ROUNDING = 1e-9  # more than what the order of a sum changes


class Support:
    """Finds the sentences of one paper that a line says again; `index` tells what stands where in it.

    Args:
        sentences: The paper's, in reading order.
        glossary: The user's translations, which stand for their terms in Chinese lines.
    """

    def __init__(self, sentences: Sequence[Sentence], glossary: Sequence[Pair] = ()) -> None:
        self.index = Index(sentences, glossary)

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
        weights = {unit: self.index.weight(unit) for unit in sorted(self.index.units(text))}
        total = sum(weights.values())
        bar = SAID["zh" if cjk_share(text) else "en"] * total
        own = [0.0] * len(self.index.sentences)
        for unit, weight in weights.items():
            for position in self.index.holding(unit):
                own[position] += weight
        best: tuple[float, int] | None = None  # score, and position counted down
        for position in sorted((p for p, weight in enumerate(own) if weight), key=own.__getitem__, reverse=True):
            if own[position] + NEIGHBOUR * (total - own[position]) < (best[0] if best else bar) - _ROUNDING:
                break
            told, near = self._told(position, weights)
            score = own[position] + NEIGHBOUR * near
            if told >= FEWEST and score >= bar and (best is None or (score, -position) > best):
                best = score, -position
        return (self.index.sentences[-best[1]].page, best[0]) if best else None

    def _told(self, position: int, weights: Mapping[Unit, float]) -> tuple[int, float]:
        """Return how many units a sentence has, a number counted twice, and the weight of those that it has not, but its neighbours."""
        own, around = self.index.stems[position], self.index.around[position]
        told, near = 0, 0.0
        for unit, weight in weights.items():
            if not own.isdisjoint(unit):
                told += 2 if unit[0][0] == VALUE else 1
            elif not around.isdisjoint(unit):
                near += weight
        return told, near
