"""A compiled llama-cpp-python made fit for other machines: without kernels for AMX, with what it needs beside it, and honestly labelled.

The same that `auditwheel repair` does for wheels on PyPI, and three more: the AMX kernels go, second names of one library go (a wheel holds no
links, so each is a copy), and so does what is only there for C++ programs.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from offline_digest.bundling.wheels import wheel_members, write_wheel
from offline_digest.errors import UsageError

_FOLDER = "llama_cpp/lib/"
_KERNELS = re.compile(r"llama_cpp/lib/(lib)?ggml-cpu\b.*\.(so|dll|dylib)")
_UNLABELLED = re.compile(r"-linux_(\w+)\.whl$")  # as compilers label it: for the machine that they run on
_AMX = b"ggml_backend_amx"  # a function that only kernels for AMX have; it crashes (ggml-org/llama.cpp#20824)
_GLIBC = re.compile(rb"\0GLIBC_2\.(\d+)")
# What every Linux with a suitable glibc has (PEP 600), and so no wheel brings along.
_BASE = re.compile(r"linux-vdso|ld-linux|/|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so")
_OURS = re.compile(r"(lib)?(ggml|llama)\b.*")


def make_portable(wheel: Path, folder: Path) -> Path:
    """Write a compiled wheel of llama-cpp-python anew for other machines, and return the new file.

    A wheel that already names the machines it is for (`manylinux_...`, `win_amd64`) keeps that name; one for another architecture gets no
    libraries of this machine.

    Raises:
        UsageError: All its kernels are for AMX, or it needs a library that is not here.
    """
    members = {n: data for n, data in wheel_members(wheel).items() if n.startswith("llama_cpp/") or ".dist-info/" in n}
    kept = {n: data for n, data in members.items() if not (_KERNELS.fullmatch(n) and _AMX in data)}
    if not any(map(_KERNELS.fullmatch, kept)):
        raise UsageError(f"{wheel.name} holds no kernels but for AMX, which crash.", "Name another with --llama-wheel.")
    kept = _without_second_names(kept)
    name = wheel.name
    if label := _UNLABELLED.search(name):
        if sys.platform == "linux" and label[1] == platform.machine():
            kept |= _borrowed(kept)
        newest = max(int(n) for data in kept.values() for n in _GLIBC.findall(b"\0GLIBC_2.5" + data))
        tag = f"manylinux_2_{newest}_{label[1]}"
        name = name.removesuffix(label[0]) + f"-{tag}.whl"
        info = next(n for n in kept if n.endswith(".dist-info/WHEEL"))
        kept[info] = re.sub(rb"(?m)^(Tag: [^-]+-[^-]+)-linux_\w+", rb"\1-" + tag.encode(), kept[info])
    return write_wheel(folder / name, kept)


def borrowed_libraries(wheel: Path) -> dict[str, bytes]:
    """Return by name the libraries in a wheel of llama-cpp-python that are not llama.cpp's own."""
    inside = {n.removeprefix(_FOLDER): data for n, data in wheel_members(wheel).items() if n.startswith(_FOLDER)}
    return {n: data for n, data in inside.items() if ".so" in n and not _OURS.fullmatch(n)}


def _without_second_names(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Keep of each library the names under which it is opened: `x.so` by Python, and what other libraries ask for."""

    def wanted(name: str) -> bool:
        plain = name.removeprefix(_FOLDER)
        if not name.startswith(_FOLDER) or ".so." not in plain:
            return True
        return any(plain.encode() + b"\0" in data for n, data in members.items() if n.startswith(_FOLDER) and data != members[name])

    return {name: data for name, data in members.items() if wanted(name)}


def _borrowed(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the libraries of this machine that those of the wheel need and that not every Linux has: OpenMP's."""
    found: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, data in members.items():
            if name.startswith(_FOLDER):
                (Path(scratch) / Path(name).name).write_bytes(data)
        for path in sorted(Path(scratch).iterdir()):
            said = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False).stdout
            for needed, place in re.findall(r"^\s*(\S+) => (not found|/\S+)", said, re.MULTILINE):
                if _BASE.match(needed) or f"{_FOLDER}{needed}" in members:
                    continue
                if place == "not found":
                    raise UsageError(
                        f"llama.cpp needs {needed}, which is not on this machine.", "Install it, and run the same command again."
                    )
                found[f"{_FOLDER}{needed}"] = Path(place).read_bytes()
    return found
