"""What the `json` format holds: the digests of a post as they are kept, and where their pictures lie.

`templates/posts/json/post.schema.json` is made from these values; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from offline_digest.records import Digest, Record


class PictureDocument(Record):
    """The picture of one figure or table: its path relative to the document, None when it is missing or withheld."""

    label: str
    page: int
    path: str | None


class PaperDocument(Record):
    """One paper; `updated` is the version that an earlier post of the topic showed."""

    digest: Digest
    pictures: tuple[PictureDocument, ...]
    updated: str | None


class PostDocument(Record):
    """One post. `version` is that of this shape; it is raised when a reader of the old one would fail."""

    version: Literal[1] = 1
    topic: str
    day: date
    papers: tuple[PaperDocument, ...]


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A post as data that is not made yet: templates can hand it to the filter `json` and see nothing of it."""

    make: Callable[[], PostDocument] = field(repr=False)
