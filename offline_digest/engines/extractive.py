"""The engine without weights: for each field the paper's own best sentences.

It is the default where no model is at hand, and the fallback for every field a model fails. A sentence is ranked for a field by the
section it stands in, the field's cue words, its place in the paper and how central it is (cosine with the paper's centroid, as in
Radev et al. 2004). No sentence serves two fields: all fields are filled together, in a fixed order, whichever are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from offline_digest.engines.cues import CUES, Cue
from offline_digest.engines.protocol import WithoutProcess
from offline_digest.language import Lexicon, is_quotable, without_citations
from offline_digest.language.leftovers import leftovers
from offline_digest.language.likeness import cosine
from offline_digest.language.sentences import stands_alone
from offline_digest.records import Answer, EngineInfo, Line, Passage, Question, Sentence

EVERYTHING = 10**9
ALIKE = 0.6  # cosine from which two sentences say the same
ORDER = ("summary", "takeaways", "approach", "results", "background", "prior_work", "innovation", "significance", "performance", "workload",
         "methods")  # fmt: skip
WANTED = {"methods": 4, "takeaways": 6, "approach": 2, "results": 2, "background": 2, "prior_work": 2}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted: its text without reference marks, vector, centrality and place in the paper (0.0 to 1.0)."""

    sentence: Sentence
    text: str
    vector: dict[str, float]
    centrality: float
    place: float


class ExtractiveEngine(WithoutProcess):
    """Quotes the paper; English in, English out, whatever the paper's language says is printed there."""

    def describe(self) -> EngineInfo:
        """Return the limits: the whole paper, its own language."""
        return EngineInfo(name="extractive", origin="extract", languages=("en",), passage_tokens=EVERYTHING)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count words: nothing here has tokens."""
        return [len(t.split()) for t in texts]

    def answer(self, passage: Passage, questions: Sequence[Question]) -> Iterator[Answer]:
        """Yield the best sentences for each question, in reading order; none where the paper has nothing fitting."""
        start = time.perf_counter()
        chosen = choose(passage)
        for question in questions:
            picked = chosen.get(question.field, ()) if question.language == "en" else ()
            lines = tuple(
                Line(text=c.text, pages=(c.sentence.page,)) for c in picked[: max(question.max_lines, WANTED.get(question.field, 1))]
            )
            yield Answer(question=question, lines=lines, tokens=0, seconds=time.perf_counter() - start)


def choose(passage: Passage) -> dict[str, tuple[Candidate, ...]]:
    """Return field → sentences in reading order, no sentence twice."""
    candidates = _candidates(passage)
    used: list[Candidate] = []
    chosen: dict[str, tuple[Candidate, ...]] = {}
    for field in ORDER:
        ranked = sorted(((_score(c, CUES[field]), -c.sentence.position, c) for c in candidates), key=lambda x: x[:2], reverse=True)
        picked: list[Candidate] = []
        for score, _, candidate in ranked:
            if len(picked) == WANTED.get(field, 1) or score <= 0:
                break
            if all(cosine(candidate.vector, other.vector) < ALIKE for other in [*used, *picked]):
                picked.append(candidate)
        used += picked
        chosen[field] = tuple(sorted(picked, key=lambda c: c.sentence.position))
    return chosen


def _candidates(passage: Passage) -> list[Candidate]:
    """Return the sentences that can be quoted, each with its rank material."""
    lexicon = Lexicon(s.text for s in passage.sentences)
    about = lexicon.centroid()
    title = lexicon.vector(passage.title)
    last = max((s.position for s in passage.sentences), default=0) or 1
    found: list[Candidate] = []
    seen: set[str] = set()
    for sentence, vector in zip(passage.sentences, lexicon.vectors, strict=True):
        text = without_citations(sentence.text)
        if text in seen or not is_quotable(text) or leftovers(text):
            continue
        seen.add(text)
        centrality = cosine(vector, about) + 0.5 * cosine(vector, title)
        found.append(Candidate(sentence, text, vector, centrality, sentence.position / last))
    return found


def _score(candidate: Candidate, cue: Cue) -> float:
    """Return how well a sentence fits a field; zero or less means not at all."""
    lower = candidate.text.lower()
    in_abstract = candidate.sentence.section == -1
    hits = len({m.group() for m in cue.cues.finditer(lower)})
    fits = bool(cue.sections.search(candidate.sentence.heading.lower()))
    if not hits and (cue.needed or not (fits or in_abstract)):
        return 0.0
    score = candidate.centrality + 0.35 * min(hits, 3) + (0.6 if fits else 0.0)
    score += cue.abstract if in_abstract else 0.0
    score -= 0.5 if cue.against.search(lower) else 0.0
    if cue.place is not None and not in_abstract:
        score += 0.5 * (1 - abs(candidate.place - cue.place))
    if cue.numbers and any(c.isdigit() for c in candidate.text):
        score += cue.numbers
    words = len(candidate.text.split())
    score -= 0.0 if 12 <= words <= 40 else 0.3
    score -= 1.0 if candidate.sentence.appendix else 0.0
    return score if stands_alone(candidate.text) else score - 0.6
