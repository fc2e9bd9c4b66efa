"""Which row of the metadata belongs to which PDF."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.records import Metadata, Paper, PaperFile, Record


class Match(Record):
    """The metadata of each PDF, in the order given (None where nothing fits), and the rows that fit no PDF."""

    metadata: tuple[Metadata | None, ...]
    unmatched_rows: tuple[Metadata, ...]
    unmatched_files: tuple[PaperFile, ...]


def match_metadata(papers: Sequence[tuple[PaperFile, Paper]], rows: Sequence[Metadata]) -> Match:
    """Match PDFs to rows by what identifies a paper, surest first.

    First the row's own `sha256` or `file`, then the identifier stamped on page 1, then one in the file's name, then the title. A PDF
    that no row fits keeps the identifier its file name carries, if any.
    """
    found: list[Metadata | None] = []
    used: set[int] = set()
    unmatched: list[PaperFile] = []
    for file, paper in papers:
        index = _row_of(file, paper, rows)
        named = find_arxiv_id(file.path.stem)
        if index is not None:
            used.add(index)
            row = rows[index]
            version = row.version or (named[1] if named and named[0] == row.arxiv_id else None)
            found.append(row.model_copy(update={"version": version}))
        else:
            unmatched.append(file)
            found.append(Metadata(arxiv_id=named[0], version=named[1]) if named and not paper.arxiv_id else None)
    return Match(
        metadata=tuple(found),
        unmatched_rows=tuple(row for i, row in enumerate(rows) if i not in used),
        unmatched_files=tuple(unmatched),
    )


def _row_of(file: PaperFile, paper: Paper, rows: Sequence[Metadata]) -> int | None:
    """Return the index of the row that fits, None when none does."""
    named = find_arxiv_id(file.path.stem)
    title = _plain(paper.title)
    tests: tuple[Callable[[Metadata], bool], ...] = (
        lambda row: row.sha256 is not None and row.sha256.lower() == file.sha256,
        lambda row: row.file is not None and re.split(r"[/\\]", row.file)[-1] == file.path.name,
        lambda row: row.arxiv_id is not None and row.arxiv_id == paper.arxiv_id,
        lambda row: row.arxiv_id is not None and named is not None and row.arxiv_id == named[0],
        lambda row: bool(title) and row.title is not None and _plain(row.title) == title,
    )
    return next((index for test in tests for index, row in enumerate(rows) if test(row)), None)


def _plain(text: str) -> str:
    """Return letters and digits alone, lower case, without accents: two prints of one title agree in these."""
    decomposed = unicodedata.normalize("NFKD", text)
    return re.sub(r"[\W_]+", "", "".join(c for c in decomposed if not unicodedata.combining(c))).lower()
