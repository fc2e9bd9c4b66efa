"""What `render` costs per paper, beside the floor: reading the same digest files and pictures, and nothing else.

    python bench/render.py [--papers 100]

A library of made-up papers (digests as long as real ones, three pictures each) is rendered into one post per format, in one process. Prints
milliseconds per paper: the floor, the digests loaded and checked, and each format as a whole, files written. What a format costs once per process,
its templates compiled, is measured by a post of one paper before, and printed behind it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from silent import Silent

from offline_digest.library import Library
from offline_digest.pipeline import RenderOrder, render_order
from offline_digest.posting import formats
from offline_digest.reading import READER_VERSION
from offline_digest.records import Coverage, Digest, EngineInfo, FieldText, Float, Line

WORDS = "soil probe filter field water season pump reading valve drought sensor garden threshold orchard battery noise".split()
FIELDS = "summary takeaways background prior_work approach results methods significance innovation performance workload".split()
BOX = (72.0, 72.0, 300.0, 300.0)
PICTURE_BYTES = 60_000  # of a usual figure


def made_up(number: int) -> Digest:
    """Return a digest in both languages, with formulas."""
    words = " ".join(WORDS[(number + i) % len(WORDS)] for i in range(30))
    english = Line(text=f"The {words} of $x_{{{number}}} \\leq 2^{{n}}$ at 20.3%.", pages=(2,))
    chinese = Line(text=f"第{number}篇论文的结果由$x_{{{number}}}$给出，用水平衡方法在60个季节里少用20.3%的水。" * 2, pages=(2, 3))
    fields = [
        FieldText(field=name, language=language, origin="model", lines=(line,) * (5 if name in ("takeaways", "methods") else 1))
        for name in FIELDS
        for language, line in (("en", english), ("zh", chinese))
    ]
    pictures = [
        Float(kind="figure", label=f"Figure {n}", page=n, caption=words, box=BOX, picture_box=BOX, image=f"f{n}.png") for n in (1, 2, 3)
    ]
    return Digest(
        title=f"Paper {number} on {words}",
        authors=("Ann Lee", "Bo Lin"),
        affiliations=("Institute of Tests",),
        keywords=tuple(WORDS[:6]),
        keywords_origin="printed",
        abstract=f"{words}. " * 8,
        arxiv_id=f"2401.{number:05d}",
        version="v1",
        doi=None,
        comment=None,
        links=(),
        figures=tuple(pictures),
        tables=(),
        fields=tuple(fields),
        coverage=Coverage(sections=(), sentences_read=40, sentences=120),
        engine=EngineInfo(name="made up", origin="model", languages=("en", "zh"), passage_tokens=2000),
        prompt_version="1",
    )


def fill(root: Path, papers: int) -> None:
    """Make the library."""
    with Library(root) as library:
        for number in range(papers):
            sha256 = f"{number:064x}"
            folder = library.pictures(sha256, READER_VERSION)
            folder.mkdir(parents=True)
            for n in (1, 2, 3):
                (folder / f"f{n}.png").write_bytes(os.urandom(PICTURE_BYTES))
            library.keep_digest(sha256, "made-up", made_up(number))


def timed(work: Callable[[], object], papers: int) -> float:
    """Return milliseconds per paper."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000 / papers


def main() -> None:
    """Print one line per way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=100)
    papers = parser.parse_args().papers
    with tempfile.TemporaryDirectory() as folder:
        root, out = Path(folder, "library"), Path(folder, "out")
        fill(root, papers)
        digests = sorted(root.glob("papers/*/digest-*.json"))
        everything = [*digests, *root.glob("papers/*/pictures-*/*.png")]
        print(f"{papers} papers, {sum(p.stat().st_size for p in digests) // papers:,} bytes of digest each; ms per paper")
        print(f"{'floor: files read':24}{timed(lambda: [p.read_bytes() for p in everything], papers):8.2f}")
        loaded = timed(lambda: [Digest.model_validate_json(p.read_bytes()) for p in digests], papers)
        print(f"{'digests loaded':24}{loaded:8.2f}")
        with Library(root) as library:
            for form in formats():
                order = RenderOrder(papers=None, out=out / form, topic="Bench", day=date(2024, 8, 27), format=form)
                one = replace(order, papers=("0" * 64,), topic="One")
                once = timed(lambda one=one: render_order(one, library, Silent()), 1)
                spent = timed(lambda order=order: render_order(order, library, Silent()), papers)
                print(f"{form:24}{spent:8.2f}   first post of one paper, once per process: {once:.0f} ms")


if __name__ == "__main__":
    main()
