"""What llama.cpp was compiled for, and whether that suits this machine."""

from __future__ import annotations

from offline_digest.records import Record
from offline_digest.workers import Worker

_SERVICE = "offline_digest.engines.llama.ggml:BuildService"
_START_S = 60.0
_MAKE_ANEW = "From a checkout: `rm -f .venv/run-*.stamp; make run-env`; elsewhere install llama-cpp-python anew"
_NO_AMX = (
    "CMAKE_ARGS=\"-DCMAKE_C_FLAGS='-mno-amx-tile -mno-amx-int8 -mno-amx-bf16' -DCMAKE_CXX_FLAGS='-mno-amx-tile -mno-amx-int8 -mno-amx-bf16'\" "
    "pip install --force-reinstall --no-deps --no-cache-dir llama-cpp-python=={version}"
)
# What llama.cpp calls its instruction sets, what Linux calls them, and how much there is to lose without.
_SETS = (("AVX2", "avx2", "several times slower"), ("AVX512", "avx512f", "slower"), ("NEON", "asimd", "several times slower"))


class Device(Record):
    """Something that llama.cpp can compute on."""

    name: str
    description: str
    is_gpu: bool


class Build(Record):
    """The llama.cpp of this installation: version of its Python package, instruction sets and parts that are in it, devices that it finds."""

    version: str
    features: tuple[str, ...]
    devices: tuple[Device, ...]

    @property
    def gpus(self) -> tuple[Device, ...]:
        """The devices that are graphics processors."""
        return tuple(device for device in self.devices if device.is_gpu)


class Hazard(Record):
    """Something about a build that will be felt: what it is, and what mends it."""

    text: str
    mend: str


def installed_build() -> Build:
    """Return the build of this installation, asked in a child process, for it may crash.

    Raises:
        WorkerError: It cannot be loaded, or crashes.
    """
    with Worker(_SERVICE) as worker:
        build: Build = worker.call("describe", timeout_s=_START_S)
    return build


def hazards(build: Build, flags: frozenset[str], *, has_gpu: bool) -> tuple[Hazard, ...]:
    """Return what is wrong with a build on this machine.

    Args:
        build: What llama.cpp says of itself.
        flags: What the CPU can do, in the words of Linux; empty where nobody knows.
        has_gpu: Whether the machine has a graphics processor that llama.cpp could use.
    """
    found = []
    if "amx_tile" in flags and "AMX_INT8" in build.features:
        found.append(
            Hazard(
                text="llama.cpp was built with AMX, on which the first prompt crashes (ggml-org/llama.cpp#20824); it is driven around it, slower.",
                mend=_NO_AMX.format(version=build.version),
            )
        )
    for name, flag, loss in _SETS:
        if flag in flags and name not in build.features:
            found.append(Hazard(text=f"llama.cpp was built without {name}, which this CPU has: it is {loss}.", mend=f"{_MAKE_ANEW}."))
            break
    if has_gpu and not build.gpus:
        text = "This machine has a graphics processor that llama.cpp was not built for: models run on the CPU."
        found.append(Hazard(text=text, mend="From a checkout: `make run-env GPU=cuda` (or metal, vulkan, hip)."))
    return tuple(found)
