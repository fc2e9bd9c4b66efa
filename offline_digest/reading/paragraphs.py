"""Paragraphs: joining the lines of the running text, over columns and pages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from offline_digest.reading.order import Placed
from offline_digest.reading.spelling import Words, join_lines
from offline_digest.reading.values import Line
from offline_digest.records import Paragraph

MOST_TITLE_WORDS = 10
_ENDED = re.compile(r"[.?!:。？！：][\"'”’)\]]*(?:\s*\[[\d, –-]+\])?$")
_BULLET = re.compile(r"[•▪◦‣∙●■–]\s*\S")
_ITEM = re.compile(r"(?:[•▪◦‣∙●■–]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")


def paragraphs(stream: Sequence[Placed], words: Words) -> tuple[Paragraph, ...]:
    """Return the paragraphs that the lines of *stream* make up."""
    groups: list[list[Placed]] = []
    for placed in stream:
        if groups and not begins_paragraph(groups[-1], placed):
            groups[-1].append(placed)
        else:
            groups.append([placed])
    made = (_paragraph(g, words) for g in groups)
    return tuple(p for p in made if p is not None)


def begins_paragraph(group: Sequence[Placed], placed: Placed) -> bool:
    """Whether *placed* is the first line of a paragraph, after the lines of *group*."""
    last, line = group[-1].line, placed.line
    ended = bool(_ENDED.search(last.text))
    starts_low = line.text[:1].islower()
    if placed.flow != group[-1].flow or line.page != last.page:
        if not ended:
            return False
        short = last.box[2] < group[-1].column.right - 3 * last.size
        return short or _indented(placed) or bool(_ITEM.match(line.text))
    if starts_low and not _ITEM.match(line.text):
        return False
    gap = line.box[1] - last.box[3]
    if gap > 1.1 * line.size:
        return ended or gap > 2.5 * line.size
    step = line.box[0] - last.box[0]
    if _BULLET.match(line.text) or (_ITEM.match(line.text) and (ended or abs(step) > 0.4 * line.size)):
        return True
    if ended and 0.6 * line.size < step < 4 * line.size:
        return True
    if ended and gap > 0.45 * line.size:
        return True
    return ended and last.box[2] < placed.column.right - 4 * last.size and line.box[0] <= placed.column.left + 4 * line.size


def _indented(placed: Placed) -> bool:
    return 0.6 * placed.line.size < placed.line.box[0] - placed.column.left < 4 * placed.line.size


def _paragraph(group: Sequence[Placed], words: Words) -> Paragraph | None:
    text, starts = join_lines([p.line.text for p in group], words)
    if sum(c.isalpha() for c in text) < 3:
        return None
    lead = run_in_title(group[0].line)
    if lead and text.startswith(lead):
        text, starts = f"{lead}.{text[len(lead) :]}", tuple(start + 1 for start in starts)
    turns: list[tuple[int, int]] = []
    for placed, start in zip(group, starts, strict=True):
        if not turns or turns[-1][1] != placed.line.page:
            turns.append((start if turns else 0, placed.line.page))
    return Paragraph(text=text, turns=tuple(turns))


def run_in_title(line: Line) -> str:
    """Return the bold words that open a paragraph as its title without a full stop of their own, empty when there are none.

    Without a stop they would run into the first sentence: `Optimizing Attention Many variants have been introduced`.
    """
    inked = [s for s in line.spans if s.text.strip()]
    bold = list(itertools.takewhile(lambda s: s.bold, inked))
    if not bold or len(bold) == len(inked) or line.bold:
        return ""
    lead, rest = " ".join("".join(s.text for s in bold).split()), inked[len(bold)].text.strip()
    title_like = lead[:1].isupper() and lead[-1:].isalnum() and len(lead) > 3 and len(lead.split()) <= MOST_TITLE_WORDS
    return lead if title_like and rest[:1].isupper() else ""
