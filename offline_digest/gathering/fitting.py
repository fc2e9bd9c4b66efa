"""Whether a paper fits a query, judged from what is known of it: title, abstract, authors, categories, comment, dates.

What a source does not say (a BibTeX file no categories, a digest no dates) is None, neither fits nor fails: a paper is left out only for
what is known of it. Words are compared as `folded_words` gives them, whole; `*` and `?` of arXiv's syntax stand for letters of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.language import folded_words
from offline_digest.records import Metadata
from offline_digest.topics import Every, Query, Range, Some, Term


@dataclass(frozen=True)
class Searchable:
    """A row with its words, folded once for all that is looked for in them."""

    row: Metadata

    @cached_property
    def title(self) -> str:
        """Words of the title, a space around each."""
        return _spaced(self.row.title)

    @cached_property
    def abstract(self) -> str:
        """Words of the abstract, a space around each."""
        return _spaced(self.row.abstract)

    @cached_property
    def authors(self) -> tuple[tuple[str, ...], ...]:
        """Words of each author's name."""
        return tuple(tuple(folded_words(name)) for name in self.row.authors)


def fits(query: Query, paper: Searchable) -> bool | None:
    """Tell whether *paper* fits; None: what is known of it does not tell."""
    match query:
        case Every(parts, without):
            return _all([*(fits(part, paper) for part in parts), *(_not(fits(part, paper)) for part in without)])
        case Some(parts):
            return _any(fits(part, paper) for part in parts)
        case Range(field, start, end):
            day = paper.row.published if field == "submittedDate" else paper.row.updated
            return None if day is None else start[:8] <= f"{day:%Y%m%d}" <= end[:8]
    return _fits_term(query, paper)


def is_by(name: str, authors: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether one of *authors* bears *name*: every word of it, in any order, whole or one of the two as its initial."""
    wanted = folded_words(name.replace("_", " "))
    return any(_bears(wanted, list(author)) for author in authors)


def in_category(wanted: str, categories: Iterable[str]) -> bool:
    """Tell whether *wanted*, with arXiv's wild cards, is among *categories*."""
    pattern = _wild(wanted.lower(), r"[\w.-]")
    return any(pattern.fullmatch(category.lower()) for category in categories)


def _fits_term(term: Term, paper: Searchable) -> bool | None:
    row, text = paper.row, term.text
    match term.field:
        case "ti":
            return _has(paper.title, text)
        case "abs":
            return _has(paper.abstract, text)
        case "au":
            return is_by(text, paper.authors) if row.authors else None
        case "cat":
            return in_category(text, row.categories) if row.categories else None
        case "co":
            return _has(_spaced(row.comment), text) if row.comment else None
        case "id":
            found = find_arxiv_id(text)
            return row.arxiv_id == (found[0] if found else text) if row.arxiv_id else None
        case "jr" | "rn":
            return None
    everywhere = _has(f"{paper.title} {paper.abstract} {_spaced(row.comment)}", text)
    return everywhere or is_by(text, paper.authors) or in_category(text, row.categories)


def _has(words: str, text: str) -> bool:
    if "*" in text or "?" in text:
        return _pattern(text).search(words) is not None
    return phrase(text) in words


@lru_cache(maxsize=1024)
def phrase(text: str) -> str:
    """Return the words of *text* as they stand in a `Searchable`; never empty for text with a letter or digit."""
    return f" {' '.join(folded_words(text))} "


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of a phrase with wild cards, which may stand at any place of a word."""
    folded = (part if part in ("*", "?") else _joined(part) for part in re.split(r"([*?])", text) if part)
    return _wild(f" {' '.join(''.join(folded).split())} ", r"\w")


def _joined(part: str) -> str:
    """Return the words of a part between wild cards, with a space where a word of it ends or begins."""
    before, after = (" " if not end.isalnum() else "" for end in (part[0], part[-1]))
    return f"{before}{' '.join(folded_words(part))}{after}"


@lru_cache(maxsize=256)
def _wild(text: str, letter: str) -> re.Pattern[str]:
    return re.compile("".join({"*": f"{letter}*", "?": letter}.get(c, re.escape(c)) for c in text))


def _spaced(text: str | None) -> str:
    return f" {' '.join(folded_words(text))} " if text else " "


def _bears(wanted: list[str], author: list[str]) -> bool:
    """Match whole words first, then initials, each word of the author's name once; an initial alone is no name."""
    left = [word for word in wanted if word not in author]
    if len(left) == len(wanted):
        return False
    rest = [word for word in author if word not in wanted]
    for word in left:
        fit = next((other for other in rest if len(min(word, other, key=len)) == 1 and other[0] == word[0]), None)
        if fit is None:
            return False
        rest.remove(fit)
    return any(len(word) > 1 or not word.isascii() for word in wanted if word in author)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(values: Iterable[bool | None]) -> bool | None:
    """Kleene's three-valued and."""
    known = list(values)
    return False if False in known else None if None in known else True


def _any(values: Iterable[bool | None]) -> bool | None:
    """Kleene's three-valued or."""
    known = list(values)
    return True if True in known else None if None in known else False


def day_of(row: Metadata) -> date | None:
    """Return when a paper came out: its first version, else what is known."""
    return row.published or row.updated
