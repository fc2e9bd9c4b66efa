"""Memory: what is estimated before loading is what is taken, and what cannot fit is refused with figures."""

from pathlib import Path

import pytest

from offline_digest.engines import LlamaEngine, LlamaSettings
from offline_digest.engines.llama.machine import free_bytes
from offline_digest.engines.llama.shapes import SHAPES, write_shape
from offline_digest.errors import OutOfMemory
from offline_digest.records import Passage, Question, Sentence

pytestmark = pytest.mark.model
WORDS = [f"word{n}" for n in range(2000)]
SETTINGS = LlamaSettings(passage_tokens=768, branch_cells=1024, threads=1)


@pytest.fixture(scope="module")
def shaped(tmp_path_factory):
    path = tmp_path_factory.mktemp("shape") / "shaped.gguf"
    write_shape(path, SHAPES["135m"], WORDS)
    return path


def passage(tokens):
    text = " ".join(WORDS[:tokens])
    return Passage(title="T", sentences=(Sentence(text=text, section=0, heading="", page=1, position=0),))


def questions(n):
    return [Question(field=f"f{i}", language="en", prompt="word1 word2", max_tokens=8) for i in range(n)]


def peak(engine):
    lines = Path(f"/proc/{engine._worker.pid}/status").read_text().splitlines()
    return int(next(x for x in lines if x.startswith("VmHWM")).split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc, which only Linux has")
def test_the_estimate_is_what_is_taken(shaped):
    """Within 15%, and no more than weights, context and 250 MB of program."""
    with LlamaEngine(shaped, name="x", sha256="", settings=SETTINGS) as engine:
        need = engine.estimate()
    with LlamaEngine(shaped, name="x", sha256="", settings=SETTINGS) as engine:
        assert len(list(engine.answer(passage(700), questions(25)))) == 25
        assert 0.85 < need.total / peak(engine) < 1.15
        assert peak(engine) < need.weights + need.context + 250e6


def test_a_model_that_cannot_fit_is_refused_with_figures(shaped):
    """The error says what is needed and free, and the next step: a smaller passage where that fits, else weights of some size."""
    need = None
    with LlamaEngine(shaped, name="x", sha256="", settings=SETTINGS) as engine:
        need = engine.estimate().total
    for settings, advice in [
        (SETTINGS.model_copy(update={"memory_bytes": need // 3}), r"model file of at most|no model fits"),
        (SETTINGS.model_copy(update={"memory_bytes": need + 5 * 10**7, "passage_tokens": 30000}), r"--budget \d+"),
    ]:
        with LlamaEngine(shaped, name="x", sha256="", settings=settings) as engine:
            with pytest.raises(OutOfMemory, match=r"shaped\.gguf needs [\d.]+ [GM]B \(weights 10\d\.\d MB, .* [GM]B are free") as refused:
                engine.describe()
            assert refused.match(advice)


def test_where_memory_is_short_fewer_branches_are_opened(shaped):
    """The size of the groups is chosen from memory, and told with every answer."""
    with LlamaEngine(shaped, name="x", sha256="", settings=SETTINGS) as engine:
        full = engine.estimate().total
    less = SETTINGS.model_copy(update={"branch_cells": 8192, "memory_bytes": full + 5 * 10**7})
    with LlamaEngine(shaped, name="x", sha256="", settings=less) as engine:
        answers = list(engine.answer(passage(200), questions(25)))
    assert len(answers) == 25
    assert {a.call.asked for a in answers} == {tuple(f"f{i}.en" for i in range(25))}
    driven = LlamaSettings.model_validate_json(answers[0].call.settings)
    assert driven.branches < less.branches


def test_free_memory_is_a_plausible_figure():
    """More than this test takes, no more than the machine has."""
    import psutil

    assert 10**7 < free_bytes() <= psutil.virtual_memory().total
