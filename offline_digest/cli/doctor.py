"""`doctor`: is everything here that a digest needs, and what mends what is not."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from offline_digest.cli.options import CONFIG, LIBRARY, TRUST
from offline_digest.cli.streams import emit, one_line, tell
from offline_digest.cli.terminal import Terminal
from offline_digest.progress import counted

if TYPE_CHECKING:
    from offline_digest.checkup import Finding

_STYLES = {"ok": "green", "warning": "yellow", "error": "red"}
_STATE_WIDTH, _TOPIC_WIDTH = 9, 18


@click.command()
@click.option("--model", help="Model to look at, instead of the one that is set.")
@TRUST
@click.option("--deep", is_flag=True, help="Load the model too, and let it answer; takes as long as a model takes to load.")
@LIBRARY
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line on stdout: topic, state, text, mend, code.")
@click.pass_context
def doctor(
    context: click.Context, model: str | None, trust_model: bool, deep: bool, library: Path | None, config: Path | None, as_json: bool
) -> None:
    """Look whether everything is here that a digest needs. Changes nothing, never online.

    Each line is ok, a warning or an error, with the command that mends it. Ends with 0 when there is no error, else with the code that the
    first of them gives other commands.
    """
    from offline_digest.checkup import examine, exit_code

    found: list[Finding] = []
    colour = _has_colour()
    for finding in examine(Terminal(), config, library=library, model=model, trust_model=trust_model, deep=deep):
        found.append(finding)
        emit(json.dumps(asdict(finding), ensure_ascii=False) if as_json else shown(finding, colour=colour))
    errors, warnings = (sum(finding.state == state for finding in found) for state in ("error", "warning"))
    tell(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}" if errors or warnings else "everything is well")
    context.exit(exit_code(found))


def shown(finding: Finding, *, colour: bool) -> str:
    """Return a finding as a person reads it: one line, and one more with what mends it."""
    state = finding.state.ljust(_STATE_WIDTH)
    state = click.style(state, fg=_STYLES[finding.state], bold=True if finding.state == "error" else None) if colour else state
    line = f"{state}{finding.topic.ljust(_TOPIC_WIDTH)}{one_line(finding.text)}"
    return f"{line}\n{' ' * (_STATE_WIDTH + _TOPIC_WIDTH)}{one_line(finding.mend)}" if finding.mend else line


def _has_colour() -> bool:
    """Tell whether stdout is a terminal that shows colours, to somebody who wants them (NO_COLOR)."""
    try:
        from rich.console import Console
    except ImportError:  # told as a package that is missing
        return False
    console = Console()
    return console.is_terminal and not console.is_dumb_terminal and not console.no_color
