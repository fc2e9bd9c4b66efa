"""On which page of the paper a written line rests: found in the text, never asked of the model."""

from __future__ import annotations

from collections.abc import Sequence

from offline_digest.language import Lexicon, cjk_share, latin_terms, numbers
from offline_digest.language.likeness import STOP_WORDS, cosine
from offline_digest.records import Line, Sentence

ALIKE = 0.2  # below this cosine no sentence really supports an English line
SHARED = 2  # a Chinese line needs so many Latin terms or numbers in common with one sentence


class Support:
    """Finds the sentence of one paper that a line says again."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences
        self._lexicon = Lexicon(s.text for s in sentences)
        self._marks = [_marks(s.text) for s in sentences]

    def tie(self, text: str) -> Line:
        """Return *text* with the page of its best supporting sentence, with no page where nothing supports it well enough."""
        marks = _marks(text)
        # Of a Chinese line only what is printed in Latin letters can be compared with an English paper.
        foreign = cjk_share(text) > 0
        vector = self._lexicon.vector(" ".join(sorted(marks)) if foreign else text)
        best_page, best_score = 0, 0.0
        for sentence, other, theirs in zip(self._sentences, self._lexicon.vectors, self._marks, strict=True):
            likeness = cosine(vector, other)
            shared = len(marks & theirs)
            score = likeness + 0.1 * shared
            if (shared >= SHARED if foreign else likeness >= ALIKE) and score > best_score:
                best_page, best_score = sentence.page, score
        return Line(text=text, pages=(best_page,) if best_page else ())


def _marks(text: str) -> frozenset[str]:
    """Return what two languages have in common: words in Latin letters that carry meaning, and numbers."""
    words = {t.lower().rstrip("s") for t in latin_terms(text) if len(t) > 1 and t.lower() not in STOP_WORDS}
    return frozenset(words | {f"{n:f}" for n in numbers(text, written_from=11)})
