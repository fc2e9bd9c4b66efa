"""Section numbers as printed: arabic, roman, letters and Chinese numerals, with the words `Appendix` and `Chapter` before them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from offline_digest.reading import names
from offline_digest.reading.names import any_of

Scheme = Literal["arabic", "roman", "letter", "han", "item", "none"]
_HAN_DIGITS = "一二三四五六七八九十"
_NUMBER = re.compile(
    rf"(?P<app>(?:{any_of(names.APPENDIX, names.CHAPTERS)})\s+|§\s?)?"
    rf"(?P<num>\d{{1,2}}(?:\.\d{{1,2}}){{0,4}}|[IVX]{{1,6}}(?:(?:\.\d{{1,2}}){{1,4}}|(?=[.:\s]))|[A-Z](?:\.\d{{1,2}}){{0,4}}|[{_HAN_DIGITS}]{{1,2}}(?=[、．]))"
    r"(?P<dot>[.:)、．]?)(?P<gap>\s+(?:\|\s+)?|(?<=[.:、．])(?=[A-Z\u4e00-\u9fff])|(?<=\d)(?=[\u4e00-\u9fff]))(?P<text>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ALONE = re.compile(
    rf"(?:(?P<app>{any_of(names.APPENDIX)})\s+(?P<letter>[A-Z])|(?:{any_of(names.CHAPTERS)})\s+(?P<num>\d{{1,2}}))[.:]?$", re.IGNORECASE
)
_CHAPTER = re.compile(rf"第\s?([{_HAN_DIGITS}]{{1,3}}|\d{{1,2}})\s?[章节](?:\s*(\S.*))?$", re.DOTALL)
_ITEM = re.compile(rf"[（(]([{_HAN_DIGITS}]{{1,2}})[)）]\s*(\S.*)$", re.DOTALL)
_APPENDIX = re.compile(any_of(names.APPENDIX), re.IGNORECASE)
_ROMAN = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Number:
    """A printed section number: `path` is (3, 2) for 3.2, (2,) for II, (1,) for A and (4,) for 0.4; `worded` for `Chapter 3` and the like.

    The scheme `item` is that of （一）, below 一、.
    """

    printed: str
    path: tuple[int, ...]
    scheme: Scheme
    rest: str
    appendix: bool = False
    worded: bool = False


def parse_number(text: str) -> tuple[Number, ...]:
    """Return the readings of the section number that *text* begins with; `C` is a letter and a roman hundred, `I` both."""
    alone = _ALONE.match(text)
    if alone and alone["app"]:
        return (Number(text.rstrip(".:"), (ord(alone["letter"].upper()) - 64,), "letter", "", appendix=True, worded=True),)
    if alone:
        return (Number(alone["num"], (int(alone["num"]),), "arabic", "", worded=True),)
    if chapter := _CHAPTER.match(text):
        count = int(chapter[1]) if chapter[1].isdigit() else _han(chapter[1])
        return (Number(str(count), (count,), "arabic", chapter[2] or "", worded=True),)
    if item := _ITEM.match(text):
        return (Number(f"（{item[1]}）", (_han(item[1]),), "item", item[2]),)
    m = _NUMBER.match(text)
    if m is None or m["num"][0].islower():
        return ()
    printed, rest = m["num"], m["text"]
    worded = bool(m["app"])
    appendix = worded and bool(_APPENDIX.match(m["app"]))
    shown = f"{m['app'].strip()} {printed}" if appendix else printed
    if sum(c.isalpha() for c in rest) < 2 or m["dot"] == ")":
        return ()
    if printed[0] in _HAN_DIGITS:
        return (Number(printed, (_han(printed),), "han", rest, worded=worded),)
    head, *tail = printed.split(".")
    steps = tuple(int(t) for t in tail)
    if head.isdigit():
        path = (int(head), *steps) if int(head) > 0 else steps  # 0.1, 0.2 ...: a class with chapters, and a paper without them
        return (Number(shown, path, "arabic", rest, appendix, worded),) if path and path[0] > 0 else ()
    out: list[Number] = []
    if set(head) <= set(_ROMAN) and head.isupper() and not appendix:
        out.append(Number(shown, (_roman(head), *steps), "roman", rest))
    if len(head) == 1:
        out.append(Number(shown, (ord(head) - 64, *steps), "letter", rest, appendix, worded))
    return tuple(out)


def _han(digits: str) -> int:
    tens, _, ones = digits.rpartition("十")
    unit = _HAN_DIGITS.find(ones) + 1 if ones else 0
    return unit + (10 * (_HAN_DIGITS.find(tens) + 1 if tens else 1) if "十" in digits else 0)


def _roman(digits: str) -> int:
    values = [_ROMAN[d] for d in digits]
    return sum(-a if b > a else a for a, b in zip(values, [*values[1:], 0], strict=True))
