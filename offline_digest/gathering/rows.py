"""Metadata from a file, whose form is told by what it holds, whatever its name.

An Atom feed as arXiv's export API writes it, JSON lines of our own, a snapshot of arXiv's metadata, BibTeX, or Zotero's RDF and CSL-JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from offline_digest.errors import UsageError
from offline_digest.gathering.bibtex import is_bibtex, read_bibtex
from offline_digest.gathering.citations import given_first, named, plain_text
from offline_digest.gathering.feeds import read_feed, xml_root
from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.gathering.snapshot import Snapshot, is_snapshot_row, opened
from offline_digest.gathering.zotero import is_csl, read_csl, read_rdf
from offline_digest.language import unbroken
from offline_digest.records import Metadata

_HINT = (
    "It must be an arXiv Atom feed (XML), JSON lines with keys such as arxiv_id, title, authors, abstract, file, sha256, a snapshot of "
    "arXiv's metadata, BibTeX, or an export of Zotero (RDF or CSL-JSON)."
)
_WANTED = {
    "authors": "a list of names",
    "categories": "a list of categories",
    "published": "a date such as 2024-07-09",
    "version_date": "a date such as 2024-07-09",
    "version": "a version such as v2",
    "arxiv_id": 'an identifier of arXiv as text, such as "2407.09450"',
}
_START_BYTES = 2**20  # of a file, enough for the longest row of a snapshot
_BOM = b"\xef\xbb\xbf"
_ZOTERO = b"http://www.zotero.org/namespaces/export#"


def _whole(value: object) -> object:
    """Put U+FFFD in the place of a lone surrogate, which JSON can spell and no text file can hold."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


def _folded(value: object) -> object:
    """Join the lines of a string; feeds break titles at any place."""
    value = _whole(value)
    return unbroken(value) if isinstance(value, str) else value


def _prose(value: object) -> object:
    value = _whole(value)
    return plain_text(value) if isinstance(value, str) else value


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
Prose = Annotated[str | None, BeforeValidator(_prose)]


class _Row(BaseModel):
    """One line of a JSON lines file; further keys are allowed, for catalogues carry many."""

    model_config = ConfigDict(extra="ignore")

    arxiv_id: Text = None
    version: Annotated[str | None, BeforeValidator(_version)] = None
    title: Prose = None
    authors: tuple[Prose, ...] = ()
    abstract: Prose = None
    categories: tuple[Whole, ...] = ()
    comment: Text = None
    doi: Text = None
    published: date | None = None
    version_date: date | None = None
    licence: Text = None
    file: Whole | None = None
    sha256: Whole | None = None

    @model_validator(mode="before")
    @classmethod
    def _known(cls, values: dict[str, Any]) -> dict[str, Any]:
        """What is null is not known."""
        return {key: value for key, value in values.items() if value is not None}


Rows = tuple[Metadata, ...] | Snapshot


Told = Callable[[str], None]


def load_metadata(path: Path, told: Told | None = None) -> Rows:
    """Return the rows of a metadata file in order; of a snapshot, which is too large for memory, the file to be read.

    Args:
        path: The file.
        told: Hears of values in JSON lines that are none; they are left out then. Without it they end with an error.

    Raises:
        UsageError: The file is missing, or of none of the forms; names the line.
    """
    with opened(path) as file:
        start = file.read(_START_BYTES)
        if _begins_snapshot(start):
            return Snapshot(path)
        data = start + file.read()
    rows = tuple(_rows(path, data, told))
    if not rows:
        raise UsageError(f"The metadata file {path} holds no entry.", _HINT)
    return rows


def _begins_snapshot(start: bytes) -> bool:
    line = next((line for line in start.removeprefix(_BOM).splitlines() if line.strip()), b"")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and is_snapshot_row(value)


def _rows(path: Path, data: bytes, told: Told | None) -> Iterator[Metadata]:
    begin = data.removeprefix(_BOM).lstrip()
    if begin.startswith(b"<"):
        return read_rdf(xml_root(path, data), path.parent) if _ZOTERO in begin[:_START_BYTES] else read_feed(path, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"The metadata file {path} is not UTF-8 text.", _HINT) from error
    if begin.startswith(b"["):
        return read_csl(_csl_items(path, text), path.parent)
    return read_bibtex(text, path.parent) if not begin.startswith(b"{") and is_bibtex(text) else _from_lines(path, text, told)


def _csl_items(path: Path, text: str) -> list[dict[str, Any]]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The metadata file {path} is no whole JSON: {error}.", _HINT) from error
    if not is_csl(items):
        raise UsageError(f"The metadata file {path} is no list of CSL-JSON items.", _HINT)
    return list(items)


def _from_lines(path: Path, text: str, told: Told | None) -> Iterator[Metadata]:
    """Yield the objects of a JSON lines file. Only a line feed ends a line: U+2028 may stand in a string as it is."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _from_line(f"Line {number} of the metadata file {path}", line, told)


def _from_line(place: str, line: str, told: Told | None) -> Metadata:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{place} is not JSON: {error.msg}.", _HINT) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets nested thousands deep
        raise UsageError(f"{place} is no JSON that can be read: {error}.", _HINT) from error
    if not isinstance(value, dict):
        raise UsageError(f"{place} is no JSON object in braces.", _HINT)
    odd = _odd_values(value)
    for key, wanted in odd.items():
        text = f"{place}: {key} is not {wanted}"
        if told is None:
            raise UsageError(f"{text}.", _HINT)
        told(f"{text}; it is left out.")
    return _from_row(_Row.model_validate({key: v for key, v in value.items() if key not in odd}))


def _odd_values(value: dict[str, Any]) -> dict[str, str]:
    """Return the keys whose values are of no use, each with what is wanted there."""
    keys: list[str] = []
    try:
        _Row.model_validate(value)
    except ValidationError as error:
        keys = [str(e["loc"][0]) for e in error.errors()]
    named = value.get("arxiv_id")
    if named and not (isinstance(named, str) and find_arxiv_id(named)):
        keys.append("arxiv_id")
    return {key: _WANTED.get(key, "a text") for key in keys}


def _from_row(row: _Row) -> Metadata:
    found = find_arxiv_id(row.arxiv_id or "")
    values: dict[str, Any] = row.model_dump(exclude={"version_date", "authors"})
    names, more = named(row.authors)
    return Metadata(
        **values
        | {
            "arxiv_id": found[0] if found else None,
            "version": row.version or (found[1] if found else None),
            "authors": given_first(names),
            "more_authors": more,
            "updated": row.version_date,
        }
    )
