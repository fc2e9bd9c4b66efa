"""Words said of every paper: what is left without them tells what a text is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.language.generic import opens_with_label, telling_characters, telling_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("This paper presents a comprehensive study of the proposed approach.", set()),
        ("The authors conducted extensive experiments, demonstrating significantly better results.", set()),
        ("A daily balance guides the scheduler.", {"daily", "balance", "guides", "scheduler"}),
        ("", set()),
    ],
)
def test_english_words_that_tell_something(text, words):
    """Every form of a word that is said of every paper tells nothing."""
    assert telling_words(text) == words


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("该研究对推动相关领域的发展具有重要意义，为后续研究提供了新的思路。", 0),
        ("实验结果表明，该方法具有良好的性能和应用前景。", 0),
        ("四个探头修正水量平衡。", 10),
        ("LoRA", 0),
    ],
)
def test_chinese_characters_that_tell_something(text, number):
    """What is left of a Chinese line is counted in characters."""
    assert telling_characters(text) == number


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("**Summary:** the filter", True),
        ("Main results: 20 percent less", True),
        ("研究方法：滤波", True),
        ("**摘要**：滤波", True),
        ("任务与性能：节水", True),
        ("Kalman filter: an estimator", False),
        ("水量平衡：每天计算", False),
        ("该方法的结果：误差下降", False),
        ("The filter is small", False),
        ("", False),
    ],
)
def test_labels_are_told_from_subjects(text, label):
    """A line that begins with the name of a field is labelled; one that begins with its subject is not."""
    assert opens_with_label(text) is label


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text):
    """No text makes it fail."""
    assert telling_characters(text) <= len(text)
    assert isinstance(telling_words(text), set)
    assert isinstance(opens_with_label(text), bool)
