"""Affiliations that are not in the title block: footnotes of page 1, and the addresses that close a paper."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from offline_digest.reading.bylines import parts_without_net
from offline_digest.reading.footnotes import begins_with_mark
from offline_digest.reading.persons import PLACE, is_name, split_names
from offline_digest.reading.remarks import is_remark
from offline_digest.reading.values import Line

_MARK = re.compile(r"^(?:[∗*†‡§¶⋆⋄□♠♣]+|\d{1,2}(?=[A-Z ]))\s*")
_IS_WITH = re.compile(
    r"\b(?:is|are|was|were) (?:also )?with (?:the )?(.+?)(?=\s*\(?e-?mail|\s*(?:\{[^}]*\}|\S+)@|\.\s+[A-Z]|;|\.?$)", re.IGNORECASE
)
_CORRESPONDENCE = re.compile(r"\.?\s*\bCorrespond\w*", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:current|present|permanent) address", re.IGNORECASE)
_SENTENCE_WORD = re.compile(r"\b(we|our|this|paper|supported)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<![A-Z])\.\s+(?=[A-Z])")
_MAIL = re.compile(r"e-?mail(?: address(?:es)?)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: whether it holds an address of the net, and whether a figure is its mark."""

    text: str
    reachable: bool = False
    counted: bool = False


def footnote_affiliations(lines: Sequence[Line], authors: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the affiliations among the footnote *lines* of page 1, in order.

    Notes begin at marks, or with the name of one of the *authors* on a line of its own; where a note says that somebody `is with` an
    institution, the institution is taken out of the sentence. With somebody's address of the net, or in a list that counts institutions,
    names of any kind are an institution.
    """
    found: dict[str, None] = {}
    for sentence in _IS_WITH.finditer(" ".join(f";{li.text}" if begins_with_mark(li) else li.text for li in lines)):
        if is_address(sentence[1]):
            found.setdefault(_trim(sentence[1]))
    if not found:
        notes = _notes(lines, {name.split()[-1].lower() for name in authors})
        texts = [". ".join(s for s in _SENTENCE.split(_CORRESPONDENCE.split(n.text)[0]) if not _is_said(s)) for n in notes]
        counted = [is_address(text) for text, n in zip(texts, notes, strict=True) if n.counted]
        listed = 2 * sum(counted) > len(counted)  # most of what is counted are institutions: so are the others
        for text, note in zip(texts, notes, strict=True):
            named = _is_proper(text) and ((note.reachable and len(text.split()) > 1) or (note.counted and listed))
            if is_address(text) or named:
                found.setdefault(_trim(text))
    return tuple(found)


def listed_affiliations(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the affiliations that a paper lists at its end, each behind the raised mark that its authors carry on page 1."""
    for i, line in enumerate(lines):
        mark = next(s for s in line.spans if s.text.strip())
        if not begins_with_mark(line) or mark.text.strip() not in {"1", "a"}:
            continue
        found = itertools.takewhile(is_address, (note.text for note in _notes(lines[i:]) if note.text))
        taken = tuple(map(_trim, found))
        if taken:
            return taken
    return ()


def _notes(lines: Sequence[Line], surnames: Collection[str] = ()) -> list[Note]:
    """Cut footnote lines at their marks and at lines that hold but names of persons with *surnames*."""
    notes = [Note("")]
    for line in lines:
        names = split_names(line.text)
        named = bool(names) and all(is_name(n) and n.split()[-1].lower() in surnames for n in names)
        for i, part in enumerate(parts_without_net(line)):
            mark = _MARK.match(part.text)
            if part.mark or (i == 0 and (named or begins_with_mark(line))):
                notes.append(Note("", counted=(part.mark or (mark[0].strip() if mark else "")).isdigit()))
            if not named:
                notes[-1] = replace(notes[-1], text=_joined(notes[-1].text, _MARK.sub("", part.text)))
        ending = "," if line.text.endswith(",") else ""
        notes[-1] = replace(notes[-1], text=notes[-1].text + ending, reachable=notes[-1].reachable or "@" in line.text)
    return notes


def _joined(above: str, below: str) -> str:
    return above[:-1] + below if above.endswith(("-", "\xad")) and below[:1].islower() else f"{above} {below}".strip()


def closing_affiliations(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the addresses printed above an `E-mail address:` line on the last page."""
    out = []
    lines = [li for li in lines if not _ELSEWHERE.match(li.text)]
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
        out.append(reduce(_joined, taken, ""))
    mails = [i for i, line in enumerate(lines) if _MAIL.match(line.text)]
    if mails:  # the last author may give no address of the net
        out.append(" ".join(li.text for li in lines[mails[-1] + 1 : mails[-1] + 4]))
    return tuple(_trim(text) for text in out if is_address(text))


def is_address(text: str) -> bool:
    """Whether *text* is an institution rather than a remark."""
    return bool(PLACE.search(text)) and len(text) < 260 and not _is_said(text)


def _is_said(text: str) -> bool:
    """Whether a footnote tells something rather than names an institution."""
    return bool(_SENTENCE_WORD.search(text)) or is_remark(text)


def _is_proper(text: str) -> bool:
    """Whether *text* is made of names: its long words have capitals."""
    long = re.findall(r"[^\W\d_]{4,}", text)
    return len(text) < 120 and bool(long) and all(w[0].isupper() for w in long)


def _trim(text: str) -> str:
    text = re.sub(r"\s+", " ", re.split(r"\s*\b[Ee]-?mail|;\s*$", text)[0]).strip(" ,;.")
    return text if text.count("(") == text.count(")") else text.strip(" ,;.()")
