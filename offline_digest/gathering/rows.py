"""Metadata from a file: an Atom feed as arXiv's export API writes it, or one JSON object per line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from offline_digest.errors import UsageError
from offline_digest.gathering.feeds import read_feed
from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.records import Metadata

_HINT = "It must be an arXiv Atom feed (XML) or JSON lines with keys such as arxiv_id, title, authors, abstract, file, sha256."


def _whole(value: object) -> object:
    """Put U+FFFD in the place of a lone surrogate, which JSON can spell and no text file can hold."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


def _folded(value: object) -> object:
    """Join the lines of a string; feeds break titles at any place."""
    value = _whole(value)
    return " ".join(value.split()) if isinstance(value, str) else value


def _version(value: object) -> str | None:
    """Return `v2` for `v2`, `"2"` and 2, None for nothing."""
    if value is None or value == "":
        return None
    match = re.fullmatch(r"\s*[vV]?([1-9][0-9]{0,2})\s*", str(value)) if isinstance(value, (str, int)) else None
    if match is None:
        raise ValueError(f"{value!r} is no version such as v2")
    return f"v{match[1]}"


Whole = Annotated[str, BeforeValidator(_whole)]
Text = Annotated[str | None, BeforeValidator(_folded)]


class _Row(BaseModel):
    """One line of a JSON lines file; further keys are allowed, for catalogues carry many."""

    model_config = ConfigDict(extra="ignore")

    arxiv_id: Text = None
    version: Annotated[str | None, BeforeValidator(_version)] = None
    title: Text = None
    authors: tuple[Text, ...] = ()
    abstract: Text = None
    categories: tuple[Whole, ...] = ()
    comment: Text = None
    doi: Text = None
    published: date | None = None
    version_date: date | None = None
    licence: Text = None
    file: Whole | None = None
    sha256: Whole | None = None


def load_metadata(path: Path) -> tuple[Metadata, ...]:
    """Return the rows of a metadata file in order.

    Raises:
        UsageError: The file is missing, or is neither a whole feed nor JSON lines; names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read the metadata file {path}: {error.strerror}.", "Check the path given to --metadata.") from error
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    rows = tuple(read_feed(path, data) if start.startswith(b"<") else _from_lines(path, data))
    if not rows:
        raise UsageError(f"The metadata file {path} holds no entry.", _HINT)
    return rows


def _from_lines(path: Path, data: bytes) -> Iterator[Metadata]:
    """Yield the objects of a JSON lines file. Only a line feed ends a line: U+2028 may stand in a string as it is."""
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"The metadata file {path} is not UTF-8 text.", _HINT) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _from_line(f"Line {number} of the metadata file {path}", line)


def _from_line(place: str, line: str) -> Metadata:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{place} is not JSON: {error.msg}.", _HINT) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets nested thousands deep
        raise UsageError(f"{place} is no JSON that can be read: {error}.", _HINT) from error
    if not isinstance(value, dict):
        raise UsageError(f"{place} is no JSON object in braces.", _HINT)
    try:
        return _from_row(_Row.model_validate(value))
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{place}: {'.'.join(map(str, first['loc']))}: {first['msg']}.", _HINT) from error


def _from_row(row: _Row) -> Metadata:
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
