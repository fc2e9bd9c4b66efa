"""Authors and affiliations in the title block.

A piece of a line is a name, an address of the post or of the net, or something else. Raised marks separate names and begin affiliations;
names share one look, which keeps `Google Brain` out of them where it is set otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from offline_digest.reading.affiliations import EDGES, Place, join_affiliations
from offline_digest.reading.boxes import overlap_x, union
from offline_digest.reading.persons import (
    HAN_LETTER,
    PLACE,
    TEAM,
    breaks_off,
    ends_name,
    is_name,
    is_single,
    is_symbol,
    is_unfinished,
    split_names,
)  # fmt: skip
from offline_digest.reading.remarks import is_remark
from offline_digest.reading.spelling import ACCENTS, compose
from offline_digest.reading.values import Line, Span

_NET = re.compile(r"@|https?://|www\.|\{[^}]*\}|\bmailto\b|orcid", re.IGNORECASE)
_MAIL = re.compile(
    r"(?:\{[^}]*\}\s*|\S+)@\S+?(?=[.,;:)]*(?:\s|$))|https?://\S+|www\.\S+|\be-?mail(?: address(?:es)?|\(s\)|s)?:?|\{[^}]*\}?",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[:：]\s*(?:https?:|www\.)", re.IGNORECASE)
_SMALL_MARK = re.compile(r"[\da-z,∗*†‡§¶() ]+")
_HAN_LAST, _HAN_FIRST = re.compile(r"(?:^|[^\u4e00-\u9fff])[\u4e00-\u9fff]$"), re.compile(r"[\u4e00-\u9fff](?![\u4e00-\u9fff])")
_TEAM = re.compile(r"\b(?:team|group|project|consortium|collaboration|initiative|community|alliance)\b|团队|小组|课题组", re.IGNORECASE)
_ORDINAL = re.compile(r"st|nd|rd|th")


@dataclass(frozen=True, slots=True)
class Bylines:
    """Authors and affiliations, both in printed order."""

    authors: tuple[str, ...]
    affiliations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Text between marks, and the mark before it, if any."""

    text: str
    mark: str = ""


def parts(line: Line) -> tuple[Part, ...]:
    """Cut a line at its marks: raised letters and figures, daggers and the like."""
    out: list[Part] = []
    text, mark, fresh = "", "", ""
    right = line.box[0]
    for span in line.spans:
        bare = span.text.strip()
        logo = bare == "A" and text.endswith("L")  # of LaTeX, whose A is small and raised
        if _is_mark(span, line) and not logo and not (_ORDINAL.fullmatch(bare) and text[-1:].isdigit()):
            if text.strip(" ,"):
                out.append(Part(compose(text), mark))
                text = ""
            fresh += bare
        else:
            if fresh and bare:
                mark, fresh = fresh, ""
            text += f" {span.text}" if span.box[0] - right > 0.15 * span.size else span.text
        right = span.box[2]
    if text.strip(" ,"):
        out.append(Part(compose(text), mark))
    return tuple(Part(" ".join(p.text.split()).strip(EDGES), p.mark) for p in out if p.text.strip(EDGES))


def _is_mark(span: Span, line: Line) -> bool:
    """Whether *span* is a mark in *line*: raised, a dagger or the like, or a small figure or letter."""
    bare = span.text.strip()
    if not bare or bare in ACCENTS:
        return False
    if span.raised or is_symbol(bare):
        return True
    high = span.size < 0.9 * line.size and span.box[3] < line.box[3] - 0.15 * line.size
    return (high or span.size < 0.8 * line.size) and not re.search(r"[^\W\d_]{2}", bare) and bool(_SMALL_MARK.fullmatch(bare))


