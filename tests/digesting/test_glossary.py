"""The user's translations: found where their terms occur, missed where a text keeps the term."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.digesting.checks import failures
from offline_digest.digesting.glossary import MOST, pairs_within, untranslated, worded
from offline_digest.digesting.source import Source

PAIRS = (("diffusion model", "扩散模型"), ("model", "模型"), ("probe", "探头"), ("Gaussian splatting", "高斯泼溅"), ("LLM", "大语言模型"))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("A diffusion model is trained.", ["diffusion model", "model"]),
        ("Diffusion-Models of probes", ["diffusion model", "model", "probe"]),
        ("Modelling and probing.", []),
        ("gaussian  splatting with llms", ["Gaussian splatting", "LLM"]),
        ("", []),
    ],
)
def test_terms_are_found_as_whole_words(text, terms):
    """Case, plural, hyphens and spaces do not matter; parts of words do not count; the user's order is kept."""
    assert [term for term, _ in pairs_within(PAIRS, text)] == terms


def test_a_question_is_not_drowned():
    """Of many terms the most frequent are taken."""
    pairs = tuple((f"term{chr(97 + i)}", f"词{i}") for i in range(20))
    text = " ".join(term for i, (term, _) in enumerate(pairs) for _ in range(i + 1))
    assert pairs_within(pairs, text) == pairs[-MOST:]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("作者训练了扩散模型。", []),
        ("作者训练了扩散模型（diffusion model）。", []),
        ("作者训练了 diffusion model。", ["diffusion model"]),
        ("作者训练了 Diffusion Models，用四个 probe 采样。", ["diffusion model", "probe"]),
        ("作者训练了弥散模型。", []),
        ("FlashModel 与 probe-X 是名称。", ["probe"]),
        ("该 model 是 diffusion model，即扩散模型。", []),
    ],
)
def test_a_term_left_in_english_is_caught(text, terms):
    """A term that stands in Chinese text without its translation falls; beside its translation, or inside a longer term, it is fine."""
    assert [term for term, _ in untranslated(PAIRS, text)] == terms
    found = failures([text], "zh", target=(1, 99), source=Source(text), glossary=PAIRS)
    assert found.get("glossary", ()) == tuple(terms)


def test_a_term_may_stay_as_it_is():
    """A term whose translation is the term itself is never missed."""
    assert untranslated((("Transformer", "Transformer"),), "基于 Transformer 的方法。") == ()


def test_pairs_are_said_in_one_line():
    """Pairs are worded as in the configuration."""
    assert worded(PAIRS[:2]) == "diffusion model = 扩散模型；model = 模型"


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=4)), max_size=5), st.text(max_size=60))
def test_any_glossary_can_be_used(pairs, text):
    """No term and no text makes it fail, and what is found are pairs of the user's."""
    assert set(pairs_within(pairs, text)) <= set(pairs)
    assert set(untranslated(pairs, text)) <= set(pairs)
