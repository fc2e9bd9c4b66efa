"""Which paper stands on which page: lists by day and topic, newest first, cut into pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import quote

from offline_digest.posting.names import topic_folder, unique

MOST_LISTED = 40  # papers of a page: a few screens, and a tenth of a second to make
MOST_SEARCHED = 250  # papers of one part of the search index: about 2 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A paper as it is listed once: `topic` is that of the post that showed it on this day, empty where no post did.

    `key` names its page; the same paper may be listed under several topics and days.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    day: date
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list: `number` of `count`; `newer` and `older` are the addresses of those beside it, None at the ends."""

    path: str
    topic: str
    papers: tuple[Listed, ...]
    number: int
    count: int
    newer: str | None
    older: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLink:
    """A topic, the address of its list, and how many papers that holds."""

    topic: str
    address: str
    papers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLink:
    """A day, where on the list of all papers it begins, and how many papers it has."""

    day: date
    address: str
    papers: int

    @property
    def month(self) -> tuple[int, int]:
        """Year and month."""
        return self.day.year, self.day.month


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a paper stands: every entry of it, and the keys of the papers before and after it on the list of all."""

    listed: tuple[Listed, ...]
    newer: str | None
    older: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMap:
    """The whole site: list pages by path, topics by name, days and papers, the newest first, and the keys of each part of the search index.

    Addresses are relative to the root of the site, and fit for a quoted attribute.
    """

    lists: Mapping[str, ListPage]
    topics: Mapping[str, TopicLink]
    days: tuple[DayLink, ...]
    papers: Mapping[str, Place]
    shards: tuple[tuple[str, ...], ...]


def arrange(papers: Iterable[Listed]) -> SiteMap:
    """Return the site of *papers*: the newest day first, on a day topic by topic, what has none last, in a topic in the order given."""
    by_topic = sorted(papers, key=lambda paper: (not paper.topic, paper.topic.casefold()))
    rows = sorted(by_topic, key=lambda paper: paper.day, reverse=True)
    stems = _stems(rows)
    pages = list(_pages("", "all", rows))
    for topic, stem in stems.items():
        pages += _pages(topic, f"topics/{stem}", [row for row in rows if row.topic == topic])
    firsts = {page.topic: page for page in pages if page.number == 1}
    counts = {topic: sum(len(page.papers) for page in pages if page.topic == topic) for topic in stems}
    order = list(dict.fromkeys(row.key for row in rows))
    return SiteMap(
        lists={page.path: page for page in pages},
        topics={topic: TopicLink(topic=topic, address=quote(firsts[topic].path), papers=counts[topic]) for topic in stems},
        days=tuple(_days([page for page in pages if not page.topic])),
        papers=_places(rows, order),
        shards=tuple(tuple(order[start : start + MOST_SEARCHED]) for start in range(0, len(order), MOST_SEARCHED)),
    )


def _stems(rows: Sequence[Listed]) -> dict[str, str]:
    """Return the folder of each topic's list, the topic with the newest paper first."""
    taken = set[str]()
    return {topic: unique(topic_folder(topic), taken) for topic in dict.fromkeys(row.topic for row in rows) if topic}


def _pages(topic: str, stem: str, rows: Sequence[Listed]) -> Iterable[ListPage]:
    parts = [tuple(rows[start : start + MOST_LISTED]) for start in range(0, len(rows), MOST_LISTED)] or [()]
    paths = [f"{stem}/{number}.html" if topic or number > 1 else "index.html" for number in range(1, len(parts) + 1)]
    for place, part in enumerate(parts):
        yield ListPage(
            path=paths[place],
            topic=topic,
            papers=part,
            number=place + 1,
            count=len(parts),
            newer=quote(paths[place - 1]) if place else None,
            older=quote(paths[place + 1]) if place + 1 < len(parts) else None,
        )


def _days(pages: Iterable[ListPage]) -> Iterable[DayLink]:
    rows = ((row.day, page.path) for page in pages for row in page.papers)
    for day, group in groupby(rows, key=lambda row: row[0]):
        paths = [path for _, path in group]
        yield DayLink(day=day, address=f"{quote(paths[0])}#day-{day.isoformat()}", papers=len(paths))


def _places(rows: Sequence[Listed], order: Sequence[str]) -> dict[str, Place]:
    of_each: dict[str, list[Listed]] = {key: [] for key in order}
    for row in rows:
        of_each[row.key].append(row)
    beside = zip(order, [None, *order], [*order[1:], None], strict=False)
    return {key: Place(listed=tuple(of_each[key]), newer=newer, older=older) for key, newer, older in beside}
