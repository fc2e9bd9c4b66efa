"""The llama engine with a real GGUF in a real child process."""

import os
import shutil
import signal

import pytest

from offline_digest.engines import LlamaEngine, LlamaSettings
from offline_digest.errors import ModelUnusable
from offline_digest.records import Passage, Question, Sentence

pytestmark = pytest.mark.model

TEXT = (
    "We propose a small filter that removes false alarms from soil sensors.",
    "The filter compares four probes and ignores the one that disagrees.",
    "In simulated fields it saves 18 percent of the water.",
)
PASSAGE = Passage(
    title="Four Probes and a Filter",
    sentences=tuple(Sentence(text=t, section=-1, heading="Abstract", page=1, position=i) for i, t in enumerate(TEXT)),
)


def ask(field, prompt, *, lines=(1, 1), temperature=0.0, max_tokens=48):
    return Question(
        field=field,
        language="en",
        prompt=prompt,
        min_lines=lines[0],
        max_lines=lines[1],
        max_tokens=max_tokens,
        attempt=int(temperature > 0),
        temperature=temperature,
    )


QUESTIONS = [
    ask("summary", "Say in one sentence what the paper does."),
    ask("takeaways", "List three points of the paper.", lines=(3, 3)),
    ask("results", "How much water is saved?"),
]


@pytest.fixture(scope="module")
def engine(smollm2):
    with LlamaEngine(smollm2, name="smollm2", sha256="0" * 64, settings=LlamaSettings(passage_tokens=1024, threads=1)) as made:
        yield made


def test_a_model_tells_what_it_is(engine):
    """Name, quantization and context come from the file; a vocabulary without Chinese words means English only."""
    info = engine.describe()
    assert info.languages == ("en",)
    assert "Q4_1" in info.model.quantization
    assert info.passage_tokens == 1024


def test_tokens_are_the_models_own(engine):
    """Counts are of the model's tokenizer, one per text, and grow with the text."""
    counts = engine.count(["", "soil", "soil sensors and more soil sensors", "<|im_end|>"])
    assert counts[0] == 0
    assert 0 < counts[1] < counts[2]
    assert counts[3] > 1  # plain characters, not the control token


def test_every_question_is_answered(engine):
    """Each question gets one answer; lists have their lines, other answers one; nothing holds a line break."""
    answers = {a.question.field: a for a in engine.answer(PASSAGE, QUESTIONS)}
    assert set(answers) == {"summary", "takeaways", "results"}
    assert len(answers["summary"].lines) == 1
    assert len(answers["takeaways"].lines) == 3
    assert all("\n" not in line.text and line.text for a in answers.values() for line in a.lines)
    assert all(a.tokens > 0 for a in answers.values())


def test_the_same_call_gives_the_same_bytes(engine):
    """Greedy or drawn, the same passage and questions give the same text again, in this process and another."""
    questions = [*QUESTIONS, ask("innovation", "What is new?", temperature=0.7)]
    first = sorted((a.question.field, a.lines) for a in engine.answer(PASSAGE, questions))
    again = sorted((a.question.field, a.lines) for a in engine.answer(PASSAGE, questions))
    engine._worker.kill()
    anew = sorted((a.question.field, a.lines) for a in engine.answer(PASSAGE, questions))
    assert first == again == anew


def test_another_passage_gives_other_answers(engine):
    """A new passage replaces the one in the cache."""
    other = Passage(title="Whales", sentences=(PASSAGE.sentences[0].model_copy(update={"text": "Whales sing at night in cold water."}),))
    first = [a.lines for a in engine.answer(PASSAGE, QUESTIONS[:1])]
    second = [a.lines for a in engine.answer(other, QUESTIONS[:1])]
    third = [a.lines for a in engine.answer(PASSAGE, QUESTIONS[:1])]
    assert first == third != second


def test_many_questions_are_grouped(engine):
    """More questions than fit the cache at once are all answered."""
    questions = [ask(f"f{i}", f"Question number {i}: what is the paper about?", max_tokens=400) for i in range(14)]
    assert {a.question.field for a in engine.answer(PASSAGE, questions)} == {q.field for q in questions}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_child_is_replaced_and_answers_are_kept(smollm2, number):
    """After a death the open questions are asked again, the answered ones are not; a death that came with an answer changes nothing."""
    with LlamaEngine(smollm2, name="smollm2", sha256="0" * 64, settings=LlamaSettings(passage_tokens=1024, threads=1)) as engine:
        seen = []
        for answer in engine.answer(PASSAGE, QUESTIONS):
            if not seen:
                os.kill(engine._worker.pid, number)
            seen.append(answer.question.field)
        assert sorted(seen) == ["results", "summary", "takeaways"]
        assert engine._ladder.taken == ()


