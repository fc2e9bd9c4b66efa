"""How quick a site over a large library is: its start, its pages, the search index and what a browser makes of it, and the export.

    python bench/preview.py [--papers 10000] [--library FOLDER] [--export] [--browser]

Made-up papers in both languages, posted on ten topics a day. Prints seconds of one process from an opened library, and the size of the search index;
with --browser also how long a search takes in Chromium (first, with the whole index to load, and next), and the memory of its page.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from render import made_up
from silent import Silent

from offline_digest.library import Library, enter_posted
from offline_digest.pipeline import Preview, export_site
from offline_digest.pipeline.previewing import KEY_DIGITS
from offline_digest.records import Metadata

T = TypeVar("T")
PER_DAY, TOPICS = 20, 10


def fill(library: Library, papers: int) -> None:
    """Put papers and posts into the library."""
    for first in range(0, papers, PER_DAY):
        day = (date(2026, 1, 1) - timedelta(days=first // PER_DAY)).isoformat()
        digests = {hashlib.sha256(str(n).encode()).hexdigest(): made_up(n) for n in range(first, min(papers, first + PER_DAY))}
        for sha256, digest in digests.items():
            library.keep_digest(sha256, "bench", digest, version="bench")
        rows = [Metadata(sha256=sha256, title=digest.title, authors=digest.authors) for sha256, digest in digests.items()]
        for topic in range(TOPICS):
            enter_posted(library, library.root / f"{day}-{topic}.md", topic=f"Topic {topic}", day=day, papers=rows[topic::TOPICS])


def timed(what: str, call: Callable[[], T]) -> T:
    """Call, and print how long it took, and how much of that the processor worked for it."""
    began, worked = time.perf_counter(), time.process_time()
    result = call()
    print(f"{what:45} {time.perf_counter() - began:8.3f} s, processor {time.process_time() - worked:8.3f} s")
    return result


def measure(library: Library) -> None:
    """Print what the files of the site cost."""
    site = Preview(library)
    first = timed("first page, from a new process", lambda: site.file("index.html"))
    timed("first page again", lambda: site.file("index.html"))
    timed("a page further back", lambda: site.file("all/100.html"))
    timed("topics and days", lambda: site.file("contents.html"))
    timed("a paper", lambda: site.file(f"papers/{hashlib.sha256(b'5000').hexdigest()[:KEY_DIGITS]}.html"))
    sizes = [len(shard) for shard in timed("the whole search index", lambda: list(shards(site)))]
    print(
        f"first page {len(first or b'') / 1e3:.0f} kB; search index {sum(sizes) / 1e6:.1f} MB in {len(sizes)} files of at most {max(sizes) / 1e6:.1f} MB"
    )


def shards(site: Preview) -> Iterator[bytes]:
    """Yield the files of the search index."""
    for number in itertools.count():
        data = site.file(f"search/{number}.js")
        if data is None:
            return
        yield data


def browse(folder: Path) -> None:
    """Print how long searches take in an exported site."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.chromium import chromium

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, chromium(profile) as browser:
        tab = browser.tab()
        timed("Chromium: first page", lambda: tab.open((folder / "index.html").as_uri()))
        done = "!document.querySelector('#found').textContent.endsWith('…') && document.querySelector('#found').textContent"
        for words in ("valve drought", "水平衡", "9123"):
            tab.eval("document.querySelector('#found').textContent = ''; document.querySelector('#search').value = ''")
            tab.eval("document.querySelector('#search').focus()")
            tab.write(words)
            timed(f"Chromium: search {words}", lambda: tab.wait(done))
            print(tab.eval("document.querySelector('#found').textContent"))
        print(f"memory of the page's scripts {tab.call('Runtime.getHeapUsage')['usedSize'] / 1e6:.0f} MB")


def main() -> None:
    """Fill, measure, and export where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--export", action="store_true")
    parser.add_argument("--browser", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = wanted.library or Path(name) / "library"
        is_new = not root.exists()
        with Library(root) as library:
            if is_new:
                timed(f"{wanted.papers} papers made", lambda: fill(library, wanted.papers))
            measure(library)
            if wanted.export or wanted.browser:
                timed("export", lambda: export_site(Preview(library), Path(name) / "site", Silent()))
                timed("export again", lambda: export_site(Preview(library), Path(name) / "site", Silent()))
        if wanted.browser:
            browse(Path(name) / "site")


if __name__ == "__main__":
    main()
