"""Metadata from a file: an Atom feed as arXiv's export API writes it, or one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from offline_digest.errors import UsageError
from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.records import Metadata

_HINT = "It must be an arXiv Atom feed (XML) or JSON lines with keys such as arxiv_id, title, authors, abstract, file, sha256."


def _folded(value: object) -> object:
    """Join the lines of a string; feeds break titles at any place."""
    return " ".join(value.split()) if isinstance(value, str) else value


Text = Annotated[str | None, BeforeValidator(_folded)]


class _Row(BaseModel):
    """One line of a JSON lines file; further keys are allowed, for catalogues carry many."""

    model_config = ConfigDict(extra="ignore")

    arxiv_id: Text = None
    version: Text = None
    title: Text = None
    authors: tuple[Text, ...] = ()
    abstract: Text = None
    categories: tuple[str, ...] = ()
    comment: Text = None
    doi: Text = None
    published: date | None = None
    version_date: date | None = None
    licence: Text = None
    file: str | None = None
    sha256: str | None = None


def load_metadata(path: Path) -> tuple[Metadata, ...]:
    """Return the rows of a metadata file in order.

    Raises:
        UsageError: The file is missing, or is neither a feed nor JSON lines; names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read the metadata file {path}: {error.strerror}.", "Check the path given to --metadata.") from error
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    rows = tuple(_from_feed(path, data) if start.startswith(b"<") else _from_lines(path, data))
    if not rows:
        raise UsageError(f"The metadata file {path} holds no entry.", _HINT)
    return rows


def _from_feed(path: Path, data: bytes) -> Iterator[Metadata]:
    """Yield the entries of an Atom feed, parsed by the arxiv package, whose parser is private: this is the one place that calls it."""
    from arxiv import _feed

    feed = _feed.parse(data)
    if feed.malformed:
        raise UsageError(f"The metadata file {path} is no readable feed: {feed.error}.", _HINT)
    for entry in feed.results:
        found = find_arxiv_id(entry.entry_id)
        yield Metadata(
            arxiv_id=found[0] if found else None,
            version=found[1] if found else None,
            title=_text(entry.title),
            authors=tuple(" ".join(a.name.split()) for a in entry.authors),
            abstract=_text(entry.summary),
            categories=tuple(entry.categories),
            comment=_text(entry.comment),
            doi=_text(entry.doi),
            published=entry.published.date(),
            updated=entry.updated.date(),
        )


def _from_lines(path: Path, data: bytes) -> Iterator[Metadata]:
    """Yield the objects of a JSON lines file."""
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError(f"The metadata file {path} is not UTF-8 text.", _HINT) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _from_line(path, number, line)


def _from_line(path: Path, number: int, line: str) -> Metadata:
    try:
        row = _Row.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise UsageError(f"Line {number} of the metadata file {path} is not JSON: {error.msg}.", _HINT) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"Line {number} of {path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.", _HINT) from error
    found = find_arxiv_id(row.arxiv_id or "")
    values: dict[str, Any] = row.model_dump(exclude={"version_date", "authors"})
    return Metadata(
        **values
        | {
            "arxiv_id": found[0] if found else row.arxiv_id or None,
            "version": row.version or (found[1] if found else None),
            "authors": tuple(a for a in row.authors if a),
            "updated": row.version_date,
        }
    )


def _text(value: str | None) -> str | None:
    """Return a feed's text on one line, None when it is empty."""
    return " ".join(value.split()) or None if value else None
