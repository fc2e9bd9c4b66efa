"""Which licences let others have a paper's text and figures; every other paper, and one without a licence, is for private use only.

Source: the licences that arXiv offers, https://info.arxiv.org/help/license/index.html. Its own (nonexclusive-distrib, assumed 1991-2003) lets arXiv
alone distribute.
"""

from __future__ import annotations

import re

_CREATIVE_COMMONS = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc)?(?:-sa|-nd)?)/(\d\.\d)|publicdomain/(zero|mark)/)", re.IGNORECASE
)
_WORDS = re.compile(r"cc[ -](by(?:[ -]nc)?(?:[ -](?:sa|nd))?)(?:[ -](\d\.\d))?", re.IGNORECASE)
_FREE = re.compile(r"(cc[ -]?0(?: 1\.0)?)|public domain", re.IGNORECASE)
_PUBLIC_DOMAIN = {"zero": "CC0 1.0", "mark": "Public domain"}  # there is one version of each


def open_licence(licence: str | None) -> str | None:
    """Return the short name (`CC BY 4.0`) of a licence under which the paper may be passed on; None: private use only."""
    if match := _CREATIVE_COMMONS.search(licence or ""):
        return _PUBLIC_DOMAIN[match[3].lower()] if match[3] else f"CC {match[1].upper()} {match[2]}"
    if match := _WORDS.fullmatch((licence or "").strip()):
        return f"CC {re.sub('[ -]', '-', match[1]).upper()} {match[2] or ''}".rstrip()
    if match := _FREE.fullmatch((licence or "").strip()):
        return _PUBLIC_DOMAIN["zero" if match[1] else "mark"]
    return None
