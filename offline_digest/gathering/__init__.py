"""Where papers come from, and which metadata belongs to which PDF."""

from offline_digest.gathering.folders import Refused, find_pdfs
from offline_digest.gathering.identifiers import parse_arxiv_id
from offline_digest.gathering.matching import Match, Matching, match_metadata
from offline_digest.gathering.rows import load_metadata

__all__ = ["Match", "Matching", "Refused", "find_pdfs", "load_metadata", "match_metadata", "parse_arxiv_id"]
