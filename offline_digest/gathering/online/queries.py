"""What users write after `fetch`, as arXiv's API understands it.

Source: https://info.arxiv.org/help/api/user-manual.html, section 5.1 (query syntax) and the field submittedDate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from offline_digest.errors import UsageError
from offline_digest.gathering.identifiers import parse_arxiv_id

_FIELD = re.compile(r"\b(?:ti|au|abs|co|jr|cat|rn|id|all|submittedDate|lastUpdatedDate):")
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?\.(?:[A-Z]{2}|[a-z]+-[a-z]+|\*)")
_TERMS = re.compile(r'"([^"]*)"?|(\S+)')
_NO_ID = re.compile(r"(?:\d[\d.]*(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d+(?:v\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to ask for: a paper (`arxiv_id`, with or without `version`), or all that a `query` in arXiv's syntax finds."""

    arxiv_id: str | None = None
    version: str | None = None
    query: str | None = None

    @property
    def name(self) -> str:
        """How it is called in messages."""
        return self.query or f"{self.arxiv_id}{self.version or ''}"


def question_of(text: str) -> Question:
    """Return what one argument asks for: an identifier or address of a paper, a category, a query with fields, or words.

    Raises:
        UsageError: It is an address or a number, and not that of a paper.
    """
    found = parse_arxiv_id(text)
    if found:
        return Question(arxiv_id=found[0], version=found[1])
    stripped = text.strip()
    if "://" in stripped or _NO_ID.fullmatch(stripped):
        raise UsageError(
            f"{stripped!r} is no identifier of arXiv.",
            "Such are 2407.09450 (the zeros count), 2407.09450v2, quant-ph/9508027 and https://arxiv.org/abs/2407.09450.",
        )
    if _CATEGORY.fullmatch(stripped):
        return Question(query=f"cat:{stripped}")
    query = stripped if _FIELD.search(stripped) else words_query(stripped)
    if not query:
        raise UsageError(f"{text!r} holds no word to look for.", "Write words, or a query such as 'ti:diffusion AND cat:cs.CV'.")
    return Question(query=query)


def words_query(text: str) -> str:
    """Return the query for papers in which all words, and phrases in quotation marks, occur; empty when there are none."""
    terms = (" ".join(re.findall(r"[^\W_]+", phrase or word)) for phrase, word in _TERMS.findall(text))
    return " AND ".join(f'all:"{term}"' if " " in term else f"all:{term}" for term in terms if term)


def narrowed(query: str, *, categories: tuple[str, ...], first_day: date | None) -> str:
    """Return *query* (empty: everything) restricted to any of *categories* and to papers submitted on *first_day* (UTC) or later."""
    parts = [query] if query else []
    if categories:
        parts.append(" OR ".join(f"cat:{category}" for category in categories))
    if first_day:
        parts.append(f"submittedDate:[{first_day:%Y%m%d}0000 TO 299912312359]")
    return parts[0] if len(parts) == 1 else " AND ".join(f"({part})" if " " in part and "[" not in part else part for part in parts)
