"""Which papers a topic picks out of many, and why each is kept or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from offline_digest.gathering.fitting import Searchable, day_of, fits
from offline_digest.gathering.identity import Known, Ledger, is_newer, name_of
from offline_digest.gathering.ranking import interest_of, scores
from offline_digest.records import Metadata, Record
from offline_digest.topics import Topic, author_query, category_query, parse_query, word_query

Reason = Literal[
    "new", "update", "repeat", "known", "too old", "wrong category", "not by a wanted author", "not in the query", "excluded word",
    "no wanted word", "below the rank",
]  # fmt: skip
_KEPT = ("new", "update")


class Choice(Record):
    """What became of one paper. `detail` says which date, word or place it was; `score` is that of a ranking by words.

    `resembles` names papers with the same title and first author that nothing tells to be this one.
    """

    row: Metadata
    reason: Reason
    detail: str = ""
    score: float | None = None
    resembles: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether the topic picks it."""
        return self.reason in _KEPT


class Choosing(Record):
    """The papers a topic picks, first come first, and the others in the order in which they were met."""

    kept: tuple[Choice, ...]
    dropped: tuple[Choice, ...]


def choose(rows: Iterable[Metadata], topic: Topic, *, today: date, known: Sequence[Known] = (), liked: Sequence[str] = ()) -> Choosing:
    """Choose the papers of *topic*.

    Args:
        rows: Candidates; of several rows for one paper the newest version counts, among equal ones the first.
        topic: What is wanted.
        today: The day from which `topic.days` are counted back.
        known: Papers that were posted before; one of them comes again only as a later version.
        liked: Title and abstract of each paper that `rank = "like"` compares with.

    Returns:
        Kept and dropped papers. Kept ones are ranked, those that are equally good by date, then by id; dropped ones are those that do not
        fit, then repeats, then those below the rank.
    """
    history = Ledger(known)
    newest, repeats = _newest(rows)
    judged = [_judged(Searchable(row), topic, today - timedelta(days=topic.days), history) for row in newest]
    ranked = _ranked([choice for choice in judged if choice.is_kept], topic, liked)
    late = [
        choice.model_copy(update={"reason": "below the rank", "detail": f"{place} of {len(ranked)}"})
        for place, choice in enumerate(ranked[topic.most :], start=topic.most + 1)
    ]
    others = Ledger([*known, *(Known(row=row) for row in newest)])
    kept = tuple(choice.model_copy(update={"resembles": _resembled(choice.row, others)}) for choice in ranked[: topic.most])
    return Choosing(kept=kept, dropped=(*(choice for choice in judged if not choice.is_kept), *repeats, *late))


def _newest(rows: Iterable[Metadata]) -> tuple[list[Metadata], list[Choice]]:
    """Return one row per paper, and the repeats."""
    met, place, newest, repeats = Ledger(), dict[int, int](), list[Metadata](), list[Choice]()
    for row in rows:
        item, found = Known(row=row), met.find(row)
        place[id(item)] = place[id(found[0])] if found else len(newest)
        met.add(item)  # keeps it alive, and its id with it
        if not found:
            newest.append(row)
            continue
        other = newest[place[id(item)]]
        if is_newer(row, other):
            newest[place[id(item)]], row, other = row, other, row
        repeats.append(Choice(row=row, reason="repeat", detail=name_of(other)))
    return newest, repeats


def _judged(paper: Searchable, topic: Topic, since: date, history: Ledger) -> Choice:
    """Return the first reason against *paper*, else that it is new or an update, with the wanted words that it holds."""
    met = history.find(paper.row)
    is_update = bool(met) and all(is_newer(paper.row, item.row) for item in met)
    day = (is_update and paper.row.updated) or day_of(paper.row)
    if day is not None and day < since:
        return Choice(row=paper.row, reason="too old", detail=day.isoformat())
    if unfit := _unfit(paper, topic):
        return unfit
    places = "; ".join(dict.fromkeys(f"{name_of(item.row)} {item.where}".rstrip() for item in met))
    if met and not is_update:
        return Choice(row=paper.row, reason="known", detail=places)
    held = ", ".join(word for word in topic.include if fits(word_query(word), paper))
    return Choice(row=paper.row, reason="update" if is_update else "new", detail="; ".join(filter(None, (held, places))))


def _unfit(paper: Searchable, topic: Topic) -> Choice | None:
    row = paper.row
    if topic.categories and all(fits(category_query(category), paper) is False for category in topic.categories):
        return Choice(row=row, reason="wrong category", detail=" ".join(row.categories))
    if topic.authors and all(fits(author_query(name), paper) is False for name in topic.authors):
        return Choice(row=row, reason="not by a wanted author")
    if topic.query and fits(parse_query(topic.query), paper) is False:
        return Choice(row=row, reason="not in the query")
    if bad := next((word for word in topic.exclude if fits(word_query(word), paper)), None):
        return Choice(row=row, reason="excluded word", detail=bad)
    if topic.include and all(fits(word_query(word), paper) is False for word in topic.include):
        return Choice(row=row, reason="no wanted word")
    return None


def _ranked(choices: Sequence[Choice], topic: Topic, liked: Sequence[str]) -> list[Choice]:
    """Return *choices*, the best first."""
    texts = (topic.interest or "",) if topic.rank == "interest" else liked
    if topic.rank != "date" and texts:
        found = scores([text_of(choice.row) for choice in choices], interest_of(texts))
        choices = [choice.model_copy(update={"score": score}) for choice, score in zip(choices, found, strict=True)]
    return sorted(choices, key=_order)


def _order(choice: Choice) -> tuple[float, int, str]:
    day = (choice.reason == "update" and choice.row.updated) or day_of(choice.row)
    return -(choice.score or 0.0), -day.toordinal() if day else 0, name_of(choice.row)


def text_of(row: Metadata) -> str:
    """Return what a paper is ranked by."""
    return f"{row.title or ''}\n{row.abstract or ''}"


def _resembled(row: Metadata, others: Ledger) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{name_of(item.row)} {item.where}".rstrip() for item in others.resembling(row)))
