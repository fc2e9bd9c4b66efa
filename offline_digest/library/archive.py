"""A library as one file that can be carried elsewhere.

    index.jsonl            one JSON object per line: the schema, papers, files, answers
    papers/<sha256>/…      the files, as they lie in the library

A plain tar without times and owners, everything sorted: the same library gives the same bytes. PDFs, posts and notes about the
machine stay at home. What comes in was made by others: every row is validated, every file must be where its row says, as large and with
that hash, and all of it is checked before anything is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from offline_digest.errors import IntegrityError, UsageError
from offline_digest.files import file_sha256, whole_file, write_atomically
from offline_digest.library.index import ENTER_ANSWER, answer_row
from offline_digest.library.places import Hash, Time, is_row, place_of
from offline_digest.library.schema import SCHEMA
from offline_digest.library.store import Library
from offline_digest.progress import counted
from offline_digest.records import Answer, Digest, Paper, Record

INDEX = "index.jsonl"
LARGEST_FILE_BYTES = 2**28
LONGEST_LINE_BYTES = 2**24


class SchemaLine(Record):
    """The first line: which version of the library wrote the rest."""

    table: Literal["library"] = "library"
    schema_version: int


class PaperLine(Record):
    """What of a paper does not follow from its digests: its file's name and when it came."""

    table: Literal["paper"] = "paper"
    sha256: Hash
    name: str | None
    added_at: Time


class FileLine(Record):
    """One file; `version` is that of a digest (see `Library.keep_digest`), None for other kinds."""

    table: Literal["file"] = "file"
    kind: Literal["reading", "digest", "picture"]
    path: str
    sha256: Hash
    size_bytes: Annotated[int, Field(ge=0, le=LARGEST_FILE_BYTES)]
    made_at: Time
    version: str | None = None

    @property
    def place(self) -> tuple[str, str]:
        """The paper's hash, and the rest of the row's key.

        Raises:
            IntegrityError: The path is none that a file of this kind has.
        """
        place = place_of(self.kind, self.path)
        if place is None:
            raise IntegrityError(f"The archive names a file that a library cannot hold: {self.path!r}.", _HINT)
        return place


class CallLine(Record):
    """One answer with its key and origin (see `Library.keep_answer`), and the checks it failed (None: unknown)."""

    table: Literal["call"] = "call"
    key: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
    made_at: Time
    paper: Hash | None
    model: str | None
    prompts: str | None
    checks_failed: tuple[str, ...] | None = None
    answer: Answer


Contents = dict[str, FileLine]  # path → row
Line = SchemaLine | PaperLine | FileLine | CallLine
_HINT = "Nothing was taken from it. Export it again, and take archives only from people you trust."


