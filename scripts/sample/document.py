"""The source of the sample paper, block by block, turned into what the layout fills into columns.

A source line starts with `#` (title), `##`, `###` (headings), `@author`, `@affiliation`, `@abstract`, `@keywords`, `$$`
(formula, its number at the end), `- ` or `1. ` (items), `[1]` (reference), `!figure NAME column|wide` or `!table NAME wide` (the
caption on the next line), `!footnote MARK TEXT` (called from a paragraph by `^{MARK}`; `-` is the note below the first column).
Anything else is a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .canvas import Canvas
from .drawings import DRAWINGS, ROOM, WIDE
from .layout import BODY, COLUMN, FOOT, FOOT_LEADING, LEADING, Block, Unit, draw_line, moved, text_units
from .results import Results
from .typeset import formula, set_paragraph, text_box, words_of

ITEM = re.compile(r"(-|\d+\.) (.*)")
REFERENCE = re.compile(r"(\[\d+\]) (.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The front matter by kind, and the body as `(kind, text)` in order."""

    front: dict[str, list[str]]
    body: tuple[tuple[str, str], ...]


def parse(text: str) -> Source:
    """Return the blocks of the filled source *text*."""
    front: dict[str, list[str]] = {"title": [], "author": [], "affiliation": [], "abstract": [], "keywords": []}
    body: list[tuple[str, str]] = []
    text = re.sub(r"(?<=\d) (?=mm\b)", "~", text).replace("~", "\u00a0").replace("'", "’")
    lines = iter(line for line in text.splitlines() if line.strip())
    for line in lines:
        if line.startswith("@"):
            kind, rest = line[1:].split(" ", 1)
            front[kind].append(rest)
        elif line.startswith("# "):
            front["title"].append(line[2:])
        elif line.startswith(("!figure", "!table")):
            body.append(("float", f"{line[1:]}\n{next(lines)}"))
        else:
            body.append((kind_of(line), line))
    return Source(front=front, body=tuple(body))


def kind_of(line: str) -> str:
    """Return the kind of a body line."""
    starts = {"### ": "subheading", "## ": "heading", "$$ ": "formula", "!footnote ": "footnote"}
    for start, kind in starts.items():
        if line.startswith(start):
            return kind
    return "item" if ITEM.match(line) else "reference" if REFERENCE.match(line) else "paragraph"


# --- kinds of blocks -----------------------------------------------------------------------------------------------------


def heading(line: str) -> Block:
    """Return a section or subsection heading, tied to what follows."""
    level, text = line.split(" ", 1)
    big = len(level) == 2
    number, _, words = text.partition(" ")
    shown = f"**{number}\u2002{words}**" if number[0].isdigit() else f"**{text}**"
    units = text_units(shown, size=12 if big else 10.5, leading=15 if big else 13, align="left", before=10 if big else 8, keep=True)
    return Block((*units, Unit(2.0 if big else 1.0, lambda _c, _x, _y: None, keep=True)))


def displayed(line: str) -> Block:
    """Return a centred formula with its number at the right."""
    source, number = line[3:].rsplit(" ", 1)
    box, label = formula(source, BODY), text_box(number, "tiro", BODY)
    above, below = box.ascent + 4.0, box.descent + 6.0

    def draw(canvas: Canvas, x: float, y: float) -> None:
        canvas.box(box, x + (COLUMN - label.width - box.width) / 2, y + above)
        canvas.box(label, x + COLUMN - label.width, y + above)

    return Block((Unit(above + below, draw, before=1.0, stretch=0.5),))


def hanging(mark: str, text: str, *, hang: float, size: float, leading: float, before: float) -> Block:
    """Return a marked item whose lines stand *hang* to the right of the mark."""
    units = moved(text_units(text, room=COLUMN - hang, size=size, leading=leading, before=before), hang)
    label, first = text_box(mark, "tiro", size), units[0]

    def draw(canvas: Canvas, x: float, y: float) -> None:
        canvas.box(label, x + hang - 4.0 - label.width, y + 0.78 * leading)
        first.draw(canvas, x, y)

    return Block((Unit(first.height, draw, first.before, first.stretch, first.keep), *units[1:]))


