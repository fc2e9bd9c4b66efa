"""What a model takes of this machine's memory, asked of llama.cpp before anything is allocated."""

from __future__ import annotations

from pathlib import Path

from offline_digest.engines.llama.binding import Model
from offline_digest.engines.llama.machine import free_bytes
from offline_digest.engines.llama.repacking import repacking_pays
from offline_digest.engines.llama.settings import LlamaSettings
from offline_digest.errors import OutOfMemory
from offline_digest.progress import amount
from offline_digest.records import Record

FRAME_CELLS = 256  # of the cache, for the chat template around passage and question


class Need(Record):
    """What a model takes, in bytes: its weights, its context (KV cache, work space, output), and this program around it."""

    weights: int
    context: int
    program: int

    @property
    def total(self) -> int:
        """All of it: the greatest memory of the process."""
        return self.weights + self.context + self.program

    def __str__(self) -> str:
        """Say it in words."""
        return f"{amount(self.total)} (weights {amount(self.weights)}, context {amount(self.context)}, program {amount(self.program)})"


def cells(settings: LlamaSettings) -> int:
    """Return the size of the KV cache in tokens."""
    return settings.passage_tokens + FRAME_CELLS + settings.branch_cells


def estimate(path: Path, settings: LlamaSettings) -> Need:
    """Return what the model in *path* will take. Reads its header and vocabulary only.

    Raises:
        ModelUnusable: llama.cpp does not accept the file.
    """
    model = Model(path, settings, simulate=True)
    try:
        return _need(model, settings)
    finally:
        model.close()


def fitted(path: Path, settings: LlamaSettings) -> LlamaSettings:
    """Return *settings* as they suit this machine: weights repacked only where that pays, fewer branches where memory is short.

    Raises:
        OutOfMemory: Even the fewest do not fit; says what is needed, what is free, and what would fit.
        ModelUnusable: llama.cpp does not accept the file.
    """
    model = Model(path, settings, simulate=True)
    try:
        if not repacking_pays(model.quantization(), model.features()):
            settings = settings.model_copy(update={"extra_buffers": False})
        room = settings.memory_bytes or free_bytes()
        if model.on_gpu:  # what goes where is llama.cpp's to decide, and it says so when it does not fit
            return settings
        tried: LlamaSettings | None = settings
        while tried is not None:
            need = _need(model, tried)
            if need.total <= room:
                return tried
            smallest, tried = tried, tried.smaller()
        raise OutOfMemory(f"{path.name} needs {need} of memory; {amount(room)} are free.", _advice(model, smallest, need, room))
    finally:
        model.close()


def _need(model: Model, settings: LlamaSettings) -> Need:
    import psutil

    context = model.context(cells=cells(settings), sequences=settings.branches + 1)
    taken = model.context_bytes()
    context.close()
    return Need(weights=model.weight_bytes, context=taken, program=psutil.Process().memory_info().rss)


def _advice(model: Model, settings: LlamaSettings, need: Need, room: int) -> str:
    """Say what would fit: a smaller passage of the same model, or weights of some size."""
    passage = settings.passage_tokens
    while (passage := passage // 2) >= 512:
        if _need(model, settings.model_copy(update={"passage_tokens": passage})).total <= room:
            return f"It fits with --budget {passage}; or close other programs."
    left = room - need.context - need.program
    if left <= 0:
        return "Close other programs; no model fits into what is left."
    return f"Take a model file of at most {amount(left)} (a smaller one, or the same in a coarser quantization), or close other programs."
