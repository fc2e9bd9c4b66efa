"""The recipe of the starter model, run on a model of the same form that is too small to know anything."""

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("torch", reason="needs torch: make test-training installs it")
pytest.importorskip("sacrebleu", reason="needs sacrebleu: make test-training installs it")

import gguf
import numpy as np
import torch

from offline_digest.digesting.prompts import Prompts
from offline_digest.engines.llama.binding import Model, Row
from offline_digest.engines.llama.settings import LlamaSettings
from offline_digest.library import file_sha256
from offline_digest.records import Line, Purpose
from offline_digest.weights import find_model, load_catalog
from tests.training.papers import papers
from tests.training.tiny import FORM
from training.starter.__main__ import main
from training.starter.checkpoints import MODEL, STABLE, STATE, average, load_weights, save_weights
from training.starter.contract import asked_fields, passage, prompts
from training.starter.data import Row as Paper
from training.starter.data import read_rows, trees
from training.starter.evaluate import judged
from training.starter.model import Laid, Llama, read_weights
from training.starter.package import Figures, write_package
from training.starter.packing import Trees, batch
from training.starter.settings import Settings
from training.starter.train import LOG, Limits, train

ROOT = Path(__file__).resolve().parents[2]


def log(folder):
    return [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def test_the_loss_falls(made):
    """Twelve times over forty-five abstracts are enough to halve the loss, on papers that were kept back, too."""
    told = log(made.trained)
    losses = [entry["loss"] for entry in told if "loss" in entry]
    held_out = [entry["held_out_loss"] for entry in told if "held_out_loss" in entry]
    assert losses[-1] < losses[0] / 2
    assert held_out[-1] < held_out[0] / 1.5
    assert told[-1]["step"] == told[-1]["of"]


def test_a_resumed_training_is_the_unbroken_one(made, tmp_path):
    """Stopped in the middle of an epoch and begun again, a run ends with the same weights, bit for bit."""
    short = replace(made.settings, epochs=2)
    assert train(made.prepared, made.base, tmp_path / "whole", short, device="cpu")
    assert not train(made.prepared, made.base, tmp_path / "broken", short, device="cpu", limits=Limits(steps=4))
    assert train(made.prepared, made.base, tmp_path / "broken", short, device="cpu")
    whole, broken = (load_weights(tmp_path / name / MODEL) for name in ("whole", "broken"))
    assert whole.keys() == broken.keys()
    assert all(np.array_equal(whole[name], broken[name]) for name in whole)
    with pytest.raises(ValueError, match="other settings"):
        train(made.prepared, made.base, tmp_path / "whole", replace(short, seed=1), device="cpu")


def test_a_training_is_made_longer(made, tmp_path):
    """Taken up where its learning rate began to fall, a short training becomes the long one, bit for bit; later it is too late."""
    settings = replace(made.settings, decay_share=0.5, warmup_steps=1)
    short, long = replace(settings, epochs=2.0), replace(settings, epochs=3.0)
    assert train(made.prepared, made.base, tmp_path / "short", short, device="cpu")
    assert train(made.prepared, made.base, tmp_path / "long", long, device="cpu")
    with pytest.raises(ValueError, match="other settings"):
        train(made.prepared, made.base, tmp_path / "short", long, device="cpu")
    (tmp_path / "taken-up").mkdir()
    (tmp_path / "short" / STABLE).rename(tmp_path / "taken-up" / STATE)
    assert train(made.prepared, made.base, tmp_path / "taken-up", long, device="cpu")
    whole, longer = (load_weights(tmp_path / name / MODEL) for name in ("long", "taken-up"))
    assert all(np.array_equal(whole[name], longer[name]) for name in whole)


def test_a_training_at_its_end_goes_on(made, tmp_path):
    """In another folder it does the steps behind its last one, with a learning rate that rises and falls again; broken off it is the unbroken one."""
    first = replace(made.settings, epochs=2.0)
    second = replace(first, epochs=3.0, decay_share=0.3)
    assert train(made.prepared, made.base, tmp_path / "first", first, device="cpu")
    ended = json.loads((tmp_path / "first" / LOG).read_text(encoding="utf-8").splitlines()[-1])
    for name, limits in (("whole", Limits()), ("broken", Limits(steps=ended["step"] + 1)), ("broken", Limits())):
        train(made.prepared, made.base, tmp_path / name, second, device="cpu", after=tmp_path / "first", limits=limits)
    told = [json.loads(line) for line in (tmp_path / "whole" / LOG).read_text(encoding="utf-8").splitlines()]
    assert min(line["step"] for line in told) > ended["step"]
    assert max(line["learning_rate"] for line in told) > 2 * ended["learning_rate"]
    whole, broken = (load_weights(tmp_path / name / MODEL) for name in ("whole", "broken"))
    assert all(np.array_equal(whole[name], broken[name]) for name in whole)
    begun = load_weights(tmp_path / "first" / MODEL)
    assert any(not np.array_equal(whole[name], begun[name]) for name in whole)


def test_how_many_papers_memory_allows_binds_no_training():
    """A state is taken up with more or fewer papers at once, and with no other change before its end."""
    begun = Settings(micro_papers=16)
    assert replace(begun, micro_papers=4).continues(begun, 90, 100, 100)
    assert not replace(begun, batch_papers=32).continues(begun, 90, 100, 100)


def test_matrices_in_bfloat16_and_compiled_parts_change_little(made, tmp_path):
    """What makes a training fast on a CPU, run as a user would: its losses differ from the exact ones by less than a hundredth."""
    command = ["train", "--prepared", made.prepared, "--base", made.base, "--device", "cpu", "--epochs", "1.0", "--batch-papers", "4"]
    command += ["--micro-papers", "2"]
    for name, how in (("exact", ["--bfloat16", "0"]), ("fast", ["--bfloat16", "1", "--compile"])):
        one = [sys.executable, "-m", "training.starter", *map(str, command), *how, "--out", tmp_path / name]
        subprocess.run(one, cwd=ROOT, check=True, capture_output=True)
    exact, fast = ([entry["loss"] for entry in log(tmp_path / name)] for name in ("exact", "fast"))
    assert len(exact) > 3
    assert exact[-1] < exact[0]
    assert fast == pytest.approx(exact, rel=0.01)


def test_the_exported_file_says_what_torch_says(made):
    """llama.cpp gives the logits of torch in the branch form: passage once, each question behind a copy of it, decoded together."""
    path = made.models / "starter-F16.gguf"
    weights = load_weights(made.trained / MODEL)
    net = Llama(FORM, len(weights["token_embd.weight"]))
    net.load_state_dict({name: torch.tensor(w) for name, w in weights.items()})
    model = Model(path, LlamaSettings(extra_buffers=False, threads=1))
    try:
        tree = next(trees(read_rows(made.data / "eval.jsonl"), model, longest_tokens=1024))
        of = Trees.of([tree])
        laid = Laid.of(batch(of, [0]), torch.float32, "cpu")
        with torch.no_grad():
            expected = net.logits(net.hidden(laid)[laid.parts[1].queries.start - len(tree.passage) :]).numpy()
        context = model.context(cells=2 * len(tree), sequences=len(tree.branches) + 1)
        stem = len(tree.passage)
        context.decode([Row(token, i, 0, logits=False) for i, token in enumerate(tree.passage)])
        for number in range(1, len(tree.branches) + 1):
            context.share(0, number)
        for step in range(max(map(len, tree.branches))):
            rows = [(n, b) for n, b in enumerate(tree.branches, start=1) if step < len(b)]
            context.decode([Row(b[step][0], stem + step, n, logits=True) for n, b in rows])
            for i, (n, _) in enumerate(rows):
                place = stem + sum(map(len, tree.branches[: n - 1])) + step
                got = context.logits(i)
                assert np.abs(got - expected[place]).max() < 0.05  # float16 in the cache; the logits spread over more than 10
                assert np.argsort(expected[place])[-1] in np.argsort(got)[-2:]
        context.close()
    finally:
        model.close()
    assert np.ptp(expected, axis=1).max() > 10


def test_the_learning_rate_rises_and_falls_to_nothing(made):
    """Up over the warm-up, at most a tenth of all steps; level; then down in a straight line, and the last steps are kept for averaging."""
    rates = [made.settings.rate(step, 100) for step in range(100)]
    assert max(rates) == rates[5] == made.settings.learning_rate
    assert all(a < b for a, b in pairwise(rates[:6]))
    assert set(rates[5:20]) == {rates[5]}
    assert all(a > b for a, b in pairwise(rates[20:]))
    assert rates[-1] < made.settings.learning_rate / 50
    assert replace(made.settings, snapshots=3, snapshot_share=0.3).snapshot_steps(100) == {100, 90, 80}


def test_weights_are_averaged(tmp_path):
    """The mean of the files, name by name."""
    for step, value in enumerate((1.0, 4.0)):
        layer = torch.nn.Linear(2, 1)
        torch.nn.init.constant_(layer.weight, value)
        save_weights(tmp_path, step, layer)
    assert load_weights(average(tmp_path))["weight"].tolist() == [[2.5, 2.5]]


@pytest.mark.parametrize(
    ("written", "printed", "unsupported"),
    [
        ("本文提出 TideNet，用于小型港口的水位预测，将平均误差从 14.2 降至 9.6。", True, (0, 0)),
        ("本文提出 TideNet，将平均误差从 14.2 降至 5.5。", False, (1, 0)),
    ],
)
def test_an_invented_number_is_counted_before_the_checks_and_not_after(written, printed, unsupported):
    """The program's checks decide what would be printed; what they take away no longer counts."""
    row = Paper(papers()[0]["title"], papers()[0]["abstract"], {"summary": ("x",)})
    (field,) = (f for f in asked_fields() if f.name == "summary")
    answer = SimpleNamespace(lines=(Line(text=written),))
    one = judged(field, row, passage(row.title, row.abstract), answer)
    assert (bool(one.printed), one.unsupported) == (printed, unsupported)


def test_the_start_of_a_training_can_be_exported(made, tmp_path):
    """Without weights the base comes out, with the new vocabulary: to try everything else before a training."""
    given = ["export", "--prepared", made.prepared, "--base", made.base, "--out", tmp_path, "--quantizations", "Q4_0"]
    assert main([*map(str, given)]) == 0
    assert (tmp_path / "starter-Q4_0.gguf").stat().st_size == (made.models / "starter-Q4_0.gguf").stat().st_size
    tokens, weights = read_weights(tmp_path / "starter-F16.gguf")
    base_tokens, base_weights = read_weights(made.base)
    assert np.array_equal(weights["blk.0.attn_q.weight"], base_weights["blk.0.attn_q.weight"])
    assert np.array_equal(weights["token_embd.weight"][tokens.index("A")], base_weights["token_embd.weight"][base_tokens.index("A")])


def test_a_quantized_file_is_evaluated(made):
    """Asked by the program's engine, every field of every paper gets an answer, and its figures are in range."""
    figures = json.loads(made.figures.read_text(encoding="utf-8"))
    assert figures["papers"] == 3
    assert figures["answers"] == 2 + 5 + 5
    assert 5 < figures["chrf"] <= 100
    assert 0.5 < figures["chinese_share"] <= 1
    assert figures["unsupported_numbers_after_checks"] == 0
    assert figures["size_bytes"] < (made.models / "starter-F16.gguf").stat().st_size


def test_the_file_says_what_it_was_made_for(made):
    """Its metadata hold the questions, a prompts file as the program reads it; they ask fields that the program has."""
    fields = gguf.GGUFReader(made.models / "starter-Q4_0.gguf").fields
    asked = Prompts.model_validate(tomllib.loads(fields["offline_digest.questions"].contents()))
    assert asked.model_copy(update={"learned": True}) == prompts()
    assert set(asked.ask) == {field.name for field in asked_fields()}
    assert fields["offline_digest.passage"].contents() == "abstract"
    assert fields["offline_digest.languages"].contents() == ["zh"]


def test_the_package_carries_the_model_to_the_catalogue(made, tmp_path, capsys, monkeypatch):
    """Its wheel holds the weights and installs without the network; the entry written beside it finds them."""
    capsys.readouterr()
    command = ["package", made.models / "starter-Q8_0.gguf", "--evaluated", made.figures, "--prepared", made.prepared]
    command += ["--trained", made.trained]
    assert main([*map(str, command), "--out", str(tmp_path / "starter"), "--version", "1.0"]) == 0
    (tmp_path / "catalog.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=tmp_path / "starter", check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(tmp_path / "site"), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    monkeypatch.syspath_prepend(tmp_path / "site")
    found = find_model("starter", load_catalog(tmp_path))
    assert found.path.read_bytes() == (made.models / "starter-Q8_0.gguf").read_bytes()
    assert found.sha256 == file_sha256(found.path)
    assert found.languages == ("zh",)
    assert found.purpose == Purpose(reads="abstract", version=prompts().version, ask={"zh": prompts().ask})
    card = (tmp_path / "starter" / "README.md").read_text(encoding="utf-8")
    assert found.sha256 in card
    assert "$" not in card
    with pytest.raises(ValueError, match="not of"):
        write_package(made.models / "starter-Q4_0.gguf", Figures.load(made.figures, made.prepared, made.trained), tmp_path, version="1")


def test_the_machine_that_trains_needs_torch_numpy_and_gguf_alone(made, tmp_path):
    """Without the program and llama.cpp a training begins all the same."""
    code = "import sys; sys.modules |= dict.fromkeys(('offline_digest', 'llama_cpp', 'sacrebleu')); from training.starter.__main__ import main; main()"
    command = ["train", "--prepared", made.prepared, "--base", made.base, "--out", tmp_path, "--device", "cpu", "--minutes", "0"]
    command += ["--batch-papers", "2", "--micro-papers", "2"]
    done = subprocess.run([sys.executable, "-c", code, *map(str, command)], cwd=ROOT, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == {"done": False}
    assert (tmp_path / "state.pt").is_file()
