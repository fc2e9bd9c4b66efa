"""arXiv identifiers: strings, never numbers (2407.09450 is not 2407.0945), with or without a version.

Source: https://info.arxiv.org/help/arxiv_identifier.html, the scheme since April 2007 and the one before.
"""

from __future__ import annotations

import re

_NEW = r"(?P<new>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})"
_OLD = r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{2})?[/_](?P<number>\d{2}(?:0[1-9]|1[0-2])\d{3})"
_IDENTIFIER = re.compile(rf"(?<![\w.])(?:{_NEW}|{_OLD})(?P<version>v\d{{1,3}})?(?!\d)")


def find_arxiv_id(text: str) -> tuple[str, str | None] | None:
    """Return `(id, version)` of the first identifier in *text* (a URL, a file name), None when there is none."""
    match = _IDENTIFIER.search(text)
    if match is None:
        return None
    return match["new"] or f"{match['archive']}/{match['number']}", match["version"]
