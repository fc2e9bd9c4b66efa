"""The flags llama.cpp is compiled with."""

import importlib.util
import shlex
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_llama.py"
AMX = "model name\t: Xeon\nflags\t\t: fpu avx2 amx_bf16 avx512f amx_tile amx_int8\n"
PLAIN = "model name\t: EPYC\nflags\t\t: fpu avx2 avx512f\n"


@pytest.fixture(scope="module")
def build_llama():
    spec = importlib.util.spec_from_file_location("build_llama", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_amx_is_left_out_only_where_it_is(build_llama):
    """A CPU that reports amx_tile gets the flags that build without it; any other is built plainly."""
    assert any("-mno-amx-tile" in f for f in build_llama.cmake_flags(AMX, "none"))
    assert not any("amx" in f for f in build_llama.cmake_flags(PLAIN, "none"))
    assert not any("amx" in f for f in build_llama.cmake_flags("", "none"))


@pytest.mark.parametrize(
    ("gpu", "flag"), [("cuda", "-DGGML_CUDA=ON"), ("metal", "-DGGML_METAL=ON"), ("vulkan", "-DGGML_VULKAN=ON"), ("hip", "-DGGML_HIP=ON")]
)
def test_a_gpu_is_switched_on(build_llama, gpu, flag):
    """Each GPU has its own switch, and the CPU's flags stay."""
    flags = build_llama.cmake_flags(AMX, gpu)
    assert flag in flags
    assert any("-mno-amx-tile" in f for f in flags)


def test_flags_with_spaces_arrive_whole(build_llama, monkeypatch, tmp_path):
    """What CMake gets, after scikit-build-core split CMAKE_ARGS as a shell would, is the list that was meant."""
    seen = {}

    def run(command, *, env, check, stdout):
        seen["flags"] = shlex.split(env["CMAKE_ARGS"])
        (Path(command[command.index("--wheel-dir") + 1]) / "llama.whl").write_bytes(b"")

    monkeypatch.setattr(build_llama.subprocess, "run", run)
    flags = build_llama.cmake_flags(AMX, "cuda")
    wheel = build_llama.build("1.0", flags, tmp_path / "wheels" / "key")
    assert seen["flags"] == flags
    assert wheel.read_bytes() == b""


def test_a_kept_wheel_is_not_built_again(build_llama, monkeypatch, tmp_path):
    """The second call returns the wheel of the first."""
    (tmp_path / "llama.whl").write_bytes(b"")
    monkeypatch.setattr(build_llama.subprocess, "run", None)
    assert build_llama.build("1.0", [], tmp_path) == tmp_path / "llama.whl"


def test_cpus_are_told_apart(build_llama):
    """Another CPU gets another wheel; the order of cores and their clock do not matter."""
    assert build_llama.cpu_identity(AMX) != build_llama.cpu_identity(PLAIN)
    assert build_llama.cpu_identity(PLAIN + "cpu MHz: 1\n") == build_llama.cpu_identity(PLAIN + PLAIN + "cpu MHz: 2\n")
