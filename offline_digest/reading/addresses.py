"""Affiliations that are not in the title block: footnotes of page 1, and the addresses that close a paper."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from functools import reduce

from offline_digest.reading.bylines import parts_without_net
from offline_digest.reading.footnotes import begins_with_mark
from offline_digest.reading.persons import PLACE, split_names
from offline_digest.reading.values import Line

_MARK = re.compile(r"^(?:[∗*†‡§¶⋆⋄□♠♣]+|\d{1,2}(?=[A-Z ]))\s*")
_IS_WITH = re.compile(
    r"\b(?:is|are|was|were) (?:also )?with (?:the )?(.+?)(?=\s*\(?e-?mail|\s*(?:\{[^}]*\}|\S+)@|\.\s+[A-Z]|;|\.?$)", re.IGNORECASE
)
_CORRESPONDENCE = re.compile(r"\.?\s*\bCorrespond\w*", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:current|present|permanent) address", re.IGNORECASE)
_MAIL = re.compile(r"e-?mail(?: address(?:es)?)?\b", re.IGNORECASE)


def footnote_affiliations(lines: Sequence[Line], authors: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the affiliations among the footnote *lines* of page 1, in order.

    Notes begin at marks, or with the name of one of the *authors* on a line of its own; where a note says that somebody `is with` an
    institution, the institution is taken out of the sentence. With somebody's address of the net, names of any kind are an institution.
    """
    found: dict[str, None] = {}
    for sentence in _IS_WITH.finditer(" ".join(f";{li.text}" if begins_with_mark(li) else li.text for li in lines)):
        if is_address(sentence[1]):
            found.setdefault(_trim(sentence[1]))
    if not found:
        surnames = {name.split()[-1].lower() for name in authors}
        for note, reachable in _notes(lines, surnames):
            text = _CORRESPONDENCE.split(note)[0]
            if is_address(text) or (reachable and _is_proper(text)):
                found.setdefault(_trim(text))
    return tuple(found)


def listed_affiliations(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the affiliations that a paper lists at its end, each behind the raised mark that its authors carry on page 1."""
    for i, line in enumerate(lines):
        mark = next(s for s in line.spans if s.text.strip())
        if not begins_with_mark(line) or mark.text.strip() not in {"1", "a"}:
            continue
        found = itertools.takewhile(is_address, (note for note, _ in _notes(lines[i:]) if note))
        taken = tuple(map(_trim, found))
        if taken:
            return taken
    return ()


def _notes(lines: Sequence[Line], surnames: Collection[str] = ()) -> list[tuple[str, bool]]:
    """Cut footnote lines at their marks and at names; each note comes with whether it holds an address of the net."""
    notes, reachable = [""], [False]
    for line in lines:
        names = split_names(line.text)
        named = bool(names) and all(n.split()[-1].lower() in surnames for n in names)
        for i, part in enumerate(parts_without_net(line)):
            if part.marked or (i == 0 and (named or begins_with_mark(line))):
                notes.append("")
                reachable.append(False)
            if not named:
                notes[-1] = _joined(notes[-1], _MARK.sub("", part.text))
        reachable[-1] |= "@" in line.text
        if line.text.endswith(","):
            notes[-1] += ","
    return list(zip(notes, reachable, strict=True))


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
    return (
        bool(PLACE.search(text))
        and len(text) < 260
        and not re.search(r"\b(we|our|this|paper|contribut\w+|supported)\b", text, re.IGNORECASE)
    )


def _is_proper(text: str) -> bool:
    """Whether *text* is made of names: its long words have capitals."""
    long = re.findall(r"[^\W\d_]{4,}", text)
    return len(text) < 120 and len(text.split()) > 1 and bool(long) and all(w[0].isupper() for w in long)


def _trim(text: str) -> str:
    return re.sub(r"\s+", " ", re.split(r"\s*\b[Ee]-?mail|;\s*$", text)[0]).strip(" ,;.")
