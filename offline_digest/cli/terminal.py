"""What a run shows: plain lines on stderr, and on a terminal a view of the batch below them."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO, cast

from offline_digest.cli.streams import Unbroken, one_line, printable, tell
from offline_digest.progress import Standing, counted, duration

if TYPE_CHECKING:
    from rich.console import RenderableType

_REFRESH_PER_S = 4
_BAR_WIDTH = 30


class Terminal:
    """Prints every step and warning as a line on stderr; while it is entered, a terminal also shows where the batch is."""

    def __init__(self) -> None:
        self._live: Any = None
        self._standing: Standing | None = None
        self._life = ""
        self._share: float | None = None
        self._tenth = 0
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        from offline_digest.config import has_cursor

        if sys.stderr.isatty() and has_cursor():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                console=Console(file=cast(TextIO, Unbroken(sys.stderr))),
                get_renderable=self._view,
                transient=True,
                refresh_per_second=_REFRESH_PER_S,
                redirect_stdout=False,
            )
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def step(self, text: str) -> None:
        """Print it."""
        self._print(text)

    def stand(self, standing: Standing) -> None:
        """Show it until the next one comes."""
        self._standing, self._told = standing, time.monotonic()

    def life(self, text: str, share: float | None = None) -> None:
        """Show it until the next one comes; where nothing can be shown for a while, print a line at every tenth of what is long."""
        self._life, self._share = text, share
        before, self._tenth = self._tenth, int((share or 0) * 10)
        if self._live is None and self._tenth > before:
            tell(one_line(text))

    def warn(self, text: str) -> None:
        """Print it, marked."""
        self._print(f"warning: {text}")

    def _print(self, text: str) -> None:
        if self._live is None:
            tell(one_line(text))
        else:
            self._live.console.print(shown(text), markup=False, highlight=False, emoji=False, soft_wrap=True)

    def _view(self) -> RenderableType:
        """Return what stands below the lines: two of a batch, one of other work."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        now = self._standing
        bar = Table.grid(padding=(0, 1))
        if now is None:
            life = Text(shown(self._life), overflow="ellipsis", no_wrap=True)
            if self._share is None:
                return life
            bar.add_row(ProgressBar(total=1.0, completed=self._share, width=_BAR_WIDTH), life)
            return bar
        bar.add_row(
            ProgressBar(total=max(now.papers, 1), completed=now.done + now.failed, width=_BAR_WIDTH), Text(batch_line(now, self._age()))
        )
        return Group(Text(shown(paper_line(now)), overflow="ellipsis", no_wrap=True), bar)

    def _age(self) -> float:
        return time.monotonic() - self._told


def shown(text: str) -> str:
    """Return *text* as a terminal takes it, in one line."""
    return printable(one_line(text), sys.stderr.encoding)


def paper_line(now: Standing) -> str:
    """Return what happens to the paper in work."""
    if not now.paper:
        return "reading" if now.done + now.failed < now.papers else "writing the post"
    parts = [now.paper]
    if now.reading is not None:
        parts.append(f"the model reads, {now.reading:.0%}")
    if now.asked:
        parts.append(f"{now.fields} of {now.asked} answers")
    if now.tokens_per_s:
        parts.append(f"{now.tokens_per_s:.1f} tokens/s")
    return " · ".join(parts)


def batch_line(now: Standing, age: float) -> str:
    """Return where the batch is, *age* seconds after it was told."""
    parts = [f"{now.done + now.failed} of {counted(now.papers, 'paper')}"]
    if now.failed:
        parts.append(f"{now.failed} failed")
    if now.ahead:
        parts.append(f"{now.ahead} read ahead")
    if now.seconds_left is not None and now.done + now.failed < now.papers:
        parts.append(f"about {duration(max(now.seconds_left - age, 1))} left")
    return " · ".join(parts)
