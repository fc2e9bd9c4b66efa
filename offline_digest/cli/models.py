"""The commands about models."""

from __future__ import annotations

import click

from offline_digest.cli.model_lists import check, list_, show


@click.group()
def models() -> None:
    """List models, show what is known of them, check what fits this machine."""


for command in (list_, show, check):
    models.add_command(command)
