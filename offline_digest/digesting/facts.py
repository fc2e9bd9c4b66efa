"""What the program knows of a paper without any engine."""

from __future__ import annotations

from typing import Literal

from offline_digest.digesting.keywords import extract_keywords
from offline_digest.digesting.source import Source
from offline_digest.records import Metadata, Paper


class Facts:
    """Title, authors and the like. Metadata wins over what was read, for its authors typed it."""

    def __init__(self, paper: Paper, metadata: Metadata | None) -> None:
        known = metadata or Metadata()
        self.title = " ".join((known.title or paper.title).split())
        self.authors = known.authors or paper.authors
        self.more_authors = known.more_authors and bool(known.authors)
        self.abstract = known.abstract or paper.abstract
        self.arxiv_id = known.arxiv_id or paper.arxiv_id
        # A version belongs to an id; the stamp on the PDF at hand is right about which version that PDF is.
        self.version = paper.version if paper.version and paper.arxiv_id == self.arxiv_id else known.version
        self.doi = known.doi or paper.doi
        self.comment = known.comment
        body = " ".join(p.text for s in paper.sections for p in s.paragraphs)
        captions = " ".join(f"{f.label}: {f.caption}" for f in (*paper.figures, *paper.tables))
        self.keywords = paper.keywords or extract_keywords(self.title, self.abstract or "", body)
        self.affiliations = paper.affiliations
        self._printed = Source("\n".join([self.title, *self.authors, *paper.affiliations, self.abstract or "", *self.keywords,
                                        *(s.heading for s in paper.sections), body, captions]), people=tuple(self.authors))  # fmt: skip

    def source(self, reads: Literal["paper", "abstract"]) -> Source:
        """Return what an engine that reads so much may draw on: what stands elsewhere it can only have hit by chance."""
        if reads == "paper":
            return self._printed
        return Source(f"{self.title}\n{self.abstract or ''}", people=tuple(self.authors))
