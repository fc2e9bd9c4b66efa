r"""Inline markup to measured boxes, and boxes to justified lines.

The markup: `*italic*`, `**bold**`, `^{raised}`, `<https://address>`, `~` (a space that does not break), and `$formula$` with
`_`, `^`, `{}`, `\sqrt{}` and `\frac{}{}`. Lengths are points, y grows downwards, a box stands on its baseline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

ATOM = re.compile(r"\$([^$]+)\$|\*\*([^*]+)\*\*|\*([^*]+)\*|\^\{([^}]+)\}|<(https?://[^>]+)>|([^$*^<]+|.)")
MATH = re.compile(r"\\frac|\\sqrt|max|with|if|mm|\d+(?:\.\d+)?|\s+|.")
WIDE_SIGNS = "=≤≥<>+−←"
UPRIGHT = ("max", "with", "if", "mm")


class FontLike(Protocol):
    """The part of `pymupdf.Font` that measuring needs."""

    def text_length(self, text: str, fontsize: float = 11) -> float:
        """Return the width of *text* in points."""


@cache
def font(name: str) -> FontLike:
    """Return the built-in font *name* (`tiro`, `tibo`, `tiit`, `helv`, `cour`)."""
    import pymupdf

    loaded: FontLike = pymupdf.Font(name)
    return loaded


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Characters in one font, placed relative to the start of a box."""

    x: float
    y: float
    text: str
    font: str
    size: float


@dataclass(frozen=True, slots=True)
class Box:
    """Something set on a baseline; `rules` are `(x, y, length)` of thin lines."""

    width: float
    glyphs: tuple[Glyphs, ...]
    rules: tuple[tuple[float, float, float], ...] = ()
    ascent: float = 0.0
    descent: float = 0.0
    link: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A box that a line break may precede; `glued` words follow without a space."""

    box: Box
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Words with the x of each, measured from the left edge of the column."""

    words: tuple[tuple[float, Box], ...]


def text_box(text: str, name: str, size: float, rise: float = 0.0, link: str = "") -> Box:
    """Return *text* as one box, raised by *rise*."""
    text = text.replace("\u00a0", " ")
    width = font(name).text_length(text, fontsize=size)
    return Box(width, (Glyphs(0.0, -rise, text, name, size),), (), 0.7 * size + rise, 0.22 * size - rise, link)


def beside(boxes: list[Box]) -> Box:
    """Return *boxes* set next to each other."""
    x, glyphs, rules, link = 0.0, [], [], ""
    for box in boxes:
        glyphs += [replace(g, x=g.x + x) for g in box.glyphs]
        rules += [(rx + x, ry, length) for rx, ry, length in box.rules]
        x += box.width
        link = link or box.link
    ascent = max((b.ascent for b in boxes), default=0.0)
    descent = max((b.descent for b in boxes), default=0.0)
    return Box(x, tuple(glyphs), tuple(rules), ascent, descent, link)


def shifted(box: Box, x: float, y: float) -> Box:
    """Return *box* moved right by *x* and down by *y*, its width kept."""
    glyphs = tuple(replace(g, x=g.x + x, y=g.y + y) for g in box.glyphs)
    rules = tuple((rx + x, ry + y, length) for rx, ry, length in box.rules)
    return replace(box, glyphs=glyphs, rules=rules, ascent=box.ascent - y, descent=box.descent + y)


def space(width: float) -> Box:
    """Return an empty box."""
    return Box(width, ())


# --- formulas ------------------------------------------------------------------------------------------------------------


def group(tokens: list[str]) -> list[str]:
    """Take one token, or all tokens of a braced group, from the front of *tokens*."""
    first = tokens.pop(0)
    if first != "{":
        return [first]
    depth, taken = 1, []
    while depth:
        part = tokens.pop(0)
        depth += (part == "{") - (part == "}")
        taken.append(part)
    return taken[:-1]


