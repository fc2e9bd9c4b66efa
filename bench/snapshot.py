"""How fast a snapshot of arXiv's metadata is filtered, beside the floor: reading its lines and searching each for some bytes.

    python bench/snapshot.py [--rows 1000000] [--gzip]

Rows are made up, as long as real ones (1.5 kB), a fifth with letters outside ASCII, a third with TeX. Prints for each question rows per
second of one core, how many times the floor's time it took, what came of it, and the peak memory of the process while the file was read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

from offline_digest.gathering import Sieve, Snapshot
from offline_digest.topics import Topic

TODAY = date(2026, 1, 1)
CATEGORIES = (
    "hep-ph math.CO cs.CG astro-ph cond-mat.mes-hall gr-qc hep-th quant-ph cs.CV cs.LG cs.CL stat.ML math.AP physics.optics "
    "eess.IV q-bio.NC nlin.CD"
).split()
WORDS = (
    "we the of and to in a is that for with on as by this are model field theory phase quantum network spectrum density function "
    "measure galaxy lattice operator boundary energy learning image language spin graph equation solution numerical method data "
    "results show approximation gauge symmetry coupling scattering experiment sample training kernel manifold algebra conjecture"
).split()
RARE = "diffusion transformer neutrino splatting superconductor knot".split()
NAMES = ("Lovelace", "Noether", "Ramanujan", "Schrödinger", "Erdős", "Curie", "Poincaré", "Turing", "Franklin", "Hilbert")


def main() -> None:
    """Make the rows, ask, print."""
    import psutil

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--gzip", action="store_true", help="as a .gz file")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot"
        write(path, wanted.rows, packed=wanted.gzip)
        print(f"{wanted.rows:,} rows, {path.stat().st_size / 2**20:,.0f} MiB")
        before = psutil.Process().memory_info().rss
        questions(path, wanted.rows, packed=wanted.gzip)
        print(f"memory: {before / 2**20:.0f} MiB before, {peak_bytes() / 2**20:.0f} MiB at its peak")


def questions(path: Path, n: int, *, packed: bool) -> None:
    """Time the floor twice, the second with the file surely in the cache, then each question."""
    floor(path, packed=packed)
    base = timed("floor: lines, one search in each", n, None, lambda: floor(path, packed=packed))
    for name, topic in topics().items():
        sieve = Sieve(topic, TODAY - timedelta(days=topic.days))
        timed(name, n, base, lambda sieve=sieve: count(Snapshot(path).for_topic(sieve)))
    ids = {f"2401.{number:05d}" for number in range(10, 3000, 7)}
    timed("identifiers of 427 PDFs", n, base, lambda: count(Snapshot(path).of_papers(ids, set(), str)))
    timed("titles of 2 PDFs", n, base, lambda: count(Snapshot(path).of_papers(set(), {"x", "y"}, str.lower)))


def topics() -> dict[str, Topic]:
    """Return what is asked: by day, by category, by words in all of it."""
    always = {"name": "x", "days": 36500}
    return {
        "the last 7 days of a category": Topic(name="x", categories=("cs",), days=7),
        "a category and a phrase": Topic(**always, categories=("cs.CV",), include=("diffusion transformer",)),
        "one of three words": Topic(**always, include=("splatting", "superconductors", "扩散模型"), exclude=("survey",)),
        "an author": Topic(**always, authors=("Emmy Noetherian",)),
        "a raw query": Topic(**always, query="(ti:neutrino* OR abs:neutrino) AND cat:hep-ph ANDNOT abs:knot"),
    }


def floor(path: Path, *, packed: bool) -> int:
    """Return how many lines hold some bytes: what any filter of lines has to do."""
    with gzip.open(path) if packed else path.open("rb") as file:
        return sum(b"xyzzy" in line for line in file)


def count(rows: Iterable[object]) -> int:
    """Return how many there are, keeping none."""
    return sum(1 for _ in rows)


def timed(name: str, n: int, base: float | None, work: Callable[[], int]) -> float:
    """Run *work*, print its line, return its seconds of processor time, which other programs do not lengthen much."""
    start = time.process_time()
    found = work()
    seconds = time.process_time() - start
    times = f"{seconds / base:5.1f} x floor" if base else " " * 13
    print(f"{name:34} {n / seconds:11,.0f} rows/s {times} {found:9,} rows", flush=True)
    return seconds


def write(path: Path, n: int, *, packed: bool) -> None:
    """Write the rows: sentences are drawn once and joined in ever new ways."""
    random.seed(1)
    sentences = [" ".join(random.choices(WORDS, k=16)).capitalize() + "." for _ in range(2000)]
    with gzip.open(path, "wb", compresslevel=1) if packed else path.open("wb") as file:
        for number in range(n):
            file.write(row(number, n, sentences))


def row(number: int, n: int, sentences: list[str]) -> bytes:
    """Return one line; rows are in the order of their days, the last one today's."""
    day = TODAY - timedelta(days=(n - number) * 9000 // n)
    text = "\n".join(random.choices(sentences, k=9))
    if number % 50 == 0:
        text += f" A {random.choice(RARE)} {random.choice(RARE)} is used."
    if number % 3 == 0:
        text += r" By the Schr\"odinger equation, $\alpha \leq 2$ holds."
    names = random.sample(NAMES[:3] if number % 5 else NAMES, k=3)
    value = {
        "id": f"2401.{number % 100000:05d}",
        "submitter": names[0],
        "authors": ", ".join(names),
        "title": " ".join(random.choices(WORDS, k=9)),
        "comments": "9 pages, 4 figures",
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": " ".join(random.sample(CATEGORIES, k=2)),
        "license": None,
        "abstract": f"  {text}\n",
        "versions": [{"version": "v1", "created": f"{day:%a, %d %b %Y} 19:18:42 GMT"}],
        "update_date": day.isoformat(),
        "authors_parsed": [[name, "E.", ""] for name in names],
    }
    return json.dumps(value).encode() + b"\n"


def peak_bytes() -> int:
    """Return the most memory this process ever had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
