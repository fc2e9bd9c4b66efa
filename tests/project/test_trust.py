"""Which model files are loaded: those that somebody vouches for, as they were when they were checked, and no other."""

import os
import subprocess
import sys
from datetime import date

import pytest

from offline_digest.cli import main
from offline_digest.config import Settings, state_folder
from offline_digest.engines import LlamaEngine, LlamaSettings
from offline_digest.errors import IntegrityError
from offline_digest.files import file_sha256
from offline_digest.pipeline import trusted_model
from offline_digest.records import Purpose
from offline_digest.weights import Hashes, Pin, pin, places_of
from tests.quiet import Quiet
from tests.weights.bad import all_bad, of_two
from tests.weights.ggufs import STRING, keys, model, single, tensor

LONG_AGO = 1_700_000_000_000_000_000  # ns


def written(path, data=None):
    """Write a model that was last changed long ago."""
    path.write_bytes(model() if data is None else data)
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return path


def pinned(settings, *paths):
    pins = (
        Pin(sha256=file_sha256(path), size_bytes=path.stat().st_size, file=path.name, source="import", name="mine", day=date(2026, 1, 2))
        for path in paths
    )
    pin(places_of(settings).lock, pins)


@pytest.fixture
def settings():
    return Settings()


def test_a_file_that_nobody_vouches_for_is_refused(tmp_path, settings):
    """The hash is told, and both ways to go on."""
    path = written(tmp_path / "m.gguf")
    with pytest.raises(IntegrityError) as caught:
        trusted_model(str(path), settings, Quiet())
    assert caught.value.exit_code == 12
    assert file_sha256(path) in caught.value.message
    assert f"models import {path}" in caught.value.hint
    assert "--trust-model" in caught.value.hint


def test_a_model_is_asked_what_its_file_says_that_it_was_made_for(tmp_path, settings):
    """Whatever it is called: by the path of its file too; its languages are those of its questions."""
    questions = 'version = "2"\nlanguage = "zh"\n[ask]\nsummary = "One sentence."\n'
    told = {"offline_digest.passage": "abstract", "offline_digest.questions": questions}
    path = tmp_path / "made.gguf"
    path.write_bytes(model(found=keys(**{key.replace(".", "__"): single(key, STRING, text) for key, text in told.items()})))
    found = trusted_model(str(path), settings, Quiet(), trust=True).model
    assert found.purpose == Purpose(reads="abstract", version="2", ask={"zh": {"summary": "One sentence."}})
    assert found.languages == ("zh",)


def test_the_user_can_vouch_for_one_call(tmp_path, settings):
    """What was trusted is told, and nothing is written that would trust it the next time."""
    path, report = written(tmp_path / "m.gguf"), Quiet()
    found = trusted_model(str(path), settings, report, trust=True)
    assert (found.sha256, found.facts.name) == (file_sha256(path), "Tiny")
    assert any(found.sha256 in line for line in report.stepped)
    with pytest.raises(IntegrityError):
        trusted_model(str(path), settings, Quiet())


def test_a_pinned_file_is_trusted_wherever_it_lies(tmp_path, settings):
    """Its hash counts, not its name or place; nothing is told of it."""
    path, report = written(tmp_path / "m.gguf"), Quiet()
    pinned(settings, path)
    moved = path.rename(tmp_path / "renamed.gguf")
    assert trusted_model(str(moved), settings, report).sha256 == file_sha256(moved)
    assert report.stepped == []


@pytest.mark.model
def test_the_catalogues_file_is_trusted_by_name_and_path(smollm2, settings):
    """The catalogue knows its hash."""
    assert trusted_model("smollm2", settings, Quiet()).sha256 == trusted_model(str(smollm2), settings, Quiet()).sha256


def test_a_changed_file_is_hashed_again(tmp_path, settings):
    """A pin is for what the file held, not for where it lies; the hash is remembered until the file changes."""
    path = written(tmp_path / "m.gguf")
    pinned(settings, path)
    trusted_model(str(path), settings, Quiet())
    assert Hashes(state_folder()).known(path) == file_sha256(path)
    changed = bytearray(model())
    changed[-1] ^= 1
    path.write_bytes(changed)
    with pytest.raises(IntegrityError, match="not trusted"):
        trusted_model(str(path), settings, Quiet())


def test_of_a_split_model_every_part_must_be_trusted(tmp_path, settings):
    """One part that nobody vouches for is enough to refuse it, and is named."""
    first = written(tmp_path / "m-00001-of-00002.gguf", model(found=keys(**of_two(0))))
    rows = [tensor("c", (64,)), tensor("d", (64,), offset=256)]
    second = written(tmp_path / "m-00002-of-00002.gguf", model(rows, keys(**of_two(1)), bytes(512)))
    pinned(settings, first)
    with pytest.raises(IntegrityError, match="m-00002-of-00002"):
        trusted_model(str(first), settings, Quiet())
    pinned(settings, second)
    found = trusted_model(str(first), settings, Quiet())
    assert (found.facts.parts, len(found.files)) == (2, 2)