def fraction(over: Box, under: Box, size: float) -> Box:
    """Return *over* above *under* with a rule between."""
    width = max(over.width, under.width) + 4
    axis = -0.25 * size
    top = shifted(over, (width - over.width) / 2, axis - over.descent - 2.4)
    bottom = shifted(under, (width - under.width) / 2, axis + under.ascent + 2.4)
    rules = (*top.rules, *bottom.rules, (1.0, axis, width - 2))
    return Box(width + 2, top.glyphs + bottom.glyphs, rules, top.ascent, bottom.descent)


def root(inner: Box, size: float) -> Box:
    """Return *inner* under a square root sign."""
    sign = text_box("√", "tiro", size * 1.25)
    top = -0.86 * size
    joined = beside([shifted(sign, 0, 0.14 * size), inner, space(1.5)])
    return replace(joined, rules=(*joined.rules, (sign.width - 0.6, top, inner.width + 2.0)), ascent=0.9 * size)


def scripts(tokens: list[str], base: Box, size: float) -> Box:
    """Return *base* with the sub- and superscripts that *tokens* begins with."""
    parts: dict[str, Box] = {}
    while tokens and tokens[0] in "_^" and tokens[0] not in parts:
        sign = tokens.pop(0)
        parts[sign] = shifted(set_tokens(group(tokens), size * 0.7), 0.4, 0.2 * size if sign == "_" else -0.4 * size)
    if not parts:
        return base
    moved = [shifted(box, base.width, 0) for box in parts.values()]
    joined = beside([base, space(max(box.width for box in parts.values()) + 0.8)])
    return replace(
        joined, glyphs=joined.glyphs + tuple(g for box in moved for g in box.glyphs),
        ascent=max(base.ascent, *(box.ascent for box in moved)), descent=max(base.descent, *(box.descent for box in moved)),
    )  # fmt: skip


def math_atom(token: str, size: float) -> Box:
    """Return one letter, number or sign of a formula."""
    if token in WIDE_SIGNS:
        gap = 0.22 * size if size > 8 else 0.08 * size
        return beside([space(gap), text_box(token, "tiro", size), space(gap)])
    if token in UPRIGHT:
        return text_box(token, "tiro", size)
    return text_box(token, "tiit" if token.isalpha() else "tiro", size)


def set_tokens(tokens: list[str], size: float) -> Box:
    """Return the tokens of a formula as one box; *tokens* is used up."""
    boxes: list[Box] = []
    while tokens:
        if tokens[0] == "\\frac":
            tokens.pop(0)
            over = set_tokens(group(tokens), size)
            boxes.append(fraction(over, set_tokens(group(tokens), size), size))
        elif tokens[0] == "\\sqrt":
            tokens.pop(0)
            boxes.append(root(set_tokens(group(tokens), size), size))
        elif tokens[0] == "{":
            boxes.append(set_tokens(group(tokens), size))
        elif tokens[0].isspace():
            boxes.append(space(0.25 * size * len(tokens.pop(0))))
        else:
            boxes.append(scripts(tokens, math_atom(tokens.pop(0), size), size))
    return beside(boxes)


def formula(source: str, size: float) -> Box:
    """Return the formula *source* as one unbreakable box."""
    return set_tokens(MATH.findall(re.sub(rf" *([{WIDE_SIGNS}]) *", r"\1", source)), size)


# --- text ----------------------------------------------------------------------------------------------------------------


def styled(text: str, base: str) -> list[tuple[str, str, str]]:
    """Return `(kind, text, font)` pieces of inline markup."""
    pieces = []
    for maths, bold, italic, raised, link, plain in ATOM.findall(text):
        if maths:
            pieces.append(("math", maths, ""))
        elif link:
            pieces.append(("link", link, "cour"))
        elif raised:
            pieces.append(("raised", raised, base))
        else:
            name = "tibo" if bold else "tiit" if italic else base
            pieces.append(("text", bold or italic or plain, name))
    return pieces


