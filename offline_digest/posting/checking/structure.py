"""What a post is made of, apart from its words: the shape of its front matter, its elements and addresses, the marks of template languages.

Two posts that differ in words of papers alone have one structure; a word that is carried out by a renderer changes it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

_FRONT = {"---": "YAML", "+++": "TOML"}
_MARKS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")  # Nunjucks, Liquid, shortcodes
_ADDRESSES = frozenset({"href", "src", "srcset", "poster", "action", "data", "style", "id", "class"})


_CODE = frozenset({"script", "style"})


class NotWellFormed(ValueError):
    """A part of a post that its readers cannot read; `line` is that of the post, from 1."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(line, said)
        self.line, self.said = line, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """`front` is the shape of the front matter, None without one; `elements` are tags in order, each with its attributes; `pictures` their addresses."""

    front: object = None
    elements: tuple[tuple[str, ...], ...] = ()
    marks: tuple[str, ...] = ()
    pictures: tuple[str, ...] = field(default=(), compare=False)


def structure_of(text: str, suffix: str, *, planted: str) -> Structure:
    """Return the structure of a post.

    Args:
        text: The post.
        suffix: Of its file: `.html`, `.json`, else it is Markdown.
        planted: How addresses begin that stand for any.

    Raises:
        NotWellFormed: Its front matter or its JSON cannot be read.
    """
    if suffix == ".json":
        return Structure(front=_shape(_read_json(text)))
    front, body = (None, text) if suffix == ".html" else split_front(text)
    page = _Page(planted)
    page.feed(body if suffix == ".html" else _to_html(body))
    page.close()
    return Structure(front=front, elements=tuple(page.elements), marks=tuple(_MARKS.findall(text)), pictures=tuple(page.pictures))


def split_front(text: str) -> tuple[object, str]:
    """Return the shape of the front matter of a Markdown post, None where it has none, and the body.

    Raises:
        NotWellFormed: It does not begin with the first byte, does not end, or cannot be read.
    """
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip("\ufeff \t\r")), 0)
    mark = lines[first].strip("\ufeff \t\r")
    if mark not in _FRONT:
        return None, text
    if first or lines[0] != mark:
        raise NotWellFormed(first + 1, "front matter begins with the first byte of a post, and something stands before it")
    if mark not in lines[1:]:
        raise NotWellFormed(1, f"the front matter has no end, a line {mark}")
    end = lines.index(mark, 1)
    values = _read_yaml(lines[1:end]) if mark == "---" else _read_toml(lines[1:end])
    if not isinstance(values, Mapping):
        raise NotWellFormed(2, "the front matter has no keys")
    return _shape(values), "\n".join(lines[end + 1 :])


def _read_yaml(lines: Sequence[str]) -> object:
    import yaml  # type: ignore[import-untyped]  # types are a package of their own

    try:
        return yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or error
        raise NotWellFormed((mark.line if mark else 0) + 2, f"the front matter is no YAML: {problem}") from error
    except ValueError as error:  # a date that there is not
        raise NotWellFormed(2, f"the front matter is no YAML: {error}") from error


def _read_toml(lines: Sequence[str]) -> object:
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise NotWellFormed(int(place[1]) + 1 if place else len(lines) + 1, f"the front matter is no TOML: {error}") from error


def _read_json(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise NotWellFormed(error.lineno, f"the post is no JSON: {error.msg}") from error


def _shape(value: object) -> object:
    """Return *value* without its words: keys, lengths and types."""
    if isinstance(value, Mapping):
        return tuple((str(key), _shape(item)) for key, item in value.items())
    if isinstance(value, list):
        return tuple(_shape(item) for item in value)
    return type(value).__name__


def _to_html(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


class _Page(HTMLParser):
    """Elements of a page in order."""

    def __init__(self, planted: str) -> None:
        super().__init__(convert_charrefs=True)
        self._planted = planted
        self.elements: list[tuple[str, ...]] = []
        self._code = False
        self.pictures: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag with the names of its attributes, and what leads elsewhere or says how it looks."""
        spoken = {name: self._address(value or "") for name, value in attrs if name in _ADDRESSES or name.startswith("on")}
        said = [f"{name}={spoken[name]}" if name in spoken else name for name, _ in attrs]
        self._code = tag in _CODE
        self.elements.append((tag, *sorted(said)))
        if tag == "img":
            self.pictures += [value or "" for name, value in attrs if name == "src"]

    def handle_endtag(self, tag: str) -> None:
        """Note where it ends."""
        self.elements.append((f"/{tag}",))
        self._code = False

    def handle_data(self, data: str) -> None:
        """Note what is carried out."""
        if self._code:
            self.elements.append(("", data))

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 (the library's own signature)
        """Note that there is one."""
        self.elements.append(("!--",))

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002 (the library's own signature)
        """Note that there is one."""
        self.elements.append(("!",))

    def handle_pi(self, data: str) -> None:  # noqa: ARG002 (the library's own signature)
        """Note that there is one."""
        self.elements.append(("?",))

    def _address(self, value: str) -> str:
        return self._planted if value.startswith(self._planted) else value
