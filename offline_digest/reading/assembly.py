"""Putting a `Paper` together from its sheets: the pure part of reading, which needs no PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from offline_digest.reading import names
from offline_digest.reading.abstract import Abstract, find_abstract, find_keywords, from_abstract
from offline_digest.reading.addresses import closing_affiliations, footnote_affiliations, is_address, listed_affiliations
from offline_digest.reading.alarms import hidden_warnings, instruction_warnings
from offline_digest.reading.boxes import centre, holds, union
from offline_digest.reading.bylines import Bylines, read_bylines
from offline_digest.reading.candidates import KNOWN, LEADERS, is_title_like
from offline_digest.reading.captions import find_captions
from offline_digest.reading.covers import after_covers
from offline_digest.reading.floats import regions
from offline_digest.reading.footnotes import footnotes, margin_notes
from offline_digest.reading.front import (
    Title,
    before_prose,
    find_title,
    is_abstract_start,
    names_somebody,
    reads_like_prose,
    side_column,
    title_block,
)
from offline_digest.reading.furniture import furniture, stamp
from offline_digest.reading.headings import echoes, find_headings
from offline_digest.reading.leading import set_solid
from offline_digest.reading.legibility import legibility_warnings
from offline_digest.reading.links import make_links
from offline_digest.reading.looks import differs, look_of
from offline_digest.reading.mentions import find_mentions
from offline_digest.reading.names import any_of
from offline_digest.reading.numbers import parse_number
from offline_digest.reading.order import Placed, reading_order
from offline_digest.reading.persons import PLACE
from offline_digest.reading.prose import prose
from offline_digest.reading.references import find_references
from offline_digest.reading.scenes import scene
from offline_digest.reading.sections import make_sections
from offline_digest.reading.spelling import Words
from offline_digest.reading.style import body_style, columns
from offline_digest.reading.turning import displayed
from offline_digest.reading.values import BodyStyle, Column, Line, Region, Sheet
from offline_digest.records import Box, Float, Paper

Trim = Callable[[int, Box], Box]
_CONTENTS = re.compile(any_of(names.CONTENTS), re.IGNORECASE)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a paper sorted into what they are.

    `walls` are the `id()` of the running text of page 1, `beside` the lines in a column beside its title, which are `notes` too.
    """

    body: BodyStyle
    words: Words
    regions: tuple[Region, ...]
    stream: tuple[Placed, ...]
    notes: tuple[Line, ...]
    walls: frozenset[int]
    beside: tuple[Line, ...]