def item(line: str) -> Block:
    """Return one entry of a list."""
    mark, text = ITEM.fullmatch(line).groups()  # type: ignore[union-attr]  # kind_of matched it
    return hanging("•" if mark == "-" else mark, text, hang=15.0, size=BODY, leading=LEADING, before=2.0)


def reference(line: str) -> Block:
    """Return one entry of the bibliography, which no column break parts."""
    mark, text = REFERENCE.fullmatch(line).groups()  # type: ignore[union-attr]  # kind_of matched it
    units = hanging(mark, text, hang=19.0, size=8.6, leading=10.2, before=2.0).units
    return Block((*(replace(unit, keep=True) for unit in units[:-1]), replace(units[-1], keep=False)))


def footnote(line: str) -> tuple[Unit, ...]:
    """Return the lines of a footnote."""
    mark, text = line.removeprefix("!footnote ").split(" ", 1)
    return tuple(text_units(text if mark == "-" else f"^{{{mark}}}{text}", size=FOOT, leading=FOOT_LEADING))


def floating(text: str, results: Results) -> Block:
    """Return a figure above its caption, or a table below it."""
    order, caption = text.split("\n")
    kind, name, place = order.split(" ")
    height, draw = DRAWINGS[name]
    room = ROOM[place]
    label, words = caption.split(": ", 1)
    short = room == WIDE and len(caption) < 130
    lines = text_units(f"**{label}:** {words}", room=room, size=9, leading=10.8, align="center" if short else "justify", before=4.0)
    picture = Unit(height, lambda c, x, y: draw(c, x, y, results))
    return Block((picture, *lines) if kind == "figure" else (*lines, picture), floating=True, wide=place == "wide")


def body_blocks(source: Source, results: Results) -> list[Block]:
    """Return the blocks of the body; a paragraph after a heading or formula has no indent."""
    blocks: list[Block] = []
    notes: list[tuple[Unit, ...]] = [footnote(text) for kind, text in source.body if kind == "footnote"]
    before = "heading"
    makers = {"heading": heading, "subheading": heading, "formula": displayed, "item": item, "reference": reference}
    for kind, text in source.body:
        if kind == "footnote":
            continue
        if kind == "float":
            blocks.append(floating(text, results))
            continue
        if kind == "paragraph":
            flat = before in ("heading", "subheading", "formula")
            mine = notes[1] if "^{1}" in text else ()
            gap = 3.0 if before == "item" else 0.0
            blocks.append(Block(tuple(text_units(text, indent=0.0 if flat else 12.0, notes=mine, before=gap))))
        else:
            blocks.append(makers[kind](text))
        before = kind
    return blocks


# --- front matter --------------------------------------------------------------------------------------------------------


def title_units(source: Source) -> list[Unit]:
    """Return title, authors and affiliations, as wide as the page."""
    front = source.front
    units = []
    for part in re.split(r"(?<=:) ", front["title"][0]):
        units += text_units(part, font="tibo", room=WIDE, size=17, leading=21, align="center")
    authors = ", ".join(author.replace(" ", "\u00a0") for author in front["author"])
    units += text_units(authors, room=WIDE, size=11.5, leading=15, align="center", before=9.0)
    for k, place in enumerate(front["affiliation"]):
        units += text_units(place, room=WIDE, size=10, leading=12.5, align="center", before=3.0 if k == 0 else 0.0)
    return units


def abstract_blocks(source: Source) -> list[Block]:
    """Return abstract and keywords, with the footnote of the title below their column."""
    note = footnote(next(text for kind, text in source.body if kind == "footnote"))
    head = Unit(15.0, draw_line(set_paragraph(words_of("**Abstract**", 12), COLUMN, size=12, align="center")[0], 11.0), keep=True)
    inset, room = 10.0, COLUMN - 20.0
    text = moved(text_units(source.front["abstract"][0], room=room, size=9.2, leading=11.2, notes=note), inset)
    keywords = f"**Keywords:** {source.front['keywords'][0]}"
    words = moved(text_units(keywords, room=room, size=9.2, leading=11.2, align="left", before=5.0), inset)
    return [Block((head, *text)), Block(tuple(words))]
