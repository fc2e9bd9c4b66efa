"""How texts and addresses are spelled where a post goes: one `Target` per syntax.

A template names no escaping: what it prints goes through its target by itself. Only a place with rules of its own is named by a filter,
such as `{{ entry.title | heading }}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import punctuation
from typing import Any

from offline_digest.posting.targets import data, hexo, markdown, web
from offline_digest.posting.targets.extended import Dialect
from offline_digest.posting.targets.front import yaml_string
from offline_digest.posting.texts import Address, Text

__all__ = ["TARGETS", "Target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One syntax: how a text and an address are printed, and in which `places` (filters of the templates) otherwise."""

    text: Callable[[Text], str]
    address: Callable[[Address], str]
    places: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)


def _unspeakable(value: object) -> str:
    raise TypeError(f"{type(value).__name__} cannot stand outside a JSON document")


_HEXO_PLACES: Mapping[str, Callable[[Any], str]] = {
    "attribute": hexo.escape_attribute,
    "heading": hexo.escape_heading,
    "html": hexo.escape_html,
    "inline": hexo.escape_inline,
    "yaml": yaml_string,
}


def _extended(dialect: Dialect) -> Target:
    """Return the target of a program that adds marks of its own to Markdown."""
    places = {"alt": dialect.alt, "heading": dialect.heading, "label": dialect.label, "yaml": dialect.yaml}
    return Target(text=dialect.inline, address=markdown.escape_address, places=places)


TARGETS: Mapping[str, Target] = {
    "hexo": Target(text=hexo.escape_inline, address=hexo.escape_address, places=_HEXO_PLACES),
    "hexo-html": Target(text=hexo.escape_html, address=hexo.escape_address, places=_HEXO_PLACES),
    "markdown": Target(
        text=markdown.escape_inline,
        address=markdown.escape_address,
        places={"alt": markdown.escape_alt, "heading": markdown.escape_heading, "label": markdown.escape_link_text},
    ),
    "hugo": _extended(Dialect(opening="\\(", closing="\\)")),
    "jekyll": _extended(Dialect(opening="$$", closing="$$", is_kramdown=True)),
    "obsidian": _extended(Dialect(opening="$", closing="$", backslashed=frozenset(punctuation))),
    "quarto": _extended(Dialect(opening="$", closing="$", metadata_is_markdown=True)),
    "html": Target(
        text=web.escape_inline, address=web.escape_address, places={"attribute": web.escape_attribute, "label": web.escape_link_text}
    ),
    "json": Target(text=_unspeakable, address=_unspeakable, places={"json": data.json_text}),
}