@cache
def _line_type() -> TypeAdapter[Line]:
    """Return what validates a line; made when one is read, for most commands read none."""
    return TypeAdapter(Annotated[Line, Field(discriminator="table")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What an export wrote or an import took: papers, files, answers. `left_out` is what was left.

    In an export that is what is lost or changed, in an import what the library has, as new or newer, or what this version does not know.
    """

    papers: int
    files: int
    answers: int
    left_out: tuple[str, ...]


def export_library(library: Library, target: Path) -> Moved:
    """Write everything that is whole to *target*, which is there whole or not at all.

    Raises:
        DiskFull: No space left.
        UsageError: *target* cannot be written, or is a file that is no earlier export.
    """
    if target.is_file() and not _is_archive(target):
        raise UsageError(f"{target} is there already, and is no earlier export of a library.", "Name another file, or remove it first.")
    files, damaged = _whole_files(library)
    counts: Counter[str] = Counter()
    with whole_file(target) as file, tempfile.TemporaryFile(dir=target.parent) as index:
        for line in _lines(library, files):
            index.write(f"{line.model_dump_json()}\n".encode())
            counts[line.table] += 1
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, INDEX, index, index.tell())
            for row in files:
                with (library.root / row.path).open("rb") as kept:
                    _add(tar, row.path, kept, row.size_bytes)
    return Moved(papers=counts["paper"], files=len(files), answers=counts["call"], left_out=tuple(damaged))


def _is_archive(path: Path) -> bool:
    """Tell whether a file begins as an export does."""
    try:
        with tarfile.open(path, "r:") as tar:
            return isinstance(next(_index_lines(tar), None), SchemaLine)
    except (tarfile.TarError, EOFError, ValueError, OSError, IntegrityError):
        return False


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], size_bytes: int) -> None:
    file.seek(0)
    member = tarfile.TarInfo(name)
    member.size = size_bytes
    tar.addfile(member, file)


def _whole_files(library: Library) -> tuple[list[FileLine], list[str]]:
    """Return the files whose hash is their row's, and the paths of the others."""
    rows = library.database.rows(
        """SELECT f.kind, f.key, f.path, f.sha256, f.made_at, d.version FROM file f LEFT JOIN digest d ON f.kind = 'digest' AND d.key = f.key
           WHERE f.kind IN ('reading', 'digest', 'picture') ORDER BY f.path"""
    )
    files, damaged = [], []
    for kind, key, path, sha256, made_at, version in rows:
        if is_row(kind, key, path) and _holds(library, path, sha256):
            size = (library.root / path).stat().st_size
            files.append(FileLine(kind=kind, path=path, sha256=sha256, size_bytes=size, made_at=made_at, version=version))
        else:
            damaged.append(str(path))
    return files, damaged


def _lines(library: Library, files: list[FileLine]) -> Iterator[Line]:
    yield SchemaLine(schema_version=SCHEMA)
    for sha256, name, added_at in library.database.rows("SELECT sha256, name, added_at FROM paper ORDER BY sha256"):
        yield PaperLine(sha256=sha256, name=name, added_at=added_at)
    yield from files
    for key, made_at, paper, model, prompts, failed, answer in library.database.rows(
        "SELECT key, made_at, paper, model, prompts, checks_failed, answer FROM call ORDER BY made_at, rowid"
    ):
        with contextlib.suppress(ValidationError):  # of a shape that no current version uses
            said, checks = Answer.model_validate_json(answer), None if failed is None else json.loads(failed)
            yield CallLine(key=key, made_at=made_at, paper=paper, model=model, prompts=prompts, checks_failed=checks, answer=said)


def check_archive(source: Path) -> Contents:
    """Return the files of an archive in which everything is as its index says; no library is needed for it.

    Raises:
        UsageError: There is no such file, or it cannot be read.
        IntegrityError: It is no archive of a library, holds anything but what its index says, or a newer program wrote it.
    """
    with _archive_errors(source), tarfile.open(source, "r:") as tar:
        return _checked(tar)


def import_library(library: Library, source: Path, contents: Contents | None = None) -> Moved:
    """Take from an archive what the library lacks or has older; nothing of a damaged archive is taken.

    Args:
        library: Where it goes.
        source: The archive.
        contents: What `check_archive` returned of it, where that was done before the library was opened.

    Raises:
        DigestError: As `check_archive`.
    """
    files = check_archive(source) if contents is None else contents
    with _archive_errors(source), tarfile.open(source, "r:") as tar:
        return _taken(library, tar, files)


@contextlib.contextmanager
def _archive_errors(source: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError) as error:  # ValueError: tarfile on headers made to confuse it
        raise IntegrityError(f"{source} is no archive of a library: {error}.", _HINT) from error
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror or error}.", "Check the path and its access rights.") from error


def _checked(tar: tarfile.TarFile) -> Contents:
    """Return path → row of an archive in which everything is as it should be."""
    files: Contents = {}
    for number, line in enumerate(_index_lines(tar)):
        if (number == 0) != isinstance(line, SchemaLine):
            raise IntegrityError(f"The archive's {INDEX} does not begin with its version.", _HINT)
        if isinstance(line, SchemaLine) and line.schema_version > SCHEMA:
            raise IntegrityError("A newer version of offline-digest wrote this archive.", "Update the program.")
        if isinstance(line, FileLine):
            files[line.path] = line
            line.place  # noqa: B018 (raises when the path is none of a library)
    missing = dict(files)
    for member, row in _members(tar, files):
        if missing.pop(row.path, None) is None:
            raise IntegrityError(f"The archive holds {row.path} twice.", _HINT)
        _content(tar, member, row)
    if missing:
        raise IntegrityError(f"The archive lacks {counted(len(missing), 'file')} of its index, the first is {min(missing)}.", _HINT)
    return files


def _index_lines(tar: tarfile.TarFile) -> Iterator[Line]:
    """Yield the validated lines of the index, which is the first member."""
    first = tar.next()
    stream = tar.extractfile(first) if first is not None and first.name == INDEX and first.isreg() else None
    if stream is None:
        raise IntegrityError(f"The archive does not begin with {INDEX}.", _HINT)
    while data := stream.readline(LONGEST_LINE_BYTES):
        try:
            yield _line_type().validate_json(data)
        except ValidationError as error:
            raise IntegrityError(
                f"The archive's {INDEX} holds a line that is none of a library: {error.errors()[0]['msg']}.", _HINT
            ) from error


def _members(tar: tarfile.TarFile, files: Contents) -> Iterator[tuple[tarfile.TarInfo, FileLine]]:
    """Yield the members behind the index with their rows; anything but a plain file of the index ends the import."""
    last = 0
    while member := tar.next():
        row = files.get(member.name)
        if row is None or not member.isreg() or member.issparse() or member.size != row.size_bytes or member.offset <= last:
            raise IntegrityError(f"The archive holds something that its index does not name so: {member.name!r}.", _HINT)
        last = member.offset
        yield member, row


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, row: FileLine) -> bytes:
    stream = tar.extractfile(member)
    data = stream.read(row.size_bytes) if stream else b""
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise IntegrityError(f"{row.path} in the archive is not the file of its index: its hash differs.", _HINT)
    return data


