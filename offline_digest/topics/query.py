"""arXiv's query syntax as a value: read from what a user wrote, built from a topic, and written out again.

    query := term | range | "(" query ")" | query AND query | query ANDNOT query | query OR query
    term  := [field ":"] word | [field ":"] '"' words '"'
    range := ("submittedDate" | "lastUpdatedDate") ":[" YYYYMMDDHHMM "TO" YYYYMMDDHHMM "]"     times in GMT

Source: arXiv API User's Manual, section 5.1 (fields, operators, dates). It names no precedence, so AND and OR side by side without
parentheses are refused here, as are words side by side without an operator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast
from urllib.parse import unquote_plus

Field = Literal["all", "ti", "au", "abs", "co", "jr", "cat", "rn", "id"]
FIELDS: tuple[Field, ...] = ("all", "ti", "au", "abs", "co", "jr", "cat", "rn", "id")
DATES = ("submittedDate", "lastUpdatedDate")
_OPERATORS = ("AND", "OR", "ANDNOT")
_DEEPEST = 50  # nested parentheses; nobody writes more, and Python's stack holds far more
_TOKEN = re.compile(
    r"\s*(?:(?P<bracket>[()])|(?:(?P<field>[A-Za-z]+):)?(?:\"(?P<phrase>[^\"]*)\"|\[(?P<range>[^\]]*)\]|(?P<word>[^\s()\"\[\]:]+)))"
)
_BARE = re.compile(r"\w[\w.*?-]*")  # what has no meaning of its own in Lucene, whose syntax this is part of
_RANGE = re.compile(r"\s*(\d{8}(?:\d{4})?)\s+TO\s+(\d{8}(?:\d{4})?)\s*")
_ESCAPED = re.compile(r"\+(?:AND|OR|ANDNOT)\+|%2[0289]", re.IGNORECASE)


class QuerySyntaxError(ValueError):
    """A query that cannot be read; the message says where and what to write instead."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase looked for in one field."""

    field: Field
    text: str

    def __str__(self) -> str:
        bare = _BARE.fullmatch(self.text) and self.text not in _OPERATORS
        return f"{self.field}:{self.text}" if bare else f'{self.field}:"{self.text}"'


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` to `end`, both included, `YYYYMMDDHHMM` in GMT."""

    field: str
    start: str
    end: str

    def __str__(self) -> str:
        return f"{self.field}:[{self.start} TO {self.end}]"


@dataclass(frozen=True, slots=True)
class Every:
    """All of `parts` and none of `without`; at least one part, and two in all."""

    parts: tuple[Query, ...]
    without: tuple[Query, ...] = ()

    def __str__(self) -> str:
        return " ANDNOT ".join([" AND ".join(map(_grouped, self.parts)), *map(_grouped, self.without)])


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of `parts`, of which there are two or more."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " OR ".join(map(_grouped, self.parts))


Query = Term | Range | Every | Some


def every(parts: list[Query], without: list[Query]) -> Query:
    """Return *parts* and not *without* as the simplest query; there must be a part."""
    return parts[0] if len(parts) == 1 and not without else Every(tuple(parts), tuple(without))


def some(parts: list[Query]) -> Query:
    """Return *parts*, of which there must be one, as alternatives."""
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def day_range(field: str, since: date, until: date) -> Range:
    """Return the range from the first minute of *since* to the last of *until*."""
    return Range(field, f"{since:%Y%m%d}0000", f"{until:%Y%m%d}2359")


def parse_query(text: str) -> Query:
    """Read a query; what was copied out of a URL (`ti:%22a+b%22+AND+cat:cs.CV`) is decoded first.

    Raises:
        QuerySyntaxError: It is none.
    """
    text = unquote_plus(text) if _ESCAPED.search(text) else text
    reader = _Reader(text)
    query = reader.chain(0)
    if reader.token is not None:
        raise QuerySyntaxError(f"a parenthesis is closed that was never opened, before {reader.rest!r}")
    return query


def has_field(text: str) -> bool:
    """Tell whether a wanted word names a field itself (`ti:survey`)."""
    return text.startswith(tuple(f"{field}:" for field in FIELDS))


class _Reader:
    """Reads one query from left to right; `token` is the next one, None at the end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.rest = text
        self.token: re.Match[str] | None = None
        self._advance()

    def _advance(self) -> None:
        self.rest = self._text[self._position :].strip()
        if not self.rest:
            self.token = None
            return
        self.token = _TOKEN.match(self._text, self._position)
        if self.token is None:
            raise QuerySyntaxError(f"nothing that can be read at {self.rest[:40]!r}; quotation marks and brackets come in pairs")
        self._position = self.token.end()

    def _operator(self) -> str | None:
        token = self.token
        return token["word"] if token and token["word"] in _OPERATORS and token["field"] is None else None

    def chain(self, depth: int) -> Query:
        """Read operands up to the end or a closing parenthesis."""
        parts, without, alternatives = [self._operand(depth)], list[Query](), False
        while self.token is not None and self.token["bracket"] != ")":
            operator = self._operator()
            if operator is None:
                raise QuerySyntaxError(f"AND, OR or ANDNOT is missing before {self.rest[:40]!r}; words that belong together are quoted")
            if len(parts) + len(without) > 1 and alternatives != (operator == "OR"):
                raise QuerySyntaxError(f"OR stands beside AND or ANDNOT without parentheses, at {self.rest[:40]!r}")
            alternatives = operator == "OR"
            self._advance()
            (without if operator == "ANDNOT" else parts).append(self._operand(depth))
        return some(parts) if alternatives else every(parts, without)

    def _operand(self, depth: int) -> Query:
        token = self.token
        if token is None or self._operator() or token["bracket"] == ")":
            raise QuerySyntaxError(f"a word is missing before {self.rest[:40]!r}" if self.rest else "a word is missing at its end")
        if token["bracket"] == "(":
            return self._group(depth + 1)
        self._advance()
        if token["range"] is not None or token["field"] in DATES:
            return _range(token)
        field = token["field"] or "all"
        if field not in FIELDS:
            raise QuerySyntaxError(f"there is no field {field!r}; known: {', '.join((*FIELDS, *DATES))}")
        words = " ".join((token["word"] or token["phrase"] or "").split())
        if not any(c.isalnum() for c in words):
            raise QuerySyntaxError(f"there is no word in {token[0].strip()!r}")
        return Term(cast("Field", field), words)

    def _group(self, depth: int) -> Query:
        if depth > _DEEPEST:
            raise QuerySyntaxError(f"more than {_DEEPEST} parentheses are open at once")
        self._advance()
        query = self.chain(depth)
        if self.token is None:
            raise QuerySyntaxError("a parenthesis is never closed")
        self._advance()
        return query


def _range(token: re.Match[str]) -> Range:
    match = _RANGE.fullmatch(token["range"] or "")
    if token["field"] not in DATES or match is None:
        raise QuerySyntaxError(f"{token[0].strip()!r} is no range of dates such as submittedDate:[20240101 TO 20240131]")
    start, end = match[1].ljust(12, "0"), match[2] if len(match[2]) == 12 else f"{match[2]}2359"
    if start > end:
        raise QuerySyntaxError(f"{token[0].strip()!r} ends before it begins")
    return Range(token["field"], start, end)


def _grouped(query: Query) -> str:
    return str(query) if isinstance(query, (Term, Range)) else f"({query})"
