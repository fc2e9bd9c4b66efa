"""Downloads that go on where they were cut, over runs too, and end with the right file under its name or with none."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from offline_digest.errors import CutOff, IntegrityError, NetworkError, WrongContent
from offline_digest.files import check_space, disk_errors, file_sha256
from offline_digest.net.faults import shown
from offline_digest.net.partial import Origin, Part
from offline_digest.net.session import Answer, Session, check_uncompressed

_AGAIN = "Run the same command again; nothing of it was kept."
_RANGE = re.compile(r"\s*bytes\s+(?:(?P<start>\d+)-(?P<end>\d+)|\*)/(?P<total>\d+|\*)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How files of one kind look: *magic* within the first *magic_bytes*, *ending* within the last *ending_bytes* (None: any)."""

    name: str
    magic: bytes
    magic_bytes: int
    ending: bytes | None = None
    ending_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be downloaded, and what is known of it before."""

    url: str
    target: Path
    kind: Kind
    most_bytes: int
    size_bytes: int | None = None
    sha256: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file that is whole and under its name."""

    path: Path
    size_bytes: int
    sha256: str


Heard = Callable[[int, int | None], None]  # bytes that are there, bytes of the whole file if known


def download(session: Session, wanted: Wanted, heard: Heard | None = None) -> Downloaded:
    """Fetch one file, going on with what an earlier attempt or run left in `<target>.part`.

    Whatever ends it in the middle, an exception of *heard* too, leaves the part to go on with. A body that cannot be the file never
    touches part or target. One process at a time per target is the caller's business.

    Args:
        session: How requests are made; its patience says how often.
        wanted: What.
        heard: Is told after each piece.

    Raises:
        NetworkError: It could not be fetched, or what came is not the file.
        IntegrityError: It is not the file of that hash.
        DiskFull: There is no space for it.
    """
    part, tries = Part(wanted.target), session.tries()
    most = part.size_bytes
    while True:
        try:
            _attempt(session, wanted, part, heard or _nobody)
            break
        except NetworkError as error:
            if part.size_bytes - most >= session.patience.stall_bytes:  # only what was never there before counts as progress
                tries.progress()
            most = max(most, part.size_bytes)
            tries.after(error)
    return _finish(wanted, part)


def _attempt(session: Session, wanted: Wanted, part: Part, heard: Heard) -> None:
    """Ask once for what is missing, and append it to *part*; come back when the part is whole."""
    known = part.origin(wanted.url, wanted.sha256)
    headers = dict(wanted.headers)
    if known and known.validator:
        headers |= {"Range": f"bytes={part.size_bytes}-", "If-Range": known.validator}
    with session.answer(wanted.url, headers, accept=(200, 206, 416)) as answer:
        if known and answer.status == 416 and _range(answer)[2] == part.size_bytes:
            return
        origin = _origin(answer, wanted)
        if answer.status != 200 and not _goes_on(answer, known, origin, part):
            part.discard()
            raise CutOff(f"{shown(wanted.url)} does not go on where it was cut.", _AGAIN, wanted.url)
        check_uncompressed(answer)
        _check_size(answer, origin, wanted)
        chunks = answer.chunks()
        if answer.status == 200:
            head = _head(chunks, wanted.kind.magic_bytes)
            _check_head(head, answer, wanted)
            check_space(wanted.target, origin.size_bytes or len(head))
            part.begin(origin)
            chunks = itertools.chain([head], chunks)
        else:
            check_space(wanted.target, (origin.size_bytes or 0) - part.size_bytes)
        _append(chunks, part, origin, wanted, heard)


def _append(chunks: Iterator[bytes], part: Part, origin: Origin, wanted: Wanted, heard: Heard) -> None:
    with part.appended() as file:
        size = file.tell()
        for data in chunks:
            size += len(data)
            if size > wanted.most_bytes:
                raise _too_large(wanted)
            file.write(data)
            heard(size, origin.size_bytes)
    if origin.size_bytes is not None and size != origin.size_bytes:
        raise CutOff(f"{shown(wanted.url)} ended after {size:,} of {origin.size_bytes:,} bytes.", "Run the same command again.", wanted.url)