def read_bylines(pieces: Sequence[Line], *, is_whole: bool = True) -> Bylines:
    """Return authors and affiliations among the *pieces* between title and abstract.

    Where no person is named, the first line may name a team; what is not a *whole* title block, for no abstract closes it, needs a name
    that only teams and institutions have.
    """
    authors: list[str] = []
    places: list[Place] = []
    look: tuple[float, bool, bool] | None = None
    named: list[Line] = []
    open_end = False
    together = mark_before = False
    for piece in _without_gaps(_rows(pieces)):
        if _NET.search(piece.text) and not parts_without_net(piece):
            continue
        names = () if _is_place_in_grid(piece, pieces, named) else _names(piece, open_end=open_end)
        name, place = ("", "") if names or (authors and not together) else _name_and_place(piece)
        if name:
            together, look = True, (round(piece.size * 2) / 2, piece.bold, piece.italic)
            authors.append(name)
            places.append(Place(place, piece, marked=True))
            continue
        own = (round(piece.size * 2) / 2, piece.bold, piece.italic)
        team = bool(names) and all(map(TEAM.match, names))
        if names and (look is None or team or _same(own, look)):
            look = look or (None if team else own)
            named.append(piece)
            if authors and open_end and (ends_name(names[0]) or is_unfinished(authors[-1])):
                initial = "." if re.search(r"\b[^\W\d_]$", authors[-1]) else ""
                gap = "" if HAN_LETTER.match(names[0]) and re.search(r"[(（]", authors[-1]) else " "
                authors[-1] = f"{authors[-1]}{initial}{gap}{names[0]}"  # the name runs on from the line above
                names = names[1:]
            authors.extend(n for n in names if n not in authors)
            open_end = _ends_open(piece)
        elif look is not None:
            places.extend(
                Place(p.text, piece, marked=bool(p.mark) or (i == 0 and mark_before), counted=p.mark[:1].isalnum())
                for i, p in enumerate(parts_without_net(piece))
            )
        mark_before = bool(_SMALL_MARK.fullmatch(piece.text)) and len(piece.text) < 4  # a mark that a wide space sets apart
    return Bylines(tuple(authors) or _collective(pieces, is_whole=is_whole), join_affiliations(places, authors))


def _is_place_in_grid(piece: Line, pieces: Sequence[Line], named: Sequence[Line]) -> bool:
    """Whether *piece*, right below one of the *named*, stands in a row with institutions: `Hangang Systems` could be a person's name."""

    def below_name(p: Line) -> bool:
        return any(overlap_x(n.box, p.box) > 0 and -2 < p.box[1] - n.box[3] < 0.7 * p.size for n in named)

    row = [p for p in pieces if p is not piece and abs(p.box[3] - piece.box[3]) < 0.45 * piece.size]
    return below_name(piece) and any(PLACE.search(p.text) or (below_name(p) and not _could_be_name(p)) for p in row)


def _could_be_name(piece: Line) -> bool:
    """Whether *piece* could name somebody, or hold the rest of a name that the line above breaks off, or says nothing in letters."""
    return not re.search(r"[^\W\d_]{2}", piece.text) or all(is_name(n) or len(n.split()) > 1 for n in split_names(piece.text))


def _collective(pieces: Sequence[Line], *, is_whole: bool) -> tuple[str, ...]:
    """Return the first line that can be the name of a team, where no person is named; a block in which only a date follows is a whole one."""
    rows = _rows(pieces)
    is_whole = is_whole or (len(rows) > 1 and all(is_remark(row.text) for row in rows[1:]))
    for piece in rows:
        text = " ".join(p.text for p in parts_without_net(piece))
        if (
            3 < len(text) < 60
            and not re.search(r"\d", text)
            and not is_remark(text)
            and not _NET.search(piece.text)
            and text[0].isupper()
            and not text.endswith((".", ":"))
            and (is_whole or PLACE.search(text) or _TEAM.search(text))
        ):
            return (text,)
    return ()


