"""arXiv's API through the arxiv package: it writes addresses and turns pages, our session makes its requests.

The package has no public way to give it a session and parses what it gets leniently, so this is the one place that touches `_session`,
and every page is checked before the package sees it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from offline_digest.config import Network
from offline_digest.errors import CutOff, NotUnderstood, WrongContent
from offline_digest.gathering.feeds import entry_metadata, feed_fault
from offline_digest.gathering.identifiers import file_name
from offline_digest.net import Downloaded, Kind, Pace, Patience, Session, Wanted, download
from offline_digest.net.transfer import Heard
from offline_digest.records import Metadata

PAUSE_S = 3.0  # between any two requests: https://info.arxiv.org/help/api/tou.html, which also allows one connection at a time
PAGE = 100  # entries of one answer, identifiers of one question
MOST_FEED_BYTES = 2**25
MOST_PDF_BYTES = 2**29
# The end: within the last kilobyte says the implementation note of PDF 1.7, more is met with; a page cut at 64 KiB of it would pass.
PDF = Kind(name="PDF", magic=b"%PDF-", magic_bytes=1024, ending=b"%%EOF", ending_bytes=2**16)
_ERROR = re.compile(rb"<id>\s*https?://[^<]*/api/errors")
_SUMMARY = re.compile(rb"<summary[^>]*>([^<]*)</summary>")
_LATER = "Try again later."


def arxiv_session(
    network: Network,
    state: Path,
    *,
    told: Callable[[str], None] = lambda _text: None,
    patience: Patience | None = None,
    pause_s: float | None = None,
) -> Session:
    """Return a session whose requests keep arXiv's pause, together with those of all other processes that share the folder *state*.

    Args:
        network: Proxy and certificates.
        state: A folder.
        told: Hears why something is asked for again.
        patience: How often; None: as often as is usual.
        pause_s: Another pause than arXiv's, for servers that only play it.

    Raises:
        NetworkForbidden: The configuration forbids the network.
    """
    pace = Pace(state / "arxiv", pause_s=PAUSE_S if pause_s is None else pause_s)
    return Session(network, patience=patience, pace=pace, told=told)


class Arxiv:
    """What arXiv, or a mirror at *base*, knows of papers, and their PDFs. *session* brings the pause."""

    def __init__(self, base: str, session: Session) -> None:
        self._base = base.rstrip("/")
        self._session = session

    def papers(self, names: Sequence[str]) -> Iterator[Metadata]:
        """Yield the metadata of papers, named by identifiers with or without version; those that arXiv does not know are left out.

        Raises:
            NetworkError: arXiv cannot be asked.
        """
        for start in range(0, len(names), PAGE):
            yield from self._papers(names[start : start + PAGE])

    def _papers(self, names: Sequence[str]) -> Iterator[Metadata]:
        """Yield one page of papers; when arXiv refuses the list for one of its names, ask for its halves."""
        try:
            found = list(self._results(most=len(names), id_list=list(names)))
        except NotUnderstood:
            if len(names) == 1:
                return
            found = [row for half in (names[: len(names) // 2], names[len(names) // 2 :]) for row in self._papers(half)]
        yield from found

    def find(self, query: str, *, most: int) -> Iterator[Metadata]:
        """Yield what *query*, in arXiv's own syntax, finds: the last submitted first, at most *most*.

        Raises:
            NotUnderstood: arXiv does not understand the query.
            NetworkError: arXiv cannot be asked.
        """
        yield from self._results(most=most, query=query)

    def pdf(self, metadata: Metadata, folder: Path, heard: Heard | None = None) -> Downloaded:
        """Download a paper's PDF into *folder*.

        Raises:
            NetworkError: It could not be fetched, or is no PDF.
            DiskFull: There is no space for it.
        """
        name = file_name(metadata.arxiv_id or "", metadata.version)
        return download(
            self._session, Wanted(url=self._address(metadata), target=folder / name, kind=PDF, most_bytes=MOST_PDF_BYTES), heard
        )

    def pdf_bytes(self, metadata: Metadata) -> int | None:
        """Return how large a paper's PDF is, None when the server does not say.

        Raises:
            NetworkError: It could not be asked, or has no such PDF.
        """
        with self._session.answer(self._address(metadata), method="HEAD") as answer:
            return answer.size_bytes

    def _address(self, metadata: Metadata) -> str:
        return f"{self._base}/pdf/{metadata.arxiv_id}{metadata.version or ''}"

    def _results(self, *, most: int, query: str = "", id_list: list[str] | None = None) -> Iterator[Metadata]:
        import arxiv

        client = arxiv.Client(page_size=min(most, PAGE), delay_seconds=0, num_retries=self._session.patience.tries - 1)
        client.query_url_format = f"{self._base}/api/query?{{}}"
        client._session = _Door(self._session)  # noqa: SLF001 (there is no public way)
        criterion = arxiv.SortCriterion.SubmittedDate if query else arxiv.SortCriterion.Relevance
        search = arxiv.Search(query=query, id_list=id_list, max_results=most, sort_by=criterion)
        try:
            yield from map(entry_metadata, islice(client.results(search), most))
        except arxiv.ArxivError as error:
            raise CutOff(f"arXiv's answer is not whole: {error.message}.", _LATER, error.url) from error
        except ValueError as error:  # a date that is none
            raise WrongContent(f"arXiv's answer cannot be read: {error}.", _LATER, self._base) from error


@dataclass(frozen=True, slots=True)
class _Page:
    """As much of an answer of requests as the arxiv package looks at."""

    content: bytes
    status_code: int = 200


class _Door:
    """Stands where the arxiv package has its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, url: str, headers: Mapping[str, str]) -> _Page:  # noqa: ARG002 (the package says that it is arxiv.py; we say who we are)
        """Return one page of a feed that is whole."""

        def check(data: bytes) -> None:
            fault = feed_fault(data) or (None if b"<feed" in data[:4096] else "is no feed")
            if fault:
                raise CutOff(f"arXiv's answer {fault}.", _LATER, url)

        body = self._session.get(url, most_bytes=MOST_FEED_BYTES, accept=(200, 400), check=check)
        if _ERROR.search(body):
            said: Any = _SUMMARY.search(body)
            reason = " ".join(said[1].decode("utf-8", "replace").split()) if said else "no reason is given"
            raise NotUnderstood(
                f"arXiv does not understand the question: {reason}.", "See https://info.arxiv.org/help/api/user-manual.html."
            )
        return _Page(body)
