"""A topic: which papers a post is about, how many, in which order, and where it goes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, field_validator, model_validator

from offline_digest.records import Language
from offline_digest.topics.query import Query, Term, day_range, every, has_field, parse_query, some

_CATEGORY = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?(?:\.(?:[A-Za-z]+(?:-[A-Za-z]+)?|\*))?")


_MARKS = str.maketrans('"*?', "   ")


def _one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def _listed(value: object) -> object:
    if isinstance(value, str):
        raise ValueError(f'a list is wanted: ["{value}"]')
    return value


_Line = Annotated[str, BeforeValidator(_one_line)]
_Lines = Annotated[tuple[_Line, ...], BeforeValidator(_listed)]


class Topic(BaseModel):
    """One table `[[topics]]` of the configuration; unknown keys are refused.

    A paper is wanted when it fits `query`, is in one of `categories`, by one of `authors` and holds one of the words `include`, as far as
    each is given, and holds none of `exclude`. Words are found in title and abstract, in any case, with or without accents, plural or
    hyphen; one that names a field (`ti:survey`) is read as arXiv's syntax.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: _Line = Field(min_length=1, max_length=200, examples=["Talking heads"])
    """Title of its posts, and what commands call it by."""
    query: _Line | None = Field(default=None, examples=['ti:"talking head" AND cat:cs.CV'])
    """A query in arXiv's own syntax."""
    categories: _Lines = Field(default=(), examples=[["cs.CV", "eess"]])
    """arXiv categories, of which one must be there: cs.CV, or cs for all below it."""
    include: _Lines = Field(default=(), examples=[["talking head", "说话人"]])
    """Words or phrases, of which one must be in title or abstract."""
    exclude: _Lines = Field(default=(), examples=[["survey"]])
    """Words or phrases that must not be there."""
    authors: _Lines = Field(default=(), examples=[["Ada Lovelace"]])
    """Names, of which one must be among the authors: Ada Lovelace, or A. Lovelace."""
    most: StrictInt = Field(default=10, ge=1, le=2000)
    """How many papers a post holds at most."""
    days: StrictInt = Field(default=7, ge=1, le=36500)
    """How many days back papers are looked for."""
    rank: Literal["date", "interest", "like"] = "date"
    """Which come first: the newest, those closest to `interest`, or those most like the papers in `like`."""
    interest: _Line | None = Field(default=None, examples=["faces that speak, driven by sound"])
    """What you are interested in, in your own words."""
    like: Path | None = Field(default=None, examples=["~/papers/liked"])
    """A folder of PDFs you like, or a file of metadata (BibTeX, Zotero, JSON lines) with their abstracts."""
    format: str | None = Field(default=None, examples=["hexo"])
    """Post format; without it, that of the settings."""
    languages: Annotated[tuple[Language, ...], BeforeValidator(_listed)] = Field(default=("en", "zh"), min_length=1)
    """Languages of the digest: en, zh or both."""
    out: Path | None = Field(default=None, examples=["~/blog/source"])
    """Folder of its posts."""

    @field_validator("query")
    @classmethod
    def _readable_query(cls, value: str | None) -> str | None:
        if value:
            parse_query(value)
        return value or None

    @field_validator("categories")
    @classmethod
    def _possible_categories(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _CATEGORY.fullmatch(value):
                raise ValueError(f"{value!r} is no category such as cs.CV, hep-th or cs")
        return values

    @field_validator("include", "exclude", "authors")
    @classmethod
    def _words(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not any(c.isalnum() for c in value):
                raise ValueError(f"there is no word in {value!r}")
            if has_field(value):
                parse_query(value)
        return values

    @field_validator("languages")
    @classmethod
    def _each_once(cls, values: tuple[Language, ...]) -> tuple[Language, ...]:
        if len(set(values)) < len(values):
            raise ValueError("a language is named twice")
        return values

    @field_validator("like", "out", mode="after")
    @classmethod
    def _home(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not (self.query or self.categories or self.include or self.authors):
            raise ValueError("it wants no paper: give query, categories, include or authors")
        if self.rank == "interest" and not (self.interest and any(c.isalnum() for c in self.interest)):
            raise ValueError('rank = "interest" needs a text: interest = "..."')
        if self.rank == "like" and self.like is None:
            raise ValueError('rank = "like" needs papers: like = "folder"')
        return self


def word_query(text: str) -> Query:
    """Return what a wanted word means: itself in title or abstract, unless it names a field."""
    if has_field(text):
        return parse_query(text)
    plain = _without_marks(text)
    return some([Term("ti", plain), Term("abs", plain)])


def author_query(text: str) -> Query:
    """Return what a wanted author means."""
    return parse_query(text) if has_field(text) else Term("au", _without_marks(text))


def category_query(text: str) -> Query:
    """Return what a wanted category means: one without a dot (`cs`) holds all below it."""
    return Term("cat", text) if "." in text else some([Term("cat", text), Term("cat", f"{text}.*")])


def arxiv_query(topic: Topic, *, since: date | None = None, until: date | None = None) -> str:
    """Return the query that asks arXiv for the papers of *topic*.

    Args:
        topic: It; how many and in which order are not part of a query.
        since: First day of submission, in GMT; None: any.
        until: Last day of submission; needed with *since*.
    """
    parts: list[Query] = [parse_query(topic.query)] if topic.query else []
    for queries in (map(category_query, topic.categories), map(author_query, topic.authors), map(word_query, topic.include)):
        alternatives = list(queries)
        parts += [some(alternatives)] if alternatives else []
    if since and until:
        parts.append(day_range("submittedDate", since, until))
    return str(every(parts, [word_query(word) for word in topic.exclude]))


def _without_marks(text: str) -> str:
    """Take out what has a meaning in a query: quotation marks and wild cards."""
    return " ".join(text.translate(_MARKS).split())
