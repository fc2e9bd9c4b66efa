"""Numbers with their units: the same in both languages, and told apart where they differ."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.language import measures
from offline_digest.language.measures import _FIRST, _MEASURE
from offline_digest.language.numerals import matches


def values(*pairs):
    """Return measures."""
    return {(Decimal(number).normalize(), unit) for number, unit in pairs}


@pytest.mark.parametrize(
    ("measure", "forms"),
    [
        (("20.3", "%"), ["20.3%", "20.3 percent", "20.3 per cent", "20.3％", "百分之二十点三"]),
        (("5", "points"), ["5 percentage points", "5个百分点", "5 百分点", "5-percentage-point"]),
        (("3", "times"), ["3x", "3×", "3 times", "3-fold", "3 fold", "3倍"]),
        (("250", "ms"), ["250 ms", "250ms", "250 milliseconds", "250毫秒", "250 毫秒"]),
        (("16", "GB"), ["16GB", "16 GB", "16 GiB", "16GB的显存", "16 gigabytes"]),
        (("12", "m"), ["12 m", "12 metres", "12 meters", "12米", "12 m by"]),
        (("382.4", "mm"), ["382.4 mm", "382.4 毫米", "382.4mm"]),
        (("7.6", "times"), ["7.6x", "7.6× faster", "7.6x speedup", "7.6 倍"]),
        (("28.6", "uW"), ["28.6 µW", "28.6 uW", "28.6微瓦", "28.6 microwatts"]),
        (("52", "nA"), ["52 nA/°C", "52nA", "52 纳安"]),
        (("3.5", "keV"), ["3.5 keV", "3.5 千电子伏"]),
        (("25", "degC"), ["25 °C", "25°C", "25℃", "25 摄氏度", "25 degrees Celsius"]),
        (("5", "V"), ["5 V", "5V", "5 伏", "5 volts"]),
        (("60", ""), ["60 seasons", "60个季节", "60", "60 Ms", "60M"]),
        (("512", ""), ["512 x", "512 × 3", "512 × H", "512×W"]),
    ],
)
def test_forms_of_one_measure_are_one(measure, forms):
    """A unit is the same however it is printed, in either language; what is no unit is none."""
    assert [form for form in forms if not values(measure) <= measures(form)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from 382.4 to 394.4 mm", [("382.4", "mm"), ("394.4", "mm")]),
        ("1, 2 and 3 ms", [("1", "ms"), ("2", "ms"), ("3", "ms")]),
        ("9%-19%", [("9", "%"), ("19", "%")]),
        ("10至20毫秒", [("10", "ms"), ("20", "ms")]),
        ("60 seasons of 120 days", [("60", ""), ("120", "days")]),
        ("512x512 pixels", [("512", "")]),
        ("12,000 h", [("12000", "h")]),
        ("", []),
    ],
)
def test_a_unit_holds_for_the_numbers_joined_to_its_own(text, found):
    """Of a range or a list all numbers have the unit of the last; a number elsewhere has its own or none."""
    assert measures(text) == values(*found)


@given(st.text(alphabet="0123 .,-\n，xsmGBé百分之十"))
def test_looking_at_digits_alone_finds_what_a_scan_finds(text):
    """The pattern is tried only where it can begin; that is a matter of speed and of nothing else."""
    found = matches(_MEASURE, text, _FIRST)
    assert [m.span() for m in found] == [m.span() for m in _MEASURE.finditer(text)]
