"""The flags llama.cpp is compiled with."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from offline_digest.bundling import compiling

AMX = "model name\t: Xeon\nflags\t\t: fpu avx2 amx_bf16 avx512f amx_tile amx_int8\n"
PLAIN = "model name\t: EPYC\nflags\t\t: fpu avx2 avx512f\n"


def test_amx_is_left_out_only_where_it_is():
    """A CPU that reports amx_tile gets the flags that build without it; any other is built plainly."""
    assert any("-mno-amx-tile" in f for f in compiling.cmake_flags(AMX, "none"))
    assert not any("amx" in f for f in compiling.cmake_flags(PLAIN, "none"))
    assert not any("amx" in f for f in compiling.cmake_flags("", "none"))


@pytest.mark.parametrize(
    ("gpu", "flag"), [("cuda", "-DGGML_CUDA=ON"), ("metal", "-DGGML_METAL=ON"), ("vulkan", "-DGGML_VULKAN=ON"), ("hip", "-DGGML_HIP=ON")]
)
def test_a_gpu_is_switched_on(gpu, flag):
    """Each GPU has its own switch, and the CPU's flags stay."""
    flags = compiling.cmake_flags(AMX, gpu)
    assert flag in flags
    assert any("-mno-amx-tile" in f for f in flags)


def test_flags_with_spaces_arrive_whole(monkeypatch, tmp_path):
    """What CMake gets, after scikit-build-core split CMAKE_ARGS as a shell would, is the list that was meant."""
    seen = {}

    def run(command, *, env, check, stdout):
        seen["flags"] = shlex.split(env["CMAKE_ARGS"])
        (Path(command[command.index("--wheel-dir") + 1]) / "llama.whl").write_bytes(b"")

    monkeypatch.setattr(compiling.subprocess, "run", run)
    flags = compiling.cmake_flags(AMX, "cuda")
    wheel = compiling.build("1.0", flags, tmp_path / "wheels" / "key")
    assert seen["flags"] == flags
    assert wheel.read_bytes() == b""


def test_a_kept_wheel_is_not_built_again(monkeypatch, tmp_path):
    """The second call returns the wheel of the first."""
    (tmp_path / "llama.whl").write_bytes(b"")
    monkeypatch.setattr(compiling.subprocess, "run", None)
    assert compiling.build("1.0", [], tmp_path) == tmp_path / "llama.whl"


def test_cpus_are_told_apart():
    """Another CPU gets another wheel; the order of cores and their clock do not matter."""
    assert compiling.cpu_identity(AMX) != compiling.cpu_identity(PLAIN)
    assert compiling.cpu_identity(PLAIN + "cpu MHz: 1\n") == compiling.cpu_identity(PLAIN + PLAIN + "cpu MHz: 2\n")


def test_a_portable_build_is_for_no_cpu(monkeypatch, tmp_path):
    """Its flags name variants for all CPUs, reach CMake whole, and its place in the cache does not depend on the CPU here."""
    seen = {}

    def run(command, *, env, check, stdout):
        seen["flags"] = shlex.split(env["CMAKE_ARGS"])
        (Path(command[command.index("--wheel-dir") + 1]) / "llama.whl").write_bytes(b"")

    monkeypatch.setenv("OFFLINE_DIGEST_BUILD_CACHE", str(tmp_path))
    monkeypatch.setattr(compiling.subprocess, "run", run)
    assert compiling.build_portable("1.0").parent == compiling.portable_folder("1.0")
    assert {"-DGGML_NATIVE=OFF", "-DGGML_CPU_ALL_VARIANTS=ON", "-DCMAKE_INSTALL_RPATH=$ORIGIN"} <= set(seen["flags"])


def test_it_runs_before_anything_is_installed():
    """The Makefile runs the module by its path, with Python's own library alone."""
    subprocess.run([sys.executable, "-I", "-S", compiling.__file__, "--help"], check=True, capture_output=True)
