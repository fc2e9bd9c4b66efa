"""What a damaged index looks like to whoever reads it, and what mends it."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from offline_digest.errors import IntegrityError

REBUILD = "`offline-digest library rebuild` makes it again from the files beside it."
SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)  # sqlite3 decodes messages that quote damaged bytes


Value = TypeVar("Value", bound=BaseModel)
_STRANGE = "The index of the library is damaged: it holds a value that this program never writes."


def kept_record(text: str, record: type[Value]) -> Value:
    """Return the value of a column that holds a *record*.

    Raises:
        IntegrityError: It holds none.
    """
    try:
        return record.model_validate_json(text)
    except ValidationError as error:
        raise IntegrityError(_STRANGE, REBUILD) from error


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
        raise IntegrityError(_STRANGE, REBUILD)
    return value
