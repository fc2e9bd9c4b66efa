"""Web addresses: from link annotations and from the text, cleaned, and which of them are the authors' own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offline_digest.records import Link

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”{}|\\^`]+|\b(?:github|gitlab|huggingface)\.(?:com|co)/[\w./~-]+", re.IGNORECASE)
_HOSTS = re.compile(
    r"^https?://(?:www\.)?(?:github\.com/|gitlab\.|bitbucket\.org/|huggingface\.co/|zenodo\.org/|sourceforge\.net/|osf\.io/|codeocean\.com/"
    r"|[\w-]+\.(?:github|gitlab)\.io\b|sites\.google\.com/|colab\.research\.google\.com/|figshare\.com/|kaggle\.com/)",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:our|we|the) (?:\w+ ){0,4}(?:code|implementation|models?|data ?sets?|demo|project|website|software|source|tool|library|package|repository)\b"
    r"|\b(?:code|implementation|models?|data|software|demo|materials?|checkpoints?|trained networks?|videos?|supplement\w*)\b[^.]{0,90}"
    r"\b(?:available|released?|found|at|open)\b|open[- ]sourc|project (?:web ?)?(?:page|site)|(?:web ?site|code|demo|project|homepage|page) ?:",
    re.IGNORECASE,
)
_THEIRS = re.compile(r"\b(?:we use|using|used|based on|adopt|borrow|taken from|downloaded from|provided by|from the|obtained from|official)\b", re.IGNORECASE)
_NOT_WEB = ("mailto:", "file:", "javascript:", "ftp:", "tel:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An address with its page, the text around it, and whether it stands on page 1 or in the abstract."""

    url: str
    page: int
    context: str
    prominent: bool


def clean_url(url: str) -> str | None:
    """Return *url* with a scheme and without the punctuation that follows it in a sentence, None when it is no web address."""
    url = re.sub(r"\s+", "", url).strip("<>\"'“”‘’")
    if url.lower().startswith(_NOT_WEB):
        return None
    url = url.rstrip(".,;:!?'\"’”*∗†")
    while url.endswith((")", "]", "}")) and url.count(")") + url.count("]") + url.count("}") > url.count("(") + url.count("[") + url.count("{"):
        url = url[:-1].rstrip(".,;:!?'\"’”")
    if not re.match(r"https?://", url, re.IGNORECASE):
        url = "https://" + url
    return url if re.match(r"https?://[\w-]+(?:\.[\w-]+)+", url, re.IGNORECASE) else None


def urls_in(text: str) -> tuple[tuple[str, int], ...]:
    """Return the addresses printed in *text*, each with its offset."""
    found = ((clean_url(m[0]), m.start()) for m in _URL.finditer(text))
    return tuple((u, at) for u, at in found if u)


def is_own(mention: Mention) -> bool:
    """Whether the address is the authors' own code, demo or project page, judged by where and how it is mentioned."""
    if re.search(r"//(?:dx\.)?doi\.org|//(?:www\.)?arxiv\.org|creativecommons|orcid\.org|acm\.org|openreview", mention.url, re.IGNORECASE):
        return False
    ours = bool(_OURS.search(mention.context))
    theirs = bool(_THEIRS.search(mention.context))
    if _HOSTS.match(mention.url):
        return ours or (mention.prominent and not theirs)
    return ours and mention.prominent and not theirs


def make_links(mentions: Iterable[Mention]) -> tuple[Link, ...]:
    """Return each address once, in order, own when any mention of it is."""
    found: dict[str, Link] = {}
    for m in mentions:
        key = re.sub(r"^https?://(www\.)?", "", m.url.lower()).rstrip("/")
        own = is_own(m)
        old = found.get(key)
        if old is None:
            found[key] = Link(url=m.url, page=m.page, own=own)
        elif own and not old.own:
            found[key] = Link(url=old.url, page=old.page, own=True)
    return tuple(_without_stumps(list(found.values())))


def _without_stumps(links: Sequence[Link]) -> list[Link]:
    """Drop an address that is another one cut off at the end of a line."""
    return [a for a in links if not any(b.url != a.url and b.page == a.page and b.url.startswith(a.url) and len(a.url) > 12 and b.url[len(a.url)] not in "/?#" for b in links)]
