"""What a training keeps on disk: the state it goes on from, and the weights of its last steps, which are averaged at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

STATE = "state.pt"
_WEIGHTS = "weights-{:06d}.npz"


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write the state in one step: a machine that goes away meanwhile leaves the one before."""
    unfinished = folder / f"{STATE}.part"
    torch.save(state, unfinished)
    unfinished.replace(folder / STATE)


def load_state(folder: Path, device: str) -> dict[str, Any] | None:
    """Return the last state, None where nothing was kept."""
    path = folder / STATE
    return torch.load(path, map_location=device, weights_only=True) if path.is_file() else None


def save_weights(folder: Path, step: int, model: torch.nn.Module) -> None:
    """Write the weights after *step*, float16, vectors float32."""
    kept = {name: (t.float() if t.ndim == 1 else t.half()).cpu().numpy() for name, t in model.state_dict().items()}
    path = folder / _WEIGHTS.format(step)
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, **kept)
    unfinished.replace(path)


def kept_weights(folder: Path) -> list[Path]:
    """Return the files of weights, the earliest first."""
    return sorted(path for path in folder.glob("weights-*.npz") if not path.name.endswith(".part.npz"))


def average(paths: Sequence[Path]) -> dict[str, Any]:
    """Return the mean of several files of weights, float32.

    Raises:
        ValueError: There is none.
    """
    if not paths:
        raise ValueError("No weights to average; has the training reached its end?")
    total: dict[str, Any] = {}
    for path in paths:
        with np.load(path) as weights:
            for name in weights.files:
                total[name] = total.get(name, 0) + weights[name].astype(np.float32) / len(paths)
    return total