def _taken(library: Library, tar: tarfile.TarFile, files: Contents) -> Moved:
    papers: list[PaperLine] = []
    answers = 0
    with library.database.transaction() as db:
        for line in _index_lines(tar):
            if isinstance(line, PaperLine):
                papers.append(line)
            elif isinstance(line, CallLine):
                here = db.execute("SELECT 1 FROM call WHERE key = ? AND made_at >= ?", (line.key, line.made_at)).fetchone()
                if here is None:
                    origin = (line.paper, line.model, line.prompts)
                    row = answer_row(line.key, line.answer, origin, made_at=line.made_at, checks_failed=line.checks_failed)
                    db.execute(ENTER_ANSWER, row)
                    answers += 1
    left = [
        row.path for member, row in _members(tar, files) if _is_here(library, row) or not _take(library, row, _content(tar, member, row))
    ]
    with library.database.transaction() as db:
        db.executemany(
            "UPDATE paper SET name = coalesce(name, ?), added_at = min(added_at, ?) WHERE sha256 = ?",
            [(line.name, line.added_at, line.sha256) for line in papers],
        )
    return Moved(papers=len(papers), files=len(files) - len(left), answers=answers, left_out=tuple(left))


def _is_here(library: Library, row: FileLine) -> bool:
    """Tell whether the library holds the file, whole and not older."""
    here = library.database.row("SELECT sha256 FROM file WHERE path = ? AND made_at >= ?", row.path, row.made_at)
    return here is not None and _holds(library, row.path, here[0])


def _holds(library: Library, path: str, sha256: str) -> bool:
    """Tell whether a file of the library is there, and is the one with that hash."""
    try:
        return file_sha256(library.root / path) == sha256
    except OSError:
        return False


def _take(library: Library, row: FileLine, data: bytes) -> bool:
    """Write a file and its row; tell whether this version knows its shape, and leave it otherwise."""
    paper, rest = row.place
    try:
        if row.kind == "digest":
            library.enter_digest(paper, rest, Digest.model_validate_json(data), data, version=row.version, made_at=row.made_at)
            return True
        if row.kind == "reading":
            Paper.model_validate_json(data)
    except ValidationError:
        return False
    write_atomically(library.root / row.path, data)
    library.enter(row.kind, f"{paper}-{rest}", library.root / row.path, row.sha256, made_at=row.made_at)
    return True
