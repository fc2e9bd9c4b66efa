"""The engine without weights: for each field the paper's own best sentences.

It is the default where no model is at hand, and the fallback for every field a model fails. A sentence is ranked for a field by the
section it stands in, the field's cue words, its place in the paper and how central it is (cosine with the paper's centroid, as in
Radev et al. 2004). One that begins by naming what was said before is quoted with the sentence before it where both are short. No sentence serves
two fields: all fields are filled together, in a fixed order, whichever are asked for.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from offline_digest.engines.cues import ENGLISH, Cue, CueSet
from offline_digest.engines.cues_zh import CHINESE
from offline_digest.engines.protocol import WithoutProcess
from offline_digest.language import Lexicon, folded_words, is_chinese, is_quotable, numbers, unbroken, without_citations, words_in
from offline_digest.language.leaning import leads_in, names_earlier, stands_alone
from offline_digest.language.leftovers import leftovers
from offline_digest.language.likeness import cosine
from offline_digest.records import Answer, EngineInfo, Line, Passage, Progress, Question, Sentence

ABSTRACT = -1
EVERYTHING = 10**9
BEGINNING = 60  # characters: what is named later is mostly not what the sentence is about
OFTEN = 3  # sentences that use a name which the paper introduces as its own
ALIKE = 0.6  # cosine from which two sentences say the same
OPENING = 3  # words: a sentence that names something earlier among them says little without it
LONGEST = 60  # words of a sentence and the one before it together
ORDER = ("summary", "innovation", "performance", "workload", "significance", "results", "methods", "approach", "takeaways", "prior_work",
         "background")  # fmt: skip
WANTED = {"methods": 4, "takeaways": 6, "approach": 2, "results": 2, "background": 2, "prior_work": 2}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted: its text without reference marks, as it is and in lower case, vector, centrality and place (0.0 to 1.0).

    `own` tells how far it speaks of the authors' work: 1.0 where it begins with it, 0.5 where it mentions it; `cites` marks those that name
    other works, `numbers` those with figures, `lean` is what one loses that leans on the sentence before. Where one begins by naming what was said
    there, `before` is that sentence if the two can be quoted together; `lost` marks those that say little without it.
    """

    sentence: Sentence
    text: str
    lower: str
    vector: dict[str, float]
    centrality: float
    place: float
    own: float
    cites: bool
    words: float
    numbers: bool
    lean: float
    lost: bool
    before: Candidate | None

    @property
    def quoted(self) -> tuple[Candidate, ...]:
        """What is printed where this one is chosen."""
        return (self,) if self.before is None else (self.before, self)


