"""From a digest to what a template sees of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from offline_digest.posting.licences import read_licence
from offline_digest.posting.names import version_suffix
from offline_digest.posting.pictures import Picture
from offline_digest.posting.texts import Address, Text, plain, prose, safe_address, tex
from offline_digest.posting.values import Entry
from offline_digest.posting.views import (
    CoverageView,
    EngineView,
    EntryView,
    FieldView,
    LineView,
    LinkView,
    PictureView,
    ProseView,
    SectionView,
)
from offline_digest.records import Digest, FieldText, Language, SectionRead

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


def view_entry(entry: Entry, number: int, pictures: Sequence[Picture], address_of: Callable[[Picture], str]) -> EntryView:
    """Return what a template sees of one paper.

    Args:
        entry: The paper.
        number: Its place in the post, from 1.
        pictures: Those to show.
        address_of: What `PictureView.src` is for a picture with a file.
    """
    digest = entry.digest
    version = version_suffix(digest)
    arxiv = f"{digest.arxiv_id}{version}" if digest.arxiv_id else None
    page = _address("https://arxiv.org/abs/", digest.arxiv_id)
    return EntryView(
        number=number,
        anchor=f"paper-{number}",
        title=tex(digest.title),
        identifier=plain(f"arXiv:{arxiv}") if arxiv else Text(),
        version=version,
        updated=plain(entry.updated) if entry.updated else None,
        authors=_texts(digest.authors, tex),
        more_authors=digest.more_authors,
        abstract=tex(digest.abstract or ""),
        abs_url=_address("https://arxiv.org/abs/", arxiv),
        pdf_url=_address("https://arxiv.org/pdf/", arxiv),
        doi_url=_address("https://doi.org/", digest.doi),
        comment=tex(digest.comment or ""),
        licence=read_licence(digest.licence),
        affiliations=_texts(digest.affiliations),
        keywords=_texts(digest.keywords),
        keywords_extracted=digest.keywords_origin == "extract",
        links=_view_links(digest, {page} if page else set()),
        fields={name: _view_field(digest, name) for name in FIELDS},
        pictures=tuple(_view_picture(picture, address_of) for picture in pictures),
        engine=_view_engine(digest, number),
        coverage=_view_coverage(digest),
        prompt_version=_view_prompts(digest),
        tool_version=plain(digest.tool_version),
        warnings=_texts(digest.warnings),
    )


def merge_engines(views: Sequence[EntryView]) -> tuple[EngineView, ...]:
    """Return the engines of a whole post, each once, in the order of the papers."""
    merged: dict[EngineView, EngineView] = {}
    for engine in (view.engine for view in views):
        same = replace(engine, accepted=False, accepted_shown=False, accepted_chinese=False, chinese=True, papers=())
        known = merged.get(same, same)
        merged[same] = replace(
            same,
            accepted=known.accepted or engine.accepted,
            accepted_shown=known.accepted_shown or engine.accepted_shown,
            accepted_chinese=known.accepted_chinese or engine.accepted_chinese,
            chinese=known.chinese and engine.chinese,
            papers=(*known.papers, *engine.papers),
        )
    return tuple(merged.values())


def _view_engine(digest: Digest, number: int) -> EngineView:
    engine, model = digest.engine, digest.engine.model
    in_each = [(_find(digest, name, "zh"), _find(digest, name, "en")) for name in FIELDS]
    return EngineView(
        name=plain(engine.name),
        writes=engine.origin == "model",
        abstract_only=engine.reads == "abstract",
        accepted=any(text.origin == "model" for both in in_each for text in both if text),
        accepted_shown=any(text.origin == "model" for zh, en in in_each if (text := zh or en)),
        accepted_chinese=any(zh.origin == "model" for zh, _ in in_each if zh),
        chinese="zh" in engine.languages if engine.origin == "model" else any(zh for zh, _ in in_each),
        model=plain(model.name if model else ""),
        file=plain(model.file if model else ""),
        quantization=plain(model.quantization if model else ""),
        sha256=plain(model.sha256[:12] if model else ""),
        papers=(number,),
    )


def _view_prompts(digest: Digest) -> Text:
    """Return the versions of the prompts that were asked: of `en:3 zh:4`, those of the engine's languages."""
    asked = (item for item in digest.prompt_version.split() if ":" not in item or item.split(":")[0] in digest.engine.languages)
    return plain(" ".join(asked))


def _texts(lines: Sequence[str], read: Callable[[str], Text] = plain) -> tuple[Text, ...]:
    return tuple(text for line in lines if (text := read(line)))


def _address(base: str, name: str | None) -> Address | None:
    return safe_address(base + name) if name else None


def _find(digest: Digest, name: str, language: Language) -> FieldText | None:
    """Return a field in one language; a translation is Chinese or nothing."""
    text = digest.field(name, language)
    if text and name.endswith("_zh") and (language == "en" or text.origin == "extract"):
        return None
    return text


def _view_field(digest: Digest, name: str) -> FieldView:
    """Return a field in both languages; a quotation that stands for both is there once."""
    zh, en = _view_prose(_find(digest, name, "zh")), _view_prose(_find(digest, name, "en"))
    return FieldView(asked=digest.asks(name), shown=zh if zh.lines else en, en=en, zh=ProseView() if zh == en else zh)


def _view_prose(text: FieldText | None) -> ProseView:
    if text is None or text.origin == "absent":
        return ProseView()
    quoted = text.origin == "extract"
    read = plain if quoted else prose
    lines = (LineView(text=read(line.text), pages=tuple(sorted(set(line.pages)))) for line in text.lines)
    return ProseView(quoted=quoted, lines=tuple(line for line in lines if line.text))


def _view_links(digest: Digest, shown: set[Address]) -> tuple[LinkView, ...]:
    """Return the authors' own pages, each once."""
    views: list[LinkView] = []
    for link in digest.links:
        target = safe_address(link.url) if link.own else None
        if target and target not in shown:
            shown.add(target)
            views.append(LinkView(url=target, page=link.page))
    return tuple(views)


def _view_picture(picture: Picture, address_of: Callable[[Picture], str]) -> PictureView:
    item = picture.item
    name = f"{item.label}: {item.caption}" if item.caption else f"{item.label}, p. {item.page}"
    return PictureView(
        src=address_of(picture) if picture.source else "",
        size_px=(item.width_px, item.height_px) if item.width_px and item.height_px else None,
        withheld=picture.withheld,
        label=plain(item.label),
        page=item.page,
        caption=plain(item.caption),
        alt=_shortened(plain(name).linear.source),
    )


def _shortened(line: str) -> Text:
    """Return the beginning of *line*, cut between words where it has some: Chinese writes none apart."""
    if len(line) <= _LONGEST_ALT:
        return prose(line)
    words = line[: _LONGEST_ALT - 1].rpartition(" ")[0]
    return prose(f"{words if 2 * len(words) > _LONGEST_ALT else line[: _LONGEST_ALT - 2]} …")


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
    return tuple(SectionView(heading=plain(s.heading), first=s.pages[0], last=s.pages[1]) for s in sections)
