"""The checks: each catches what it is for, and leaves correct digests alone."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.digesting.checks import CHECKS, failures, is_empty
from offline_digest.digesting.fields import FIELDS
from offline_digest.digesting.judging import Judge, tidy
from offline_digest.digesting.prompts import load_prompts
from offline_digest.digesting.source import Source
from offline_digest.digesting.strangers import foreign_expansions, foreign_terms, foreign_units
from offline_digest.digesting.support import Support
from offline_digest.digesting.vocabulary import CHINESE_NAMES, SHORT_FORMS
from offline_digest.language import is_quotable, numbers, sentence_spans
from offline_digest.records import Line
from offline_digest.resources import resource_dir

PAPER = """LoRA: Low-Rank Adaptation of Large Language Models. Ada Müller, Bo Erdős. Institute of Hydrology, Oslo.
We propose Low-Rank Adaptation, or LoRA, which freezes the pretrained weights and injects trainable matrices into each layer of the
Transformer. Compared to GPT-3 175B fine-tuned with Adam, LoRA reduces the number of trainable parameters by 10,000 times and the GPU
memory requirement by 3 times. RoBERTa and DeBERTa were tuned on 8 GPUs with 16 GB of memory in two stages. On WMT 2014 the model reached
28.4 BLEU, and 41.8% of 120,000 samples were answered by ResNet50 in 250 ms. Natural language generation (NLG) improves [37].
A hidden size of 512 and 350 million parameters were used. Training a U-Net took twenty-one hours on CIFAR-10."""
SOURCE = Source(PAPER)
WIDE = (1, 200)


def fails(text, language, *, target=WIDE, others=(), whole_sentences=True, own_words=False):
    """Return the names of the checks that *text* fails."""
    lines = text if isinstance(text, list) else [text]
    return set(failures(lines, language, target=target, source=SOURCE, others=others, whole_sentences=whole_sentences, own_words=own_words))


GOOD = [
    ("en", "The method freezes the weights and trains small matrices in each layer."),
    ("en", "Müller's LoRA needs 10k times fewer parameters than GPT-3, and a third of its memory."),
    ("en", "Low-rank adaptations (LoRAs) of transformers reached 28.4 BLEU with 350M parameters."),
    ("en", "Overall, it was trained on 16GB GPUs for 21 hours; inference takes 250ms."),
    ("en", "Large language models are tuned with two stages: one is frozen, the other is not."),
    ("en", "Fine-Tuning a Transformer-based model is costly."),
    ("en", 'What is called “Low Rank  adaptation” here injects "trainable matrices", not one "big" one.'),
    ("zh", "所谓“低秩适配 LoRA”，就是“freezes the pretrained weights”，只训练小矩阵。"),
    ("en", "What's new is small, i.e. cheap: It needs fewer parameters, e.g. for the U.S. and/or Oslo."),
    ("zh", "该方法冻结预训练权重，只在每一层训练小矩阵。"),
    ("zh", "LoRA（Low-Rank Adaptation，低秩适配）把可训练参数减少到万分之一，显存降到三分之一。"),
    ("zh", "低秩适配（LoRA）在WMT 2014上达到28.4 BLEU，共回答了12万条样本中的百分之四十一点八。"),
    ("zh", "作者用 8 块 16GB 显存的 GPU 训练了二十一小时，参数量为 3.5 亿，推理只需 250 毫秒。"),
    ("zh", "与采用 Fine-tuning 的 GPT-3（1750 亿参数）相比，减少了 1 万倍。"),
    ("zh", "由 Ada Muller 与 Bo Erdos 提出，在 CIFAR10、ResNet-50 和 U-Net 上测试，速度为 250ms。"),
    ("zh", "第一，统一了两种方法；第二，一般情况下十分有效，千万不要忽视。"),
    ("zh", "在 GPU/Transformer 上共回答了 12 万条样本，Institute of Hydrology 位于奥斯陆。"),
]


@pytest.mark.parametrize(("language", "text"), GOOD)
def test_correct_digests_pass(language, text):
    """A true text passes, whatever form its numbers, plurals, hyphens, units and accents have."""
    assert failures([text], language, target=WIDE, source=SOURCE) == {}


BAD = [
    ("language", "en", "该方法冻结预训练权重，只训练小矩阵。"),
    ("language", "zh", "We propose LoRA, which freezes the weights."),
    ("language", "en", "Метод замораживает веса и обучает малые матрицы."),
    ("length", "en", "The method freezes the weights and trains"),
    ("length", "zh", "该方法冻结预训练权重，只在每一层训练小"),
    ("repetition", "en", "The method freezes all weights. The method freezes all weights."),
    ("repetition", "en", "It is small and it is very fast and it is small and it is very fine and it is small and it is very good."),
    ("repetition", "zh", "该方法冻结预训练权重并训练小矩阵。该方法冻结预训练权重并训练小矩阵。"),
    ("repetition", "zh", "模型" * 60 + "。"),
    ("repetition", "zh", "该方法在 120 天 120 天的模拟季节中只训练小矩阵。"),
    ("repetition", "zh", "该方法的小矩阵的小矩阵不断更新。"),
    ("repetition", "en", "The method freezes all the weights all the weights and trains small matrices."),
    (
        "repetition",
        "zh",
        "该方法在每一层中加入可训练的低秩矩阵并保持原有权重不变从而显著减少参数数量以及显存需求同时保持与全量微调相当的性能并且没有额外推理延迟因此适合部署在资源有限的设备上运行。",
    ),
    ("leftovers", "en", "Sure! The method freezes the weights."),
    ("leftovers", "zh", "希望以上内容对您有帮助。"),
    ("numbers", "en", "The model reached 28.5 BLEU."),
    ("numbers", "zh", "模型达到了百分之二十八点五。"),
    ("numbers", "zh", "共使用120万条样本。"),
    ("numbers", "zh", "共使用12条样本。"),
    ("numbers", "en", "It was trained for twenty-two hours."),
    ("numbers", "en", "It improves by 37 percent."),
    ("numbers", "zh", "准确率提高百分之五。"),
    ("terms", "en", "The method of Geoffrey Hinton freezes the weights."),
    ("terms", "en", "Hinton et al. freeze the weights."),
    ("terms", "en", "Geoffrey Müller and colleagues freeze the weights."),
    ("terms", "zh", "斯坦福大学与清华大学冻结预训练权重。"),
    ("units", "zh", "推理只需 250 小时，样本由模型回答。"),
    ("terms", "en", "The weights are frozen by QLoRA alone."),
    ("terms", "en", "It was compared with GPT-4 and others."),
    ("terms", "zh", "该方法由 Geoffrey 等人提出，冻结预训练权重。"),
    ("terms", "zh", "该方法在 ImageNet 上冻结预训练权重。"),
    ("terms", "zh", "该方法与 GPT-4 相比更小。"),
    ("terms", "zh", "该方法在ResNet-18上测试。"),
    ("quotations", "en", 'The authors say that "the weights are the best of all".'),
    ("quotations", "en", "The “frozen small layer” keeps its weights."),
    ("quotations", "zh", "作者认为“权重冻结之后，样本会更好”。"),
    ("expansions", "en", "Natural layer generation (NLG) improves."),
    ("expansions", "en", "The NLG (natural layer generation) task improves."),
    ("expansions", "en", "Here NLG (Large Language Adaptation) improves."),
    ("expansions", "en", "Here NLG stands for natural layer generation."),
    ("expansions", "zh", "自然语言生成（natural layer generation，NLG）得到改进。"),
]


@pytest.mark.parametrize(("check", "language", "text"), BAD)
def test_each_check_catches_its_own_faults(check, language, text):
    """A text with one fault fails that check and no other."""
    assert fails(text, language) == {check}


@pytest.mark.parametrize("text", ["LoRA（Linearized Response Activation）很小。", "线性响应（Linearized Response Activation, LoRA）很小。"])
def test_an_invented_expansion_falls(text):
    """An abbreviation spelled out otherwise than in the paper fails, in either order."""
    assert "expansions" in fails(text, "zh")


@pytest.mark.parametrize(("name", "words"), CHINESE_NAMES.items())
def test_an_institution_named_in_chinese_must_be_printed(name, words):
    """A well-known name in Chinese characters needs one of its Latin words in the paper, or itself."""
    assert foreign_terms(f"由{name}提出。", "zh", SOURCE) == [name]
    assert [word for word in words.split() if foreign_terms(f"由{name}提出。", "zh", Source(f"Made at {word.title()} in May."))] == []
    assert foreign_terms(f"由{name}提出。", "zh", Source(f"作者来自{name}。")) == []


@pytest.mark.parametrize(
    "text",
    ["LoRA (trained on text) is small", "The U-Net (with two stages) is small", "We use RoBERTa (and so on)", "GPUs (eight of them)"],
)
def test_a_remark_in_brackets_is_no_expansion(text):
    """Words behind an abbreviation spell it out only if their initials run through it."""
    assert foreign_expansions(text, SOURCE) == []


WIDTHS = Source("The panel is 20 mm wide; column 20 of the table and 35 more follow. Stress fell to 6 percent on 6 days. It cost 35 W.")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("It is 20 mm wide.", ()),
        ("It is 20 cm wide.", ("20 cm",)),  # a slip, though 20 stands without a unit too
        ("它宽 20 厘米。", ("20 cm",)),
        ("It lasted 20 hours.", ()),  # the unit may stand over the column
        ("It used 35 mW.", ("35 mW",)),
        ("它用了 35 毫瓦。", ("35 mW",)),
        ("它用了 35 瓦。", ()),
        ("It fell 6 times in a month.", ("6 times",)),
    ],
)
def test_a_slip_of_the_unit_is_told_from_a_unit_that_is_printed_elsewhere(text, faults):
    """A number that stands with another unit of the same dimension is not said with this one."""
    assert foreign_units(text, WIDTHS) == faults


SIZES = Source("Images of 512 × 512 pixels and maps of 30x40 cells; each of the 30 maps is a 3×3×64 block, 2.5×10^3 of them.")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("The images have 512x512 pixels.", ()),
        ("地图为 40×30 格。", ()),
        ("The blocks are 3 x 64.", ()),
        ("电镜训练集为 512 张 30×512 的图像。", ("30 × 512",)),
        ("The maps have 40×512 cells.", ("40 × 512",)),
        ("Kernels of 7×7 are used.", ()),  # the numbers themselves are looked for elsewhere
        ("It needs 3×10^3 blocks.", ()),
        ("It is 3x faster and needs 30 times less.", ()),
    ],
)
def test_a_size_has_both_its_numbers(text, faults):
    """Of two numbers with a sign of multiplication between, both belong together as the paper prints them, in any order."""
    assert foreign_units(text, SIZES) == faults


@pytest.mark.parametrize(
    ("text", "language", "fault"),
    [
        ("In all 23.9 users took part in the study of the rank.", "en", True),
        ("在 23.9 人参加的实验中，用户更快地选出了低秩矩阵。", "zh", True),
        ("On average 2.5 users took part in the study of the rank.", "en", False),
        ("In all 1.5 million users took part in the study of the rank.", "en", False),
        ("平均 2.5 人参加了实验，用户更快地选出了低秩矩阵。", "zh", False),
        ("共 1.5 万人参加了实验，用户更快地选出了低秩矩阵。", "zh", False),
        ("人均 2.5 次参加了实验，用户更快地选出了低秩矩阵。", "zh", False),
    ],
)
def test_people_are_not_split(text, language, fault):
    """Parts of people are counted in averages alone."""
    found = failures(
        [text], language, target=WIDE, source=SOURCE, wording=load_prompts(resource_dir("templates") / "prompts")[language].wording
    )
    assert any(part in text and part[-1] in "s人" for part in found.get("content", ())) is fault


@pytest.mark.parametrize(("text", "fault"), [
    ("The method freezes the weights. Doe et al.", True),
    ("The method freezes the weights of Doe et al.", False),
])  # fmt: skip
def test_a_last_sentence_of_names_alone_is_cut_off(text, fault):
    """A model that stops at a name has not said what it wanted to."""
    assert ("length" in failures([text], "en", target=WIDE, source=SOURCE)) is fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The authors propose Low-Rank Adaptation, or LoRA, which freezes the pretrained weights and injects trainable matrices.", True),
        ("With LoRA the pretrained weights are frozen and trainable matrices are injected into each layer of the Transformer.", False),
        ("A hidden size of 512 and 350 million parameters were used.", False),  # short: hardly to be said otherwise
    ],
)
def test_a_sentence_of_the_paper_is_no_prose_of_the_model(text, fault):
    """A long sentence in the paper's words is a quotation, which is printed with its page or not at all; also with another subject."""
    assert fails(text, "en", own_words=True) == ({"copied"} if fault else set())
    assert fails(text, "en") == set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "With the rapid development of technology, this field has attracted growing interest in recent years."),
        ("zh", "随着技术的快速发展，该问题受到越来越多的关注，具有广阔的应用前景。"),
        ("zh", "总体而言，这是一篇高质量的论文，值得读者关注。"),
    ],
)
def test_what_is_said_of_the_times_is_empty(language, text):
    """Praise and talk of the times say nothing about the paper."""
    assert is_empty(text, language, SOURCE)


