"""What the program itself costs per paper in a long batch, the model and the reader apart.

    python bench/batch.py [--papers 10000] [--topics 100]

Made-up readings go through the whole row from digesting to posts with a scripted engine, one run per topic and day in one process, as a nightly job
does. Prints milliseconds per paper for the first and the last tenth, on the clock and of the processor, papers per second, SQLite's commits per paper
and how many of them waited for the disk, and how much the memory of the process grew.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from silent import Silent

from offline_digest.cli.main import collect_seldom
from offline_digest.config import Settings
from offline_digest.engines import ScriptedEngine
from offline_digest.pipeline import Order, Outcome, run_order
from offline_digest.pipeline import run as pipeline
from offline_digest.records import Paper, PaperFile, Paragraph, Question, Section

WORDS = (
    "soil probe filter field water season pump reading valve drought sensor garden threshold orchard battery signal noise "
    "schedule moisture farm root canopy meter storm leak"
).split()


class Made:
    """Readings that are there already."""

    waiting = 0

    def __init__(self, outcomes: Sequence[Outcome], *_: object, **__: object) -> None:
        self._outcomes = outcomes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def __iter__(self) -> Iterator[tuple[int, Outcome]]:
        return iter(enumerate(self._outcomes))


class Counting(sqlite3.Connection):
    """A connection that counts the commits of all connections, and those of them that waited for the disk."""

    commits = 0
    synced = 0
    syncs = True

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement; one that writes outside of a transaction commits itself."""
        changes, inside = self.total_changes, self.in_transaction
        cursor = super().execute(statement, *values)
        if statement.startswith("PRAGMA synchronous="):
            self.syncs = statement.endswith("FULL")
        if statement == "COMMIT" or (not inside and not self.in_transaction and self.total_changes > changes):
            Counting.commits += 1
            Counting.synced += self.syncs
        return cursor


def main() -> None:
    """Run and print the figures."""
    import psutil

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--topics", type=int, default=100)
    wanted = parser.parse_args()
    collect_seldom()
    per_topic = wanted.papers // wanted.topics
    seconds: list[float] = []
    busy: list[float] = []
    memory: list[int] = []
    sqlite3.connect = partial(sqlite3.connect, factory=Counting)  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for topic in range(wanted.topics):
            outcomes = [Outcome(path=Path(f"{topic}-{n}.pdf"), **made(topic * per_topic + n)) for n in range(per_topic)]
            pipeline.Readings = partial(Made, outcomes)  # type: ignore[assignment,misc]
            order = Order(paths=(), out=root / "out", topic=f"Topic {topic}", day=date(2026, 1, 1) + timedelta(topic), model="scripted")
            start, began = time.perf_counter(), time.process_time()
            result = run_order(order, Settings(library=root / "library"), Silent(), opener=lambda *_: ScriptedEngine(script))
            seconds.append((time.perf_counter() - start) / per_topic)
            busy.append((time.process_time() - began) / per_topic)
            memory.append(psutil.Process().memory_info().rss)
            told = f"topic {topic + 1}: {1000 * seconds[-1]:.1f} ms on the clock, {1000 * busy[-1]:.1f} of the processor, {memory[-1] / 1e6:.0f} MB"
            print(told, file=sys.stderr)
            if result.exit_code:
                raise SystemExit(f"topic {topic} ended with {result.exit_code}")
    papers = per_topic * wanted.topics
    print(f"papers {papers}")
    report("on the clock", seconds)
    report("of the processor", busy)
    print(f"commits per paper {Counting.commits / papers:.1f}, of which waited for the disk {Counting.synced / papers:.1f}")
    grown = [(memory[-1] - memory[n - 1]) / 1e6 for n in (1, tenth(memory))]
    print(f"memory {memory[-1] / 1e6:.0f} MB, grown by {grown[0]:.0f} MB since the first topic, {grown[1]:.0f} MB since the first tenth")


def tenth(values: Sequence[object]) -> int:
    """Return how many of *values* are a tenth, at least one."""
    return max(len(values) // 10, 1)


def report(name: str, seconds: Sequence[float]) -> None:
    """Print what the first and the last papers took and how many that are a second."""
    n = tenth(seconds)
    first, last = sum(seconds[:n]) / n, sum(seconds[-n:]) / n
    middle = sorted(seconds)[len(seconds) // 2]
    print(
        f"{name}: ms per paper {1000 * first:.1f} in the first tenth, {1000 * last:.1f} in the last, ratio {last / first:.2f}; "
        f"median {1000 * middle:.1f}; papers per second {len(seconds) / sum(seconds):.1f}"
    )


def script(question: Question) -> list[str]:
    """Return lines that pass or fail as they may, most of them never seen before: both cost what they cost in a real run."""
    return [CHANCE.choice(LINES) for _ in range(question.min_lines)]


def made(number: int) -> dict[str, PaperFile | Paper]:
    """Return the reading of a paper of about 3,000 words that nobody wrote."""
    chance = random.Random(number)

    def text(sentences: int) -> str:
        return " ".join(sentence(chance, 15) for _ in range(sentences))

    sections = tuple(
        Section(number=str(n + 1), heading=name, level=1, page=n + 1, paragraphs=(Paragraph(text=text(40), turns=((0, n + 1),)),))
        for n, name in enumerate(["Introduction", "Method", "Experiments", "Results", "Conclusion"])
    )
    key = sha256(str(number).encode()).hexdigest()
    paper = Paper(
        n_pages=5, title=f"Paper {number} on {chance.choice(WORDS)}", authors=("Ada Lindqvist",), abstract=text(7), sections=sections
    )
    return {"file": PaperFile(path=Path(f"{number}.pdf"), sha256=key, size_bytes=1), "paper": paper}


def sentence(chance: random.Random, words: int) -> str:
    """Return a sentence of farm words."""
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


CHANCE = random.Random(0)
LINES = [sentence(CHANCE, 14) for _ in range(10_000)]

if __name__ == "__main__":
    main()
