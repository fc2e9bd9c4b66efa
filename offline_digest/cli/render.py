"""`render`: posts again from what is kept, in any format."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from offline_digest.cli.options import CONFIG, DATE, FIGURES, FORMAT, LIBRARY, OUT, TOPIC, library_of, settings_of, today
from offline_digest.cli.streams import as_text, emit
from offline_digest.cli.terminal import Terminal


@click.command()
@click.argument("papers", metavar="[PAPER...]", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every paper of the library, the last digested first.")
@click.option("--engine", type=click.Choice(["extractive"]), help="Show the quotations of this engine, even where a model wrote.")
@click.option("--model", help="Show what this model wrote, by the name under which it digested, or that `library ls` tells.")
@OUT
@FORMAT
@TOPIC
@DATE
@FIGURES
@LIBRARY
@CONFIG
@click.pass_context
def render(
    context: click.Context,
    papers: tuple[str, ...],
    everything: bool,
    engine: str | None,
    model: str | None,
    out: Path,
    post_format: str | None,
    topic: str | None,
    day: datetime | None,
    figures: Literal["keep", "licensed"] | None,
    library: Path | None,
    config: Path | None,
) -> None:
    """Make a post of papers that were digested, in any format and without a model. Never online.

    PAPER is a PDF that was digested, the beginning of its hash, an arXiv id, a DOI, or words of a title that no other paper has; papers appear in
    the order given, each with the newest digest that a model wrote, else the newest. Prints the path of the post.
    """
    from offline_digest.pipeline import RenderOrder, render_order

    if bool(papers) == everything:
        raise click.UsageError("Name papers, or --all of them.")
    if engine and model:
        raise click.UsageError("Name --engine or --model, not both.")
    settings = settings_of(config, library)
    order = RenderOrder(
        papers=None if everything else papers,
        out=out,
        topic=settings.topic if topic is None else as_text(topic),
        day=day.date() if day else today(),
        format=post_format or settings.format,
        figures=figures or settings.figures,
        own=settings.own_posts,
        writer=engine or model,
    )
    with library_of(library, config) as opened, Terminal() as report:
        rendered = render_order(order, opened, report)
    emit(str(rendered.post))
    context.exit(3 if rendered.lost else 0)
