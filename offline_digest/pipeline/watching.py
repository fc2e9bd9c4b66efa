"""Folders that are watched: PDFs that arrive are digested as soon as they are whole, and join the post of their day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from offline_digest.config import Settings
from offline_digest.errors import UsageError
from offline_digest.files import is_cut_pdf
from offline_digest.gathering import Glimpse, find_pdfs, glance, settled
from offline_digest.library import Library, list_posted
from offline_digest.pipeline.run import Opener, check_order, opener_of, run_order
from offline_digest.pipeline.values import Order, Result
from offline_digest.progress import Reporter

LOOK_S = 10.0  # a file that has not changed between two looks is taken for whole, unless it is a PDF without an end


def watch(
    order: Order,
    settings: Settings,
    report: Reporter,
    *,
    today: Callable[[], date],
    opener: Opener | None = None,
    stopped: Callable[[Result], None] | None = None,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Result]:
    """Yield what came of it each time PDFs have arrived below the paths of *order*; ends when its time budget is spent, else never.

    A post holds the PDFs that no post of the topic of another day shows. One that failed is tried again when its file changes; one that is
    empty or whose end is missing waits for the rest, and is told once.

    Args:
        order: What is wanted; its paths are looked at again and again, its day is that of `today`.
        settings: What the user has set.
        report: Hears how it goes.
        today: Returns the day of the next post.
        opener: Returns the engine, instead of `open_engine`.
        stopped: That of `run_order`.
        pause: Waits for so many seconds.
        clock: Seconds that never run backwards.

    Raises:
        UsageError: A path is no folder, or the output folder cannot be written.
        DigestError: What stops every run, as a full disk.
    """
    check_order(order, settings)
    for path in order.paths:
        if not path.is_dir():
            raise UsageError(f"{path} is no folder that could be watched.", "Name folders with --watch.")
    with Library(settings.library) as library, (opener or opener_of(report, trust=order.trust_model))(order.model, settings, library):
        pass  # a model that is not here is told now, not when the first PDF comes
    end = None if order.time_budget_s is None else clock() + order.time_budget_s
    done: set[tuple[Path, tuple[int, int]]] = set()
    told: set[Path] = set()
    before: Glimpse = {}
    report.step(f"watching {', '.join(map(str, order.paths))}")
    while end is None or clock() < end:
        now = glance(find_pdfs(order.paths)[0])
        still = settled(before, now, done)
        cut = {path for path in still if is_cut_pdf(path)}
        empty = {path for path, look in now.items() if not look[0] and before.get(path) == look}
        for path in sorted((cut | empty) - told):
            missing = "it is empty" if path in empty else "its end is missing"
            report.warn(f"{path} is not whole yet: {missing}. It is taken up when the rest comes; copy it again if none does.")
        told |= cut | empty
        if new := [path for path in still if path not in cut]:
            done |= {(path, now[path]) for path in new}
            day = today()
            whole = [path for path, look in now.items() if look[0] and before.get(path) == look and path not in cut]
            if paths := _of_day(whole, order.topic, day, settings):
                left = None if end is None else end - clock()
                yield run_order(replace(order, paths=paths, day=day, time_budget_s=left), settings, report, opener=opener, stopped=stopped)
        before = now
        pause(LOOK_S if end is None else max(min(LOOK_S, end - clock()), 0.0))


def _of_day(paths: Sequence[Path], topic: str, day: date, settings: Settings) -> tuple[Path, ...]:
    """Return the PDFs that no post of *topic* of another day shows; nothing where none of them is new to today's post."""
    with Library(settings.library) as library:
        posted = list_posted(library, topic=topic)
        others = {p.paper.sha256 for p in posted if p.day != day.isoformat()}
        todays = {p.paper.sha256 for p in posted} - others
        hashes = {}
        for path in paths:
            try:
                hashes[path] = library.file_sha256(path)
            except OSError:  # gone again, or told when it is read
                continue
    mine = tuple(path for path in paths if path in hashes and hashes[path] not in others)
    return mine if any(hashes[path] not in todays for path in mine) else ()
