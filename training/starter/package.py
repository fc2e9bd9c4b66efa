"""The model as a Python distribution of its own, so that an index can carry it and the catalogue finds it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

from offline_digest.weights.inspecting import HeaderService
from training.starter.checkpoints import load_state
from training.starter.contract import LANGUAGE, PASSAGE, prompts
from training.starter.evaluate import PASSAGE_TOKENS
from training.starter.model import read_form
from training.starter.prepare import FIGURES
from training.starter.settings import Settings
from training.starter.train import LOG

DISTRIBUTION, MODULE = "offline-digest-starter", "offline_digest_starter"
_SHAPE = ("layers", "width", "feed_forward", "heads", "kv_heads", "head_size")
_TEMPLATES = Path(__file__).parent / "distribution"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model card tells of a file.

    Attributes:
        evaluated: What `evaluate` measured.
        prepared: What `prepare` counted.
        trained: `steps`, `seen` (papers, one as often as it came) and `held_out_loss` at the end of the training.
    """

    evaluated: Mapping[str, Any]
    prepared: Mapping[str, Any]
    trained: Mapping[str, Any]

    @classmethod
    def load(cls, evaluated: Path, prepared: Path, trained: Path) -> Figures:
        """Read the file that `evaluate` wrote and the folders of `prepare` and `train`.

        Raises:
            ValueError: The training in *trained* has not come to its end.
        """
        state = load_state(trained, "cpu")
        if state is None or state["done"] < state["steps"]:
            raise ValueError(f"The training in {trained} has not come to its end.")
        last = json.loads((trained / LOG).read_text(encoding="utf-8").splitlines()[-1])
        seen = state["steps"] * Settings(**state["settings"]).batch_papers
        return cls(
            evaluated=json.loads(evaluated.read_text(encoding="utf-8")),
            prepared=json.loads((prepared / FIGURES).read_text(encoding="utf-8")),
            trained={"steps": state["steps"], "seen": seen, "held_out_loss": last["held_out_loss"]},
        )


def write_package(weights: Path, figures: Figures, out: Path, *, version: str) -> str:
    """Write a distribution that carries *weights*, with a model card.

    Args:
        weights: The quantized file.
        figures: Measured on this very file.
        out: The folder, `models/starter`.
        version: Of the distribution.

    Returns:
        The entry of `models/catalog.toml` for it.

    Raises:
        ValueError: The figures were measured on another file.
    """
    if figures.evaluated["size_bytes"] != weights.stat().st_size or figures.evaluated["model"] != weights.name:
        raise ValueError(f"The figures are those of {figures.evaluated['model']}, not of {weights.name}.")
    facts, form = HeaderService().inspect(weights), read_form(weights)
    with weights.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    (out / MODULE).mkdir(parents=True, exist_ok=True)
    for old in (out / MODULE).glob("*.gguf"):
        old.unlink()
    shutil.copyfile(weights, out / MODULE / weights.name)
    values = {
        **{name: _percent(figures.evaluated[name]) for name in ("chinese_share", "loops", "unsupported_numbers", "printed")},
        "unsupported_after": _percent(figures.evaluated["unsupported_numbers_after_checks"]),
        "chrf": figures.evaluated["chrf"],
        "chrf_by_field": "\n".join(f"| {name} | {score} |" for name, score in figures.evaluated["chrf_by_field"].items()),
        "seconds": figures.evaluated["seconds_a_paper"],
        "test_papers": figures.evaluated["papers"],
        "papers": f"{figures.prepared['papers']:,}",
        "steps": f"{figures.trained['steps']:,}",
        "seen": f"{figures.trained['seen']:,}",
        "held_out_loss": figures.trained["held_out_loss"],
        "vocabulary": f"{figures.prepared['vocabulary']:,}",
        "size_mb": f"{weights.stat().st_size / 1e6:.1f}",
        "size_bytes": weights.stat().st_size,
        "sha256": sha256,
        "file": weights.name,
        "released": f"{datetime.now(UTC):%Y-%m}",
        "parameters": f"{facts.parameters:_}",
        "context": facts.context,
        "dimensions": ", ".join(f"{name} = {getattr(form, name)}" for name in _SHAPE),
        "tokens": facts.vocabulary,
        "version": version,
        "distribution": DISTRIBUTION,
        "module": MODULE,
        "language": LANGUAGE,
        "passage": PASSAGE,
        "passage_tokens": PASSAGE_TOKENS,
        "quant": facts.quantization,
        "version_of_questions": prompts().version,
        "questions": "\n".join(f"{field} = {json.dumps(text, ensure_ascii=False)}" for field, text in prompts().ask.items()),
    }
    for name, target in (("pyproject.toml.in", "pyproject.toml"), ("card.md.in", "README.md"), ("module.py.in", f"{MODULE}/__init__.py")):
        (out / target).write_text(_filled(name, values), encoding="utf-8")
    return _filled("catalog.toml.in", values)


def _filled(name: str, values: Mapping[str, object]) -> str:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8")).substitute(values)


def _percent(share: float) -> str:
    return f"{share:.1%}"
