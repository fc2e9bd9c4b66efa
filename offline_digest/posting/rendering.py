"""Turn digests into the text of a post: the template of a format, filled with views."""

from __future__ import annotations

import posixpath
import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from offline_digest.errors import ConfigError, UsageError
from offline_digest.posting.documents import PaperDocument, PictureDocument, PostDocument
from offline_digest.posting.formats import Format, folders, load_format
from offline_digest.posting.licences import read_licence
from offline_digest.posting.names import topic_file, topic_folder
from offline_digest.posting.pictures import Picture, choose_pictures, embedded
from offline_digest.posting.targets import TARGETS, Target
from offline_digest.posting.texts import Address, Text, plain, tex
from offline_digest.posting.values import Entry, Post
from offline_digest.posting.viewing import merge_engines, view_entry

_FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)  # what a template can be wrong with


def render_post(
    topic: str,
    day: date,
    entries: Sequence[Entry],
    *,
    format: str = "hexo",  # noqa: A002 - the word users know it by
    figures: Literal["keep", "licensed"] = "keep",
    own: Sequence[Path] = (),
) -> Post:
    """Return the post of one topic and day.

    Args:
        topic: As the user named it; it is the post's title and, made safe, its file name.
        day: The day of the post, which is the only time in it.
        entries: The papers in the order in which they appear.
        format: One of `formats()`.
        figures: Show every picture, or only those of papers whose licence lets them be passed on.
        own: Folders with formats of the user's, searched before those that ship.

    Raises:
        UsageError: No such format, no paper, or a topic without a printable character.
        ConfigError: A template or the manifest of the format is broken; names file and line.
        IntegrityError: A picture that the post embeds is gone.
    """
    known = load_format(format, own=own)
    if not entries or not plain(topic):
        missing = "papers" if plain(topic) else "topic"
        raise UsageError(f"A post on {day} has no {missing}.", "Name a topic and at least one paper.")
    places = {"day": day.isoformat(), "topic": topic_file(topic), "folder": topic_folder(topic)}
    path, folder = (PurePosixPath(pattern.format(**places)) for pattern in (known.post, known.pictures))
    taken = set[str]()
    chosen = [choose_pictures(entry, folder, taken, allowed=figures == "keep" or _allows(entry)) for entry in entries]
    address_of = _addresses(known, path)
    views = tuple(view_entry(entry, n, shown, address_of) for n, (entry, shown) in enumerate(zip(entries, chosen, strict=True), 1))
    assets = tuple((p.source, p.path) for shown in chosen for p in shown if p.source and p.path)
    text = _fill(
        format,
        known,
        own,
        topic=plain(topic),
        day=day.isoformat(),
        entries=views,
        first_title=tex(entries[0].digest.title),
        cover=next((picture.src for view in views for picture in view.pictures if picture.src), ""),
        engines=merge_engines(views),
        document=_document(topic, day, entries, chosen, address_of),
    )
    return Post(topic=topic, day=day, path=path, text=text, assets=() if known.shows == "embedded" else assets)


def _allows(entry: Entry) -> bool:
    licence = read_licence(entry.digest.licence)
    return licence is not None and licence.allows


def _addresses(known: Format, post: PurePosixPath) -> Callable[[Picture], str]:
    """Return how a post at *post* names a picture that has a file."""

    def address_of(picture: Picture) -> str:
        if known.shows == "embedded" and picture.source:
            return embedded(picture.source)
        return f"/{picture.path}" if known.shows == "root" else posixpath.relpath(str(picture.path), str(post.parent))

    return address_of


def _document(
    topic: str, day: date, entries: Sequence[Entry], chosen: Sequence[Sequence[Picture]], address_of: Callable[[Picture], str]
) -> Callable[[], PostDocument]:
    """Return what makes the post as data, for formats that print it whole."""

    def document() -> PostDocument:
        papers = tuple(
            PaperDocument(
                digest=entry.digest,
                pictures=tuple(
                    PictureDocument(label=p.item.label, page=p.item.page, path=address_of(p) if p.source else None) for p in shown
                ),
                updated=entry.updated,
            )
            for entry, shown in zip(entries, chosen, strict=True)
        )
        return PostDocument(topic=topic, day=day, papers=papers)

    return document


def _fill(name: str, known: Format, own: Sequence[Path], **values: object) -> str:
    try:
        return environment(known.target, folders(own)).get_template(f"{name}/{known.template}").render(values)
    except _FAULTS as error:
        message = f"The post format {name!r} cannot be filled: {_where(error)}{type(error).__name__}: {error}."
        raise ConfigError(message, "Mend its template, or use another format.") from error


def _where(error: Exception) -> str:
    """Return file and line of the template that raised *error*; Jinja writes them into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name}, line {error.lineno}: "
    lines = [f"{frame.filename}, line {frame.lineno}: " for frame in traceback.extract_tb(error.__traceback__) if ".j2" in frame.filename]
    return lines[-1] if lines else ""


@lru_cache(maxsize=16)
def environment(target: str, searched: tuple[Path, ...]) -> Environment:
    """Return where templates of one target are filled; compiled ones are kept, and compiled again when their file changes."""
    known = TARGETS[target]
    show = _printer(known)

    def join(values: Iterable[object], separator: str = "") -> Markup:
        return Markup(separator).join(show(value) for value in values)  # noqa: S704 - the separator is the template's

    made = Environment(
        loader=FileSystemLoader([str(folder) for folder in searched], encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
        finalize=show,
    )
    places = {name: _marked(place) for name, place in known.places.items()}
    made.filters.update({**places, "join": join})
    return made


def _printer(target: Target) -> Callable[[Any], Any]:
    """Return what prints a value of a template: texts and addresses through *target*, the template's own words as they are."""

    def show(value: object) -> object:
        if isinstance(value, Text):
            return Markup(target.text(value))  # noqa: S704 - escaped for its target
        if isinstance(value, Address):
            return Markup(target.address(value))  # noqa: S704 - likewise
        return Markup(value) if isinstance(value, str) else value  # noqa: S704 - views hold no string of a paper but in a Text

    return show


def _marked(place: Callable[[Any], str]) -> Callable[[Any], Markup]:
    return lambda value: Markup(place(value))  # noqa: S704 - escaped for its place
