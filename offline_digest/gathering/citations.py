"""What the reference managers' formats have in common: names, dates, identifiers and attached files as `Metadata` holds them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from datetime import date
from html.entities import html5
from pathlib import Path

from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.language import is_chinese, unbroken
from offline_digest.records import Metadata

_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}]+")
_ARXIV = re.compile(r"arxiv", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);")
_OTHERS = frozenset({"others", "et al", "et al.", "等"})
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d)\.?", re.IGNORECASE)


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
        authors: Names as one reads them; a last one that stands for others is told apart.
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
    names, more = named(authors)
    return Metadata(
        arxiv_id=found[0] if found else None,
        version=found[1] if found else None,
        title=plain_text(title),
        authors=names,
        more_authors=more,
        abstract=plain_text(abstract),
        doi=doi,
        published=_day(day),
        licence=one_line(licence),
        file=str(folder / pdf.replace("\\", "/")) if pdf else None,
    )


def one_line(text: str | None) -> str | None:
    """Return *text* on one line, None when it is empty."""
    return unbroken(text) or None if text else None


def plain_text(text: str | None) -> str | None:
    """Return *text* on one line with its entities of HTML, which catalogues leave in, decoded once; None when it is empty.

    Only what HTML knows and what ends in a semicolon is an entity: `AT&T` stays.
    """
    return one_line(_ENTITY.sub(lambda match: html.unescape(match[0]) if _is_known(match[0]) else match[0], text) if text else None)


def _is_known(entity: str) -> bool:
    return entity[1] == "#" or entity[1:] in html5


def named(authors: Iterable[str | None]) -> tuple[tuple[str, ...], bool]:
    """Return names as plain text, and whether there are more authors: then the last one is `others`, `et al.` or `等`."""
    names = tuple(name for author in authors if (name := plain_text(author)))
    more = len(names) > 1 and names[-1].lower() in _OTHERS
    return (names[:-1] if more else names), more


def given_first(names: Sequence[str]) -> tuple[str, ...]:
    """Return `Ann Lee` for `Lee, Ann`, and `Ann Lee Jr.` for `Lee, Ann, Jr.`; where a comma may mean anything else, all names stay."""
    parted = [[part.strip() for part in name.split(",")] for name in names]
    if not all(map(_is_inverted, parted)):
        return tuple(names)
    return tuple(full_name(*parts[1:2], family=parts[0], suffix="".join(parts[2:])) for parts in parted)


def _is_inverted(parts: Sequence[str]) -> bool:
    """Tell whether a name parted at its commas has none, or is family, given name, and perhaps a suffix."""
    suffixes = [bool(_SUFFIX.fullmatch(part)) for part in parts]
    return len(parts) == 1 or (all(parts) and suffixes in ([False, False], [False, False, True]))


def full_name(*given: str | None, family: str | None, suffix: str | None = None) -> str:
    """Return a name as it is read: `Ann van der Lee Jr.`, and in Chinese 李明."""
    if family and is_chinese(family) and is_chinese("".join(filter(None, given))):
        return "".join(filter(None, (family, *given)))
    return " ".join(filter(None, (*given, family, suffix)))


def _day(text: str | None) -> date | None:
    match = _DATE.search(text or "")
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
