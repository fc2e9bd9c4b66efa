"""Authors and affiliations in the title block.

A piece of a line is a name, an address of the post or of the net, or something else. Raised marks separate names and begin affiliations;
names share one look, which keeps `Google Brain` out of them where it is set otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from offline_digest.reading.boxes import overlap_x, union
from offline_digest.reading.spelling import ACCENTS, compose
from offline_digest.reading.values import Line, Span

_SYMBOLS = "∗*†‡§¶□⋄⋆★♠♣♥♦♢♡⊕⊗◦•⇤⇑♮♯♭∥‖#✉✝✩"
PLACE = re.compile(
    r"\b(universi|institut|depart|dept\b|laborator|labs?\b|school|college|facult|cent(?:er|re)\b|research|academy|hospital|inc\b|ltd\b|corp"
    r"|gmbh|foundation|ministry|observator|division|clinic|polytech|ecole|école|eth\b|epfl|mit\b|cnrs|inria|csail|campus|company|group\b|museum|trust\b|agency|council\b|society|association|commission|committee|bureau|office\b"
    r"|technolog|sciences?\b|engineering|google|microsoft|facebook|meta ai|amazon|apple\b|ibm\b|nvidia|openai|deepmind|huawei|tencent|alibaba"
    r"|baidu|samsung|intel\b|adobe|salesforce|bytedance|\bai$|dipartimento|fakult|univ\b|uc \w+|carnegie mellon|johns hopkins"
    r"|georgia tech|caltech|virginia tech|max.planck|leuven|tu \w+|street|avenue|road|box\b|usa\b|china\b|germany"
    r"|france\b|italy\b|japan\b|canada\b|spain\b|india\b|uk\b|u\.s\.a|kingdom|switzerland|netherlands|australia|korea\b|israel\b|brazil\b)|大学|学院|研究[所院室]|实验室|中心|公司|医院",
    re.IGNORECASE,
)
_NET = re.compile(r"@|https?://|www\.|\{[^}]*\}|\bmailto\b|orcid", re.IGNORECASE)
_NOISE = re.compile(
    r"[∗*†‡✉\s(]*(?:dated|received|accepted|published|submitted|revised|draft|preprint|under review|anonymous|correspond|equal contribution"
    r"|work done|contributing authors?|this (?:manuscript|preprint|version|draft)\b|(?:a )?(?:\w+ )?(?:thesis|dissertation)\b"
    r"|website|web ?page|project|code|version|copyright|©|\d{1,2}\.? \w+\.? \d{4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d)",
    re.IGNORECASE,
)
_PARTICLES = frozenset("de da del della dos du di van von der den ter ten la le los el al bin ibn y e zu zur af av st".split())
_TITLES = re.compile(
    r",?\s*\b(?:(?:(?:graduate )?student |senior |life |associate )*(?:member|fellow),? (?:IEEE|ACM|OSA|SIAM|SPIE|IET|AIAA|ASME|APS)|"
    r"Ph\.?D\.?|M\.?D\.?|M\.?Sc\.?|B\.?Sc\.?|MPH|Prof\.|Dr\.)"
    r"(?=\W|$)",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"\{[^}]*\}\s*@\S+|\S+@\S+|https?://\S+|www\.\S+|\be-?mail(?: address(?:es)?|\(s\)|s)?:?|\{[^}]*\}?",
    re.IGNORECASE,
)
_SMALL_MARK = re.compile(r"[\da-z,∗*†‡§¶() ]+")
_SPLIT = re.compile(r"\s*(?:,|;|，|、|；|·|•|\||&|\band\b|\bAND\b|\bwith\b)\s*")
_NAME_WORD = re.compile(r"(?:[dl]['’])?[^\W\d_][\w'’`.\-‐]*$")
_BY = re.compile(r"^(?:by|von|par|por)\s+(?=[^\W\d_]{2})", re.IGNORECASE)
_HAN_SHORT = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]) +([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
_HAN_LAST, _HAN_FIRST = re.compile(r"(?:^|[^\u4e00-\u9fff])[\u4e00-\u9fff]$"), re.compile(r"[\u4e00-\u9fff](?![\u4e00-\u9fff])")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff·]{5,12}")
_EDGES = " ,;，；、（）"
_NO_PERSON = re.compile(r"\b(?:report|journal|proceedings|thesis|dissertation|workshop|conference|paper|article|editor)\b", re.IGNORECASE)
_LISTED = re.compile(r"[;；]\s*(?=\(?\d{1,2}[.)、]?\s*[^\W\d])")
_ITEM = re.compile(r"\(?\d{1,2}[.)]\s*")


@dataclass(frozen=True, slots=True)
class Bylines:
    """Authors and affiliations, both in printed order."""

    authors: tuple[str, ...]
    affiliations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Text between raised marks; `marked` tells that a mark stands before it."""

    text: str
    marked: bool


