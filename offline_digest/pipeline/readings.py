"""PDFs → readings: from the library, or made by a child process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from offline_digest.errors import DamagedPdf, DigestError, OutOfMemory, PaperError, TooLargePdf, WorkerDied, WorkerError, WorkerTimeout
from offline_digest.gathering import find_pdfs
from offline_digest.library import Library
from offline_digest.pipeline.values import Outcome
from offline_digest.progress import Reporter
from offline_digest.reading import READER_VERSION
from offline_digest.records import Paper, PaperFile
from offline_digest.workers import Worker

READ_TIMEOUT_S = 55.0  # with the child's end, no PDF takes more than a minute
READ_LIMIT_BYTES = 3 * 2**30
READS_BEFORE_RESTART = 50


def read_papers(paths: Sequence[Path], library: Library, report: Reporter) -> list[Outcome]:
    """Read every PDF that *paths* stand for; kept readings are used again."""
    pdfs, refused = find_pdfs(paths)
    outcomes = [Outcome(path=path, error=error) for path, error in refused]
    for outcome in outcomes:
        report.warn(str(outcome.error))
    seen: dict[str, Path] = {}
    with Worker("offline_digest.reading:Reader", limit_bytes=READ_LIMIT_BYTES, calls_before_restart=READS_BEFORE_RESTART) as worker:
        for number, path in enumerate(pdfs, start=1):
            place = f"[{number}/{len(pdfs)}]"
            try:
                file = _paper_file(path, library)
                if file.sha256 in seen:
                    report.warn(f"{place} {path.name}: the same file as {seen[file.sha256]}, left out")
                    continue
                seen[file.sha256] = path
                paper = _read(file, worker, library)
            except (PaperError, WorkerError) as error:
                outcomes.append(failed(Outcome(path=path), error, place, report))
            else:
                read = f"read, {paper.n_pages} pages, {len(paper.sections)} sections, {len(paper.figures)} figures"
                report.step(f"{place} {path.name}: {read}")
                outcomes.append(Outcome(path=path, file=file, paper=paper))
    return outcomes


def _paper_file(path: Path, library: Library) -> PaperFile:
    try:
        return PaperFile(path=path, sha256=library.file_sha256(path), size_bytes=path.stat().st_size)
    except OSError as error:
        raise PaperError(f"{path.name} cannot be read: {error.strerror}.", "Check its access rights.") from error


def _read(file: PaperFile, worker: Worker, library: Library) -> Paper:
    """Return one reading, from the library or made now."""
    name = file.path.name
    known = library.reading(file.sha256, READER_VERSION)
    if known is not None:
        return known
    pictures = library.pictures(file.sha256, READER_VERSION)
    try:
        paper = _in_child(worker, file.path.resolve(), pictures)
    except WorkerTimeout as error:
        raise TooLargePdf(f"{name} was not read within {READ_TIMEOUT_S:.0f} s.", "It may be built to be slow; leave it out.") from error
    except OutOfMemory as error:
        raise TooLargePdf(f"{name} needs more than {READ_LIMIT_BYTES >> 30} GiB to be read.", "Leave it out, or split it.") from error
    except WorkerDied as error:
        raise DamagedPdf(f"{name} crashed the reader: {error.message}", "It is damaged or hostile; leave it out.") from error
    library.keep_reading(file.sha256, READER_VERSION, paper)
    return paper


def _in_child(worker: Worker, path: Path, pictures: Path) -> Paper:
    """Read one PDF; once more when the child dies, for that need not be the PDF's fault."""
    try:
        paper: Paper = worker.call("read", path, pictures, timeout_s=READ_TIMEOUT_S)
    except WorkerDied:
        paper = worker.call("read", path, pictures, timeout_s=READ_TIMEOUT_S)
    return paper


def failed(outcome: Outcome, error: DigestError, place: str, report: Reporter) -> Outcome:
    """Return *outcome* with its error, after telling it."""
    name = outcome.path.name
    report.warn(f"{place} {error}" if name in error.message else f"{place} {name}: {error}")
    return replace(outcome, error=error)
