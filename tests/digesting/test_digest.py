"""A digest: good answers are printed, bad ones asked again, then replaced by the paper's own sentences."""

import pytest

from offline_digest import __version__
from offline_digest.digesting import Wish, digest_paper, judge_digest, load_prompts
from offline_digest.digesting.asking import RETRIES
from offline_digest.digesting.checks import CHECKS, failures
from offline_digest.digesting.facts import Facts
from offline_digest.digesting.fields import BRIEF, FIELDS, SECTION, TRANSLATED
from offline_digest.digesting.support import SUPPORT
from offline_digest.engines.extractive import ExtractiveEngine
from offline_digest.engines.scripted import ScriptedEngine
from offline_digest.records import Answer, Call, Line, Metadata, Paper, Paragraph, Purpose, Section
from offline_digest.resources import resource_dir

PROMPTS = load_prompts(resource_dir("templates") / "prompts")
TEXT = {
    "Introduction": "Irrigation is an important task that has become difficult in dry summers. Previous schedulers require many probes and fail "
    "when one of them reports false alarms. In this paper we introduce a filter that discards readings which the balance cannot explain.",
    "Method": "First, each probe is read at dawn and its value is converted to a water content. Then the QuickProbe filter computes the "
    "difference between the balance and each reading. We use a threshold of three deviations to reject a reading as a false alarm.",
    "Results": "Our scheduler applied 382.4 mm of water in 60 simulated seasons, which is 20.3 percent less than a calendar. "
    "It outperforms a single raw probe and reduces the stressed days to 1.75 percent of all days.",
    "Conclusion": "A small filter enables reliable irrigation and could help many small farms. The code and the data are released publicly.",
}
PAPER = Paper(
    n_pages=4,
    title="A scheduler for soil moisture probes",
    authors=("Ada Doe",),
    affiliations=("Oslo University",),
    abstract="We propose a scheduler that keeps a daily water balance and corrects it with four probes.",
    keywords=("irrigation", "soil moisture"),
    sections=tuple(
        Section(number=str(i), heading=heading, level=1, page=i, paragraphs=(Paragraph(text=text, turns=((0, i),)),))
        for i, (heading, text) in enumerate(TEXT.items(), start=1)
    ),
)
SOURCE = Facts(PAPER, None).source("paper")

EN = {
    "summary": "The paper describes an irrigation scheduler which keeps a water balance, corrects it with four probes and saves 20.3 percent.",
    "background": "Trees need water when summers are dry, and water has become hard to get. Deciding when to irrigate is therefore an "
    "important and difficult task.",
    "prior_work": "Earlier schedulers need a large number of probes to work well. When one probe sends a false alarm, they fail and "
    "water the field too early.",
    "approach": "The authors combine a daily balance of water with a filter. It compares every reading with the balance and throws away "
    "what the balance cannot explain.",
    "results": "In 60 simulated seasons the scheduler used 382.4 mm of water on average. That is 20.3 percent below the calendar, with "
    "1.75 percent of days under stress.",
    "significance": "Reliable irrigation on small farms becomes possible with a filter that is simple enough for anyone to build.",
    "innovation": "What is new is that a reading is rejected when it departs from the balance by three deviations.",
    "performance": "Compared with a single raw probe the scheduler does better, and stressed days fall to 1.75 percent of all.",
    "workload": "The evaluation covers 60 simulated seasons, and both code and data of the study have been made public.",
}
ZH = {
    "title_zh": "面向土壤湿度探头的调度器",
    "keywords_zh": "灌溉；土壤湿度",
    "affiliations_zh": "奥斯陆大学",
    "summary": "论文提出一种灌溉调度器，每天计算水量平衡并用四个探头加以修正，用水量减少了百分之二十点三。",
    "background": "夏季干旱使灌溉变得困难，何时浇水成为果园管理中的重要问题。水资源日益紧张，错误的判断既浪费水，也会损害树木。",
    "prior_work": "以往的调度方法需要安装许多探头，成本较高。一旦其中某个探头发出误报，这些方法便会失效，过早地给整片田地浇水。",
    "approach": "作者每天计算水量平衡，并用名为 QuickProbe 的滤波器把平衡值与探头读数相比较，舍弃平衡无法解释的读数，从而不受误报影响。",
    "results": "在60个模拟季节中，调度器平均用水 382.4 毫米，比按日历浇水减少20.3%，受旱天数只占全部天数的1.75%，优于单个探头。",
    "significance": "这一滤波器结构简单，让小型农场也能可靠地灌溉，具有实际的推广价值，也便于在低成本设备上实现。",
    "innovation": "与以往工作不同，该方法在读数偏离水量平衡超过三倍偏差时将其拒绝，因此不需要大量探头也能避免误报。",
    "performance": "与单个原始探头相比，该调度器表现更好，受旱天数降至百分之一点七五，同时用水量低于固定日历的做法。",
    "workload": "论文报告了60个模拟季节的实验，并公开了全部代码与数据，便于他人重复这些实验并在其他田地上检验。",
}
LISTS = {
    ("takeaways", "en"): ["A daily balance guides the scheduler.", "Four probes correct the balance each day.", "A reading is rejected as a false alarm.",
                          "Water applied falls by 20.3 percent.", "Stressed days make up 1.75 percent of days."],
    ("methods", "en"): ["Read every probe early in the morning.", "Turn each value into water content.", "Reject what departs by three deviations."],
    ("takeaways", "zh"): ["调度器依靠每天的水量平衡来决定何时浇水。", "四个探头的读数用来修正水量平衡的误差。", "滤波器能够识别并舍弃错误的警报读数。",
                          "与固定日历相比，用水量减少了20.3%。", "受旱天数只占全部天数的百分之一点七五。"],
    ("methods", "zh"): ["每天清晨读取所有探头，并换算为含水量。", "计算水量平衡与每个读数之间的差值大小。", "差值超过三倍偏差时，把该读数视为误报。"],
}  # fmt: skip


