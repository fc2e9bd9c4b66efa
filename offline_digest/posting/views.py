"""What a post template sees of a digest: facts and texts without any spelling; the target of the format prints them.

Wording and order are the template's. Every `Text` and `Address` is escaped where it is printed (`posting.targets`); plain strings here are
made by this program and safe in every format.
"""

from __future__ import annotations

from dataclasses import dataclass

from offline_digest.posting.licences import Licence
from offline_digest.posting.texts import Address, Text
from offline_digest.records import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line of a field; `pages` is empty when no page is known."""

    text: Text
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseView:
    """A field in one language: `quoted` marks sentences of the paper itself, which may be in another; no lines: nothing to show."""

    quoted: bool = False
    lines: tuple[LineView, ...] = ()

    @property
    def language(self) -> Language:
        """The language that most of it is written in."""
        chinese = sum(line.text.language == "zh" for line in self.lines)
        return "zh" if 2 * chinese > len(self.lines) else "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field. `asked` tells whether it was wanted at all: a gap is shown only for what was.

    `shown` is what a post with one place for it prints: Chinese if there is some, else English. `en` and `zh` are for a post with two: both
    have lines, and different ones, or only that has which says everything.
    """

    asked: bool
    shown: ProseView
    en: ProseView
    zh: ProseView


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """An address that is safe to print, and the page that prints it."""

    url: Address
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture: `src` is its web path or the picture itself, empty when the file is missing or `withheld` for the paper's licence.

    `size_px` is its width and height, None where they were not noted.
    """

    src: str
    size_px: tuple[int, int] | None
    withheld: bool
    label: Text
    page: int
    caption: Text
    alt: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineView:
    """Who wrote the prose. `model`, `file`, `quantization` and `sha256` (12 digits) are empty for an engine that only quotes.

    `writes` tells whether it is a model, `abstract_only` whether it reads no more than title and abstract, `accepted` whether any text of it
    stands, `accepted_shown` whether it does where a field has one place, which goes to Chinese, `accepted_chinese`
    whether any of its Chinese does; `chinese` tells whether it could write it, or all its quotations come from papers in Chinese. `papers`
    are the numbers in the post of those that it wrote of.
    """

    name: Text
    writes: bool
    abstract_only: bool
    accepted: bool
    accepted_shown: bool
    accepted_chinese: bool
    chinese: bool
    model: Text
    file: Text
    quantization: Text
    sha256: Text
    papers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section's heading and its first and last page."""

    heading: Text
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """How much of the paper the engine read, by sentences, and the sections that it did not read word for word."""

    sentences_read: int
    sentences_condensed: int
    sentences: int
    condensed: tuple[SectionView, ...]
    in_part: tuple[SectionView, ...]
    left_out: tuple[SectionView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One paper of a post.

    `number` is its place there, from 1; `anchor` is unique in the post and safe in an address. `version` is empty where none is known;
    `updated` is the version that an earlier post showed, None when this paper is new. `more_authors` tells that `authors` are only the first
    of them.
    """

    number: int
    anchor: str
    title: Text
    identifier: Text
    version: str
    updated: Text | None
    authors: tuple[Text, ...]
    more_authors: bool
    abstract: Text
    abs_url: Address | None
    pdf_url: Address | None
    doi_url: Address | None
    comment: Text
    licence: Licence | None
    affiliations: tuple[Text, ...]
    keywords: tuple[Text, ...]
    keywords_extracted: bool
    links: tuple[LinkView, ...]
    fields: dict[str, FieldView]
    pictures: tuple[PictureView, ...]
    engine: EngineView
    coverage: CoverageView
    prompt_version: Text
    tool_version: Text
    warnings: tuple[Text, ...]
