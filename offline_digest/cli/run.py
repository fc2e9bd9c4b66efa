"""The command for every morning: what is new on each topic, fetched, digested and posted."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from offline_digest.cli.options import (
    CONFIG,
    DATE,
    ENGINE,
    JSON_LINES,
    LIBRARY,
    MODEL,
    TIME_BUDGET,
    TRUST,
    WAIT,
    model_of,
    settings_of,
    today,
    topic_of,
)
from offline_digest.cli.streams import emit, tell
from offline_digest.cli.terminal import Terminal
from offline_digest.cli.topics import choice_line, choice_table
from offline_digest.errors import DigestError, UsageError
from offline_digest.progress import counted, duration

if TYPE_CHECKING:
    from offline_digest.config import Settings
    from offline_digest.gathering.online import Arxiv
    from offline_digest.pipeline import Forecast, Plan, Round
    from offline_digest.progress import Reporter
    from offline_digest.topics import Topic


@click.command()
@click.argument("names", metavar="[TOPIC]...", nargs=-1)
@click.option(
    "--since", "since_text", metavar="last|DATE|Nd", help="How far back, instead of the topic's days; last: to its last whole run."
)
@click.option("--offline", is_flag=True, help="Ask nobody: only what the library holds.")
@click.option(
    "--dry-run", is_flag=True, help="Ask for the metadata alone; print what would be chosen and fetched, and how long it would take."
)
@DATE
@MODEL
@TRUST
@ENGINE
@TIME_BUDGET
@WAIT
@LIBRARY
@CONFIG
@JSON_LINES
@click.pass_context
def run(
    context: click.Context,
    names: tuple[str, ...],
    since_text: str | None,
    offline: bool,
    dry_run: bool,
    day: datetime | None,
    model: str | None,
    trust_model: bool,
    engine: str | None,
    time_budget: float | None,
    wait: bool,
    library: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Fetch, choose, digest and post what is new on each TOPIC of the configuration, or on all of them. Online, unless --offline.

    Prints the path of each topic's post. Run again on the same day it adds to that post what is new, and does nothing twice. A paper is posted
    once, in the first topic that picks it; a later version of it is an update. A dry run asks for the sizes of the first 20 PDFs, which takes a minute.

    --json: topic, day, post, papers (those that joined, as in `topics test`), errors, left, cut. With --dry-run: topic, day, papers (all
    that were looked at), fetch (name, size_bytes), seconds.
    """
    from offline_digest.library import Library, run_lock
    from offline_digest.pipeline import Plan, Rounds, check_plan, exit_code, forecasts

    settings = settings_of(config, library)
    topics = _topics(settings, names)
    post_day = day.date() if day else today()
    plan = Plan(
        day=post_day,
        since=_since(since_text, post_day),
        model=model_of(model, engine, settings),
        trust_model=trust_model,
        wait=wait,
        time_budget_s=time_budget,
    )
    made: list[Round] = []
    errors: list[DigestError] = []
    with Terminal() as report:
        check_plan(topics, plan, settings, report, writes=not dry_run)
    with (
        Terminal() as report,
        _arxiv(settings, report, offline=offline) as arxiv,
        run_lock(settings.library, wait=wait, told=report.warn, name="rounds") if not dry_run else contextlib.nullcontext(),
        Library(settings.library) as opened,
        Rounds(plan, settings, opened, arxiv, report, stopped=lambda part: _tell(part, plan, report, as_json=as_json)) as rounds,
    ):
        for found in forecasts(topics, rounds, plan, opened, arxiv) if dry_run else ():
            _forecast(found, plan, report, as_json=as_json)
            errors += filter(None, [found.error])
        for topic in topics if not dry_run else ():
            made.append(rounds.round(topic))
            _tell(made[-1], plan, report, as_json=as_json)
    if late := [one.topic for one in made if one.cut]:
        tell(f"the time is up for {', '.join(late)}; the same command goes on")
    context.exit(errors[0].exit_code if errors else exit_code(made))


def _topics(settings: Settings, names: Sequence[str]) -> list[Topic]:
    if not settings.topics:
        raise UsageError("The configuration has no topics.", "Add one with `offline-digest topics add NAME --include WORD -o FOLDER`.")
    named = [topic_of(settings, name) for name in names] or settings.topics
    return list({topic.name: topic for topic in named}.values())


def _since(text: str | None, day: date) -> date | Literal["last"] | None:
    from offline_digest.gathering import since

    return None if text is None else "last" if text.strip() == "last" else since(text, day)


@contextlib.contextmanager
def _arxiv(settings: Settings, report: Reporter, *, offline: bool) -> Iterator[Arxiv | None]:
    """Give arXiv, or None where it must not be asked."""
    if offline or settings.network.offline:
        yield None
        return
    from offline_digest.config import state_folder
    from offline_digest.gathering.online import Arxiv, arxiv_session

    with arxiv_session(settings.network, state_folder(), told=report.step) as session:
        yield Arxiv(settings.network.arxiv, session)


def _tell(made: Round, plan: Plan, report: Reporter, *, as_json: bool) -> None:
    if as_json:
        errors = [{"error": type(error).__name__, "message": error.message, "hint": error.hint} for error in made.errors]
        line = {
            "topic": made.topic,
            "day": plan.day.isoformat(),
            "post": str(made.post) if made.post else None,
            "papers": [choice_line(choice) for choice in made.joined],
            "errors": errors,
            "left": made.left,
            "cut": made.cut,
        }
        emit(json.dumps(line, ensure_ascii=False))
    elif made.post:
        emit(str(made.post))
    if made.cut and not (made.joined or made.left or made.errors):
        return  # it was not begun; that is told at the end
    updates = sum(choice.reason == "update" for choice in made.joined)
    new = len(made.joined) - updates
    said = [
        f"{new} new",
        *([made.known] if made.known else []),
        *([f"{updates} updated"] if updates else []),
        *([f"{len(made.errors)} failed"] if made.errors else []),
    ]
    report.step(f"{made.topic}: {', '.join(said)}" + (f", {made.left} left" if made.left else ""))


def _forecast(found: Forecast, plan: Plan, report: Reporter, *, as_json: bool) -> None:
    """Print what the round of one topic would do."""
    from offline_digest.pipeline import told_of_known

    choices = [*found.chosen.kept, *found.chosen.dropped]
    if as_json:
        fetch = [{"name": name, "size_bytes": found.sizes.get(name)} for name in found.absent]
        papers = [choice_line(choice) for choice in choices]
        line = {"topic": found.topic, "day": plan.day.isoformat(), "papers": papers, "fetch": fetch, "seconds": found.seconds}
        emit(json.dumps(line, ensure_ascii=False))
    else:
        for text in choice_table(choices):
            emit(text)
        for name in found.absent:
            emit(f"fetch {name}" + (f"  {found.sizes[name] / 1e6:.1f} MB" if name in found.sizes else ""))
    if found.error:
        report.warn(f"{found.topic}: {found.error}")
    known = f", {sum(found.sizes.values()) / 1e6:.1f} MB" if found.sizes else ""
    unknown = len(found.absent) - len(found.sizes)
    beside = f" and {unknown} of unknown size" if found.sizes and unknown else ""
    if not found.chosen.kept:
        pace = f"; {known_before}" if (known_before := told_of_known(found.chosen)) else ""
    elif found.seconds is None:
        pace = "; how long digesting takes is known after the first batch"
    else:
        pace = f"; about {duration(found.seconds)} to digest, as in the last batch"
    report.step(f"{found.topic}: {len(found.chosen.kept)} chosen, {counted(len(found.absent), 'PDF')} to fetch{known}{beside}{pace}")
