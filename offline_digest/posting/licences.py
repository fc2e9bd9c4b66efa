"""What a paper's licence is called, and whether its figures may be shown to others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from offline_digest.posting.texts import Address, Text, plain, safe_address

_CC = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)", re.IGNORECASE)
_CC_NAME = re.compile(r"\bCC[ -]BY(?:[ -](?:NC|ND|SA))*\b", re.IGNORECASE)
_PUBLIC = re.compile(r"creativecommons\.org/publicdomain/|\bCC[ -]?0\b|\bpublic domain\b", re.IGNORECASE)
_ZERO = re.compile(r"/zero/|\bCC[ -]?0\b", re.IGNORECASE)
_NONE = ("unknown", "none")  # how catalogues say that they do not know
_ARXIV = re.compile(r"arxiv\.org/licenses/nonexclusive", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence as catalogues name it, and the address of its text where that is what they give.

    `allows` tells whether pictures of the paper may be passed on: Creative Commons and public domain do; arXiv's non-exclusive licence
    lets arXiv alone distribute the paper; of others nothing is known.
    """

    name: Text
    address: Address | None
    allows: bool


def read_licence(text: str | None) -> Licence | None:
    """Return the licence that *text*, an address or a name, stands for; None where the catalogue names none."""
    if not text or not plain(text) or text.strip().lower() in _NONE:
        return None
    found, public = _CC.search(text), _PUBLIC.search(text)
    name = text
    if found:
        name = f"CC {found[1].upper()} {found[2]}"
    elif public:
        name = "CC0 1.0" if _ZERO.search(text) else "Public domain"
    elif _ARXIV.search(text):
        name = "arXiv.org non-exclusive licence"
    return Licence(name=plain(name), address=safe_address(text.strip()), allows=bool(found or public or _CC_NAME.search(text)))
