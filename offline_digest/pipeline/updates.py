"""Which papers of a post are later versions of papers that were posted before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from offline_digest.gathering import Known, Ledger, is_newer
from offline_digest.library import Library, list_posted
from offline_digest.records import Digest, Metadata


def identify(digest: Digest, sha256: str) -> Metadata:
    """Return what identifies a digested paper among those that were posted."""
    return Metadata(
        arxiv_id=digest.arxiv_id, version=digest.version, doi=digest.doi, sha256=sha256, title=digest.title, authors=digest.authors
    )


def find_updates(library: Library, topic: str, day: date, papers: Iterable[Metadata]) -> dict[str, str]:
    """Return, by their hashes, the *papers* that the post of a topic and day marks as updated, each with the version shown before.

    What was posted on this topic and day keeps the mark that it has; else an earlier version counts that a post of the topic showed on an earlier
    day.
    """
    posted = [p for p in list_posted(library) if p.topic == topic]
    marked = {p.paper.sha256: p.updated for p in posted if p.day == day.isoformat()}
    history = Ledger(tuple(Known(row=p.paper, where=p.day) for p in posted if p.day < day.isoformat()))

    def found() -> Iterator[tuple[str, str]]:
        for row in papers:
            versions = [known.row.version or "" for known in history.find(row) if is_newer(row, known.row)]
            version = marked.get(row.sha256) or (versions[-1] if versions else None)
            if version and row.sha256:
                yield row.sha256, version

    return dict(found())
