"""Sections: the running text between headings, with the reference list, abstract, keywords and table of contents left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from offline_digest.reading import names
from offline_digest.reading.headings import Heading
from offline_digest.reading.names import any_of
from offline_digest.reading.order import Placed
from offline_digest.reading.paragraphs import paragraphs
from offline_digest.reading.spelling import Words
from offline_digest.records import Section

_OPENING = re.compile(r"introduction|einleitung|einführung|introducción|introdução|引 ?言|绪 ?论|前 ?言", re.IGNORECASE)
SHORTEST_OPENING = 300  # characters; less text before the first heading is what is left of the title block
_NOT_BODY = re.compile(
    rf"(?:{any_of(names.REFERENCES, names.CONTENTS)}|a ?b ?s ?t ?r ?a ?c ?t|摘 ?要|key ?words.*|关键词|index terms|ccs concepts|acm reference format"
    r"|categories and subject descriptors|general terms|significance(?: statement)?)$",
    re.IGNORECASE,
)


def make_sections(stream: Sequence[Placed], headings: Sequence[Heading], drop: frozenset[int], words: Words) -> tuple[Section, ...]:
    """Return the sections of the *stream*; lines at the indices in *drop* are left out."""
    out: list[Section] = []
    first = headings[0].first if headings else len(stream)
    before = paragraphs([p for i, p in enumerate(stream[:first]) if i not in drop], words)
    opens = bool(headings) and bool(_OPENING.match(headings[0].text))
    if before and not opens and (not headings or sum(len(p.text) for p in before) > SHORTEST_OPENING):
        out.append(Section(number=None, heading="", level=1, page=before[0].turns[0][1], paragraphs=before))
    for i, heading in enumerate(headings):
        if _NOT_BODY.match(heading.text):
            continue
        end = headings[i + 1].first if i + 1 < len(headings) else len(stream)
        inner = [stream[k] for k in range(heading.last + 1, end) if k not in drop]
        if heading.run_in:
            own = stream[heading.last]
            inner.insert(0, replace(own, line=replace(own.line, text=heading.run_in)))
        made = paragraphs(inner, words)
        if heading.first not in drop:
            out.append(Section(number=heading.number, heading=heading.text, level=heading.level, page=heading.page, paragraphs=made))
    return tuple(out)
