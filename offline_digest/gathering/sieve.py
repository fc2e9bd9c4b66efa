r"""A cheap look at a line of a snapshot: can the row in it fit a topic? What cannot is never parsed.

A word that is found whole, in any form, leaves its beginning in the line as bytes, unless letters of it are written otherwise: outside ASCII, as
`\u00f6`, or in TeX. So a line without the bytes fails if it has none of these, and is folded first if it has. Nothing
that fits is lost (but for a word that TeX's citations or labels cut in two); what passes in vain is dropped by `choose`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from offline_digest.language import folded_letters, folded_words
from offline_digest.topics import Every, Query, Range, Some, Term, Topic, author_query, category_query, parse_query, word_query

# What must be in a line or text: of every clause one needle, in lower case.
Clauses = tuple[tuple[bytes, ...], ...]
_SLACK = timedelta(days=2)  # a row's update_date is never before its first version but for time zones
_NOT_A_LETTER = bytes(c for c in range(128) if not chr(c).isalnum())
_LETTER_ACCENT = re.compile(rb"\\\\[cvuhkr][ {]")  # `\c{c}`: a letter too many
_ESCAPES = re.compile(rb"\\u[0-9a-f]{4}(?:\\u[0-9a-f]{4})*")
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")


class Sieve:
    """Tells of lines and texts whether they can fit *topic*; *since* is the first day that counts."""

    def __init__(self, topic: Topic, since: date) -> None:
        queries = [parse_query(topic.query)] if topic.query else []
        queries += [Some(tuple(map(make, wanted))) for make, wanted in _wanted(topic) if wanted]
        self._since = (since - _SLACK).isoformat().encode()
        self._words = _clauses(queries, _word_needles)
        self._plain_words = tuple(tuple(needle for needle in needles if needle.isascii()) for needles in self._words)
        self._categories = _clauses(queries, _category_needles)

    def may_fit(self, line: bytes) -> bool:
        """Tell whether the row in *line* can fit."""
        place = line.rfind(b'"update_date"')
        if place >= 0 and b"0" < line[place + 13 : place + 30].lstrip(b' :"')[:10] < self._since:
            return False
        low = line.lower()
        if not _holds(low, self._categories):
            return False
        if self._may_hold(low):
            return True
        if b"\\u" in low:
            low = _ESCAPES.sub(_unescaped, low)
        elif low.isascii():
            return False
        return self._may_hold(low if low.isascii() else folded_letters(low.decode("utf-8", "replace")).encode("utf-8", "replace"))

    def _may_hold(self, low: bytes) -> bool:
        """Tell whether the words can be in a line in lower case, without accents but for TeX's, whose backslashes JSON doubles."""
        words = self._plain_words if low.isascii() else self._words
        if _holds(low, words):
            return True
        if b"\\\\" not in low:
            return False
        return _LETTER_ACCENT.search(low) is not None or _holds(low.translate(None, _NOT_A_LETTER), words)


def _unescaped(match: re.Match[bytes]) -> bytes:
    return _folded(match[0].decode())


@lru_cache(maxsize=2**12)
def _folded(escapes: str) -> bytes:
    """Return the letters that JSON's escapes stand for, folded."""
    return folded_letters(json.loads(f'"{escapes}"')).encode("utf-8", "replace")


def _wanted(topic: Topic) -> Sequence[tuple[Callable[[str], Query], tuple[str, ...]]]:
    return (category_query, topic.categories), (author_query, topic.authors), (word_query, topic.include)


def _holds(text: bytes, clauses: Clauses) -> bool:
    for needles in clauses:
        for needle in needles:
            if needle in text:
                break
        else:
            return False
    return True


def _clauses(queries: Sequence[Query], needles: Callable[[Term], tuple[bytes, ...]]) -> Clauses:
    return tuple(clause for query in queries for clause in _of(query, needles))


def _of(query: Query, needles: Callable[[Term], tuple[bytes, ...]]) -> Clauses:
    """Return what a row that fits *query* surely holds; empty when nothing is sure."""
    match query:
        case Every(parts):
            return _clauses(parts, needles)
        case Some(parts):
            best = [max(_of(part, needles), key=_sharpness, default=()) for part in parts]
            return (tuple(dict.fromkeys(needle for clause in best for needle in clause)),) if all(best) else ()
        case Range():
            return ()
    found = needles(query)
    return (found,) if found else ()


def _sharpness(clause: tuple[bytes, ...]) -> int:
    return min(map(len, clause))


def _word_needles(term: Term) -> tuple[bytes, ...]:
    """Return what a text that holds *term* holds as bytes: its longest word, of an author any word, for the others may be initials."""
    if term.field in ("cat", "id", "jr", "rn") or "*" in term.text or "?" in term.text:
        return ()
    words = [_stem(word) for word in folded_words(term.text.replace("_", " ") if term.field == "au" else term.text)]
    if not words or not all(words):
        return ()
    return tuple(dict.fromkeys(words)) if term.field in ("au", "all") else (max(words, key=len),)


def _stem(word: str) -> bytes:
    """Return the beginning that every form of a folded word has; nothing for letters that TeX has commands for."""
    if not word.isascii() and not _CHINESE.fullmatch(word):
        return b""
    return (word[:-1] if word.endswith("y") else word).encode()


def _category_needles(term: Term) -> tuple[bytes, ...]:
    """Return how a category may stand in a list of them, whether one string or many."""
    if term.field != "cat":
        return ()
    wanted = term.text.lower().encode()
    head = re.split(rb"[*?]", wanted)[0]
    if head != wanted:
        return tuple(before + head for before in (b'"', b" "))
    return tuple(before + wanted + after for before in (b'"', b" ") for after in (b'"', b" "))