class ExtractiveEngine(WithoutProcess):
    """Quotes the paper in its own language, English or Chinese; asked in English, as the one language of its questions."""

    def describe(self) -> EngineInfo:
        """Return the limits: the whole paper, its own language."""
        return EngineInfo(name="extractive", origin="extract", languages=("en",), passage_tokens=EVERYTHING)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count words: nothing here has tokens."""
        return [len(t.split()) for t in texts]

    def answer(
        self,
        passage: Passage,
        questions: Sequence[Question],
        progress: Callable[[Progress], None] | None = None,  # noqa: ARG002
    ) -> Iterator[Answer]:
        """Yield the best sentences for each question, in reading order; none where the paper has nothing fitting."""
        start = time.perf_counter()
        chosen = choose(passage)
        for question in questions:
            lines = chosen.get(question.field, ()) if question.language == "en" else ()
            lines = lines[: max(question.max_lines, WANTED.get(question.field, 1))]
            yield Answer(question=question, lines=lines, tokens=0, seconds=time.perf_counter() - start)


def choose(passage: Passage) -> dict[str, tuple[Line, ...]]:
    """Return field → quotations in reading order, no sentence twice; all in the language that most of the paper is written in."""
    chinese = is_chinese(" ".join(s.text for s in passage.sentences))
    cues = CHINESE if chinese else ENGLISH
    candidates = [c for c in _candidates(passage, cues) if is_chinese(c.text) is chinese]
    headings = {(c.sentence.heading, c.sentence.above) for c in candidates}
    used: list[Candidate] = []
    chosen: dict[str, tuple[Line, ...]] = {}
    for field in ORDER:
        cue = cues.fields[field]
        fitting = {h for h in headings if cue.sections.search(h[0].lower()) and not cue.outside.search(h[1].lower())}
        ranked = [(score, -c.sentence.position, c) for c in candidates if (score := _score(c, cue, fitting)) > cue.bar]
        picked: list[Candidate] = []
        for _, _, candidate in sorted(ranked, key=lambda x: x[:2], reverse=True):
            if len(picked) == WANTED.get(field, 1):
                break
            if not (candidate.lost and picked) and not _said(candidate, used, picked) and _may_stand(candidate, cue):
                picked.append(candidate)
        lines = _lines(picked, used)
        used += [c for quoted in lines for c in quoted]
        chosen[field] = tuple(_line(quoted) for quoted in lines)
    return chosen


def _said(candidate: Candidate, used: Sequence[Candidate], picked: Sequence[Candidate]) -> bool:
    """Tell whether another field or line says what *candidate* says, or the same figure stands in another line of its own."""
    others = [*used, *(c for other in picked for c in other.quoted)]
    return any(cosine(candidate.vector, other.vector) >= ALIKE for other in others) or any(
        not _figures(candidate.quoted).isdisjoint(_figures(other.quoted)) for other in picked
    )


def _figures(quoted: Iterable[Candidate]) -> set[Decimal]:
    """Return the numbers that two quotations hardly share by chance: those with decimals."""
    return {n for c in quoted for n in numbers(c.text) if n % 1}


def _lines(picked: Sequence[Candidate], used: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """Return the sentences of each line in reading order; none of them stands in another line, nor in an earlier field, those *used*."""
    told = [*used, *picked]
    lines: list[tuple[Candidate, ...]] = []
    for candidate in sorted(picked, key=lambda c: c.sentence.position):
        before = candidate.before
        new = before is not None and all(before is not c and cosine(before.vector, c.vector) < ALIKE for c in told)
        lines.append(candidate.quoted if new else (candidate,))
        told += lines[-1]
    return lines


def _line(quoted: Sequence[Candidate]) -> Line:
    return Line(text=unbroken("\n".join(c.text for c in quoted)), pages=tuple(dict.fromkeys(c.sentence.page for c in quoted)))


def _candidates(passage: Passage, cues: CueSet) -> list[Candidate]:
    """Return the sentences that can be quoted, each with its rank material."""
    lexicon = Lexicon(s.text for s in passage.sentences)
    about = lexicon.centroid()
    title = lexicon.vector(passage.title)
    known = frozenset(folded_words(passage.title))
    last = max((s.position for s in passage.sentences), default=0) or 1
    own = re.compile("|".join([cues.own.pattern, *(rf"\b{re.escape(name.lower())}\b" for name in sorted(own_names(passage)))]))
    ours = False  # an abstract that has come to the authors' work stays with it
    found: list[Candidate] = []
    seen: set[str] = set()
    for sentence, vector in zip(passage.sentences, lexicon.vectors, strict=True):
        text = without_citations(sentence.text)
        if text in seen or not is_quotable(text):
            continue
        seen.add(text)
        cites = text != " ".join(sentence.text.split())
        centrality = cosine(vector, about) + 0.5 * cosine(vector, title)
        lower = text.lower()
        ownness = _ownness(lower, own)
        ours = sentence.section == ABSTRACT and (ours or (ownness > 0 and not leftovers(text)))
        if not ownness and not cites and (ours or cues.closing.search(sentence.heading.lower())):
            ownness = 0.5
        earlier = names_earlier(text, known)
        before = _told_before(found[-1], sentence, words_in(text)) if earlier is not None and found else None
        lost = earlier is not None and before is None and not leads_in(text)
        found.append(
            Candidate(
                sentence=sentence,
                text=text,
                lower=lower,
                vector=vector,
                centrality=centrality,
                place=sentence.position / last,
                own=ownness,
                cites=cites,
                words=words_in(text),
                numbers=_FIGURE.search(text) is not None,
                lean=0.6 if not stands_alone(text) else 0.3 if lost else 0.0,
                lost=lost and earlier in range(OPENING),
                before=before,
            )
        )
    return found


def _told_before(last: Candidate, sentence: Sentence, words: float) -> Candidate | None:
    """Return *last* if it stands right before *sentence*, which has so many *words*, and can be quoted with it."""
    here, there = last.sentence, sentence
    beside = here.section == there.section and here.position == there.position - 1
    return last if beside and not last.lean and last.before is None and last.words + words <= LONGEST else None


def _may_stand(candidate: Candidate, cue: Cue) -> bool:
    """Tell whether nothing forbids a sentence for a field; asked last, for it costs most and rules out few of the best."""
    return not cue.never.search(candidate.lower) and not any(leftovers(c.text) for c in candidate.quoted)


def _ownness(lower: str, own: re.Pattern[str]) -> float:
    """Return how far a text in lower case speaks of the authors' work."""
    found = own.search(lower)
    return 0.0 if found is None else 1.0 if found.start() < BEGINNING else 0.5


