"""JSON: the same strings, with what a terminal, an editor or an HTML page could take for something else written as escapes."""

from __future__ import annotations

import json
import re

from pydantic import BaseModel

from offline_digest.posting.documents import SealedDocument

# Controls, bidirectional and other invisible format characters, lone surrogates, and what could end a script element or begin a tag.
_UNSEEN = re.compile(
    "[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff<>&\U000e0000-\U000e0fff]"
)


def json_text(document: SealedDocument) -> str:
    """Return *document* as JSON, indented by one space."""
    return json_of(document.make(), indent=1)


def json_of(value: BaseModel, *, indent: int | None = None) -> str:
    """Return *value* as JSON in which nothing is unseen, in one line where there is no *indent*."""
    return _UNSEEN.sub(_escape, json.dumps(value.model_dump(mode="json"), ensure_ascii=False, indent=indent))


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1] if ord(match[0]) > 0x7F else f"\\u{ord(match[0]):04x}"