def good(question):
    """Answer every question well."""
    if (question.field, question.language) in LISTS:
        return LISTS[question.field, question.language]
    return [(EN if question.language == "en" else ZH)[question.field]]


def digest(script=good, languages=("en", "zh"), passage_tokens=8192, purpose=None, paper=PAPER, **more):
    """Return the digest and the engine that was asked."""
    engine = ScriptedEngine(script, languages=languages, passage_tokens=passage_tokens, purpose=purpose)
    return digest_paper(paper, None, engine, fallback=ExtractiveEngine(), prompts=PROMPTS, **more), engine


def text_of(found, field, language):
    """Return one field of a digest."""
    return next(f for f in found.fields if (f.field, f.language) == (field, language))


def test_good_answers_are_printed():
    """Each good answer is in the digest, marked as the model's, with the checks it passed and the pages that support it."""
    found, engine = digest()
    assert [(f.field, f.language, f.origin) for f in found.fields if f.origin != "model"] == []
    assert {(f.field, f.language) for f in found.fields} == {(f.name, "en") for f in FIELDS} | {
        (f.name, "zh") for f in (*FIELDS, *TRANSLATED)
    }
    assert all(f.checks == ((*CHECKS, SUPPORT) if all(x.pages for x in f.lines) else CHECKS) for f in found.fields)
    assert len(engine.asked) == len(found.fields)
    results = text_of(found, "results", "en")
    assert (results.lines[0].text, results.lines[0].pages) == (EN["results"], (3,))
    assert text_of(found, "approach", "zh").lines[0].text == ZH["approach"]
    assert text_of(found, "title_zh", "zh").lines == (Line(text=ZH["title_zh"]),)


def test_both_languages_are_asked_in_one_call():
    """An engine gets all questions of an attempt at once, and a field that failed in one language is asked again in that one alone."""
    _, engine = digest()
    assert len(engine.passages) == 1
    _, engine = digest(lambda q: ["?"] if (q.field, q.language, q.attempt) == ("results", "zh", 0) else good(q))
    assert len(engine.passages) == 2
    assert [(q.field, q.language) for q in engine.asked if q.attempt == 1] == [("results", "zh")]


