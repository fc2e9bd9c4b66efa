"""What is asked for becomes PDFs and metadata in the library, each paper once, each on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from offline_digest.errors import DigestError, DiskFull, NetworkError, Refused
from offline_digest.gathering.online.arxiv import Arxiv
from offline_digest.gathering.online.queries import Question, narrowed
from offline_digest.library import Library, find_pdf, keep_pdf
from offline_digest.progress import Reporter
from offline_digest.records import Metadata

INBOX = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one `fetch` call is asked for. `most` papers of each query; categories and first day (UTC) narrow queries, not papers by name."""

    questions: tuple[Question, ...]
    most: int
    categories: tuple[str, ...] = ()
    first_day: date | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one paper, or of a question that led to none.

    `new`: it came, or with a dry run would come; `update`: likewise, and the library has another version of it; `kept`: the library has it.
    """

    name: str
    status: Literal["new", "update", "kept", "failed"]
    metadata: Metadata | None = None
    path: Path | None = None
    sha256: str | None = None
    error: DigestError | None = None


def fetch(order: Order, library: Library, arxiv: Arxiv, report: Reporter) -> Iterator[Fetched]:
    """Yield what becomes of each paper that *order* asks for, each as soon as it is in the library.

    A paper or question that fails stops no other. When no connection can be made, or arXiv asks to be left alone, nothing else is tried, and
    the last item says so.

    Raises:
        DiskFull: There is no space left.
    """
    seen: set[str] = set()
    try:
        for item in _found(order, library, arxiv):
            if item.status != "new" or item.metadata is None:
                yield item
            elif (name := _name(item.metadata)) not in seen:
                seen.add(name)
                yield _brought(item.metadata, library, arxiv, report, dry_run=order.dry_run)
    except NetworkError as error:
        yield Fetched(name="arXiv", status="failed", error=error)


def bring(rows: Iterable[Metadata], library: Library, arxiv: Arxiv, report: Reporter) -> Iterator[Fetched]:
    """Yield what becomes of each paper of *rows*, of which arXiv has told, as `fetch` does.

    Raises:
        DiskFull: There is no space left.
    """
    try:
        for row in rows:
            yield _brought(row, library, arxiv, report, dry_run=False)
    except NetworkError as error:
        yield Fetched(name="arXiv", status="failed", error=error)


def _found(order: Order, library: Library, arxiv: Arxiv) -> Iterator[Fetched]:
    """Yield the papers by name, those first, then what the queries find; `new` stands for whatever arXiv was asked about."""
    named = {question.name: question for question in order.questions if question.arxiv_id}
    open_names = []
    for name, question in named.items():
        kept = find_pdf(library, question.arxiv_id or "", question.version) if question.version else None
        if kept and kept.metadata:
            yield Fetched(name=name, status="kept", metadata=kept.metadata, path=kept.path, sha256=kept.sha256)
        else:
            open_names.append(name)
    yield from _by_name(open_names, arxiv)
    queries = [question.query or "" for question in order.questions if not question.arxiv_id]
    if not order.questions:
        queries = [""]
    for query in queries:
        yield from _by_query(narrowed(query, categories=order.categories, first_day=order.first_day), order, arxiv)


def _by_name(names: list[str], arxiv: Arxiv) -> Iterator[Fetched]:
    if not names:
        return
    found: set[str] = set()
    try:
        for row in arxiv.papers(names):
            found |= {row.arxiv_id or "", _name(row)}
            yield Fetched(name=_name(row), status="new", metadata=row)
    except DigestError as error:
        _stop_if_all(error)
        yield from (Fetched(name=name, status="failed", error=error) for name in names if name not in found)
        return
    for name in names:
        if name not in found:
            unknown = Refused(f"arXiv knows no paper {name}.", "Check the identifier.", status=404)
            yield Fetched(name=name, status="failed", error=unknown)


def _by_query(query: str, order: Order, arxiv: Arxiv) -> Iterator[Fetched]:
    try:
        for row in arxiv.find(query, most=order.most):
            if order.first_day and row.published and row.published < order.first_day:
                return  # a mirror that knows no dates; the newest come first
            yield Fetched(name=_name(row), status="new", metadata=row)
    except DigestError as error:
        _stop_if_all(error)
        yield Fetched(name=query, status="failed", error=error)


def _brought(row: Metadata, library: Library, arxiv: Arxiv, report: Reporter, *, dry_run: bool) -> Fetched:
    """Return a paper that is in the library now, or what went wrong."""
    name = _name(row)
    kept = find_pdf(library, row.arxiv_id or "", row.version)
    if kept:
        if kept.metadata is None and not dry_run:
            library.keep_metadata(kept.sha256, row)
        return Fetched(name=name, status="kept", metadata=row, path=kept.path, sha256=kept.sha256)
    status: Literal["new", "update"] = "update" if find_pdf(library, row.arxiv_id or "") else "new"
    if dry_run:
        return Fetched(name=name, status=status, metadata=row)

    def heard(done: int, total: int | None) -> None:
        report.life(f"{name}: {done:,} of {total:,} bytes" if total else f"{name}: {done:,} bytes")

    try:
        came = arxiv.pdf(row, library.root / INBOX, heard)
    except DigestError as error:
        _stop_if_all(error)
        return Fetched(name=name, status="failed", metadata=row, error=error)
    return Fetched(name=name, status=status, metadata=row, path=keep_pdf(library, came.path, came.sha256, row), sha256=came.sha256)


def _stop_if_all(error: DigestError) -> None:
    """Raise *error* again when everything else would fail alike."""
    if isinstance(error, DiskFull) or (isinstance(error, NetworkError) and error.ends_all):
        raise error


def _name(row: Metadata) -> str:
    return f"{row.arxiv_id}{row.version or ''}"
