"""Headers are read in a child process: bad files never reach llama.cpp, and the parent survives them all."""

import os
import subprocess
import sys

import pytest

from offline_digest.engines.llama.shapes import Shape, write_shape
from offline_digest.errors import DigestError, ModelNotFound, ModelUnusable
from offline_digest.records import Purpose
from offline_digest.weights.inspecting import Inspector
from tests.engines.kinds import LAYERS, hybrid, recurrent, sliding_window
from tests.weights.bad import all_bad, of_two, whole
from tests.weights.ggufs import STRING, array, keys, model, single, tensor


@pytest.fixture(scope="module")
def inspector():
    with Inspector() as opened:
        yield opened


def write(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_real_model_is_inspected(inspector, smollm2):
    """What the file of a real model says, in the words that a user would use."""
    facts = inspector.inspect(smollm2)
    assert (facts.architecture, facts.quantization, facts.layers, facts.context) == ("llama", "Q4_1", 30, 8192)
    assert facts.parameters == 134_515_008
    assert facts.languages == ("en",)
    assert "<|im_start|>" in facts.template


def test_bad_files_are_refused_and_the_parent_survives_all(inspector, tmp_path):
    """One child reads them all: none ends it, each gets its own reason."""
    pids = set()
    for n, (name, (data, words)) in enumerate(all_bad().items()):
        path = write(tmp_path, f"bad-{n}.gguf", data)
        with pytest.raises(ModelUnusable) as caught:
            inspector.inspect(path)
        assert words in caught.value.message, name
        assert caught.value.message.startswith(path.name), name
        pids.add(inspector._worker.pid)
        path.unlink()
    assert len(pids) == 1


QUESTIONS = 'version = "2"\nlanguage = "zh"\n[ask]\nsummary = "One sentence."\n[again]\n'


def made_for(questions, reads="abstract"):
    """A model that says what it was made for."""
    told = {"offline_digest__passage": single("offline_digest.passage", STRING, reads)} if reads else {}
    return model(found=keys(offline_digest__questions=single("offline_digest.questions", STRING, questions), **told))


def test_what_a_model_was_made_for_is_read(inspector, tmp_path):
    """Its passage and questions, with their version; other models say nothing of it."""
    purpose = inspector.inspect(write(tmp_path, "starter.gguf", made_for(QUESTIONS))).purpose
    assert purpose == Purpose(reads="abstract", version="2", ask={"zh": {"summary": "One sentence."}})
    assert inspector.inspect(write(tmp_path, "other.gguf", whole())).purpose is None


@pytest.mark.parametrize(
    ("questions", "reads"),
    [
        (QUESTIONS, "novel"),
        (QUESTIONS, ""),
        (QUESTIONS.replace("zh", "fr"), "abstract"),
        (QUESTIONS.replace('"zh"', '["zh"]'), "abstract"),
        (QUESTIONS.replace("version", "year"), "abstract"),
        (QUESTIONS.replace('"One sentence."', "1"), "abstract"),
        (QUESTIONS.replace("One", "$one"), "abstract"),
        ("ask = 1", "abstract"),
        ("a = " + "[" * 10_000, "abstract"),
        ("no TOML", "abstract"),
    ],
)
def test_a_purpose_that_cannot_be_is_refused(inspector, tmp_path, questions, reads):
    """A passage that nobody makes, a language that nobody asks in, questions that are none."""
    with pytest.raises(ModelUnusable, match=r"m\.gguf .*offline_digest\."):
        inspector.inspect(write(tmp_path, "m.gguf", made_for(questions, reads)))


def test_dimensions_that_agree_are_taken(inspector, tmp_path):
    """As numbers for all layers or for each, with little behind the last tensor, and of kinds of models that have other rules."""
    assert inspector.inspect(write(tmp_path, "m.gguf", whole())).layers == 2
    assert inspector.inspect(write(tmp_path, "page.gguf", whole(trailing=4096))).layers == 2
    for kind in (sliding_window, hybrid, recurrent):
        path = tmp_path / f"{kind.__name__}.gguf"
        kind(path)
        assert inspector.inspect(path).layers == LAYERS
    write_shape(
        tmp_path / "random.gguf", Shape(layers=2, width=256, feed_forward=512, heads=4, kv_heads=2, vocabulary=600, head_size=32), ()
    )
    assert inspector.inspect(tmp_path / "random.gguf").heads == 4


def test_what_is_no_file_is_told(inspector, tmp_path):
    """A folder, nothing at all, a pipe that never ends, and a file that may not be read."""
    with pytest.raises(ModelNotFound):
        inspector.inspect(tmp_path)
    with pytest.raises(ModelNotFound):
        inspector.inspect(tmp_path / "gone.gguf")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.gguf")
        with pytest.raises(ModelNotFound):
            inspector.inspect(tmp_path / "pipe.gguf")


def test_a_header_that_outgrows_the_limits_is_refused(tmp_path, monkeypatch):
    """A child that runs out of memory or time is no accident of the parent's."""
    monkeypatch.setattr("offline_digest.weights.inspecting.TIMEOUT_S", 0.0)
    path = write(tmp_path, "m.gguf", model())
    with Inspector() as own, pytest.raises(ModelUnusable, match="limits"):
        own.inspect(path)


@pytest.mark.skipif(sys.platform != "linux", reason="the address space can be limited on Linux")
def test_the_largest_header_fits_the_memory_of_the_child(inspector, tmp_path):
    """A million different texts, near the limits in number and bytes, are read."""
    merges = [f"{n:07d} {n:035d}" for n in range(2**20)]
    path = write(tmp_path, "m.gguf", model(found=keys(tokenizer__ggml__merges=array("tokenizer.ggml.merges", STRING, merges))))
    assert inspector.inspect(path).vocabulary == 600


def two_parts(folder, *, second=1, names=("c", "d")):
    first = model(found=keys(**of_two(0)))
    rows = [tensor(names[0], (64,)), tensor(names[1], (64,), offset=256)]
    write(folder, "m-00002-of-00002.gguf", model(rows, keys(**of_two(second)), bytes(512)))
    return write(folder, "m-00001-of-00002.gguf", first)


def test_all_parts_of_a_model_are_read(inspector, tmp_path):
    """Sizes and parameters are those of all files."""
    path = two_parts(tmp_path)
    facts = inspector.inspect(path)
    assert facts.parts == 2
    assert facts.parameters == 576 + 128
    assert facts.size_bytes == sum(part.stat().st_size for part in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: two_parts(folder, second=0), "part 1 of 2"),
        (lambda folder: two_parts(folder, names=("c", "output_norm.weight")), "another part"),
        (lambda folder: two_parts(folder).with_name("m-00002-of-00002.gguf"), "part 2 of 2"),
        (lambda folder: two_parts(folder).rename(folder / "renamed.gguf"), "first of 2 parts"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(inspector, tmp_path, change, words):
    """A part twice, a tensor in two parts, a part in place of the model, a name that llama.cpp could not go on from."""
    with pytest.raises(ModelUnusable, match=words):
        inspector.inspect(change(tmp_path))


def test_a_missing_part_is_named(inspector, tmp_path):
    """Its whole name is told."""
    path = two_parts(tmp_path)
    path.with_name("m-00002-of-00002.gguf").unlink()
    with pytest.raises(ModelNotFound, match="m-00002-of-00002"):
        inspector.inspect(path)


TRACED = """
import sys
def watch(event, arguments):
    if event == "import" and arguments[0].partition(".")[0] in ("llama_cpp", "numpy", "gguf", "jinja2"):
        print("imported", arguments[0], file=sys.stderr, flush=True)
    if event == "ctypes.dlopen":
        print("opened", arguments, file=sys.stderr, flush=True)
sys.addaudithook(watch)
"""
SCRIPT = """
import sys
from pathlib import Path
from offline_digest.errors import DigestError
from offline_digest.records import Purpose
from offline_digest.weights.inspecting import Inspector
if __name__ == "__main__":
    with Inspector() as inspector:
        for path in sorted(Path(sys.argv[1]).iterdir()):
            try:
                inspector.inspect(path)
            except DigestError as error:
                print(error.message)
"""


def test_no_native_library_is_opened_for_a_header(tmp_path):
    """Neither parent nor child imports llama.cpp, numpy or a template engine, or opens any library, for good files or bad ones."""
    (tmp_path / "trace").mkdir()
    write(tmp_path / "trace", "sitecustomize.py", TRACED.encode())
    script = write(tmp_path, "script.py", SCRIPT.encode())
    (tmp_path / "models").mkdir()
    for n, (data, _) in enumerate([*all_bad().values(), (model(), "")]):
        write(tmp_path / "models", f"{n}.gguf", data)
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "trace")}
    done = subprocess.run([sys.executable, script, tmp_path / "models"], env=environment, capture_output=True, text=True, timeout=300)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == len(all_bad())
    seen = subprocess.run([sys.executable, "-c", "import ctypes, numpy"], env=environment, capture_output=True, text=True, timeout=300)
    assert "imported numpy" in seen.stderr  # the trace would have seen it


def test_errors_cross_the_process(inspector, tmp_path):
    """They are ours, with a next step."""
    with pytest.raises(DigestError) as caught:
        inspector.inspect(write(tmp_path, "m.gguf", b"%PDF-1.4"))
    assert "GGUF" in caught.value.hint
