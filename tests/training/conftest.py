"""One tiny training that the tests of the recipe share."""

from types import SimpleNamespace

import pytest

from tests.training.papers import papers, write


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Return the settings of a whole training of a tiny model, and the folders of its data, trees, weights and files."""
    torch = pytest.importorskip("torch", reason="needs torch: make test-training installs it")
    pytest.importorskip("sacrebleu", reason="needs sacrebleu: make test-training installs it")
    from tests.training.tiny import learn_vocabulary, write_base
    from training.starter.__main__ import main
    from training.starter.settings import Settings
    from training.starter.train import train

    torch.set_num_threads(1)  # two that wait for each other are slower than one where others work, too
    folder = tmp_path_factory.mktemp("starter")
    rows = papers()
    english = [row["title"] + " " + row["abstract"] for row in rows]
    chinese = [text for row in rows for value in row["zh"].values() for text in ([value] if isinstance(value, str) else value)]
    vocabulary = learn_vocabulary(english, 300)
    found = SimpleNamespace(
        settings=Settings(
            epochs=12, batch_papers=6, micro_papers=3, learning_rate=6e-3, warmup_steps=5, decay_share=0.8, bfloat16=0, snapshots=3
        ),
        data=folder / "data",
        base=folder / "base.gguf",
        prepared=folder / "prepared",
        trained=folder / "trained",
        models=folder / "models",
        figures=folder / "evaluated.json",
    )
    found.data.mkdir()
    write_base(found.base, vocabulary)
    learn_vocabulary(english + chinese, 300, vocabulary).save(found.data / "tokenizer.json")
    write(found.data / "train.jsonl", [row for n, row in enumerate(rows) if n % 17])
    write(found.data / "eval.jsonl", rows[::17])

    def run(*command):
        assert main([*map(str, command)]) == 0

    run("prepare", "--data", found.data, "--out", found.prepared, "--least-uses", 2)
    assert train(found.prepared, found.base, found.trained, found.settings, device="cpu")
    given = ("--prepared", found.prepared, "--base", found.base, "--weights", found.trained / "model.npz")
    run("export", *given, "--out", found.models, "--quantizations", "Q8_0", "Q4_0")
    run("evaluate", found.models / "starter-Q8_0.gguf", "--papers", found.data / "eval.jsonl", "--out", found.figures)
    return found
