"""The commands about topics: add one, list them, try what one would pick."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_digest.cli.options import CONFIG, JSON_LINES, PATH, today, topic_of
from offline_digest.cli.streams import emit
from offline_digest.cli.tables import columns
from offline_digest.cli.terminal import Terminal
from offline_digest.errors import UsageError
from offline_digest.progress import counted

if TYPE_CHECKING:
    from offline_digest.config import Settings
    from offline_digest.gathering import Choice, Known
    from offline_digest.records import Metadata
    from offline_digest.topics import Topic


@click.group()
def topics() -> None:
    """Add, list and try the topics of the configuration. Never online."""


@topics.command()
@click.argument("name")
@click.option("--query", help="arXiv's own syntax: 'ti:nerf AND cat:cs.CV'.")
@click.option("--category", "categories", help="arXiv category: cs.CV, or cs for all below it. Repeatable.", multiple=True)
@click.option("--include", help="Word or phrase, of which one must be there. Repeatable.", multiple=True)
@click.option("--exclude", help="Word or phrase that must not be there. Repeatable.", multiple=True)
@click.option("--author", "authors", help="Name, of which one must be there. Repeatable.", multiple=True)
@click.option("--most", type=int, help="How many papers a post holds at most.")
@click.option("--days", type=int, help="How many days back.")
@click.option("--rank", help="date, interest or like.")
@click.option("--interest", help="What you are interested in, for --rank interest.")
@click.option("--like", help="Folder of PDFs or metadata file, for --rank like.")
@click.option("--format", help="Post format.")
@click.option("--language", "languages", help="en or zh. Repeatable.", multiple=True)
@click.option("-o", "--out", help="Folder of its posts.")
@CONFIG
def add(config: Path | None, **values: Any) -> None:  # noqa: ANN401 (one option per key of a topic)
    """Add a topic at the end of the configuration, of which nothing else is changed. Prints the configuration's path."""
    from offline_digest.cli.config import rewrite_config
    from offline_digest.cli.toml import toml_table

    given = {key: value for key, value in values.items() if value not in (None, ())}

    def with_topic(before: str) -> str:
        end = "\r\n" if "\r\n" in before else "\n"
        gap = "" if not before or before.endswith(("\n\n", "\r\n\r\n")) else end if before.endswith("\n") else end * 2
        return before + gap + "".join(f"{line}{end}" for line in ["[[topics]]", *toml_table(given)])

    emit(str(rewrite_config(config, with_topic)))


@topics.command("ls")
@CONFIG
@JSON_LINES
def list_(config: Path | None, as_json: bool) -> None:
    """List the topics: name, how many, how far back, ranking, where to, and what arXiv would be asked.

    --json: the keys of the configuration, and arxiv_query.
    """
    from offline_digest.config import load_settings
    from offline_digest.topics import arxiv_query

    found = load_settings(config).topics
    if as_json:
        for topic in found:
            emit(json.dumps(topic.model_dump(mode="json") | {"arxiv_query": arxiv_query(topic)}, ensure_ascii=False))
    else:
        rows = [(t.name, counted(t.most, "paper"), counted(t.days, "day"), t.rank, str(t.out or "-"), arxiv_query(t)) for t in found]
        for line in columns(rows) if rows else ():
            emit(line)
    click.echo(counted(len(found), "topic"), err=True)


