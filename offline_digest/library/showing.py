"""What a site over the library asks beside the papers themselves: whether anything changed, which digest is shown, and what is searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from offline_digest.library.index import SHOWN
from offline_digest.library.words import shown

if TYPE_CHECKING:
    from offline_digest.library.store import Library


def library_state(library: Library) -> tuple[int, ...]:
    """Return a value that differs from an earlier one if anything was committed since, by whatever process."""
    return library.database.row("SELECT data_version, total_changes() FROM pragma_data_version") or ()


def digest_state(library: Library, sha256: str) -> tuple[str | None, ...]:
    """Return a value that differs from an earlier one if a paper has another digest to show since, or its pictures were taken anew."""
    row = library.database.row(
        f"""SELECT (SELECT sha256 FROM file WHERE kind = 'digest' AND key = d.key),
                  (SELECT max(made_at) FROM file WHERE kind = 'picture' AND key BETWEEN d.paper || '-' AND d.paper || '.')
           FROM digest d WHERE d.paper = ? {SHOWN}""",  # noqa: S608 (constant)
        sha256,
    )
    return row or ()


def list_texts(library: Library, papers: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield, of each paper (SHA-256) that has a digest, its abstract, and what the one that is shown says in English, keywords first, and in Chinese."""
    for sha256 in papers:
        row = library.database.row(
            f"SELECT w.abstract, w.en, w.zh FROM digest d JOIN words w ON w.rowid = d.id WHERE d.paper = ? {SHOWN}",  # noqa: S608 (constant)
            sha256,
        )
        if row:
            yield sha256, shown(row[0]), shown(row[1]), shown(row[2])
