"""What a post template sees of a digest: facts and texts that are already escaped, so that no template can forget it.

Every string here is ready for its place in the Markdown of a post; wording and order are the template's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

from offline_digest.posting.escaping import escape_attribute, escape_heading, escape_html, escape_inline, link_target
from offline_digest.posting.names import version_suffix
from offline_digest.posting.pictures import Picture
from offline_digest.records import Digest, FieldText, SectionRead

FIELDS = (
    "title_zh",
    "affiliations_zh",
    "keywords_zh",
    "summary",
    "takeaways",
    "background",
    "prior_work",
    "approach",
    "results",
    "methods",
    "significance",
    "innovation",
    "performance",
    "workload",
)
_LONGEST_ALT = 160  # characters; the whole caption stands under the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line of a field; `pages` is empty when no page is known."""

    text: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field: `quoted` marks sentences of the paper itself, no lines mean that there is nothing to show.

    `asked` tells whether it was wanted at all: a gap is shown only for what was.
    """

    asked: bool
    quoted: bool
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """An address that is safe to print, and the page that prints it."""

    url: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture for an HTML block: web path (empty when the file is missing), and label and caption escaped for HTML."""

    src: str
    label: str
    page: int
    caption: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineView:
    """Who wrote the prose. `model`, `file`, `quantization` and `sha256` (12 digits) are empty for an engine that only quotes.

    `writes` tells whether it is a model, `accepted` whether any text that is shown is its.
    """

    name: str
    writes: bool
    accepted: bool
    chinese: bool
    model: str
    file: str
    quantization: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section's heading and its first and last page."""

    heading: str
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
    """One paper of a post."""

    heading: str
    title: str
    identifier: str
    authors: tuple[str, ...]
    abstract: str
    abs_url: str | None
    pdf_url: str | None
    doi_url: str | None
    comment: str
    affiliations: tuple[str, ...]
    keywords: tuple[str, ...]
    keywords_extracted: bool
    links: tuple[LinkView, ...]
    fields: dict[str, FieldView]
    pictures: tuple[PictureView, ...]
    engine: EngineView
    coverage: CoverageView
    prompt_version: str
    warnings: tuple[str, ...]


def view_entry(digest: Digest, pictures: Sequence[Picture]) -> EntryView:
    """Return what a template sees of one paper."""
    arxiv = f"{digest.arxiv_id}{version_suffix(digest)}" if digest.arxiv_id else None
    shown = {address for address in (_address("https://arxiv.org/abs/", digest.arxiv_id),) if address}
    return EntryView(
        heading=escape_heading(digest.title, tex=True),
        title=escape_inline(digest.title, tex=True),
        identifier=escape_inline(f"arXiv:{arxiv}") if arxiv else "",
        authors=_escape_all(digest.authors, tex=True),
        abstract=escape_inline(digest.abstract or "", tex=True),
        abs_url=_address("https://arxiv.org/abs/", arxiv),
        pdf_url=_address("https://arxiv.org/pdf/", arxiv),
        doi_url=_address("https://doi.org/", digest.doi),
        comment=escape_inline(digest.comment or "", tex=True),
        affiliations=_escape_all(digest.affiliations),
        keywords=_escape_all(digest.keywords),
        keywords_extracted=digest.keywords_origin == "extract",
        links=_view_links(digest, shown),
        fields={name: _view_field(_find_field(digest, name), asked=digest.asks(name)) for name in FIELDS},
        pictures=tuple(_view_picture(picture) for picture in pictures),
        engine=_view_engine(digest),
        coverage=_view_coverage(digest),
        prompt_version=_view_prompts(digest),
        warnings=_escape_all(digest.warnings),
    )


def merge_engines(views: Sequence[EntryView]) -> tuple[EngineView, ...]:
    """Return the engines of a whole post, each once, in the order of the papers."""
    accepted: dict[EngineView, bool] = {}
    for view in views:
        engine = replace(view.engine, accepted=False)
        accepted[engine] = accepted.get(engine, False) or view.engine.accepted
    return tuple(replace(engine, accepted=value) for engine, value in accepted.items())


def _view_engine(digest: Digest) -> EngineView:
    engine, model = digest.engine, digest.engine.model
    shown = (_find_field(digest, name) for name in FIELDS)
    return EngineView(
        name=escape_inline(engine.name),
        writes=engine.origin == "model",
        accepted=any(text.origin == "model" for text in shown if text),
        chinese="zh" in engine.languages and engine.origin == "model",
        model=escape_inline(model.name) if model else "",
        file=escape_inline(model.file) if model else "",
        quantization=escape_inline(model.quantization) if model else "",
        sha256=escape_inline(model.sha256[:12]) if model else "",
    )


def _view_prompts(digest: Digest) -> str:
    """Return the versions of the prompts that were asked: of `en:3 zh:4`, those of the engine's languages."""
    asked = (item for item in digest.prompt_version.split() if ":" not in item or item.split(":")[0] in digest.engine.languages)
    return escape_inline(" ".join(asked))


def _escape_all(texts: Sequence[str], *, tex: bool = False) -> tuple[str, ...]:
    return tuple(escaped for text in texts if (escaped := escape_inline(text, tex=tex)))


def _address(base: str, name: str | None) -> str | None:
    return link_target(base + name) if name else None


def _find_field(digest: Digest, name: str) -> FieldText | None:
    """Return what stands in the place of *name*: Chinese if there is some, else English; a translation is Chinese or nothing."""
    if not name.endswith("_zh"):
        return digest.field(name, "zh", "en")
    text = digest.field(name, "zh")
    return None if text is None or text.origin == "extract" else text


def _view_field(text: FieldText | None, *, asked: bool) -> FieldView:
    if text is None or text.origin == "absent":
        return FieldView(asked=asked, quoted=False, lines=())
    lines = tuple(LineView(text=escape_inline(line.text), pages=tuple(sorted(set(line.pages)))) for line in text.lines)
    return FieldView(asked=asked, quoted=text.origin == "extract", lines=tuple(line for line in lines if line.text))


def _view_links(digest: Digest, shown: set[str]) -> tuple[LinkView, ...]:
    """Return the authors' own pages, each once."""
    views: list[LinkView] = []
    for link in digest.links:
        target = link_target(link.url) if link.own else None
        if target and target not in shown:
            shown.add(target)
            views.append(LinkView(url=target, page=link.page))
    return tuple(views)


def _view_picture(picture: Picture) -> PictureView:
    item = picture.item
    name = f"{item.label}: {item.caption}" if item.caption else item.label
    return PictureView(
        src=f"/{picture.path}" if picture.path else "",
        label=escape_html(item.label),
        page=item.page,
        caption=escape_html(item.caption),
        alt=escape_attribute(shorten(name, _LONGEST_ALT, placeholder=" …")),
    )


def _view_coverage(digest: Digest) -> CoverageView:
    coverage = digest.coverage
    return CoverageView(
        sentences_read=coverage.sentences_read,
        sentences_condensed=coverage.sentences_condensed,
        sentences=coverage.sentences,
        condensed=_view_sections(coverage.sections_read("condensed")),
        in_part=_view_sections(coverage.sections_read("in_part")),
        left_out=_view_sections(coverage.sections_read("left_out")),
    )


def _view_sections(sections: Sequence[SectionRead]) -> tuple[SectionView, ...]:
    """Return sections for the coverage line; text without a heading is there by its pages alone."""
    return tuple(SectionView(heading=escape_inline(s.heading), first=s.pages[0], last=s.pages[1]) for s in sections)
