"""Chinese prose is set by the rules of its script, and everything else stays as it is."""

import itertools
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.posting import formats
from offline_digest.posting.texts import plain, prose, tex

from . import samples
from .reading import Page, page, split_post


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("用CNN处理3D图像", "用 CNN 处理 3D 图像"),
        ("提升了20%的速度,降低5℃温差", "提升了 20% 的速度，降低 5℃ 温差"),
        ("结果如下:更快;更省!真的?是的.", "结果如下：更快；更省！真的？是的。"),
        ("图像(Image)和(见附录)", "图像（Image）和（见附录）"),
        ('所谓"注意力"和"attention"机制, "a" and "b"', '所谓“注意力”和“attention”机制，"a" and "b"'),
        ('"扩散"模型', "“扩散”模型"),
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
    ("source", "shown"),
    [
        ("基于Transformer的图像生成:\n  一种扩\n散方法", "基于 Transformer 的图像生成：一种扩散方法"),
        ("提出CNN\n模型,在$x_i$上达到10^{-3}误差.", "提出 CNN 模型，在 $x_i$ 上达到 $10^{-3}$ 误差。"),
        ("``扩散''模型与\\emph{注意力}机制(综述)", "“扩散”模型与注意力机制（综述）"),
        ("Image Generation:\n A Survey", "Image Generation: A Survey"),
        ("张三", "张三"),
        ("张 三", "张 三"),
    ],
)
def test_chinese_metadata_is_set(source, shown):
    """Titles, abstracts and names of catalogues: a line break in Chinese is no space, marks and spaces are those of Chinese."""
    assert tex(source).source == shown


@pytest.mark.parametrize(
    ("text", "language"), [("图像生成", "zh"), ("用 GPT-4 和 BERT 生成图像", "zh"), ("On the word 图像", "en"), ("", "en"), ("$x$", "en")]
)
def test_the_language_of_a_text(text, language):
    """A line is Chinese by its script, however many Latin terms it holds."""
    assert plain(text).language == language


class Spoken(HTMLParser):
    """The texts of a page with the language that each is marked with."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts = [(None, None)], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "link", "br", "img"):
            self.open.append((tag, dict(attrs).get("lang", self.open[-1][1])))

    def handle_endtag(self, tag):
        while self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.texts.append((self.open[-1][1], data))


@pytest.mark.parametrize(
    "digest", [samples.orchard(), samples.chinese(), samples.bare(), samples.quoting()], ids=["both", "zh", "bare", "en"]
)
def test_every_chinese_text_is_marked(digest, render):
    """In an HTML page a screen reader is told of every Chinese text, and of no English one, that it is Chinese."""
    for language, text in Spoken(render(digest, digest, format="html", updated="v1").text).texts:
        if re.search("[\u4e00-\u9fff]", text):
            assert language == "zh-CN", text
        elif len(re.findall("[a-z]{3,}", text)) > 4:
            assert language == "en", text


TITLED_ELSEWHERE = ("hugo", "jekyll", "quarto", "obsidian")  # by the theme from the front matter, by the name of the note


@pytest.mark.parametrize("form", [name for name in formats() if name != "json"])
def test_no_heading_level_is_skipped(form, render):
    """Headings go down one level at a time, a paper's title at 2; the one at 1 is the post's, once."""
    text = render(samples.orchard(), samples.bare(), format=form).text
    shown = Page(text) if form == "html" else page(split_post(text)[1] if text.startswith("---") else text)
    levels = [int(tag[1]) for tag in shown.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[: levels.index(2)] == ([] if form in TITLED_ELSEWHERE else [1])
    assert 1 not in levels[1:]
    assert all(following - level <= 1 for level, following in itertools.pairwise(levels))
    titles = [re.sub(r" (\{#|\^)paper-\d\}?$", "", shown.headings[place]) for place, level in enumerate(levels) if level == 2]
    assert titles[-2:] == [samples.orchard().title, samples.bare().title]
