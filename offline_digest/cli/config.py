"""The commands about the configuration: edit it, show what holds and why, check it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_digest.cli.options import CONFIG
from offline_digest.cli.streams import emit, tell
from offline_digest.errors import ConfigError, IntegrityError, ModelNotFound, UsageError

if TYPE_CHECKING:
    from offline_digest.config import Settings


@click.group()
def config() -> None:
    """Edit, show and check the settings. Never online."""


@config.command()
@CONFIG
def edit(config: Path | None) -> None:
    """Open the configuration in your editor ($VISUAL or $EDITOR); one that explains every key is made where there is none.

    Prints its path. What is wrong in it afterwards is told, and it is left as you saved it.
    """
    from offline_digest.config import default_config_file, editor, load_settings
    from offline_digest.library import write_atomically

    file = config or default_config_file()
    if not file.exists():
        write_atomically(file, documented_config().encode("utf-8"))
    command = editor()
    if command is None:
        raise UsageError("No editor is named.", f"Set VISUAL or EDITOR, or open {file} yourself.")
    try:
        code = subprocess.run([*command, str(file)], check=False).returncode
    except OSError as error:
        raise UsageError(
            f"Cannot start the editor {command[0]}: {error.strerror}.", f"Set VISUAL or EDITOR, or open {file} yourself."
        ) from error
    emit(str(file))
    if code:
        raise UsageError(f"The editor {command[0]} ended with {code}.", f"The configuration is {file}.")
    load_settings(file)


@config.command()
@CONFIG
@click.option("--origin", is_flag=True, help="Tell where each value comes from: default, file or environment.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout: for each key its value and origin.")
def show(config: Path | None, origin: bool, as_json: bool) -> None:
    """Show every setting as it holds now, in the form of the file."""
    from offline_digest.config import default_config_file, load_settings, origins, read_config, variable

    file = config or default_config_file()
    settings = load_settings(config)
    found = origins(read_config(file) if file.is_file() else "", file)
    if as_json:
        values = settings.model_dump(mode="json")
        emit(json.dumps({key: {"value": values[key], "origin": found[key]} for key in found}, ensure_ascii=False))
        return
    places = {"file": str(file), "default": "default"}
    notes = {key: f"  # {places.get(place) or f'environment, {variable(key)}'}" if origin else "" for key, place in found.items()}
    for line in _shown(settings, notes):
        emit(line)


@config.command()
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout: file, ok, error, hint, warnings.")
@click.pass_context
def check(context: click.Context, config: Path | None, as_json: bool) -> None:
    """Check the configuration: prints ok, or the first error, and ends with 2 then.

    Warns on stderr of a model, of folders and of papers that are named and not there, and of variables of the environment that look like
    settings and are none.
    """
    from offline_digest.config import default_config_file, load_settings, stray_variables

    file = config or default_config_file()
    error = None
    warnings: list[str] = []
    try:
        settings = load_settings(config)
        _check_names(settings, file)
        warnings += _absent(settings)
    except ConfigError as found:
        error = found
    for name, nearest in stray_variables().items():
        warnings.append(f"{name} is no setting{f'; did you mean {nearest}?' if nearest else ''}")
    for text in warnings:
        tell(f"warning: {text}")
    if as_json:
        line = {"file": str(file), "ok": error is None, "error": error and error.message, "hint": error and error.hint}
        emit(json.dumps(line | {"warnings": warnings}, ensure_ascii=False))
        context.exit(error.exit_code if error else 0)
    if error:
        raise error
    emit("ok")


def rewrite_config(config: Path | None, change: Callable[[str], str]) -> Path:
    """Change the text of the configuration, of one that explains every key where there is none, and return its path.

    A link stays a link and its access rights are kept; a text that is no configuration is not written.

    Raises:
        ConfigError: It is broken, before or after.
    """
    from offline_digest.config import default_config_file, parse_settings, read_config
    from offline_digest.library import write_atomically

    file = (config or default_config_file()).resolve()
    mode = file.stat().st_mode if file.exists() else None
    text = change(read_config(file) if mode is not None else documented_config())
    parse_settings(text, file)
    write_atomically(file, text.encode("utf-8"))
    if mode is not None:
        file.chmod(mode)
    return file


def documented_config() -> str:
    """Return a configuration that explains every key and changes nothing."""
    from offline_digest.cli.toml import documented
    from offline_digest.config import Settings
    from offline_digest.topics import Topic

    return documented(Settings, {"topics": Topic})


def _shown(settings: Settings, notes: dict[str, str]) -> list[str]:
    """Return the settings as lines of TOML, each with its note: first the plain ones, then tables, as TOML wants it."""
    from offline_digest.cli.toml import toml_table

    values: dict[str, Any] = settings.model_dump()
    tables = [key for key, value in values.items() if isinstance(value, dict) or key == "topics"]
    lines = [line + notes[key] for key in values if key not in tables for line in toml_table({key: values[key]})]
    for key in tables:
        many = values[key] if key == "topics" else [values[key]]
        for table in many:
            quoted = {name if key != "glossary" else json.dumps(name, ensure_ascii=False): item for name, item in table.items()}
            lines += ["", (f"[[{key}]]" if key == "topics" else f"[{key}]") + notes[key], *toml_table(quoted)]
    return lines


def _check_names(settings: Settings, file: Path) -> None:
    from offline_digest.posting import check_topic, formats

    try:
        check_topic(settings.topic)
    except UsageError as error:
        raise ConfigError(f"{file}: topic: {error.message}", 'Write it as topic = "Papers".') from error
    named = [("format", settings.format)] + [(f"topic {topic.name!r}, format", topic.format) for topic in settings.topics if topic.format]
    for place, name in named:
        known = formats(own=settings.own_posts)
        if name not in known:
            raise ConfigError(f"{file}: {place}: there is no post format {name!r}.", f"Known formats: {', '.join(known)}.")


def _absent(settings: Settings) -> Iterator[str]:
    """Tell what the settings name that is not there: no fault of theirs, for it may come later, but commands that need it will end."""
    from offline_digest.config import default_templates
    from offline_digest.pipeline import check_liked, model_at_hand

    if settings.templates != default_templates() and not settings.templates.is_dir():
        yield f"templates: there is no folder {settings.templates}"
    if settings.model:
        try:
            model_at_hand(settings.model, settings)
        except (ModelNotFound, IntegrityError) as error:
            yield f"model: {error}"
    for topic in settings.topics:
        try:
            check_liked(topic)
        except ConfigError as error:
            yield str(error)
