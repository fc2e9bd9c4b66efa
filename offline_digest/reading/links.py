"""Web addresses: from link annotations and from the text, cleaned, and which of them are the authors' own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offline_digest.records import Link

_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"“”{}|\\^`†‡∗§¶]+|\b(?:github|gitlab|huggingface)\.(?:com|co)/[\w./~-]+",
    re.IGNORECASE,
)
_HOSTS = re.compile(
    r"^https?://(?:www\.)?(?:github\.com/|gitlab\.|bitbucket\.org/|huggingface\.co/|zenodo\.org/|sourceforge\.net/|osf\.io/"
    r"|codeocean\.com/|[\w-]+\.(?:github|gitlab)\.io\b|sites\.google\.com/|colab\.research\.google\.com/|figshare\.com/|kaggle\.com/)",
    re.IGNORECASE,
)
_NOT_OWN = re.compile(
    r"//(?:dx\.)?doi\.org|//(?:www\.)?arxiv\.org|creativecommons|orcid\.org|//(?:\w+\.)?acm\.org|openreview|semanticscholar|wikipedia",
    re.IGNORECASE,
)
_THING = (
    r"(?:source code|code|implementations?|demos?|models?|checkpoints?|weights|project|website|web ?site|web ?page|software"
    r"|networks|materials?|videos?|library|toolkit|package|repository|notebooks?)"
)
_OFFERED = re.compile(
    rf"(?<![A-Za-z]){_THING}\b[^.]{{0,80}}\b(?:available|released?|found|accessible|open[- ]?sourced?|published|hosted|provided|obtained|downloaded)\b"
    rf"[^.]{{0,40}}$|(?<![A-Za-z]){_THING}(?: \w+)?\s*(?:at|:|：|here|page)[\s:(]*$",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\bour\b[^.]{0,80}$|\bwe\b[^.]{0,30}\b(?:release|provide|open[- ]source|publish|share|make|made)\b[^.]{0,90}$", re.IGNORECASE
)
_THEIRS = re.compile(
    r"\bwe (?:use|adopt|employ|follow|utili[sz]e|rely|start|took|take|apply|build)\b|\bwe used (?!to)|\busing\b|\buses\b|\bbased on\b"
    r"|\bdownloaded from\b|\bborrow|\btaken from\b|\bprovided by\b|\bofficial\b|\boriginal\b|\btheir\b|\bcompare\b",
    re.IGNORECASE,
)
_NOT_WEB = ("mailto:", "file:", "javascript:", "ftp:", "tel:")
_TAIL = ".,;:!?'\"’”*∗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An address with its page and the words before it in its sentence or footnote; None inside the reference list."""

    url: str
    page: int
    before: str | None


def clean_url(url: str) -> str | None:
    """Return *url* with a scheme and without the punctuation that follows it in a sentence, None when it is no web address."""
    url = re.sub(r"\s+", "", url).replace("∼", "~").strip("<>\"'“”‘’")
    if url.lower().startswith(_NOT_WEB):
        return None
    url = url.rstrip(_TAIL)
    while url and any(url.endswith(b) and url.count(b) > url.count(a) for a, b in ("()", "[]", "{}")):
        url = url[:-1].rstrip(_TAIL)
    if not re.match(r"https?://", url, re.IGNORECASE):
        url = "https://" + url
    return url if re.match(r"https?://[\w-]+(?:\.[\w-]+)+", url, re.IGNORECASE) else None


def urls_in(text: str) -> tuple[tuple[str, int], ...]:
    """Return the addresses printed in *text*, each with its offset."""
    found = ((clean_url(m[0]), m.start()) for m in _URL.finditer(text))
    return tuple((u, at) for u, at in found if u)


def runs_on(text: str, following: str) -> bool:
    """Whether an address at the end of the line *text* goes on with the first word of the line *following*."""
    last, word = text.split(" ")[-1], following.split(" ")[0]
    if "://" not in last or not text.endswith(("/", "-", "_", "=", "?", "&")):
        return False
    return bool(re.fullmatch(r"[\w./~%#?=&-]+", word)) and (not word[0].isupper() or "/" in word or "." in word[1:-1] or "_" in word)


def is_own(mention: Mention, title: str = "") -> bool:
    """Whether the address is the authors' own code, demo or project page.

    Either the words before it offer something (`Code is available at`), or it is a repository named like the paper (`Name: What It Does`).
    """
    if mention.before is None or _NOT_OWN.search(mention.url):
        return False
    before = re.split(r"(?<=[a-z)][.!?])\s+(?=[A-Z])", mention.before)[-1][-200:]
    if _THEIRS.search(before):
        return False
    if _OFFERED.search(before):
        return True
    if not _HOSTS.match(mention.url):
        return False
    name = re.sub(r"[\W_]+", "", title.split(":")[0]).lower() if ":" in title and len(title.split(":")[0].split()) <= 3 else ""
    path = re.sub(r"[\W_]+", "", mention.url.split("//")[-1]).lower()
    return bool(_OURS.search(before)) or (len(name) >= 3 and name in path)


def make_links(mentions: Iterable[Mention], title: str = "") -> tuple[Link, ...]:
    """Return each address once, in order, own when any mention of it is."""
    found: dict[str, Link] = {}
    for m in mentions:
        key = re.sub(r"^https?://(www\.)?", "", m.url.lower()).rstrip("/")
        own = is_own(m, title)
        old = found.get(key)
        if old is None:
            found[key] = Link(url=m.url, page=m.page, own=own)
        elif own and not old.own:
            found[key] = Link(url=old.url, page=old.page, own=True)
    links = list(found.values())
    return tuple(a for a in links if not _is_stump(a, links))


def _is_stump(link: Link, links: Sequence[Link]) -> bool:
    """Whether *link* is another address of its page, cut off at the end of a line."""
    size = len(link.url)
    return any(b.page == link.page and b.url.startswith(link.url) and b.url[size:] and b.url[size] not in "/?#" for b in links)
