"""The recipe of the starter model, run on a model of the same form that is too small to know anything."""

import json
from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="needs torch: make test-training installs it")
pytest.importorskip("sacrebleu", reason="needs sacrebleu: make test-training installs it")

import numpy as np
import torch

from offline_digest.engines.llama.binding import Model, Row
from offline_digest.engines.llama.settings import LlamaSettings
from tests.training.papers import papers, write
from tests.training.tiny import FORM, learn_vocabulary, write_base
from training.starter.__main__ import main
from training.starter.checkpoints import average, kept_weights
from training.starter.data import read_rows, trees
from training.starter.model import Llama, tensors, tree_mask
from training.starter.packing import Trees, batch
from training.starter.settings import Settings
from training.starter.train import LOG, Limits, train

SETTINGS = Settings(epochs=12, row_tokens=576, batch_rows=6, micro_rows=3, learning_rate=6e-3, warmup_steps=5, snapshots=3)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Return a folder with data, a base, the prepared trees, a whole training and its export."""
    folder = tmp_path_factory.mktemp("starter")
    rows = papers()
    english = [row["title"] + " " + row["abstract"] for row in rows]
    chinese = [text for row in rows for value in row["zh"].values() for text in ([value] if isinstance(value, str) else value)]
    base = learn_vocabulary(english, 300)
    write_base(folder / "base.gguf", base)
    (folder / "data").mkdir()
    learn_vocabulary(english + chinese, 300, base).save(folder / "data" / "tokenizer.json")
    write(folder / "data" / "train.jsonl", [row for n, row in enumerate(rows) if n % 10])
    write(folder / "data" / "eval.jsonl", rows[::10])
    torch.set_num_threads(1)  # two that wait for each other are slower than one where others work, too
    assert main(["prepare", "--data", str(folder / "data"), "--out", str(folder / "prepared"), "--least-uses", "2"]) == 0
    assert train(folder / "prepared", folder / "base.gguf", folder / "trained", SETTINGS, device="cpu")
    export = ["export", "--prepared", folder / "prepared", "--base", folder / "base.gguf", "--trained", folder / "trained"]
    assert main([*map(str, export), "--out", str(folder / "models"), "--average", "2", "--quantizations", "Q8_0", "Q4_0"]) == 0
    return folder


def log(folder):
    return [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def test_the_loss_falls(made):
    """Twelve times over forty-five abstracts are enough to halve the loss, on papers that were kept back, too."""
    told = log(made / "trained")
    losses = [entry["loss"] for entry in told if "loss" in entry]
    held_out = [entry["held_out_loss"] for entry in told if "held_out_loss" in entry]
    assert losses[-1] < losses[0] / 2
    assert held_out[-1] < held_out[0] / 1.5
    assert told[-1]["step"] == told[-1]["of"]


def test_a_resumed_training_is_the_unbroken_one(made, tmp_path):
    """Stopped in the middle of an epoch and begun again, a run ends with the same weights, bit for bit."""
    short = replace(SETTINGS, epochs=3)
    assert train(made / "prepared", made / "base.gguf", tmp_path / "whole", short, device="cpu")
    assert not train(made / "prepared", made / "base.gguf", tmp_path / "broken", short, device="cpu", limits=Limits(steps=4))
    assert train(made / "prepared", made / "base.gguf", tmp_path / "broken", short, device="cpu")
    whole, broken = (average(kept_weights(tmp_path / name)[-1:]) for name in ("whole", "broken"))
    assert whole.keys() == broken.keys()
    assert all(np.array_equal(whole[name], broken[name]) for name in whole)
    with pytest.raises(ValueError, match="other settings"):
        train(made / "prepared", made / "base.gguf", tmp_path / "whole", replace(short, seed=1), device="cpu")


def test_the_exported_file_says_what_torch_says(made):
    """llama.cpp gives the logits of torch in the branch form: passage once, each question behind a copy of it, decoded together."""
    path = made / "models" / "starter-F16.gguf"
    weights = average(kept_weights(made / "trained")[-2:])
    net = Llama(FORM, len(weights["token_embd.weight"]))
    net.load_state_dict(
        {name: torch.from_numpy(w if w.ndim == 1 else w.astype(np.float16).astype(np.float32)) for name, w in weights.items()}
    )
    model = Model(path, LlamaSettings(extra_buffers=False, threads=1))
    try:
        tree = next(trees(read_rows(made / "data" / "eval.jsonl"), model, longest_tokens=1024))
        of = Trees.of([tree])
        laid = tensors(batch(of, [[0]], len(tree)), "cpu")
        with torch.no_grad():
            h = net.hidden(laid["ids"], laid["positions"], tree_mask(laid["tree"], laid["branch"]))
            expected = net.logits(h[0]).numpy()
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
