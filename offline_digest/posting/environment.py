"""Where templates are filled: Jinja's sandbox, in which nothing of a paper can be printed but through the target of its format.

Templates may be the user's own, or come from somebody else. So they run no Python but Jinja's own, change no value that they are given, and see no
character of a `Text` or an `Address`: whatever a filter or an operator makes of them, it is an error or escaped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from offline_digest.posting.documents import SealedDocument
from offline_digest.posting.targets import TARGETS, Target
from offline_digest.posting.texts import Address, Text

SHIPPED = "shipped"  # `shipped/hexo/notice.md.j2` is the file that ships, for a template that stands in its place


class _Files(FileSystemLoader):
    """Files of some folders, the first of them that has one; what is wrong with it is said with its name."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return text, path, and what tells whether a compiled template still is that of this path."""
        try:
            source, path, is_unchanged = super().get_source(environment, template)
            if not any(Path(path).resolve().is_relative_to(Path(folder).resolve()) for folder in self.searchpath):
                raise OSError(f"it is a link that leads out of the folder, to {Path(path).resolve()}")
            return source, path, lambda: self._place(template) == path and is_unchanged()
        except TemplateNotFound:
            raise
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateSyntaxError(f"it cannot be read: {error}", 1, template, self._place(template)) from error

    def _place(self, template: str) -> str:
        """Return the path of a template as it is now: the user may have put one in its place."""
        places = (os.path.normpath(f"{folder}/{template}") for folder in self.searchpath)
        return next((place for place in places if os.path.isfile(place)), "")  # noqa: PTH113 (quicker than a `Path`, at every use)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which what a paper says has no inside."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 (Jinja's own signature)
        """Tell whether a template may look at an attribute; of a text it may know the language alone."""
        if isinstance(obj, Text):
            return attr == "language"
        return not isinstance(obj, (Address, SealedDocument)) and super().is_safe_attribute(obj, attr, value)


@lru_cache(maxsize=16)
def environment_of(target: str, folders: tuple[Path, ...]) -> Environment:
    """Return where templates of one target are filled; compiled ones are kept, and compiled again when their file changes.

    Args:
        target: A key of `TARGETS`.
        folders: Where templates are looked for, in this order; those that ship are in the last.
    """
    return make_environment(TARGETS[target], folders)


def make_environment(target: Target, folders: tuple[Path, ...]) -> Environment:
    """Return where templates are filled that print through *target*."""
    show = _printer(target)

    def join(values: Iterable[object], separator: str = "") -> Markup:
        return Markup(separator).join(show(value) for value in values)  # noqa: S704 - the separator is the template's

    loader = ChoiceLoader([_Files(folders), PrefixLoader({SHIPPED: _Files(folders[-1:])})])
    environment = _Sandbox(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
        finalize=show,
    )
    filters: MutableMapping[str, Callable[..., Any]] = environment.filters
    filters.update({name: _marked(place) for name, place in target.places.items()})
    filters["join"] = join
    return environment


def _printer(target: Target) -> Callable[[Any], Any]:
    """Return what prints a value of a template: texts and addresses through *target*, the template's own words and numbers as they are."""

    def show(value: object) -> object:
        if isinstance(value, Text):
            return Markup(target.text(value))  # noqa: S704 - escaped for its target
        if isinstance(value, Address):
            return Markup(target.address(value))  # noqa: S704 - likewise
        if isinstance(value, str):
            return Markup(value)  # noqa: S704 - views hold no string of a paper but in a Text
        if isinstance(value, (int, float, Undefined)):  # undefined is what an `if` without `else` leaves
            return value
        raise TypeError(
            "there is nothing to print (none)" if value is None else f"{type(value).__name__} cannot be printed, only its parts"
        )

    return show


def _marked(place: Callable[[Any], str]) -> Callable[[Any], Markup]:
    return lambda value: Markup(place(value))  # noqa: S704 - escaped for its place