def test_what_is_printed_as_the_models_passes_the_checks_again():
    """Nothing with origin `model` fails when its checks are run once more."""
    found, _ = digest()
    targets = {f.name: f for f in (*FIELDS, *TRANSLATED)}
    for text in found.fields:
        field = targets[text.field]
        lines = [line.text for line in text.lines]
        whole = not field.is_list and field not in TRANSLATED
        wording = None if field in TRANSLATED else PROMPTS[text.language].wording
        assert (
            failures(lines, text.language, target=field.target(text.language), source=SOURCE, wording=wording, whole_sentences=whole) == {}
        )


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        ("numbers", EN["results"].replace("382.4", "382.5")),
        ("terms", EN["results"].replace("the scheduler", "the AquaNet scheduler")),
        ("leftovers", f"Sure! {EN['results']}"),
        ("length", EN["results"][:-30]),
        ("language", ZH["results"]),
        ("copied", PROMPTS["en"].question(FIELDS[5], {}).prompt),
        ("copied", f"{EN['approach']} {EN['approach'].upper()}"),
        ("prompt", PROMPTS["en"].question(FIELDS[2], {}).prompt),
        ("prompt", f"{EN['results']} Does it also save water?"),
    ],
)
def test_a_failing_field_is_asked_again_and_then_quoted(check, wrong):
    """The second question says what was wrong; after it the field is a quotation of the paper with its page."""
    found, engine = digest(lambda q: [wrong] if (q.field, q.language) == ("results", "en") else good(q))
    asked = [q for q in engine.asked if (q.field, q.language) == ("results", "en")]
    assert [q.attempt for q in asked] == list(range(1 + len(RETRIES["paper"])))
    assert PROMPTS["en"].again[check] in asked[1].prompt
    text = text_of(found, "results", "en")
    assert text.origin == "extract"
    assert all(line.pages and line.text in " ".join([PAPER.abstract, *TEXT.values()]) for line in text.lines)
    assert [f.field for f in found.fields if f.origin != "model"] == ["results"]


def test_a_second_try_may_succeed():
    """An answer that is right the second time is printed as the model's."""
    found, _ = digest(lambda q: ["Wrong 999."] if q.field == "results" and not q.attempt else good(q))
    assert text_of(found, "results", "en").lines[0].text == EN["results"]
    assert text_of(found, "results", "zh").origin == "model"


def test_a_chinese_field_falls_back_to_a_quotation():
    """Where no Chinese answer is right, the paper is quoted in its own language, under the Chinese field; translations stay absent."""
    found, _ = digest(lambda q: ["Wrong."] if q.language == "zh" else good(q))
    assert text_of(found, "results", "zh").origin == "extract"
    assert text_of(found, "results", "zh").lines
    assert [text_of(found, f.name, "zh").origin for f in TRANSLATED] == ["absent"] * len(TRANSLATED)


def test_the_paper_is_asked_only_for_what_failed():
    """Quotations are looked for once and only for fields that some language misses; where none does, the fallback is left alone."""
    fallback = ScriptedEngine(lambda _: ["Quoted."])
    digest_paper(PAPER, None, ScriptedEngine(good), fallback=fallback, prompts=PROMPTS)
    assert fallback.passages == []
    wrong = ScriptedEngine(lambda q: [] if (q.field, q.language) == ("results", "zh") else good(q))
    found = digest_paper(PAPER, None, wrong, fallback=fallback, prompts=PROMPTS)
    assert [q.field for q in fallback.asked] == ["results"]
    assert (text_of(found, "results", "zh").origin, text_of(found, "results", "en").origin) == ("extract", "model")


def test_lists_keep_their_good_lines():
    """A bad line is dropped from a list as long as enough good ones are left; with too few the list falls."""
    lines = [*LISTS["takeaways", "en"], "Rain falls by 77 percent.", "希望以上内容对您有帮助。"]
    found, engine = digest(lambda q: lines if (q.field, q.language) == ("takeaways", "en") else good(q))
    assert [line.text for line in text_of(found, "takeaways", "en").lines] == LISTS["takeaways", "en"]
    assert sum((q.field, q.language) == ("takeaways", "en") for q in engine.asked) == 1
    found, _ = digest(lambda q: lines[1:] if (q.field, q.language) == ("takeaways", "en") else good(q))
    assert text_of(found, "takeaways", "en").origin != "model"


def test_no_line_of_a_list_is_printed_twice():
    """A line that a list repeats is dropped."""
    lines = [*LISTS["takeaways", "en"], LISTS["takeaways", "en"][1]]
    found, _ = digest(lambda q: lines if (q.field, q.language) == ("takeaways", "en") else good(q))
    assert [line.text for line in text_of(found, "takeaways", "en").lines] == LISTS["takeaways", "en"]


