"""Where files of each kind lie in a library, and which key their rows have: what says otherwise was not written by this program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field

NAME = "library.sqlite"
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$")]
_HASH = r"[0-9a-f]{64}"
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
_PLACES = {
    "reading": re.compile(rf"papers/(?P<paper>{_HASH})/reading-(?P<rest>{_NAME})\.json"),
    "digest": re.compile(rf"papers/(?P<paper>{_HASH})/digest-(?P<rest>{_NAME})\.json"),
    "picture": re.compile(rf"papers/(?P<paper>{_HASH})/pictures-(?P<rest>{_NAME}/{_NAME}\.(?:png|jpg))"),
    "metadata": re.compile(rf"papers/(?P<paper>{_HASH})/(?P<rest>metadata)\.json"),
    "pdf": re.compile(rf"papers/(?P<paper>{_HASH})/[^/]+\.(?P<rest>pdf)"),
}


def read_only(index: Path) -> str:
    """Return an index as SQLite's URI, to be read without a change: beside one it must not look for a log, or make one, unless there is one.

    Source: SQLite's documentation of write-ahead logging, section 5 (read-only databases).
    """
    return index.absolute().as_uri() + ("?mode=ro" if index.with_name(f"{index.name}-wal").exists() else "?mode=ro&immutable=1")


def place_of(kind: str, path: str) -> tuple[str, str] | None:
    """Return the paper's hash and the rest of the row's key, None when no file of this kind lies at *path* (relative to the library)."""
    match = _PLACES[kind].fullmatch(path) if kind in _PLACES and ".." not in path else None
    return (match["paper"], match["rest"].replace("/", "-")) if match else None


def kind_of(path: str) -> str | None:
    """Return the kind of file that lies at *path* (relative to the library), None for what this program does not write there."""
    return next((kind for kind in _PLACES if place_of(kind, path)), None)


def is_row(kind: object, key: object, path: object) -> bool:
    """Tell whether these are the values of a file's row as this program writes them; of a damaged index they may be anything."""
    if not (isinstance(kind, str) and isinstance(key, str) and isinstance(path, str)):
        return False
    place = place_of(kind, path)
    return place is not None and key == "-".join(place)
