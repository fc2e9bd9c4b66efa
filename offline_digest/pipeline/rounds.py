"""Rounds of topics: for each in its turn fetch, choose, digest and post; the same round twice a day makes one post and no work."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from offline_digest import __version__
from offline_digest.config import Settings
from offline_digest.engines import Engine
from offline_digest.errors import ConfigError, DigestError, NetworkError, PaperError
from offline_digest.gathering import Choice, Known, name_of, same_paper
from offline_digest.library import Library, file_sha256, find_pdf, key_of, locate_pdf, run_lock
from offline_digest.pipeline.models import trusted_model
from offline_digest.pipeline.picking import Picked, check_liked, note_unusable, pick, told_of_known
from offline_digest.pipeline.run import Opener, check_order, opener_of, run_order
from offline_digest.pipeline.updates import earlier_versions
from offline_digest.pipeline.values import Order, Result
from offline_digest.posting import list_files
from offline_digest.progress import Reporter
from offline_digest.records import Metadata, Record
from offline_digest.topics import Topic

if TYPE_CHECKING:
    from offline_digest.gathering.online import Arxiv

# A paper is dated by its submission and shown by the next announcement: after a weekend and a holiday four days later.
# Source: https://info.arxiv.org/help/availability.html
LATE_DAYS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one `run` is asked to do. `since` None: each topic looks back as many days as it says; `last`: to its last complete round."""

    day: date
    since: date | Literal["last"] | None = None
    model: str | None = None
    trust_model: bool = False
    wait: bool = True
    time_budget_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What became of one topic on one day.

    `joined` are the papers that the topic picked and its post now holds; `post` is None where no paper was found or could be used. `errors`
    are those of arXiv, of PDFs and of papers; `left` counts papers for which the time was too short, `cut` tells that it was. `known` says
    why nothing new was picked although papers fit.
    """

    topic: str
    joined: tuple[Choice, ...] = ()
    post: Path | None = None
    errors: tuple[DigestError, ...] = ()
    left: int = 0
    cut: bool = False
    known: str = ""


class _Made(Record):
    """Which post was made of what."""

    key: str
    post: str


class Rounds:
    """Makes rounds, one topic after the other, with one engine, which is opened when the first paper needs it.

    Args:
        plan: What is wanted.
        settings: What the user has set.
        library: Open, for as long as rounds are made.
        arxiv: None: nothing but what the library holds.
        report: Hears how it goes.
        opener: Returns the engine, instead of `open_engine`.
        stopped: Hears what was done of a round that something stops, before that is raised again.
        clock: Seconds that never run backwards; the time budget begins now.
    """

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        library: Library,
        arxiv: Arxiv | None,
        report: Reporter,
        *,
        opener: Opener | None = None,
        stopped: Callable[[Round], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = plan
        self._settings = settings
        self._library = library
        self._arxiv = arxiv
        self._report = report
        self._opener = opener or opener_of(report, trust=plan.trust_model)
        self._stopped = stopped
        self._clock = clock
        self._end_s = None if plan.time_budget_s is None else clock() + plan.time_budget_s
        self._stack = contextlib.ExitStack()
        self._engine: Engine | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def pick(self, topic: Topic, also: Sequence[Known] = ()) -> Picked:
        """Return what the topic picks today; papers of *also* count as posted."""
        wide = topic.model_copy(update={"days": (self._plan.day - self._since(topic)).days})
        return pick(wide, self._plan.day, self._library, self._arxiv, self._report, wait=self._plan.wait, also=also)

    def round(self, topic: Topic) -> Round:
        """Make the round of one topic.

        Raises:
            DigestError: What would stop the other topics too: a full disk, no such model, another run without waiting for it.
        """
        if self._is_late():
            return Round(topic=topic.name, cut=True)
        picked = self.pick(topic)
        errors = [*filter(None, [picked.error]), *self._fetch(picked)]
        for error in errors:
            self._report.warn(f"{topic.name}: {error}")
        papers = self._papers(picked)
        made = Round(topic=topic.name, errors=tuple(errors), known=told_of_known(picked.chosen))
        if self._is_late():  # PDFs that came stay, for the next call
            made = replace(made, left=len(picked.chosen.kept), cut=True)
        elif papers:
            made = self._post(topic, papers, picked.chosen.kept, made)
        gone = any(isinstance(error, NetworkError) and error.ends_all for error in errors)
        if not (made.cut or picked.error or gone):  # a single PDF that did not come holds up nothing
            self._note_day(topic)
        return made

    def _since(self, topic: Topic) -> date:
        """Return the first day of the papers that a topic takes."""
        if isinstance(self._plan.since, date):
            return self._plan.since
        last = self._last_day(topic) if self._plan.since == "last" else None
        return last - timedelta(days=LATE_DAYS) if last else self._plan.day - timedelta(days=topic.days)

    def _fetch(self, picked: Picked) -> list[DigestError]:
        """Bring the PDFs of the chosen papers into the library, while there is time, and return what went wrong."""
        rows = [choice.row for choice in picked.chosen.kept]
        if self._arxiv is None:
            return [
                PaperError(f"The PDF of {name_of(row)} is not in the library any more.", "`offline-digest fetch` brings it, online.")
                for row in rows
                if not _kept(row, self._library)
            ]
        from offline_digest.gathering.online import bring

        errors: list[DigestError] = []
        with run_lock(self._library.root, wait=self._plan.wait, told=self._report.warn, name="fetch"):
            for item in bring(rows, self._library, self._arxiv, self._report):
                if item.error:
                    errors.append(item.error)
                elif item.status != "kept":
                    self._report.step(f"{item.name} {item.status}: {item.metadata.title if item.metadata else ''}")
                if self._is_late():
                    break
        return errors

    def _papers(self, picked: Picked) -> dict[Path, Metadata]:
        """Return the papers of the post, by their PDFs: what stands there, a later version in the place of an earlier, then what is new."""
        came = {path: choice.row for choice in picked.chosen.kept if (path := _kept(choice.row, self._library))}
        papers: dict[Path, Metadata] = {}
        for row in picked.standing:
            later = {path: other for path, other in came.items() if same_paper(row, other)}
            path = locate_pdf(self._library, row.sha256 or "")
            papers |= later or ({path: row} if path else {})
        return papers | {path: row for path, row in came.items() if path not in papers}

    def _post(self, topic: Topic, papers: dict[Path, Metadata], picked: Sequence[Choice], made: Round) -> Round:
        """Digest *papers* into the post, unless it was made of the same before."""

        def joined(paths: Iterable[Path]) -> tuple[Choice, ...]:
            rows = [papers[path] for path in paths]
            return tuple(choice for choice in picked if choice.row in rows)

        order = self._order(topic, papers)
        own = [f"{file.name} {file_sha256(file.path)}" for file in list_files(self._settings.own_posts) if file.is_own]
        key = key_of(__version__, self._settings.model_dump_json(), repr(order), *own)
        note = f"last post | {topic.name}"
        text = self._library.note(note)
        before = _Made.model_validate_json(text) if text else None
        if before and before.key == key and Path(before.post).is_file():
            self._report.step(f"{topic.name}: the post is up to date")
            return replace(made, joined=joined(papers), post=Path(before.post))
        left_s = None if self._end_s is None else self._end_s - self._clock()

        def stopped(part: Result) -> None:
            done = joined(o.path for o in part.outcomes if o.digest)
            self._stopped(replace(made, joined=done, post=part.post, left=len(papers) - len(part.outcomes), cut=True))

        order = replace(order, time_budget_s=left_s)
        result: Result = run_order(order, self._settings, self._report, opener=self._shared, stopped=stopped)
        failed = [outcome.error for outcome in result.outcomes if outcome.error]
        note_unusable(self._library, [papers[o.path] for o in result.outcomes if isinstance(o.error, PaperError)])
        if result.post and not (failed or result.left):
            self._library.keep_note(note, _Made(key=key, post=str(result.post)).model_dump_json())
        done = joined(o.path for o in result.outcomes if o.digest)
        return replace(made, joined=done, post=result.post, errors=(*made.errors, *failed), left=result.left, cut=result.left > 0)

    def _order(self, topic: Topic, papers: dict[Path, Metadata]) -> Order:
        rows = [row.model_copy(update={"sha256": self._library.file_sha256(path)}) for path, row in papers.items()]
        updates = earlier_versions(self._library, rows, topic=topic.name, day=self._plan.day, scope="all")
        return replace(post_order(topic, self._plan, self._settings), paths=tuple(papers), updates=updates)

    def _shared(self, model: str | None, settings: Settings, library: Library) -> contextlib.AbstractContextManager[Engine]:  # noqa: ARG002 (an `Opener`)
        """Return the one engine of all topics: loading a model takes longer than many a paper."""
        if self._engine is None:
            self._engine = self._stack.enter_context(self._opener(model, settings, self._library))
        return contextlib.nullcontext(self._engine)

    def _is_late(self) -> bool:
        return self._end_s is not None and self._clock() >= self._end_s

    def _last_day(self, topic: Topic) -> date | None:
        text = self._library.note(_day_note(topic))
        return date.fromisoformat(text) if text else None

    def _note_day(self, topic: Topic) -> None:
        """Note that the topic is complete up to today: when arXiv was asked, and no day between two rounds was left out."""
        last = self._last_day(topic)
        if self._arxiv and (last is None or self._since(topic) <= last <= self._plan.day):
            self._library.keep_note(_day_note(topic), self._plan.day.isoformat())


def check_plan(topics: Sequence[Topic], plan: Plan, settings: Settings, report: Reporter, *, writes: bool = True) -> None:
    """Find out what cannot work before anything is fetched; only where posts will be written, folders are made.

    Raises:
        ConfigError: A topic has no folder for its posts, or the papers it likes are not there.
        UsageError: A topic's format is unknown, or its folder cannot be written.
        DigestError: There is no such model here, or it may not be loaded.
    """
    for topic in topics:
        if topic.out is None:
            raise ConfigError(f"The topic {topic.name!r} has no folder for its posts.", 'Give it one: out = "~/blog/source".')
        check_liked(topic)
        if writes:
            check_order(post_order(topic, plan, settings), settings)
    if plan.model is not None:
        trusted_model(plan.model, settings, report, trust=plan.trust_model)


def post_order(topic: Topic, plan: Plan, settings: Settings) -> Order:
    """Return the order of a topic's post, no papers in it yet."""
    return Order(
        paths=(),
        out=topic.out or Path(),
        topic=topic.name,
        day=plan.day,
        format=topic.format or settings.format,
        figures=settings.figures,
        model=plan.model,
        trust_model=plan.trust_model,
        languages=topic.languages,
        wait=plan.wait,
    )


def exit_code(rounds: Sequence[Round]) -> int:
    """Return 0 for nothing failed, 3 for posts beside failures, else what ended it all (DESIGN section 7)."""
    codes = {error.exit_code for made in rounds for error in made.errors}
    if not codes:
        return 0
    if any(made.post for made in rounds):
        return 3
    return codes.pop() if len(codes) == 1 else PaperError.exit_code


def _day_note(topic: Topic) -> str:
    return f"last round | {topic.name}"


def _kept(row: Metadata, library: Library) -> Path | None:
    found = find_pdf(library, row.arxiv_id or "", row.version)
    return found.path if found else None
