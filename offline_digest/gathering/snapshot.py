"""arXiv's whole metadata as one file: a JSON object per line, millions of them, read in constant memory.

Keys: `id`, `title`, `authors`, `authors_parsed` (lists of family name, given names, suffix), `abstract`, `categories` (parted by spaces),
`comments`, `doi`, `license` (an address; null: arXiv's oldest, assumed one), `versions` (lists of `version` and `created`), `update_date`.

Source: the data set arXiv publishes on Kaggle (Cornell-University/arxiv), harvested from its OAI-PMH interface; plain, gzip or zip.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from offline_digest.errors import UsageError
from offline_digest.gathering.citations import named, plain_text
from offline_digest.gathering.sieve import Sieve
from offline_digest.language import unbroken
from offline_digest.records import Metadata

_HINT = "A row has the keys id, title, authors, abstract, categories, versions and others; get the file again, whole."
_BUFFER_BYTES = 2**20
_LONGEST_LINE_BYTES = 2**24  # the longest row of arXiv, an author list of thousands, is below 200 kB
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Snapshot:
    """The snapshot at *path*, read from its beginning each time it is asked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def for_topic(self, sieve: Sieve) -> Iterator[Metadata]:
        """Yield the rows that may fit a topic, in order.

        Raises:
            UsageError: The file cannot be read, or a row that is looked at closely is none; names its line.
        """
        may_fit = sieve.may_fit
        for number, line in self._lines():
            if may_fit(line):
                yield self._row(number, line).metadata()

    def of_papers(self, ids: Collection[str], titles: Collection[str], fold: Callable[[str], str]) -> Iterator[Metadata]:
        """Yield the rows with one of *ids* (arXiv, without version), or with a title that *fold* turns into one of *titles*."""
        wanted = {arxiv_id.encode() for arxiv_id in ids}
        for number, line in self._lines():
            title = _string(line, b'"title"') if titles else None
            if _string(line, b'"id"') in wanted or (title and fold(plain_text(_decoded(title)) or "") in titles):
                yield self._row(number, line).metadata()

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        with opened(self.path) as file:
            try:
                yield from enumerate(iter(partial(file.readline, _LONGEST_LINE_BYTES), b""), start=1)
            except (OSError, EOFError, zipfile.BadZipFile, ValueError) as error:
                raise UsageError(f"The snapshot {self.path} cannot be read to its end: {error}.", _HINT) from error

    def _row(self, number: int, line: bytes) -> _Row:
        try:
            return _Row.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            what = ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
            raise UsageError(f"Line {number} of the snapshot {self.path}: {what}.", _HINT) from error


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked when it is gzip or zip (the first file in it) by its first bytes.

    Raises:
        UsageError: It cannot be opened.
    """
    try:
        with path.open("rb", buffering=_BUFFER_BYTES) as raw:
            start = raw.read(4)
            raw.seek(0)
            if start.startswith(_GZIP):
                with gzip.open(raw) as unpacked:
                    yield io.BufferedReader(cast("io.RawIOBase", unpacked), _BUFFER_BYTES)
            elif start == _ZIP:
                with zipfile.ZipFile(raw) as archive, archive.open(archive.infolist()[0]) as member:
                    yield io.BufferedReader(cast("io.RawIOBase", member), _BUFFER_BYTES)
            else:
                yield raw
    except OSError as error:
        raise UsageError(f"Cannot read the metadata file {path}: {error.strerror or error}.", "Check the path that was given.") from error


def is_snapshot_row(value: dict[str, Any]) -> bool:
    """Tell whether a JSON object is a row of a snapshot and not one of our own JSON lines."""
    return (
        "id" in value
        and not {"arxiv_id", "file", "sha256"} & set(value)
        and bool({"versions", "authors_parsed", "update_date"} & set(value))
    )


def _string(line: bytes, key: bytes) -> bytes | None:
    """Return the string that is the value of a key, still escaped; a key's quotation marks are never part of a string's text."""
    place = line.find(key)
    if place < 0:
        return None
    start = line.find(b'"', place + len(key)) + 1
    end = line.find(b'"', start)
    while end > 0 and _is_escaped(line, end):
        end = line.find(b'"', end + 1)
    return line[start:end] if start and end > 0 else None


def _is_escaped(line: bytes, place: int) -> bool:
    before = line[:place]
    return (len(before) - len(before.rstrip(b"\\"))) % 2 == 1


def _decoded(escaped: bytes) -> str:
    try:
        return str(json.loads(b'"' + escaped + b'"', strict=False))
    except ValueError:
        return ""


def _folded(value: object) -> object:
    return unbroken(value) or None if isinstance(value, str) else value


def _parted(value: object) -> object:
    return value.split() if isinstance(value, str) else value


def _day(value: object) -> object:
    """Read a date as mail has it: `Mon, 2 Apr 2007 19:18:42 GMT`."""
    return parsedate_to_datetime(value).date() if isinstance(value, str) and "," in value else value


def _prose(value: object) -> object:
    return plain_text(value) if isinstance(value, str) else value


_Text = Annotated[str | None, BeforeValidator(_folded)]
_Prose = Annotated[str | None, BeforeValidator(_prose)]


class _Version(BaseModel):
    version: str
    created: Annotated[date | None, BeforeValidator(_day)] = None


class _Row(BaseModel):
    """One line; further keys are allowed. `id` is a string, for as a number 2407.09450 and 2407.0945 are one."""

    model_config = ConfigDict(extra="ignore")

    id: str
    title: _Prose = None
    authors: _Text = None
    authors_parsed: tuple[tuple[str, ...], ...] = ()
    abstract: _Prose = None
    categories: Annotated[tuple[str, ...], BeforeValidator(_parted)] = ()
    comments: _Text = None
    doi: _Text = None
    license: _Text = None
    versions: tuple[_Version, ...] = ()
    update_date: date | None = None

    @property
    def names(self) -> tuple[tuple[str, ...], bool]:
        """Authors as one reads them, given names first, and whether there are more."""
        if not self.authors_parsed:
            return named((self.authors or "").replace(" and ", ", ").split(","))
        parsed = (" ".join(filter(None, (" ".join(name[1:2]), name[0], " ".join(name[2:3])))) for name in self.authors_parsed if name)
        return named(parsed)

    def metadata(self) -> Metadata:
        """Return the row as the program's own value; the newest version counts."""
        first, last = (self.versions[0], self.versions[-1]) if self.versions else (None, None)
        names, more = self.names
        return Metadata(
            arxiv_id=self.id,
            version=last.version if last else None,
            title=self.title,
            authors=names,
            more_authors=more,
            abstract=self.abstract,
            categories=self.categories,
            comment=self.comments,
            doi=self.doi,
            published=first.created if first else None,
            updated=(last.created if last else None) or self.update_date,
            licence=self.license,
        )