def assemble(
    sheets: Sequence[Sheet], *, n_pages: int, metadata_title: str = "", warnings: Sequence[str] = (), trim: Trim | None = None
) -> Paper:
    """Return the paper printed on *sheets* (at least one, with text).

    Args:
        sheets: The pages that could be read.
        n_pages: All pages of the file.
        metadata_title: What the file calls itself; it only helps to choose among the lines of page 1.
        warnings: What went wrong while the pages were read.
        trim: Cuts the empty border off a picture box, given its page.
    """
    sheets = set_solid(sheets)
    own = after_covers(sheets)
    layout = lay_out(own)
    first = own[0]
    start = _start(layout, first)
    head = [p for p in layout.stream if p.line.page == first.number and p.line.box[3] <= start]
    title = find_title([*(p.line for p in head or layout.stream[:8]), *layout.beside], first.height, layout.words, metadata_title)
    front = before_prose(head, max((li.box[3] for li in title.lines), default=0.0), layout.walls)
    ids = {id(li) for li in front}
    stream = from_abstract([p for p in layout.stream if id(p.line) not in ids])
    if not stream:  # a page without prose: nothing tells where a title block would end
        stream = [p for p in layout.stream if p.line not in title.lines]
    headings = find_headings(stream, layout.body, layout.words)
    abstract = find_abstract(stream, headings, layout.words)
    references = find_references(stream, headings)
    bylines = _bylines(first, title, front, layout, own, abstract)
    if first is not sheets[0] and not bylines.affiliations:
        bylines = replace(bylines, affiliations=_cover_affiliations(sheets[0], title.text, bylines.authors, layout.words))
    listed = {k for r in references for k in range(r.first, r.end)}
    drop = frozenset(listed | (set(range(abstract.first, abstract.last + 1)) if abstract else set()) | echoes(headings, title.text))
    notes = [Placed(li, Column(left=0.0, right=first.width), 0) for li in layout.notes if li.page == first.number]
    arxiv_id, version = stamp(sheets[0])
    by_number = {s.number: s for s in own}
    figures, tables = (
        tuple(_float(r, by_number[r.caption.page], trim) for r in layout.regions if r.caption.kind == kind) for kind in ("figure", "table")
    )
    return Paper(
        n_pages=n_pages,
        title=title.text,
        authors=bylines.authors,
        affiliations=bylines.affiliations,
        abstract=abstract.text if abstract else None,
        abstract_page=abstract.page if abstract else None,
        keywords=find_keywords(stream, {h.first for h in headings}, layout.words)
        or find_keywords(layout.stream, set(), layout.words)
        or find_keywords(notes, set(), layout.words),
        arxiv_id=arxiv_id,
        version=version,
        doi=_doi(first) or _doi(sheets[0]),
        sections=make_sections(stream, headings, drop, layout.words),
        figures=figures,
        tables=tables,
        links=make_links(find_mentions(sheets, frozenset(id(stream[k].line) for k in listed)), title.text),
        references_page=references[0].page if references else None,
        warnings=(
            *warnings,
            *legibility_warnings(li.text for s in sheets for li in s.lines),
            *hidden_warnings(sheets, _pictures(layout.regions)),
            *instruction_warnings(sheets),
        ),
    )


def lay_out(sheets: Sequence[Sheet]) -> Layout:
    """Sort the lines of all pages: furniture out, floats to their captions, the rest into reading order."""
    body = body_style(sheets)
    words = Words(li.text for s in sheets for li in s.lines)
    skip = furniture(sheets, body)
    captions = find_captions(sheets, skip, body, words)
    kept = [[li for li in sheet.lines if id(li) not in skip] for sheet in sheets]
    scenes = []
    notes: list[Line] = []
    opening: frozenset[int] = frozenset()
    beside: frozenset[int] = frozenset()
    for sheet, lines, cols in zip(sheets, kept, columns(sheets, kept, body), strict=True):
        walls = prose(lines, cols, body)
        if sheet is sheets[0]:
            title = find_title(lines, sheet.height, words)
            beside = side_column(lines, title)
            lines = [li for li in lines if id(li) not in beside]
            notes.extend(li for li in sheet.lines if id(li) in beside)
            opening = walls
            over = [c.box[3] for c in captions if c.page == sheet.number and title.lines and c.box[3] < title.lines[0].box[1]]
            walls |= title_block(sheet, [li for li in lines if li.box[1] > max(over, default=0.0)], walls, words)
        scenes.append(scene(sheet, lines, cols, walls, captions))
    found = regions(scenes)
    stream: list[Placed] = []
    for s, all_lines in zip(scenes, kept, strict=True):
        here = [r for r in found if r.caption.page == s.sheet.number]
        taken = {id(li) for r in here for li in r.caption.lines}
        lines = [
            li
            for li in all_lines
            if id(li) not in taken and id(li) not in beside and not any(holds(r.picture_box, centre(li.box), 1.0) for r in here)
        ]
        low = footnotes(s.sheet, lines, s.cols, body) | margin_notes(lines, s.cols, body)
        notes.extend(li for li in lines if id(li) in low)
        lines = [li for li in lines if id(li) not in low and not LEADERS.search(li.text)]
        stream.extend(reading_order(lines, s.cols, stream[-1].flow + 1 if stream else 0))
    own = tuple(li for li in sheets[0].lines if id(li) in beside)
    return Layout(body, words, found, tuple(stream), tuple(notes), opening, own)


