"""PDFs → readings, ahead of whoever uses them: from the library, or made by child processes.

    caller                 reader threads, each with a library connection and a child of its own
    hashes the next PDFs → queue → kept reading, or the child's → queue → caller, the first in order of what is there

At most `AHEAD` PDFs are under way or waiting for the caller, so memory does not grow with the batch.
"""

from __future__ import annotations

import heapq
import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from offline_digest.errors import DamagedPdf, DigestError, OutOfMemory, PaperError, TooLargePdf, WorkerDied, WorkerError, WorkerTimeout
from offline_digest.gathering import Refused, find_pdfs, parse_arxiv_id
from offline_digest.library import Library, find_pdf
from offline_digest.pipeline.naming import named
from offline_digest.pipeline.redoing import Redo
from offline_digest.pipeline.values import Outcome
from offline_digest.progress import Reporter, counted
from offline_digest.reading import READER_VERSION
from offline_digest.records import Paper, PaperFile
from offline_digest.workers import Worker

READ_TIMEOUT_S = 55.0  # with the child's end, no PDF takes more than a minute
READ_LIMIT_BYTES = 3 * 2**30
READS_BEFORE_RESTART = 50
AHEAD = 8  # papers; the slowest reading takes as long as one digest by a fast model
MOST_READERS = 8
_LOOK_S = 0.5  # Windows hears no Ctrl-C while a thread waits
_SERVICE = "offline_digest.reading:Reader"

_Job = tuple[int, PaperFile]
_Done = tuple[int, PaperFile, Paper | BaseException]


