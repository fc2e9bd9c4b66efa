"""The files of the site: each from values, through templates that are filled as those of posts are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Literal

from jinja2 import Environment

from offline_digest.posting.environment import environment_of
from offline_digest.posting.formats import folders
from offline_digest.posting.licences import read_licence
from offline_digest.posting.pictures import Picture, choose_pictures
from offline_digest.posting.site.arranging import Listed, ListPage, SiteMap
from offline_digest.posting.site.views import Card, by_day
from offline_digest.posting.targets.data import json_of
from offline_digest.posting.texts import plain, tex
from offline_digest.posting.values import Entry
from offline_digest.posting.viewing import view_entry
from offline_digest.posting.views import EntryView
from offline_digest.records import Record
from offline_digest.resources import resource_dir

# Nothing but files of the site itself; `file:` is what some browsers take an exported site's own folder for.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data:; base-uri 'none'; form-action 'none'"
)
ASSETS = ("site.css", "early.js", "site.js", "icon.svg")


class Searchable(Record):
    """What is searched of one paper: `ids` are `arXiv:2401.01234v2` and its DOI, `en` and `zh` its digest in each language, as one text."""

    key: str
    title: str
    authors: str
    ids: str
    day: date
    abstract: str
    en: str
    zh: str


class _Shard(Record):
    papers: tuple[Searchable, ...]


def published_pictures(entry: Entry, key: str, figures: Literal["keep", "licensed"]) -> tuple[Picture, ...]:
    """Return the pictures of a paper with their paths in the site."""
    licence = read_licence(entry.digest.licence)
    allowed = figures == "keep" or (licence is not None and licence.allows)
    return choose_pictures(entry, PurePosixPath("pictures") / key, set(), allowed=allowed)


def view_paper(entry: Entry, pictures: Sequence[Picture]) -> EntryView:
    """Return what the templates see of a paper, its pictures as its own page names them."""
    return view_entry(entry, 1, pictures, lambda picture: f"../{picture.path}")


def render_list(page: ListPage, site: SiteMap, card: Callable[[Listed], Card]) -> str:
    """Return a list of papers; *card* returns what is shown of one."""
    days = by_day(page.papers, site, card)
    return _fill("list.html.j2", page.path, site, page=page, topic=plain(page.topic), days=days)


def render_contents(site: SiteMap) -> str:
    """Return the page of all topics and days."""
    return _fill("contents.html.j2", "contents.html", site)


def render_paper(key: str, view: EntryView, site: SiteMap) -> str:
    """Return the page of one paper."""
    return _fill("paper.html.j2", f"papers/{key}.html", site, entry=view, place=site.papers[key])


def render_lost(key: str, message: str, hint: str, site: SiteMap) -> str:
    """Return the page of a paper whose digest cannot be read, with what is wrong and what to do."""
    title = tex(site.papers[key].listed[0].title)
    return _fill("lost.html.j2", f"papers/{key}.html", site, title=title, message=plain(message), hint=plain(hint), place=site.papers[key])


def render_shard(number: int, papers: Iterable[Searchable]) -> str:
    """Return part *number* of the search index: a script, for a page on disk may load no other kind of data."""
    lines = (
        paper.model_copy(update={name: tex(getattr(paper, name)).linear.source for name in ("title", "authors", "abstract")})
        for paper in papers
    )
    return f"offlineDigest.shards[{number}] = {json_of(_Shard(papers=tuple(lines)))};\n"


def render_asset(name: str) -> str:
    """Return a style, script or picture that all pages share."""
    return _environment().get_template(f"{name}.j2").render()


def _fill(template: str, path: str, site: SiteMap, **values: object) -> str:
    root = "../" * path.count("/")
    topics = [(plain(link.topic), link) for link in site.topics.values()]
    return _environment().get_template(template).render(values, site=site, topics=topics, root=root, policy=POLICY)


def _environment() -> Environment:
    return environment_of("html", (resource_dir("templates") / "site", *folders()))
