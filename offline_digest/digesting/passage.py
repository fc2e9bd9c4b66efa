"""Which part of a paper the engine gets to read: all of it if it fits, else the best sentences of every section, never a cut."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from offline_digest.language import Lexicon, sentence_spans
from offline_digest.language.likeness import cosine
from offline_digest.records import Coverage, Paper, Passage, Section, SectionRead, Sentence

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
LEAD_BONUS = 0.15


def sentences_of(paper: Paper, abstract: str | None) -> tuple[Sentence, ...]:
    """Return the sentences of abstract and body in reading order, without acknowledgements and the like."""
    found: list[Sentence] = []

    def add(section: int, heading: str, page: int, text: str, *, above: str = "", appendix: bool = False) -> None:
        text = " ".join(text.split())
        found.append(Sentence(text=text, section=section, heading=heading, page=page, position=len(found), above=above, appendix=appendix))

    for start, end in sentence_spans(abstract or ""):
        add(ABSTRACT, "Abstract", paper.abstract_page or 1, (abstract or "")[start:end])
    open_sections: list[Section] = []
    for index, section in enumerate(paper.sections):
        open_sections = [s for s in open_sections if s.level < section.level]
        above = " / ".join(s.heading for s in open_sections)
        open_sections.append(section)
        if _NOT_CONTENT.search(section.heading):
            continue
        appendix = _is_appendix(section, paper.references_page)
        for paragraph in section.paragraphs:
            for start, end in sentence_spans(paragraph.text):
                add(index, section.heading, paragraph.page_at(start), paragraph.text[start:end], above=above, appendix=appendix)
    return tuple(found)


def abstract_of(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Return the abstract's sentences alone, without a heading: the title and they are all that is read."""
    return tuple(s.model_copy(update={"heading": ""}) for s in sentences if s.section == ABSTRACT)