def swapped_content(path):
    path.write_bytes(b"GGUF" + bytes(path.stat().st_size - 4))
    os.utime(path, ns=(LONG_AGO, LONG_AGO))


def swapped_file(path):
    other = written(path.with_name("other"))
    other.replace(path)


@pytest.mark.parametrize("swap", [swapped_content, swapped_file, lambda path: path.unlink(), lambda path: os.utime(path, ns=(1, 1))])
def test_what_is_loaded_is_what_was_checked(tmp_path, settings, swap):
    """A file that was changed in between, or another one of the same size, age and name, is not loaded."""
    path = written(tmp_path / "m.gguf")
    found = trusted_model(str(path), settings, Quiet(), trust=True)
    with LlamaEngine(path, name="m", sha256=found.sha256, settings=LlamaSettings(), files=found.files) as engine:
        if os.name == "posix":
            swap(path)
            with pytest.raises(IntegrityError, match="after it had been checked"):
                engine.describe()


TRACE = """
import os, sys
def watch(event, arguments):
    if (event == "import" and arguments[0] == "llama_cpp") or (event == "ctypes.dlopen" and "llama" in str(arguments)):
        with open(os.environ["TRACE"], "a", encoding="utf-8") as file:
            file.write(event)
sys.addaudithook(watch)
"""


@pytest.fixture
def traced(tmp_path):
    """Return a function that runs the program, and gives its end and whether llama.cpp was touched by it or a child."""
    folder = tmp_path / "trace"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(TRACE, encoding="utf-8")

    def run(*arguments):
        log = folder / "log"
        environment = os.environ | {"PYTHONPATH": str(folder), "TRACE": str(log)}
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
        touched = log.exists()
        log.unlink(missing_ok=True)
        return done, touched

    return run


SAMPLES = ("a PDF", "a Git LFS pointer", "version 4", "2^63 tensors", "tensors that overlap", "bytes that wrap around", "a token twice")


@pytest.mark.parametrize("name", SAMPLES)
def test_llama_cpp_never_sees_a_bad_file(traced, tmp_path, sample_pdf, name):
    """Not even where the user vouches for it: one line with file, reason and next step, and no post."""
    data, words = all_bad()[name]
    path = written(tmp_path / "bad.gguf", data)
    done, touched = traced("-m", "offline_digest", "digest", sample_pdf, "-o", tmp_path / "out", "--model", path, "--trust-model")
    assert done.returncode == 10
    assert "bad.gguf" in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not touched
    assert not list((tmp_path / "out").rglob("*.md"))


@pytest.mark.parametrize(
    "command", [["digest", "SAMPLE", "-o", "OUT"], ["demo", "-o", "OUT"], ["bench", "engine", "SAMPLE"], ["models", "check"]]
)
def test_llama_cpp_never_sees_a_file_that_nobody_vouches_for(traced, tmp_path, sample_pdf, command):
    """In any command that takes a model."""
    path = written(tmp_path / "m.gguf")
    arguments = [{"SAMPLE": str(sample_pdf), "OUT": str(tmp_path / "out")}.get(word, word) for word in command]
    named = [path] if "check" in command else ["--model", path]
    done, touched = traced("-m", "offline_digest", *arguments, *named)
    assert (done.returncode, touched) == (12, False)
    assert "is not trusted" in done.stderr
    assert "--trust-model" in done.stderr


@pytest.mark.parametrize(
    "code",
    ["import llama_cpp", "import multiprocessing as m; m.get_context('spawn').Process(target=__import__, args=['llama_cpp']).start()"],
)
def test_the_trace_sees_llama_cpp(traced, code):
    """What the tests above watch for is seen, in a child too."""
    done, touched = traced("-c", code)
    assert (done.returncode, touched) == (0, True), done.stderr


def test_run_refuses_before_it_fetches(tmp_path, capsys):
    """A model that nobody vouches for is told before anything is asked of arXiv."""
    config = tmp_path / "config.toml"
    config.write_text(f'[[topics]]\nname = "Soil"\ninclude = ["soil"]\nout = "{(tmp_path / "out").as_posix()}"\n', encoding="utf-8")
    path = written(tmp_path / "m.gguf")
    assert main(["run", "--config", str(config), "--model", str(path)]) == 12
    assert "is not trusted" in capsys.readouterr().err
