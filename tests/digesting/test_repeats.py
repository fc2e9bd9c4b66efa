"""What is said twice, or back at the one who asked, is caught; what only sounds alike is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.digesting.prompts import load_prompts
from offline_digest.digesting.repeats import asked_back, repetition, says_again
from offline_digest.resources import resource_dir

WORDING = {language: prompts.wording for language, prompts in load_prompts(resource_dir("templates") / "prompts").items()}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "These are the steps of the method, from first to last."),
        ("en", "The filter is small. Use only names and abbreviations that the paper prints."),
        ("en", "We say which data, experiments, code and computing time the paper reports."),
        ("en", "Which probe is the best one?"),
        ("en", "Methods and results:"),
        ("en", "Step 2"),
        ("zh", "该方法有效。写出论文给出的数字。"),
        ("zh", "本文介绍以往的方法是怎么做的，有什么不足。"),
        ("zh", "这项工作有什么意义？"),
        ("zh", "步骤 2"),
    ],
)
def test_what_comes_back_is_caught(language, text):
    """A question or a hint said back, a question of its own, a bare heading: none is an answer."""
    assert asked_back([text], WORDING[language])
    assert asked_back([text], None) == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "In this paper we compare the method with earlier work on three data sets."),
        ("en", "The paper reports results on two data sets, and the code is public."),
        ("en", "The method performs well compared with other filters, using only two numbers."),
        ("en", "This work matters because water has become hard to get."),
        ("en", "Step sizes are halved when the loss grows."),
        ("zh", "与以往工作相比，该方法更快，也更省内存。"),
        ("zh", "论文报告了60个模拟季节的实验，并公开了全部代码与数据。"),
        ("zh", "作者提出的方法在三个数据集上得到了检验。"),
        ("zh", "第一步计算水量平衡，第二步修正读数。"),
    ],
)
def test_common_phrases_pass(language, text):
    """Phrases that questions and answers about papers share trip nothing."""
    assert asked_back([text], WORDING[language]) == ()


@pytest.mark.parametrize(
    ("line", "other", "again"),
    [
        ("The filter removes false alarms from probes.", "The filter removes all false alarms from the probes.", True),
        ("The filter removes false alarms from probes.", "The forecast delays irrigation before rain.", False),
        ("It reaches 28.4 BLEU on translation of news.", "It reaches 41.8 BLEU on translation of news.", False),
        ("滤波器能够识别错误的警报读数。", "该滤波器能够识别出错误的警报读数。", True),
        ("滤波器能够识别错误的警报读数。", "调度器在降雨之前推迟灌溉。", False),
        ("", "", True),
    ],
)
def test_lines_that_differ_in_a_few_words_say_the_same(line, other, again):
    """Most words of the shorter line in the other make a repetition, unless the two tell different numbers."""
    assert says_again(line, [other]) is again
    assert bool(repetition([other, line], "zh" if "。" in line else "en")) is again


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("卷积核的大小为 3 x 3 x 3，步长为 2。", "zh"),
        ("研究者逐一逐一检查了一个一个的样本。", "zh"),
        ("两组各有 12 人，12 人完成了试验。", "zh"),
        ("误差从 1.2 升到 1.21。", "zh"),
        ("The field is refined step by step by step until it is even.", "en"),
        ("Of 12, 12 finished; that that was so, the second group had had to show.", "en"),
    ],
)
def test_what_may_well_stand_there_twice(line, language):
    """Chains, doubled words and what a comma parts are no stutter."""
    assert repetition([line], language) == ()


@given(st.lists(st.text(max_size=60), max_size=4), st.sampled_from(["en", "zh"]))
def test_any_lines_can_be_compared(lines, language):
    """No text makes it fail."""
    assert isinstance(repetition(lines, language), tuple)
    assert isinstance(asked_back(lines, WORDING[language]), tuple)
