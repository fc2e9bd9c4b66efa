"""Numbers by value, so that `1.2 万`, `12,000`, `12k` and `twelve thousand` are one number.

Only numbers that claim something are returned. Numbers inside names (`GPT-3`, `U2`, `3D`), list markers, ordinals, vague ones (数百,
几十) and fractions in words (三分之一) are not; the small numbers of everyday speech (`one of the`, 两种) are the caller's choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

_LETTERS = {"k": 3, "m": 6, "b": 9, "t": 12}
_WORDS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_CHINESE = {
    "百": 2,
    "千": 3,
    "万": 4,
    "萬": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "億": 8,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
_GROUP_MARK = r"[,，  \u2009\u202f]"
_METRIC = r"[克米瓦兆赫卡伏焦帕]|字节|比特"  # 千克 is a unit of its own, not a thousand of anything
_DIGITS = re.compile(
    rf"(?<![\dA-Za-z_À-ÖØ-öø-ɏ])(?<!\d\.)(?<!第)(?<!第\s)(?P<number>(?>\d{{1,3}}(?:{_GROUP_MARK}\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\w)\.\d+))"
    r"(?:(?P<letter>[kKMBT])(?![A-Za-z\d])|[\s-]?(?P<word>thousand|million|billion|trillion)\b"
    rf"|\s?(?P<chinese>万亿|[十百千][万亿]|[百千](?!{_METRIC})|[万萬亿億](?!分之)))?"
    r"(?!\s?分之)(?!(?:st|nd|rd|th)\b)"
)
_AMBIGUOUS = re.compile(r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)(?P<space>\s?)(?P<letter>[kKmMbBtT])(?![A-Za-z\d])")
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")  # 12 000, or two numbers side by side
_ANY_DIGIT = re.compile(r"\d")
_LOWER_WORD = re.compile(r"[a-z]+")
_IN_NAME = re.compile(r"(?:(?<=[A-Za-z])|(?<=[A-Za-z][-\s]))\d+(?:\.\d+)?")
_FIRST = re.compile(r"\d+|\.(?=\d)")

_NAME = re.compile(  # one with a digit in it or behind it
    r"(?<![A-Za-z0-9À-ÖØ-öø-ɏ])(?=[A-Za-z0-9À-ÖØ-öø-ɏ./+-]*[0-9])(?:[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-z0-9À-ÖØ-öø-ɏ]*(?:[-./+][A-Za-z0-9À-ÖØ-öø-ɏ]+)*|[1-4][Dd](?![A-Za-z\d]))"
)
_BY = re.compile(r"x(?<=\dx)(?=\d)")  # 256x512: two numbers
_LIST_MARKER = re.compile(r"(?m)^[^\S\n]*(?:\d{1,2}[.)）、](?!\d)|[（(]\d{1,2}[)）])|(?<=[；;。：:，,])[^\S\n]?[（(]\d{1,2}[)）]")

_DIGIT = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_D, _ALL = "零〇一二两三四五六七八九", "零〇一二两三四五六七八九十百千万亿"
_ANY_CHINESE = re.compile(f"[{_ALL}]")
_ZH_NUMBER = re.compile(
    rf"(?P<vague>[数几上好第]|(?<=[统唯之])(?=一))?(?P<percent>百分之)?"
    rf"(?P<number>(?P<year>[一二][{_D}]{{3}}(?=年))|[{_ALL}]{{1,24}})(?:点(?P<decimals>[{_D}]{{1,8}}))?(?P<after>几|分之)?"
)

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUE = {w: i for i, w in enumerate(_SMALL.split())} | {w: 10 * i for i, w in enumerate(_TENS.split(), start=2)}
_SCALE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_NUMBER_WORDS = frozenset((*_VALUE, *_SCALE, "hundred"))
_ONE = rf"(?:(?:{_TENS.replace(' ', '|')})(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|{_SMALL.replace(' ', '|')})"
_HUNDREDS = rf"(?:(?:{_ONE}|an?)[ -]hundred(?:[ -](?:and )?{_ONE})?|{_ONE})"
_EN_NUMBER = re.compile(  # for lower case
    rf"(?<![\w-])(?<!half )(?:{_HUNDREDS}|an?(?=[ -](?:{'|'.join(_SCALE)})))(?:[ -](?:{'|'.join(_SCALE)})\b(?:,? (?:and )?{_HUNDREDS})?)*"
    r"(?![a-z])(?!-(?:first|second|third|\w+th)\b)(?P<percent>[ -]per ?cent\b)?"
)


def numbers(text: str, *, written_from: int = 0, every_reading: bool = False) -> set[Decimal]:
    """Return the values of the numbers in *text*; percentages keep their figure (`85%` and 百分之八十五 are 85).

    Args:
        text: Any text in English or Chinese.
        written_from: Whole numbers written in words below this value are left out, unless they are percentages.
        every_reading: For the text that others are compared with: also what might be meant. `3 T` is then 3 and 3 trillion, and the
            numbers inside names count too (who reads `ResNet-152` may write `152 layers`).
    """
    has_digits = _ANY_DIGIT.search(text) is not None
    if has_digits:
        text = _without_markers(text)
    found = {value for value, claims in (*_chinese(text), *_english(text)) if claims or value >= written_from}
    if has_digits:
        found |= {_scaled(m) for m in matches(_DIGITS, text if every_reading else _NAME.sub(_without_digits, text))}
        found |= _other_readings(text) if every_reading else set()
    return {value.normalize() for value in found}


def number_spans(text: str) -> list[tuple[int, int, Decimal]]:
    """Return `(start, end, value)` of the numbers in digits that `numbers` returns, in order."""
    if not _ANY_DIGIT.search(text):
        return []
    found = matches(_DIGITS, _NAME.sub(_without_digits, _without_markers(text)))
    return [(m.start(), m.end(), _scaled(m).normalize()) for m in found]


def _without_markers(text: str) -> str:
    """Return *text*, as long as it was, without list markers and with the `x` of sizes as a sign."""
    return _BY.sub("×", _LIST_MARKER.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _other_readings(text: str) -> set[Decimal]:
    """Return what the numbers in digits may mean besides."""
    found = {Decimal(m[0]) for m in matches(_IN_NAME, text)}
    found |= {Decimal(part) for m in matches(_SPACED, text) for part in m[0].split()}
    for match in matches(_AMBIGUOUS, text):
        value = Decimal(match["number"])
        found.add(value.scaleb(_LETTERS[match["letter"].lower()]))
        if match["space"] or match["letter"] in "kKmtT":
            found.add(value)
    return found


def matches(pattern: re.Pattern[str], text: str, first: re.Pattern[str] = _FIRST) -> Iterator[re.Match[str]]:
    """Yield what `finditer` does for a *pattern* that begins where *first* does, trying those places alone: texts are letters for the most part.

    By default it begins with the first digit of a row, or with the point before it.
    """
    end = 0
    for place in first.finditer(text):
        found = pattern.match(text, place.start()) if place.start() >= end else None
        if found:
            end = found.end()
            yield found


def _without_digits(name: re.Match[str]) -> str:
    """Return a name as it is, or a stand-in as long as it where it carries digits."""
    return "X".ljust(len(name[0])) if any(c.isdigit() for c in name[0]) else name[0]


def _scaled(match: re.Match[str]) -> Decimal:
    """Return the value of a number in digits with its unit."""
    value = Decimal(re.sub(_GROUP_MARK, "", match["number"]))
    power = _LETTERS.get((match["letter"] or "").lower()) or _WORDS.get(match["word"] or "") or _CHINESE.get(match["chinese"] or "")
    return value.scaleb(power or 0)


def _chinese(text: str) -> Iterator[tuple[Decimal, bool]]:
    """Yield value and whether it surely claims something for the numbers in Chinese characters; what is only a word is passed over."""
    for match in _ZH_NUMBER.finditer(text) if not text.isascii() and _ANY_CHINESE.search(text) else ():
        number, decimals = match["number"], match["decimals"]
        if match["vague"] is not None or match["after"]:
            continue
        if match["year"]:
            yield Decimal("".join(str(_DIGIT[c]) for c in number)), True
        elif match["percent"] or (decimals and number != "两"):
            yield _with_decimals(number, decimals), True
        elif number[0] not in "百千万亿" and any(c in "十百千万亿" for c in number):
            yield Decimal(_whole(number)), False


def _with_decimals(number: str, decimals: str | None) -> Decimal:
    """Return the value of a number and the digits behind its 点."""
    return Decimal(f"{_whole(number)}.{''.join(str(_DIGIT[c]) for c in decimals or '零')}")


def _whole(text: str) -> int:
    """Return the value of a whole number in Chinese characters; a last digit without 零 counts the next smaller unit (三千五)."""
    for mark, value in (("亿", 10**8), ("万", 10**4)):
        high, found, low = text.rpartition(mark)
        if found:
            tail = _DIGIT[low] * value // 10 if len(low) == 1 and low in _DIGIT else _whole(low) if low else 0
            return (_whole(high) if high else 1) * value + tail
    total = digit = 0
    unit = 10
    for c in text:
        if c in _UNIT:
            unit = _UNIT[c]
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = _DIGIT[c]
            unit = unit if digit else 10
    return total + digit * unit // 10


def _english(text: str) -> Iterator[tuple[Decimal, bool]]:
    """Yield value and whether it surely claims something for the numbers in English words."""
    lower = text.lower()
    if _NUMBER_WORDS.isdisjoint(_LOWER_WORD.findall(lower)):  # twice as quick as looking for one, and most sentences have none
        return
    for match in _EN_NUMBER.finditer(lower):
        total = part = 0
        for word in _LOWER_WORD.findall(match[0]):
            if word == "hundred":
                part = (part or 1) * 100
            elif word in _SCALE:
                total += (part or 1) * _SCALE[word]
                part = 0
            else:
                part += _VALUE.get(word, 0)
        yield Decimal(total + part), match["percent"] is not None
