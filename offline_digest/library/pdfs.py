"""PDFs that were fetched, with what their source says of them: found again by identifier and by hash.

papers/<sha256>/<id>v<n>.pdf    the PDF
                metadata.json   a `Metadata`
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from offline_digest.files import disk_errors
from offline_digest.library.store import ENTER_FILE, Library
from offline_digest.records import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPdf:
    """A PDF that is here and whole; `metadata` is None for one that was not fetched but only digested from a folder."""

    path: Path
    sha256: str
    version: str | None
    metadata: Metadata | None


def keep_pdf(library: Library, source: Path, sha256: str, metadata: Metadata) -> Path:
    """Move a PDF, whose hash and source are known, into the library, and return where it lies.

    Raises:
        DiskFull: No space left.
        UsageError: The library cannot be written.
    """
    folder = library.root / "papers" / sha256
    path = folder / source.name
    library.keep_metadata(sha256, metadata)
    with disk_errors(path):
        source.replace(path)
    made_at = library.now()
    with library.database.transaction() as db:
        db.execute(ENTER_FILE, library.row("pdf", f"{sha256}-pdf", path, sha256, made_at))
        db.execute("INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?)", (metadata.arxiv_id, metadata.version, sha256, made_at))
    return path


def find_pdf(library: Library, arxiv_id: str, version: str | None = None) -> KeptPdf | None:
    """Return the PDF of a paper in that version, or in the newest that is here; None when there is none.

    A PDF that was digested where it lies counts, while it is still there as it was.
    """
    rows = library.database.rows(
        """SELECT fetched.sha256, version, file.path FROM fetched JOIN file ON kind = 'pdf' AND key = fetched.sha256 || '-pdf'
           WHERE arxiv_id = ?1
           UNION ALL SELECT paper.sha256, version, seen.path FROM paper JOIN seen USING (sha256) WHERE arxiv_id = ?1""",
        arxiv_id,
    )
    for sha256, found, name in sorted(rows, key=lambda row: _number(row[1]), reverse=True):
        path = library.root / name
        if (version is None or found == version) and _is_whole(library, path, sha256):
            return KeptPdf(path=path, sha256=sha256, version=found, metadata=library.metadata(sha256))
    return None


def locate_pdf(library: Library, sha256: str) -> Path | None:
    """Return where the PDF with this hash lies, fetched or digested; None when it is nowhere any more."""
    rows = library.database.rows(
        "SELECT path FROM file WHERE kind = 'pdf' AND key = ?1 || '-pdf' UNION ALL SELECT path FROM seen WHERE sha256 = ?1", sha256
    )
    return next((path for path in (library.root / name for (name,) in list(rows)) if _is_whole(library, path, sha256)), None)


def is_fetched(library: Library, sha256: str) -> bool:
    """Tell whether a PDF came from its source, which then also said what it is."""
    return library.database.row("SELECT 1 FROM fetched WHERE sha256 = ?", sha256) is not None


def list_known(library: Library) -> Iterator[Metadata]:
    """Yield what is known of papers of arXiv from their source or from rows that were given with them; `sha256` is the PDF's.

    The PDFs need not be here any more.
    """
    for (sha256,) in list(library.database.rows("SELECT substr(key, 1, 64) FROM file WHERE kind = 'metadata' ORDER BY rowid")):
        metadata = library.metadata(sha256)
        if metadata and metadata.arxiv_id:
            yield metadata.model_copy(update={"sha256": sha256})


def _is_whole(library: Library, path: Path, sha256: str) -> bool:
    try:
        return library.file_sha256(path) == sha256
    except OSError:
        return False


def _number(version: str | None) -> int:
    """Return versions as numbers: v10 is newer than v9. One that nobody knows is older than all."""
    return int(version[1:]) if version and version[1:].isdigit() else 0
