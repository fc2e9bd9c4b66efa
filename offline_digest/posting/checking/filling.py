"""Templates filled so that one sees what comes from where: which line prints a text of a paper, and which line a part of the post."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import FrameType, GeneratorType
from typing import Any

from jinja2 import Environment, Template

from offline_digest.posting.targets import Target
from offline_digest.posting.texts import Address, Text, plain

Site = tuple[str, int]  # a file and a line of it, from 1
PLANTED = "https://planted.example/"
HARMLESS_ADDRESS = Address(f"{PLANTED}a")
HOSTILE_ADDRESS = Address(f"{PLANTED}a)_b_[c]('onplanted='planted')&lt;{{{{planted}}}}{{%planted%}}")


class Planting:
    """A target that prints words of our choice in the place of every text of a paper, and notes the sites at which it does."""

    def __init__(self, known: Target) -> None:
        self.sites: dict[Site, None] = {}
        self.word: Callable[[Site], str | None] = lambda _: None
        places = {name: self._planted(place) for name, place in known.places.items()}
        self.target = Target(text=self._planted(known.text), address=self._planted(known.address), places=places)

    def _planted(self, print_: Callable[[Any], str]) -> Callable[[Any], str]:
        return lambda value: print_(self._other(value, _site()))

    def _other(self, value: Any, site: Site) -> Any:  # noqa: ANN401 (a filter gets whatever a template gives it)
        """Return *value*, its texts and addresses replaced; without a hostile word by harmless ones."""
        if isinstance(value, (tuple, list)):
            return tuple(self._other(item, site) for item in value)
        if not isinstance(value, (Text, Address)) or not value:
            return value
        self.sites[site] = None
        word = self.word(site)
        if isinstance(value, Address):
            return HOSTILE_ADDRESS if word else HARMLESS_ADDRESS
        return plain(word or "harmless words")


class Filled:
    """The text of a post, and for each of its lines where it comes from.

    Args:
        environment: Where the template is found.
        name: Its name there.
        values: What it sees.

    Raises:
        Exception: What the template is wrong with, its traceback rewritten by Jinja.
    """

    def __init__(self, environment: Environment, name: str, values: Mapping[str, object]) -> None:
        template = environment.get_template(name)
        stream = template.root_render_func(template.new_context(dict(values)))
        self._first: Site = (str(template.filename), 1)
        self._pieces: list[tuple[str, Site]] = []
        try:
            for piece in stream:
                self._pieces.append((str(piece), _origin(stream, template)))
        except Exception:  # noqa: BLE001 (Jinja raises it again, with the lines of templates)
            environment.handle_exception()
        self.text = "".join(piece for piece, _ in self._pieces)

    def site(self, line: int) -> Site:
        """Return which line of which template *line* of the post, from 1, comes from.

        Jinja knows the lines of expressions and statements alone; words of the template are looked for behind the last of them.
        """
        before, found = 1, self._first
        for piece, (file, first) in self._pieces:
            parts = piece.split("\n")
            if before <= line < before + len(parts):
                found = file, first
                if words := parts[line - before].strip():
                    return file, _find(words, file, first)
            before += len(parts) - 1
        return found


def _find(words: str, file: str, first: int) -> int:
    """Return the line of *file* that holds *words*, from *first* on; *first* where they are no words of the file."""
    lines = Path(file).read_text(encoding="utf-8").split("\n")
    return next((number for number, line in enumerate(lines, 1) if number >= first and words in line), first)


def _site() -> Site:
    """Return the line of a template that is being filled."""
    frame = inspect.currentframe()
    while frame and "__jinja_template__" not in frame.f_globals:
        frame = frame.f_back
    return _place(frame) if frame else ("", 1)


def _origin(stream: Iterator[str], template: Template) -> Site:
    """Return the line that made the last piece of *stream*; an included template is a stream of its own, in the variable `gen` of its includer."""
    place: Site = (str(template.filename), 1)
    inner: object = stream
    while isinstance(inner, GeneratorType) and (frame := inner.gi_frame):
        if "__jinja_template__" in frame.f_globals:
            place = _place(frame)
        inner = inner.gi_yieldfrom or frame.f_locals.get("gen")
    return place


def _place(frame: FrameType) -> Site:
    template: Template = frame.f_globals["__jinja_template__"]
    return _line(template, frame.f_lineno)


@lru_cache(maxsize=4096)
def _line(template: Template, number: int) -> Site:
    """Return the line of a template that line *number* of its compiled form was made of; Jinja looks through all of them each time."""
    return str(template.filename), template.get_corresponding_lineno(number)
