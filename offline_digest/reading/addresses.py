"""Affiliations that are not in the title block: footnotes of page 1, and the addresses that close a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from offline_digest.reading.bylines import PLACE, parts_without_net
from offline_digest.reading.footnotes import begins_with_mark
from offline_digest.reading.values import Line

_MARK = re.compile(r"^(?:[∗*†‡§¶⋆⋄□♠♣]+|\d{1,2}(?=[A-Z ]))\s*")
_IS_WITH = re.compile(r"\b(?:is|are|was|were) (?:also )?with (?:the )?(.+?)(?=\s*\(?e-?mail|\.\s+[A-Z]|;|\.?$)", re.IGNORECASE)
_CORRESPONDENCE = re.compile(r"\.?\s*\bCorrespond\w*", re.IGNORECASE)
_MAIL = re.compile(r"e-?mail(?: address(?:es)?)?\b", re.IGNORECASE)


def footnote_affiliations(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the affiliations among the footnote *lines* of page 1, in order.

    Notes begin at marks; where a note says that somebody `is with` an institution, the institution is taken out of the sentence.
    """
    found: dict[str, None] = {}
    for sentence in _IS_WITH.finditer(" ".join(li.text for li in lines)):
        if is_address(sentence[1]):
            found.setdefault(_trim(sentence[1]))
    if not found:
        for note in _notes(lines):
            text = _CORRESPONDENCE.split(note)[0]
            if is_address(text):
                found.setdefault(_trim(text))
    return tuple(found)


def _notes(lines: Sequence[Line]) -> list[str]:
    """Cut footnote lines at their marks."""
    notes = [""]
    for line in lines:
        for i, part in enumerate(parts_without_net(line)):
            if part.marked or (i == 0 and begins_with_mark(line)):
                notes.append("")
            notes[-1] = f"{notes[-1]} {_MARK.sub('', part.text)}".strip()
        if line.text.endswith(","):
            notes[-1] += ","
    return notes


def closing_affiliations(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the addresses printed above an `E-mail address:` line on the last page."""
    out = []
    for i, line in enumerate(lines):
        if not _MAIL.match(line.text):
            continue
        taken: list[str] = []
        for above in reversed(lines[:i]):
            if _MAIL.match(above.text) or above.box[3] < line.box[1] - 3.2 * line.size * (len(taken) + 1) or len(taken) == 3:
                break
            taken.insert(0, above.text)
            if PLACE.search(above.text) and not re.match(r"[a-z]", above.text):
                break
        out.append(" ".join(taken))
    mails = [i for i, line in enumerate(lines) if _MAIL.match(line.text)]
    if mails:  # the last author may give no address of the net
        out.append(" ".join(li.text for li in lines[mails[-1] + 1 : mails[-1] + 4]))
    return tuple(_trim(text) for text in out if is_address(text))


def is_address(text: str) -> bool:
    """Whether *text* is an institution rather than a remark."""
    return (
        bool(PLACE.search(text))
        and len(text) < 260
        and not re.search(r"\b(we|our|this|paper|contribut\w+|supported)\b", text, re.IGNORECASE)
    )


def _trim(text: str) -> str:
    return re.sub(r"\s+", " ", re.split(r"\s*\b[Ee]-?mail|;\s*$", text)[0]).strip(" ,;.")
