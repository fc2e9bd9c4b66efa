"""Metadata from Zotero: its RDF export with attached files, and CSL-JSON, which other reference managers write too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from offline_digest.gathering.citations import citation, full_name
from offline_digest.records import Metadata

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_Z = "{http://www.zotero.org/namespaces/export#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DCTERMS = "{http://purl.org/dc/terms/}"
_BIB = "{http://purl.org/net/biblio#}"
_FOAF = "{http://xmlns.com/foaf/0.1/}"
_LINK = "{http://purl.org/rss/1.0/modules/link/}"
RDF_ROOT = f"{_RDF}RDF"


def read_rdf(root: Any, folder: Path) -> Iterator[Metadata]:  # noqa: ANN401 (an lxml element, which is untyped)
    """Yield the items of an RDF export that have a title and are no attachment or note; *folder* is where it lies."""
    files = {item.get(f"{_RDF}about"): _resource(item) for item in root.iter(f"{_Z}Attachment")}
    for item in root:
        if item.tag not in (f"{_Z}Attachment", f"{_BIB}Memo", f"{_Z}Collection") and item.find(f"{_Z}itemType") is not None:
            title = item.findtext(f"{_DC}title")
            if title:
                yield _from_item(item, title, files, folder)


def _from_item(item: Any, title: str, files: dict[str | None, str | None], folder: Path) -> Metadata:  # noqa: ANN401
    attached = (files.get(link.get(f"{_RDF}resource")) for link in item.iter(f"{_LINK}link"))
    identifiers = [node.text for node in item.iter(f"{_DC}identifier", f"{_DC}description", f"{_RDF}value")]
    people = item.iterfind(f"{_BIB}authors//{_FOAF}Person")
    return citation(
        folder,
        title=title,
        authors=(full_name(_given(person), family=person.findtext(f"{_FOAF}surname")) for person in people),
        abstract=item.findtext(f"{_DCTERMS}abstract"),
        day=item.findtext(f"{_DC}date"),
        identifiers=identifiers,
        files=[path for path in attached if path],
        licence=item.findtext(f"{_DC}rights"),
    )


def _given(person: Any) -> str | None:  # noqa: ANN401
    found: str | None = person.findtext(f"{_FOAF}givenName") or person.findtext(f"{_FOAF}givenname")
    return found


def _resource(attachment: Any) -> str | None:  # noqa: ANN401
    """Return the path of an attached file; one that was not exported has none."""
    node = attachment.find(f"{_RDF}resource")
    path: str | None = node.get(f"{_RDF}resource") if node is not None else None
    return path


def is_csl(value: object) -> bool:
    """Tell whether a JSON value is a list of items."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and "type" in item for item in value)


def read_csl(items: list[dict[str, Any]], folder: Path) -> Iterator[Metadata]:
    """Yield the items that have a title; *folder* is where the export lies."""
    for item in items:
        title = _string(item, "title")
        if title:
            yield citation(
                folder,
                title=title,
                authors=[_csl_name(name) for name in _list(item, "author") if isinstance(name, dict)],
                abstract=_string(item, "abstract"),
                day=_csl_day(item.get("issued")),
                identifiers=[_string(item, key) for key in ("DOI", "URL", "number", "note", "archive_location", "id")],
                files=_csl_files(item),
                licence=_string(item, "license"),
            )


def _string(item: dict[str, Any], key: str) -> str | None:
    value = item.get(key)
    return value if isinstance(value, str) else None


def _list(item: dict[str, Any], key: str) -> list[Any]:
    value = item.get(key)
    return value if isinstance(value, list) else []


def _csl_name(name: dict[str, Any]) -> str:
    given = (_string(name, key) for key in ("given", "dropping-particle", "non-dropping-particle"))
    return full_name(*given, family=_string(name, "family"), suffix=_string(name, "suffix")) or _string(name, "literal") or ""


def _csl_day(issued: object) -> str | None:
    """Return `2024-7-8` for `{"date-parts": [[2024, 7, 8]]}`, whose numbers may be strings."""
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    first = parts[0] if isinstance(parts, list) and parts else None
    return "-".join(map(str, first)) if isinstance(first, list) else None


def _csl_files(item: dict[str, Any]) -> list[str]:
    """Return attached files: `file`, or `attachments` with a `path` each; CSL itself knows none."""
    paths = [_string(attached, "path") for attached in _list(item, "attachments") if isinstance(attached, dict)]
    return [path for path in (_string(item, "file"), *paths) if path]
