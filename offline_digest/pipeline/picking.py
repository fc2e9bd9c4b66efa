"""Which papers a topic could post today, and which of them it picks: from arXiv where that may be asked, and from the library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from offline_digest.errors import ConfigError, DigestError, NetworkError, UsageError
from offline_digest.gathering import Choosing, Known, Snapshot, choose, load_metadata, text_of
from offline_digest.library import Library, Posted, list_known, list_posted, run_lock
from offline_digest.pipeline.readings import read_papers
from offline_digest.progress import Reporter
from offline_digest.reading import READER_VERSION
from offline_digest.records import Metadata, Record
from offline_digest.topics import Topic, arxiv_query
from offline_digest.workers import physical_cores

if TYPE_CHECKING:
    from offline_digest.gathering.online import Arxiv

UPDATES_DAYS = 90  # so long a paper that was posted is asked for again, for a new version of it
LOOKED_AT = 50  # papers for each that a post can hold: most of a week were posted before, and a ranking needs something to rank
_UNUSABLE = "unusable papers"
_UNREADABLE = "which cannot be read"
FEWEST_LOOKED_AT, MOST_LOOKED_AT = 200, 2000  # 2 and 20 answers of arXiv, with its pause between them


class _Unusable(Record):
    """Papers whose PDFs could not be read, by the reader that tried."""

    reader: str = READER_VERSION
    rows: tuple[Metadata, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What a topic picks on one day, next to what its post of that day holds already (`standing`).

    `error` says why arXiv could not be asked for everything; what it told before is in `chosen`.
    """

    standing: tuple[Metadata, ...]
    chosen: Choosing
    error: DigestError | None = None


def pick(
    topic: Topic, day: date, library: Library, arxiv: Arxiv | None, report: Reporter, *, wait: bool = True, also: Sequence[Known] = ()
) -> Picked:
    """Return what *topic* picks for its post of *day*.

    Args:
        topic: It; `days` is how far back papers are looked for.
        day: The day of the post.
        library: What was posted, and what is known of its papers.
        arxiv: None: nothing but what the library holds.
        report: Hears what is asked.
        wait: For another run on the library, where papers one likes must be read.
        also: Papers that count as posted.

    Raises:
        UsageError: The papers one likes cannot be read.
    """
    posted = list_posted(library)
    this = (topic.name, day.isoformat())
    ours = [p for p in posted if (p.topic, p.day) == this]
    standing = tuple({p.paper.sha256 or p.paper.title or "": p.paper for p in ours}.values())
    told, error = _asked(topic, day, _may_have_changed(topic, day, posted), arxiv, report) if arxiv else ([], None)
    rows = {(row.arxiv_id, row.version): row for row in (*list_known(library), *told)}.values()
    room = topic.model_copy(update={"most": max(topic.most - len(standing), 0)})
    liked = liked_texts(topic, library.root, report, wait=wait)
    chosen = choose(rows, room, today=day, known=(*met_before(library, posted), *also), liked=liked)
    return Picked(standing=standing, chosen=chosen, error=error)


def met_before(library: Library, posted: Iterable[Posted]) -> tuple[Known, ...]:
    """Return the papers that no topic picks again but as a later version: those that were *posted*, and those that cannot be read."""
    return (*known_papers(posted), *(Known(row=row, where=_UNREADABLE) for row in _unusable(library).rows))


def told_of_known(chosen: Choosing) -> str:
    """Return why nothing new was picked, where papers fit; empty where something was picked or nothing fits."""
    known = [choice for choice in chosen.dropped if choice.reason == "known"]
    if chosen.kept or not known:
        return ""
    unreadable = any(choice.detail.endswith(_UNREADABLE) for choice in known)
    return f"{len(known)} fit{'s' if len(known) == 1 else ''}, all posted already{' or not readable' if unreadable else ''}"


