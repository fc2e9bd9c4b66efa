"""The values that flow through the program: what a paper is, what is asked of an engine, what is printed.

All are frozen, validated where they are made, and plain enough to be written to disk and to cross a process. Pages are 1-based
everywhere. Boxes are `(x0, y0, x1, y1)` in points (1/72 inch), origin at the top left of the page as displayed.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

Box = tuple[float, float, float, float]
Language = Literal["en", "zh"]
Origin = Literal["model", "extract", "metadata", "absent"]


class Record(BaseModel):
    """Base of every value here: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- a paper before it is read -------------------------------------------------------------------------------------------


class Metadata(Record):
    """What a catalogue (arXiv, a row of a file) says about a paper; every part may be missing.

    `arxiv_id` is a string without version (`2407.09450`, `quant-ph/9508027`), `version` is `v2` or the like. `more_authors` tells that
    the catalogue names only the first of the authors.
    """

    arxiv_id: str | None = None
    version: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    more_authors: bool = False
    abstract: str | None = None
    categories: tuple[str, ...] = ()
    comment: str | None = None
    doi: str | None = None
    published: date | None = None
    updated: date | None = None
    licence: str | None = None
    file: str | None = None
    sha256: str | None = None


class PaperFile(Record):
    """One PDF on disk, named by its content."""

    path: Path
    sha256: str
    size_bytes: int


# --- a paper after it is read --------------------------------------------------------------------------------------------


class Paragraph(Record):
    """A run of body text. `turns` holds `(offset, page)` for each page it stands on, the first with offset 0."""

    text: str
    turns: tuple[tuple[int, int], ...]

    def page_at(self, offset: int) -> int:
        """Return the 1-based page on which the character at *offset* is printed."""
        page = self.turns[0][1]
        for start, number in self.turns:
            if start > offset:
                break
            page = number
        return page


class Section(Record):
    """One heading and the text up to the next. `number` is as printed without its last period, `level` 1 is a section."""

    number: str | None
    heading: str
    level: int
    page: int
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """The paragraphs, an empty line between them."""
        return "\n\n".join(p.text for p in self.paragraphs)


class Float(Record):
    """A captioned figure or table.

    `label` is normalised (`Figure 3`, `Table B.1`), `caption` is as printed without its label, `box` holds graphic and caption,
    `picture_box` the graphic alone, which is what `image` shows (a file name inside the reading's picture folder; `None` when no
    pictures were asked for).
    """

    kind: Literal["figure", "table"]
    label: str
    page: int
    caption: str
    box: Box
    picture_box: Box
    image: str | None = None
    width_px: int = 0
    height_px: int = 0


class Link(Record):
    """A web address printed in or attached to the paper; `own` marks the authors' code, demo and project pages."""

    url: str
    page: int
    own: bool = False


class Paper(Record):
    """What was read from one PDF.

    `sections` are in reading order, without references, captions, footnotes and page furniture. A paper that prints no headings has
    one section with an empty heading. `warnings` are sentences for the user.
    """

    n_pages: int
    title: str
    authors: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    abstract: str | None = None
    abstract_page: int | None = None
    keywords: tuple[str, ...] = ()
    arxiv_id: str | None = None
    version: str | None = None
    doi: str | None = None
    sections: tuple[Section, ...] = ()
    figures: tuple[Float, ...] = ()
    tables: tuple[Float, ...] = ()
    links: tuple[Link, ...] = ()
    references_page: int | None = None
    warnings: tuple[str, ...] = ()


# --- what an engine gets and gives ---------------------------------------------------------------------------------------


class Sentence(Record):
    """One sentence of a paper: `section` indexes `Paper.sections`, -1 is the abstract; `position` counts from 0 in the paper.

    `above` holds the headings of the sections that its own is a part of, the outermost first. `appendix` marks what stands behind the
    references or calls itself an appendix. `condensed` marks what a model wrote in place of a part of the section that is too long to be read
    whole; `page` is then that of its best support.
    """

    text: str
    section: int
    heading: str
    page: int
    position: int
    above: str = ""
    appendix: bool = False
    condensed: bool = False