@pytest.mark.parametrize(
    ("language", "line", "fault"),
    [
        ("en", "Small matrices are trained in each of the", True),
        ("en", "Small matrices are trained,", True),
        ("en", "Small matrices are trained in each layer", False),
        ("zh", "在每一层训练小矩阵，", True),
        ("zh", "冻结权重并训练矩阵和", True),
        ("zh", "每一层的小矩阵都是可训练的", False),
    ],
)
def test_bullets_need_no_full_stop_but_an_end(language, line, fault):
    """A bullet may lack its full stop, but not its last words."""
    assert fails(line, language, whole_sentences=False) == ({"length"} if fault else set())


@pytest.mark.parametrize(("words", "fault"), [(4, True), (5, False), (10, False), (30, False), (31, True)])
def test_length_is_a_target_with_some_play(words, fault):
    """Half the shortest to one and a half times the longest wished length is accepted."""
    text = " ".join(f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(words)) + "."
    assert fails(text, "en", target=(10, 20)) == ({"length"} if fault else set())


def test_nothing_is_not_an_answer():
    """A field without lines fails."""
    assert "length" in fails([], "en")
    assert "length" in fails([], "zh")


@pytest.mark.parametrize(
    ("language", "text", "other"),
    [
        ("en", "It is small. The method freezes all weights.", "The method freezes all weights! And more."),
        ("zh", "该方法冻结预训练权重，只训练小矩阵。", "首先，该方法很小。该方法冻结预训练权重，只训练小矩阵"),
    ],
)
def test_no_sentence_is_said_in_two_fields(language, text, other):
    """A sentence that stands in another field or in the question fails; a similar one passes."""
    assert fails(text, language, others=[other]) == {"copied"}
    assert fails(text, language, others=[other.replace("all", "most").replace("冻结预训练", "更新每一层的")]) == set()


