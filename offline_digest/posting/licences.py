"""What a paper's licence is called, and whether its figures may be shown to others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from offline_digest.licences import open_licence
from offline_digest.posting.texts import Address, Text, plain, safe_address

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
    open_name = open_licence(text)
    name = open_name or ("arXiv.org non-exclusive licence" if _ARXIV.search(text) else text)
    return Licence(name=plain(name), address=safe_address(text.strip()), allows=open_name is not None)
