"""Entry point: runs a command and turns errors into one line and an exit code (DESIGN section 7)."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Sequence

import click

from offline_digest import __version__
from offline_digest.cli.bench import bench
from offline_digest.cli.bundle import bundle
from offline_digest.cli.commands import demo, digest, read
from offline_digest.cli.config import config
from offline_digest.cli.doctor import doctor
from offline_digest.cli.fetch import fetch
from offline_digest.cli.library import library, logs
from offline_digest.cli.models import models
from offline_digest.cli.render import render
from offline_digest.cli.run import run
from offline_digest.cli.signals import Stopped, stop_cleanly
from offline_digest.cli.streams import open_closed, tell
from offline_digest.cli.topics import topics
from offline_digest.errors import DigestError, OutOfMemory, is_shortage


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="offline-digest")
def cli() -> None:
    """Read papers (PDF) on this machine and write bilingual digests of them.

    Only `fetch`, `run`, `models pull` and `bundle create` go online.
    """


for command in (demo, digest, read, render, fetch, run, topics, models, library, config, logs, bench, bundle, doctor):
    cli.add_command(command)


def collect_seldom() -> None:
    """Let Python look for cycles of garbage less often: digests make many values and few cycles.

    With Python's own 700 new objects between two looks, a tenth of a batch's processor time goes into them (`bench/batch.py`).
    """
    gc.set_threshold(50_000, 20, 20)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never a traceback for what can be expected."""
    open_closed()
    collect_seldom()
    try:
        with stop_cleanly():
            code = cli.main(args=arguments, prog_name="offline-digest", standalone_mode=False)
    except click.ClickException as error:
        message = io.StringIO()
        error.show(message)
        tell(message.getvalue(), end="")
        return 2
    except Stopped as stopped:
        tell("\nstopped; what is done is kept, the same command goes on from there")
        return stopped.exit_code
    except DigestError as error:
        tell(f"error: {error.message}" + (f" {error.hint}" if error.hint else ""))
        return error.exit_code
    except Exception as error:
        if not is_shortage(error):
            raise
        tell("error: There is no memory left. Close other programs, then run the same command again; what is done is kept.")
        return OutOfMemory.exit_code
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
