"""The whole row: paths → PDFs → readings → digests → one post. The only module that knows every stage."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from offline_digest.config import Settings
from offline_digest.digesting import DIGEST_VERSION, Wish, digest_paper, load_prompts
from offline_digest.engines import Engine, ExtractiveEngine, LlamaEngine, LlamaSettings
from offline_digest.errors import (
    DamagedPdf,
    DigestError,
    IntegrityError,
    ModelUnusable,
    OutOfMemory,
    PaperError,
    TooLargePdf,
    UsageError,
    WorkerDied,
    WorkerError,
    WorkerTimeout,
)
from offline_digest.gathering import Rows, find_pdfs, load_metadata, match_metadata
from offline_digest.library import Library, disk_errors, enter_posted, key_of, run_lock
from offline_digest.posting import Entry, Post, formats, render_post, write_post
from offline_digest.progress import Reporter
from offline_digest.reading import READER_VERSION
from offline_digest.records import Answer, Digest, Metadata, Paper, PaperFile, Passage, Progress, Question
from offline_digest.resources import resource_dir
from offline_digest.weights import find_model, load_catalog
from offline_digest.workers import Worker

READ_TIMEOUT_S = 55.0  # with the child's end, no PDF takes more than a minute
READ_LIMIT_BYTES = 3 * 2**30
READS_BEFORE_RESTART = 50
EXTRACTIVE = "extractive"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one `digest` call is asked to do.

    `model` None means quotations only; `brief` and `thorough` are those of `digesting.Wish`; `wait` for another run on the same library.
    """

    paths: tuple[Path, ...]
    out: Path
    topic: str
    day: date
    format: str = "hexo"
    metadata: Path | None = None
    model: str | None = None
    brief: bool = False
    thorough: bool = False
    wait: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one PDF (or of a path that led to none): a digest, or an error."""

    path: Path
    file: PaperFile | None = None
    paper: Paper | None = None
    digest: Digest | None = None
    error: DigestError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one `digest` call: every paper in order, and the post (None when no paper could be used)."""

    outcomes: tuple[Outcome, ...]
    post: Path | None = None

    @property
    def exit_code(self) -> int:
        """0 all done, 3 some done and some failed, else what ended the papers (DESIGN section 7)."""
        failed = [o.error for o in self.outcomes if o.error is not None]
        if not failed:
            return 0
        if self.post is not None:
            return 3
        codes = {error.exit_code for error in failed}
        return codes.pop() if len(codes) == 1 else PaperError.exit_code


def run_order(order: Order, settings: Settings, report: Reporter) -> Result:
    """Digest all papers of *order* into one post.

    One bad paper never stops the others: it becomes an outcome with an error.

    Raises:
        DigestError: What stops everything: no such model, broken metadata, an output folder that cannot be written, a full disk.
    """
    check_order(order)
    rows: Rows = load_metadata(order.metadata) if order.metadata else ()
    with run_lock(settings.library, wait=order.wait, told=report.warn):
        return _run(order, settings, rows, report)


def _run(order: Order, settings: Settings, rows: Rows, report: Reporter) -> Result:
    """Read, digest and write; when the run is stopped in between, write what is done."""
    with Library(settings.library) as library, open_engine(order.model, settings, library) as engine:
        wish = Wish(brief=order.brief, thorough=order.thorough, glossary=tuple(settings.glossary.items()))
        work = _Digesting(engine, wish, library)  # a model that is too large is told of before hours of reading
        done: list[Outcome] = []
        try:
            done.extend(_digested(read_papers(order.paths, library, report), rows, work, report))
        except BaseException:
            with contextlib.suppress(DigestError):  # what stopped the run is what the user must hear of
                _write(order, done, library, report, stopped=True)
            raise
        return _write(order, done, library, report)