def test_a_line_that_says_an_earlier_one_again_is_dropped():
    """Of two lines that differ in a few words only the first is printed; with other numbers both are."""
    again = "Four probes now correct the balance on each day."
    lines = [*LISTS["takeaways", "en"], again]
    found, _ = digest(lambda q: lines if (q.field, q.language) == ("takeaways", "en") else good(q))
    assert [line.text for line in text_of(found, "takeaways", "en").lines] == LISTS["takeaways", "en"]
    chinese = [*LISTS["takeaways", "zh"], "与固定日历相比，总用水量减少了20.3%。"]
    found, _ = digest(lambda q: chinese if (q.field, q.language) == ("takeaways", "zh") else good(q))
    assert [line.text for line in text_of(found, "takeaways", "zh").lines] == LISTS["takeaways", "zh"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Trees near the river grow much faster than all others."),
        ("zh", "滤波器由阀门厂家免费提供给农民使用。"),
        ("zh", "滤波器 QuickProbe 与 60 年来的 dawn 数据相符。"),
    ],
)
def test_a_takeaway_that_no_page_supports_is_dropped(language, line):
    """Each takeaway rests on a page, in both languages."""
    lines = [*LISTS["takeaways", language], line]
    found, _ = digest(lambda q: lines if (q.field, q.language) == ("takeaways", language) else good(q))
    text = text_of(found, "takeaways", language)
    assert text.origin == "model"
    assert line not in [x.text for x in text.lines]
    assert all(x.pages for x in text.lines)


def test_a_sentence_of_another_field_is_refused():
    """What one field says, no later one may copy."""
    found, _ = digest(lambda q: [EN["significance"]] if (q.field, q.language) == ("innovation", "en") else good(q))
    assert text_of(found, "significance", "en").origin == "model"
    assert text_of(found, "innovation", "en").origin != "model"


@pytest.mark.parametrize("answer", [[], [""], ["   "], ["1."], ["\n"]])
def test_an_empty_answer_is_no_answer(answer):
    """Nothing said is asked again, then quoted."""
    found, _ = digest(lambda q: answer)
    assert {f.origin for f in found.fields} <= {"extract", "absent"}


def test_an_english_engine_is_asked_no_chinese():
    """A language that the engine does not write is not asked, and has no fields."""
    found, engine = digest(languages=("en",))
    assert {q.language for q in engine.asked} == {f.language for f in found.fields} == {"en"}


def test_a_chinese_engine_leaves_english_to_the_paper():
    """Where the engine writes no English, the English fields are quotations."""
    found, engine = digest(languages=("zh",))
    assert {q.language for q in engine.asked} == {"zh"}
    assert {f.origin for f in found.fields if f.language == "en"} <= {"extract", "absent"}


STARTER = Purpose(reads="abstract", version="s1", ask={"zh": {"summary": "Summary, in Chinese.", "background": "Background, in Chinese."}})


@pytest.mark.parametrize("thorough", [False, True])
def test_a_model_made_for_abstracts_reads_no_more_and_is_asked_in_its_own_words(thorough):
    """It gets title and abstract without headings and the questions it was made for; the rest and all English is quoted from the paper."""
    found, engine = digest(languages=("zh",), purpose=STARTER, wish=Wish(thorough=thorough), passage_tokens=100)
    assert {(q.field, q.language, q.prompt) for q in engine.asked} == {
        ("summary", "zh", "Summary, in Chinese."),
        ("background", "zh", "Background, in Chinese."),
    }
    (passage,) = set(engine.passages)
    assert (passage.title, [(s.heading, s.text) for s in passage.sentences]) == (PAPER.title, [("", PAPER.abstract)])
    assert {f.field for f in found.fields if f.language == "zh"} == {"summary", "background"}
    assert {(f.field, f.language) for f in found.fields if f.origin == "extract"} >= {
        ("results", "en"),
        ("prior_work", "en"),
        ("summary", "en"),
    }
    assert [(s.heading, s.read) for s in found.coverage.sections] == [("Abstract", "whole"), *((h, "left_out") for h in TEXT)]
    assert found.prompt_version == "en:5 zh:s1"


def test_a_model_made_for_abstracts_is_asked_more_often():
    """Its answers are short and it fails often: a field becomes a quotation only after more tries than a larger model has."""
    found, engine = digest(lambda q: good(q) if q.attempt == len(RETRIES["abstract"]) else ["对不起"], languages=("zh",), purpose=STARTER)
    asked = [q for q in engine.asked if q.field == "background"]
    assert [q.attempt for q in asked] == list(range(1 + len(RETRIES["abstract"])))
    assert [q.temperature for q in asked] == [0, *RETRIES["abstract"]]
    assert len(RETRIES["abstract"]) > len(RETRIES["paper"])
    assert text_of(found, "background", "zh").origin == "model"


