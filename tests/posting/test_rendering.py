"""A post shows what is known, says where it comes from, and keeps its shape whatever a paper holds."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from offline_digest.errors import UsageError
from offline_digest.posting import Entry, formats, render_post, write_post
from offline_digest.records import FieldText, Line, Purpose

from . import samples
from .conftest import DAY
from .reading import page, split_post
from .test_escaping import NUNJUCKS, hostile_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SEED_KEYS = re.findall(
    r"\S+",
    "title date author cover categories tags - description keywords toc toc_number toc_style_simple copyright copyright_author "
    "copyright_author_href copyright_url copyright_info mathjax katex aplayer highlight_shrink aside disableNunjucks",
)
ROWS = re.findall(
    r"\S+",
    "A1 A2 A3 A4 A5 A6 B1 B2 B3 B4 B5 B6 B7 B8 C1 C2 C3 C4 C5 C6 C7 C8 C9 D1 D2 D3 D4 D5 D7 D8 D9 E1 E2 E6 F1 F2 F5 J3 "
    "K1 K2 K3 K4 K5 L3 L4 L5",
)


def test_front_matter_has_the_blog_s_keys(render):
    """Front matter begins at the first byte and has the keys of the blog's posts in their order."""
    pairs, _ = split_post(render(samples.quoting()).text)
    assert [key for key, _ in pairs] == SEED_KEYS
    values = dict(pairs)
    assert values["title"] == values["-"] == "Diffusion Models"
    assert values["cover"] == "/paper-figures/2024-08-27/Diffusion-Models/2401.01234v2-f1.png"
    assert values["mathjax"] == values["disableNunjucks"] == "true"


def test_quotations_show_their_pages(render):
    """A sentence of the paper is a quotation with its page and its language; prose of a model is not in quotation marks."""
    quotations = (
        '“<span lang="en">Sorting is old.</span>”（第\u00a02\u00a0页） “<span lang="en">Networks are new.</span>”（第\u00a03\u00a0页）'
    )
    assert quotations in render(samples.quoting()).text
    assert "\n    (1) 构造短列表。（第\u00a02\u00a0页）\n" in render(samples.chinese()).text


def test_notice_names_what_ran(render):
    """The notice names the model that ran; without one it says so, and how to get Chinese."""
    quoting, chinese = render(samples.quoting()).text, render(samples.chinese()).text
    assert "没有任何语言模型参与写作" in quoting
    assert "offline-digest models ls --fit" in re.sub("<.*?>", "", quoting)
    assert "Qwen3 4B Instruct（Q4_K_M 量化）" in chinese
    assert "--model" not in chinese
    assert "--model" in render(samples.english()).text
    assert "以下英文总结由开放权重语言模型" in render(samples.english()).text


@pytest.mark.parametrize("name", ["hexo", "bilingual", "markdown", "html"])
def test_notice_of_a_model_that_reads_abstracts_alone(render, name):
    """Who reads a starter model's Chinese learns that it saw no more than the abstract."""
    engine = samples.CHINESE_MODEL.model_copy(
        update={"languages": ("zh",), "purpose": Purpose(reads="abstract", version="1", ask={"zh": {"summary": "?"}})}
    )
    text = render(samples.chinese(engine=engine), format=name).text
    assert "它只读了标题和摘要" in text
    assert ("from title and abstract alone" in text) == (name != "hexo")
    assert "它只读了标题和摘要" not in render(samples.chinese(), format=name).text


def test_a_model_of_which_nothing_stands_wrote_nothing(render):
    """Where no text of the model was accepted, the notice says so; one accepted text in the post is enough for the usual one."""
    refused = samples.quoting(engine=samples.ENGLISH_MODEL)
    notice = "但它写的文字没有通过检查，这里一句也没有采用；带引号的句子都是论文原文的摘录"
    assert notice in render(refused).text
    assert "英文总结" not in render(refused).text
    both = render(refused, samples.english(arxiv_id="2405.00001")).text
    assert notice not in both
    assert both.count("⚠️") == 1
    assert both.count("一句也没有采用。") == 1


WRITERS = (samples.CHINESE_MODEL, samples.EXTRACTIVE, samples.CHINESE_MODEL, samples.EXTRACTIVE, samples.EXTRACTIVE, samples.CHINESE_MODEL)


