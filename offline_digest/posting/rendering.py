"""Turn digests into the text of a post: the template of a format, filled with views."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePosixPath

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from offline_digest.errors import ConfigError, UsageError
from offline_digest.posting.escaping import clean, plain_text, yaml_string
from offline_digest.posting.names import topic_file, topic_folder
from offline_digest.posting.pictures import choose_pictures
from offline_digest.posting.values import Entry, Post
from offline_digest.posting.views import EntryView, merge_engines, view_entry
from offline_digest.resources import resource_dir

_TEMPLATE = "post.md.j2"


def formats(*, own: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the names of the post formats, sorted: folders with a `post.md.j2`, in *own* folders or among those that ship."""
    return tuple(sorted({path.parent.name for folder in _folders(own) for path in folder.glob(f"*/{_TEMPLATE}")}))


def render_post(
    topic: str,
    day: date,
    entries: Sequence[Entry],
    *,
    format: str = "hexo",  # noqa: A002 - the word users know it by
    own: Sequence[Path] = (),
) -> Post:
    """Return the post of one topic and day.

    Args:
        topic: As the user named it; it is the post's title and, made safe, its file name.
        day: The day of the post, which is the only time in it.
        entries: The papers in the order in which they appear.
        format: One of `formats()`.
        own: Folders with formats of the user's, searched before those that ship.

    Raises:
        UsageError: No such format, no paper, or a topic without a printable character.
        ConfigError: A template is broken.
    """
    if format not in formats(own=own):
        raise UsageError(f"There is no post format {format!r}.", f"Those at hand: {', '.join(formats(own=own))}.")
    if not entries or not clean(topic):
        missing = "papers" if clean(topic) else "topic"
        raise UsageError(f"A post on {day} has no {missing}.", "Name a topic and at least one paper.")
    assets: list[tuple[Path, PurePosixPath]] = []
    views: list[EntryView] = []
    folder, taken = PurePosixPath("paper-figures", day.isoformat(), topic_folder(topic)), set[str]()
    for entry in entries:
        pictures = choose_pictures(entry, folder, taken)
        assets += [(picture.source, picture.path) for picture in pictures if picture.source and picture.path]
        views.append(view_entry(entry.digest, pictures))
    text = _fill(
        format,
        own,
        topic=plain_text(topic),
        day=day.isoformat(),
        entries=tuple(views),
        first_title=plain_text(entries[0].digest.title, tex=True),
        cover=f"/{assets[0][1]}" if assets else "",
        engines=merge_engines(views),
    )
    path = PurePosixPath("_posts", "Paper", day.isoformat(), f"{topic_file(topic)}.md")
    return Post(topic=topic, day=day, path=path, text=text, assets=tuple(assets))


def _folders(own: Sequence[Path]) -> tuple[Path, ...]:
    return (*own, resource_dir("templates") / "posts")


def _fill(name: str, own: Sequence[Path], **values: object) -> str:
    try:
        return _environment(_folders(own)).get_template(f"{name}/{_TEMPLATE}").render(values)
    except TemplateError as error:
        message = f"The post format {name!r} cannot be filled: {error}."
        raise ConfigError(message, "Mend its template, or use another format.") from error


@lru_cache(maxsize=4)
def _environment(folders: tuple[Path, ...]) -> Environment:
    """Return Jinja for templates in *folders*, kept with what it compiled; a template that changed is compiled again."""
    environment = Environment(
        loader=FileSystemLoader([str(folder) for folder in folders], encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, not HTML; the views hold escaped text only
    )
    environment.filters["yaml"] = yaml_string
    return environment
