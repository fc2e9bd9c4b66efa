"""How a model is driven, and the ladder of settings that a crash leads down (DESIGN section 5). Pure: nothing here touches llama.cpp."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from typing import Literal

from offline_digest.records import Record

FEWEST_BRANCHES = 4
FEWEST_CELLS = 1024

Step = Literal["no repacking", "fewer branches", "fewer threads", "CPU only"]
_STEPS: tuple[Step, ...] = ("no repacking", "fewer branches", "fewer threads", "CPU only")
_CRASHES = {-signal.SIGSEGV, -signal.SIGILL, -signal.SIGABRT} if os.name == "posix" else {0xC0000005, 0xC000001D, 0xC0000409}
_KILLED = -9  # the kernel ends what takes too much memory with SIGKILL
_BARREN_DEATHS = 2


class LlamaSettings(Record):
    """How a model is driven.

    Args:
        passage_tokens: Longest passage.
        threads: CPU threads; 0 means every physical core.
        gpu_layers: Layers to put on a GPU; ignored by a build without one.
        flash_attention: `auto` means on with a GPU and off without: on a CPU the plain kernels are faster for many branches over one
            passage (docs/measurements.md).
        kv_cache: Format of the KV cache; `q8_0` takes half the memory and needs flash attention, which it turns on.
        ubatch_tokens: Tokens that llama.cpp evaluates at once.
        branches: Most answers decoded together; the kernels of a CPU take sixteen rows at once (docs/measurements.md).
        branch_cells: Cells of the cache for all their questions and answers.
        extra_buffers: Whether llama.cpp may repack weights for this CPU, where that pays (`repacking`); off avoids the AMX crash (DESIGN section 8).
        memory_bytes: What the model may take; 0 means what is free.
    """

    passage_tokens: int = 6000
    threads: int = 0
    gpu_layers: int = 999
    flash_attention: Literal["auto", "on", "off"] = "auto"
    kv_cache: Literal["f16", "q8_0"] = "f16"
    ubatch_tokens: int = 512
    branches: int = 16
    branch_cells: int = 4096
    extra_buffers: bool = True
    memory_bytes: int = 0

    def smaller(self) -> LlamaSettings | None:
        """Return the same with half the branches, None at the fewest."""
        if self.branches <= FEWEST_BRANCHES:
            return None
        fewer = {"branches": max(self.branches // 2, FEWEST_BRANCHES), "branch_cells": max(self.branch_cells // 2, FEWEST_CELLS)}
        return self.model_copy(update=fewer)


@dataclass(slots=True)
class Ladder:
    """Which settings a model is tried with after its process died.

    A death that came with a new answer is met by a fresh start on the same rung. Two deaths in a row without one lead a step down, and so does
    a single crash in native code before the model ever decoded a token, for it would come again. A kill first suspects memory.
    """

    settings: LlamaSettings
    lasting: tuple[Step, ...] = ()
    """Steps that early crashes led to: they hold for later runs with the same CPU, build and model."""
    taken: tuple[Step, ...] = field(default=(), init=False)
    barren: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Go down the steps that an earlier run took."""
        self.taken = self.lasting
        for step in self.taken:
            self.settings = _taking(step, self.settings) or self.settings

    def died(self, status: int | None, *, progress: bool, early: bool) -> bool:
        """Note a death; return False when no rung is left.

        Args:
            status: The exit code, negative for a signal; None for a process that hung.
            progress: Whether an answer came since the last death.
            early: Whether the model had not decoded a token yet.
        """
        self.barren = 0 if progress else self.barren + 1
        crashed = early and status in _CRASHES
        if progress or (self.barren < _BARREN_DEATHS and not crashed):
            return True
        first: tuple[Step, ...] = ("fewer branches",) if status == _KILLED else ()
        for step in (*first, *_STEPS):
            below = None if step in self.taken else _taking(step, self.settings)
            if below is not None:
                self.settings, self.taken, self.barren = below, (*self.taken, step), 0
                if crashed:
                    self.lasting = self.taken
                return True
        self.barren = 0  # the next paper begins anew on the last rung
        return False


def _taking(step: Step, settings: LlamaSettings) -> LlamaSettings | None:
    """Return *settings* one step down, None where that would change nothing."""
    change: dict[str, object] = {}
    if step == "no repacking" and settings.extra_buffers:
        change = {"extra_buffers": False}
    elif step == "fewer branches":
        return settings.smaller()
    elif step == "fewer threads" and settings.threads > 1:
        change = {"threads": settings.threads // 2}
    elif step == "CPU only" and settings.gpu_layers > 0:
        change = {"gpu_layers": 0}
    return settings.model_copy(update=change) if change else None