def _ends_open(piece: Line) -> bool:
    """Whether a list of names breaks off within a name at the end of *piece*: no comma and no mark closes it."""
    last = next(s for s in reversed(piece.spans) if s.text.strip())
    return "," in piece.text and not last.raised and bool(re.search(r"\w\.?$", piece.text)) and last.size > 0.8 * piece.size


def _same(a: tuple[float, bool, bool], b: tuple[float, bool, bool]) -> bool:
    return abs(a[0] - b[0]) <= 0.5 and a[1:] == b[1:]


def _rows(pieces: Sequence[Line]) -> list[Line]:
    """Sort pieces by row, then from left to right."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda p: p.box[3]):
        if rows and abs(rows[-1][0].box[3] - piece.box[3]) < 0.45 * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [p for row in rows for p in sorted(row, key=lambda p: p.box[0])]


def parts_without_net(piece: Line) -> tuple[Part, ...]:
    """Return the parts of *piece* without e-mail and web addresses."""
    out = []
    for part in parts(piece):
        text = _MAIL.sub("", part.text)
        if text != part.text and not PLACE.search(text) and (text == text.lower() or _LABELLED.search(part.text)):
            continue  # the rest of an address with a blank where the file lost a character, or what is to be found there: `Data:`
        text = re.sub(r"\(\s*[,;]*\s*\)", "", text).strip(" ,;:()" if text.count("(") != text.count(")") else " ,;:")
        if sum(c.isalpha() for c in text) >= 2 and not (text.lower().startswith("www") or "home page" in text.lower()):
            out.append(Part(text, part.mark))
    return tuple(out)


def _name_and_place(piece: Line) -> tuple[str, str]:
    """Return the name and the institution where both stand on one line, `Ann Bee, University of Dee`; else two empty texts."""
    text = ", ".join(p.text for p in parts_without_net(piece))
    name, _, place = text.partition(",")
    fits = is_name(name) and bool(PLACE.search(place)) and not is_remark(name)
    return (name, place.strip(EDGES)) if fits else ("", "")


def _without_gaps(pieces: Sequence[Line]) -> list[Line]:
    """Join the two ideographs of a short Chinese name, set apart to be as wide as a long one."""
    out: list[Line] = []
    for piece in pieces:
        last = out[-1] if out else None
        near = last is not None and 0 < piece.box[0] - last.box[2] < 3 * piece.size and abs(piece.box[3] - last.box[3]) < 0.45 * piece.size
        if last is not None and near and _HAN_LAST.search(last.text) and _HAN_FIRST.match(piece.text):
            out[-1] = replace(last, text=last.text + piece.text, box=union((last.box, piece.box)), spans=(*last.spans, *piece.spans))
        else:
            out.append(piece)
    return out


def _names(piece: Line, *, open_end: bool = False) -> tuple[str, ...]:
    """Return the names in *piece*, or nothing when some part of it is no name.

    With *open_end* the first may be the rest of a name that the line above breaks off; the last may break off itself.
    """
    found: list[str] = []
    here = parts(piece)
    if not here or (here[0].mark and len(here) > 1 and PLACE.search(piece.text)):
        return ()
    if len(here) == 1 and here[0].mark and _begins_with_mark(piece):
        return ()
    for part in here:
        names = split_names(part.text)
        several = len(here) > 1 or len(names) > 1
        good = [n for n in names if is_name(n) or TEAM.match(n) or (several and is_single(n))]
        if names and names[0] not in good and open_end and part is here[0] and ends_name(names[0]):
            good.insert(0, names[0])
        if names and names[-1] not in good and several and part is here[-1] and breaks_off(names[-1]):
            good.append(names[-1])
        if len(good) < len(names):
            return ()
        found.extend(good)
    return tuple(found) if open_end or any(is_name(n) or TEAM.match(n) for n in found) else ()  # `Ulm, Peru` names nobody


def _begins_with_mark(piece: Line) -> bool:
    first = next((s for s in piece.spans if s.text.strip()), None)
    return first is not None and _is_mark(first, piece)
