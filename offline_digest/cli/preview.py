"""`preview`: the library as a site, in the browser or as files."""

from __future__ import annotations

import signal
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from offline_digest.cli.options import CONFIG, LIBRARY, PATH, settings_of
from offline_digest.cli.signals import Stopped
from offline_digest.cli.streams import emit, tell
from offline_digest.cli.terminal import Terminal
from offline_digest.errors import UsageError
from offline_digest.progress import counted

if TYPE_CHECKING:
    from offline_digest.pipeline import Preview

USUAL_PORT = 8247  # a browser remembers choices by address, so it is the same every day; any other where it is taken


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help=f"Port on 127.0.0.1; default: {USUAL_PORT}, any free one where it is taken.")
@click.option("--open/--no-open", "opens", default=False, help="Open it in the browser.")
@click.option("--export", "out", metavar="DIR", type=PATH, help="Write the site to a folder instead, as files for any web host or disk.")
@click.option("--figures", type=click.Choice(["keep", "licensed"]), help="licensed: no figures of papers whose licence forbids them.")
@LIBRARY
@CONFIG
def preview(
    port: int | None,
    opens: bool,
    out: Path | None,
    figures: Literal["keep", "licensed"] | None,
    library: Path | None,
    config: Path | None,
) -> None:
    """Look at everything that was digested, in the browser. Never online: only this machine can reach it.

    Papers by topic and day, search in both languages, figures that enlarge. Prints the address and goes on until Ctrl-C; what is digested meanwhile
    is there when a page is loaded again.

    --export DIR writes the same site as files, which need no server, prints the path of its first page and ends.
    """
    from offline_digest.library import Library
    from offline_digest.pipeline import Preview, export_site

    if out is not None and port is not None:
        raise click.UsageError("--export needs no --port.")
    if library is not None:
        _check_is_library(library)
    settings = settings_of(config, library)
    with Library(settings.library) as kept:
        site = Preview(kept, figures=figures or settings.figures)
        if out is None:
            _serve(site, port, opens=opens)
        else:
            with Terminal() as report:
                first = export_site(site, out, report)
            emit(str(first))
            if opens:
                webbrowser.open(first.resolve().as_uri())
            tell(counted(site.papers, "paper"))


def _check_is_library(root: Path) -> None:
    """Find out whether the user named a library, or a folder that is to become one; looking at a mistyped one makes no new one.

    Raises:
        UsageError: There is none.
    """
    if not ((root / "library.sqlite").exists() or (root.is_dir() and not any(root.iterdir()))):
        raise UsageError(f"There is no library in {root}.", "Name its folder, or leave out --library for the usual one.")


def _serve(site: Preview, port: int | None, *, opens: bool) -> None:
    from offline_digest.net import Loopback
    from offline_digest.posting.site import POLICY

    ports = (USUAL_PORT, 0) if port is None else (port,)
    with Loopback(*ports, headers={"Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'"}) as server:
        emit(server.address)
        tell("Ctrl-C ends it")
        if opens:
            webbrowser.open(server.address)
        try:
            server.serve(site.file)
        except Stopped as stopped:  # Ctrl-C is how it is meant to end
            if stopped.number != signal.SIGINT:
                raise