def joined_words(parts: list[Box | str]) -> list[Word]:
    """Return the boxes of *parts* joined to words; `space` ends a word, `break` ends one whose successor is glued to it."""
    words: list[Word] = []
    boxes: list[Box] = []
    glued = False
    for part in parts:
        if isinstance(part, Box):
            boxes.append(part)
            continue
        if boxes:
            words.append(Word(beside(boxes), glued))
            boxes = []
        glued = part == "break"
    return words


def words_of(text: str, size: float, base: str = "tiro") -> list[Word]:
    """Return the words of marked-up *text*.

    Addresses and ranges may break inside. Compounds may not: no reader of the PDF has to guess which hyphens belong to a word.
    """
    parts: list[Box | str] = []
    for kind, content, name in styled(text, base):
        if kind == "math":
            parts.append(formula(content, size))
        elif kind == "raised":
            parts.append(text_box(content, name, size * 0.68, 0.36 * size))
        elif kind == "link":
            for part in re.findall(r"https?://|[^/]+/?|/", content):
                parts += [text_box(part, name, size * 0.86, 0.0, content), "break"]
        else:
            for part in re.findall(r"[ \n]+|[^ \n–]+–?|–", content):
                if part[0] in " \n":
                    parts.append("space")
                    continue
                parts.append(text_box(part, name, size))
                if part[-1] == "–" and len(part) > 2:
                    parts.append("break")
    return joined_words([*parts, "space"])


def demerits(natural: float, spaces: int, room: float, gap: float, *, last: bool) -> float | None:
    """Return how bad a line of *natural* width in *room* looks, or None when it cannot be set."""
    slack = room - natural
    if last and slack >= 0:
        return 0.0 if natural > 0.15 * room else 300.0
    if slack < 0:
        squeeze = -slack / max(1, spaces) / (0.28 * gap)
        return None if squeeze > 1 else 100 * squeeze**3
    stretch = slack / max(1, spaces) / (0.6 * gap)
    return float(10 + 100 * min(stretch, 40.0) ** 3)


def break_lines(words: list[Word], room: float, *, indent: float = 0.0, size: float = 10.0) -> list[tuple[int, int]]:
    """Return `(first, past last)` word of each line so that the whole paragraph is spaced most evenly."""
    gap = 0.25 * size
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * len(words)
    for end in range(1, len(words) + 1):
        natural, spaces = 0.0, 0
        for start in range(end - 1, -1, -1):
            if start + 1 < end and not words[start + 1].glued:
                natural, spaces = natural + gap, spaces + 1
            natural += words[start].box.width
            cost = demerits(natural, spaces, room - (indent if start == 0 else 0.0), gap, last=end == len(words))
            if cost is None and end - start > 1:
                break
            total = best[start][0] + (1e7 if cost is None else cost)
            if total < best[end][0]:
                best[end] = (total, start)
    lines, end = [], len(words)
    while end:
        lines.append((best[end][1], end))
        end = best[end][1]
    return lines[::-1]


def set_paragraph(words: list[Word], room: float, *, size: float, indent: float = 0.0, align: str = "justify") -> list[Line]:
    """Return *words* as lines of width *room*; *align* is `justify`, `left` or `center`."""
    gap, lines = 0.25 * size, []
    spans = break_lines(words, room, indent=indent, size=size)
    for number, (start, end) in enumerate(spans):
        left = indent if number == 0 else 0.0
        part = words[start:end]
        natural = sum(w.box.width for w in part)
        spaces = sum(not w.glued for w in part[1:])
        stretch = align == "justify" and (end < len(words) or natural + spaces * gap > room - left)
        width = (room - left - natural) / spaces if stretch and spaces else gap
        x = left + ((room - left - natural - spaces * gap) / 2 if align == "center" else 0.0)
        placed = []
        for k, word in enumerate(part):
            x += width if k and not word.glued else 0.0
            placed.append((x, word.box))
            x += word.box.width
        lines.append(Line(tuple(placed)))
    return lines
