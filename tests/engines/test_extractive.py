"""The engine without weights: whole sentences of the paper, each with its page, none twice."""

import pytest

from offline_digest.digesting.fields import FIELDS
from offline_digest.digesting.prompts import load_prompts
from offline_digest.engines.cues import CUES
from offline_digest.engines.extractive import ALIKE, ORDER, WANTED, ExtractiveEngine, choose, own_names
from offline_digest.language import Lexicon, is_quotable, without_citations
from offline_digest.language.likeness import cosine
from offline_digest.records import Passage, Sentence
from offline_digest.resources import resource_dir

PROMPTS = load_prompts(resource_dir("templates") / "prompts")["en"]
QUESTIONS = [PROMPTS.question(field, {}) for field in FIELDS]
BODY = {
    "Abstract": [
        "Soil moisture probes are cheap enough for small orchards, but a single probe is a poor guide.",
        "We propose a scheduler that keeps a daily water balance and corrects it with four probes.",
        "In 60 simulated seasons it applied 382.4 mm of water on average, 20.3 percent less than a calendar.",
    ],
    "1 Introduction": [
        "Irrigation is an important task that has become difficult in recent dry summers [3, 4].",
        "Fresh water is essential for fruit trees and is becoming expensive in many valleys.",
        "Previous schedulers require many probes and fail when one of them reports false alarms (Doe et al., 2020).",
        "Many existing methods trust raw readings and therefore water far too early.",
        "In this paper we introduce a novel filter that discards readings which the balance cannot explain.",
        "Unlike earlier controllers our key idea needs only two stored numbers for a whole field.",
    ],
    "2 Method": [
        "First, each probe is read at dawn and its value is converted to a water content.",
        "Then the filter computes the difference between the balance and the reading of each probe.",
        "We use a threshold of three standard deviations to reject a reading as a false alarm.",
        "Finally, the scheduler waits when enough rain is forecast for the next two days.",
        "The update is given in Eq. (3) and the constants are listed in Table 2 for all soils.",
        "and the rest of this fragment has no beginning at all in the printed text",
    ],
    "3 Experiments": [
        "We simulated 60 seasons of 120 days with data from three weather stations on one machine.",
        "Our scheduler outperforms the calendar and reduces the stressed cell-days to 1.75 percent.",
        "The error of the filter was 12.3 percent lower than that of a single raw probe.",
        "The code and the simulated data are released publicly together with all random seeds.",
    ],
    "4 Conclusion": [
        "A small filter enables reliable irrigation on a microcontroller and could help many small farms.",
        "We find that careful placement of the probes changed little in all of our experiments.",
        "Please note that the farmers are happy.",
    ],
    "References": ["[12] J. Doe. Rain on trees. Journal of Rain, 12(3):1-20, 2019. https://example.org/rain"],
}


def passage(body=BODY, title="A scheduler for soil moisture probes"):
    """Return a passage with one section to a page, the abstract on page 1."""
    found = []
    for number, (heading, texts) in enumerate(body.items()):
        for text in texts:
            found.append(Sentence(text=text, section=number - 1, heading=heading, page=number + 1, position=len(found)))
    return Passage(title=title, sentences=tuple(found))


def quoted(given, questions=QUESTIONS):
    """Return field → lines."""
    return {a.question.field: a.lines for a in ExtractiveEngine().answer(given, questions)}


PAGES = {without_citations(s.text): s.page for s in passage().sentences}


def test_sentences_are_quoted_word_for_word_with_their_page():
    """Every line is one sentence of the paper without its reference marks, on the page where it stands."""
    lines = [line for lines in quoted(passage()).values() for line in lines]
    assert len(lines) > 12
    assert [line for line in lines if PAGES.get(line.text) != (line.pages[0] if len(line.pages) == 1 else None)] == []


def test_no_sentence_serves_two_fields():
    """All fields together print no sentence twice."""
    texts = [line.text for lines in quoted(passage()).values() for line in lines]
    assert len(texts) == len(set(texts))


def test_nothing_but_whole_prose_is_quoted():
    """References, fragments, pointers and chatter are passed over, and reference marks are gone."""
    texts = [line.text for lines in quoted(passage()).values() for line in lines]
    assert [t for t in texts if not is_quotable(t)] == []
    assert not [t for t in texts if "[" in t or "Doe" in t or "Please" in t or "Eq." in t]


