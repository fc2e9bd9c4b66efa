"""Build llama-cpp-python once for this machine, keep the wheel, print its path.

llama-cpp-python comes as source only, so it is compiled here, with flags that suit this CPU or GPU. pip keeps built wheels too, but
by name and version alone, so a wheel for another GPU or CPU would come back; hence a folder of our own, keyed by everything that
decides what is built. Standard library only: this runs before anything is installed.

Usage: build_llama.py VERSION [--gpu none|cuda|metal|vulkan|hip]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GPU_FLAGS = {
    "none": [],
    "cuda": ["-DGGML_CUDA=ON"],
    "metal": ["-DGGML_METAL=ON"],
    "vulkan": ["-DGGML_VULKAN=ON"],
    "hip": ["-DGGML_HIP=ON"],
}
# The first prompt of more than a few tokens crashes on CPUs with AMX (ggml-org/llama.cpp#20824). Built natively without the AMX
# instructions the fast repacked path stays.
NO_AMX = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
COMMON_FLAGS = ["-DLLAVA_BUILD=OFF"]  # pictures for the model: not used here, and a third of the build time


def cpu_identity(cpuinfo: str) -> str:
    """Return the lines that tell one CPU from another, or the platform's own words where there is no /proc/cpuinfo."""
    wanted = ("model name", "flags", "Features", "CPU part")
    lines = {line for line in cpuinfo.splitlines() if line.startswith(wanted)}
    return "\n".join(sorted(lines)) or f"{platform.machine()} {platform.processor()}"


def cmake_flags(cpuinfo: str, gpu: str) -> list[str]:
    """Return what CMake is told for this CPU and GPU."""
    flags = COMMON_FLAGS + GPU_FLAGS[gpu]
    if "amx_tile" in cpuinfo.split():
        flags += [f"-DCMAKE_C_FLAGS={NO_AMX}", f"-DCMAKE_CXX_FLAGS={NO_AMX}"]
    return flags


def cache_folder() -> Path:
    """Return where built wheels are kept: OFFLINE_DIGEST_BUILD_CACHE, else the user's cache folder."""
    chosen = os.environ.get("OFFLINE_DIGEST_BUILD_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "offline-digest" / "wheels"
    return base.expanduser().resolve()


def build(version: str, flags: list[str], folder: Path) -> Path:
    """Compile the wheel into *folder* (made whole or not at all) and return its path."""
    found = sorted(folder.glob("*.whl"))
    if found:
        return found[0]
    folder.parent.mkdir(parents=True, exist_ok=True)
    # scikit-build-core splits CMAKE_ARGS with shlex, so a flag with spaces is quoted whole.
    environment = {**os.environ, "CMAKE_ARGS": " ".join(f"'{flag}'" if " " in flag else flag for flag in flags)}
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "--no-binary", "llama-cpp-python",
                   "--wheel-dir", scratch, f"llama-cpp-python=={version}"]  # fmt: skip
        print("Compiling llama.cpp for this machine, once (about 5 minutes on two cores):", " ".join(flags), file=sys.stderr, flush=True)
        subprocess.run(command, env=environment, check=True, stdout=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(scratch, folder)
    return next(folder.glob("*.whl"))


def main() -> int:
    """Print the wheel's path; exit 1 with one line when the compiler fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--gpu", choices=sorted(GPU_FLAGS), default="none")
    arguments = parser.parse_args()
    info = Path("/proc/cpuinfo")
    cpuinfo = info.read_text(encoding="utf-8") if info.exists() else ""
    flags = cmake_flags(cpuinfo, arguments.gpu)
    identity = "\n".join([arguments.version, *flags, platform.system(), platform.machine(), cpu_identity(cpuinfo)])
    folder = cache_folder() / f"{arguments.version}-{arguments.gpu}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
    try:
        print(build(arguments.version, flags, folder))
    except subprocess.CalledProcessError as error:
        print(f"build_llama: pip ended with {error.returncode}. A C++ compiler is needed (g++ or clang; on Windows the Visual Studio "
              "Build Tools); for a GPU also its toolkit. The lines above say what is missing.", file=sys.stderr)  # fmt: skip
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
