"""What the program itself costs per paper in a long batch, the model and the reader apart.

    python bench/batch.py [--papers 10000] [--topics 100]

Made-up readings go through the whole row from digesting to posts with a scripted engine, one run per topic and day in one process, as a nightly job
does. Prints seconds per paper for the first and the last tenth, papers per second, and how much the memory of the process grew.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from offline_digest import pipeline
from offline_digest.config import Settings
from offline_digest.engines import ScriptedEngine
from offline_digest.pipeline import Order, Outcome, run_order
from offline_digest.records import Paper, PaperFile, Paragraph, Question, Section

WORDS = (
    "soil probe filter field water season pump reading valve drought sensor garden threshold orchard battery signal noise "
    "schedule moisture farm root canopy meter storm leak"
).split()


class Silent:
    """Hears everything, says nothing."""

    def step(self, text: str) -> None:
        """Ignore it."""

    def life(self, text: str) -> None:
        """Ignore it."""

    def warn(self, text: str) -> None:
        """Ignore it."""


def main() -> None:
    """Run and print the figures."""
    import psutil

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--topics", type=int, default=100)
    wanted = parser.parse_args()
    per_topic = wanted.papers // wanted.topics
    seconds: list[float] = []
    memory: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        pipeline.open_engine = lambda *_: ScriptedEngine(script)  # type: ignore[assignment]
        for topic in range(wanted.topics):
            outcomes = [Outcome(path=Path(f"{topic}-{n}.pdf"), **made(topic * per_topic + n)) for n in range(per_topic)]
            pipeline.read_papers = lambda *_, made=outcomes: made  # type: ignore[assignment]
            order = Order(paths=(), out=root / "out", topic=f"Topic {topic}", day=date(2026, 1, 1) + timedelta(topic), model="scripted")
            start = time.perf_counter()
            result = run_order(order, Settings(library=root / "library"), Silent())
            seconds.append((time.perf_counter() - start) / per_topic)
            memory.append(psutil.Process().memory_info().rss)
            if result.exit_code:
                raise SystemExit(f"topic {topic} ended with {result.exit_code}")
    report(seconds, memory, wanted.papers)


def report(seconds: Sequence[float], memory: Sequence[int], papers: int) -> None:
    """Print the table."""
    tenth = max(len(seconds) // 10, 1)
    first, last = sum(seconds[:tenth]) / tenth, sum(seconds[-tenth:]) / tenth
    rate = len(seconds) / sum(seconds)
    print(f"papers {papers}")
    print(f"ms per paper, first tenth {1000 * first:.1f}, last tenth {1000 * last:.1f}, ratio {last / first:.2f}")
    print(f"papers per second {rate:.1f}")
    print(f"memory grew by {(memory[-1] - memory[tenth - 1]) / 1e6:.0f} MB after the first tenth, to {memory[-1] / 1e6:.0f} MB")


def script(question: Question) -> list[str]:
    """Return lines that pass or fail as they may; both cost what they cost in a real run."""
    chance = random.Random(question.field)
    return [sentence(chance, 14) for _ in range(question.min_lines)]


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


if __name__ == "__main__":
    main()
