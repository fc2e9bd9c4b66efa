"""Versions of one paper: which papers of a post are updates of what posts showed before, and which one of several goes into a post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from offline_digest.gathering import Known, Ledger, is_newer
from offline_digest.library import Library, list_posted
from offline_digest.pipeline.picking import known_papers
from offline_digest.records import Digest, Metadata


def identify(digest: Digest, sha256: str) -> Metadata:
    """Return what identifies a digested paper among those that were posted."""
    return Metadata(
        arxiv_id=digest.arxiv_id, version=digest.version, doi=digest.doi, sha256=sha256, title=digest.title, authors=digest.authors
    )


def earlier_versions(
    library: Library, papers: Iterable[Metadata], *, topic: str, day: date, scope: Literal["topic", "all"]
) -> dict[str, str]:
    """Return, of each paper that is an update, the SHA-256 of its PDF and the version that was shown last.

    What was posted on this topic and day keeps the mark that it has.

    Args:
        library: Knows what was posted.
        papers: Those of the post, each with the `sha256` of its PDF; one without is never an update.
        topic: The post's.
        day: The post's; what later posts show makes no update of it.
        scope: Whose earlier posts count: those of the same topic, or of all.
    """
    today = day.isoformat()
    posted = list_posted(library, topic=None if scope == "all" else topic)
    marked = {p.paper.sha256: p.updated for p in posted if (p.day, p.topic) == (today, topic)}
    history = Ledger(known_papers(p for p in posted if p.day < today or (p.day == today and p.topic != topic)))
    found: dict[str, str] = {}
    for paper in papers:
        versions = [known.row.version for known in history.find(paper) if is_newer(paper, known.row)]
        shown = marked.get(paper.sha256) or (versions[-1] if versions else None)
        if paper.sha256 and shown:
            found[paper.sha256] = shown
    return found


def latest_versions(papers: Sequence[Metadata]) -> dict[str, Metadata]:
    """Return, of each paper of which *papers* hold a later version too, the SHA-256 of its PDF and the latest version.

    Two files of one version stay both: a supplement may carry the identifier of its paper.
    """
    ledger = Ledger(Known(row=paper) for paper in papers)
    found: dict[str, Metadata] = {}
    for paper in papers:
        later = [known.row for known in ledger.find(paper) if is_newer(known.row, paper)]
        if paper.sha256 and later:
            found[paper.sha256] = next(row for row in later if not any(is_newer(other, row) for other in later))
    return found