def by(engine, number):
    """Return a digest by *engine*."""
    make = samples.chinese if engine.model else samples.quoting
    return make(arxiv_id=f"2405.0000{number}", engine=engine)


@pytest.mark.parametrize("name", sorted(set(formats()) - {"json"}))
def test_notices_name_their_papers_where_a_post_has_several_writers(render, name):
    """Who wrote of which papers, and which are in English alone, is told by the numbers of the list of contents."""
    text = render(*(by(engine, number) for number, engine in enumerate(WRITERS)), format=name).text
    wrote, quoted = "第\u00a01、3、6\u00a0篇：", "第\u00a02、4–5\u00a0篇：没有任何语言模型参与写作"
    assert wrote in text
    assert quoted in text
    assert "第\u00a02、4–5\u00a0篇没有用能写中文的模型处理" in text
    if name != "hexo":
        assert "Papers\u00a01, 3, 6: written offline" in text
        assert "Papers\u00a02, 4–5: no language model took part" in text
        assert "Papers\u00a02, 4–5 were not read by a model that writes Chinese" in text
    two = render(*(by(engine, number) for number, engine in enumerate(WRITERS[:2])), format=name).text
    assert "第\u00a02\u00a0篇没有用能写中文的模型处理" in two
    assert name == "hexo" or "Paper\u00a02 was not read" in two


@pytest.mark.parametrize("name", sorted(set(formats()) - {"json"}))
@pytest.mark.parametrize("engine", [samples.CHINESE_MODEL, samples.EXTRACTIVE])
def test_notices_name_no_papers_where_all_have_one_writer(render, name, engine):
    """Where one engine wrote everything, its notice is of the whole post."""
    text = render(*(by(engine, number) for number in range(3)), format=name).text
    assert not re.search(r"Papers?\s\d|第\s[\d、–]+\s篇", text)


def test_provenance_names_the_prompts_that_were_asked(render):
    """Versions of prompts in languages that the engine does not write are left out."""
    assert "提示词版本 en:3。" in render(samples.english(prompt_version="en:3 zh:4")).text
    assert "提示词版本 en:3 zh:4。" in render(samples.chinese(prompt_version="en:3 zh:4")).text


@pytest.mark.parametrize("version", ["2", "final", "v", "v2 ", "v2v3"])
def test_a_bad_version_is_not_printed(version, render):
    """Nothing but a version of arXiv's follows an arXiv id."""
    text = render(samples.quoting(version=version)).text
    assert "（arXiv:2401.01234）" in text
    assert "<https://arxiv.org/abs/2401.01234>" in text


def test_a_link_that_is_known_is_the_link(render):
    """Without an id or a DOI the authors' page is linked; without any link the gap stands once, in its field."""
    own = samples.bare(links=samples.digest().links)
    assert "[链接](https://github.com/example/sorting_networks)" in render(own).text
    assert "没有已知的链接" not in render(own).text
    assert render(samples.bare()).text.count("没有已知的链接") == 1
    assert "5. 链接：（没有已知的链接）" in render(samples.bare()).text


def test_pictures_stand_in_the_order_of_their_numbers(render):
    """Figures are counted as a reader counts, those of the appendix after them, those without a number last; then the tables."""
    labels = ["Figure 10", "Figure A.1", "Figure", "Figure 2", "Figure 2b", "Figure 1", "Figure A.10", "Figure A.2", "Figure S1"]
    figure, table = samples.digest().figures[0], samples.digest().tables[0]
    figures = tuple(figure.model_copy(update={"label": label}) for label in labels)
    tables = tuple(table.model_copy(update={"label": label}) for label in ("Table IX", "Table V", "Table II"))
    text = render(samples.quoting(figures=figures, tables=tables)).text
    assert re.findall(r"<br>(\w+ ?[\w.]*)（第", text) == [
        *("Figure 1", "Figure 2", "Figure 2b", "Figure 10", "Figure A.1", "Figure A.2", "Figure A.10", "Figure S1", "Figure"),
        *("Table II", "Table V", "Table IX"),
    ]


def test_gaps_are_honest(render):
    """What the paper does not print is said to be missing, in the words of the field's place."""
    text = render(samples.bare()).text
    assert "2. 作者：（论文首页未印出）" in text
    assert "    工作量：（论文中无此内容）" in text
    assert "中文翻译" not in text
    assert text.count("<details>") == 1  # where it comes from
    assert "hidden text" in text


