"""Sections too long for the passage, condensed by the engine itself: it reads each of them and writes a few lines in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from offline_digest.digesting.fields import SECTION
from offline_digest.digesting.passage import Count, plan_passage
from offline_digest.records import Line, Passage, Sentence

LINE_TOKENS = 45  # a line of the wished length in a model's tokens; a section with less room is not worth asking about

Ask = Callable[[Passage, int], Sequence[Line]]


def condense(title: str, sentences: Sequence[Sentence], count: Count, budget_tokens: int, ask: Ask) -> tuple[Sentence, ...]:
    """Return what a passage can be chosen from: sections that fit as they are, and lines in place of those that do not.

    A section is read in pieces of at most *budget_tokens*. Where the engine writes nothing that can be printed, the piece's own sentences
    stay, to be chosen from.

    Args:
        title: The paper's title.
        sentences: All sentences, in reading order.
        count: Token lengths of strings.
        budget_tokens: The longest passage that the engine takes.
        ask: Given a piece and the most lines wanted, returns the engine's lines that passed, each with the pages that support it.
    """
    plan = plan_passage(title, sentences, count, budget_tokens)
    offered: list[Sentence] = []
    for section, group in groupby(sentences, key=lambda s: s.section):
        members = list(group)
        room = plan.too_long.get(section, 0)
        if room < LINE_TOKENS:
            offered += members
            continue
        limit = budget_tokens - count([plan.title])[0] - plan.headings[section] - 8
        pieces = list(_pieces(members, plan.lengths, limit))
        wanted = min(SECTION.max_lines, max(SECTION.min_lines, room // LINE_TOKENS // len(pieces)))
        for piece in pieces:
            fits = all(plan.lengths[s.position] <= limit for s in piece)
            lines = ask(Passage(title=plan.title, sentences=piece), wanted) if fits else ()
            offered += [_written(line, piece[0]) for line in lines] or piece
    return tuple(s.model_copy(update={"position": i}) for i, s in enumerate(offered))


def _pieces(members: Sequence[Sentence], lengths: Sequence[int], limit: int) -> Iterator[tuple[Sentence, ...]]:
    """Yield runs of neighbouring sentences of at most *limit* tokens; a longer sentence is a run of its own."""
    piece: list[Sentence] = []
    size = 0
    for sentence in members:
        if piece and size + lengths[sentence.position] > limit:
            yield tuple(piece)
            piece, size = [], 0
        piece.append(sentence)
        size += lengths[sentence.position]
    if piece:
        yield tuple(piece)


def _written(line: Line, first: Sentence) -> Sentence:
    """Return a line as a sentence of the section that *first* belongs to."""
    return first.model_copy(update={"text": line.text, "page": line.pages[0], "condensed": True})
