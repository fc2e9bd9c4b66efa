"""On which page of the paper a written line rests: found in the text, never asked of the model."""

from __future__ import annotations

from collections.abc import Sequence

from offline_digest.language import Lexicon, latin_terms, numbers
from offline_digest.language.likeness import cosine
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
        vector = self._lexicon.vector(text)
        marks = _marks(text)
        best_page, best_score = 0, 0.0
        for sentence, other, theirs in zip(self._sentences, self._lexicon.vectors, self._marks, strict=True):
            likeness = cosine(vector, other)
            shared = len(marks & theirs)
            score = likeness + 0.1 * shared
            if (likeness >= ALIKE or shared >= SHARED) and score > best_score:
                best_page, best_score = sentence.page, score
        return Line(text=text, pages=(best_page,) if best_page else ())


def _marks(text: str) -> frozenset[str]:
    """Return what two languages have in common: Latin terms that look like names, and numbers."""
    names = {t.lower() for t in latin_terms(text) if any(c.isupper() or c.isdigit() for c in t[1:])}
    return frozenset(names | {str(n) for n in numbers(text, written_from=11)})
