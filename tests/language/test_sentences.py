"""Sentences: where they end, which can be quoted, and what is left when reference marks are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.language import is_quotable, sentence_spans, without_citations


def cut(text):
    """Return the sentences of *text*."""
    return [text[a:b] for a, b in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["We follow Doe et al. (2020) here.", "It runs."],
        ["The plan of Doe et al. [3] works.", "Others fail."],
        ["This was shown by Doe et al.", "Their work is short."],
        ["We use tools, e.g. Python, i.e. code.", "It works."],
        ["See Fig. 3 and Figs. 4 and 5.", "It grows."],
        ["From Eq. (2) and Sec. 4 it follows.", "Then we stop."],
        ["As App. B and Tab. IV show, it grows vs. time.", "Compare cf. Doe."],
        ["We asked twice, and the answer is no.", "We stopped."],
        ["The model no. 5 wins.", "It is small."],
        ["J. Doe and A. B. Roe wrote it.", "They agree."],
        ["The U.S. Government pays.", "It pays well."],
        ["It comes from the U.S.", "The law says so."],
        ["Add vitamin C.", "Then wait."],
        ["The error is 3.5 and falls to 0.2.", "We stop at 1e-4."],
        ["It grew in version 2.", "5 papers followed."],
        ['He said "it works."', "Then he left."],
        ["It works (see below.)", "Then it stops."],
        ["It is good.[3, 4]", "The next is not."],
        ["Does it work?", "Yes!", "It does…", "We think."],
        ["We tested cats, dogs, etc.", "The cats won."],
        ["The samples are i.i.d.", "We draw ten."],
        ["It is the work of St. Petersburg.", "Fine."],
        ["这是第一句。", "这是第二句！", "真的吗？", "没有句号的一句"],
        ["他说：“好。”", "然后走了。"],
        ["见 3.5 节（如下。）", "其次如此。"],
        ["他问“好吗？”，然后走了。", "没有回来。"],
        ["模型达到 28.4 BLEU。", "It is the best."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences):
    """Stops of abbreviations, initials and numbers end nothing; quotation marks, brackets and marks stay with their sentence."""
    assert cut(("" if "\u4e00" <= sentences[0][0] <= "\u9fff" else " ").join(sentences)) == sentences


PIECES = [*'aZé3.!?…。！”"’)]（） [\n\t,eig中', "Fig. ", "et al. ", "e.g. ", "J. ", "[1] ", "(Doe, 2020) ", "The "]
WILD = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(st.one_of(st.text(max_size=80), WILD))
def test_no_character_is_lost_between_sentences(text):
    """Spans are ordered, disjoint, inside the text, trimmed, and hold every character that is not white space."""
    spans = sentence_spans(text)
    end_before = 0
    for start, end in spans:
        assert end_before <= start < end <= len(text)
        assert not text[end_before:start].strip()
        assert text[start:end] == text[start:end].strip()
        end_before = end
    assert not text[end_before:].strip()


@given(st.one_of(st.text(max_size=80), WILD))
def test_any_text_can_be_judged(text):
    """No text makes these functions fail, and citations are gone after one pass or stay."""
    once = without_citations(text)
    assert len(once) <= len(text)
    assert isinstance(is_quotable(once), bool)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("We use Adam [3].", "We use Adam."),
        ("We use Adam [3, 7] and dropout [12–14] here.", "We use Adam and dropout here."),
        ("Models [1], [2] and [3] grow.", "Models grow."),
        ("It works well [1]–[3].", "It works well."),
        ("We use Adam [KB15, LH19a] here.", "We use Adam here."),
        ("Feynman [1982,1986] seems to have been the first.", "Feynman seems to have been the first."),
        ("Large models work (Doe et al., 2020).", "Large models work."),
        ("Large models (Doe and Roe, 2020; Foo, 2021a,b) work.", "Large models work."),
        ("Large models (see Doe et al. 2019, p. 5) work.", "Large models work."),
        ("Maps (van der Maaten & Hinton, 2008) help.", "Maps help."),
        ("Large models (e.g., OpenAI, 2023; O'Neil, 2016) work.", "Large models work."),
        ("Models (GPT-3; Brown et al., 2020) work.", "Models (GPT-3) work."),
        ("Work in progress (Doe, in press) agrees.", "Work in progress agrees."),
        ("Large models (see [3], [5]) work.", "Large models work."),
        ("大模型有效（见文献 [99]）。", "大模型有效。"),
        ("大模型有效（参见 [3, 4]）。", "大模型有效。"),
    ],
)
def test_reference_marks_go(text, left):
    """Numeric, alphabetic and author-year marks go, with the space before them."""
    assert without_citations(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "The proof is long (see the appendix).",
        "Values lie in [0, 1] and in the interval [1, 5].",
        "We scale to [0, 255] first.",
        "The data (March 2020) are public.",
        "It was shown (at ICLR 2020) before.",
        "It is used (from 1990 on) everywhere.",
        "The loss is as in [3].",
        "The loss (see [3] for others) is small.",
        "Doe et al. (2020) show this.",
        "The set x[i] (with i > 3) is small.",
        "The model (version 2 of 2019) is small.",
    ],
)
def test_other_brackets_stay(text):
    """Remarks, intervals, dates and marks that are a word of their sentence stay."""
    assert without_citations(text) == text


GOOD = [
    "We propose a network that reads a whole paper in one pass.",
    "In 60 simulated seasons of 120 days it applied 382.4 mm of water on average.",
    'The authors call this effect "double descent" and explain its cause.',
    "Our method (without any tuning) improves the error by 12.5% on three benchmarks.",
    "GPT-3 and BERT-large need more than 100 GB of memory for this task.",
    "We hope that this encourages work on smaller models and on better data.",
    "What makes this possible is a filter that discards false alarms?",
]
DEBRIS = [
    "2, and it is shown that our model performs better on both of them.",
    "Figure 11 depicts an analysis of the factors of the model.",
    "The weights are learned from the training data (see Figure 3c).",
    "It was compared on all tasks, as is summarized in Table.",
    "and this goes on without a beginning that one could read.",
    "We show that it works well in all of the cases that",
    "As described in [3], the loss has two terms and one constant.",
    "The accuracy of the model is shown in Figure 3 for all sizes.",
    "Table 2 lists the results of all models on the test set.",
    "Doe et al. showed that the loss of large models falls slowly.",
    "The loss is L = a + b where a is the bias term.",
    "Here α denotes the learning rate of the model that we train.",
    "The code is available at https://example.org/code for all readers.",
    "We (as many others do think that this is a good idea.",
    "The remainder of this work is given as follows for the reader.",
    "Contact us at doe@example.org for all questions about the data set.",
    "Short one here.",
    "1 2 3 4 5 6 7 8 9 10 11 12 13.",
    "The values ?? and the others are not known to the reader.",
    "A B C D E F g h i j k l m.",
]


@pytest.mark.parametrize("text", GOOD)
def test_plain_prose_is_quotable(text):
    """A whole sentence that points at nothing outside can be quoted."""
    assert is_quotable(text)


@pytest.mark.parametrize(
    ("power", "stays"),
    [
        ("10^−26", True),
        ("n^2", True),
        ("O(n^2)", True),
        ("(a + b)^2", True),
        ("cm^-3", True),
        ("x^n", True),
        ("x^(k+1)", False),
        ("x^n_2", False),
        ("x^2^2", False),
        ("10^2.5", False),
        ("^2", False),
        ("x^", False),
        ("−3", False),
    ],
)
def test_a_plain_power_may_be_quoted(power, stays):
    """A number, letter or bracket raised to a number or letter reads as it was meant; no other formula does."""
    assert is_quotable(f"The filter of the probes needs {power} steps for all of the readings.") is stays
    assert is_quotable(f"For all of the readings the filter of the probes needs {power}.") is stays


@pytest.mark.parametrize("text", DEBRIS)
def test_debris_is_not_quotable(text):
    """Fragments, formulas, pointers to figures and other works, and addresses are never quoted."""
    assert not is_quotable(text)


@pytest.mark.parametrize(
    "text",
    [
        "The gate is opened as in Tab. 3 whenever the probes agree.",
        "The field is wet in the sense of Definition 2.1 for seven days.",
        "The schedule follows Example 4 for all of the seven fields.",
        "The pump is steered by the custom loop explained in 4.7.",
        "The orchard was divided into rows with the following simple strategy.",
        "From the left plot, we can see that the water lasts longer.",
        "As can be seen from the table, the water lasts much longer.",
        "We next prove that the pump of the field stops after seven days.",
        "The constants of the soil are those of Table IV for all orchards.",
        "In the remainder of this section, we describe how the probes are placed.",
        "The pump is described in § 3 together with all of its valves.",
        "We saw more water in the rows, (2) the gate lets fewer readings pass, and (3) the pump is small.",
        "Daily watering method To irrigate a field, we open the valve once a day.",
        "3.4 Anonymous works edited on not anonymous books of the valley.",
        "2. The gate is opened whenever all of the probes agree.",
        "2.1 阀门在所有探针的读数一致之后才会打开，每天最多一次。",
        "由推论 2 可知，调度器在七天之内一定会停止浇水。",
        "从图中可以看出，所提方法的用水量明显低于固定日历。",
        "试验得到三个结论，（2）门限让更多读数通过，（3）水泵很小。",
    ],
)
def test_what_points_elsewhere_or_is_torn_is_not_quotable(text):
    """Numbered statements, sections and plots that are not shown, rests of lists and headings that run in spoil a quotation."""
    assert not is_quotable(text)


@pytest.mark.parametrize(
    "text",
    [
        "The table of rows and columns holds the readings of four probes.",
        "Our algorithm is small and its table in memory holds two numbers.",
        "3.4 million readings of the probes were kept for seven days.",
        "12 GB of memory hold the readings of all of the probes.",
        "The error improved in 4.7 seconds on a small microcontroller.",
        "The gate has two parts: (1) a threshold for readings and (2) a timer.",
        "The following year brought more rain to the valley than usual.",
        "The Hague and The Netherlands share one river and its water.",
        "Figures of merit and plots of land are compared in our survey.",
        "系统由（1）水泵和（2）阀门两部分组成，每天运行一次。",
        "研究共纳入果树 120 例，其中病例 30 例，均来自同一山谷。",
        "图像中心的像素表示探头所在的位置，四周表示土壤。",
    ],
)
def test_what_only_looks_like_a_pointer_is_quotable(text):
    """Tables, plots, examples and lists that a sentence holds itself or is about do no harm."""
    assert is_quotable(text)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("本文提出一种基于日水量平衡的灌溉调度方法。", True),
        ("所提方法平均用水382.4毫米，比固定日历减少了20.3%。", True),
        ("本文很短。", False),
        ("更新公式由式(3)给出，全部参数的取值列在附近。", False),
        ("全部参数的取值和误差如表2所示，其余的不再列出。", False),
        ("文献[3]提出一种基于日水量平衡的灌溉调度方法。", False),
        ("灌溉" * 60 + "。", False),
    ],
)
def test_chinese_is_measured_in_characters(text, whole):
    """Chinese writes no spaces: a sentence is neither too short nor too long by its characters, and points at nothing outside."""
    assert is_quotable(without_citations(text)) is whole