class Readings:
    """Iterates over `(place, outcome)` of *pdfs* as they are read; `place` counts from 0 in *pdfs*, the outcome of a copy is None.

    `names` is what the PDFs are called, by their places.

    Args:
        pdfs: The files, which come in this order where that costs no waiting.
        library: Keeps hashes and readings; each reader thread opens its own connection to it.
        report: Hears of every PDF.
        readers: Child processes at most.
        in_order: Wait for each PDF in its turn.
        redo: Which PDFs are read again although their readings are kept.
        gives_way: They run at a lower priority than other processes, as beside a model.

    Raises (while iterating):
        DigestError: What stops everything, as a full disk. What is wrong with one PDF becomes its outcome.
    """

    def __init__(
        self,
        pdfs: Sequence[Path],
        library: Library,
        report: Reporter,
        *,
        readers: int,
        in_order: bool = False,
        gives_way: bool = False,
        redo: Redo | None = None,
    ) -> None:
        self._pdfs = pdfs
        self.names = named(pdfs)
        self._library = library
        self._report = report
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[_Done] = queue.SimpleQueue()
        self._ready: list[tuple[int, Outcome | None]] = []  # a heap
        self._copies: dict[str, Path] = {}
        self._next = 0
        self._under_way: set[int] = set()
        self._in_order = in_order
        self._redo = redo
        self._closing = False
        self._workers = [
            Worker(_SERVICE, limit_bytes=READ_LIMIT_BYTES, calls_before_restart=READS_BEFORE_RESTART, gives_way=gives_way)
            for _ in range(min(readers, len(pdfs), MOST_READERS))
        ]
        self._threads = [threading.Thread(target=self._serve, args=(worker,), name="reader", daemon=True) for worker in self._workers]

    def __enter__(self) -> Self:
        try:
            for thread in self._threads:
                thread.start()
            self._feed()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        """End the threads and their children, whatever they do."""
        self._closing = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread, worker in zip(self._threads, self._workers, strict=True):
            while thread.is_alive():
                if self._under_way:
                    worker.interrupt()
                thread.join(_LOOK_S / 5)

    @property
    def waiting(self) -> int:
        """How many readings wait for the caller."""
        return len(self._ready) + self._done.qsize()

    def __iter__(self) -> Iterator[tuple[int, Outcome | None]]:
        while True:
            self._feed()
            while self._under_way and (not self._ready or not self._done.empty() or self._must_wait()):
                self._take()
            if not self._ready:
                return
            yield heapq.heappop(self._ready)

    def _must_wait(self) -> bool:
        return self._in_order and min(self._under_way) < self._ready[0][0]

    def _feed(self) -> None:
        """Hand out PDFs until enough are under way or waiting."""
        while self._next < len(self._pdfs) and len(self._under_way) + len(self._ready) < AHEAD:
            place, path = self._next, self._pdfs[self._next]
            self._next += 1
            try:
                file = _paper_file(path, self._library)
            except PaperError as error:
                self._put(place, Outcome(path=path, error=error))
                continue
            if file.sha256 in self._copies:
                self._report.warn(f"{self.names[place]}: the same file as {self._copies[file.sha256]}, left out")
                heapq.heappush(self._ready, (place, None))
                continue
            self._copies[file.sha256] = path
            self._under_way.add(place)
            self._jobs.put((place, file))

    def _take(self) -> None:
        """Wait for one reading."""
        while True:
            try:
                place, file, result = self._done.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            break
        self._under_way.remove(place)
        if isinstance(result, (PaperError, WorkerError)):
            self._put(place, Outcome(path=file.path, error=result))
        elif isinstance(result, BaseException):
            raise result
        else:
            counts = ((result.n_pages, "page"), (len(result.sections), "section"), (len(result.figures), "figure"))
            self._report.step(f"{self.names[place]}: read, {', '.join(counted(*each) for each in counts)}")
            self._put(place, Outcome(path=file.path, file=file, paper=result))

    def _put(self, place: int, outcome: Outcome) -> None:
        if outcome.error:
            self._report.warn(self.names[place].failure(outcome.error))
        heapq.heappush(self._ready, (place, outcome))

    def _serve(self, worker: Worker) -> None:
        """Read what is handed out, in a thread of its own."""
        try:
            with Library(self._library.root) as library, worker:
                while (job := self._jobs.get()) is not None and not self._closing:
                    place, file = job
                    try:
                        result: Paper | BaseException = self._read(file, worker, library)
                    except BaseException as error:  # noqa: BLE001 (the border of the thread: the caller raises it)
                        result = error
                    self._done.put((place, file, result))
        except DigestError as error:  # the library cannot be opened; whoever waits for a reading must hear of it
            while (job := self._jobs.get()) is not None:
                self._done.put((*job, error))

    def _read(self, file: PaperFile, worker: Worker, library: Library) -> Paper:
        """Return one reading, kept or made now."""
        name = file.path.name
        again = self._redo is not None and self._redo.wants_reading(library, file.sha256)
        known = None if again else library.reading(file.sha256, READER_VERSION)
        if known is not None:
            return known
        pictures = library.pictures(file.sha256, READER_VERSION)
        try:
            paper = self._in_child(worker, file.path.resolve(), pictures)
        except WorkerTimeout as error:
            raise TooLargePdf(f"{name} was not read within {READ_TIMEOUT_S:.0f} s.", "It may be built to be slow; leave it out.") from error
        except OutOfMemory as error:
            raise TooLargePdf(f"{name} needs more memory to be read than it may take.", "Close other programs, or leave it out.") from error
        except WorkerDied as error:
            raise DamagedPdf(f"{name} crashed the reader: {error.message}", "It is damaged or hostile; leave it out.") from error
        library.keep_reading(file.sha256, READER_VERSION, paper)
        return paper

    def _in_child(self, worker: Worker, path: Path, pictures: Path) -> Paper:
        """Read one PDF; once more when the child dies, for that need not be the PDF's fault."""
        try:
            paper: Paper = worker.call("read", path, pictures, timeout_s=READ_TIMEOUT_S)
        except WorkerDied:
            if self._closing:
                raise
            paper = worker.call("read", path, pictures, timeout_s=READ_TIMEOUT_S)
        return paper


def read_papers(paths: Sequence[Path], library: Library, report: Reporter, *, readers: int) -> Iterator[Outcome]:
    """Yield the reading of every PDF that *paths* stand for, in order; paths that stand for none come first."""
    pdfs, refused = located_pdfs(paths, library, report)
    for path, error in refused:
        report.warn(str(error))
        yield Outcome(path=path, error=error)
    with Readings(pdfs, library, report, readers=readers, in_order=True) as readings:
        yield from (outcome for _, outcome in readings if outcome)


def located_pdfs(paths: Sequence[Path], library: Library, report: Reporter) -> tuple[list[Path], list[Refused]]:
    """Return the PDFs that *paths* stand for, and the paths that stand for none; an identifier stands for the paper that was fetched."""
    return find_pdfs([_located(path, library) for path in paths], told=report.warn)


def _located(path: Path, library: Library) -> Path:
    paper = parse_arxiv_id(path.as_posix())
    kept = find_pdf(library, *paper) if paper and not path.exists() else None
    return kept.path if kept else path


def _paper_file(path: Path, library: Library) -> PaperFile:
    try:
        return PaperFile(path=path, sha256=library.file_sha256(path), size_bytes=path.stat().st_size)
    except OSError as error:
        raise PaperError(f"{path.name} cannot be read: {error.strerror}.", "Check its access rights.") from error
