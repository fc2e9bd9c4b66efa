"""Numbers with their units, so that `16 GB` and `16 ms` are not one claim.

Only units that change what a number says are told apart; each has one name, whichever language or form it is printed in.
"""

from __future__ import annotations

import re
from decimal import Decimal

from offline_digest.language.numerals import matches, numbers

_NAMES = {
    "%": r"%|％|per ?cent(?![A-Za-z])",
    "points": r"percentage[ -]points?(?![A-Za-z])|(?:个)?百分点",
    "times": r"(?<=\d)[xX×](?!\s?(?:\d|[A-Za-z](?![a-z]{2})))|times(?![A-Za-z])|[ -]?fold(?![A-Za-z])|倍",
    "ns": r"ns(?![A-Za-z])|nanoseconds?(?![A-Za-z])|纳秒",
    "us": r"[uµμ]s(?![A-Za-z])|microseconds?(?![A-Za-z])|微秒",
    "ms": r"ms(?![A-Za-z])|milliseconds?(?![A-Za-z])|毫秒",
    "s": r"s(?![A-Za-z])|secs?(?![A-Za-z])|seconds?(?![A-Za-z])|秒",
    "min": r"min(?![A-Za-z])|minutes?(?![A-Za-z])|分钟",
    "h": r"h(?![A-Za-z])|hrs?(?![A-Za-z])|hours?(?![A-Za-z])|(?:个)?小时",
    "days": r"days?(?![A-Za-z])|天",
    "weeks": r"weeks?(?![A-Za-z])|(?:个)?(?:星期|周)(?![期长率线角边])",
    "months": r"months?(?![A-Za-z])|个月",
    "years": r"years?(?![A-Za-z])",
    "B": r"bytes?(?![A-Za-z])|字节",
    "kB": r"[kK]i?B(?![A-Za-z])|kilobytes?(?![A-Za-z])|千字节",
    "MB": r"Mi?B(?![A-Za-z])|megabytes?(?![A-Za-z])|兆字节",
    "GB": r"Gi?B(?![A-Za-z])|gigabytes?(?![A-Za-z])|吉字节|千兆字节",
    "TB": r"Ti?B(?![A-Za-z])|terabytes?(?![A-Za-z])|太字节",
    "bit": r"bits?(?![A-Za-z])|比特",
    "nm": r"nm(?![A-Za-z])|nanomet(?:er|re)s?(?![A-Za-z])|纳米",
    "um": r"[uµμ]m(?![A-Za-z])|micromet(?:er|re)s?(?![A-Za-z])|microns?(?![A-Za-z])|微米",
    "mm": r"mm(?![A-Za-z])|millimet(?:er|re)s?(?![A-Za-z])|毫米",
    "cm": r"cm(?![A-Za-z])|centimet(?:er|re)s?(?![A-Za-z])|厘米",
    "m": r"m(?![A-Za-z])|met(?:er|re)s?(?![A-Za-z])|米",
    "km": r"km(?![A-Za-z])|kilomet(?:er|re)s?(?![A-Za-z])|千米|公里",
    "mg": r"mg(?![A-Za-z])|milligrams?(?![A-Za-z])|毫克",
    "g": r"g(?![A-Za-z])|grams?(?![A-Za-z])|克(?!隆|服|拉)",
    "kg": r"kg(?![A-Za-z])|kilograms?(?![A-Za-z])|千克|公斤",
    "Hz": r"Hz(?![A-Za-z])|hertz(?![A-Za-z])|赫兹",
    "kHz": r"kHz(?![A-Za-z])|千赫",
    "MHz": r"MHz(?![A-Za-z])|兆赫",
    "GHz": r"GHz(?![A-Za-z])|吉赫",
    "V": r"V(?![A-Za-z])|volts?(?![A-Za-z])|伏(?:特)?(?![安击笔])",
    "mV": r"mV(?![A-Za-z])|millivolts?(?![A-Za-z])|毫伏",
    "kV": r"kV(?![A-Za-z])|kilovolts?(?![A-Za-z])|千伏",
    "W": r"W(?![A-Za-z])|watts?(?![A-Za-z])|瓦(?:特)?(?![时尔解片])",
    "uW": r"[uµμ]W(?![A-Za-z])|microwatts?(?![A-Za-z])|微瓦",
    "mW": r"mW(?![A-Za-z])|milliwatts?(?![A-Za-z])|毫瓦",
    "kW": r"kW(?![A-Za-z])|kilowatts?(?![A-Za-z])|千瓦(?!时)",
    "MW": r"MW(?![A-Za-z])|megawatts?(?![A-Za-z])|兆瓦",
    "nA": r"nA(?![A-Za-z])|nanoamp(?:ere)?s?(?![A-Za-z])|纳安",
    "uA": r"[uµμ]A(?![A-Za-z])|microamp(?:ere)?s?(?![A-Za-z])|微安",
    "mA": r"mA(?![A-Za-z])|milliamp(?:ere)?s?(?![A-Za-z])|毫安(?!时)",
    "eV": r"eV(?![A-Za-z])|electron ?volts?(?![A-Za-z])|电子伏",
    "meV": r"meV(?![A-Za-z])|毫电子伏",
    "keV": r"keV(?![A-Za-z])|千电子伏",
    "MeV": r"MeV(?![A-Za-z])|兆电子伏",
    "GeV": r"GeV(?![A-Za-z])|吉电子伏",
    "TeV": r"TeV(?![A-Za-z])|太电子伏",
    "degC": r"°\s?C(?![A-Za-z])|℃|degrees? Celsius(?![A-Za-z])|摄氏度",
    "kJ": r"kJ(?![A-Za-z])|千焦",
    "MJ": r"MJ(?![A-Za-z])|兆焦",
    "kPa": r"kPa(?![A-Za-z])|千帕",
    "MPa": r"MPa(?![A-Za-z])|兆帕",
    "GPa": r"GPa(?![A-Za-z])|吉帕",
    "dB": r"dB(?![A-Za-z])|分贝",
    "fps": r"fps(?![A-Za-z])|frames per second|帧每秒|帧/秒",
}
_SCALES = (  # of one dimension, in which a slip changes a number by its order
    ("%", "points", "times"),
    ("ns", "us", "ms", "s", "min", "h", "days", "weeks", "months", "years"),
    ("B", "kB", "MB", "GB", "TB", "bit"),
    ("nm", "um", "mm", "cm", "m", "km"),
    ("mg", "g", "kg"),
    ("Hz", "kHz", "MHz", "GHz"),
    ("mV", "V", "kV"),
    ("uW", "mW", "W", "kW", "MW"),
    ("nA", "uA", "mA"),
    ("meV", "eV", "keV", "MeV", "GeV", "TeV"),
    ("kJ", "MJ"),
    ("kPa", "MPa", "GPa"),
)
SCALE_OF = {unit: frozenset(scale) for scale in _SCALES for unit in scale}
"""Unit → the units of its dimension."""
_UNITS = "|".join(f"(?P<u{i}>{pattern})" for i, pattern in enumerate(_NAMES.values()))
_UNIT_OF = {f"u{i}": name for i, name in enumerate(_NAMES)}
# A unit that is written as a letter needs the number right before it: `3 s` is seconds, `3 is` is not.
_MEASURE = re.compile(
    rf"(?<![A-Za-z\d.,])(?P<number>\d{{1,3}}(?:[,，]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:[\s-]?(?:{_UNITS}))?"
    rf"|百分之(?P<written>[零〇一二两三四五六七八九十百千点\d.]+)"
)
_FIRST = re.compile(r"\d+|\.(?=\d)|百分之")
_JOINT = re.compile(r"\s*(?:to|and|or|against|versus|vs\.?|through|by|[,，、–—~±×-]|(?:,\s?(?:and|or))|和|与|到|至|或|对)\s*")


def measures(text: str) -> set[tuple[Decimal, str]]:
    """Return the numbers in digits (and 百分之…) of *text* with the names of their units, `""` for none.

    Of `2 to 3 ms` both are milliseconds.
    """
    found: set[tuple[Decimal, str]] = set()
    after, unit_after = 0, ""
    for match in reversed(list(matches(_MEASURE, text, _FIRST))):
        if match["written"]:
            found |= {(value, "%") for value in numbers(match[0])}
            after, unit_after = match.start(), "%"
            continue
        value = Decimal(re.sub("[,，]", "", match["number"])).normalize()
        unit = _UNIT_OF.get(match.lastgroup or "", "")
        if not unit and _JOINT.fullmatch(text, match.end(), after):
            unit = unit_after
        found.add((value, unit))
        after, unit_after = match.start(), unit
    return found