def _is_appendix(section: Section, references_page: int | None) -> bool:
    """Tell whether *section* stands behind the references or is lettered as appendices are."""
    behind = references_page is not None and section.page > references_page
    # IEEE papers letter the subsections of their body, too.
    lettered = re.fullmatch(r"[A-H]" if section.level == 1 else r"[A-H](?:\.\d+)+", section.number or "") is not None
    return behind or lettered or section.heading.lower().startswith("appendi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a budget is divided.

    Attributes:
        title: The title, cut where it would take more than a quarter of the budget.
        lengths: Tokens of each sentence, by position.
        headings: Tokens of each section's heading, by section.
        abstract: Positions of the abstract's sentences that are read: a beginning, up to half of the budget.
        sizes: Tokens of each section of the body, heading included.
        shares: Tokens that each section of the body may take.
    """

    title: str
    lengths: tuple[int, ...]
    headings: dict[int, int]
    abstract: frozenset[int]
    sizes: dict[int, int]
    shares: dict[int, int]

    @property
    def too_long(self) -> dict[int, int]:
        """Sections of the body that cannot be read whole, with the tokens they may take."""
        return {section: share for section, share in self.shares.items() if share < self.sizes[section]}


def plan_passage(title: str, sentences: Sequence[Sentence], count: Count, budget_tokens: int) -> Plan:
    """Divide *budget_tokens* among abstract and sections.

    A section's share grows with the root of its length, is double for sections whose heading promises the paper's core, and a quarter
    for appendices; what a short section does not need goes to the others.
    """
    title, room = _fitting_title(title, count, budget_tokens)
    lengths = tuple(n + 1 for n in count([s.text for s in sentences])) if sentences else ()
    firsts = [next(group) for _, group in groupby(sentences, key=lambda s: s.section)]
    headings = {s.section: n + 4 for s, n in zip(firsts, count([s.heading for s in firsts]), strict=True)} if firsts else {}
    sizes = {s.section: headings[s.section] for s in firsts if s.section != ABSTRACT}
    for sentence in sentences:
        if sentence.section != ABSTRACT:
            sizes[sentence.section] += lengths[sentence.position]
    weights = {s.section: sizes[s.section] ** 0.5 * _importance(s) for s in firsts if s.section != ABSTRACT}
    abstract = [s for s in sentences if s.section == ABSTRACT]
    needed = room - sum(sizes.values())
    opening = _opening(abstract, lengths, max(needed, room // 2 if sizes else room) - headings.get(ABSTRACT, 0))
    room -= sum(lengths[p] for p in opening) + (headings[ABSTRACT] if opening else 0)
    return Plan(title=title, lengths=lengths, headings=headings, abstract=opening, sizes=sizes, shares=_shares(sizes, weights, room))


def choose_passage(title: str, sentences: Sequence[Sentence], count: Count, budget_tokens: int) -> Passage:
    """Return the sentences an engine gets.

    Args:
        title: The paper's title.
        sentences: All sentences, in reading order, their positions counting from 0.
        count: Token lengths of strings, in the engine's tokens.
        budget_tokens: What the passage may take, headings included.

    Returns:
        All sentences when they fit. Otherwise the beginning of the abstract, and each section whole or its most central sentences, in
        reading order.
    """
    plan = plan_passage(title, sentences, count, budget_tokens)
    if not plan.too_long:
        return Passage(title=plan.title, sentences=tuple(s for s in sentences if s.section != ABSTRACT or s.position in plan.abstract))
    scores = _scores(sentences)
    kept = set(plan.abstract)
    spare = 0
    for section, share in plan.shares.items():
        members = [s for s in sentences if s.section == section]
        best = _best(members, scores, plan.lengths, share - plan.headings[section])
        kept |= best
        spare += share - sum(plan.lengths[p] for p in best) - (plan.headings[section] if best else 0)
    # What the shares left over goes to the best sentences of the sections that are there anyway.
    there = {s.section for s in sentences if s.position in kept and not s.appendix and s.section != ABSTRACT}
    kept |= _best([s for s in sentences if s.section in there and s.position not in kept], scores, plan.lengths, spare)
    return Passage(title=plan.title, sentences=tuple(s for s in sentences if s.position in kept))


def coverage(sentences: Sequence[Sentence], passage: Passage, offered: Sequence[Sentence] | None = None) -> Coverage:
    """Return how each section of the paper stands in the passage.

    Args:
        sentences: The paper's own sentences.
        passage: What the engine got.
        offered: What the passage was chosen from, where a model condensed some sections; None: the paper's own sentences.
    """
    there = Counter((s.section, s.condensed) for s in passage.sentences)
    whole = Counter((s.section, s.condensed) for s in (sentences if offered is None else offered))
    own = Counter(s.section for s in sentences)
    sections: list[SectionRead] = []
    condensed = 0
    for section, group in groupby(sentences, key=lambda s: s.section):
        members = list(group)
        quoted, written = there[section, False], there[section, True]
        how: Literal["whole", "condensed", "in_part", "left_out"] = "in_part"
        if quoted == own[section]:
            how = "whole"
        elif not quoted + written:
            how = "left_out"
        elif written == whole[section, True] and not whole[section, False]:
            how = "condensed"
            condensed += own[section]
        sections.append(SectionRead(heading=members[0].heading, pages=(members[0].page, members[-1].page), read=how))
    return Coverage(
        sections=tuple(sections),
        sentences_read=sum(not s.condensed for s in passage.sentences),
        sentences_condensed=condensed,
        sentences=len(sentences),
    )


def _fitting_title(title: str, count: Count, budget_tokens: int) -> tuple[str, int]:
    """Return the title, cut where it would take more than a quarter of the budget, and the tokens left for sentences."""
    words = title.split()
    if count([title])[0] > budget_tokens // 4:
        starts = [" ".join(words[:n]) for n in range(len(words))]
        title = [start for start, n in zip(starts, count(starts), strict=True) if n <= budget_tokens // 4 or not start][-1] if words else ""
    return title, budget_tokens - count([title])[0] - 8


def _scores(sentences: Sequence[Sentence]) -> list[float]:
    """Return how central each sentence is; the first of a section tells what it is about."""
    lexicon = Lexicon(s.text for s in sentences)
    about = lexicon.centroid()
    scores = [cosine(v, about) for v in lexicon.vectors]
    for _, group in groupby(sentences, key=lambda s: s.section):
        scores[next(group).position] += LEAD_BONUS
    return scores


def _importance(first: Sentence) -> float:
    """Return the weight of the section that begins with *first*."""
    return 0.25 if first.appendix else 2.0 if _KEY_SECTION.search(first.heading) else 1.0


def _opening(members: Sequence[Sentence], lengths: Sequence[int], room: int) -> frozenset[int]:
    """Return the positions of the first sentences, as many as fit *room* tokens."""
    kept: list[int] = []
    for sentence in members:
        room -= lengths[sentence.position]
        if room < 0:
            break
        kept.append(sentence.position)
    return frozenset(kept)


def _shares(sizes: Mapping[int, int], weights: Mapping[int, float], room: int) -> dict[int, int]:
    """Divide *room* tokens by *weights*, none getting more than its size; section → tokens, in the order of *sizes*."""
    open_sections = dict(sizes)
    shares = dict.fromkeys(sizes, 0)
    while open_sections and room > 0:
        unit = room / sum(weights[s] for s in open_sections)
        full = [s for s, size in open_sections.items() if size <= unit * weights[s]]
        if not full:
            return shares | {s: int(unit * weights[s]) for s in open_sections}
        for section in full:
            shares[section] = open_sections.pop(section)
            room -= shares[section]
    return shares


def _best(members: Sequence[Sentence], scores: Sequence[float], lengths: Sequence[int], room: int) -> set[int]:
    """Return the positions of the highest-scoring sentences that fit *room* tokens."""
    kept: set[int] = set()
    for sentence in sorted(members, key=lambda s: (-scores[s.position], s.position)):
        if lengths[sentence.position] <= room:
            kept.add(sentence.position)
            room -= lengths[sentence.position]
    return kept
