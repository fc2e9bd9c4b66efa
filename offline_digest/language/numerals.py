"""Numbers by value, so that `1.2 万`, `12,000`, `12k` and `twelve thousand` are one number.

Only numbers that claim something are returned: list markers, ordinals, years of no consequence and the small numbers that are words
of everyday speech (`one`, `two`, 一, 两) are left to the caller, who knows whether they matter.
"""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {
    "k": 3, "thousand": 3, "m": 6, "million": 6, "mn": 6, "b": 9, "bn": 9, "billion": 9, "t": 12, "trillion": 12,
    "十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8, "万亿": 12, "百万": 6, "千万": 7, "十万": 5, "十亿": 9, "百亿": 10, "千亿": 11,
}  # fmt: skip
_DIGITS = re.compile(
    r"(?<![\w.])(?P<percent_zh>百分之)?(?P<number>\d{1,3}(?:[,，\u2009\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<short>[kKmMbBT])(?![A-Za-z\d])|[\s-]?(?P<word>thousand|million|billion|trillion)\b"
    r"|\s?(?P<zh>万亿|百万|千万|十万|十亿|百亿|千亿|[百千万萬亿億](?!分)))?"
    r"(?P<percent>\s?[%％]|\s?per\s?cent\b|\s?percent\b)?(?P<ordinal>st\b|nd\b|rd\b|th\b)?",
    re.IGNORECASE,
)
_ZH_DIGIT = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ZH_UNIT = {"十": 10, "百": 100, "千": 1000}
_ZH_NUMBER = re.compile(
    r"(?P<percent>百分之)?(?P<number>[零〇一二两三四五六七八九十百千]*[十百千万亿][零〇一二两三四五六七八九十百千万亿]*)(?P<times>分之)?"
)
_EN_SMALL = {
    w: i
    for i, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_EN_TENS = {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_EN_SCALE = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_EN_WORDS = "|".join([*_EN_SMALL, *_EN_TENS, *_EN_SCALE])
_EN_NUMBER = re.compile(rf"(?<!\w)(?:{_EN_WORDS})(?:(?:[\s-]+|\s+and\s+)(?:{_EN_WORDS}))*(?!\w)", re.IGNORECASE)
_LIST_MARKER = re.compile(r"(?m)^\s*[（(]?\d{1,2}[.)）、]\s")
_GLUED = re.compile(r"(?<=[A-Za-z])-?\d+(?:\.\d+)?|\d+(?:\.\d+)?(?=[DdFf]?-[A-Za-z])")


def numbers(text: str, *, written_from: int = 0) -> set[Decimal]:
    """Return the values of the numbers in *text*; percentages keep their figure (`85%` and 百分之八十五 are 85).

    Numbers glued to letters (`GPT-3`, `U2`) are parts of names and not returned; ordinals and list markers neither.

    Args:
        text: Any text in English or Chinese.
        written_from: Written-out numbers below this value are left out (`one of the`, 一种 claim nothing).
    """
    text = _LIST_MARKER.sub(" ", text)
    found = {_scaled(m) for m in _DIGITS.finditer(text) if not m["ordinal"]}
    found |= {v for v in (_chinese(m["number"]) for m in _ZH_NUMBER.finditer(text)) if v is not None and v >= written_from}
    found |= {v for v in (_english(m[0]) for m in _EN_NUMBER.finditer(text)) if v >= written_from}
    return found


def _scaled(match: re.Match[str]) -> Decimal:
    """Return the value of a number in digits with its unit."""
    value = Decimal(re.sub(r"[,，\u2009\u202f]", "", match["number"]))
    unit = match["short"] or match["word"] or match["zh"]
    if unit:
        value = value.scaleb(_UNITS[unit.lower()])
    return value.normalize()


def _chinese(text: str) -> Decimal | None:
    """Return the value of a number in Chinese characters, None where it is only a word (千万 alone, 万一)."""
    if not any(c in _ZH_DIGIT for c in text) and text[0] != "十":
        return None
    total = section = digit = 0
    for c in text:
        if c in _ZH_DIGIT:
            digit = _ZH_DIGIT[c]
        elif c in _ZH_UNIT:
            section += (digit or 1) * _ZH_UNIT[c]
            digit = 0
        else:
            total = (total + section + digit) * (10**4 if c == "万" else 10**8)
            section = digit = 0
    return Decimal(total + section + digit).normalize()


def _english(text: str) -> Decimal:
    """Return the value of a number in English words."""
    total = part = 0
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _EN_SMALL:
            part += _EN_SMALL[word]
        elif word in _EN_TENS:
            part += _EN_TENS[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _EN_SCALE:
            total += (part or 1) * _EN_SCALE[word]
            part = 0
    return Decimal(total + part).normalize()
