"""Where papers come from, which metadata belongs to which PDF, and which papers a topic picks."""

from offline_digest.gathering.choosing import Choice, Choosing, choose, text_of
from offline_digest.gathering.days import since
from offline_digest.gathering.folders import Refused, find_pdfs
from offline_digest.gathering.identifiers import parse_arxiv_id
from offline_digest.gathering.identity import Known, Ledger, is_newer, name_of, same_paper
from offline_digest.gathering.matching import Match, Matching, Settled, match_metadata
from offline_digest.gathering.rows import Rows, load_metadata
from offline_digest.gathering.sieve import Sieve
from offline_digest.gathering.snapshot import Snapshot
from offline_digest.gathering.watching import Glimpse, glance, settled

__all__ = [
    "Choice",
    "Choosing",
    "Glimpse",
    "Known",
    "Ledger",
    "Match",
    "Matching",
    "Refused",
    "Rows",
    "Settled",
    "Sieve",
    "Snapshot",
    "choose",
    "find_pdfs",
    "glance",
    "is_newer",
    "load_metadata",
    "match_metadata",
    "name_of",
    "parse_arxiv_id",
    "same_paper",
    "settled",
    "since",
    "text_of",
]
