"""Metadata from an Atom feed as arXiv's export API writes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from offline_digest.errors import UsageError
from offline_digest.gathering.citations import named, one_line, plain_text
from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.records import Metadata

_HINT = "Save the answer of arXiv's export API again, whole; JSON lines work too."


def read_feed(path: Path, data: bytes) -> Iterator[Metadata]:
    """Yield the entries of a feed, parsed by the arxiv package, whose parser is private: this is the one place that calls it.

    Raises:
        UsageError: *data* is no well-formed XML, has a document type, or a date in it is none.
    """
    from arxiv import _feed

    xml_root(path, data)
    try:
        feed = _feed.parse(data)
    except ValueError as error:
        raise UsageError(f"The metadata file {path} is no readable feed: {error}.", _HINT) from error
    if feed.malformed:
        raise UsageError(f"The metadata file {path} is no readable feed: {feed.error}.", _HINT)
    for entry in feed.results:
        yield entry_metadata(entry)


def xml_root(path: Path, data: bytes) -> Any:  # noqa: ANN401 - lxml's elements are untyped
    """Return the root of an XML file.

    Raises:
        UsageError: *data* is no well-formed XML, or has a document type.
    """
    try:
        return _parsed(data)
    except ValueError as error:
        raise UsageError(f"The metadata file {path} {error}.", _HINT) from error


def feed_fault(data: bytes) -> str | None:
    """Return why *data* is no feed that the arxiv package should see, None when it is one."""
    try:
        _parsed(data)
    except ValueError as error:
        return str(error)
    return None


def _parsed(data: bytes) -> Any:  # noqa: ANN401 - lxml's elements are untyped
    """Return the root of some XML; a ValueError tells in words what is wrong.

    Refuses what the arxiv package would mend in silence (a feed cut off in the middle loses its last entries), and entities.
    """
    from lxml import etree  # type: ignore[import-untyped]  # it comes with arxiv and carries no types

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=False)
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"is no whole feed: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("has a document type (DTD), which no feed of arXiv has")
    return root


def entry_metadata(entry: Any) -> Metadata:  # noqa: ANN401 - the package's results are untyped here
    """Return what an entry of the arxiv package's says."""
    found = find_arxiv_id(entry.entry_id)
    published: date = entry.published.date()
    authors, more = named(a.name for a in entry.authors)
    return Metadata(
        arxiv_id=found[0] if found else None,
        version=found[1] if found else None,
        title=plain_text(entry.title),
        authors=authors,
        more_authors=more,
        abstract=plain_text(entry.summary),
        categories=tuple(entry.categories),
        comment=one_line(entry.comment),
        doi=one_line(entry.doi),
        published=published,
        updated=entry.updated.date(),
    )
