"""A site on loopback that plays arXiv: `/api/query` with lists of identifiers, queries and pages, and `/pdf/<id>v<n>`."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.net.server import File, running, text

API = "/api/query"
FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>http://127.0.0.1/api/x</id><title>arXiv Query</title><updated>2026-01-01T00:00:00Z</updated>
  <opensearch:itemsPerPage>{n}</opensearch:itemsPerPage><opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
  {entries}
</feed>
"""
ENTRY = """<entry><id>http://arxiv.org/abs/{name}</id><title>{title}</title><updated>{day}T10:00:00Z</updated>
  <published>{day}T10:00:00Z</published><summary>We look at {title}.</summary><author><name>Ada Lindqvist</name></author>
  <category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/><arxiv:primary_category term="cs.CV"/></entry>"""
REFUSAL = """<entry><id>http://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title><summary>incorrect id format</summary>
  <updated>2026-01-01T00:00:00Z</updated></entry>"""


@dataclass
class Paper:
    """One version of a paper, as an entry of the feed."""

    arxiv_id: str
    version: int
    day: str
    entry: str


class ArxivSite:
    """What arXiv knows: add papers, add faults (functions of handler) for the next answers of the API, and look at `requests`."""

    def __init__(self, site):
        self.site = site
        self.papers = []
        self.faults = []
        site.answers[API] = self._answer

    @property
    def base(self):
        return self.site.base

    @property
    def requests(self):
        return self.site.requests

    def queries(self):
        return [r.query for r in self.requests if r.path == API]

    def pdfs(self):
        return [r.path for r in self.requests if r.path.startswith("/pdf/") and r.method == "GET"]

    def add(self, arxiv_id, version=1, *, title="Soil probes", day="2025-03-01", pdf=None, entry=None):
        made = entry or ENTRY.format(name=f"{arxiv_id}v{version}", title=escape(title), day=day)
        self.papers.append(Paper(arxiv_id, version, day, made))
        data = pdf or b"%PDF-1.7\n" + f"{arxiv_id} {version} ".encode() * 3000 + b"\n%%EOF\n"
        self.site.files[f"/pdf/{arxiv_id}v{version}"] = File(data, etag=f'"{arxiv_id}-{version}"')
        return data

    def file(self, arxiv_id, version=1):
        return self.site.files[f"/pdf/{arxiv_id}v{version}"]

    def feed(self, papers, *, start=0, size=100):
        shown = papers[start : start + size]
        return FEED.format(n=size, total=len(papers), start=start, entries="\n".join(p.entry for p in shown))

    def _answer(self, handler, query):
        if self.faults:
            self.faults.pop(0)(handler)
            return
        names = [name for part in query.get("id_list", []) for name in part.split(",")]
        start, size = int(query["start"][0]), int(query["max_results"][0])
        newest = {p.arxiv_id: p for p in sorted(self.papers, key=lambda p: p.version)}
        if any(name.startswith("bad") for name in names):
            text(handler, 400, FEED.format(n=1, total=1, start=0, entries=REFUSAL))
        elif names:
            by_name = {f"{p.arxiv_id}v{p.version}": p for p in self.papers} | newest
            text(handler, 200, self.feed([by_name[n] for n in names if n in by_name], start=start, size=size))
        else:
            first = re.search(r"submittedDate:\[(\d{4})(\d\d)(\d\d)", query["search_query"][0])
            day = "-".join(first.groups()) if first else ""
            found = sorted((p for p in newest.values() if p.day >= day), key=lambda p: p.day, reverse=True)
            text(handler, 200, self.feed(found, start=start, size=size))


@contextmanager
def arxiv_site():
    with running() as site:
        yield ArxivSite(site)