def test_fields_get_what_they_are_about():
    """The summary says what the paper does; results, steps and earlier work come from where they stand."""
    found = quoted(passage())
    assert len(found["summary"]) == 1
    assert found["summary"][0].text.startswith("We propose a scheduler")
    assert {line.pages for line in found["methods"]} == {(3,)}
    assert any("Previous" in line.text or "existing" in line.text for line in found["prior_work"])
    assert [line.text for line in found["innovation"]] == [BODY["1 Introduction"][4]]
    assert [line.text for line in found["performance"]] == [BODY["3 Experiments"][1]]
    assert found["workload"][0].text in (BODY["3 Experiments"][0], BODY["3 Experiments"][3])
    assert [line.text for line in found["approach"]] == [BODY["1 Introduction"][5]]
    assert found["takeaways"]


SAID = {
    "innovation": (
        "1 Introduction",
        "Unlike earlier controllers, our scheduler rejects readings that the balance cannot explain.",
        ["Filters with dozens of layers have been proposed for soil profiles, usually on top of a new numerical model.",
         "A novel network for soil images was introduced by the farmers of another valley last year [7].",
         "The first stage of the season is dry and the second stage is wet in this valley."],
    ),
    "significance": (
        "5 Conclusion",
        "Our scheduler enables reliable irrigation on small farms with cheap parts.",
        ["Stretching the calendar to seven days does not help our scheduler and is of no use to farms.",
         "We plan to apply our scheduler to other useful tasks in many valleys.",
         "However, the limited sensors of our scheduler suffer from drift and are not useful in wet soil."],
    ),
    "performance": (
        "4 Results",
        "Our scheduler uses 20.3 percent less water than the calendar and outperforms a raw probe.",
        ["The raw mean needs 9.2 mm more water than our scheduler under the same conditions.",
         "Without the gate our scheduler performs worse, with 12.1 percent more water than before.",
         "The probes of other makers reach a better accuracy of 3 percent than older ones."],
    ),
    "workload": (
        "4 Experiments",
        "We simulated 60 seasons of 120 days and trained on one GPU for 3 hours.",
        ["It is important to keep all parameters fixed in order to observe only the effect of rain.",
         "Suppose that a farm used 5 probes and measured soil on 10 days of the season.",
         "Our scheduler outperforms the calendar on 3 tasks by more than 5 points."],
    ),
    "methods": (
        "3 The Gate",
        "We rank the spots of the field by capacity and place one probe in each.",
        ["Robust statistics explains how to live with outliers, but we know of no irrigation controller that applies it.",
         "In future work, the scheduler could be applied to larger fields with a neighbourhood of probes.",
         "The next step is a season in a real orchard, and then we will use other probes."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("field", SAID)
def test_a_field_prefers_its_sentence_and_would_rather_be_empty(field):
    """What others did, plans, bad news and unrelated figures serve no field, not even where nothing else is there."""
    heading, fitting, others = SAID[field]
    frame = {"Abstract": ["We propose a scheduler for orchards with soil moisture probes and a daily water balance."]}
    both = quoted(passage({**frame, heading: [*others, fitting]}))
    assert [line.text for line in both[field]] == [fitting]
    assert quoted(passage({**frame, heading: others}))[field] == ()


def test_the_approach_is_central_to_the_paper():
    """What the whole paper speaks of is its approach, and comes before takeaways; a side matter with the same words is left out."""
    central = [
        "Our filter uses the daily balance to correct the readings of a probe in the field.",
        "Our scheduler rejects each false alarm of the probes by means of a filter for the soil and the rain.",
    ]
    side = "Our photographs of a ceremony in another town use the light of early evenings."
    found = quoted(passage({**BODY, "2 Method": [side, *BODY["2 Method"], *central]}))
    assert [line.text for line in found["approach"]] == central
    assert quoted(passage({"Abstract": BODY["Abstract"], "2 Method": ["Our town holds a prize."] * 2}))["approach"] == ()


STORY = {
    "Abstract": ["We propose a scheduler for orchards with soil moisture probes and a daily water balance."],
    "1 Introduction": ["Growers rely on calendars and on radio reports."],
}
EARLIER = "Prior work has proposed dense networks of wireless nodes in the valleys near the coast [3]."
WORKS = "Such networks have been widely used by previous studies since then [4]."


def test_a_sentence_that_names_something_earlier_takes_it_along():
    """The sentence before is quoted in the same line where both are short; the line has the pages of both."""
    found = quoted(passage({**STORY, "2 Related Work": [EARLIER, WORKS]}))["prior_work"]
    assert {line.text for line in found} == {without_citations(EARLIER), without_citations(WORKS)}  # both, so that none is repeated
    lines = quoted(passage({**STORY, "2 Related Work": ["Nodes of steel stood in the valleys near the coast.", WORKS]}))["prior_work"]
    assert [line.text for line in lines] == [f"Nodes of steel stood in the valleys near the coast. {without_citations(WORKS)}"]


def test_a_line_of_two_sentences_has_the_pages_of_both():
    """What crosses a page is quoted with both pages, in Chinese without a space between."""
    texts = {1: "传统方案在山谷里安装钢制节点。", 2: "这些节点在以往的研究中被广泛采用，然而成本昂贵。"}
    sentences = [Sentence(text="本文提出一种灌溉调度方法。", section=-1, heading="摘要", page=1, position=0)]
    sentences += [Sentence(text=t, section=0, heading="1 相关工作", page=p, position=p) for p, t in texts.items()]
    (line,) = choose(Passage(title="灌溉调度", sentences=tuple(sentences)))["prior_work"]
    assert (line.text, line.pages) == ("".join(texts.values()), (1, 2))


@pytest.mark.parametrize(
    "before",
    [
        "However, nodes of steel stood in the valleys near the coast.",  # leans itself
        "Nodes of steel are shown in Fig. 3 of the supplement.",  # cannot be quoted
        f"Nodes of steel stood {'and stood ' * 25}in the valleys near the coast.",  # too long for two
    ],
)
def test_what_cannot_be_explained_stands_alone_or_not_at_all(before):
    """A sentence whose earlier one cannot be quoted with it is the only one of its field, or gives way to another."""
    body = {**STORY, "2 Related Work": [before, WORKS]}
    assert without_citations(WORKS) in [line.text for line in quoted(passage(body))["prior_work"]]
    other = "Many existing methods trust raw readings and therefore water far too early [5]."
    found = quoted(passage({**STORY, "2 Related Work": [before, WORKS, other]}))["prior_work"]
    assert without_citations(WORKS) not in [line.text for line in found]


def test_parts_of_the_experiments_tell_no_method():
    """A section whose own heading says nothing is no method where it is a part of the experiments."""
    step = "We use a threshold of three standard deviations to reject a reading as a false alarm."

    def methods(above):
        said = [Sentence(text=STORY["Abstract"][0], section=-1, heading="Abstract", page=1, position=0)]
        said += [Sentence(text=step, section=1, heading="Dry Valleys", above=above, page=2, position=1)]
        return [line.text for line in quoted(Passage(title="A scheduler", sentences=tuple(said)))["methods"]]

    assert methods("The Gate") == methods("") == [step]
    assert methods("4 Experiments") == methods("Evaluation / Second Season") == []


def test_lines_of_a_field_share_no_figure():
    """Two results with the same decimal figure say the same in other words."""
    first = "Our scheduler attains a stressed share of 1.75 percent on the farms of the valley."
    again = "With the gate our pumps achieve 1.75 percent in each of the dry months."

    def results(second):
        return [line.text for line in quoted(passage({**STORY, "4 Results": [first, second]}))["results"]]

    other = again.replace("1.75", "3.25")
    assert results(other) == [first, other]
    assert len(results(again)) == 1


def test_chinese_that_says_the_same_is_quoted_once():
    """Two Chinese sentences in nearly the same words are told by pairs of characters, for Chinese parts no words; others are not alike."""
    first, again = "本文提出一种用探头校正水量平衡的灌溉调度方法。", "本文提出了用探头校正水量平衡的一种灌溉调度方法。"
    other = "冬季的积雪使山谷里的道路在夜间无法通行。"
    vectors = Lexicon([first, again, other]).vectors
    assert cosine(vectors[0], vectors[1]) > ALIKE
    assert cosine(vectors[0], vectors[2]) < 0.1
    body = {"摘要": [first], "1 引言": [again]}
    sentences = [(heading, text) for heading, texts in body.items() for text in texts]
    given = tuple(Sentence(text=t, page=1, section=-1 if h == "摘要" else 1, heading=h, position=i) for i, (h, t) in enumerate(sentences))
    chosen = choose(Passage(title="灌溉调度", sentences=given))
    assert [c.text for picked in chosen.values() for c in picked] == [first]


def test_the_papers_own_name_is_known():
    """What the title or the authors name as theirs is own work in every later sentence; other abbreviations are not."""
    texts = ["We introduce the DryNet filter for probes.", "DryNet and GPU run.", "DryNet is fast on a GPU.", "A GPU is used."]
    body = {"1 Introduction": texts}
    assert own_names(passage(body, title="ASAP: A scheduler")) == {"DryNet"}
    assert own_names(passage({"1 Introduction": ["ASAP is small."] * 3}, title="ASAP: A scheduler")) == {"ASAP"}
    assert own_names(passage({"1 Introduction": ["CMB is small."] * 3}, title="Dark matter and CMB")) == set()


def test_lines_are_in_reading_order():
    """Within a field sentences keep the order of the paper."""
    order = list(PAGES)
    for lines in quoted(passage()).values():
        places = [order.index(line.text) for line in lines]
        assert places == sorted(places)


def test_the_same_paper_gives_the_same_quotations():
    """Two runs agree."""
    assert quoted(passage()) == quoted(passage())


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.field)
def test_what_is_asked_changes_nothing(question):
    """A field is answered alike alone and together with all others, in any order."""
    assert quoted(passage(), [question])[question.field] == quoted(passage(), QUESTIONS[::-1])[question.field]


def test_a_paper_without_headings_is_quoted():
    """A paper of one section without heading and abstract still gives a summary."""
    texts = [text for texts in list(BODY.values())[:-1] for text in texts]
    sentences = [Sentence(text=t, section=0, heading="", page=1 + i // 5, position=i) for i, t in enumerate(texts)]
    found = quoted(Passage(title="A scheduler", sentences=tuple(sentences)))
    assert found["summary"]
    assert sum(map(len, found.values())) > 5


def test_three_sentences_are_quoted_once_each():
    """A paper of three sentences is spread over fields without saying anything twice."""
    found = quoted(passage({"Abstract": BODY["Abstract"]}))
    texts = [line.text for lines in found.values() for line in lines]
    assert found["summary"]
    assert len(texts) == len(set(texts)) <= 3


def test_an_empty_paper_gives_empty_answers():
    """Without sentences each question gets an answer without lines."""
    assert quoted(Passage(title="", sentences=())) == {f.name: () for f in FIELDS}


def test_a_sentence_printed_twice_is_quoted_once():
    """Abstract and conclusion often share a sentence; it is quoted once."""
    found = quoted(passage({**BODY, "5 Summary": BODY["Abstract"]}))
    texts = [line.text for lines in found.values() for line in lines]
    assert len(texts) == len(set(texts))


def test_it_says_what_it_is():
    """It quotes, in English, has no model and reads everything."""
    info = ExtractiveEngine().describe()
    assert (info.origin, info.languages, info.model) == ("extract", ("en",), None)
    assert ExtractiveEngine().count(["one two", ""]) == [2, 0]


def test_every_field_has_its_cues():
    """The fields of a digest, the order of filling and the cues name the same fields."""
    assert set(ORDER) == set(CUES) == {f.name for f in FIELDS}
    assert set(WANTED) <= set(ORDER)


ORCHARD = {
    "摘要": [
        "本文提出一种基于日水量平衡的灌溉调度方法，并用四个探头校正平衡值。",
        "实验结果表明，所提方法平均用水382.4毫米，比固定日历减少了20.3%。",
    ],
    "1 引言": ["灌溉是果园管理中的重要任务，近年来受到广泛关注。", "现有方法需要大量探头，并且在探头失效时难以给出可靠的判断[4, 5]。"],
    "2 方法": ["首先，在每天黎明读取每个探头的数值，并将其转换为土壤含水量。", "更新公式由式(3)给出，全部参数的取值列在表2中。"],
    "3 实验": ["我们使用三个气象站的数据模拟了60个季节，每个季节包含120天的记录。"],
    "4 结论": ["本文的方法为小型果园提供了节水手段，具有良好的应用前景。"],
}


def test_a_chinese_paper_is_quoted_in_chinese():
    """The fields of a Chinese paper hold its own sentences; an English one among them is not quoted, nor one that points at a table."""
    body = {**ORCHARD, "Abstract": ["We propose a scheduler that keeps a daily water balance and corrects it with four probes."]}
    sentences = tuple(
        Sentence(
            text=text, page=1, section=-1 if heading in {"摘要", "Abstract"} else number, heading=heading, position=10 * number + place
        )
        for number, (heading, texts) in enumerate(body.items())
        for place, text in enumerate(texts)
    )
    chosen = choose(Passage(title="果园灌溉调度方法", sentences=sentences))
    texts = {field: [c.text for c in picked] for field, picked in chosen.items()}
    assert texts["summary"] == [ORCHARD["摘要"][0]]
    assert texts["performance"] == [ORCHARD["摘要"][1]]
    assert texts["workload"] == [ORCHARD["3 实验"][0]]
    assert texts["significance"] == [ORCHARD["4 结论"][0]]
    assert texts["methods"] == [ORCHARD["2 方法"][0]]
    assert texts["prior_work"] == ["现有方法需要大量探头，并且在探头失效时难以给出可靠的判断。"]
    assert texts["background"] == [ORCHARD["1 引言"][0]]
