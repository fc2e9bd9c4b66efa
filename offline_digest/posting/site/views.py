"""What the templates of the site see beside the papers themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from offline_digest.posting.site.arranging import Listed, SiteMap
from offline_digest.posting.texts import Text, plain, tex
from offline_digest.posting.views import EntryView, FieldView, ProseView

_NOTHING = FieldView(asked=False, shown=ProseView(), en=ProseView(), zh=ProseView())


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A paper on a list; one that is `lost` has a digest that cannot be read any more, and only what the index knows."""

    key: str
    title: Text
    title_zh: FieldView
    authors: tuple[Text, ...]
    summary: FieldView
    more_authors: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCards:
    """The papers of one topic and day; `name` is empty where they were in no post, `address` that of the topic's list."""

    name: Text
    address: str | None
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCards:
    """The papers of one day by topic."""

    day: date
    topics: tuple[TopicCards, ...]


def card_of(key: str, view: EntryView) -> Card:
    """Return the card of a paper whose digest is there."""
    return Card(
        key=key,
        title=view.title,
        title_zh=view.fields["title_zh"],
        authors=view.authors,
        more_authors=view.more_authors,
        summary=view.fields["summary"],
    )


def lost_card(listed: Listed) -> Card:
    """Return the card of a paper whose digest is lost."""
    authors = tuple(tex(name) for name in listed.authors)
    return Card(key=listed.key, title=tex(listed.title), title_zh=_NOTHING, authors=authors, summary=_NOTHING, lost=True)


def by_day(papers: Sequence[Listed], site: SiteMap, card: Callable[[Listed], Card]) -> tuple[DayCards, ...]:
    """Return listed papers, which are in order already, by day and topic."""

    def topics(rows: Sequence[Listed]) -> tuple[TopicCards, ...]:
        return tuple(
            TopicCards(
                name=plain(topic),
                address=site.topics[topic].address if topic else None,
                cards=tuple(card(row) for row in group),
            )
            for topic, group in groupby(rows, key=lambda row: row.topic)
        )

    return tuple(DayCards(day=day, topics=topics(list(group))) for day, group in groupby(papers, key=lambda row: row.day))