def test_a_line_twice_is_a_repetition():
    """A list with the same line twice fails even where single lines pass."""
    lines = ["Small matrices are trained.", "Weights are frozen.", "small matrices are trained"]
    assert fails(lines, "en", whole_sentences=False) == {"repetition"}


@pytest.mark.parametrize(
    "word", ["transformers", "Transformer", "TRANSFORMER", "fine-tuning", "tune", "freezing", "LoRAs", "GPU", "16GB", "fps", "3D"]
)
def test_forms_of_printed_words_are_known(word):
    """Plural, case, endings and units of what is printed need no printing of their own."""
    assert foreign_terms(f"使用 {word} 的方法", "zh", SOURCE) == []


@pytest.mark.parametrize("word", ["Lora-X", "Adamax", "ResNet-5", "CIFAR-100", "BERT", "A100", "3DGS"])
def test_likely_neighbours_are_foreign(word):
    """A name that only resembles a printed one is foreign."""
    assert foreign_terms(f"使用 {word} 的方法", "zh", SOURCE) == [word]


@pytest.mark.parametrize("short", SHORT_FORMS)
def test_common_short_forms_need_their_long_form(short):
    """A common short form may be used where the paper prints its long form, and only there."""
    assert foreign_terms(f"使用 {short.upper()} 的方法", "zh", Source(f"It uses a {SHORT_FORMS[short]}.")) == []
    assert foreign_terms(f"使用 {short.upper()} 的方法", "zh", Source("It uses rain.")) == [short.upper()]