def test_what_a_model_did_not_read_does_not_bear_out_its_answers():
    """A number that the paper prints behind its abstract passes where the whole paper was read, and falls where the abstract alone was."""
    for purpose, origin in ((None, "model"), (STARTER, "extract")):
        found, _ = digest(languages=("zh",), purpose=purpose)
        assert text_of(found, "summary", "zh").origin == origin
        assert judge_digest(PAPER, found, PROMPTS) == {}


def test_a_model_made_for_abstracts_is_not_asked_where_there_is_none():
    """Without an abstract it would have to invent: the whole digest is quoted, and the English half is there."""
    bare = PAPER.model_copy(update={"abstract": None})
    found, engine = digest(languages=("zh",), purpose=STARTER, paper=bare)
    assert engine.asked == []
    assert {f.origin for f in found.fields} <= {"extract", "absent"}
    assert text_of(found, "results", "en").lines


def test_kept_answers_are_not_asked_again():
    """An answer that an earlier run kept is recalled, and the digest is the same."""
    kept = {}
    first, _ = digest(keep=lambda passage, answer: kept.update({(passage, answer.question): answer}))
    assert len(kept) == len(first.fields)
    again, engine = digest(recall=lambda passage, question: kept.get((passage, question)))
    assert engine.asked == []
    assert again == first
    del kept[next(key for key in kept if key[1].field == "results")]
    _, engine = digest(recall=lambda passage, question: kept.get((passage, question)))
    assert [q.field for q in engine.asked] == ["results"]


def test_every_verdict_is_told():
    """Once an attempt, each question with the checks that its answer failed; what was accepted failed none and is not asked again."""
    told = []

    def stumbles(question):
        return ["Rain fell 999 times."] if (question.field, question.language, question.attempt) == ("results", "en", 0) else good(question)

    found, engine = digest(stumbles, judged=lambda passage, verdicts: told.append((passage, verdicts)))
    assert [question for _, verdicts in told for question, _ in verdicts] == engine.asked
    assert [passage for passage, _ in told] == engine.passages
    assert {text.origin for text in found.fields} == {"model"}
    [(refused, failed)] = [verdict for _, verdicts in told for verdict in verdicts if verdict[1]]
    assert (refused.field, refused.attempt) == ("results", 0)
    assert "numbers" in failed


def test_recalled_answers_are_checked_too():
    """What an earlier run kept is printed only if it passes."""

    def recall(passage, question):
        return Answer(question=question, lines=(Line(text="Rain fell 999 times."),), tokens=1, seconds=0.0)

    found, _ = digest(recall=recall)
    assert {f.origin for f in found.fields} <= {"extract", "absent"}


def test_the_engine_reads_the_paper_within_its_budget():
    """The passage holds title and sentences, no more than was allowed, and the coverage says what was left out."""
    found, engine = digest(passage_tokens=90)
    assert sum(len(s.text.split()) for s in engine.passages[0].sentences) <= 90
    assert found.coverage.sentences_read == len(engine.passages[0].sentences) < found.coverage.sentences
    assert {section.read for section in digest()[0].coverage.sections} == {"whole"}


def test_without_a_model_the_paper_speaks():
    """The extractive engine alone gives an English digest of quotations, each with its page."""
    found = digest_paper(PAPER, None, ExtractiveEngine(), fallback=ExtractiveEngine(), prompts=PROMPTS)
    assert {f.language for f in found.fields} == {"en"}
    assert {f.origin for f in found.fields} == {"extract", "absent"}
    assert all(line.pages for f in found.fields for line in f.lines)
    assert text_of(found, "summary", "en").lines[0].text == PAPER.abstract


def test_facts_come_from_metadata_and_paper():
    """Title, authors, ids and keywords are never the engine's."""
    known = Metadata(arxiv_id="2407.09450", version="v1", title="A scheduler", authors=("Ada M. Doe",))
    found = digest_paper(PAPER, known, ScriptedEngine(good), fallback=ExtractiveEngine(), prompts=PROMPTS)
    assert (found.title, found.authors, found.arxiv_id) == ("A scheduler", ("Ada M. Doe",), "2407.09450")
    assert (found.keywords, found.keywords_origin) == (("irrigation", "soil moisture"), "printed")
    assert found.prompt_version == "en:5 zh:5"