def _start(layout: Layout, first: Sheet) -> float:
    """Return the height on page 1 at which the title block ends and the text begins."""
    page = [p for p in layout.stream if p.line.page == first.number]
    for p in page:
        if is_abstract_start(p.line) or _CONTENTS.fullmatch(p.line.text):
            return p.line.box[1] + 2
    title = find_title([p.line for p in page], first.height, layout.words)
    bottom = max((li.box[3] for li in title.lines), default=0.0)
    blocks: dict[int, list[str]] = {}
    for p in page:
        blocks.setdefault(p.line.block, []).append(p.line.text)
    for p in page:
        if p.line.box[1] < bottom - 2:
            continue
        if _opens(p.line, layout.body) or KNOWN.match(p.line.text) or reads_like_prose(" ".join(blocks[p.line.block])):
            return p.line.box[1] + 2
    return first.height


def _opens(line: Line, body: BodyStyle) -> bool:
    """Whether *line* is the title of section 1, by its words or by its look; institutions are numbered, too."""
    stands_out = differs(look_of(line), body) and not PLACE.search(line.text)
    return any(n.path == (1,) and (KNOWN.match(n.rest) or (stands_out and is_title_like(n.rest))) for n in parse_number(line.text))


def _bylines(
    first: Sheet, title: Title, front: Sequence[Line], layout: Layout, sheets: Sequence[Sheet], abstract: Abstract | None
) -> Bylines:
    bottom = max((li.box[3] for li in title.lines), default=0.0)
    below = [li for li in front if li.box[1] > bottom - 2]
    pieces = [p for p in first.pieces if any(holds(li.box, centre(p.box)) for li in below)]
    found = read_bylines(pieces, is_whole=abstract is not None)
    aside = abstract.aside if abstract else ()
    if not found.authors and any(names_somebody(li) for li in layout.beside):
        return read_bylines(layout.beside)
    if any(PLACE.search(place) for place in found.affiliations):
        return found
    places = footnote_affiliations([*aside, *(li for li in layout.notes if li.page == first.number)], found.authors)
    last = [p.line for p in layout.stream if p.line.page == sheets[-1].number] + [li for li in layout.notes if li.page == sheets[-1].number]
    places = places or closing_affiliations(last) or listed_affiliations(last)
    if not places and {id(p.line) for p in layout.stream if p.line.page == first.number} <= {id(li) for li in front}:
        # a title page: the institution may stand over the title
        places = tuple(li.text for li in front if li.box[3] < bottom and li not in title.lines and is_address(li.text))
    return Bylines(found.authors, places or found.affiliations)


def _cover_affiliations(cover: Sheet, title: str, authors: Sequence[str], words: Words) -> tuple[str, ...]:
    """Return the institutions on the *cover* of a series, if the same names stand there: title pages behind one may print names alone."""
    bottom = max((li.box[3] for li in find_title(cover.lines, cover.height, words, title).lines), default=0.0)
    found = read_bylines([p for p in cover.pieces if p.box[1] > bottom - 2])
    return tuple(place for place in found.affiliations if is_address(place)) if set(authors) <= set(found.authors) else ()


def _float(region: Region, sheet: Sheet, trim: Trim | None) -> Float:
    c = region.caption
    box, picture = (displayed(b, sheet.turned, (sheet.width, sheet.height)) for b in (c.box, region.picture_box))
    picture = trim(c.page, picture) if trim else picture
    return Float(
        kind="table" if c.kind == "table" else "figure",
        label=c.label,
        page=c.page,
        caption=c.text,
        box=union((box, picture)),
        picture_box=picture,
    )


def _doi(first: Sheet) -> str | None:
    for line in first.lines:
        m = _DOI.search(line.text)
        if m:
            return m[0].rstrip(".,;)")
    return None


def _pictures(found: Sequence[Region]) -> dict[int, list[Box]]:
    out: dict[int, list[Box]] = {}
    for r in found:
        out.setdefault(r.caption.page, []).append(r.picture_box)
    return out