SENTENCES = [PAPER[a:b] for a, b in sentence_spans(PAPER)]


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, unique=True))
def test_the_papers_own_sentences_are_true(sentences):
    """A text made of sentences of the paper passes the checks on numbers, terms and expansions."""
    assert not {"numbers", "terms", "expansions"} & fails(" ".join(sentences), "en")


@given(st.text(max_size=300))
def test_what_is_printed_is_known(text):
    """Whatever the paper is, its own text names nothing that it does not print."""
    source = Source(text)
    assert numbers(text, written_from=11) <= source.numbers | numbers(" ".join(re.findall(r"\[[^\]]*\]", text)))
    assert foreign_terms(text, "zh", source) == []


@given(st.one_of(st.text(max_size=200), st.text(alphabet="（(）)[],，。. A1aB百万-s\n", max_size=200)), st.sampled_from(["en", "zh"]))
def test_any_text_can_be_checked(text, language):
    """No text makes the checks or the tidying fail."""
    found = failures([text], language, target=(1, 20), source=SOURCE, others=[text])
    assert set(found) <= set(CHECKS)
    assert isinstance(tidy(text, 2), str)


@pytest.mark.parametrize(("language", "text"), [("en", "The model reached 28.5 BLEU on WMT 2014 with small trainable matrices in all layers."),
                                               ("zh", "模型只训练小矩阵，冻结预训练权重，在 WMT 2014 上达到了 28.5 BLEU，推理很快。")])  # fmt: skip