def test_translations_are_chinese_or_nothing(render):
    """Words of the paper never pass for the translation of a name."""
    quoted = samples.field("affiliations_zh", "University of Examples", origin="extract")
    english = samples.field("title_zh", "Small Networks Sort", language="en")
    assert "中文翻译" not in render(samples.digest(fields=(quoted, english))).text


def test_pictures_of_two_papers_do_not_meet(render):
    """Two papers without an id and with one title still have pictures of their own."""
    post = render(samples.chinese(arxiv_id=None), samples.chinese(arxiv_id=None))
    targets = [path for _, path in post.assets]
    assert len(targets) == len(set(targets)) == 6
    assert all(f'src="/{target}"' in post.text for target in targets)


def test_missing_pictures_are_not_linked(pictures, render):
    """A picture whose file is gone or empty is no broken link: its caption stands, and says so."""
    (pictures / "f1.png").unlink()
    (pictures / "t1.png").write_bytes(b"")
    post = render(samples.quoting())
    assert [path.name for _, path in post.assets] == ["2401.01234v2-f2.png"]
    assert "f1.png" not in post.text
    assert "<p>（图片缺失）Figure 1（第\u00a02\u00a0页）：A network with $n$ layers.</p>" in post.text
    assert "<p>（图片缺失）Table 1（第\u00a05\u00a0页）：Costs</p>" in post.text
    assert post.text.count("<img") == 1


def test_nothing_but_the_day_is_a_time(render):
    """The same digests give the same bytes."""
    assert render(samples.chinese()) == render(samples.chinese())


def test_calls_that_cannot_work_are_refused():
    """An unknown format and an empty post say what to do."""
    entry = Entry(digest=samples.bare())
    with pytest.raises(UsageError, match="Those at hand:"):
        render_post("Topic", DAY, [entry], format="nonsense")
    with pytest.raises(UsageError, match="no papers"):
        render_post("Topic", DAY, [])
    with pytest.raises(UsageError, match="The topic is empty"):
        render_post("\u202e", DAY, [entry])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=hostile_text)
def test_no_text_changes_the_shape_of_a_post(text, render):
    """Whatever a title, name, abstract or line holds, the post keeps its headings, lists and front matter."""
    fields = (
        samples.field("summary", text, "行"),
        samples.field("takeaways", text, "行", language="en", origin="extract"),
        samples.field("methods", text, "行"),
        samples.field("results", text),
    )
    facts = {"title": text, "authors": (text, "Ann Lee"), "affiliations": (text,), "keywords": (text, "b"), "comment": text}
    hostile = samples.chinese(**facts, abstract=text, warnings=(text,), fields=fields)
    text = render(hostile, samples.chinese(), topic=f"t{text}").text
    pairs, body = split_post(text)
    shown = page(body)
    assert [key for key, _ in pairs] == SEED_KEYS
    assert not NUNJUCKS.search(body)
    assert len(shown.headings) == 3
    assert shown.headings[2] == "Small Networks Sort: A Study of Depth & Width (Extended)"
    assert (shown.tags.count("ol"), shown.tags.count("details"), shown.tags.count("img")) == (3, 4, 6)
    assert not set(shown.tags) & {"script", "em", "table", "del", "hr", "h3", "pre", "iframe"}
    assert not shown.handlers
    assert all(address.startswith(("http://", "https://", "/paper-figures/", "#paper-")) for address in shown.addresses)


@pytest.mark.skipif(not (SHARED / "post_audit.py").is_file(), reason="the audit script is not beside this checkout")
def test_posts_pass_the_audit(render, tmp_path):
    """The defects that were counted in the old blog's posts do not occur in ours."""
    others = {"arxiv_id": "2405.00001", "title": r"The {{Nunjucks}} \textbf{Trap}:  One"}
    others["abstract"] = r"We \emph{use} $\mathbf{x}_{i_{j}}$ and {% tags %}."
    post = render(samples.quoting(), samples.chinese(**others), samples.digest(arxiv_id="quant-ph/9508027", version="v1"))
    write_post(post, tmp_path / "source")
    command = [sys.executable, str(SHARED / "post_audit.py"), str(tmp_path / "source")]
    report = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    counts = dict(re.findall(r"^([A-Z]\d+) .*?(\d+) +[\d.]+%$", report, re.MULTILINE))
    assert "entries 3 with an arXiv link" in report
    assert {row for row in ROWS if counts.get(row, "0") != "0"} == set()