def check_order(order: Order) -> None:
    """Find out what cannot work before hours of work are put into it.

    Raises:
        UsageError: An empty topic, an unknown format, or an output folder that cannot be written.
    """
    if not order.topic.strip():
        raise UsageError("The topic is empty.", "Name one with --topic.")
    if order.format not in formats():
        raise UsageError(f"There is no post format {order.format!r}.", f"Known formats: {', '.join(formats())}.")
    with disk_errors(order.out):
        order.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=order.out):
            pass


def open_engine(model: str | None, settings: Settings, library: Library) -> Engine:
    """Return the engine that *model* names; it is entered by the caller.

    Raises:
        ModelNotFound: There is no such model here.
        IntegrityError: The file is not the one its catalogue names.
    """
    if model is None:
        return ExtractiveEngine()
    found = find_model(model, load_catalog(resource_dir("models")))
    try:
        sha256 = library.file_sha256(found.path)
    except OSError as error:
        raise ModelUnusable(f"{found.path.name} cannot be read: {error.strerror}.", "Check its access rights.") from error
    if found.sha256 is not None and sha256 != found.sha256:
        raise IntegrityError(f"{found.path.name} is not the file that the catalogue names: its hash differs.", "Install the model anew.")
    driven = LlamaSettings(
        passage_tokens=settings.passage_tokens or found.passage_tokens,
        threads=settings.threads,
        gpu_layers=settings.gpu_layers,
        flash_attention=settings.flash_attention,
        kv_cache=settings.kv_cache,
        ubatch_tokens=settings.ubatch_tokens,
        memory_bytes=int(settings.memory_gb * 1e9),
    )
    return LlamaEngine(
        found.path,
        name=found.name,
        sha256=sha256,
        languages=found.languages,
        settings=driven,
        recall=library.note,
        keep=library.keep_note,
    )


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
                outcomes.append(_failed(Outcome(path=path), error, place, report))
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


def _failed(outcome: Outcome, error: DigestError, place: str, report: Reporter) -> Outcome:
    name = outcome.path.name
    report.warn(f"{place} {error}" if name in error.message else f"{place} {name}: {error}")
    return replace(outcome, error=error)


def _digested(outcomes: Sequence[Outcome], rows: Rows, work: _Digesting, report: Reporter) -> Iterator[Outcome]:
    """Yield the outcomes with a digest for every paper that was read, each as soon as it is made."""
    read = [(o.file, o.paper) for o in outcomes if o.file and o.paper]
    match = match_metadata(read, rows)
    for row in match.unmatched_rows:
        report.warn(f"metadata without a PDF: {row.arxiv_id or row.file or ''} {row.title or ''}".rstrip())
    for file in match.unmatched_files if rows else ():
        report.warn(f"{file.path.name}: no metadata fits; title and authors come from page 1")
    metadata = {file.sha256: row for (file, _), row in zip(read, match.metadata, strict=True)}
    places = (f"[{number}/{len(read)}]" for number in range(1, len(read) + 1))
    for o in outcomes:
        yield work.outcome(o, metadata[o.file.sha256], next(places), report) if o.file else o


