"""One call: everything opened, every stage run in its turn, one post written."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from offline_digest.config import Settings
from offline_digest.digesting import Wish
from offline_digest.engines import Engine, ExtractiveEngine, LlamaEngine, LlamaSettings
from offline_digest.errors import DigestError
from offline_digest.gathering import Match, Matching, Rows, Settled, load_metadata, name_of
from offline_digest.library import Library, disk_errors, enter_posted, is_fetched, key_of, run_lock
from offline_digest.pipeline.course import Course, Pace, TimeUp, pace_note
from offline_digest.pipeline.digests import Digesting
from offline_digest.pipeline.models import trusted_model
from offline_digest.pipeline.publishing import publish
from offline_digest.pipeline.readings import Readings, located_pdfs
from offline_digest.pipeline.redoing import Redo
from offline_digest.pipeline.updates import earlier_versions, identify, latest_versions
from offline_digest.pipeline.values import Order, Outcome, Result
from offline_digest.posting import Entry, check_format, check_topic, render_post
from offline_digest.progress import Reporter
from offline_digest.reading import READER_VERSION
from offline_digest.records import Metadata, PaperFile
from offline_digest.workers import physical_cores

_NAMED_ROWS = 3  # of those that no PDF belongs to: a feed may have thousands
Opener = Callable[[str | None, Settings, Library], contextlib.AbstractContextManager[Engine]]


def run_order(
    order: Order, settings: Settings, report: Reporter, *, opener: Opener | None = None, stopped: Callable[[Result], None] | None = None
) -> Result:
    """Digest all papers of *order* into one post.

    One bad paper never stops the others: it becomes an outcome with an error.

    Args:
        order: What is wanted.
        settings: What the user has set.
        report: Hears how it goes.
        opener: Returns the engine, instead of `open_engine`.
        stopped: Hears what was done of a run that something stops, before that is raised again.

    Raises:
        DigestError: What stops everything: no such model, broken metadata, an output folder that cannot be written, a full disk.
    """
    check_order(order, settings)
    rows: Rows = load_metadata(order.metadata, report.warn) if order.metadata else ()
    with run_lock(settings.library, wait=order.wait, told=report.warn):
        return _run(order, settings, rows, report, opener or opener_of(report, trust=order.trust_model), stopped or (lambda _: None))


def _run(order: Order, settings: Settings, rows: Rows, report: Reporter, opener: Opener, stopped: Callable[[Result], None]) -> Result:
    """Read, digest and write; when the run is stopped in between, write what is done."""
    with Library(settings.library) as library, opener(order.model, settings, library) as engine:
        pdfs, refused = located_pdfs(order.paths, library, report)
        missing = [Outcome(path=path, error=error) for path, error in refused]
        for _, error in refused:
            report.warn(str(error))
        beside_model = order.model is not None
        redo = _redo(order, pdfs)
        readers = 1 if beside_model else physical_cores()
        with Readings(pdfs, library, report, readers=readers, gives_way=beside_model, redo=redo) as readings:  # the model loads meanwhile
            glossary = tuple(settings.glossary.items())
            wish = Wish(brief=order.brief, thorough=order.thorough, glossary=glossary, languages=order.languages)
            work = Digesting(engine, wish, library, redo)
            done: dict[int, Outcome] = {}
            try:
                for place, outcome in _digested(order, pdfs, readings, rows, work, library, report):
                    done[place] = replace(outcome, paper=None)  # of hundreds of papers only what is printed is held
            except TimeUp:
                left = len(pdfs) - len(done)
                return replace(_write(order, settings, _for_post(missing, done, report), library, report, stopped=True), left=left)
            except BaseException:
                with contextlib.suppress(DigestError):  # what stopped the run is what the user must hear of
                    stopped(_write(order, settings, _for_post(missing, done, report), library, report, stopped=True))
                raise
        if redo:
            redo.end(library)
        return _write(order, settings, _for_post(missing, done, report), library, report)


def _for_post(missing: Sequence[Outcome], done: Mapping[int, Outcome], report: Reporter) -> list[Outcome]:
    """Return what came of the papers, in order; of several versions of one paper the latest."""
    ordered = [done[place] for place in sorted(done)]
    latest = latest_versions(list(_posted(ordered)))
    path_of = {o.file.sha256: o.path for o in ordered if o.file}
    for row in _posted(o for o in ordered if o.file and o.file.sha256 in latest):
        later = latest[row.sha256 or ""]
        report.warn(f"{path_of[row.sha256 or '']}: {name_of(row)}, left out, for {path_of[later.sha256 or '']} is {name_of(later)}")
    return [*missing, *(o for o in ordered if not (o.file and o.file.sha256 in latest))]


def _redo(order: Order, pdfs: Sequence[Path]) -> Redo | None:
    """Return what is to be made again, under a name that the same command gives."""
    if order.redo is None:
        return None
    paths = sorted(os.fsencode(path.resolve()).decode("utf-8", "backslashreplace") for path in pdfs)
    return Redo(kind=order.redo, name=key_of(order.redo, order.model or "", str(order.brief), str(order.languages), *paths))


def _digested(
    order: Order,
    pdfs: Sequence[Path],
    readings: Readings,
    rows: Rows,
    work: Digesting,
    library: Library,
    report: Reporter,
) -> Iterator[tuple[int, Outcome]]:
    """Yield place and outcome of every PDF as it is finished: a digest, or what is wrong.

    A paper whose metadata other papers could still claim waits until all are read.
    """
    matching = Matching(pdfs, rows)
    pace = f"pace | {work.kind}"
    kept = library.note(pace)
    course = Course(len(pdfs), Pace.model_validate_json(kept) if kept else None, report, budget_s=order.time_budget_s)
    course.foretell(0 if order.redo else sum(library.is_digested(path, work.recipe) for path in pdfs))
    later: list[tuple[int, Outcome]] = []

    def digested(place: int, outcome: Outcome, metadata: Metadata | None) -> tuple[int, Outcome]:
        course.begin(readings.names[place].name, readings.waiting)
        finished = work.outcome(outcome, metadata, readings.names[place], course, report)
        course.end(failed=finished.error is not None)
        return place, finished

    try:
        for place, outcome in readings:
            if outcome is None:
                course.drop()
            elif outcome.file is None or outcome.paper is None:
                course.end(failed=True)
                yield place, outcome
            elif settled := matching.add(outcome.file, outcome.paper):
                yield digested(place, outcome, _known(outcome.file, settled, library))
            else:
                later.append((place, outcome))
        match = matching.finish()
        alone = {file.sha256 for file in match.unmatched_files}
        settled_by = {
            file.sha256: Settled(metadata=row, matched=file.sha256 not in alone)
            for file, row in zip(matching.files, match.metadata, strict=True)
        }
        _tell_match(matching, match, rows, library, {each.path: each.name for each in readings.names}, report)
        for place, outcome in later:
            yield digested(place, outcome, _known(outcome.file, settled_by[outcome.file.sha256], library) if outcome.file else None)
    finally:
        with contextlib.suppress(DigestError):  # an estimate that is not kept is no loss
            if course.pace:
                for note in (pace, pace_note(order.model)):
                    library.keep_note(note, course.pace.model_dump_json())


def _known(file: PaperFile, settled: Settled, library: Library) -> Metadata | None:
    """Return what is known of a paper: the row that matched it, which calls without metadata find again, else what is kept of it.

    What the source of a fetched PDF says of it stays kept, whatever rows come with it.
    """
    kept = library.metadata(file.sha256)
    if not settled.matched or settled.metadata is None:
        return kept or settled.metadata
    if settled.metadata != kept and not is_fetched(library, file.sha256):
        library.keep_metadata(file.sha256, settled.metadata)
    return settled.metadata


def _tell_match(matching: Matching, match: Match, rows: Rows, library: Library, names: Mapping[Path, str], report: Reporter) -> None:
    lone = [f"{row.arxiv_id or row.file or ''} {row.title or ''}".strip() for row in match.unmatched_rows]
    if lone:
        more = f"; and {len(lone) - _NAMED_ROWS} more" if len(lone) > _NAMED_ROWS else ""
        report.warn(f"metadata without a PDF: {'; '.join(lone[:_NAMED_ROWS])}{more}")
    for file in match.unmatched_files if rows else ():
        if library.metadata(file.sha256):
            continue
        rivals = "; ".join(dict.fromkeys(name_of(row) for row in matching.rivals(file)))
        why = f"several rows or several PDFs fit, so none is taken ({rivals})" if rivals else "no metadata fits"
        report.warn(f"{names[file.path]}: {why}; title and authors come from page 1")


def check_order(order: Order, settings: Settings) -> None:
    """Find out what cannot work before hours of work are put into it.

    Raises:
        UsageError: An empty topic or one that no file can be called, an unknown format, or an output folder that cannot be written.
        ConfigError: A template of the user's is broken.
    """
    check_topic(order.topic)
    check_format(order.format, own=settings.own_posts)
    with disk_errors(order.out):
        order.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=order.out):
            pass


def opener_of(report: Reporter, *, trust: bool) -> Opener:
    """Return what opens engines; with *trust* the user vouches for the files of their models."""
    return partial(open_engine, report=report, trust=trust)


def open_engine(model: str | None, settings: Settings, library: Library, *, report: Reporter, trust: bool = False) -> Engine:
    """Return the engine that *model* names; it is entered by the caller. With *trust* the user vouches for the model's files.

    Raises:
        ModelNotFound: There is no such model here.
        ModelUnusable: A file of it is no model, or cannot be read.
        IntegrityError: A file is not the one that its catalogue, its place or the lock says, or nobody vouches for it.
    """
    if model is None:
        return ExtractiveEngine()
    trusted = trusted_model(model, settings, report, trust=trust)
    found = trusted.model
    return LlamaEngine(
        found.path,
        name=found.name,
        sha256=trusted.sha256,
        files=trusted.files,
        languages=found.languages,
        purpose=found.purpose,
        settings=driven(settings, settings.passage_tokens or found.passage_tokens),
        recall=library.note,
        keep=library.keep_note,
    )


def driven(settings: Settings, passage_tokens: int) -> LlamaSettings:
    """Return how the user wishes a model to be driven that is given passages of *passage_tokens*."""
    return LlamaSettings(
        passage_tokens=passage_tokens,
        threads=settings.threads,
        gpu_layers=settings.gpu_layers,
        flash_attention=settings.flash_attention,
        kv_cache=settings.kv_cache,
        ubatch_tokens=settings.ubatch_tokens,
        memory_bytes=int(settings.memory_gb * 1e9),
    )


def _write(
    order: Order, settings: Settings, outcomes: Sequence[Outcome], library: Library, report: Reporter, *, stopped: bool = False
) -> Result:
    """Render and write the post of everything that was digested; of a *stopped* run, only where no post is there that holds more."""
    updates = order.updates
    if updates is None:
        updates = earlier_versions(library, _posted(outcomes), topic=order.topic, day=order.day, scope="topic")
    entries = [
        Entry(digest=o.digest, pictures=library.pictures(o.file.sha256, READER_VERSION), updated=updates.get(o.file.sha256))
        for o in outcomes
        if o.digest and o.file
    ]
    if not entries:
        return Result(outcomes=tuple(outcomes))
    post = render_post(order.topic, order.day, entries, format=order.format, figures=order.figures, own=settings.own_posts)
    papers = list(_posted(outcomes))
    written = publish(post, papers, order.out, library, report, stopped=stopped)
    if written == order.out / post.path:
        enter_posted(library, written, topic=order.topic, day=order.day.isoformat(), papers=papers, updates=updates)
    return Result(outcomes=tuple(outcomes), post=written)


def _posted(outcomes: Iterable[Outcome]) -> Iterator[Metadata]:
    """Yield what identifies the papers that have a digest."""
    for o in outcomes:
        if o.digest and o.file:
            yield identify(o.digest, o.file.sha256)
