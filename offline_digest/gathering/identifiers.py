"""arXiv identifiers: strings, never numbers (2407.09450 is not 2407.0945), with or without a version.

Source: https://info.arxiv.org/help/arxiv_identifier.html. From April 2007 to December 2014 the number has four digits, since then five;
before that it is an archive, two digits of the year, two of the month and three more, some archives with a subject class, which belongs
to the paper, not to its identifier.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_MONTH = r"(?:0[1-9]|1[0-2])"
_NEW = rf"(?P<new>(?:0[7-9]|1[0-4]){_MONTH}\.[0-9]{{4}}|(?:1[5-9]|[2-9][0-9]){_MONTH}\.[0-9]{{5}})"
_OLD = rf"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{{2}})?[/_](?P<number>(?:9[1-9]|0[0-7]){_MONTH}[0-9]{{3}})"
_IDENTIFIER = re.compile(rf"(?<![\w.])(?:{_NEW}|{_OLD})(?P<version>v[0-9]{{1,3}})?(?![0-9])")
_DOI = r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\."
_PREFIX = r"arxiv:\s*"
_ADDRESS = r"(?:https?:/{1,2})?(?:[a-z0-9-]+\.)*arxiv\.org/(?:abs|pdf|html|ps|format|src|e-print|tb)/"
_BEFORE = re.compile(rf"(?:{_DOI}|{_ADDRESS}|{_PREFIX})?", re.IGNORECASE)
_AFTER = re.compile(r"(?:\.pdf|\.ps(?:\.gz)?)?/*(?:[?#]\S*)?(?:\s*\[[\w.-]+\])?", re.IGNORECASE)


def find_arxiv_id(text: str) -> tuple[str, str | None] | None:
    """Return `(id, version)` of the first identifier in *text* (a URL, a file name), None when there is none."""
    match = _IDENTIFIER.search(text)
    return None if match is None else _parts(match)


def parse_arxiv_id(text: str) -> tuple[str, str | None] | None:
    """Return `(id, version)` when *text* as a whole names one paper, else None.

    That is an identifier, alone, behind `arXiv:` or `10.48550/arXiv.`, or in an address below arxiv.org, of abstract, PDF, HTML or source.
    """
    text = unquote(text.strip())
    before = _BEFORE.match(text)
    match = _IDENTIFIER.match(text[before.end() :]) if before else None
    if match is None or not _AFTER.fullmatch(match.string[match.end() :]):
        return None
    return _parts(match)


def file_name(arxiv_id: str, version: str | None) -> str:
    """Return the name of a paper's PDF, in which `find_arxiv_id` finds both again."""
    return f"{arxiv_id.replace('/', '_')}{version or ''}.pdf"


def _parts(match: re.Match[str]) -> tuple[str, str | None]:
    return match["new"] or f"{match['archive']}/{match['number']}", match["version"]
