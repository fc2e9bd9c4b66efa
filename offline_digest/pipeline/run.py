"""One call: everything opened, every stage run in its turn, one post written."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence

from offline_digest.config import Settings
from offline_digest.digesting import Wish
from offline_digest.engines import Engine, ExtractiveEngine, LlamaEngine, LlamaSettings
from offline_digest.errors import DigestError, IntegrityError, ModelUnusable, UsageError
from offline_digest.gathering import load_metadata, match_metadata
from offline_digest.library import Library, disk_errors, run_lock
from offline_digest.pipeline.digests import Digesting
from offline_digest.pipeline.readings import read_papers
from offline_digest.pipeline.values import Order, Outcome, Result
from offline_digest.posting import Entry, Post, formats, render_post, write_post
from offline_digest.progress import Reporter
from offline_digest.reading import READER_VERSION
from offline_digest.records import Metadata
from offline_digest.resources import resource_dir
from offline_digest.weights import find_model, load_catalog


def run_order(order: Order, settings: Settings, report: Reporter) -> Result:
    """Digest all papers of *order* into one post.

    One bad paper never stops the others: it becomes an outcome with an error.

    Raises:
        DigestError: What stops everything: no such model, broken metadata, an output folder that cannot be written, a full disk.
    """
    check_order(order)
    rows = load_metadata(order.metadata) if order.metadata else ()
    with run_lock(settings.library, wait=order.wait, told=report.warn):
        return _run(order, settings, rows, report)


def _run(order: Order, settings: Settings, rows: Sequence[Metadata], report: Reporter) -> Result:
    """Read, digest and write; when the run is stopped in between, write what is done."""
    with Library(settings.library) as library, open_engine(order.model, settings, library) as engine:
        wish = Wish(brief=order.brief, thorough=order.thorough, glossary=tuple(settings.glossary.items()))
        work = Digesting(engine, wish, library)  # a model that is too large is told of before hours of reading
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


def _digested(outcomes: Sequence[Outcome], rows: Sequence[Metadata], work: Digesting, report: Reporter) -> Iterator[Outcome]:
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
    else:
        report.warn(f"{target} was edited by hand and is left as it is; the new post lies beside it: {written[0].name}")
    gone = [title for title in titles if title not in shown]
    if gone and written[0] == target:
        report.warn(f"{target} was written anew without: {'; '.join(gone)}. To keep them, name all papers in one call, or another --topic.")
    return Result(outcomes=tuple(outcomes), post=written[0])
