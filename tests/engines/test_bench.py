"""The ways of asking, really run on a small file of random weights: what each does can be counted, how long it takes cannot."""

import json

import pytest

from offline_digest.benchmark import Listener, Score, as_sentences, fixed_length, make_exam, run_exam, scores, shape_words
from offline_digest.cli import main
from offline_digest.cli.bench import table
from offline_digest.config import state_folder
from offline_digest.digesting import digest_paper, load_prompts
from offline_digest.engines import LlamaSettings, ScriptedEngine
from offline_digest.engines.llama.bench import Run, Tally, Taped
from offline_digest.engines.llama.binding import Row
from offline_digest.engines.llama.shapes import Shape, write_shape
from offline_digest.errors import CacheFull
from offline_digest.library import Library
from offline_digest.pipeline import read_papers
from offline_digest.pipeline.timings import timings
from offline_digest.records import Question
from offline_digest.resources import resource_dir
from tests.quiet import Quiet

TINY = Shape(layers=2, width=256, feed_forward=512, heads=4, kv_heads=2, vocabulary=24576, head_size=64)
SETTINGS = LlamaSettings(passage_tokens=400, threads=1, branches=6)
WAYS = ("floor", "seed", "scratch", "in turn", "whole")


@pytest.fixture(scope="module")
def prompts():
    return load_prompts(resource_dir("templates") / "prompts")


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    from offline_digest.sample import sample_paper

    with Library(tmp_path_factory.mktemp("library")) as library:
        return next(read_papers([sample_paper()], library, Quiet(), readers=1)).paper


@pytest.fixture(scope="module")
def tiny(tmp_path_factory, paper, prompts):
    path = tmp_path_factory.mktemp("shape") / "tiny.gguf"
    words = shape_words(paper, prompts)
    write_shape(path, TINY, words, spoken=as_sentences(words))
    return path


@pytest.fixture(scope="module")
def exam(tiny, paper, prompts):
    return make_exam(paper, prompts, tiny, SETTINGS, languages=("en", "zh"), shape=True)


@pytest.fixture(scope="module")
def runs(tiny, exam):
    return {run.way: run for run in run_exam(exam, tiny, SETTINGS, WAYS, 1, Quiet())}


@pytest.mark.model
def test_what_is_asked_is_what_a_digest_asks(exam, paper, prompts):
    """The questions are those of a digest with the same languages, in its order and calls, and nothing else."""
    engine = ScriptedEngine(lambda question: ())
    digest_paper(paper, None, engine, fallback=ScriptedEngine(lambda question: ()), prompts=prompts)
    wanted = [(q.field, q.language, q.prompt) for q in engine.asked if q.attempt == 0]
    assert [(q.field, q.language, q.prompt) for call in exam.calls for q in call] == wanted
    assert {q.language for call in exam.calls for q in call} == {"en", "zh"}


@pytest.mark.model
def test_the_passage_is_measured_in_the_models_tokens(exam):
    """It fills its budget without going over it."""
    words = sum(len(s.text.split()) for s in exam.passage.sentences)
    assert 200 < words <= SETTINGS.passage_tokens


@pytest.mark.parametrize(
    ("field", "language", "lines", "tokens", "fixed"),
    [
        ("summary", "en", (1, 1), 106, (1, 39)),
        ("summary", "zh", (1, 1), 216, (1, 52)),
        ("takeaways", "en", (5, 7), 86, (6, 27)),
        ("methods", "zh", (3, 6), 216, (4, 46)),
    ],
)
def test_answers_of_random_weights_have_the_length_of_good_ones(field, language, lines, tokens, fixed):
    """Lines and tokens are the middle of what is wished, by the tokens a word or character takes."""
    asked = Question(field=field, language=language, prompt="?", min_lines=lines[0], max_lines=lines[1], max_tokens=tokens)
    got = fixed_length(asked)
    assert (got.min_lines, got.max_lines, got.max_tokens) == (fixed[0], fixed[0], fixed[1])


@pytest.mark.model
def test_every_way_writes_as_much(exam, runs):
    """Ours, from scratch, in turn, whole and the floor choose equally many tokens, those that the lengths set."""
    tokens = sum(q.max_lines * q.max_tokens for call in exam.calls for q in call)
    written = {way: runs[way].tally.written for way in ("ours", "floor", "scratch", "in turn", "whole")}
    assert set(written.values()) == {tokens}
    assert runs["seed"].tally.written == sum(essay.tokens for essay in exam.seed)


@pytest.mark.model
def test_the_floor_does_what_ours_did(runs):
    """Its batches and tokens are those of ours."""
    assert runs["floor"].tally == runs["ours"].tally


@pytest.mark.model
def test_each_way_reads_what_it_says(exam, runs):
    """Only `scratch` reads the passage once for each question; `in turn` feeds what ours does, in more batches."""
    ours, turn, scratch = runs["ours"].tally, runs["in turn"].tally, runs["scratch"].tally
    questions = sum(len(call) for call in exam.calls)
    assert turn.fed == ours.fed
    assert turn.batches > 2 * ours.batches
    assert scratch.fed - turn.fed > 0.9 * (questions - 1) * sum(len(s.text.split()) for s in exam.passage.sentences)
    assert runs["whole"].tally.batches >= runs["whole"].tally.written
    assert runs["seed"].tally.fed > sum(len(s.text.split()) for essay in exam.seed for s in essay.passage.sentences)


