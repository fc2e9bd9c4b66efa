"""How much of a batch the model is at work, while papers are read ahead of it.

    python bench/busy.py FOLDER [--papers 40] [--seconds 3] [--most-pages 20]

The PDFs of FOLDER go through the whole row again and again, with other bytes at their end and another title, so that no answer is kept from the one
before. A scripted engine takes as long per paper as is asked and fails every check: each paper is asked about twice and all its fields are quoted, which
is the most that the program itself can have to do. Prints the share of time in which the engine was at work, and where the rest went.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import cycle, islice
from pathlib import Path

from silent import Silent

from offline_digest.config import Settings
from offline_digest.engines import ScriptedEngine
from offline_digest.pipeline import Order, run_order
from offline_digest.records import Answer, Passage, Progress, Question


class Slow(ScriptedEngine):
    """Answers nothing that passes, and keeps when it was at work: `(begin, end)` of each call, in seconds."""

    def __init__(self, seconds: float, fields: int) -> None:
        super().__init__(lambda question: ["word " * 12] * question.min_lines)
        self._pause_s = seconds / (2 * fields)
        self.spans: list[tuple[float, float]] = []

    def answer(
        self, passage: Passage, questions: Sequence[Question], progress: Callable[[Progress], None] | None = None
    ) -> Iterator[Answer]:
        """Yield each answer after its share of the time."""
        begin = time.perf_counter()
        for answer in super().answer(passage, questions, progress):
            time.sleep(self._pause_s)
            yield answer
        self.spans.append((begin, time.perf_counter()))


def short_papers(folder: Path, most_pages: int) -> list[Path]:
    """Return the PDFs of *folder* with at most so many pages."""
    import pymupdf

    found = []
    for path in sorted(folder.glob("*.pdf")):
        with pymupdf.open(path) as document:
            if document.page_count <= most_pages:
                found.append(path)
    return found


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--papers", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--most-pages", type=int, default=20)
    wanted = parser.parse_args()
    engine = Slow(wanted.seconds, fields=25)
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        (root / "in").mkdir()
        rows: list[str] = []
        sources = short_papers(wanted.folder, wanted.most_pages)
        for number, source in enumerate(islice(cycle(sources), wanted.papers)):
            file = root / "in" / f"{number:04}-{source.name}"
            file.write_bytes(source.read_bytes() + b"\n%" + str(number).encode())
            rows.append(json.dumps({"file": file.name, "title": f"{number} {source.stem}"}))
        (root / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
        order = Order(
            paths=(root / "in",), out=root / "out", topic="Busy", day=date(2026, 1, 1), model="scripted", metadata=root / "rows.jsonl"
        )
        start = time.perf_counter()
        result = run_order(order, Settings(library=root / "library"), Silent(), opener=lambda *_: engine)
        end = time.perf_counter()
    busy = sum(b - a for a, b in engine.spans)
    print(f"papers {len(result.outcomes)}, different ones {len(sources)}, exit code {result.exit_code}")
    print(f"the engine was at work {busy:.1f} of {end - start:.1f} s: {busy / (end - start):.1%}")
    between = end - start - busy - (engine.spans[0][0] - start) - (end - engine.spans[-1][1])
    print(
        f"before the first question {engine.spans[0][0] - start:.2f} s, after the last answer {end - engine.spans[-1][1]:.2f} s, "
        f"between {1000 * between / len(result.outcomes):.0f} ms a paper"
    )


if __name__ == "__main__":
    main()