@pytest.mark.parametrize(
    "damage", [lambda d: d[:1000], lambda d: d[: len(d) // 2], lambda d: b"GGUF" + b"\0" * 1000, lambda d: b"<html>no</html>"]
)
def test_a_file_that_is_no_model_is_refused(smollm2, tmp_path, damage):
    """Truncated, empty-headed and foreign files give one typed error that names the file."""
    path = tmp_path / "broken.gguf"
    with smollm2.open("rb") as file:
        path.write_bytes(damage(file.read(4 * 2**20)))
    with LlamaEngine(path, name="x", sha256="") as engine, pytest.raises(ModelUnusable, match=r"broken\.gguf"):
        engine.describe()


def test_a_path_in_chinese_with_spaces_is_no_obstacle(smollm2, tmp_path):
    """The file may lie anywhere."""
    folder = tmp_path / "模型 文件"
    folder.mkdir()
    shutil.copy(smollm2, folder / "小 模型.gguf")
    with LlamaEngine(folder / "小 模型.gguf", name="x", sha256="", settings=LlamaSettings(passage_tokens=512)) as engine:
        assert engine.describe().model.file == "小 模型.gguf"


def test_what_a_crash_taught_is_remembered(smollm2):
    """A crash in native code before the first token turns repacking off, for this run and, through what was kept, for later ones."""
    kept = {}
    settings = LlamaSettings(passage_tokens=1024, threads=1)

    def engine():
        return LlamaEngine(smollm2, name="x", sha256="0", settings=settings, recall=kept.get, keep=kept.__setitem__)

    with engine() as first:
        first.count(["x"])
        assert first._worker.pid is not None
        os.kill(first._worker.pid, signal.SIGSEGV)
        first.describe()
        assert first._ladder.taken == ("no repacking",)
        driven = {a.call.settings for a in first.answer(PASSAGE, QUESTIONS[:1])}
    assert all('"extra_buffers":false' in d for d in driven)
    assert len(kept) == 1
    with engine() as later:
        assert later._ladder.taken == ("no repacking",)
        identity = later.describe().model_dump_json()
    with engine() as fresh:
        kept.clear()
        assert fresh.describe().model_dump_json() == identity  # answers kept on one rung are good on another


@pytest.mark.parametrize("deaths", [8, pytest.param(50, marks=pytest.mark.slow)])
def test_a_run_survives_deaths_that_come_with_progress(smollm2, deaths):
    """The child is killed after every new answer, by kill and by crash: all questions are answered once, and it never steps down."""
    questions = [ask(f"f{n}", f"Say in one sentence what part {n} of the paper does.", max_tokens=12) for n in range(deaths + 1)]
    seen = []
    with LlamaEngine(smollm2, name="x", sha256="0", settings=LlamaSettings(passage_tokens=512, threads=1, branches=4)) as engine:
        for answer in engine.answer(PASSAGE, questions):
            seen.append(answer.question.field)
            if len(seen) <= deaths:
                os.kill(engine._worker.pid, signal.SIGKILL if len(seen) % 2 else signal.SIGSEGV)
        assert engine._ladder.taken == ()
    assert sorted(seen) == sorted(q.field for q in questions)


def test_progress_is_told(engine):
    """The passage is read in steps up to its end, then steps are written."""
    told = []
    engine._worker.kill()
    list(engine.answer(PASSAGE, QUESTIONS, told.append))
    read = [p for p in told if p.phase == "read"]
    assert read[-1].done == read[-1].total > 0
    assert sum(p.phase == "write" for p in told) > 3


def test_leaving_early_drops_the_open_branches(engine):
    """The child is ended, and the next call starts a fresh one."""
    stream = engine.answer(PASSAGE, QUESTIONS)
    next(stream)
    stream.close()
    assert engine._worker.pid is None
    assert len(list(engine.answer(PASSAGE, QUESTIONS))) == len(QUESTIONS)
