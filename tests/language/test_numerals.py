"""Numbers by value: the same whichever way they are written, and nothing that is only a word."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.language import numbers, numerals
from offline_digest.language.numerals import number_spans


def values(*figures):
    """Return decimals."""
    return {Decimal(f).normalize() for f in figures}


@pytest.mark.parametrize(
    ("value", "forms"),
    [
        (
            "12000",
            ["1.2 万", "1.2万", "12,000", "12，000", "12\u2009000", "12\u202f000", "12 000", "12k", "12K", "12 thousand", "一万二千"],
        ),
        ("12000", ["twelve thousand", "一万二", "12千"]),
        ("120000", ["12 万", "12万", "120,000", "120000", "120k", "十二万", "one hundred and twenty thousand", "12 萬"]),
        ("85", ["85%", "85％", "85 %", "百分之八十五", "85 percent", "85 per cent", "eighty-five percent", "提高了85个百分点"]),
        ("28.4", ["28.4", "28.40", "28.4%", "百分之二十八点四", "二十八点四", "28.4BLEU", "达到28.4分"]),
        ("350000000", ["3.5 亿", "3.5亿", "350 million", "350M", "350-million", "三亿五千万", "350,000,000", "三亿五"]),
        ("28", ["28", "二十八", "twenty-eight", "twenty eight", "28层", "共28个"]),
        ("1500000000", ["1.5B", "1.5 billion", "15亿", "十五亿", "15 億"]),
        ("1500000000000", ["1.5T", "1.5 trillion", "1.5万亿"]),
        ("120000000", ["一亿两千万", "120M", "1.2亿"]),
        ("1050", ["一千零五十", "1,050", "one thousand and fifty", "1050"]),
        ("250", ["二百五", "二百五十", "two hundred fifty", "250ms", "250fps"]),
        ("100", ["一百", "a hundred", "one hundred", "百分之百", "100GB"]),
        ("0.05", ["0.05", ".05", "p<.05"]),
        ("2023", ["2023年", "二〇二三年", "2023"]),
        ("2.5", ["2.5x", "2.5×", "2.5倍", "-2.5", "−2.5", "2.5-fold"]),
        ("5", ["5千克", "5 kg", "five percent", "百分之五", "5‰"]),
    ],
)
def test_forms_of_one_number_are_one_value(value, forms):
    """Digits, separators, units, written numbers and percentages of the same value are equal."""
    assert {form: numbers(form, written_from=11) for form in forms} == {form: values(value) for form in forms}


@pytest.mark.parametrize(
    "text",
    [
        *["1st", "22nd", "3rd place", "第三", "第 3 层", "第3章", "第十二", "twenty-first"],
        *["1. We train it.", "1、训练模型", "（1）首先训练；（2）再测试", "(2) test it"],
        *["GPT-3", "ResNet-152", "U2", "LLaMA-2-70B", "A100", "CIFAR-100", "3D 高斯", "2D", "YOLOv8", "VGG16", "top-5", "H2O"],
    ],
)
def test_names_markers_and_ordinals_claim_nothing(text):
    """List markers, ordinals and numbers inside names are no values."""
    assert numbers(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        *[
            "千万不要",
            "万一失败",
            "一般而言",
            "一种方法",
            "统一框架",
            "统一百科知识",
            "唯一一个",
            "三维重建",
            "百分点",
            "十分有效",
            "万能近似",
        ],
        *[
            "成千上万的样本",
            "千克",
            "万有引力",
            "百科全书",
            "百度",
            "千兆网络",
            "几十万条",
            "数百万张图像",
            "数十种语言",
            "十几层",
            "二十几种",
            "上千次",
        ],
        *["三分之一", "十分之一", "千分之三", "两点一线", "一一对应", "零样本学习", "一次训练", "五花八门", "百万级数据", "第二十二届"],
        *[
            "one of the",
            "two-stage",
            "zero-shot",
            "hundreds of samples",
            "thousands of users",
            "tens of thousands",
            "half a million",
            "no one",
        ],
        *["someone", "often", "tension", "one or two", "two and three"],
    ],
)
def test_words_are_no_numbers(text):
    """Ordinary words with number characters, vague amounts and small everyday numbers claim nothing."""
    assert numbers(text, written_from=11) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9%-19%", ["9", "19"]),
        ("10–20", ["10", "20"]),
        ("5到10", ["5", "10"]),
        ("3万到5万", ["30000", "50000"]),
        ("256×512", ["256", "512"]),
        ("256x512", ["256", "512"]),
        ("分别为10、20和30", ["10", "20", "30"]),
        ("1,2 and 3", ["1", "2", "3"]),
        ("of 5, 10.", ["5", "10"]),
        ("8xA100", ["8"]),
        ("准确率达到28.5%，提高3.2个百分点", ["28.5", "3.2"]),
        ("在12个数据集上训练70B模型", ["12", "70000000000"]),
        ("一千六百个样本和三十二块", ["1600", "32"]),
        ("from eleven to nineteen", ["11", "19"]),
    ],
)
def test_each_number_of_a_text_is_found(text, found):
    """Numbers between Chinese characters, in ranges and in lists are found one by one."""
    assert numbers(text, written_from=11) == values(*found)


@pytest.mark.parametrize(
    ("printed", "claims"),
    [
        ("a 3 T scanner", ["3T", "3 T"]),
        ("350 M parameters", ["350M", "3.5 亿"]),
        ("110m parameters", ["110M"]),
        ("ResNet-152", ["152 层"]),
        ("WMT14", ["14"]),
        ("LLaMA-2-70B", ["70B", "700 亿"]),
        ("GPT-3 175B", ["175B", "1750 亿"]),
        ("in 12 000 steps", ["12,000", "1.2 万"]),
        ("two stages and five heads", ["2 个阶段", "5 个头"]),
    ],
)
def test_every_reading_of_the_paper_counts(printed, claims):
    """What the paper prints may be taken in every way that it can be meant."""
    allowed = numbers(printed, every_reading=True)
    assert [c for c in claims if not numbers(c, written_from=11) <= allowed] == []


@given(st.integers(min_value=0, max_value=10**12))
def test_separators_change_nothing(n):
    """A whole number is the same with and without separators, in English and Chinese text."""
    assert numbers(f"We use {n:,} of them.") == numbers(f"共{n}个。") == values(n)


def written(n):
    """Return *n* below a hundred million in Chinese characters, as it is read out."""
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    if n >= 10**4:
        low = n % 10**4
        return written(n // 10**4) + "万" + (("零" if low < 1000 else "") + written(low) if low else "")
    text = ""
    for power in (3, 2, 1, 0):
        digit = n // 10**power % 10
        text += digits[digit] + units[power] if digit else "零" if text and not text.endswith("零") else ""
    return text.rstrip("零") or "零"


@given(st.integers(min_value=10, max_value=10**8 - 1))
def test_numbers_read_out_keep_their_value(n):
    """A number in Chinese characters has the value of its digits."""
    assert numbers(f"共有{written(n)}个") == values(n)


@given(st.one_of(st.text(max_size=60), st.text(alphabet="一二两十百千万亿零点分之第几0123456789.,  kKMBT%-x年", max_size=60)))
def test_any_text_can_be_read(text):
    """No text makes it fail, and every reading holds at least what was found in digits."""
    assert all(n == n.normalize() for n in numbers(text))
    numbers(text, written_from=11)
    numbers(text, every_reading=True)


@given(st.text(alphabet="0123 .,-\n\u2009xkMTaé万"))
def test_looking_at_digits_alone_finds_what_a_scan_finds(text):
    """Patterns of numbers are tried only where one can begin; that is a matter of speed and of nothing else."""
    for pattern in (numerals._DIGITS, numerals._SPACED, numerals._AMBIGUOUS, numerals._IN_NAME):
        assert [m.span() for m in numerals.matches(pattern, text)] == [m.span() for m in pattern.finditer(text)]


@given(
    st.lists(st.sampled_from([*"-,. éa", "an", "and", "hundred", "thousand", "million", "six", "forty", "one", "half", "per cent", "word"]))
)
def test_every_number_in_words_holds_a_word_for_one(parts):
    """A text without such a word is not searched; that is a matter of speed and of nothing else."""
    for match in numerals._EN_NUMBER.finditer("".join(parts)):
        assert not numerals._NUMBER_WORDS.isdisjoint(numerals._LOWER_WORD.findall(match[0]))
        assert not numerals._NUMBER_WORDS.isdisjoint(numerals._LOWER_WORD.findall("".join(parts)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In 60 seasons 1,200 mm fell.", [("60", 60), ("1,200", 1200)]),
        ("1. GPT-3 has 175B weights, sizes of 256x512.", [("175B", 175 * 10**9), ("256", 256), ("512", 512)]),
        ("共 3.5 万个样本，第 3 节。", [("3.5 万", 35000)]),
        ("twelve probes", []),
        ("", []),
    ],
)
def test_numbers_in_digits_are_found_where_they_stand(text, found):
    """Each span holds its number as printed, names and list markers left out."""
    assert [(text[a:b], value) for a, b, value in number_spans(text)] == found
