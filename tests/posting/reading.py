"""Reads a post the way its renderer and a browser do, so that tests can compare what a person sees."""

import json
from html.parser import HTMLParser

from markdown_it import MarkdownIt

VOID = {"img", "br"}


class Page(HTMLParser):
    """What a page holds: visible text, tags in order, addresses, those that a browser loads, and attributes that run code."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.addresses, self.sources, self.handlers, self.open = "", [], [], [], [], []
        self.headings: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note a tag, its address and its handlers."""
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append("")
        self.addresses += [value for name, value in attrs if name in ("href", "src")]
        self.sources += [value for name, value in attrs if name in ("src", "srcset", "poster", "data", "background")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag):
        """Close a tag and what was left open inside."""
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        """Note visible text."""
        self.text += data
        if {"h1", "h2", "h3", "h4", "h5", "h6"} & set(self.open):
            self.headings[-1] += data


def parser():
    """Return a CommonMark parser with the extensions of GFM that blogs switch on."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def page(markdown):
    """Return what a reader of *markdown* gets."""
    return Page(parser().render(markdown))


def split_post(text):
    """Return front matter as a list of keys and values, and the body.

    A value is either empty, `true` or `false`, a date, or a JSON string, which are the forms that every YAML parser reads alike.
    """
    assert text.startswith("---\n")
    front, _, body = text[4:].partition("\n---\n")
    pairs = []
    for line in front.split("\n"):
        key, _, value = line.replace("    - ", "-: ", 1).partition(":")
        value = value.strip()
        pairs.append((key, json.loads(value) if value.startswith('"') else value))
    return pairs, body
