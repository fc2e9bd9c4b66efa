"""Questions: each language has wording for each field, and a hint for each check."""

from string import Template

import pytest

from offline_digest.digesting.checks import CHECKS
from offline_digest.digesting.fields import FIELDS, SECTION, TRANSLATED
from offline_digest.digesting.prompts import load_prompts
from offline_digest.digesting.repeats import asked_back
from offline_digest.digesting.support import SUPPORT
from offline_digest.language import cjk_share
from offline_digest.language.leftovers import leftovers
from offline_digest.resources import resource_dir

PROMPTS = load_prompts(resource_dir("templates") / "prompts")
VALUES = {"title": "Costs of $5 {rain}", "keywords": "rain; soil", "affiliations": "Oslo"}
ASKED = [(p, f) for p in PROMPTS.values() for f in (*FIELDS, *(TRANSLATED if p.language == "zh" else ()))]


def test_both_languages_are_there():
    """English and Chinese questions ship."""
    assert set(PROMPTS) == {"en", "zh"}


@pytest.mark.parametrize(("prompts", "field"), ASKED, ids=lambda x: getattr(x, "name", None) or x.language)
def test_each_field_has_its_question(prompts, field):
    """Every field can be asked, with every placeholder filled in, in the language of the answer, and printed values stay as they are."""
    question = prompts.question(field, VALUES)
    assert "$" not in question.prompt.replace(VALUES["title"], "")
    assert (question.field, question.language, question.attempt) == (field.name, prompts.language, 0)
    assert (question.min_lines, question.max_lines) == (field.min_lines, field.max_lines)
    assert question.max_tokens > field.target(prompts.language)[1]
    assert (cjk_share(prompts.ask[field.name]) > 0.5) is (prompts.language == "zh")


@pytest.mark.parametrize(("prompts", "field"), ASKED, ids=lambda x: getattr(x, "name", None) or x.language)
def test_a_paragraph_may_be_shorter_where_the_question_was_learned(prompts, field):
    """A model that is asked what it was trained on cannot be told a length: half the shortest paragraph will do, but no shorter bullet."""
    low, high = field.target(prompts.language)
    assert prompts.target(field) == (low, high)
    assert prompts.model_copy(update={"learned": True}).target(field) == ((low if field.is_list else low // 2), high)


@pytest.mark.parametrize("prompts", PROMPTS.values(), ids=lambda p: p.language)
def test_no_wording_is_left_over(prompts):
    """Nothing is worded that no field or check asks for."""
    fields = {f.name for f in FIELDS} | ({f.name for f in TRANSLATED} if prompts.language == "zh" else set())
    assert set(prompts.ask) == fields | {SECTION.name}
    assert set(prompts.again) == {*CHECKS, SUPPORT} - ({"glossary"} if not prompts.glossary else set())


@pytest.mark.parametrize(("prompts", "check"), [(p, check) for p in PROMPTS.values() for check in p.again], ids=str)
def test_a_second_try_says_what_was_wrong(prompts, check):
    """The hint for a failed check stands behind the question of the next attempt."""
    first = prompts.question(FIELDS[0], {})
    again = prompts.question(FIELDS[0], {}, failed=(check, "nothing of the kind"), attempt=1)
    assert again.prompt.removeprefix(first.prompt).strip() == Template(prompts.again[check]).substitute(pairs="")
    assert again.attempt == 1


def test_the_users_translations_are_said_in_chinese_questions_alone():
    """The pairs stand in the question and once more in the hint; where nothing is translated they are left out."""
    pairs = (("filter", "滤波器"), ("probe", "探头"))
    asked = PROMPTS["zh"].question(FIELDS[0], {}, glossary=pairs)
    assert asked.prompt.count("filter = 滤波器；probe = 探头") == 1
    assert PROMPTS["zh"].question(FIELDS[0], {}, glossary=pairs, failed=("glossary",)).prompt.count("filter = 滤波器") == 2
    assert PROMPTS["zh"].question(FIELDS[0], {}).prompt == asked.prompt.replace("术语译法：filter = 滤波器；probe = 探头。", "")
    assert not PROMPTS["en"].glossary


@pytest.mark.parametrize(("prompts", "field"), ASKED, ids=lambda x: getattr(x, "name", None) or x.language)
def test_every_question_is_known_when_it_comes_back(prompts, field):
    """An engine that says any question back, to whichever field, is caught."""
    asked = prompts.question(field, dict.fromkeys(VALUES, "")).prompt
    assert asked_back([asked], prompts.wording) or leftovers(asked)


def test_a_repeated_question_is_no_answer():
    """The wording of the Chinese questions is known as left over when a model says it again."""
    question = PROMPTS["zh"].question(FIELDS[0], {})
    assert "prompt repeated" in leftovers(question.prompt)
