"""Digests for the tests of posts, written by hand: one per situation a post has to deal with."""

from offline_digest.records import Coverage, Digest, EngineInfo, FieldText, Float, Line, Link, ModelInfo, SectionRead
from offline_digest.sample import sample_digest

EXTRACTIVE = EngineInfo(name="extractive", origin="extract", languages=("en",), passage_tokens=0)
CHINESE_MODEL = EngineInfo(
    name="llama",
    origin="model",
    languages=("en", "zh"),
    passage_tokens=8192,
    model=ModelInfo(
        name="Qwen3 4B Instruct",
        file="qwen3-4b-instruct-q4_k_m.gguf",
        sha256="0123456789abcdef" * 4,
        quantization="Q4_K_M",
        settings="{}",
    ),
)
ENGLISH_MODEL = CHINESE_MODEL.model_copy(update={"languages": ("en",)})
COVERAGE = Coverage(
    sections=(
        SectionRead(heading="1 Introduction", pages=(1, 2), read="whole"),
        SectionRead(heading="3 Method", pages=(2, 4), read="in_part"),
        SectionRead(heading="4 Related Work", pages=(5, 5), read="left_out"),
        SectionRead(heading="A Proofs", pages=(7, 9), read="left_out"),
    ),
    sentences_read=48,
    sentences=131,
)
BOX = (72.0, 72.0, 300.0, 300.0)
ABSTRACT = (
    "We train small networks to sort short lists. A network with $n$ layers sorts lists of $n_{\\max} \\leq 2^{n}$ numbers, "
    "at a cost below \\$5 per run. Code: https://example.org/sorting."
)


NAMES = (
    "summary",
    "takeaways",
    "background",
    "prior_work",
    "approach",
    "results",
    "methods",
    "significance",
    "innovation",
    "performance",
    "workload",
)
ABSENT = tuple(FieldText(field=name, language="en", origin="absent") for name in NAMES)


def field(name, *texts, language="zh", origin="model", page=2):
    """Return a field whose lines stand on consecutive pages, beginning with *page*."""
    lines = tuple(Line(text=text, pages=(page + index,)) for index, text in enumerate(texts))
    return FieldText(field=name, language=language, origin=origin, lines=lines)


def digest(**changes):
    """Return a digest with every fact and no prose, with *changes*."""
    values = {
        "title": "Small Networks Sort: A Study of Depth & Width (Extended)",
        "authors": ("Ann Lee", "José García-Núñez", "Bo O'Hara Jr."),
        "affiliations": ("University of Examples", "Institute for Tests & Trials"),
        "keywords": ("sorting", "depth"),
        "keywords_origin": "printed",
        "abstract": ABSTRACT,
        "arxiv_id": "2401.01234",
        "version": "v2",
        "doi": "10.1000/xyz_123(4)",
        "comment": "12 pages, 3 figures",
        "licence": "http://creativecommons.org/licenses/by/4.0/",
        "links": (
            Link(url="https://github.com/example/sorting_networks", page=1, own=True),
            Link(url="https://other.org", page=3),
        ),
        "figures": (
            Float(
                kind="figure",
                label="Figure 1",
                page=2,
                caption="A network with $n$ layers.",
                box=BOX,
                picture_box=BOX,
                image="f1.png",
            ),
            Float(
                kind="figure",
                label="Figure 2",
                page=4,
                caption="Error & cost, <log> scale",
                box=BOX,
                picture_box=BOX,
                image="f2.png",
            ),
        ),
        "tables": (Float(kind="table", label="Table 1", page=5, caption="Costs", box=BOX, picture_box=BOX, image="t1.png"),),
        "fields": ABSENT,
        "coverage": COVERAGE,
        "engine": EXTRACTIVE,
        "prompt_version": "1",
        "tool_version": "0.1.0",
    }
    return Digest(**(values | changes))


def quoting(**changes):
    """Return a digest made without a language model: every text is a sentence of the paper."""
    sentence = "We show that depth matters for {}, and that width does not."
    single = (
        "summary",
        "background",
        "prior_work",
        "approach",
        "results",
        "significance",
        "innovation",
        "performance",
        "workload",
    )
    fields = [field(name, sentence.format(name), language="en", origin="extract") for name in single]
    fields.append(field("takeaways", *(f"Depth {n} beats width {n}." for n in "abcde"), language="en", origin="extract"))
    fields.append(field("methods", "We build lists.", "We train on them.", "We measure.", language="en", origin="extract"))
    fields[1] = field("background", "Sorting is old.", "Networks are new.", language="en", origin="extract")
    return digest(**({"fields": tuple(fields)} | changes))


def english(**changes):
    """Return a digest written by a model that knows English alone, all but one field of which fell back to the paper's own words."""
    quoted = quoting().fields
    written = field("summary", "The paper shows that depth matters more than width.", language="en")
    return digest(**({"fields": (written, *quoted[1:]), "engine": ENGLISH_MODEL} | changes))


def chinese(**changes):
    """Return a digest written by a model in Chinese, one field of which fell back to the paper's own words."""
    sentence = "本文说明，在{}方面，网络的深度比宽度更重要，这一点在短列表上得到了验证。"
    names = {
        "summary": "排序",
        "background": "背景",
        "prior_work": "旧方法",
        "approach": "训练",
        "results": "结果",
        "significance": "意义",
        "innovation": "创新",
        "performance": "性能",
    }
    fields = [field(name, sentence.format(word)) for name, word in names.items()]
    fields += [
        field("title_zh", "小网络也能排序：深度与宽度的研究（扩展版）"),
        field("affiliations_zh", "范例大学", "测试与试验研究所"),
        field("keywords_zh", "排序", "深度"),
        field("takeaways", *(f"第{n}条：深度优于宽度，代码见 https://example.org/sorting，可以下载。" for n in "一二三四五")),
        field("methods", "构造短列表。", "训练网络。", "测量误差。"),
        field("workload", "All runs took 3 hours on one CPU.", language="en", origin="extract", page=6),
    ]
    return digest(**({"fields": tuple(fields), "engine": CHINESE_MODEL} | changes))


def bare(**changes):
    """Return a digest of a paper about which next to nothing is known: no id, no pictures, no prose."""
    nothing = {
        "authors": (),
        "affiliations": (),
        "keywords": (),
        "keywords_origin": "absent",
        "abstract": None,
        "arxiv_id": None,
        "version": None,
        "doi": None,
        "comment": None,
        "licence": None,
        "links": (),
        "figures": (),
        "tables": (),
    }
    return digest(**(nothing | {"warnings": ("Two paragraphs of hidden text were removed.",)} | changes))


def orchard(**changes):
    """Return a digest of the bundled sample paper: what was read of it, with prose in both languages written by hand."""
    text = sample_digest().read_text(encoding="utf-8")
    return Digest.model_validate_json(text).model_copy(update=changes)
