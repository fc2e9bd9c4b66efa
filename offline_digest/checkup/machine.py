"""CPU, llama.cpp and what it computes on, memory."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator

from offline_digest.checkup.finding import Case, Finding, error, ok, warning
from offline_digest.progress import amount

LITTLE_BYTES = 2 * 10**9  # below, hardly a model that writes well fits
_SHOWN = ("avx", "avx2", "avx512f", "amx_tile", "asimd", "sve")
_REINSTALL = "pip install --force-reinstall --no-deps --no-cache-dir llama-cpp-python=={version}"


def cpu(_case: Case) -> Iterator[Finding]:
    """Tell the CPU, its cores, and what it can do that matters."""
    from offline_digest.engines.llama.machine import cpu_flags, cpu_name
    from offline_digest.workers import physical_cores

    flags = cpu_flags()
    cores = physical_cores()
    known = ", ".join(name for name in _SHOWN if name in flags)
    yield ok("CPU", f"{cpu_name()}, {cores} {'core' if cores == 1 else 'cores'}" + (f", {known}" if known else ""))
    if flags and platform.machine() in {"x86_64", "AMD64"} and "avx2" not in flags:
        yield warning("CPU", "It has no AVX2: models are several times slower on it.")


def llama(_case: Case) -> Iterator[Finding]:
    """Load llama.cpp in a child process, and hold what it was built for against the machine."""
    from importlib import metadata

    from offline_digest.engines.llama.build import hazards, installed_build
    from offline_digest.engines.llama.machine import cpu_flags
    from offline_digest.errors import WorkerDied, WorkerError

    try:
        build = installed_build()
    except WorkerError as fault:
        died = isinstance(fault, WorkerDied)
        reason = fault.message if died else fault.message.strip().splitlines()[-1]
        try:
            mend = _REINSTALL.format(version=metadata.version("llama-cpp-python"))
        except metadata.PackageNotFoundError:
            mend = "Install what is missing above."
        yield error(
            "llama.cpp", f"It cannot be loaded: {reason}", f"It was built for another machine, or is damaged: {mend}" if died else mend
        )
        return
    where = ", ".join(f"{device.description or device.name}" for device in build.gpus) or "the CPU"
    yield ok("llama.cpp", f"llama-cpp-python {build.version}, runs on {where}")
    for hazard in hazards(build, cpu_flags(), has_gpu=has_gpu()):
        yield warning("llama.cpp", hazard.text, hazard.mend)


def has_gpu() -> bool:
    """Tell whether there is a graphics processor that llama.cpp is often built for: NVIDIA's by its driver's tool, or Apple's."""
    return bool(shutil.which("nvidia-smi")) or (platform.system() == "Darwin" and platform.machine() == "arm64")


def memory(case: Case) -> Iterator[Finding]:
    """Tell the memory that a model can have."""
    import psutil

    from offline_digest.engines.llama.machine import free_bytes

    free, total = free_bytes(), psutil.virtual_memory().total
    text = f"{amount(free)} free of {amount(total)}"
    limit = int(case.settings.memory_gb * 1e9) if case.settings else 0
    if limit:
        text += f"; a model may take {amount(limit)} (memory_gb)"
    if free < LITTLE_BYTES:
        yield warning("memory", f"Only {text}: hardly a model that writes well fits.", "Close other programs, or take a smaller model.")
    else:
        yield ok("memory", text)