def note_unusable(library: Library, rows: Sequence[Metadata]) -> None:
    """Keep that the PDFs of *rows* cannot be read, so that other papers take their places; a new version, or a new reader, is tried again."""
    before = _unusable(library).rows
    new = [row for row in rows if row not in before]
    if new:
        library.keep_note(_UNUSABLE, _Unusable(rows=(*before, *new)).model_dump_json())


def _unusable(library: Library) -> _Unusable:
    text = library.note(_UNUSABLE)
    found = _Unusable.model_validate_json(text) if text else _Unusable()
    return found if found.reader == READER_VERSION else _Unusable()


def known_papers(posted: Iterable[Posted]) -> tuple[Known, ...]:
    """Return what was posted as `choose` takes it."""
    return tuple(Known(row=p.paper, where=f"in {p.topic}, {p.day}") for p in posted)


def check_liked(topic: Topic) -> None:
    """Find out whether the papers that the topic's ranking compares with are there, before anything is asked.

    Raises:
        ConfigError: They are not.
    """
    if topic.rank == "like" and topic.like and not topic.like.exists():
        raise ConfigError(f"The papers that the topic {topic.name!r} likes are not there: {topic.like}.", "Mend its key `like`.")


def liked_texts(topic: Topic, root: Path, report: Reporter, *, wait: bool = True) -> tuple[str, ...]:
    """Return title and abstract of each paper that the topic's ranking compares with; PDFs are read through the library at *root*.

    Raises:
        UsageError: They cannot be read.
        Locked: Another run holds the library, and *wait* is false.
    """
    if topic.rank != "like" or topic.like is None:
        return ()
    if not topic.like.is_dir():
        rows = load_metadata(topic.like)
        if isinstance(rows, Snapshot):
            raise UsageError(f"{topic.like} is a snapshot of arXiv's metadata.", "Name the papers you like, as PDFs, BibTeX or JSON lines.")
        return tuple(map(text_of, rows))
    with run_lock(root, wait=wait, told=report.warn), Library(root) as library:
        papers = [outcome.paper for outcome in read_papers([topic.like], library, report, readers=physical_cores()) if outcome.paper]
    return tuple(text_of(Metadata(title=paper.title, abstract=paper.abstract)) for paper in papers)


def _may_have_changed(topic: Topic, day: date, posted: Sequence[Posted]) -> list[str]:
    """Return the identifiers of what the topic posted lately."""
    first = (day - timedelta(days=UPDATES_DAYS)).isoformat()
    return list(dict.fromkeys(p.paper.arxiv_id for p in posted if p.topic == topic.name and p.day >= first and p.paper.arxiv_id))


def _asked(topic: Topic, day: date, names: Sequence[str], arxiv: Arxiv, report: Reporter) -> tuple[list[Metadata], DigestError | None]:
    """Return what arXiv tells, and why it did not tell all."""
    since, until = day - timedelta(days=topic.days), day + timedelta(days=1)  # arXiv's day is that of GMT
    most = min(max(LOOKED_AT * topic.most, FEWEST_LOOKED_AT), MOST_LOOKED_AT)
    report.step(f"{topic.name}: asking arXiv for papers since {since}")
    rows: list[Metadata] = []
    error = _take(arxiv.find(arxiv_query(topic, since=since, until=until), most=most), rows)
    if len(rows) == most:
        report.warn(f"{topic.name}: only the {most} newest papers are looked at; narrow the topic or look back fewer days")
    met = {row.arxiv_id for row in rows}
    others = [name for name in names if name not in met]
    if others and not (isinstance(error, NetworkError) and error.ends_all):
        error = _take(arxiv.papers(others), rows) or error
    return rows, error


def _take(found: Iterator[Metadata], rows: list[Metadata]) -> DigestError | None:
    """Append *found* to *rows*, and return what ended it too early; what came before stays."""
    try:
        for row in found:
            rows.append(row)  # noqa: PERF402 (extend would promise nothing about them)
    except (NetworkError, UsageError) as error:
        return error
    return None
