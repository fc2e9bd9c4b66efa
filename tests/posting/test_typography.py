"""Chinese prose is set by the rules of its script, and everything else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.posting.texts import plain, prose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("用CNN处理3D图像", "用 CNN 处理 3D 图像"),
        ("提升了20%的速度,降低5℃温差", "提升了 20% 的速度，降低 5℃ 温差"),
        ("结果如下:更快;更省!真的?是的.", "结果如下：更快；更省！真的？是的。"),
        ("图像(Image)和(见附录)", "图像（Image）和（见附录）"),
        ("函数f(x)不变", "函数 f(x) 不变"),
        ("先读 BERT, 然后再读 GPT-4。", "先读 BERT，然后再读 GPT-4。"),
        ("共 1,000 步,3.5 小时", "共 1,000 步，3.5 小时"),
        ("本文 。 后文 ， 完", "本文。后文，完"),
        ("由$n$层组成", "由 $n$ 层组成"),
        ("误差为$\\epsilon$.", "误差为 $\\epsilon$。"),
        ("若$a=b$,则停止", "若 $a=b$，则停止"),
        ("代码见https://a.b/c然后运行", "代码见 https://a.b/c 然后运行"),
        ("读书（二）：已经排好，不变。", "读书（二）：已经排好，不变。"),
        ("The term (扩散模型), as used here.", "The term (扩散模型), as used here."),
        ("Plain English, with (brackets): yes.", "Plain English, with (brackets): yes."),
        ("", ""),
    ],
)
def test_chinese_prose_is_set(text, shown):
    """A space between scripts, marks of full width, none between marks and text; English and numbers keep theirs."""
    assert prose(text).source == shown


@given(st.text(alphabet="中文图a1 ,.:()（）。，%$\\x_{}/", max_size=30))
def test_setting_is_done_once(text):
    """A line that is set already does not change, and no letter, digit or formula is lost."""
    once = prose(text)
    assert prose(once.source).source == once.source
    kept = [[char for char in line.source if char.isalnum()] for line in (plain(text), once)]
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("text", "language"), [("图像生成", "zh"), ("用 GPT-4 和 BERT 生成图像", "zh"), ("On the word 图像", "en"), ("", "en"), ("$x$", "en")]
)
def test_the_language_of_a_text(text, language):
    """A line is Chinese by its script, however many Latin terms it holds."""
    assert plain(text).language == language
