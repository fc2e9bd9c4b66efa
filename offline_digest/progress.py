"""How the pipeline tells what it does; who prints it, and how, is the command line's business."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """Gets told; never asked."""

    def step(self, text: str) -> None:
        """One thing is about to be done or was done: `[3/16] paper.pdf: read, 12 pages`."""

    def life(self, text: str) -> None:
        """Work goes on: `[3/16] paper.pdf: takeaways, en`. May be shown for a moment only, or not at all."""

    def warn(self, text: str) -> None:
        """The user should know this, and the work goes on."""
