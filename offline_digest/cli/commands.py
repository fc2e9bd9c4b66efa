"""The commands: options in, results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from offline_digest.cli.terminal import Terminal, printable
from offline_digest.errors import DiskFull

if TYPE_CHECKING:
    from offline_digest.config import Settings
    from offline_digest.pipeline import Outcome, Result
    from offline_digest.records import Paper

# Whether a path is there and may be read is told paper by paper, not by click, which would refuse the whole call.
_PATH = click.Path(path_type=Path, readable=False)
_CONFIG = click.option("--config", type=_PATH, help="Configuration file instead of the user's own.")
_LIBRARY = click.option("--library", type=_PATH, help="Folder in which readings and digests are kept.")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object per paper on stdout.")
_OUT = click.option("-o", "--out", required=True, type=_PATH, help="Where posts go; for Hexo the blog's source folder.")
_DATE = click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date of the post; default: today.")
_MODEL = click.option("--model", help="Model that writes the digest: a name of the catalogue or a GGUF file.")
_WAIT = click.option("--wait/--no-wait", default=True, help="Wait for another run on the same library, or end with code 11.")
_REDO = click.option(
    "--redo", type=click.Choice(["fields", "paper"]), help="Make again what the model wrote (fields), or the reading too (paper)."
)
_ENGINE = click.option("--engine", type=click.Choice(["extractive"]), help="extractive: quotations only, no model.")


def emit(text: str) -> None:
    """Print a result on stdout.

    Raises:
        DiskFull: stdout is a file on a full disk.
    """
    try:
        sys.stdout.write(f"{printable(text, sys.stdout.encoding)}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has left; the work is done all the same
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 (stays open to the end of the process)
    except OSError as error:
        raise DiskFull(f"Cannot write to stdout: {error.strerror}.", "The post itself is written.") from error


@click.command()
@click.argument("paths", metavar="PAPER...", nargs=-1, required=True, type=_PATH)
@_OUT
@click.option("--topic", help="Topic of the post; its title and file name.")
@_DATE
@_MODEL
@_ENGINE
@click.option("--budget", type=click.IntRange(256, 200_000), help="Tokens of a paper that the model reads.")
@click.option("--brief", is_flag=True, help="Only summary and takeaways.")
@click.option("--thorough", is_flag=True, help="The model first condenses sections that do not fit its budget; slower.")
@click.option("--metadata", type=_PATH, help="arXiv Atom feed or JSON lines with what is known of the papers.")
@click.option("--format", "post_format", help="Post format: hexo (default), bilingual, markdown, html, json.")
@_REDO
@_WAIT
@_LIBRARY
@_CONFIG
@_JSON
@click.pass_context
def digest(
    context: click.Context,
    paths: tuple[Path, ...],
    out: Path,
    topic: str | None,
    day: datetime | None,
    model: str | None,
    engine: str | None,
    budget: int | None,
    brief: bool,
    thorough: bool,
    metadata: Path | None,
    post_format: str | None,
    redo: Literal["fields", "paper"] | None,
    wait: bool,
    library: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Digest PDFs, or all PDFs of folders, into one post. Never online.

    Prints the path of the post. Papers that cannot be used are named on stderr, and the others are done.
    """
    from offline_digest.pipeline import Order, run_order

    settings = _settings(config, library)
    if budget is not None:
        settings = settings.model_copy(update={"passage_tokens": budget})
    order = Order(
        paths=paths,
        out=out,
        topic=settings.topic if topic is None else topic,
        day=day.date() if day else _today(),
        format=post_format or settings.format,
        figures=settings.figures,
        metadata=metadata,
        model=_model(model, engine, settings),
        brief=brief,
        thorough=thorough,
        wait=wait,
        redo=redo,
    )
    with Terminal() as report:
        result = run_order(order, settings, report)
    _finish(context, result, as_json=as_json)