class Passage(Record):
    """What an engine gets to read: sentences in reading order, those of the abstract first."""

    title: str
    sentences: tuple[Sentence, ...]

    @cached_property
    def sha256(self) -> str:
        """Its hash, for what is asked about it again and again."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Question(Record):
    """One field in one language.

    A list question is answered line by line, `min_lines` to `max_lines` of them; any other question in one line. `max_tokens` limits
    one line. At `temperature` 0 the answer is greedy, else it is drawn, seeded by `attempt`, which counts how often it was asked before.
    """

    field: str
    language: Language
    prompt: str
    min_lines: int = 1
    max_lines: int = 1
    max_tokens: int
    attempt: int = 0
    temperature: float = 0.0

    @property
    def is_list(self) -> bool:
        """Whether the answer is a list of lines."""
        return self.max_lines > 1


class Line(Record):
    """One bullet, step or paragraph of a field, with the pages of the paper that support it."""

    text: str
    pages: tuple[int, ...] = ()


class Call(Record):
    """What was asked of a model together, in order (`summary.en`, `results.zh#1` at the second attempt), and how the model was driven.

    A greedy answer depends on both, so the same call gives the same bytes only with the same build on the same machine.
    """

    asked: tuple[str, ...]
    settings: str


class Answer(Record):
    """What an engine said to one question. `ended` tells why it stopped: by itself, or at the length limit."""

    question: Question
    lines: tuple[Line, ...]
    tokens: int
    seconds: float
    ended: Literal["stop", "length"] = "stop"
    call: Call | None = None


class Progress(Record):
    """How far a digest is.

    `ask`: of *total* questions put now, *done* were answered by an earlier run. `read`: tokens of the passage. `write`: steps (`total` 0:
    nobody knows).
    """

    phase: Literal["ask", "read", "write"]
    done: int
    total: int


class Purpose(Record):
    """What a model was made for, where it is not made to answer any question about any paper.

    It reads title and abstract (`reads`), and is asked what it was trained on: `ask` is language → field → question in the very words of
    the training. Fields that are not there are not asked. `version` is that of these words, for provenance.
    """

    reads: Literal["abstract"]
    version: str
    ask: dict[Language, dict[str, str]]


class EngineInfo(Record):
    """What an engine is and can do; `passage_tokens` is the longest passage it takes, in its own tokens."""

    name: str
    origin: Literal["model", "extract"]
    languages: tuple[Language, ...]
    passage_tokens: int
    purpose: Purpose | None = None
    model: ModelInfo | None = None

    @property
    def writer(self) -> str:
        """Who writes: the model's name, of an engine without a model its own."""
        return self.model.name if self.model else self.name

    @property
    def reads(self) -> Literal["paper", "abstract"]:
        """What of a paper it gets to read."""
        return self.purpose.reads if self.purpose else "paper"


class ModelInfo(Record):
    """The model behind an engine, as far as a post's provenance needs it."""

    name: str
    file: str
    sha256: str
    quantization: str
    settings: str


# --- a digest ------------------------------------------------------------------------------------------------------------


class FieldText(Record):
    """One field of a digest in one language. `absent` has no lines. `checks` names the checks the text passed."""

    field: str
    language: Language
    origin: Origin
    lines: tuple[Line, ...] = ()
    checks: tuple[str, ...] = ()


class SectionRead(Record):
    """How one section came to the engine: word for word, as lines that it wrote itself after reading it, as chosen sentences, not at all.

    `pages` are the first and the last one that it stands on.
    """

    heading: str
    pages: tuple[int, int]
    read: Literal["whole", "condensed", "in_part", "left_out"]


class Coverage(Record):
    """How much of the paper the engine read: every section in order, and how many of all sentences word for word or condensed."""

    sections: tuple[SectionRead, ...]
    sentences_read: int
    sentences_condensed: int = 0
    sentences: int

    def sections_read(self, how: str) -> tuple[SectionRead, ...]:
        """Return the sections that were read in one way, in order."""
        return tuple(section for section in self.sections if section.read == how)


class Digest(Record):
    """A paper's digest: facts from metadata and PDF, prose from an engine, and where each text comes from.

    `fields` holds every field that was asked for; one that nobody could fill is there with the origin `absent`. `licence` is an address
    or a name, as the catalogue gives it; `more_authors` tells that it names only the first of the authors. `tool_version` is that of the
    program that made the digest, empty where it was not noted yet.
    """

    title: str
    authors: tuple[str, ...]
    more_authors: bool = False
    affiliations: tuple[str, ...]
    keywords: tuple[str, ...]
    keywords_origin: Literal["printed", "extract", "absent"]
    abstract: str | None
    arxiv_id: str | None
    version: str | None
    doi: str | None
    comment: str | None
    licence: str | None = None
    links: tuple[Link, ...]
    figures: tuple[Float, ...]
    tables: tuple[Float, ...]
    fields: tuple[FieldText, ...]
    coverage: Coverage
    engine: EngineInfo
    calls: tuple[Call, ...] = ()
    prompt_version: str
    tool_version: str = ""
    warnings: tuple[str, ...] = ()

    def asks(self, name: str) -> bool:
        """Tell whether *name* was asked for, in any language."""
        return any(text.field == name for text in self.fields)

    def field(self, name: str, *languages: Language) -> FieldText | None:
        """Return the first text of *name* that is there, trying *languages* in order; None when there is none."""
        for language in languages:
            for text in self.fields:
                if text.field == name and text.language == language and text.lines:
                    return text
        return None


EngineInfo.model_rebuild()
