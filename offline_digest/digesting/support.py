"""On which pages of the paper a written line rests: found in the text, never asked of the model.

Source of the bounds: 43 paraphrases and 24 false claims about seven papers. A cosine of 0.2 alone ties 42 and 10 of them, and 62 of 364
paraphrases to a paper they do not tell of; with both bounds it is 39, 0 and 1. Words tell what a claim is about, not whether it is denied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from offline_digest.language import Lexicon, cjk_share, latin_terms, numbers, sentence_spans
from offline_digest.language.likeness import STOP_WORDS, content_words, cosine
from offline_digest.records import Line, Sentence

SUPPORT = "support"
ALIKE = 0.22  # below this cosine no sentence really supports an English one
SAID = 0.55  # nor does one that has less than this share of its content words
SHARED = 2  # a Chinese sentence needs so many Latin terms or numbers in common with one sentence
MOST_PAGES = 3
_STEM = 6  # letters
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|e|ly|y)$")


class Support:
    """Finds the sentences of one paper that a line says again."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences
        self._lexicon = Lexicon(s.text for s in sentences)
        self._marks = [_marks(s.text) for s in sentences]
        self._stems = [_stems(s.text) for s in sentences]

    def tie(self, text: str) -> Line:
        """Return *text* with the pages of the sentences that support its own best, in order; none where nothing supports it."""
        found = [self._best(text[a:b]) for a, b in sentence_spans(text)]
        best: dict[int, float] = {}
        for page, score in filter(None, found):
            best[page] = max(score, best.get(page, 0.0))
        return Line(text=text, pages=tuple(sorted(sorted(best, key=lambda page: (-best[page], page))[:MOST_PAGES])))

    def judges(self, text: str) -> bool:
        """Tell whether *text* holds enough to be compared: a Chinese line without names and numbers does not."""
        return cjk_share(text) == 0 or len(_marks(text)) >= SHARED

    def _best(self, text: str) -> tuple[int, float] | None:
        """Return page and score of the sentence that supports *text* best."""
        marks, stems = _marks(text), _stems(text)
        # Of a Chinese line only what is printed in Latin letters can be compared with an English paper.
        foreign = cjk_share(text) > 0
        vector = self._lexicon.vector(" ".join(sorted(marks)) if foreign else text)
        best: tuple[int, float] | None = None
        for sentence, other, their_marks, their_stems in zip(self._sentences, self._lexicon.vectors, self._marks, self._stems, strict=True):
            likeness = cosine(vector, other)
            shared = len(marks & their_marks)
            score = likeness + 0.1 * shared
            said = len(stems & their_stems) / len(stems) if stems else 0.0
            supports = shared >= SHARED if foreign else likeness >= ALIKE and said >= SAID
            if supports and (best is None or score > best[1]):
                best = sentence.page, score
        return best


def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of the content words: `compute`, `computed` and `computation` are one."""
    return frozenset(_ENDING.sub("", word)[:_STEM] for word in content_words(text))


def _marks(text: str) -> frozenset[str]:
    """Return what two languages have in common: words in Latin letters that carry meaning, and numbers."""
    words = {t.lower().rstrip("s") for t in latin_terms(text) if len(t) > 1 and t.lower() not in STOP_WORDS}
    return frozenset(words | {f"{n:f}" for n in numbers(text, written_from=11)})
