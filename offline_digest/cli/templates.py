"""The commands about templates: which there are, what they say, a copy to change, and what is wrong with one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from offline_digest.cli.options import CONFIG, JSON_LINES, settings_of
from offline_digest.cli.streams import emit, tell
from offline_digest.cli.tables import columns


@click.group()
def templates() -> None:
    """List, show, copy and check the templates of posts. Never online."""


@templates.command("ls")
@CONFIG
@JSON_LINES
def list_(config: Path | None, as_json: bool) -> None:
    """List the files of every format: whether they ship or are yours, and yours in the place of which.

    --json: format, name, path, origin (shipped, own), overrides.
    """
    from offline_digest.posting import list_files

    settings = settings_of(config, None)
    found = list_files(settings.own_posts)
    if as_json:
        for file in found:
            origin = "own" if file.is_own else "shipped"
            line = {"format": file.format, "name": file.name, "path": str(file.path), "origin": origin, "overrides": file.overrides}
            emit(json.dumps(line, ensure_ascii=False))
    else:
        rows = [(file.name, "yours, overrides ours" if file.overrides else "yours" if file.is_own else "ships") for file in found]
        for text in columns(rows):
            emit(text)
    tell(f"{sum(file.is_own for file in found)} of {len(found)} files are yours, in {settings.own_posts[0]}")


@templates.command()
@click.argument("name", metavar="FORMAT[/FILE]")
@click.option("--path", "only_path", is_flag=True, help="Only where the file lies.")
@CONFIG
def show(name: str, only_path: bool, config: Path | None) -> None:
    """Print a template as it is used; of a format alone the one that makes its posts."""
    from offline_digest.posting import find_file

    path = find_file(name, settings_of(config, None).own_posts).path
    emit(str(path) if only_path else path.read_text(encoding="utf-8", errors="replace").removesuffix("\n"))


@templates.command()
@click.argument("name")
@click.option("--from", "base", default="hexo", show_default=True, help="Format that a new one is a copy of.")
@CONFIG
def new(name: str, base: str, config: Path | None) -> None:
    """Copy templates into your folder, for you to change; nothing that is there is overwritten. Prints their paths.

    NAME is a file that ships (hexo/notice.md.j2) or a format that ships (hexo), whose places the copies take, or the name of a new format.
    """
    from offline_digest.posting import copy_files

    own = settings_of(config, None).own_posts
    for path in copy_files(name, own[0], base=base, own=own):
        emit(str(path))


@templates.command()
@click.argument("name", metavar="[FORMAT]", required=False)
@CONFIG
@JSON_LINES
@click.pass_context
def check(context: click.Context, name: str | None, config: Path | None, as_json: bool) -> None:
    """Check the templates of a format, or of all: fills them with papers that show everything, little, and what could do harm.

    Prints what is wrong, each thing with file and line, and ends with 2 then. --json: format, file, line, message.
    """
    from offline_digest.posting import find_faults, formats

    own = settings_of(config, None).own_posts
    told: set[str] = set()
    for form in [name] if name else formats(own=own):
        for fault in find_faults(form, own):
            line = {"format": form, "file": fault.file, "line": fault.line, "message": fault.said}
            said = json.dumps(line, ensure_ascii=False) if as_json else str(fault)
            if said not in told:  # a file that several formats share
                emit(said)
            told.add(said)
    if not told:
        tell("nothing is wrong")
    context.exit(2 if told else 0)
