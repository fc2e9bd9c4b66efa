"""The commands: options in, results on stdout, everything else on stderr."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from offline_digest.cli.options import (
    CONFIG,
    DATE,
    ENGINE,
    FIGURES,
    FORMAT,
    JSON,
    LIBRARY,
    MODEL,
    OUT,
    PATH,
    REDO,
    TIME_BUDGET,
    TOPIC,
    TRUST,
    WAIT,
    model_of,
    settings_of,
    today,
)
from offline_digest.cli.streams import as_text, emit, tell
from offline_digest.cli.terminal import Terminal
from offline_digest.progress import counted

if TYPE_CHECKING:
    from offline_digest.pipeline import Outcome, Result
    from offline_digest.records import Paper


@click.command()
@click.argument("paths", metavar="PAPER...", nargs=-1, required=True, type=PATH)
@OUT
@TOPIC
@DATE
@MODEL
@TRUST
@ENGINE
@click.option("--budget", type=click.IntRange(256, 200_000), help="Tokens of a paper that the model reads.")
@click.option("--brief", is_flag=True, help="Only summary and takeaways.")
@click.option("--thorough", is_flag=True, help="The model first condenses sections that do not fit its budget; slower.")
@click.option("--metadata", type=PATH, help="arXiv Atom feed or JSON lines with what is known of the papers.")
@FORMAT
@FIGURES
@REDO
@click.option("--watch", "is_watching", is_flag=True, help="Go on looking for PDFs that arrive; each joins the post of its day.")
@TIME_BUDGET
@WAIT
@LIBRARY
@CONFIG
@JSON
@click.pass_context
def digest(
    context: click.Context,
    paths: tuple[Path, ...],
    out: Path,
    topic: str | None,
    day: datetime | None,
    model: str | None,
    trust_model: bool,
    engine: str | None,
    budget: int | None,
    brief: bool,
    thorough: bool,
    metadata: Path | None,
    post_format: str | None,
    figures: Literal["keep", "licensed"] | None,
    redo: Literal["fields", "paper"] | None,
    is_watching: bool,
    time_budget: float | None,
    wait: bool,
    library: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Digest PDFs, or all PDFs of folders, into one post. Never online.

    Prints the path of the post. Papers that cannot be used are named on stderr, and the others are done.
    """
    from offline_digest.pipeline import Order, run_order, watch

    if is_watching and redo:
        raise click.UsageError("--watch and --redo exclude each other.")
    settings = settings_of(config, library)
    if budget is not None:
        settings = settings.model_copy(update={"passage_tokens": budget})
    order = Order(
        paths=paths,
        out=out,
        topic=settings.topic if topic is None else as_text(topic),
        day=day.date() if day else today(),
        format=post_format or settings.format,
        figures=figures or settings.figures,
        metadata=metadata,
        model=model_of(model, engine, settings),
        trust_model=trust_model,
        brief=brief,
        thorough=thorough,
        wait=wait,
        redo=redo,
        time_budget_s=time_budget,
    )
    if is_watching:
        codes = set()
        with told_if_stopped(as_json=as_json) as stopped, Terminal() as report:
            for arrived in watch(order, settings, report, today=lambda: order.day if day else today(), stopped=stopped):
                _tell(arrived, as_json=as_json)
                codes.add(arrived.exit_code)
        context.exit(codes.pop() if len(codes) == 1 else 3 if codes else 0)
    with told_if_stopped(as_json=as_json) as stopped, Terminal() as report:
        result = run_order(order, settings, report, stopped=stopped)
    _finish(context, result, as_json=as_json)


@click.command()
@click.option("-o", "--out", default=Path("demo-post"), show_default=True, type=PATH, help="Where the post goes.")
@FORMAT
@DATE
@MODEL
@TRUST
@ENGINE
@LIBRARY
@CONFIG
@click.pass_context
def demo(
    context: click.Context,
    out: Path,
    post_format: str | None,
    day: datetime | None,
    model: str | None,
    trust_model: bool,
    engine: str | None,
    library: Path | None,
    config: Path | None,
) -> None:
    """Digest the bundled sample paper: no network, no weights needed. Prints the path of the post.

    Without --model and --engine, and where none is set, a starter model writes the Chinese if one is installed.
    """
    from offline_digest.pipeline import Order, run_order, starter_at_hand
    from offline_digest.sample import sample_paper

    settings = settings_of(config, library)
    writer = model_of(model, engine, settings) or (None if engine else starter_at_hand(settings))
    order = Order(
        paths=(sample_paper(),),
        out=out,
        topic="Demo",
        day=day.date() if day else today(),
        format=post_format or settings.format,
        model=writer,
        trust_model=trust_model,
    )
    with told_if_stopped(as_json=False) as stopped, Terminal() as report:
        result = run_order(order, settings, report, stopped=stopped)
    _finish(context, result, as_json=False)