_FIGURE = re.compile(r"(?<![^\W\u4e00-\u9fff])(?<![.-])(?!(?:19|20)\d\d(?:\b|年))\d")  # neither a year nor a part of a name
_NAME = r"[A-Za-z]*[A-Z][\w-]*[A-Z][\w-]*"
_NAMING = r"\b(?:[Ww]e|[Pp]aper|[Ww]ork) (?:\w+ ){0,3}?(?:propose|introduce|present|develop|call|name|dub)\w*"
_TITLE_NAME = re.compile(rf"(?:the )?({_NAME}|[A-Z][\w-]+)\s?:", re.ASCII)
_INTRODUCED = re.compile(
    rf"{_NAMING}(?: (?:it|this|the|an?|system|method|model|approach|called|new|novel))* ([A-Z][\w-]{{2,}})"
    rf"|{_NAMING}[^.]{{0,90}}?(?:\(({_NAME})\)|,? (?:the|called|named|dubbed) ([A-Z][\w-]{{2,}})[,.(])|\b[Oo]ur (?:[\w-]+ ){{1,4}}\(({_NAME})\)"
)


def own_names(passage: Passage) -> set[str]:
    """Return what the authors call their own thing: the name before the colon of the title, and names introduced with `we propose`."""
    title = _TITLE_NAME.match(passage.title)
    found = {title[1]} if title else set()
    for sentence in passage.sentences:
        found |= {name for m in _INTRODUCED.finditer(sentence.text) for name in m.groups() if name}
    return {name for name in found if sum(name in s.text for s in passage.sentences) >= OFTEN}


def _score(candidate: Candidate, cue: Cue, fitting: Container[tuple[str, str]]) -> float:
    """Return how well a sentence fits a field whose headings, each with those above it, are *fitting*; zero or less means not at all."""
    lower = candidate.lower
    in_abstract = candidate.sentence.section == ABSTRACT
    if cue.own and not candidate.own:
        return 0.0
    fits = not in_abstract and (candidate.sentence.heading, candidate.sentence.above) in fitting
    if cue.inside and not (fits or in_abstract) and candidate.sentence.heading:
        return 0.0
    if not all(p.search(lower) for p in cue.needs):
        return 0.0
    hits = len({m[0] for m in cue.cues.finditer(lower)})
    if not (fits or in_abstract or hits) and candidate.sentence.heading:
        return 0.0
    score = cue.central * candidate.centrality + 0.35 * min(hits, 3) + (0.6 if fits else 0.0)
    score += cue.abstract if in_abstract else 0.0
    score += 0.6 if cue.strong.search(lower) else 0.0
    score -= 0.5 if cue.against.search(lower) else 0.0
    score += cue.mine * candidate.own
    score += cue.cites if candidate.cites else 0.0
    score += cue.numbers if candidate.numbers else 0.0
    if cue.place is not None and not in_abstract:
        score += 0.5 * (1 - abs(candidate.place - cue.place))
    score -= 0.0 if 12 <= candidate.words <= 40 else 0.3
    score -= 1.0 if candidate.sentence.appendix else 0.0
    return score if candidate.before else score - candidate.lean