def test_an_empty_paper_has_an_honest_digest():
    """A paper without text has a digest without texts, not a failure."""
    empty = Paper(n_pages=1, title="Nothing")
    found = digest_paper(empty, None, ScriptedEngine(lambda q: []), fallback=ExtractiveEngine(), prompts=PROMPTS)
    assert {f.origin for f in found.fields} == {"absent"}
    assert found.keywords_origin == "absent"


def test_a_brief_digest_asks_for_little():
    """Only summary, takeaways and the title's translation are asked for, and nothing else is in the digest, not even as absent."""
    found, engine = digest(wish=Wish(brief=True))
    assert {(q.field, q.language) for q in engine.asked} == {(f.field, f.language) for f in found.fields}
    assert {f.field for f in found.fields} == set(BRIEF)
    assert {f.field for f in found.fields if f.language == "en"} == {"summary", "takeaways"}
    assert not found.asks("methods")
    quoted = digest_paper(PAPER, None, ExtractiveEngine(), fallback=ExtractiveEngine(), prompts=PROMPTS, wish=Wish(brief=True))
    assert [f.field for f in quoted.fields] == ["summary", "takeaways"]
    whole = digest_paper(PAPER, None, ExtractiveEngine(), fallback=ExtractiveEngine(), prompts=PROMPTS)
    assert set(quoted.fields) < set(whole.fields)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_digest_in_one_language_asks_for_no_other(language):
    """Nor does it say that the model writes any other."""
    found, engine = digest(wish=Wish(languages=(language,)))
    assert {q.language for q in engine.asked} == {language}
    assert {f.language for f in found.fields} == {language}
    assert found.engine.languages == (language,)


LONG = PAPER.model_copy(
    update={"sections": (*PAPER.sections, Section(number="5", heading="Robustness", level=1, page=5, paragraphs=(
        Paragraph(text=" ".join(f"Orchard {i} keeps its four probes under dry soil in a hot summer." for i in range(60)), turns=((0, 5),)),)))}
)  # fmt: skip


def thorough(lines, **more):
    """Return the digest of a paper with a section that does not fit, the engine, and the passage of its last questions."""
    engine = ScriptedEngine(lambda q: lines if q.field == SECTION.name else good(q), passage_tokens=320)
    found = digest_paper(LONG, None, engine, fallback=ExtractiveEngine(), prompts=PROMPTS, wish=Wish(thorough=True), **more)
    return found, engine


def test_a_thorough_digest_condenses_what_does_not_fit():
    """The long section is read whole, piece by piece; lines that pass stand in the passage, with their page, and the coverage says so."""
    lines = [
        "Every orchard keeps four probes under dry soil.",
        "It was a hot summer for all 999 orchards.",
        "Probes stay in dry soil through a hot summer.",
    ]
    found, engine = thorough(lines)
    pieces, passage = engine.passages[:-1], engine.passages[-1]
    assert {s.heading for piece in pieces for s in piece.sentences} >= {"Robustness"}
    assert sum(s.heading == "Robustness" for piece in pieces for s in piece.sentences) == 60
    written = [s for s in passage.sentences if s.condensed]
    assert {s.text for s in written} <= {lines[0], lines[2]}
    assert {s.page for s in written} == {5}
    assert {s.heading: s.read for s in found.coverage.sections}["Robustness"] == "condensed"
    assert found.coverage.sentences_condensed == 60
    assert SECTION.name not in {f.field for f in found.fields}


def test_a_section_is_asked_about_once_and_kept():
    """Lines that do not pass are not asked for again; what an earlier run kept is not asked for at all."""
    found, engine = thorough(["Rain fell 999 times.", "Nobody knows."])
    assert {q.attempt for q in engine.asked if q.field == SECTION.name} == {0}
    assert {s.heading: s.read for s in found.coverage.sections}["Robustness"] == "in_part"
    assert not any(s.condensed for s in engine.passages[-1].sentences)
    kept = {}
    lines = ["Every orchard keeps four probes under dry soil.", "Probes stay in dry soil through a hot summer."]
    first, _ = thorough(lines, keep=lambda passage, answer: kept.update({(passage, answer.question): answer}))
    again, engine = thorough(lines, recall=lambda passage, question: kept.get((passage, question)))
    assert engine.asked == []
    assert again == first


