"""Scripts: which characters a text is written in."""

import pytest

from offline_digest.language import chinese_characters, is_traditional, other_letters


@pytest.mark.parametrize(
    ("text", "traditional"),
    [
        ("該方法計算每日水量平衡。", True),
        ("调度器每天计算水量平衡。", False),
        ("熵、羟基、铪与薛定谔方程", False),
        ("与囧字无关的简体句子很长很长，只有一个生僻字。", False),
        ("雨", False),
        ("LoRA", False),
        ("", False),
    ],
)
def test_traditional_characters_are_recognised(text, traditional):
    """Several characters that only the traditional script has make a text traditional; a single rare one does not."""
    assert is_traditional(text) is traditional


def test_letters_of_other_scripts_are_named():
    """Kana, Cyrillic and the like are other letters; Latin with accents, Greek, Chinese and mathematical letters are not."""
    assert other_letters("フィ Жук é ß α 水 𝑥 ℓ") == set("フィЖук")
    assert chinese_characters("水 water 量") == {"水", "量"}
