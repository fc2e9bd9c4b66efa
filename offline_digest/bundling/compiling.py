"""llama-cpp-python is compiled once and kept: for this machine's CPU or GPU, or portably, for a bundle.

It comes as source only. pip keeps built wheels too, but by name and version alone, so a wheel for another GPU or CPU would come back; hence
a folder of our own, keyed by everything that decides what is built. Standard library only, and the environment is read here: the Makefile
runs this file by its path, before anything is installed.

Usage: compiling.py VERSION [--gpu none|cuda|metal|vulkan|hip | --portable]
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
from collections.abc import Sequence
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
# One library of kernels for each generation of CPUs, of which llama.cpp loads the best that the CPU has. They are not linked but looked for
# at run time, so they must lie beside the other libraries. Only x86 and ARM on Linux and macOS have such a row of variants.
PORTABLE_FLAGS = [
    "-DGGML_NATIVE=OFF",
    "-DGGML_BACKEND_DL=ON",
    "-DGGML_CPU_ALL_VARIANTS=ON",
    "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",
    "-DCMAKE_INSTALL_RPATH=$ORIGIN",
]


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


def keyed_folder(version: str, kind: str, flags: list[str], cpu: str) -> Path:
    """Return the folder of the wheel that these decide; *cpu* is empty where it does not matter."""
    identity = "\n".join([version, *flags, platform.system(), platform.machine(), cpu])
    return cache_folder() / f"{version}-{kind}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"


def build(version: str, flags: list[str], folder: Path, pip_options: Sequence[str] = ()) -> Path:
    """Compile the wheel into *folder* (made whole or not at all) and return its path.

    Raises:
        subprocess.CalledProcessError: pip or the compiler failed; they said why on stderr.
    """
    found = sorted(folder.glob("*.whl"))
    if found:
        return found[0]
    folder.parent.mkdir(parents=True, exist_ok=True)
    # scikit-build-core splits CMAKE_ARGS with shlex, so a flag with spaces is quoted whole.
    environment = {**os.environ, "CMAKE_ARGS": " ".join(f"'{flag}'" if set(flag) & set(" $") else flag for flag in flags)}
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "--no-binary", "llama-cpp-python",
                   "--wheel-dir", scratch, *pip_options, f"llama-cpp-python=={version}"]  # fmt: skip
        print("Compiling llama.cpp, once (5 to 10 minutes on two cores):", " ".join(flags), file=sys.stderr, flush=True)
        subprocess.run(command, env=environment, check=True, stdout=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(scratch, folder)
    return next(folder.glob("*.whl"))


def portable_folder(version: str) -> Path:
    """Return where the wheel is kept that runs on other CPUs of this kind too."""
    return keyed_folder(version, "portable", COMMON_FLAGS + PORTABLE_FLAGS, "")


def build_portable(version: str, pip_options: Sequence[str] = ()) -> Path:
    """Compile that wheel and return its path; kernels for AMX are still inside.

    Raises:
        subprocess.CalledProcessError: As `build`.
    """
    return build(version, COMMON_FLAGS + PORTABLE_FLAGS, portable_folder(version), pip_options)


def main() -> int:
    """Print the wheel's path; exit 1 with one line when the compiler fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--gpu", choices=sorted(GPU_FLAGS), default="none")
    parser.add_argument("--portable", action="store_true", help="for other CPUs of this kind too, as in a bundle")
    arguments = parser.parse_args()
    info = Path("/proc/cpuinfo")
    cpuinfo = info.read_text(encoding="utf-8") if info.exists() else ""
    flags = cmake_flags(cpuinfo, arguments.gpu)
    folder = keyed_folder(arguments.version, arguments.gpu, flags, cpu_identity(cpuinfo))
    try:
        print(build_portable(arguments.version) if arguments.portable else build(arguments.version, flags, folder))
    except subprocess.CalledProcessError as error:
        print(f"pip ended with {error.returncode}. A C++ compiler is needed (g++ or clang; on Windows the Visual Studio "
              "Build Tools); for a GPU also its toolkit. The lines above say what is missing.", file=sys.stderr)  # fmt: skip
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
