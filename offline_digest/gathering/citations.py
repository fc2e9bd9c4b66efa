"""What the reference managers' formats have in common: names, dates, identifiers and attached files as `Metadata` holds them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.language import unbroken
from offline_digest.records import Metadata

_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}]+")
_ARXIV = re.compile(r"arxiv", re.IGNORECASE)


def citation(
    folder: Path,
    *,
    title: str | None,
    authors: Iterable[str] = (),
    abstract: str | None = None,
    day: str | None = None,
    identifiers: Iterable[str | None] = (),
    files: Iterable[str] = (),
    licence: str | None = None,
) -> Metadata:
    """Return one entry of an export.

    Args:
        folder: Where the export lies; paths of attached files begin there.
        title: As given, on one or more lines.
        authors: Names as one reads them.
        abstract: As given.
        day: A date; a year alone is none.
        identifiers: Fields that may hold an arXiv id or a DOI: addresses, notes, the fields made for them; None for what is missing.
        files: Paths of attached files, the first PDF of which counts.
        licence: As given.
    """
    texts = [text for text in identifiers if text]
    found = next((hit for text in texts if _ARXIV.search(text) and (hit := find_arxiv_id(text))), None)
    doi = next((match[0].rstrip(".,;)") for text in texts if (match := _DOI.search(text))), None)
    pdf = next((path for path in files if path.lower().endswith(".pdf")), None)
    return Metadata(
        arxiv_id=found[0] if found else None,
        version=found[1] if found else None,
        title=one_line(title),
        authors=tuple(name for author in authors if (name := one_line(author))),
        abstract=one_line(abstract),
        doi=doi,
        published=_day(day),
        licence=one_line(licence),
        file=str(folder / pdf.replace("\\", "/")) if pdf else None,
    )


def one_line(text: str | None) -> str | None:
    """Return *text* on one line, None when it is empty."""
    return unbroken(text) or None if text else None


def _day(text: str | None) -> date | None:
    match = _DATE.search(text or "")
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
