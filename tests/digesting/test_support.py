"""Support: the page a line rests on is found in the paper, or there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.digesting.support import FEWEST, NEIGHBOUR, SAID, Support
from offline_digest.language import cjk_share
from offline_digest.records import Sentence

TEXTS = [
    "Soil moisture probes are cheap enough for small orchards.",
    "The scheduler applied 382.4 mm of water in 60 simulated seasons.",
    "A Kalman filter corrects the daily water balance with four probes.",
    "LoRA and RoBERTa were compared on GLUE.",
    "We thank the farmers of the valley for their patience.",
]


@pytest.fixture
def support():
    """Return the support of a paper with one sentence on each page."""
    return Support([Sentence(text=t, section=0, heading="", page=i + 1, position=i) for i, t in enumerate(TEXTS)])


@pytest.mark.parametrize(
    ("line", "pages"),
    [
        ("The balance of each day is corrected by a Kalman filter and probes.", (3,)),
        ("In 60 seasons, 382.4 mm of water were applied.", (2,)),
        ("Small orchards can pay for moisture probes.", (1,)),
        ("在60个模拟季节中，共施水 382.4 毫米。", (2,)),
        ("用 Kalman 滤波（filter）修正水量平衡。", (3,)),
        ("在 GLUE 上比较了 LoRA 与 RoBERTa。", (4,)),
    ],
)
def test_a_line_is_tied_to_its_page(support, line, pages):
    """An English paraphrase and a Chinese line with names or numbers are tied to the page of the sentence they say again."""
    assert support.tie(line).pages == pages
    assert support.tie(line).text == line


@pytest.mark.parametrize("line", ["Quantum gravity remains an open question.", "量子引力仍未解决。", "只提到了 LoRA 一词。", "", "！"])
def test_nothing_supports_nothing(support, line):
    """A line that no sentence says gets no page."""
    assert support.tie(line).pages == ()


@pytest.mark.parametrize(
    "line",
    [
        "The scheduler sells water to the probes of other farmers.",
        "Farmers use a balance to weigh the fruit of each day.",
        "LoRA beats GLUE on orchards.",
    ],
)
def test_shared_words_are_no_support(support, line):
    """A claim that only mentions things of the paper is tied to no page."""
    assert support.tie(line).pages == ()


def test_each_sentence_of_a_text_is_tied(support):
    """A text of several sentences names the pages of those that are supported, in order, three at most."""
    text = "Four probes correct the daily water balance. Small orchards can pay for moisture probes. Quantum gravity remains open."
    assert support.tie(text).pages == (1, 3)
    everywhere = support.tie(" ".join(reversed(TEXTS))).pages
    assert len(everywhere) == 3
    assert everywhere == tuple(sorted(everywhere))


def test_a_chinese_line_of_common_words_is_tied(support):
    """A Chinese line without names and numbers is tied by what its words are in English, and by the user's translations."""
    assert support.tie("滤波器用探头修正每日水量平衡。").pages == (3,)
    assert support.tie("滤波器用语言模型预测股票价格。").pages == ()
    line = "墒情探针对小果园来说很便宜。"
    assert support.tie(line).pages == ()
    knows = Support(support.index.sentences, glossary=(("soil moisture", "墒情"), ("probe", "探针"), ("cheap", "便宜")))
    assert knows.tie(line).pages == (1,)


def test_what_a_line_sums_up_may_stand_in_two_sentences():
    """The neighbour of a sentence in its section counts half; a sentence of another section does not."""
    texts = ("The filter rejects wrong readings of probes.", "A gate of three deviations decides, and spikes stay outside.")
    line = "The filter rejects wrong readings of probes, and spikes outside a gate of deviations, in winter, summer and autumn nights."
    for second, pages in ((0, (1,)), (1, ())):
        pair = [Sentence(text=t, section=i * second, heading="", page=1 + i * 8, position=i) for i, t in enumerate(texts)]
        assert Support(pair).tie(line).pages == pages


def test_an_empty_paper_supports_nothing():
    """Without sentences there is no page."""
    assert Support([]).tie("Rain falls.").pages == ()


def plainly_best(support, text):
    """Return page and score of the best sentence by the definition: every sentence is looked at, the first of equals wins."""
    weights = {unit: support.index.weight(unit) for unit in sorted(support.index.units(text))}
    bar = SAID["zh" if cjk_share(text) else "en"] * sum(weights.values())
    best = None
    for sentence, stems, around in zip(support.index.sentences, support.index.stems, support.index.around, strict=True):
        own = [unit for unit in weights if not stems.isdisjoint(unit)]
        near = sum(weight for unit, weight in weights.items() if unit not in own and not around.isdisjoint(unit))
        score = sum(weights[unit] for unit in own) + NEIGHBOUR * near
        enough = sum(2 if unit[0].startswith("#") else 1 for unit in own) >= FEWEST
        if enough and score >= bar and (best is None or score > best[1]):
            best = sentence.page, score
    return best


PRINTED = st.lists(st.sampled_from("probe filter water season pump valve sensor orchard 12 60 382.4 the of".split()), max_size=9).map(
    " ".join
)
SAID_AGAIN = st.one_of(
    PRINTED, st.lists(st.sampled_from("滤波 水量 季节 水泵 阀门 探头 果园 Kalman 60 的".split()), max_size=9).map("".join)
)


@given(st.lists(st.tuples(PRINTED, st.integers(0, 2)), max_size=12), SAID_AGAIN)
def test_the_index_finds_what_looking_at_every_sentence_finds(paper, line):
    """The best sentence found through the index is the one of the definition, ties included."""
    sections = sorted(section for _, section in paper)
    sentences = [
        Sentence(text=text, section=section, heading="", page=i + 1, position=i)
        for i, ((text, _), section) in enumerate(zip(paper, sections, strict=True))
    ]
    support = Support(sentences)
    found, wanted = support._best(line), plainly_best(support, line)
    assert (found is None) == (wanted is None)
    if found and wanted:
        assert found == (wanted[0], pytest.approx(wanted[1]))  # since Python 3.12 `sum` rounds otherwise than adding one by one