class _Digesting:
    """Digests papers with one engine, through the library: nothing done is done again unless its inputs changed."""

    def __init__(self, engine: Engine, wish: Wish, library: Library) -> None:
        self._engine = engine
        self._wish = wish
        self._prompts = load_prompts(resource_dir("templates") / "prompts")
        self._library = library
        self._writer = engine.describe().writer
        self._identity = engine.describe().model_dump_json()

    def outcome(self, outcome: Outcome, metadata: Metadata | None, place: str, report: Reporter) -> Outcome:
        """Return *outcome* with a digest or with what went wrong; what would stop every paper is raised."""
        if outcome.file is None or outcome.paper is None:
            return outcome
        try:
            digest = self.digest(outcome.file, outcome.paper, metadata, lambda text: report.life(f"{place} {outcome.path.name}: {text}"))
        except WorkerError as error:
            return _failed(outcome, error, place, report)
        except DigestError:
            raise
        except Exception as error:  # noqa: BLE001 (the one place that protects a batch from a defect of ours, STYLE 2.6)
            _log.error("%s", traceback.format_exc())
            defect = DigestError(f"{outcome.path.name} could not be digested: {type(error).__name__}: {error}.", "Please report this.")
            return _failed(outcome, defect, place, report)
        report.step(f"{place} {outcome.path.name}: digested")
        return replace(outcome, digest=digest)

    def digest(self, file: PaperFile, paper: Paper, metadata: Metadata | None, life: Callable[[str], None]) -> Digest:
        """Return the digest of one paper, kept or made now; *life* hears of every answer."""
        known = metadata.model_dump_json() if metadata else ""
        wording = "".join(p.model_dump_json() for p in self._prompts.values())
        key = key_of(DIGEST_VERSION, READER_VERSION, known, self._identity, wording, self._wish.model_dump_json())
        digest = self._library.digest(file.sha256, key)
        if digest is None:

            def keep(passage: Passage, answer: Answer) -> None:
                key, prompts = self._answer_key(passage, answer.question), self._prompts[answer.question.language].version
                self._library.keep_answer(key, answer, paper=file.sha256, model=self._writer, prompts=prompts)
                life(f"{answer.question.field}, {answer.question.language}")

            def tell(progress: Progress) -> None:
                if progress.phase == "read":
                    life(f"{progress.done} of {progress.total} tokens read")

            digest = digest_paper(
                paper,
                metadata,
                self._engine,
                fallback=ExtractiveEngine(),
                prompts=self._prompts,
                wish=self._wish,
                recall=self._recall,
                keep=keep,
                progress=tell,
            )
            self._library.keep_digest(file.sha256, key, digest, version=f"{DIGEST_VERSION}.{READER_VERSION}")
        return digest

    def _recall(self, passage: Passage, question: Question) -> Answer | None:
        return self._library.answer(self._answer_key(passage, question))

    def _answer_key(self, passage: Passage, question: Question) -> str:
        return key_of(self._identity, passage.sha256, question.model_dump_json())


def _write(order: Order, outcomes: Sequence[Outcome], library: Library, report: Reporter, *, stopped: bool = False) -> Result:
    """Render and write the post of everything that was digested; of a *stopped* run, only where no post is there that holds more."""
    entries = [Entry(digest=o.digest, pictures=library.pictures(o.file.sha256, READER_VERSION)) for o in outcomes if o.digest and o.file]
    if not entries:
        return Result(outcomes=tuple(outcomes))
    post: Post = render_post(order.topic, order.day, entries, format=order.format)
    target = order.out / post.path
    sha256, titles = library.post(target) or (None, ())
    shown = [entry.digest.title for entry in entries]
    if stopped and not set(titles) <= set(shown):
        return Result(outcomes=tuple(outcomes))
    written = write_post(post, order.out, previous_sha256=sha256)
    if written[0] == target:
        library.keep_post(target, post.sha256, shown)
        enter_posted(library, target, topic=order.topic, day=order.day.isoformat(), papers=_posted(outcomes))
    else:
        report.warn(f"{target} was edited by hand and is left as it is; the new post lies beside it: {written[0].name}")
    gone = [title for title in titles if title not in shown]
    if gone and written[0] == target:
        report.warn(f"{target} was written anew without: {'; '.join(gone)}. To keep them, name all papers in one call, or another --topic.")
    return Result(outcomes=tuple(outcomes), post=written[0])


def _posted(outcomes: Sequence[Outcome]) -> Iterator[Metadata]:
    """Yield what identifies the papers that came into a post."""
    for o in outcomes:
        if o.digest and o.file:
            d = o.digest
            yield Metadata(arxiv_id=d.arxiv_id, version=d.version, doi=d.doi, sha256=o.file.sha256, title=d.title, authors=d.authors)