@pytest.mark.model
def test_each_way_tells_the_memory_of_its_own_process(runs):
    """The greatest memory is that of a process with a model in it, and none has that of another on top."""
    assert all(20e6 < run.peak_bytes < 600e6 for run in runs.values())


def test_a_tape_holds_what_was_done_and_not_what_was_refused():
    """Replayed on another context, it does the same; a batch without room is not on it."""

    class Small:
        def __init__(self):
            self.done = []

        def logits(self, index):
            return index

        def decode(self, rows):
            if len(rows) > 1:
                raise CacheFull("full")
            self.done.append(("decode", (rows,)))

        def share(self, source, target):
            self.done.append(("share", (source, target)))

        def drop(self, sequence):
            self.done.append(("drop", (sequence,)))

    context = Small()
    taped = Taped(context)
    row = Row(7, 0, 1, logits=True)
    taped.share(0, 1)
    taped.decode([row])
    with pytest.raises(CacheFull):
        taped.decode([row, row])
    taped.drop(1)
    assert taped.deeds == context.done
    assert taped.tally() == Tally(batches=1, fed=1, written=1)


def test_scores_are_medians_with_their_spread():
    """Each way is compared with the median of ours; the memory is the greatest seen."""

    def run(way, seconds, peak):
        return Run(way=way, load_s=1.0, seconds=seconds, tally=Tally(batches=2, fed=9, written=6), peak_bytes=peak, disturbed=False)

    ours, turn = scores(iter([run("ours", 2, 5), run("in turn", 9, 4), run("ours", 4, 7), run("in turn", 6, 4), run("ours", 3, 6)]))
    assert (ours.seconds, ours.fastest, ours.slowest, ours.ratio, ours.peak_bytes, ours.runs) == (3, 2, 4, 1.0, 7, 3)
    assert (turn.seconds, turn.ratio, turn.written_per_s) == (7.5, 2.5, 0.8)


@pytest.mark.model
def test_a_listener_keeps_first_attempts_only(exam):
    """Second attempts, which a digest makes when nothing comes, are no part of an exam."""
    listener = Listener(lambda texts: [1 for _ in texts], ("en",), 100)
    question = exam.calls[0][0]
    assert list(listener.answer(exam.passage, [question.model_copy(update={"attempt": 1})])) == []
    assert listener.calls == []
    assert list(listener.answer(exam.passage, [question])) == []
    assert listener.calls == [(question,)]


@pytest.mark.model
def test_the_command_prints_one_object_for_each_way(tiny, capsys):
    """With `--json` every line has the figures by name; progress is on stderr. What ours took is kept, to estimate other models by."""
    arguments = [
        "bench",
        "engine",
        "--trust-model",
        "--model",
        str(tiny),
        "--passage-tokens",
        "300",
        "--threads",
        "1",
        "--only",
        "f",
        "--json",
    ]
    assert main([*arguments, "--set", "branches=12"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["way"] for line in lines] == ["ours", "floor"]
    keys = {"seconds", "fastest", "slowest", "ratio", "load_s", "written", "written_per_s", "fed", "batches", "peak_bytes", "runs"}
    assert all(keys <= line.keys() for line in lines)
    assert lines[0]["ratio"] == 1.0
    (kept,) = timings(state_folder())
    assert (kept.model, kept.fed, kept.seconds) == (tiny.stem, lines[0]["fed"], lines[0]["seconds"])
    assert kept.weight_bytes == tiny.stat().st_size


def test_a_table_has_a_head_and_a_row_for_each_way():
    """Columns stand under their heads; each way has its letter."""
    score = Score(
        way="in turn", seconds=75.0, fastest=70.0, slowest=80.04, ratio=2.5, load_s=1.0, written=600, written_per_s=8.0, fed=2100, batches=601,
        peak_bytes=1_234_000_000, runs=3,
    )  # fmt: skip
    head, row = table((score,))
    assert row.split() == ["c", "in", "turn", "75.0", "70.0-80.0", "2.50", "600", "8.0", "2100", "601", "1234", "1.0"]
    assert head.index("x ours") + len("x ours") == row.index("2.50") + len("2.50")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "--model"),
        (["--model", "x", "--shape", "1.5b"], "--model"),
        (["--shape", "1.5b", "--only", "xyz"], "xyz"),
        (["--shape", "1.5b", "--set", "leaves=3"], "leaves"),
        (["--shape", "1.5b", "--set", "branches=many"], "branches"),
    ],
)
def test_wrong_calls_are_refused_at_once(arguments, word, capsys):
    """What cannot be meant ends with code 2 and says what is wrong, before anything is loaded."""
    assert main(["bench", "engine", *arguments]) == 2
    assert word in capsys.readouterr().err
