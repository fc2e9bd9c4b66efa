"""When two rows are one paper: by the surest sign that both carry, which is the arXiv id without version, else the DOI, else the PDF's hash.

Titles decide nothing: papers with the same title and first author are only told (`Ledger.resembling`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.language import folded_words
from offline_digest.records import Metadata, Record

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_DOI_OF_ARXIV = "10.48550/arxiv."  # DataCite's, one for every paper of arXiv


class Known(Record):
    """A paper met before, and where that was, in words for the user."""

    row: Metadata
    where: str = ""


def fold_doi(text: str | None) -> str | None:
    """Return a DOI as it is compared: lower case (DOI Handbook, 2.4), without the address in front; None for what is none."""
    match = _DOI.fullmatch((text or "").strip().rstrip(".,;"))
    return match[1].lower() if match else None


def signs(row: Metadata) -> tuple[str | None, str | None, str | None]:
    """Return arXiv id without version, DOI and SHA-256 of a paper, the surest first, each None when unknown."""
    doi = fold_doi(row.doi)
    arxiv_id = row.arxiv_id
    if doi and doi.startswith(_DOI_OF_ARXIV):
        arxiv_id, doi = arxiv_id or doi.removeprefix(_DOI_OF_ARXIV), None
    found = find_arxiv_id(arxiv_id or "")
    return found[0] if found else arxiv_id or None, doi, row.sha256.lower() if row.sha256 else None


def same_paper(one: Metadata, other: Metadata) -> bool:
    """Tell whether two rows are one paper; False where no sign is carried by both."""
    return next((a == b for a, b in zip(signs(one), signs(other), strict=True) if a and b), False)


def is_newer(row: Metadata, than: Metadata) -> bool:
    """Tell whether *row* is a later version of the same paper; an unknown version is never later, nor is any later than it."""
    new, old = _number(row), _number(than)
    return new is not None and old is not None and new > old


def name_of(row: Metadata) -> str:
    """Return what a paper is called where there is room for one word: its surest sign, else its file or title."""
    arxiv_id, doi, sha256 = signs(row)
    if arxiv_id:
        return f"{arxiv_id}{row.version or ''}"
    return doi or (sha256[:8] if sha256 else None) or row.file or row.title or "?"


class Ledger:
    """Papers met so far, found again by any of their signs."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._by_sign: dict[tuple[int, str], list[Known]] = defaultdict(list)
        self._by_title: dict[str, list[Known]] = defaultdict(list)
        for item in known:
            self.add(item)

    def add(self, item: Known) -> None:
        """Enter a paper."""
        for kind, sign in enumerate(signs(item.row)):
            if sign:
                self._by_sign[kind, sign].append(item)
        if title := _title(item.row):
            self._by_title[title].append(item)

    def find(self, row: Metadata) -> tuple[Known, ...]:
        """Return every entry that is the same paper, each once, those with the surest sign first."""
        found = (item for kind, sign in enumerate(signs(row)) if sign for item in self._by_sign.get((kind, sign), ()))
        return tuple({id(item): item for item in found if same_paper(item.row, row)}.values())

    def resembling(self, row: Metadata) -> tuple[Known, ...]:
        """Return the entries with equal title and first author that are not known to be the same paper."""
        others = self._by_title.get(_title(row), ())
        return tuple(item for item in others if item.row is not row and not same_paper(item.row, row) and _same_first_author(item.row, row))


def _number(row: Metadata) -> int | None:
    return int(row.version[1:]) if row.version and row.version[1:].isdecimal() else None


def _title(row: Metadata) -> str:
    return " ".join(folded_words(row.title or ""))


def _same_first_author(one: Metadata, other: Metadata) -> bool:
    """Tell whether first authors share a name; forenames may be initials, and either name may come first."""
    if not (one.authors and other.authors):
        return False
    names = [{word for word in folded_words(row.authors[0]) if len(word) > 1 or not word.isascii()} for row in (one, other)]
    return bool(names[0] & names[1])
