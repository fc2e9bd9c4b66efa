"""Which papers of a post are updates: later versions of what posts showed before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from offline_digest.gathering import Ledger, is_newer
from offline_digest.library import Library, list_posted
from offline_digest.pipeline.picking import known_papers
from offline_digest.records import Metadata


def earlier_versions(
    library: Library, papers: Iterable[Metadata], *, topic: str, day: date, scope: Literal["topic", "all"]
) -> dict[str, str]:
    """Return, of each paper that is an update, the SHA-256 of its PDF and the version that was shown last.

    Args:
        library: Knows what was posted.
        papers: Those of the post, each with the `sha256` of its PDF; one without is never an update.
        topic: The post's.
        day: The post's; what later posts show makes no update of it.
        scope: Whose earlier posts count: those of the same topic, or of all.
    """
    today = day.isoformat()
    if scope == "topic":
        before = list_posted(library, topic=topic, before=today)
    else:
        before = tuple(p for p in list_posted(library) if p.day < today or (p.day == today and p.topic != topic))
    history = Ledger(known_papers(before))
    found: dict[str, str] = {}
    for paper in papers:
        versions = [known.row.version for known in history.find(paper) if is_newer(paper, known.row)]
        if paper.sha256 and versions and versions[-1]:
            found[paper.sha256] = versions[-1]
    return found