@click.command()
@click.argument("paths", metavar="PDF...", nargs=-1, required=True, type=PATH)
@WAIT
@LIBRARY
@CONFIG
@JSON
@click.pass_context
def read(context: click.Context, paths: tuple[Path, ...], wait: bool, library: Path | None, config: Path | None, as_json: bool) -> None:
    """Show what is read from PDFs: title, authors, sections, figures. Never online."""
    from offline_digest.library import Library, run_lock
    from offline_digest.pipeline import Result, read_papers
    from offline_digest.workers import physical_cores

    settings = settings_of(config, library)
    codes: list[Outcome] = []
    done: Path | None = None
    report = Terminal()
    with run_lock(settings.library, wait=wait, told=report.warn), Library(settings.library) as opened:
        for outcome in read_papers(paths, opened, report, readers=physical_cores()):
            if as_json:
                emit(json.dumps(_reading(outcome), ensure_ascii=False))
            elif outcome.paper is not None:
                emit(_outline(outcome.path, outcome.paper))
            codes.append(replace(outcome, paper=None))
            done = outcome.path if outcome.paper else done
    context.exit(Result(outcomes=tuple(codes), post=done).exit_code)


def _finish(context: click.Context, result: Result, *, as_json: bool) -> None:
    """Print what came of a call and end it with the right code."""
    _tell(result, as_json=as_json)
    context.exit(result.exit_code)


@contextlib.contextmanager
def told_if_stopped(*, as_json: bool) -> Iterator[Callable[[Result], None]]:
    """Give what hears of a run that is stopped; what came of it is printed when the view of the run is gone."""
    heard: list[Result] = []
    try:
        yield heard.append
    finally:
        for result in heard:
            if result.post is not None:
                _tell(result, as_json=as_json)


def _tell(result: Result, *, as_json: bool) -> None:
    """Print what came of a call."""
    if as_json:
        for outcome in result.outcomes:
            emit(json.dumps(_summary(outcome, result.post), ensure_ascii=False))
    elif result.post is not None:
        emit(str(result.post))
    failed = sum(o.error is not None for o in result.outcomes)
    done = len(result.outcomes) - failed
    kept = sum(o.is_kept for o in result.outcomes)
    before = "" if not kept else " before" if kept == done else f", {kept} of them before"
    tell(f"{done} digested{before}" + (f", {failed} failed" if failed else ""))
    if result.left:
        left, those = ("1 paper is", "it") if result.left == 1 else (f"{result.left} papers are", "them")
        tell(f"the time is up: {left} left, and the same command goes on with {those}")


def _summary(outcome: Outcome, post: Path | None) -> dict[str, Any]:
    """Return one paper's line of `digest --json`."""
    line: dict[str, Any] = {"file": str(outcome.path)}
    if outcome.error is not None:
        return line | {
            "status": "failed",
            "error": type(outcome.error).__name__,
            "message": outcome.error.message,
            "hint": outcome.error.hint,
        }
    if outcome.digest is None:
        return line | {"status": "failed", "error": "DigestError", "message": "no digest", "hint": ""}
    return line | {"status": "done", "post": str(post), "digest": outcome.digest.model_dump(mode="json")}


def _reading(outcome: Outcome) -> dict[str, Any]:
    """Return one PDF's line of `read --json`."""
    if outcome.paper is not None:
        return {"file": str(outcome.path), **describe_reading(outcome.paper)}
    error = outcome.error
    return {
        "file": str(outcome.path),
        "error": type(error).__name__,
        "message": error.message if error else "",
        "hint": error.hint if error else "",
    }


def describe_reading(paper: Paper) -> dict[str, Any]:
    """Return a paper as `read --json` shows it: each section with its text in one piece."""
    sections = [{"number": s.number, "heading": s.heading, "level": s.level, "page": s.page, "text": s.text} for s in paper.sections]
    return paper.model_dump(mode="json", exclude={"sections"}) | {"sections": sections}


def _outline(path: Path, paper: Paper) -> str:
    """Return what was read as a person would want to see it."""
    rows = [
        f"{path}: {paper.title}",
        f"  {', '.join(paper.authors)}",
        f"  {counted(paper.n_pages, 'page')}, {counted(len(paper.figures), 'figure')}, {counted(len(paper.tables), 'table')}",
    ]
    rows += [f"  {'  ' * s.level}{s.number or ''} {s.heading} (p. {s.page})" for s in paper.sections]
    return "\n".join([*rows, *(f"  ! {w}" for w in paper.warnings)])
