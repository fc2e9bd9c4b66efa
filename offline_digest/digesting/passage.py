"""Which part of a paper the engine gets to read: all of it if it fits, else the best sentences of every section, never a cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from offline_digest.language import Lexicon, sentence_spans
from offline_digest.language.likeness import cosine
from offline_digest.records import Coverage, Paper, Passage, Section, Sentence

ABSTRACT = -1
Count = Callable[[Sequence[str]], list[int]]

_NOT_CONTENT = re.compile(
    r"\backnowledge?m|\breferences\b|\bbibliography|^funding(?: sources?| information| statement)?$|\bauthors?(?:'s|s'|s’|’s)? contributions?"
    r"|^contributions? of (?:the )?authors?"
    r"|\bconflicts? of interests?"
    r"|\b(?:competing|declarations? of) interests?|^ethic|\bdisclaimer|\bbroader impacts?\b|\bdata availability|\bavailability of (?:data|code)"
    r"|\bsupplementa(?:ry|l) (?:materials?|information|data)\b|^supplements?$|^(?:table of )?contents$|\breproducibility (?:statement|checklist)|\bchecklist$"
    r"|\borcid|^biograph",
    re.IGNORECASE,
)
_KEY_SECTION = re.compile(r"introduc|conclu|discussion|summary|method|approach|model|result|experiment|evaluation|abstract", re.IGNORECASE)
LEAD_BONUS = 0.15  # the first sentence of a section tells what it is about


def sentences_of(paper: Paper, abstract: str | None) -> tuple[Sentence, ...]:
    """Return the sentences of abstract and body in reading order, without acknowledgements and the like."""
    found: list[Sentence] = []

    def add(section: int, heading: str, page: int, text: str, *, appendix: bool = False) -> None:
        text = " ".join(text.split())
        found.append(Sentence(text=text, section=section, heading=heading, page=page, position=len(found), appendix=appendix))

    for start, end in sentence_spans(abstract or ""):
        add(ABSTRACT, "Abstract", paper.abstract_page or 1, (abstract or "")[start:end])
    for index, section in enumerate(paper.sections):
        if _NOT_CONTENT.search(section.heading):
            continue
        appendix = _is_appendix(section, paper.references_page)
        for paragraph in section.paragraphs:
            for start, end in sentence_spans(paragraph.text):
                add(index, section.heading, paragraph.page_at(start), paragraph.text[start:end], appendix=appendix)
    return tuple(found)


def _is_appendix(section: Section, references_page: int | None) -> bool:
    """Tell whether *section* stands behind the references or is lettered as appendices are."""
    behind = references_page is not None and section.page > references_page
    # IEEE papers letter the subsections of their body, too.
    lettered = re.fullmatch(r"[A-H]" if section.level == 1 else r"[A-H](?:\.\d+)+", section.number or "") is not None
    return behind or lettered or section.heading.lower().startswith("appendi")


def choose_passage(title: str, sentences: Sequence[Sentence], count: Count, budget_tokens: int) -> Passage:
    """Return the sentences an engine gets.

    Args:
        title: The paper's title.
        sentences: All sentences, in reading order.
        count: Token lengths of strings, in the engine's tokens.
        budget_tokens: What the passage may take, headings included.

    Returns:
        All sentences when they fit. Otherwise the abstract up to half of the budget, and from each section its most central sentences, in
        reading order; a section's share grows with the root of its length, is double for sections whose heading promises the paper's
        core, and a quarter for appendices. A title longer than a quarter of the budget is cut behind a word.
    """
    title, room = _fitting_title(title, count, budget_tokens)
    if not sentences:
        return Passage(title=title, sentences=())
    lengths = [n + 1 for n in count([s.text for s in sentences])]
    firsts = _firsts(sentences)
    headings = {s.section: n + 4 for s, n in zip(firsts, count([s.heading for s in firsts]), strict=True)}
    if sum(lengths) + sum(headings.values()) <= room:
        return Passage(title=title, sentences=tuple(sentences))
    scores = _scores(sentences, firsts)
    abstract = [s for s in sentences if s.section == ABSTRACT]
    body = [s for s in sentences if s.section != ABSTRACT]
    kept = _opening(abstract, lengths, (room // 2 if body else room) - headings.get(ABSTRACT, 0))
    room -= sum(lengths[p] for p in kept) + (headings[ABSTRACT] if kept else 0)
    for section, share in _shares(body, lengths, room).items():
        best = _best([s for s in body if s.section == section], scores, lengths, share - headings[section])
        room -= sum(lengths[p] for p in best) + (headings[section] if best else 0)
        kept |= best
    # What the shares left over goes to the best sentences of the sections that are there anyway, and then to the abstract.
    there = {s.section for s in body if s.position in kept and not s.appendix}
    more = _best([s for s in body if s.section in there and s.position not in kept], scores, lengths, room)
    room -= sum(lengths[p] for p in more)
    kept |= more
    if any(s.position in kept for s in abstract):
        kept |= _opening(abstract, lengths, room + sum(lengths[s.position] for s in abstract if s.position in kept))
    return Passage(title=title, sentences=tuple(s for s in sentences if s.position in kept))


def coverage(sentences: Sequence[Sentence], passage: Passage) -> Coverage:
    """Return which sections the passage holds whole, in part and not at all."""
    read = {s.position for s in passage.sentences}
    kinds: dict[str, list[str]] = {"whole": [], "in_part": [], "left_out": []}
    for _, group in groupby(sentences, key=lambda s: s.section):
        members = list(group)
        hits = sum(s.position in read for s in members)
        kind = "whole" if hits == len(members) else "in_part" if hits else "left_out"
        kinds[kind].append(members[0].heading)
    return Coverage(
        whole=tuple(kinds["whole"]),
        in_part=tuple(kinds["in_part"]),
        left_out=tuple(kinds["left_out"]),
        sentences_read=len(read),
        sentences=len(sentences),
    )


def _fitting_title(title: str, count: Count, budget_tokens: int) -> tuple[str, int]:
    """Return the title, cut where it would take more than a quarter of the budget, and the tokens left for sentences."""
    words = title.split()
    if count([title])[0] > budget_tokens // 4:
        starts = [" ".join(words[:n]) for n in range(len(words))]
        title = [start for start, n in zip(starts, count(starts), strict=True) if n <= budget_tokens // 4 or not start][-1] if words else ""
    return title, budget_tokens - count([title])[0] - 8


def _scores(sentences: Sequence[Sentence], firsts: Sequence[Sentence]) -> list[float]:
    """Return how central each sentence is."""
    lexicon = Lexicon(s.text for s in sentences)
    about = lexicon.centroid()
    scores = [cosine(v, about) for v in lexicon.vectors]
    for first in firsts:
        scores[first.position] += LEAD_BONUS
    return scores


def _opening(members: Sequence[Sentence], lengths: Sequence[int], room: int) -> set[int]:
    """Return the positions of the first sentences, as many as fit *room* tokens."""
    kept: set[int] = set()
    for sentence in members:
        room -= lengths[sentence.position]
        if room < 0:
            break
        kept.add(sentence.position)
    return kept


def _firsts(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return the first sentence of each section."""
    return [next(group) for _, group in groupby(sentences, key=lambda s: s.section)]


def _shares(body: Sequence[Sentence], lengths: Sequence[int], room: int) -> dict[int, int]:
    """Divide *room* tokens among the sections of the body."""
    weights: dict[int, float] = {}
    for section, group in groupby(body, key=lambda s: s.section):
        members = list(group)
        size = sum(lengths[s.position] for s in members)
        weights[section] = size**0.5 * (0.25 if members[0].appendix else 2 if _KEY_SECTION.search(members[0].heading) else 1)
    total = sum(weights.values()) or 1
    return {section: int(room * weight / total) for section, weight in weights.items()}


def _best(members: Sequence[Sentence], scores: Sequence[float], lengths: Sequence[int], room: int) -> set[int]:
    """Return the positions of the highest-scoring sentences that fit *room* tokens."""
    kept: set[int] = set()
    for sentence in sorted(members, key=lambda s: (-scores[s.position], s.position)):
        if lengths[sentence.position] <= room:
            kept.add(sentence.position)
            room -= lengths[sentence.position]
    return kept
