"""Papers of arXiv into the library, without digesting them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_digest.cli.options import CONFIG, LIBRARY, WAIT, settings_of, today
from offline_digest.cli.streams import emit, tell
from offline_digest.cli.terminal import Terminal

if TYPE_CHECKING:
    from offline_digest.gathering.online import Fetched

_MOST = 50


@click.command()
@click.argument("names", metavar="[ID|URL|QUERY]...", nargs=-1)
@click.option("--query", "queries", multiple=True, help="A query in arXiv's syntax, such as 'ti:diffusion AND cat:cs.CV'.")
@click.option("--category", "categories", multiple=True, help="Only papers of this category (of any, when given several times).")
@click.option("--since", "since_text", metavar="DATE|Nd", help="Only papers submitted since that day, or in the last N days (UTC).")
@click.option(
    "--max", "most", type=click.IntRange(1, 2000), default=_MOST, show_default=True, help="Most papers of each query, newest first."
)
@click.option("--dry-run", is_flag=True, help="Ask for the metadata alone, and print what would be fetched.")
@WAIT
@LIBRARY
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="One JSON object per paper on stdout; the lines serve `digest --metadata` elsewhere.")
@click.pass_context
def fetch(
    context: click.Context,
    names: tuple[str, ...],
    queries: tuple[str, ...],
    categories: tuple[str, ...],
    since_text: str | None,
    most: int,
    dry_run: bool,
    wait: bool,
    library: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Fetch metadata and PDFs from arXiv into the library. Online.

    Each argument is an identifier or address of a paper, a category (cs.CV), a query in arXiv's syntax, or words that must all occur. Prints the
    paths of the PDFs, those that were there already too, for `digest` to be given. A paper is fetched once, a new version of it again.

    --json: status (new, update, kept, failed), name, arxiv_id, version, title, authors, abstract, categories, comment, doi, published,
    version_date, licence, file, sha256, error.
    """
    from offline_digest.config import state_folder
    from offline_digest.gathering import since
    from offline_digest.gathering.online import Arxiv, Order, Question, arxiv_session, question_of
    from offline_digest.gathering.online import fetch as fetch_all
    from offline_digest.library import Library, run_lock

    questions = (*map(question_of, names), *(Question(query=query) for query in queries if query.strip()))
    narrows = bool(since_text or categories)
    if not questions and not narrows:
        raise click.UsageError("Name papers, a query, --category or --since.")
    if narrows and questions and all(q.arxiv_id for q in questions):
        raise click.UsageError("--since and --category narrow queries; papers named by identifier come anyway.")
    settings = settings_of(config, library)
    order = Order(
        questions=questions,
        most=most,
        categories=categories,
        first_day=since(since_text, today()) if since_text else None,
        dry_run=dry_run,
    )
    outcomes: list[Fetched] = []
    with (
        Terminal() as report,
        arxiv_session(settings.network, state_folder(), told=report.step) as session,
        run_lock(settings.library, wait=wait, told=report.warn, name="fetch"),
        Library(settings.library) as opened,
    ):
        for item in fetch_all(order, opened, Arxiv(settings.network.arxiv, session), report):
            outcomes.append(item)
            _tell(item, report, dry_run=dry_run, as_json=as_json)
    _finish(context, outcomes, dry_run=dry_run)


def _tell(item: Fetched, report: Terminal, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        emit(json.dumps(_line(item), ensure_ascii=False))
    elif item.path is not None:
        emit(str(item.path))
    elif dry_run and item.error is None:
        emit(item.name)
    title = f": {item.metadata.title}" if item.metadata and item.metadata.title else ""
    if item.error is not None:
        report.warn(f"{item.name}: {item.error}")
    else:
        report.step(f"{item.name} {item.status}{title}")


def _finish(context: click.Context, outcomes: list[Fetched], *, dry_run: bool) -> None:
    """Say how much came of what, and end with the right code (DESIGN section 7)."""
    counts = {status: sum(o.status == status for o in outcomes) for status in ("new", "update", "kept", "failed")}
    said = ", ".join(f"{n} {status}" for status, n in counts.items() if n) or "nothing found"
    tell(f"{said}; nothing was fetched (--dry-run)" if dry_run else said)
    codes = {o.error.exit_code for o in outcomes if o.error}
    if not codes:
        context.exit(0)
    some_came = counts["failed"] < len(outcomes)
    context.exit(3 if some_came else codes.pop() if len(codes) == 1 else 16)


def _line(item: Fetched) -> dict[str, Any]:
    """Return one paper's line of `fetch --json`; its keys are those of `digest --metadata`."""
    line: dict[str, Any] = {"status": item.status, "name": item.name}
    if item.metadata is not None:
        known = item.metadata.model_dump(mode="json")
        line |= {("version_date" if key == "updated" else key): value for key, value in known.items()}
    if item.path is not None:
        line |= {"file": str(item.path), "sha256": item.sha256}
    if item.error is not None:
        line |= {"error": type(item.error).__name__, "message": item.error.message, "hint": item.error.hint}
    return line
