"""Turn digests into the text of a post: the template of a format, filled with views."""

from __future__ import annotations

import contextlib
import posixpath
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Literal

from jinja2 import Environment, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.meta import find_referenced_templates

from offline_digest.errors import ConfigError, UsageError
from offline_digest.posting.documents import PaperDocument, PictureDocument, PostDocument, SealedDocument
from offline_digest.posting.environment import environment_of
from offline_digest.posting.formats import Format, folders, load_format
from offline_digest.posting.licences import read_licence
from offline_digest.posting.names import check_topic, topic_file, topic_folder
from offline_digest.posting.pictures import Picture, choose_pictures, embedded
from offline_digest.posting.shelf import list_files
from offline_digest.posting.texts import plain, tex
from offline_digest.posting.values import Entry, Post
from offline_digest.posting.viewing import merge_engines, view_entry
from offline_digest.posting.watching import has_own, watched

# What a template can be wrong with; one that includes itself ends with a RuntimeError.
FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


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
        UsageError: No such format, no paper, or a topic without a printable character or one that no file can be called.
        ConfigError: A template or the manifest of the format is broken, which names file and line, or takes for ever.
        IntegrityError: A picture that the post embeds is gone.
    """
    if has_own(own):
        composed = compose(load_format(format, own=own), topic, day, entries, figures=figures)
        text = watched("fill", format, topic, day, tuple(entries), figures, tuple(own), papers=len(entries))
    else:
        composed, text = fill(format, topic, day, entries, figures=figures, own=own)
    return Post(topic=topic, day=day, path=composed.path, text=text, assets=composed.assets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A post of which only the text is missing: the `values` that its template sees by their names."""

    path: PurePosixPath
    values: Mapping[str, object]
    assets: tuple[tuple[Path, PurePosixPath], ...]


def fill(
    name: str, topic: str, day: date, entries: Sequence[Entry], *, figures: Literal["keep", "licensed"], own: Sequence[Path]
) -> tuple[Composed, str]:
    """Return what a post of the format *name* is made of, and its text, filled in this process; the rest as in `render_post`."""
    known, searched = load_format(name, own=own), folders(own)
    composed = compose(known, topic, day, entries, figures=figures)
    with _told(name, searched):
        return composed, environment_of(known.target, searched).get_template(f"{name}/{known.template}").render(composed.values)


def compose(known: Format, topic: str, day: date, entries: Sequence[Entry], *, figures: Literal["keep", "licensed"]) -> Composed:
    """Return what a post of the format *known* is made of; arguments and errors are those of `render_post`."""
    check_topic(topic)
    if not entries:
        raise UsageError(f"The post on {topic} has no papers.", "Name at least one.")
    places = {"day": day.isoformat(), "topic": topic_file(topic), "folder": topic_folder(topic)}
    path, folder = (PurePosixPath(pattern.format(**places)) for pattern in (known.post, known.pictures))
    taken = set[str]()
    chosen = [choose_pictures(entry, folder, taken, allowed=figures == "keep" or _allows(entry)) for entry in entries]
    address_of = _addresses(known, path)
    views = tuple(view_entry(entry, n, shown, address_of) for n, (entry, shown) in enumerate(zip(entries, chosen, strict=True), 1))
    assets = tuple((p.source, p.path) for shown in chosen for p in shown if p.source and p.path)
    values = {
        "topic": plain(topic),
        "day": day.isoformat(),
        "entries": views,
        "first_title": tex(entries[0].digest.title),
        "cover": next((picture.src for view in views for picture in view.pictures if picture.src), ""),
        "engines": merge_engines(views),
        "document": SealedDocument(_document(topic, day, entries, chosen, address_of)),
    }
    return Composed(path=path, values=values, assets=() if known.shows == "embedded" else assets)


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


def check_format(name: str, *, own: Sequence[Path] = ()) -> None:
    """Find out whether a post of this format can be made, as far as that can be told without one.

    Raises:
        UsageError: There is no such format.
        ConfigError: Its manifest is broken, or a template that it leads to is not written in Jinja's syntax; names file and line.
    """
    if has_own(own):
        watched("check", name, tuple(own))
    else:
        compile_format(name, own)


def compile_format(name: str, own: Sequence[Path]) -> None:
    """Read and compile what makes posts of a format in this process, as `check_format` does."""
    searched = folders(own)
    known = load_format(name, own=own)
    environment = environment_of(known.target, searched)
    main = f"{name}/{known.template}"
    with _told(name, searched):
        environment.get_template(main)
        if any(file.is_own for file in list_files(own)):  # those that ship are tested
            _compile_included(environment, main)


def _compile_included(environment: Environment, main: str) -> None:
    """Compile every template that *main* leads to; one that is not there may not be needed, and is told when it is."""
    wanted, seen = [main], set[str]()
    while wanted:
        name = wanted.pop()
        if name in seen or environment.loader is None:
            continue
        seen.add(name)
        with contextlib.suppress(TemplateNotFound):
            environment.get_template(name)
            source, path, _ = environment.loader.get_source(environment, name)
            wanted += filter(None, find_referenced_templates(environment.parse(source, name, path)))


@contextlib.contextmanager
def _told(name: str, searched: Sequence[Path]) -> Iterator[None]:
    """Turn what is wrong with a template of the format *name* into an error with file and line."""
    try:
        yield
    except FAULTS as error:
        place = where(error, searched)
        found = f"{place[0]}, line {place[1]}: " if place else ""
        message = f"The post format {name!r} cannot be filled: {found}{said(error)}."
        raise ConfigError(message, "Mend its template, or use another format; what was digested is kept.") from error


def where(error: Exception, searched: Sequence[Path]) -> tuple[str, int] | None:
    """Return file and line of the template that raised *error*, None where there was none; Jinja writes them into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        return error.filename or error.name or "", error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    places = [(frame.filename, frame.lineno or 1) for frame in frames if any(map(Path(frame.filename).is_relative_to, searched))]
    return places[-1] if places else None


def said(error: Exception) -> str:
    """Return what a template is wrong with, in one line without a full stop."""
    text = "it includes itself" if isinstance(error, RecursionError) else str(error)
    return f"{type(error).__name__}: {' '.join(text.split()).rstrip('.')}"