def test_a_line_that_falls_is_asked_again_for_its_own_fault(language, text):
    """Where no line is left, nothing is said of the whole: neither its language nor its length was wrong."""
    field = next(field for field in FIELDS if field.name == "innovation")
    prompts = load_prompts(resource_dir("templates") / "prompts")[language]
    assert Judge(SOURCE, Support(())).judge(field, prompts, [Line(text=text)]) == ((), ("numbers",))


UNITS = [
    "(",
    "[1,",
    "[1] ",
    "A (",
    "AB (",
    "9",
    "9,",
    "1 000 ",
    " ",
    "a",
    "A-",
    "Fig. ",
    "J. ",
    "一",
    "亿",
    "。",
    ". ",
    "(Aa, 2000; ",
    "twenty ",
    "a@",
    "\n",
]


@pytest.mark.parametrize("unit", UNITS)
def test_long_texts_take_no_time(unit):
    """Twenty thousand characters of anything are read, tidied and checked in a moment."""
    text = (unit * 20_000)[:20_000] + "x!"
    start = time.perf_counter()
    tidy(text, 2)
    is_quotable(f"We are the best in all {text}.")
    failures([text], "zh", target=(1, 20), source=Source(text), others=[text[:50]])
    assert time.perf_counter() - start < 60  # a guard against patterns that explode, not a measurement


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("The probes come first. 2. The filter comes second. 3. The rule.", "The probes come first."),
        ("1. The weights are frozen [3].", "The weights are frozen."),
        ("- The weights are frozen.", "The weights are frozen."),
        ("（1）冻结权重。", "冻结权重。"),
        ("“冻结权重。”", "冻结权重。"),
        ('"The weights" are "frozen".', '"The weights" are "frozen".'),
        ("One is here. Two is here. Three is here.", "One is here. Two is here."),
        ("3.5 亿参数。", "3.5 亿参数。"),
        ("12 layers are frozen.", "12 layers are frozen."),
        ("2014 年的数据。", "2014 年的数据。"),
        ("-5 degrees are cold.", "-5 degrees are cold."),
        ("**冻结权重。**", "**冻结权重。**"),  # emphasis is a fault, not a marker
        ("* The weights are frozen. * ", "The weights are frozen."),
        ("冻结权重（Doe 等，2021）。", "冻结权重。"),
        ("It uses a Kalman filter. 2.", "It uses a Kalman filter."),
        ("It uses a Kalman filter. 3. -", "It uses a Kalman filter."),
        ("It uses a filter. 2", "It uses a filter."),
        ("采用了卡尔曼滤波。2.", "采用了卡尔曼滤波。"),
        ("采用了卡尔曼滤波。（3）", "采用了卡尔曼滤波。"),
        ("It is version 2.", "It is version 2."),
        ("The error is 3.5.", "The error is 3.5."),
        ("3D 模型。", "3D 模型。"),
    ],
)
def test_lines_are_tidied(said, printed):
    """A line loses its own marker, quotation marks around it, reference marks and sentences past its limit, and nothing else."""
    assert tidy(said, 2) == printed
    assert tidy(printed, 2) == printed  # what is printed is what the checks saw, also when they run again