def test_what_was_not_asked_for_is_no_gap(render):
    """A brief digest shows its fields and the facts; sections that nobody wanted are not there, not even as gaps."""
    brief = tuple(text for text in samples.quoting().fields if text.field in ("summary", "takeaways"))
    text = render(samples.digest(fields=brief)).text
    assert "**Summary**" in text
    assert "**Key Takeaways**" in text
    assert "\n5. 链接" in text
    assert not any(f"\n{n}. " in text for n in (6, 7, 8))
    assert "论文中无此内容" not in text
    only = render(samples.digest(fields=(samples.field("performance", "快一倍。"),))).text
    assert "8. 结论" in only
    assert "工作量" not in only
    assert "**Summary**" not in only


def test_the_coverage_names_sections_and_pages(render):
    """What was condensed, read in part and not read is named with its pages, once each."""
    coverage = samples.COVERAGE.model_copy(
        update={
            "sections": (*samples.COVERAGE.sections, samples.SectionRead(heading="5 Setup", pages=(6, 6), read="condensed")),
            "sentences_condensed": 40,
        }
    )
    text = render(samples.digest(coverage=coverage)).text
    assert (
        "48 句，另有 40 句先由模型逐节浓缩，浓缩后读的章节：5 Setup（第\u00a06\u00a0页），只读了一部分的章节：3 Method（第\u00a02–4\u00a0页）"
        in text
    )
    assert "1 Introduction" not in text


def test_the_notice_names_the_language_that_was_written(render):
    """A model that could write Chinese and was asked for English alone has written an English summary."""
    summary = samples.field("summary", "Depth matters more than width.", language="en")
    assert "以下英文总结由" in render(samples.digest(fields=(summary,), engine=samples.CHINESE_MODEL)).text
    assert "以下中文总结由" in render(samples.chinese()).text


def test_a_chinese_paper_is_chinese_to_its_reader_and_to_screen_readers(render):
    """Names are parted as in Chinese, title and abstract are set and marked as what they are; a paper in English has none of it."""
    facts = {
        "title": "基于Transformer的图像生成:综述",
        "authors": ("张三", "李四"),
        "keywords": ("图像", "扩散"),
        "abstract": "提出一种\n方法,快2倍.",
    }
    paper = samples.digest(**facts)
    text = render(paper, format="html").text
    assert '<h2 lang="zh-CN">基于 Transformer 的图像生成：综述</h2>' in text
    assert '<dd><span lang="zh-CN">张三、李四</span></dd>' in text
    assert '<p class="alone" lang="zh-CN">提出一种方法，快 2 倍。</p>' in text
    assert "张三、李四" in render(paper, format="hexo").text
    assert '<span lang="zh-CN">图像、扩散</span>' in render(paper, format="bilingual").text
    assert "Ann Lee, José García-Núñez" in render(samples.digest(), format="html").text


def test_a_long_description_of_a_picture_is_shortened(render):
    """Between words, in Chinese anywhere, after formulas became Unicode; none is left empty."""

    def described(caption):
        picture = samples.digest().figures[0].model_copy(update={"caption": caption})
        text = render(samples.digest(figures=(picture,), tables=()), format="html").text
        return text.partition(' alt="')[2].partition('"')[0]

    assert described("A word " * 40).endswith("word A …")
    assert described("图" * 300).endswith("图 …")
    assert all(100 < len(described(caption)) <= 160 for caption in ("A word " * 40, "图" * 300))
    assert described("of $x_1$") == "Figure 1: of x₁"


@pytest.mark.parametrize(("name", "notice"), [("hexo", "中文栏目里是"), ("html", "English alone"), ("bilingual", "English alone")])
def test_quotations_of_a_chinese_paper_are_not_called_english(render, name, notice):
    """A paper quoted in Chinese needs no model to be read in Chinese; beside one quoted in English the notice stays."""
    english = samples.quoting()
    quoted = FieldText(field="summary", language="zh", origin="extract", lines=(Line(text="本文提出一种灌溉调度方法。", pages=(1,)),))
    own = samples.quoting(fields=(quoted,))
    text = render(own, format=name).text
    assert notice not in text
    assert "本文提出一种灌溉调度方法。" in text
    assert '<span lang="en">本文' not in text
    assert notice in render(own, english, format=name).text
    assert notice in render(english, own, format=name).text
