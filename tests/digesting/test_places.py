"""Places: a number of the paper stands beside the words that the paper has beside it."""

import pytest

from offline_digest.digesting.index import Index
from offline_digest.digesting.places import Places
from offline_digest.records import Sentence

TEXTS = (
    "Frost damages the buds of apple trees in April when cold air settles in the valley.",
    "Twelve stations measured the air temperature of the orchard every 15 minutes during 38 nights.",
    "The wireless network lost 2.7 percent of its packets while batteries lasted 140 days.",
    "Candles warmed the lower branches by 3.4 degrees, while the fans warmed the upper branches by 1.9 degrees.",
    "A neural forecaster was trained on 5200 labelled nights and tested on 610 nights of another valley.",
    "It missed 23 frosts of the tested nights, whereas the rule of thumb missed 71 frosts.",
    "Fuel consumption fell from 96 litres to 41 litres per hectare after the forecaster replaced the rule.",
    "The yield of the orchard was high with pump and valve alike (66 against 54 tonnes with the pump and the valve).",
    "Growers paid for sensors and radios from the revenue of one harvest.",
)


@pytest.fixture(scope="module")
def places():
    """Return the places of a paper in one section."""
    return Places(Index([Sentence(text=t, section=0, heading="", page=1, position=i) for i, t in enumerate(TEXTS)]))


@pytest.mark.parametrize(
    "line",
    [
        "The stations measured the orchard's temperature every 15 minutes, 38 nights long.",
        "Candles warm the lower branches by 3.4 degrees and fans the upper branches by 1.9 degrees.",
        "Fans warmed the upper branches by 1.9 degrees, candles the lower ones by 3.4 degrees.",
        "The forecaster was trained on 5,200 labelled nights and tested on 610 nights.",
        "The forecaster missed 23 frosts, and the rule of thumb missed 71 frosts.",
        "Fuel fell from 96 to 41 litres per hectare.",
        "Between 38 and 140 of them were used.",
        "The measured decrease of temperature is 9999 degrees.",  # not printed: another check's
        "The paper has 3 sections on stations and candles.",  # what the writer may have counted
        "无线网络丢失 2.7% 的数据包，电池可用 140 天。",
        "预测模型用 5200 个标注的夜晚训练，在另一山谷的 610 个夜晚上测试。",
        "模型漏报 23 次，而经验规则漏报 71 次。",
        "燃料消耗从 96 升降到 41 升。",
        "网络丢失 2.7% 的数据包。电池可用 140 天。",
        "下部树枝升温 3.4 度，上部树枝升温 1.9 度。",
        "The pump tripled the yield: 66 tonnes, against 54 tonnes with the valve.",
        "The valve gave a yield of 54 tonnes, while the pump gave 66.",  # side by side in the paper, where nearness tells nothing
    ],
)
def test_numbers_in_their_place_pass(places, line):
    """What the paper says, in other words, another order or another language, raises no alarm."""
    assert places.misplaced(line) == ()


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("Growers paid for sensors and radios from the revenue of 38 harvests.", ("38",)),
        ("The wireless network lost 71 percent of its packets while batteries lasted 140 days.", ("71",)),
        ("Frost damages the buds of 610 apple trees in April when cold air settles.", ("610",)),
        ("Candles warmed the lower branches by 1.9 degrees, while the fans warmed the upper branches by 3.4 degrees.", ("1.9 / 3.4",)),
        ("The forecaster was trained on 610 labelled nights and tested on 5200 nights of another valley.", ("610 / 5200",)),
        ("Fuel consumption rose from 41 litres to 96 litres per hectare.", ("41 / 96",)),
        ("燃料消耗从 41 升升至 96 升。", ("41 / 96",)),
        ("测站每 15 分钟测量一次果园的空气温度，共测量 5200 个夜晚。", ("5200",)),
        ("无线网络丢失 140% 的数据包，电池可用 2.7 天。", ("140 / 2.7",)),
        ("底部 Candles 1.9 度、fans 3.4 度。", ("1.9 / 3.4",)),
    ],
)
def test_misplaced_numbers_fall(places, line, faults):
    """Numbers of the paper beside other words than there, exchanged or turned round are faults."""
    assert places.misplaced(line) == faults


def test_powers_are_no_places_of_their_base(places):
    """Of `10^15` neither number is looked for alone."""
    assert places.misplaced("Growers paid for sensors and radios with 10^15 and 38^-140 from the revenue of the harvest.") == ()


def test_nothing_printed_nothing_misplaced():
    """Without sentences, and beside words that the paper does not print, nothing is told."""
    assert Places(Index([])).misplaced("It took 38 nights.") == ()