def parts(line: Line) -> tuple[Part, ...]:
    """Cut a line at its marks: raised letters and figures, daggers and the like."""
    out: list[Part] = []
    text, marked, fresh = "", False, False
    for span in line.spans:
        bare = span.text.strip()
        is_mark = _is_mark(span, line)
        if is_mark:
            if text.strip(" ,"):
                out.append(Part(compose(text), marked))
                text = ""
            fresh = True
            continue
        if fresh and bare:
            marked, fresh = True, False
        text += span.text
    if text.strip(" ,"):
        out.append(Part(compose(text), marked))
    return tuple(Part(" ".join(p.text.split()).strip(_EDGES), p.marked) for p in out if p.text.strip(_EDGES))


def _is_mark(span: Span, line: Line) -> bool:
    """Whether *span* is a mark in *line*: raised, a dagger or the like, or a small figure or letter."""
    bare = span.text.strip()
    if not bare or bare in ACCENTS:
        return False
    if span.raised or all(c in _SYMBOLS for c in bare):
        return True
    high = span.size < 0.9 * line.size and span.box[3] < line.box[3] - 0.15 * line.size
    return (high or span.size < 0.8 * line.size) and not re.search(r"[^\W\d_]{2}", bare) and bool(_SMALL_MARK.fullmatch(bare))


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a list such as `Ann Bee, Cy Dee and Eve Fox`."""
    text = _HAN_SHORT.sub(r"\1\2", re.sub(r"(?<=[^\W\d_]{2})\d+(?:,\d+)*(?!\w)", "", _BY.sub("", text)))
    clean = _TITLES.sub("", text.translate({ord(c): ", " for c in _SYMBOLS if c not in "•*#"}))
    names = (n.strip() if re.search(r"\b(?:Jr|Sr)\.$", n) else n.strip(" .,*∗()") for n in _SPLIT.split(clean))
    return tuple(n for n in names if n.strip("() "))


def is_name(text: str) -> bool:
    """Whether *text* can be the name of one person."""
    if _HAN_NAME.fullmatch(text):
        return not PLACE.search(text)
    words = text.split()
    if not 2 <= len(words) <= 6 or PLACE.search(text) or re.search(r"\d", text):
        return False
    good = sum(_is_name_word(w) for w in words)
    return good >= 2 and all(_is_name_word(w) or w.lower() in _PARTICLES or "-" in w for w in words)


def _is_name_word(word: str) -> bool:
    return bool(_NAME_WORD.match(word)) and (not word[0].islower() or word[1:2] in {"'", "’"})


def read_bylines(pieces: Sequence[Line]) -> Bylines:
    """Return authors and affiliations among the *pieces* between title and abstract."""
    authors: list[str] = []
    places: list[tuple[str, Line, bool]] = []
    look: tuple[float, bool, bool] | None = None
    open_end = False
    together = mark_before = False
    for piece in _without_gaps(_rows(pieces)):
        if _NET.search(piece.text) and not parts_without_net(piece):
            continue
        names = _names(piece, open_end=open_end)
        name, place = ("", "") if names or (authors and not together) else _name_and_place(piece)
        if name:
            together, look = True, (round(piece.size * 2) / 2, piece.bold, piece.italic)
            authors.append(name)
            places.append((place, piece, True))
            continue
        own = (round(piece.size * 2) / 2, piece.bold, piece.italic)
        if names and (look is None or _same(own, look)):
            look = look or own
            if open_end and _ends_name(names[0]) and authors:
                initial = "." if re.search(r"\b[^\W\d_]$", authors[-1]) else ""
                authors[-1] = f"{authors[-1]}{initial} {names[0]}"  # the name runs on from the line above
                names = names[1:]
            authors.extend(n for n in names if n not in authors)
            open_end = _ends_open(piece)
        elif look is not None and not _NOISE.match(piece.text):
            places.extend((p.text, piece, p.marked or (i == 0 and mark_before)) for i, p in enumerate(parts_without_net(piece)))
        mark_before = bool(_SMALL_MARK.fullmatch(piece.text)) and len(piece.text) < 4  # a mark that a wide space sets apart
    return Bylines(tuple(authors) or _collective(pieces), _affiliations(places))


def _collective(pieces: Sequence[Line]) -> tuple[str, ...]:
    """Return the first line that can be the name of a team, where no person is named."""
    for piece in _rows(pieces):
        text = " ".join(p.text for p in parts_without_net(piece))
        if (
            3 < len(text) < 60
            and not re.search(r"\d", text)
            and not _NOISE.match(text)
            and not _NET.search(piece.text)
            and text[0].isupper()
            and not text.endswith(".")
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
        if text != part.text and not PLACE.search(text) and text == text.lower():
            continue  # the rest of an address with a blank where the file lost a character
        text = re.sub(r"\(\s*[,;]*\s*\)", "", text).strip(" ,;:()" if text.count("(") != text.count(")") else " ,;:")
        if sum(c.isalpha() for c in text) >= 2 and not (text.lower().startswith("www") or "home page" in text.lower()):
            out.append(Part(text, part.marked))
    return tuple(out)


def _name_and_place(piece: Line) -> tuple[str, str]:
    """Return the name and the institution where both stand on one line, `Ann Bee, University of Dee`; else two empty texts."""
    text = ", ".join(p.text for p in parts_without_net(piece))
    name, _, place = text.partition(",")
    fits = is_name(name) and not _NO_PERSON.search(name) and bool(PLACE.search(place)) and not _NOISE.match(name)
    return (name, place.strip(_EDGES)) if fits else ("", "")


def _without_gaps(pieces: Sequence[Line]) -> list[Line]:
    """Join the two ideographs of a short Chinese name, set apart to be as wide as a long one."""
    out: list[Line] = []
    for piece in pieces:
        last = out[-1] if out else None
        near = last is not None and 0 < piece.box[0] - last.box[2] < 3 * piece.size and abs(piece.box[3] - last.box[3]) < 2
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
    if not here or (here[0].marked and len(here) > 1 and PLACE.search(piece.text)):
        return ()
    if len(here) == 1 and here[0].marked and _begins_with_mark(piece):
        return ()
    for part in here:
        names = split_names(part.text)
        several = len(here) > 1 or len(names) > 1
        good = [n for n in names if is_name(n) or (several and _single(n))]
        if names and names[0] not in good and open_end and part is here[0] and _ends_name(names[0]):
            good.insert(0, names[0])
        if names and names[-1] not in good and several and part is here[-1] and _breaks_off(names[-1]):
            good.append(names[-1])
        if len(good) < len(names):
            return ()
        found.extend(good)
    return tuple(found)


def _breaks_off(text: str) -> bool:
    """Whether *text* can be the beginning of a name: `Juan de la`, or `Li`."""
    first, *rest = text.split()
    return _is_name_word(first) and first[:1].isupper() and all(w.lower() in _PARTICLES for w in rest)


def _ends_name(text: str) -> bool:
    """Whether *text* can be the end of a name that the line above begins: `Bee`, `Li`, or `van der Berg`."""
    *particles, last = text.split()
    return all(w.lower() in _PARTICLES for w in particles) and _is_name_word(last) and not PLACE.search(text)


def _begins_with_mark(piece: Line) -> bool:
    first = next((s for s in piece.spans if s.text.strip()), None)
    return first is not None and (first.raised or all(c in _SYMBOLS for c in first.text.strip()))


def _single(text: str) -> bool:
    return _is_name_word(text) and len(text) > 2 and not PLACE.search(text) and not text.isupper()


def _affiliations(places: Iterable[tuple[str, Line, bool]]) -> tuple[str, ...]:
    """Join lines that continue an affiliation, drop repetitions."""
    found: list[tuple[str, Line]] = []
    for text, line, marked in ((t, li, m or i > 0) for whole, li, m in places for i, t in enumerate(_LISTED.split(whole))):
        above = next((i for i in range(len(found) - 1, -1, -1) if _continues(found[i][1], line)), None)
        if above is not None and not marked:
            old = found[above][0]
            found[above] = (f"{old} {text}" if line.text and old.endswith((",", "-")) else f"{old}, {text}", line)
        else:
            found.append((text, line))
    out: dict[str, str] = {}
    for text, _ in found:
        text = _ITEM.sub("", text, count=1) if _ITEM.match(text) else text
        out.setdefault(re.sub(r"\W+", "", text).lower(), text.strip(f"{_EDGES}."))
    return tuple(t for t in out.values() if len(t) > 2)


def _continues(above: Line, below: Line) -> bool:
    gap = below.box[1] - above.box[3]
    return -0.3 * below.size < gap < 0.7 * below.size and overlap_x(above.box, below.box) > 0.3 * min(above.width, below.width)
