"""The library → a site, each file of it made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from offline_digest.errors import DigestError
from offline_digest.library import (
    Library,
    PaperRow,
    Posted,
    digest_state,
    library_state,
    list_papers,
    list_posted,
    list_texts,
    load_paper,
)
from offline_digest.pipeline.rendering import pictures_of
from offline_digest.posting import Entry
from offline_digest.posting.site import (
    ASSETS,
    Card,
    Listed,
    Searchable,
    arrange,
    card_of,
    lost_card,
    published_pictures,
    render_asset,
    render_contents,
    render_list,
    render_lost,
    render_paper,
    render_shard,
    view_paper,
)
from offline_digest.posting.views import EntryView

KEY_DIGITS = 16  # of a PDF's SHA-256, which name its page
_KEPT_PAPERS = 200  # whose views are kept, so that a list that was shown is shown again at once


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the site shows of a paper, and its picture files by their paths in the site."""

    view: EntryView
    pictures: Mapping[str, Path]


class Preview:
    """The site over an open library; what it returns is always that of the library as it is now.

    Args:
        library: Open for as long as files are asked for, by one thread.
        figures: `keep` shows every picture, `licensed` those of papers whose licence lets them be passed on.
    """

    def __init__(self, library: Library, *, figures: Literal["keep", "licensed"] = "keep") -> None:
        self._library = library
        self._figures = figures
        self._state: object = None
        self._rows: dict[str, PaperRow] = {}
        self._site = arrange(())
        self._seen = lru_cache(maxsize=_KEPT_PAPERS)(self._look)
        self._cards: dict[tuple[str, object], Card] = {}  # of all that was looked at: they are small, and every paper is on several lists

    def file(self, path: str) -> bytes | None:
        """Return the file at *path*, relative to the root of the site, None when there is none."""
        self._refresh()
        made = self._made(path)
        return made.encode("utf-8") if isinstance(made, str) else made

    def paths(self) -> Iterator[str]:
        """Yield the path of every file, the pictures of a paper after its page, and what leads to them last."""
        self._refresh()
        site = self._site
        yield from (f"assets/{name}" for name in ASSETS)
        for key in site.papers:
            yield f"papers/{key}.html"
            yield from self._pictures(key)
        yield from (f"search/{number}.js" for number in range(len(site.shards)))
        yield from (*site.lists, "contents.html")

    @property
    def papers(self) -> int:
        """How many papers the site shows."""
        return len(self._site.papers)

    def _refresh(self) -> None:
        state = library_state(self._library)
        if state != self._state:
            self._rows = {row.sha256[:KEY_DIGITS]: row for row in list_papers(self._library)}
            self._site = arrange(_listed(self._rows, list_posted(self._library)))
            self._state = state

    def _made(self, path: str) -> str | bytes | None:
        site = self._site
        match path.split("/"):
            case ["contents.html"]:
                return render_contents(site)
            case ["papers", name] if (key := name.removesuffix(".html")) in site.papers and name != key:
                return self._paper_page(key)
            case ["pictures", key, _] if key in site.papers:
                return self._picture(key, path)
            case ["search", name] if name in {f"{number}.js" for number in range(len(site.shards))}:
                return self._shard(int(name.removesuffix(".js")))
            case ["assets", name] if name in ASSETS:
                return render_asset(name)
        return render_list(site.lists[path], site, self._card) if path in site.lists else None

    def _paper(self, key: str) -> _Shown:
        """Return what is shown of a paper.

        Raises:
            DigestError: Its digest is lost or changed.
        """
        sha256 = self._rows[key].sha256
        return self._seen(sha256, digest_state(self._library, sha256))

    def _look(self, sha256: str, state: object) -> _Shown:
        _, digest = load_paper(self._library, sha256)
        entry = Entry(digest=digest, pictures=pictures_of(self._library, sha256, digest))
        pictures = published_pictures(entry, sha256[:KEY_DIGITS], self._figures)
        files = {str(picture.path): picture.source for picture in pictures if picture.path and picture.source}
        view = view_paper(entry, pictures)
        self._cards[sha256, state] = card_of(sha256[:KEY_DIGITS], view)
        return _Shown(view=view, pictures=files)

    def _paper_page(self, key: str) -> str:
        try:
            return render_paper(key, self._paper(key).view, self._site)
        except DigestError as error:
            return render_lost(key, error.message, error.hint, self._site)

    def _card(self, listed: Listed) -> Card:
        try:
            sha256 = self._rows[listed.key].sha256
            state = digest_state(self._library, sha256)
            if (sha256, state) not in self._cards:
                self._seen(sha256, state)
            return self._cards[sha256, state]
        except DigestError:
            return lost_card(listed)

    def _pictures(self, key: str) -> Mapping[str, Path]:
        """Return the picture files of a paper by their paths in the site, none of one that is lost or has left the library."""
        try:
            return self._paper(key).pictures if key in self._rows else {}
        except DigestError:
            return {}

    def _picture(self, key: str, path: str) -> bytes | None:
        source = self._pictures(key).get(path)
        try:
            return source.read_bytes() if source else None
        except OSError:
            return None

    def _shard(self, number: int) -> str:
        keys = self._site.shards[number]
        texts = {sha256: said for sha256, *said in list_texts(self._library, (self._rows[key].sha256 for key in keys))}
        return render_shard(number, (self._searchable(key, *texts.get(self._rows[key].sha256, ("", "", ""))) for key in keys))

    def _searchable(self, key: str, abstract: str, en: str, zh: str) -> Searchable:
        row, day = self._rows[key], self._site.papers[key].listed[0].day
        ids = " ".join(filter(None, (row.arxiv_id and f"arXiv:{row.arxiv_id}{row.version or ''}", row.doi)))
        return Searchable(key=key, title=row.title, authors=", ".join(row.authors), ids=ids, day=day, abstract=abstract, en=en, zh=zh)


def _listed(rows: Mapping[str, PaperRow], posted: Iterable[Posted]) -> Iterator[Listed]:
    """Yield every paper on each day and topic it was posted on, one that never was on the day of its digest."""
    by_arxiv = {row.arxiv_id: key for key, row in rows.items() if row.arxiv_id}
    found = dict[Listed, None]()
    for entry in posted:
        key = entry.paper.sha256[:KEY_DIGITS] if entry.paper.sha256 else by_arxiv.get(entry.paper.arxiv_id or "", "")
        if key in rows:
            found[_listing(key, rows[key], date.fromisoformat(entry.day), entry.topic)] = None
    yield from found
    shown = {listed.key for listed in found}
    for key, row in rows.items():
        if key not in shown:
            yield _listing(key, row, datetime.fromisoformat(row.digested_at).astimezone().date())


def _listing(key: str, row: PaperRow, day: date, topic: str = "") -> Listed:
    return Listed(key=key, title=row.title, authors=row.authors, day=day, topic=topic)
