"""Trains the prepared trees. Everything that happens at a step follows from the settings and the step's number, so a run can be resumed exactly.

Needs torch and numpy, and gguf for reading the base.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.starter.checkpoints import STABLE, average, load_state, save_state, save_weights
from training.starter.model import Laid, Llama, read_form, read_weights
from training.starter.muon import Muon
from training.starter.packing import HELD_OUT, TRAIN, Trees, batch, epoch
from training.starter.settings import Settings
from training.starter.vocabulary import VOCABULARY, Vocabulary

LOG = "log.jsonl"
_LOG_STEPS = 20
_MEASURED = 64  # held-out papers in the log: a tenth of a minute on two cores, and the loss within about 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a run ends before the last step, and how often it keeps its state; none of it changes the weights."""

    minutes: float = math.inf
    steps: int | None = None
    keep_minutes: float = 5.0


def train(
    prepared: Path,
    base: Path,
    out: Path,
    settings: Settings,
    *,
    device: str,
    after: Path | None = None,
    limits: Limits | None = None,
    compiled: bool = False,
) -> bool:
    """Train until the end or the limits; goes on from the state in *out* where there is one.

    Args:
        prepared: The folder that `prepare` wrote.
        base: The GGUF file whose model is continued.
        out: Gets state, weights and log.
        settings: As they were before, where the run is resumed; only its end may lie elsewhere, while the learning rate has not begun to fall.
        device: `cuda` or `cpu`.
        after: The folder of another training, whose last state begins this one, whatever its settings were: the next step is the one after it. So what
            came to its end is taken up again, and the learning rate rises and falls a second time ("WSD-S" in arXiv:2410.05192).
        limits: Of this call.
        compiled: Whether torch compiles what lies between matrices and attention.

    Returns:
        Whether the last step is done; the mean of the weights kept near the end is then in *out*.

    Raises:
        ValueError: The state in *out* belongs to other settings, or there is too little data for a step.
    """
    limits = limits or Limits()
    out.mkdir(parents=True, exist_ok=True)
    vocabulary = Vocabulary.load(prepared / VOCABULARY)
    trees, held_out = Trees.load(prepared / TRAIN), Trees.load(prepared / HELD_OUT)
    plan = list(_plan(trees, settings))
    if not plan:
        raise ValueError(f"There is not one step in these {len(trees)} papers.")
    model = continued(base, vocabulary, torch.bfloat16 if settings.bfloat16 else torch.float32)
    model.to(device)
    if compiled:
        model.compile_parts()
    run = _Run(model, importance(vocabulary, settings.copy_weight), settings, len(plan), device)
    if state := load_state(out, device):
        if not settings.continues(Settings(**state["settings"]), state["done"], len(plan), state["steps"]):
            raise ValueError(f"{out} was begun with other settings: {state['settings']}")
        run.restore(state)
    elif after and (state := load_state(after, device)):
        run.restore(state)
    begun = kept = told = time.monotonic()
    sizes, tokens = trees.sizes.tolist(), 0
    last = min(len(plan), limits.steps or len(plan))
    with (out / LOG).open("a", encoding="utf-8") as log:
        while run.done < last and time.monotonic() - begun < 60 * limits.minutes:
            if run.done == settings.decay_start(len(plan)):
                save_state(out, run.state(), STABLE)
            papers = plan[run.done]
            loss, rate = run.step(trees, papers)
            tokens += sum(sizes[i] for i in papers)
            if run.done in settings.snapshot_steps(len(plan)):
                save_weights(out, run.done, model)
            measured = run.done % max(1, len(plan) // 20) == 0 or run.done == len(plan)
            if measured or run.done % _LOG_STEPS == 0 or run.done < 4:
                line = {"step": run.done, "of": len(plan), "loss": round(loss.item(), 4), "learning_rate": rate}
                line |= {"tokens_per_s": round(tokens / (time.monotonic() - told)), "seconds": round(time.monotonic() - begun, 1)}
                line |= {"held_out_loss": run.held_out_loss(held_out)} if measured else {}
                print(json.dumps(line), file=log, flush=True)
                told, tokens = time.monotonic(), 0
            if time.monotonic() - kept > 60 * limits.keep_minutes:
                save_state(out, run.state())
                kept = time.monotonic()
    save_state(out, run.state())
    if run.done == len(plan):
        average(out)
    return run.done == len(plan)


def continued(base: Path, vocabulary: Vocabulary, dtype: torch.dtype = torch.float32) -> Llama:
    """Return the base with another vocabulary: a piece that is new begins as the mean of the pieces it replaces."""
    form = read_form(base)
    tokens, weights = read_weights(base)
    old = weights["token_embd.weight"]
    weights["token_embd.weight"] = np.stack([old[ids].mean(0) for ids in vocabulary.origins(tokens)])
    model = Llama(form, len(vocabulary), dtype)
    model.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    return model


def importance(vocabulary: Vocabulary, copy_weight: float) -> torch.Tensor:
    """Return the weight of each token in the loss, `(vocabulary,)`: *copy_weight* for those with Latin letters or digits, 1 for others.

    In byte-level spelling the bytes of Chinese characters are letters beyond ASCII, so ASCII tells the two apart.
    """
    copied = [any(c.isascii() and c.isalnum() for c in token) for token in vocabulary.tokens]
    return torch.where(torch.tensor(copied), copy_weight, 1.0)


def _plan(trees: Trees, settings: Settings) -> Iterator[Sequence[int]]:
    """Yield the papers of every step."""
    left = settings.epochs
    for number in range(math.ceil(settings.epochs)):
        steps = epoch(trees, number=number, papers=settings.batch_papers, list_share=settings.list_share, seed=settings.seed)
        yield from steps[: round(len(steps) * min(1.0, left))]
        left -= 1


class _Run:
    """A model and its optimizer between two steps."""

    def __init__(self, model: Llama, weights: torch.Tensor, settings: Settings, steps: int, device: str) -> None:
        self._model = model
        self._importance = weights.to(device)
        self._settings = settings
        self._steps = steps
        self._device = device
        self.done = 0
        embedding = model.token_embd.weight
        matrices = [p for p in model.parameters() if p.ndim > 1 and p is not embedding]
        vectors = [p for p in model.parameters() if p.ndim == 1]
        muon = Muon(matrices, lr=settings.learning_rate, weight_decay=settings.weight_decay)
        groups = [{"params": vectors, "multiple": 1.0}, {"params": [embedding], "multiple": settings.embedding_rate}]
        adam = torch.optim.AdamW(groups, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
        self._optimizers: tuple[torch.optim.Optimizer, ...] = (muon, adam)

    def state(self) -> dict[str, Any]:
        """Return everything that the next step depends on."""
        optimizers = [optimizer.state_dict() for optimizer in self._optimizers]
        told = {"done": self.done, "steps": self._steps, "settings": asdict(self._settings)}
        return told | {"weights": self._model.state_dict(), "optimizers": optimizers}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        self._model.load_state_dict(state["weights"])
        for optimizer, kept in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        self.done = state["done"]

    def step(self, trees: Trees, papers: Sequence[int]) -> tuple[torch.Tensor, float]:
        """Do one step; returns its loss (nats a token, weighed), for which the device is not waited, and its learning rate."""
        settings = self._settings
        rate = settings.rate(self.done, self._steps)
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * group.get("multiple", 1.0)
        size = settings.micro_papers
        parts = [self._laid(trees, papers[start : start + size]) for start in range(0, len(papers), size)]
        whole = sum(self._importance[part.targets[part.targets >= 0]].sum() for part in parts)
        total = torch.zeros((), device=self._device)
        for part in parts:
            loss = self._model.loss(part, self._importance) / whole
            loss.backward()
            total += loss.detach()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        for optimizer in self._optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.done += 1
        return total, rate

    def held_out_loss(self, trees: Trees) -> float:
        """Return the plain loss of the first held-out papers, nats a token."""
        ones = torch.ones_like(self._importance)
        total, learned = 0.0, 0
        members, size = range(min(_MEASURED, len(trees))), self._settings.micro_papers
        for start in range(0, len(members), size):
            laid = self._laid(trees, members[start : start + size])
            with torch.no_grad():
                total += self._model.loss(laid, ones).item()
            learned += int((laid.targets >= 0).sum())
        return round(total / learned, 4)

    def _laid(self, trees: Trees, papers: Sequence[int]) -> Laid:
        return Laid.of(batch(trees, papers), self._model.dtype, self._device)