@click.command()
@click.option("-o", "--out", default=Path("demo-post"), show_default=True, type=_PATH, help="Where the post goes.")
@_DATE
@_MODEL
@_ENGINE
@_LIBRARY
@_CONFIG
@click.pass_context
def demo(
    context: click.Context,
    out: Path,
    day: datetime | None,
    model: str | None,
    engine: str | None,
    library: Path | None,
    config: Path | None,
) -> None:
    """Digest the bundled sample paper: no network, no weights needed. Prints the path of the post."""
    from offline_digest.pipeline import Order, run_order
    from offline_digest.sample import sample_paper

    settings = _settings(config, library)
    order = Order(
        paths=(sample_paper(),), out=out, topic="Demo", day=day.date() if day else _today(), model=_model(model, engine, settings)
    )
    with Terminal() as report:
        result = run_order(order, settings, report)
    _finish(context, result, as_json=False)


@click.command()
@click.argument("paths", metavar="PDF...", nargs=-1, required=True, type=_PATH)
@_WAIT
@_LIBRARY
@_CONFIG
@_JSON
@click.pass_context
def read(context: click.Context, paths: tuple[Path, ...], wait: bool, library: Path | None, config: Path | None, as_json: bool) -> None:
    """Show what is read from PDFs: title, authors, sections, figures. Never online."""
    from offline_digest.library import Library, run_lock
    from offline_digest.pipeline import Result, read_papers
    from offline_digest.workers import physical_cores

    settings = _settings(config, library)
    codes: list[Outcome] = []
    done: Path | None = None
    report = Terminal()
    with run_lock(settings.library, wait=wait, told=report.warn), Library(settings.library) as opened:
        for outcome in read_papers(paths, opened, report, readers=physical_cores()):
            emit(json.dumps(_reading(outcome), ensure_ascii=False) if as_json else _outline(outcome))
            codes.append(replace(outcome, paper=None))
            done = outcome.path if outcome.paper else done
    context.exit(Result(outcomes=tuple(codes), post=done).exit_code)


def _settings(config: Path | None, library: Path | None) -> Settings:
    """Return the settings, the options of the call on top."""
    from offline_digest.config import load_settings

    settings = load_settings(config)
    return settings if library is None else settings.model_copy(update={"library": library})


def _model(model: str | None, engine: str | None, settings: Settings) -> str | None:
    """Return the model that writes, None for quotations only."""
    if model is not None and engine is not None:
        raise click.UsageError("--model and --engine exclude each other: a model brings its own engine.")
    if model == "":
        raise click.UsageError("--model needs a name or the path of a GGUF file.")
    return None if engine == "extractive" else model or settings.model


def _today() -> date:
    return datetime.now().astimezone().date()


def _finish(context: click.Context, result: Result, *, as_json: bool) -> None:
    """Print what came of a call and end it with the right code."""
    if as_json:
        for outcome in result.outcomes:
            emit(json.dumps(_summary(outcome, result.post), ensure_ascii=False))
    elif result.post is not None:
        emit(str(result.post))
    failed = sum(o.error is not None for o in result.outcomes)
    done = len(result.outcomes) - failed
    click.echo(f"{done} digested, {failed} failed" if failed else f"{done} digested", err=True)
    context.exit(result.exit_code)


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


def _outline(outcome: Outcome) -> str:
    """Return what was read as a person would want to see it."""
    if outcome.paper is None:
        return f"{outcome.path}: {outcome.error}"
    paper = outcome.paper
    rows = [
        f"{outcome.path}: {paper.title}",
        f"  {', '.join(paper.authors)}",
        f"  {paper.n_pages} pages, {len(paper.figures)} figures, {len(paper.tables)} tables",
    ]
    rows += [f"  {'  ' * s.level}{s.number or ''} {s.heading} (p. {s.page})" for s in paper.sections]
    return "\n".join([*rows, *(f"  ! {w}" for w in paper.warnings)])