def test_without_the_wish_nothing_is_condensed():
    """A long paper is thinned by choosing sentences unless more was asked for."""
    engine = ScriptedEngine(good, passage_tokens=320)
    found = digest_paper(LONG, None, engine, fallback=ExtractiveEngine(), prompts=PROMPTS)
    assert SECTION.name not in {q.field for q in engine.asked}
    assert "condensed" not in {s.read for s in found.coverage.sections}


def test_the_users_translations_are_asked_for_and_looked_for():
    """Terms of the passage are said in Chinese questions; an answer that keeps the term is asked again and then not printed."""
    wish = Wish(glossary=(("probe", "探头"), ("QuickProbe filter", "快探滤波器"), ("diffusion", "扩散")))
    _, engine = digest(wish=wish)
    chinese = [q.prompt for q in engine.asked if q.language == "zh"]
    assert all("术语译法：probe = 探头；QuickProbe filter = 快探滤波器。" in prompt for prompt in chinese)
    assert not any("探头" in q.prompt for q in engine.asked if q.language == "en")
    wrong = ZH["summary"].replace("探头", " probe ")
    found, engine = digest(lambda q: [wrong] if (q.field, q.language) == ("summary", "zh") else good(q), wish=wish)
    assert "务必采用这些译法" in [q.prompt for q in engine.asked if (q.field, q.language) == ("summary", "zh")][1]
    assert text_of(found, "summary", "zh").origin == "extract"
    assert (
        text_of(digest(lambda q: [wrong] if (q.field, q.language) == ("summary", "zh") else good(q))[0], "summary", "zh").origin == "model"
    )


def test_a_finished_digest_can_be_judged_again():
    """A good digest has no faults; one that was tampered with is found out, field by field."""
    found, _ = digest()
    assert judge_digest(PAPER, found, PROMPTS) == {}
    bad = {
        "summary": "The paper saves 99.9 percent of water with four probes, a balance and the AquaNet filter of the scheduler.",
        "results": EN["approach"],
    }
    fields = [
        f.model_copy(update={"lines": (Line(text=bad[f.field], pages=(1,)),)}) if f.field in bad and f.language == "en" else f
        for f in found.fields
    ]
    faults = judge_digest(PAPER, found.model_copy(update={"fields": tuple(fields)}), PROMPTS)
    assert {"numbers", "terms"} <= set(faults["summary", "en"])
    assert "copied" in faults["results", "en"]
    assert set(faults) == {("summary", "en"), ("results", "en"), ("approach", "en")}
    moved = [
        f.model_copy(update={"lines": (Line(text=f.lines[0].text, pages=(9,)),)}) if f.field == "workload" else f for f in found.fields
    ]
    assert set(judge_digest(PAPER, found.model_copy(update={"fields": tuple(moved)}), PROMPTS).values()) == {("changed",)}


def test_all_languages_are_asked_together_and_the_calls_are_recorded():
    """One call holds the questions of both languages; what an accepted text came from is part of the digest, also when it was kept."""
    kept = {}

    class Noting(ScriptedEngine):
        def answer(self, passage, questions, progress=None):
            call = Call(asked=tuple(f"{q.field}.{q.language}#{q.attempt}" for q in questions), settings="{}")
            for answer in super().answer(passage, questions, progress):
                yield answer.model_copy(update={"call": call})

    def digest():
        engine = Noting(lambda q: ["no"] if (q.field, q.attempt) == ("results", 0) else good(q))
        keep = lambda passage, answer: kept.__setitem__(answer.question, answer)  # noqa: E731
        recall = lambda passage, question: kept.get(question)  # noqa: E731
        return digest_paper(PAPER, None, engine, fallback=ExtractiveEngine(), prompts=PROMPTS, keep=keep, recall=recall), engine

    first, engine = digest()
    assert len(engine.passages) == 2
    assert {a.rpartition(".")[2] for a in first.calls[0].asked} == {"en#0", "zh#0"}
    assert first.calls[1].asked == ("results.en#1", "results.zh#1")
    again, idle = digest()
    assert idle.asked == []
    assert again == first


def test_a_digest_names_licence_and_program():
    """The licence comes from the metadata alone; the digest notes which version of the program made it."""
    engine = ExtractiveEngine()
    known = digest_paper(PAPER, Metadata(licence="CC BY 4.0"), engine, fallback=engine, prompts=PROMPTS)
    assert (known.licence, known.tool_version) == ("CC BY 4.0", __version__)
    assert digest_paper(PAPER, None, engine, fallback=engine, prompts=PROMPTS).licence is None
