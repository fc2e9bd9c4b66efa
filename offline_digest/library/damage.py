"""What a damaged index looks like to whoever reads it, and what mends it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from offline_digest.errors import IntegrityError

REBUILD = "`offline-digest library rebuild` makes it again from the files beside it."
SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)  # sqlite3 decodes messages that quote damaged bytes
_NEVER_WRITTEN = "The index of the library is damaged: it holds a value that this program never writes."
Row = TypeVar("Row")
_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def kept_json(text: str, kind: type = list) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """Return the value of a column that holds JSON of that *kind*.

    Raises:
        IntegrityError: It holds none: SQLite does not notice bytes that change inside a text.
    """
    try:
        value = json.loads(text)
    except (ValueError, TypeError):
        value = None
    if not isinstance(value, kind):
        raise IntegrityError(_NEVER_WRITTEN, REBUILD)
    return value


def kept_record(text: str, record: type[Row]) -> Row:
    """Return the value of a column that holds a *record* as JSON.

    Raises:
        IntegrityError: It holds none.
    """
    try:
        value: Row = _adapter(record).validate_json(text)
    except ValidationError as error:
        raise IntegrityError(_NEVER_WRITTEN, REBUILD) from error
    return value


def kept_row(kind: type[Row], **values: object) -> Row:
    """Return what a row of an index stands for; a column that holds a text may hold a number in a damaged one, and the other way round.

    Raises:
        IntegrityError: One of the *values* is none that stands there.
    """
    try:
        row: Row = _adapter(kind).validate_python(values)
    except ValidationError as error:
        raise IntegrityError(_NEVER_WRITTEN, REBUILD) from error
    return row
