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
    r"|codeocean\.com/|hub\.docker\.com/|pypi\.org/project/|cran\.r-project\.org/|[\w-]+\.(?:github|gitlab)\.io\b|sites\.google\.com/|colab\.research\.google\.com/|figshare\.com/|kaggle\.com/"
    r"|(?:dx\.)?doi\.org/10\.)",
    re.IGNORECASE,
)
_NOT_OWN = re.compile(
    r"//(?:dx\.)?doi\.org/(?!10\.(?:5281|6084|17605|7910)/)"  # but what Zenodo, Figshare, OSF and Dataverse give is data or code
    r"|//(?:www\.)?arxiv\.org|creativecommons|orcid\.org|//(?:\w+\.)?acm\.org|openreview|semanticscholar|wikipedia",
    re.IGNORECASE,
)
_THING = (
    r"(?<![A-Za-z])(?:source code|code|scripts?|implementations?|demos?|models?|checkpoints?|weights|project|website|web ?site|web ?page|software"
    r"|networks|materials?|videos?|library|toolkit|package|repository|notebooks?"
    r"|pipelines?|plug-?ins?)"
)
_DATA = r"(?<![A-Za-z])(?:data(?:sets?)?|benchmarks?|corpus|corpora|annotations|prompts)"
_OFFER = (
    r"\b(?:available|released?|found|accessible|open[- ]?sourced?|published|hosted|provided|obtained|downloaded|uploaded|deposited"
    r"|accessed|distributed|shared|tried)\b"
)
_SAID_BEFORE = (  # of any address: something is offered there
    rf"{_THING}\b[^.]{{0,80}}{_OFFER}[^.]{{0,40}}$",
    rf"{_THING}\b[^.]{{0,80}}\b(?:is|are) (?:in|on|at)\b[^.]{{0,40}}$",
    rf"{_THING}(?: \w+)?\s*(?:\bat|:|：|\bhere|\bpage)[\s:(]*$",
    rf"\b(?:our|accompanying|companion|supplementa\w+) (?:\w+ )?{_THING}[\s:(,]*$",
    rf"{_DATA}(?: \w+)?\s*[:：][\s(]*$",
    rf"{_DATA}\b[^.]{{0,15}}\bwe\b[^.]{{0,60}}{_OFFER}[^.]{{0,40}}$",
    rf"\bour\b[^.]{{0,60}}{_DATA}\b[^.]{{0,60}}{_OFFER}[^.]{{0,40}}$",
    r"\breproduc(?:e|es|ing|tion)\b[^.]{0,90}$",
    r"\bour\b[^.]{0,60}\bonline\b\W*$",
    r"(?:代码|源码|数据集?|模型|演示|主页)[^。；]{0,24}(?:[:：]|见|于|在|至|到|地址为?|获取|下载)\s*[(（]?$",
    r"\baccompan(?:y|ies) this (?:paper|work|article)\W*$",
)
_SAID_OF_HOSTS = (  # of an address where code and data are kept
    r"\bour\b[^.]{0,80}$",
    r"\bwe\b[^.]{0,30}\b(?:release|provide|open[- ]source|publish|share|make|made)\b[^.]{0,90}$",
    rf"{_DATA}\b[^.]{{0,40}}\breleased\b[^.]{{0,60}}$",
    r"\b(?:deposited|uploaded|archived)\b[^.]{0,60}$",
    r"\btry\b[^.]{0,30}$",
    r"^\W*(?:please )?(?:visit|see)[\s:(]*$",
    r"\b(?:for|please)\b[^.]{0,60}\b(?:visit|see|refer to)[\s:(]*$",
)
_OFFERED, _KEPT = (re.compile("|".join(said), re.IGNORECASE) for said in (_SAID_BEFORE, _SAID_OF_HOSTS))
_OFFERS = re.compile(
    r"\W{0,3}(?:for|contains|provides|hosts|holds|has)\b[^.]{0,60}(?:\bour\b|\bthis (?:paper|work|article)\b)", re.IGNORECASE
)
_LABEL = re.compile(r"\W*(?:[A-Z][\w ]{2,30}[:：])?\W*")
_THEIRS = re.compile(
    r"\bwe (?:use|adopt|employ|follow|utili[sz]e|rely|start|took|take|apply|build)\b|\bwe used (?!to)|\busing\b|\buses\b|\bmade use of\b|\bbased on\b"
    r"|(?<!\bbe )\b(?:downloaded|obtained) from\b|\bborrow|\btaken from\b|\b(?:provided|published|released|developed|trained) by (?!us\b)|\bthank"
    r"|\bofficial\b|\boriginal\b|\btheir\b|\bwhose\b|\bcompare\b|(?<!our )\bdocumentation\b"
    r"|使用|采用|基于|来自|来源|下载自|参考|官方|原作者",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[a-z)][.!?])\s+(?=[A-Z])")
_POINT = re.compile(r"\.(?=\w)")  # of a number, an abbreviation or a host; it ends nothing
_NOT_WEB = ("mailto:", "file:", "javascript:", "ftp:", "tel:")
_TAIL = ".,;:!?'\"’”*∗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An address with its page and the words before and behind it in its sentence; `before` is None inside the reference list.

    An address in a footnote has the words before the footnote's mark before its own.
    """

    url: str
    page: int
    before: str | None
    after: str = ""


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
    """Whether the address is the authors' own code, data, demo or project page.

    The words around it offer something (`Code is available at`), it is a repository named like the paper (`Name: What It Does`), or one that
    stands alone below the title.
    """
    if mention.before is None or _NOT_OWN.search(mention.url):
        return False
    before = _POINT.sub("", _SENTENCE.split(mention.before)[-1][-200:])
    if _THEIRS.search(before):
        return False
    if _OFFERED.search(before) or _OFFERS.match(mention.after):
        return True
    if not _HOSTS.match(mention.url):
        return False
    name = re.sub(r"[\W_]+", "", title.split(":")[0]).lower() if ":" in title and len(title.split(":")[0].split()) <= 3 else ""
    path = re.sub(r"[\W_]+", "", mention.url.split("//")[-1]).lower()
    alone = mention.page == 1 and bool(_LABEL.fullmatch(mention.before + mention.after))
    return alone or bool(_KEPT.search(before)) or (len(name) >= 3 and name in path)


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
