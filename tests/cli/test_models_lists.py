"""The commands `models ls`, `models show` and `models check`: what they print, and how they end."""

import json

import pytest

from offline_digest.cli import main
from offline_digest.config import state_folder
from offline_digest.engines.llama.machine import build_identity
from offline_digest.pipeline import Timing, keep_timing
from offline_digest.weights import known_models


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def benched():
    """Keep a benchmark by which every model is quick."""
    timing = Timing(model="shape 1.5b", machine=build_identity(), day="2026-11-22", weight_bytes=10**9, fed=5000, seconds=1.0)
    keep_timing(state_folder(), timing)


def own(text):
    """Write the user's own catalogue."""
    file = state_folder().parent / "models.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


def lines(out):
    return [json.loads(line) for line in out.splitlines()]


def test_all_models_are_listed(run):
    """One line each, in the order of the catalogue; --json gives one object each."""
    code, out, _ = run("models", "ls")
    head, *rows = out.splitlines()
    assert code == 0
    assert head.split()[:3] == ["name", "title", "parameters"]
    assert [row.split()[0] for row in rows] == list(known_models())
    code, out, _ = run("models", "ls", "--json")
    listed = {line["name"]: line for line in lines(out)}
    assert list(listed) == list(known_models())
    assert listed["qwen3-30b-a3b"]["active"] < listed["qwen3-30b-a3b"]["parameters"]
    assert listed["smollm2"]["size_bytes"] == 98362432


def test_an_own_file_is_here_and_a_listed_one_is_not(run, tmp_path):
    """The path of a file is told where it is on this machine."""
    (tmp_path / "pear.gguf").write_bytes(b"GGUF")
    own(f"[models.pear]\ntitle = 'Pear'\nlanguages = ['en']\npath = '{tmp_path / 'pear.gguf'}'\n")
    listed = {line["name"]: line["path"] for line in lines(run("models", "ls", "--json")[1])}
    assert listed["pear"] == str(tmp_path / "pear.gguf")
    assert listed["qwen3-4b"] is None
    assert [line.split()[-1] for line in run("models", "ls")[1].splitlines() if line.startswith("pear")] == ["yes"]


def test_what_fits_is_told_with_a_reason_each(run, benched, monkeypatch):
    """Strongest first; exactly one is recommended, it fits, and no stronger one that fits writes Chinese."""
    monkeypatch.setenv("OFFLINE_DIGEST_MEMORY_GB", "8")
    code, out, _ = run("models", "ls", "--fit", "--json")
    rows = lines(out)
    taken = [row for row in rows if row["recommended"]]
    assert code == 0
    assert len(taken) == 1
    assert taken[0]["fits"]
    assert taken[0]["in_time"]
    assert taken[0]["need"]["total"] < 8e9
    stronger = rows[: rows.index(taken[0])]
    assert not any(row["fits"] and row["in_time"] and "zh" in row["languages"] for row in stronger)
    assert len(taken[0]["why"]) == 6
    assert all(row["why"] == [] for row in rows if row is not taken[0])
    assert all(row["paper_seconds"] > 0 and row["tokens_per_s"] > 0 for row in rows)

    table = run("models", "ls", "--fit")[1]
    assert f"*  {taken[0]['name']}" in table
    for words in ("of the 8.0 GB that are free", "writes Chinese and English", "GB/s", "bench of shape 1.5b on 2026-11-22", "licence"):
        assert words in table


def test_where_nothing_fits_nothing_is_recommended(run, monkeypatch):
    """It is said in words."""
    monkeypatch.setenv("OFFLINE_DIGEST_MEMORY_GB", "0.3")
    assert "No listed model fits into the 300 MB" in run("models", "ls", "--fit")[1]
    assert not any(row["recommended"] for row in lines(run("models", "ls", "--fit", "--json")[1]))


@pytest.mark.parametrize("name", ["qwen3-4b", "QWEN3-4B:q8_0"])
def test_a_model_is_shown(run, name):
    """Its repository, its files, its licence and where that is from."""
    code, out, _ = run("models", "show", name)
    assert code == 0
    for words in ("Qwen/Qwen3-4B-GGUF", "Q8_0 (about 4.3 GB)", "Apache-2.0", "model cards"):
        assert words in out
    shown = lines(run("models", "show", name, "--json")[1])[0]
    assert (shown["name"], shown["hub"]["repository"]) == ("qwen3-4b", "Qwen/Qwen3-4B-GGUF")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "qwen3-4"), "Did you mean qwen3-4b"),
        (("show", "somebody/something"), "models pull"),
        (("show", "qwen3-4b:q1_x"), "Q4_K_M, Q5_0"),
        (("check", "gone.gguf"), "Check the path"),
        (("check", "somebody/something"), "models pull"),
    ],
)
def test_what_is_unknown_ends_with_10(run, arguments, words):
    """And with what there is."""
    code, out, err = run("models", *arguments)
    assert (code, out) == (10, "")
    assert words in err


def test_a_broken_own_catalogue_ends_with_2(run):
    """File and key are named."""
    own("[models.pear]\ntitle = 3\n")
    code, _, err = run("models", "ls")
    assert code == 2
    assert "models.toml: models.pear." in err


def test_a_model_that_is_not_here_is_estimated(run, monkeypatch):
    """Ends with 0 where it fits, with 13 where it does not; how long a paper takes is not made up."""
    monkeypatch.setenv("OFFLINE_DIGEST_MEMORY_GB", "16")
    code, out, _ = run("models", "check", "qwen3-8b")
    assert code == 0
    for words in ("not here; get it with: offline-digest models pull qwen3-8b", "estimated from the catalogue", "it fits", "unknown"):
        assert words in out
    monkeypatch.setenv("OFFLINE_DIGEST_MEMORY_GB", "4")
    code, out, _ = run("models", "check", "qwen3-8b", "--json")
    found = lines(out)[0]
    assert code == 13
    assert (found["fits"], found["exact"], found["free_bytes"], found["paper_seconds"]) == (False, False, 4_000_000_000, None)


@pytest.mark.model
def test_a_model_that_is_here_is_asked(run, benched, smollm2):
    """llama.cpp says what it needs; the time of a paper is told from the last benchmark."""
    code, out, _ = run("models", "check", "smollm2")
    assert code == 0
    for words in (str(smollm2), "llama.cpp was asked", "tokens/s", "bench of shape 1.5b on 2026-11-22"):
        assert words in out


def test_a_file_that_is_no_model_ends_with_10(run, tmp_path):
    """Whatever its name says."""
    (tmp_path / "page.gguf").write_text("<html>", encoding="utf-8")
    code, _, err = run("models", "check", tmp_path / "page.gguf")
    assert code == 10
    assert "is a web page" in err


@pytest.mark.parametrize("name", ["qwen3-4b:q8_0", "Qwen/Qwen3-4B-GGUF:Q8_0", "hf:Qwen/Qwen3-4B-GGUF:Q8_0"])
def test_the_quantization_that_is_named_is_shown(run, name):
    """Its file and size, whether the entry or its repository is named."""
    line = json.loads(run("models", "show", name, "--json")[1])
    usual = json.loads(run("models", "show", "qwen3-4b", "--json")[1])
    assert (line["name"], line["quant"], usual["quant"]) == ("qwen3-4b", "Q8_0", "Q4_K_M")
    assert line["size_bytes"] > usual["size_bytes"]
    rows = dict(row.split(maxsplit=1) for row in run("models", "show", name)[1].splitlines())
    assert "Q8_0" in rows["file"]
    assert rows["size"].startswith("Q8_0 (about ")
