"""How far a batch is, how fast it goes, and how long it will take: learned while it runs, and from earlier runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from offline_digest.progress import Reporter, Standing, counted, duration
from offline_digest.records import Answer, Progress, Record

_MEMORY = 20  # papers; the pace of the last ones counts
_WORTH_TELLING_S = 10.0
_SHORTEST_S = 0.05  # what takes less was kept from an earlier run


class Pace(Record):
    """What a paper took, on average of the last ones, made by the same model with the same settings on this machine."""

    seconds: float
    papers: int

    def after(self, seconds: float) -> Pace:
        """Return the pace with one more paper."""
        papers = min(self.papers + 1, _MEMORY)
        return Pace(seconds=self.seconds + (seconds - self.seconds) / papers, papers=papers)


def pace_note(model: str | None) -> str:
    """Return under which name the library keeps the pace of the last batch that *model* wrote: for estimates that must not load it."""
    return f"last pace | {model or ''}"


class TimeUp(BaseException):
    """The time budget is spent; no defect, so no `except Exception` may catch it."""


class Course:
    """Keeps count of one batch, and of its time.

    Args:
        papers: How many there are.
        pace: What earlier runs took, None when nobody knows.
        report: Is told whenever something changes.
        budget_s: The time there is for it, None without a limit.
        clock: Seconds that never run backwards.

    Raises:
        TimeUp: From `check`, `advance` and `answered` when the budget is spent.
    """

    def __init__(
        self,
        papers: int,
        pace: Pace | None,
        report: Reporter,
        *,
        budget_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pace = pace
        self._report = report
        self._clock = clock
        self._now = Standing(papers=papers)
        self._begun = self._wrote = clock()
        self._end = None if budget_s is None else self._begun + budget_s
        self._tokens = 0

    def foretell(self, kept: int) -> None:
        """Tell before the work what it will take; *kept* papers are there already."""
        papers = self._now.papers - kept
        if kept and not papers:
            self._report.step("the paper is digested already" if kept == 1 else f"all {kept} papers are digested already")
            return
        known = f"{kept} of {counted(self._now.papers, 'paper')} {'is' if kept == 1 else 'are'} digested already; " if kept else ""
        if self.pace and papers * self.pace.seconds >= _WORTH_TELLING_S:
            self._report.step(
                f"{known}{counted(papers, 'paper')} at the pace of earlier runs: about {duration(papers * self.pace.seconds)}"
            )
        elif known:
            self._report.step(f"{known}{papers} to do")

    def begin(self, paper: str, ahead: int) -> None:
        """A paper is taken up; what is kept of it costs no time, so nothing is raised."""
        self._wrote = self._clock()
        self._tokens = 0
        self._show(paper=paper, ahead=ahead, reading=None, fields=0, asked=0, tokens_per_s=None)

    def advance(self, progress: Progress) -> None:
        """The engine is somewhere."""
        self.check()
        if progress.phase == "ask":
            self._show(asked=self._now.asked + progress.total, fields=self._now.fields + progress.done)
        elif progress.phase == "read":
            self._show(reading=progress.done / progress.total if progress.total else None)
        elif self._now.reading is not None:
            self._wrote = self._clock()
            self._show(reading=None)

    def answered(self, answer: Answer) -> None:
        """One answer is there, and kept."""
        self.check()
        self._tokens += answer.tokens
        seconds = self._clock() - self._wrote
        self._show(fields=self._now.fields + 1, tokens_per_s=self._tokens / seconds if seconds > _SHORTEST_S else None)

    def end(self, *, failed: bool) -> None:
        """A paper is finished, well or not."""
        now = self._clock()
        seconds, self._begun = now - self._begun, now  # with the waiting for its reading
        if not failed and seconds > _SHORTEST_S:
            self.pace = self.pace.after(seconds) if self.pace else Pace(seconds=seconds, papers=1)
        self._show(done=self._now.done + (not failed), failed=self._now.failed + failed, paper="", reading=None, fields=0, asked=0)

    def drop(self) -> None:
        """A paper turned out to be none: a copy of another."""
        self._show(papers=self._now.papers - 1)

    def check(self) -> None:
        """Raise `TimeUp` when the budget is spent: to be called before what takes time."""
        if self._end is not None and self._clock() >= self._end:
            raise TimeUp

    def _show(self, **changes: object) -> None:
        now = replace(self._now, **changes)  # type: ignore[arg-type]
        self._now = replace(now, seconds_left=self._left(now))
        self._report.stand(self._now)

    def _left(self, now: Standing) -> float | None:
        """Return the seconds to the end: whole papers at the known pace, less what the one in work has had, but never less than a little."""
        if self.pace is None:
            return None
        papers = now.papers - now.done - now.failed
        spent = min(self._clock() - self._begun, 0.95 * self.pace.seconds) if now.paper else 0.0
        return max(papers * self.pace.seconds - spent, 0.0)
