"""What the commands share: options, and what is made of them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_digest.cli.streams import as_text
from offline_digest.errors import UsageError
from offline_digest.progress import seconds_of

if TYPE_CHECKING:
    from offline_digest.config import Settings
    from offline_digest.library import Library
    from offline_digest.topics import Topic


class _PathName(click.Path):
    """A path. Whether it is there and may be read is told paper by paper, not by click, which would refuse the whole call."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 (click's own signature)
        """Return the path, or fail where it is empty, as an unset variable of a shell is: `pathlib` would take that for this folder."""
        if value == "":
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


PATH = _PathName(path_type=Path, readable=False)


class Duration(click.ParamType):  # type: ignore[type-arg]  # newer versions of click alone make it generic
    """A length of time in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 (click's own signature)
        """Return the seconds, or fail with what is understood."""
        seconds = value if isinstance(value, float) else seconds_of(str(value))
        if seconds is None:
            self.fail(f"{value!r} is no length of time; say 2h, 90m or 1h30m", param, ctx)
        return seconds


CONFIG = click.option("--config", type=PATH, help="Configuration file instead of the user's own.")
LIBRARY = click.option("--library", type=PATH, help="Folder in which readings and digests are kept.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object per paper on stdout.")
JSON_LINES = click.option("--json", "as_json", is_flag=True, help="One JSON object per line on stdout.")
OUT = click.option("-o", "--out", required=True, type=PATH, help="Where posts go; for Hexo the blog's source folder.")
TOPIC = click.option("--topic", help="Topic of the post: its title and file name.")
FORMAT = click.option("--format", "post_format", help="Post format; `templates ls` lists them. Default: hexo.")
FIGURES = click.option(
    "--figures",
    type=click.Choice(["keep", "licensed"]),
    help="licensed: no figures of papers whose licence does not let them be passed on.",
)
DATE = click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date of the post; default: today.")
MODEL = click.option("--model", help="Model that writes the digest: a name of the catalogue or a GGUF file.")
TRUST = click.option(
    "--trust-model", is_flag=True, help="Load the model's file although neither catalogue nor lock vouches for it; for this call."
)
WAIT = click.option("--wait/--no-wait", default=True, help="Wait for another run on the same library, or end with code 11.")
TIME_BUDGET = click.option(
    "--time-budget",
    type=Duration(),
    help="Stop cleanly after so long (2h, 90m, 1h30m), with the post of what is done; the same command goes on.",
)
REDO = click.option(
    "--redo", type=click.Choice(["fields", "paper"]), help="Make again what the model wrote (fields), or the reading too (paper)."
)
ENGINE = click.option("--engine", type=click.Choice(["extractive"]), help="extractive: quotations only, no model.")


def settings_of(config: Path | None, library: Path | None) -> Settings:
    """Return the settings, the options of the call on top."""
    from offline_digest.config import load_settings

    settings = load_settings(config)
    return settings if library is None else settings.model_copy(update={"library": library})


def topic_of(settings: Settings, name: str) -> Topic:
    """Return the topic of that name.

    Raises:
        UsageError: There is none; names those that there are.
    """
    for topic in settings.topics:
        if topic.name.casefold() == " ".join(as_text(name).split()).casefold():
            return topic
    known = ", ".join(topic.name for topic in settings.topics)
    raise UsageError(f"There is no topic {name!r}.", f"Known topics: {known}." if known else "Add one with `offline-digest topics add`.")


def model_of(model: str | None, engine: str | None, settings: Settings) -> str | None:
    """Return the model that writes, None for quotations only."""
    if model is not None and engine is not None:
        raise click.UsageError("--model and --engine exclude each other: a model brings its own engine.")
    if model == "":
        raise click.UsageError("--model needs a name or the path of a GGUF file.")
    return None if engine == "extractive" else model or settings.model


def today() -> date:
    """Return the day it is here."""
    return datetime.now().astimezone().date()


def library_of(library: Path | None, config: Path | None) -> Library:
    """Return the library of the settings, which must be there: looking for something makes no new one."""
    from offline_digest.library import Library

    return Library(root_of(library, config))


def root_of(library: Path | None, config: Path | None) -> Path:
    """Return the folder of the library of the settings.

    Raises:
        UsageError: There is none.
    """
    from offline_digest.library import is_library

    root = settings_of(config, library).library
    if not is_library(root):
        raise UsageError(f"There is no library in {root}.", "Digest a paper first, or name the folder with --library.")
    return root
