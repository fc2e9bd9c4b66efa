"""What a training keeps on disk: the state it goes on from, and the weights of its last steps, which are averaged at the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.starter.packing import Array

STATE, STABLE, MODEL = "state.pt", "stable.pt", "model.npz"
_WEIGHTS = "weights-{:06d}.npz"


def save_state(folder: Path, state: dict[str, Any], name: str = STATE) -> None:
    """Write the state in one step: a machine that goes away meanwhile leaves the one before."""
    unfinished = folder / f"{name}.part"
    torch.save(state, unfinished)
    unfinished.replace(folder / name)


def load_state(folder: Path, device: str) -> dict[str, Any] | None:
    """Return the last state, None where nothing was kept."""
    path = folder / STATE
    return torch.load(path, map_location=device, weights_only=True) if path.is_file() else None


def save_weights(folder: Path, step: int, model: torch.nn.Module) -> None:
    """Keep the weights after *step*."""
    _write(folder / _WEIGHTS.format(step), {name: tensor.float().cpu().numpy() for name, tensor in model.state_dict().items()})


def average(folder: Path) -> Path:
    """Write the mean of all weights kept in *folder*, and return its file."""
    paths = sorted(folder.glob("weights-*.npz"))
    total: dict[str, Array] = {}
    for path in paths:
        for name, array in load_weights(path).items():
            total[name] = total.get(name, 0) + array / len(paths)
    _write(folder / MODEL, total)
    return folder / MODEL


def load_weights(path: Path) -> dict[str, Array]:
    """Return tensor name → array, float32."""
    with np.load(path) as weights:
        return {name: weights[name].astype(np.float32) for name in weights.files}


def _write(path: Path, weights: Mapping[str, Array]) -> None:
    """Write matrices in float16 and vectors in float32, as the exported file has them."""
    unfinished = path.with_name("unfinished.npz")
    kept: dict[str, Any] = {name: array.astype(np.float32 if array.ndim == 1 else np.float16) for name, array in weights.items()}
    np.savez(unfinished, **kept)
    unfinished.replace(path)