def _finish(wanted: Wanted, part: Part) -> Downloaded:
    """Check the whole file and give it its name."""
    with disk_errors(part.path), part.path.open("rb+") as file:
        os.fsync(file.fileno())
        size, kind = file.seek(0, os.SEEK_END), wanted.kind
        file.seek(max(0, size - kind.ending_bytes))
        ended = kind.ending is None or kind.ending in file.read()
    sha256 = file_sha256(part.path)
    if not ended and wanted.sha256 is None:
        part.discard()
        raise WrongContent(f"{shown(wanted.url)} gives a {kind.name} without its end.", "Try again later.", wanted.url)
    if wanted.sha256 is not None and sha256 != wanted.sha256.lower():
        part.discard()
        raise IntegrityError(f"{wanted.target.name} is not the file that was asked for: its SHA-256 is {sha256}.", _AGAIN)
    part.become(wanted.target)
    return Downloaded(path=wanted.target, size_bytes=size, sha256=sha256)


def _origin(answer: Answer, wanted: Wanted) -> Origin:
    """Return what the answer says of the whole file."""
    etag = answer.header("ETag")
    return Origin(
        url=wanted.url,
        sha256=wanted.sha256,
        etag=etag if etag and not etag.startswith("W/") else None,
        last_modified=answer.header("Last-Modified"),
        size_bytes=(answer.size_bytes if answer.status == 200 else _range(answer)[2]) or wanted.size_bytes,
    )


def _range(answer: Answer) -> tuple[int | None, int | None, int | None]:
    """Return begin, end and whole of a header Content-Range; the end is the first byte that is not sent (the header counts it in)."""
    match = _RANGE.fullmatch(answer.header("Content-Range") or "")
    if match is None:
        return None, None, None
    start, end, total = (int(v) if v and v != "*" else None for v in match.group("start", "end", "total"))
    after = None if end is None else end + 1
    return start, after, after if total is None else total


def _goes_on(answer: Answer, known: Origin | None, origin: Origin, part: Part) -> bool:
    """Tell whether a piece is the rest of the very file of which the beginning is there."""
    start, end, total = _range(answer)
    if known is None or answer.status != 206 or start != part.size_bytes or end != total:
        return False
    agreed = known.size_bytes in (None, total) and answer.size_bytes in (None, (end or 0) - start)
    return agreed and origin.etag in (None, known.etag) and (known.etag is not None or origin.last_modified in (None, known.last_modified))


def _check_size(answer: Answer, origin: Origin, wanted: Wanted) -> None:
    place, size = shown(wanted.url), origin.size_bytes
    if not answer.tells_its_end and wanted.sha256 is None and wanted.size_bytes is None:
        raise WrongContent(f"{place} does not say how long the file is, so a part could pass for it.", "Try another mirror.", wanted.url)
    if None not in (size, wanted.size_bytes) and size != wanted.size_bytes:
        raise WrongContent(f"{place} gives {size:,} bytes where {wanted.size_bytes:,} were announced.", "Try again later.", wanted.url)
    if size is not None and size > wanted.most_bytes:
        raise _too_large(wanted)


def _too_large(wanted: Wanted) -> WrongContent:
    return WrongContent(f"{shown(wanted.url)} is larger than {wanted.most_bytes:,} bytes.", "Fetch it by other means.", wanted.url)


def _head(chunks: Iterator[bytes], n: int) -> bytes:
    """Take the first *n* bytes or more, fewer only of a shorter body."""
    head = b""
    while len(head) < n and (data := next(chunks, b"")):
        head += data
    return head


def _check_head(head: bytes, answer: Answer, wanted: Wanted) -> None:
    kind = wanted.kind
    if kind.magic in head[: kind.magic_bytes]:
        return
    if answer.size_bytes is not None and len(head) < min(kind.magic_bytes, answer.size_bytes):
        raise CutOff(f"{shown(wanted.url)} ended after {len(head):,} of {answer.size_bytes:,} bytes.", "Try again later.", wanted.url)
    called = (answer.header("Content-Type") or "something else").partition(";")[0].strip()
    came = f"something else under the name of {called}" if kind.name.lower() in called.lower() else called
    raise WrongContent(
        f"{shown(wanted.url)} gives {came if head else 'nothing'} where a {kind.name} should be.",
        "Open the address in a browser to see why.",
        wanted.url,
    )


def _nobody(_done: int, _total: int | None) -> None:
    """No one listens."""
