"""What this machine is and has free, as far as driving a model depends on it."""

from __future__ import annotations

import contextlib
import hashlib
import platform
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_LOOK_S = 0.2
_BUSY_CORES = 0.4  # taken by others


def free_bytes() -> int:
    """Return the memory a new process can have: what the machine has free, within the limits of the control groups around it."""
    import psutil

    free: int = psutil.virtual_memory().available
    return min([free, *_group_rooms()])


def _group_rooms() -> Iterator[int]:
    """Yield what is left in each memory-limited control group (Linux, version 2) around this process: containers, Slurm, systemd."""
    try:
        line = next(x for x in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines() if x.startswith("0::"))
    except (OSError, StopIteration):
        return
    inner = _CGROUPS / line.removeprefix("0::").strip("/")
    for folder in (inner, *inner.parents):
        if not folder.is_relative_to(_CGROUPS):
            return
        try:
            limit = int((folder / "memory.max").read_text(encoding="ascii"))
            used = int((folder / "memory.current").read_text(encoding="ascii"))
            cache = dict(row.split() for row in (folder / "memory.stat").read_text(encoding="ascii").splitlines())
        except (OSError, ValueError):  # no limit is written as the word `max`
            continue
        yield limit - used + int(cache.get("inactive_file", 0))


def others_are_busy() -> bool:
    """Tell whether other programs keep cores busy right now. Looks for a fifth of a second.

    This process and its children are no others: what reads ahead gives way, and ends soon.
    """
    import psutil

    ours, start = _own_seconds(), time.perf_counter()
    busy = psutil.cpu_percent(interval=_LOOK_S) / 100 * (psutil.cpu_count() or 1)
    own = (_own_seconds() - ours) / (time.perf_counter() - start)
    return bool(busy - own > _BUSY_CORES)


def _own_seconds() -> float:
    """Return the processor time of this process and of the children that it has now."""
    import psutil

    seconds = 0.0
    me = psutil.Process()
    for process in (me, *me.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            seconds += times.user + times.system
    return seconds


def build_identity() -> str:
    """Return CPU and build of llama.cpp: what a crash in native code depends on, beside the model."""
    build = metadata.distribution("llama-cpp-python")
    record = hashlib.sha256((build.read_text("RECORD") or "").encode()).hexdigest()  # it holds the hashes of the libraries
    return f"{cpu_name()} | llama-cpp-python {build.version} {record[:8]}"


def cpu_name() -> str:
    """Return what the CPU calls itself, or else the kind that it is of."""
    return _cpu_row("model name") or platform.processor() or platform.machine()


def cpu_flags() -> frozenset[str]:
    """Return what the CPU can do, in the words of Linux: `avx2`, `amx_tile`, on ARM `asimd`; empty on other systems."""
    return frozenset((_cpu_row("flags") or _cpu_row("Features")).split())


def _cpu_row(name: str) -> str:
    """Return what Linux says of the first CPU under a name, empty where it says nothing."""
    try:
        rows = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((row.partition(":")[2].strip() for row in rows if row.partition(":")[0].strip() == name), "")