@topics.command()
@click.argument("name")
@click.option("--feed", type=PATH, help="Candidates: an Atom feed, JSON lines, BibTeX or an export of Zotero.")
@click.option("--snapshot", type=PATH, help="Candidates: a snapshot of arXiv's metadata; rows that cannot fit are not shown.")
@click.option("--library", is_flag=True, help="Candidates: the papers of the library.")
@click.option("--days", type=click.IntRange(min=1), help="Days back instead of the topic's.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day from which days are counted back; default: today.")
@CONFIG
@JSON_LINES
def test(
    name: str,
    feed: Path | None,
    snapshot: Path | None,
    library: bool,
    days: int | None,
    day: datetime | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Show what topic NAME would pick, and for each paper why it is kept (+) or dropped (-).

    --json: kept, reason, detail, score, resembles, licence, private_use_only, arxiv_id, version, doi, title, published, updated.
    """
    from offline_digest.config import load_settings
    from offline_digest.gathering import choose
    from offline_digest.pipeline import liked_texts

    if not (feed or snapshot or library):
        raise UsageError("There is nothing to pick from.", "Name --feed FILE, --snapshot FILE or --library.")
    settings = load_settings(config)
    topic = topic_of(settings, name)
    topic = topic.model_copy(update={"days": days}) if days else topic
    now = day.date() if day else today()
    rows = [
        *_from_file(feed),
        *_from_snapshot(snapshot, topic, now - timedelta(days=topic.days)),
        *(_from_library(settings) if library else ()),
    ]
    found = choose(rows, topic, today=now, known=_known(settings), liked=liked_texts(topic, settings.library, Terminal()))
    shown = [*found.kept, *found.dropped]
    for line in [json.dumps(choice_line(choice), ensure_ascii=False) for choice in shown] if as_json else choice_table(shown):
        emit(line)
    click.echo(f"{len(found.kept)} kept, {len(found.dropped)} dropped", err=True)


def _from_file(path: Path | None) -> Iterator[Metadata]:
    from offline_digest.gathering import Snapshot, load_metadata

    if path:
        rows = load_metadata(path)
        if isinstance(rows, Snapshot):
            raise UsageError(f"{path} is a snapshot of arXiv's metadata.", "Give it with --snapshot.")
        yield from rows


def _from_snapshot(path: Path | None, topic: Topic, since: date) -> Iterator[Metadata]:
    from offline_digest.gathering import Sieve, Snapshot

    if path:
        yield from Snapshot(path).for_topic(Sieve(topic, since))


def _from_library(settings: Settings) -> Iterator[Metadata]:
    """Yield the papers that were digested, as far as digests tell: neither categories nor dates."""
    from offline_digest.library import Library, list_papers, load_paper
    from offline_digest.records import Metadata

    with Library(settings.library) as library:
        for paper in list_papers(library):
            row, digest = load_paper(library, paper.sha256)
            yield Metadata(
                **{key: getattr(row, key) for key in ("arxiv_id", "version", "doi", "sha256", "title", "authors")}, abstract=digest.abstract
            )


def _known(settings: Settings) -> tuple[Known, ...]:
    """Return what counts as met before, as `run` does; a library that is not there is not made."""
    from offline_digest.library import Library, is_library, list_posted
    from offline_digest.pipeline import met_before

    if not is_library(settings.library):
        return ()
    with Library(settings.library) as library:
        return met_before(library, list_posted(library))


def choice_line(choice: Choice) -> dict[str, Any]:
    """Return what became of one paper as `--json` shows it."""
    from offline_digest.licences import open_licence

    row = choice.row
    return {
        "kept": choice.is_kept,
        **choice.model_dump(mode="json", exclude={"row"}),
        "licence": row.licence or "unknown",
        "private_use_only": open_licence(row.licence) is None,
        **row.model_dump(mode="json", include={"arxiv_id", "version", "doi", "title", "published", "updated"}),
    }


def choice_table(choices: Sequence[Choice]) -> list[str]:
    """Return one line for each paper: kept or dropped, and why."""
    from offline_digest.gathering import name_of

    rows = [("+" if c.is_kept else "-", name_of(c.row), _reason(c), c.row.title or "") for c in choices]
    return columns(rows) if rows else []


def _reason(choice: Choice) -> str:
    """Return the reason with what belongs to it, in one line."""
    said = f"{choice.reason}: {choice.detail}" if choice.detail else choice.reason
    score = f", score {choice.score:.2f}" if choice.score is not None else ""
    return f"{said}{score}" + (f" (title and first author as {', '.join(choice.resembles)})" if choice.resembles else "")
