"""Wheels, and which of them another machine needs."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from offline_digest.bundling import wanted
from offline_digest.bundling.portable import borrowed_libraries, make_portable
from offline_digest.bundling.sbom import render_sbom
from offline_digest.bundling.target import Target, this_platform
from offline_digest.bundling.values import Weights
from offline_digest.bundling.wanted import collect
from offline_digest.bundling.wheels import read_wheel, write_own_wheel
from offline_digest.errors import IntegrityError, NetworkError, NetworkForbidden, UsageError
from tests.bundling.samples import fake_wheel, records_right

ROOT = Path(__file__).resolve().parents[2]
LINUX = Target("3.11", "manylinux_2_28_x86_64")
WINDOWS = Target("3.12", "win_amd64")
MAC = Target("3.13", "macosx_14_0_arm64")


def silent(text):
    pass


@pytest.mark.parametrize(
    ("target", "name", "takes"),
    [
        (LINUX, "a-1-py3-none-any.whl", True),
        (LINUX, "a-1-cp311-cp311-manylinux_2_28_x86_64.whl", True),
        (LINUX, "a-1-cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        (LINUX, "a-1-cp311-cp311-manylinux1_x86_64.whl", True),
        (LINUX, "a-1-cp311-cp311-manylinux_2_34_x86_64.whl", False),
        (LINUX, "a-1-cp312-cp312-manylinux_2_28_x86_64.whl", False),
        (LINUX, "a-1-cp311-cp311-manylinux_2_28_aarch64.whl", False),
        (LINUX, "a-1-cp311-cp311-musllinux_1_2_x86_64.whl", False),
        (LINUX, "a-1-cp311-cp311-linux_x86_64.whl", False),
        (WINDOWS, "a-1-cp312-cp312-win_amd64.whl", True),
        (WINDOWS, "a-1-cp312-cp312-win32.whl", False),
        (MAC, "a-1-cp313-cp313-macosx_11_0_arm64.whl", True),
        (MAC, "a-1-py3-none-macosx_10_9_universal2.whl", True),
        (MAC, "a-1-cp313-cp313-macosx_15_0_arm64.whl", False),
    ],
)
def test_which_wheels_a_machine_takes(target, name, takes):
    """By Python, architecture and the age of its C library or macOS; what nobody labelled for other machines is not taken."""
    assert target.takes(name) is takes


@pytest.mark.parametrize(
    ("python", "platform"),
    [
        ("3.10", "win_amd64"),
        ("2.7", "win_amd64"),
        ("3", "win_amd64"),
        ("3.11; x", "win_amd64"),
        ("3.11", "linux_x86_64"),
        ("3.11", "--dest=x"),
    ],
)
def test_unknown_machines_are_named(python, platform):
    """No such Python or platform: the error shows what is known."""
    with pytest.raises(UsageError):
        Target(python, platform)


def test_a_bundle_is_as_old_as_its_youngest_wheel():
    """The tag that stands for all wheels; of the names that one wheel has, the oldest counts."""
    names = ["a-1-py3-none-any.whl", "b-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl"]
    assert LINUX.needs(names) == "manylinux_2_17_x86_64"
    assert LINUX.needs([*names, "c-1-py3-none-manylinux_2_34_x86_64.whl"]) == "manylinux_2_34_x86_64"
    assert WINDOWS.needs(names) == "win_amd64"


def test_what_is_compiled_here_runs_on_machines_of_this_kind_alone():
    """System and architecture count, not their age."""
    assert Target("3.11", this_platform()).is_of_this_kind()
    others = {"manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "win_amd64", "win_arm64", "macosx_14_0_arm64", "macosx_13_0_x86_64"}
    assert sum(Target("3.11", other).is_of_this_kind() for other in others) == 1


def test_the_wheel_of_the_running_program_is_the_one_that_is_built(tmp_path):
    """Out of what runs here comes file by file what the build tool makes, metadata too; twice the same bytes."""
    ours = write_own_wheel(tmp_path / "ours")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = tmp_path.glob("*.whl")
    assert ours.name == built.name
    with zipfile.ZipFile(ours) as a, zipfile.ZipFile(built) as b:
        assert sorted(a.namelist()) == sorted(b.namelist())
        differ = [n for n in a.namelist() if a.read(n) != b.read(n) and not n.endswith(("/RECORD", "/WHEEL", "/METADATA"))]
    assert differ == []
    assert records_right(ours)
    assert write_own_wheel(tmp_path / "again").read_bytes() == ours.read_bytes()


LIB = "llama_cpp/lib/"


@pytest.mark.skipif(this_platform() != "manylinux_2_28_x86_64", reason="wheels of Linux on x86 are relabelled there")
def test_a_compiled_wheel_is_made_portable(tmp_path):
    """Kernels for AMX, second names and what C++ programs need go; the label says which glibc it wants; RECORD is right."""
    libraries = {
        "libggml-cpu-zen4.so": b"zen4\0GLIBC_2.29\0",
        "libggml-cpu-sapphirerapids.so": b"_Z24ggml_backend_amx_mul_matP\0",
        "libggml-base.so": b"base\0libggml-base.so.0\0",
        "libggml-base.so.0": b"base\0libggml-base.so.0\0",
        "libggml-base.so.0.25.3": b"base\0libggml-base.so.0\0",
        "libllama.so": b"llama\0libggml-base.so.0\0GLIBC_2.34\0GLIBC_2.2.5\0",
        "libllama.so.0": b"llama\0libggml-base.so.0\0GLIBC_2.34\0GLIBC_2.2.5\0",
    }
    extra = {LIB + name: data for name, data in libraries.items()} | {"include/llama.h": b"", "lib/libllama.so": b""}
    wheel = fake_wheel(tmp_path, "llama_cpp_python", "0.3.36", tag="py3-none-linux_x86_64", extra=extra)
    made = make_portable(wheel, tmp_path / "made")
    assert made.name == "llama_cpp_python-0.3.36-py3-none-manylinux_2_34_x86_64.whl"
    with zipfile.ZipFile(made) as archive:
        inside = {n.removeprefix(LIB) for n in archive.namelist() if ".dist-info/" not in n}
        label = archive.read("llama_cpp_python-0.3.36.dist-info/WHEEL").decode()
    assert inside == {"libggml-cpu-zen4.so", "libggml-base.so", "libggml-base.so.0", "libllama.so"}
    assert "\nTag: py3-none-manylinux_2_34_x86_64\n" in label
    assert records_right(made)
    assert make_portable(made, tmp_path / "twice").read_bytes() == made.read_bytes()
    assert borrowed_libraries(made) == {}


def test_a_build_for_amx_alone_is_refused(tmp_path):
    """Without its kernels nothing would be left."""
    wheel = fake_wheel(tmp_path, "llama_cpp_python", extra={LIB + "libggml-cpu.so": b"ggml_backend_amx_mul_mat"})
    with pytest.raises(UsageError, match="AMX"):
        make_portable(wheel, tmp_path / "made")


@pytest.fixture
def kept(tmp_path):
    """Return a folder of wheels that need one another."""
    folder = tmp_path / "kept"
    fake_wheel(folder, "pip", "24.0")
    fake_wheel(folder, "pip", "26.1")
    fake_wheel(folder, "left", requires=["deep[more]>=1", 'nowhere; extra == "all"'])
    fake_wheel(folder, "deep", requires=['windows_only; sys_platform == "win32"', 'further; extra == "more"', 'other; extra == "less"'])
    fake_wheel(folder, "further")
    fake_wheel(folder, "windows_only", "2.0")
    return folder


def names(wheels):
    return [f"{w.name}-{w.version}" for w in wheels]


def test_wheels_are_collected_by_what_they_require_there(tmp_path, kept):
    """Markers are read for the other machine, extras count where one asks for them, and the newest pip comes along."""
    own = read_wheel(fake_wheel(tmp_path, "own", requires=["left>=1.0"]))
    assert names(collect([own], LINUX, kept, pip_options=None, say=silent)) == [
        "deep-1.0",
        "further-1.0",
        "left-1.0",
        "own-1.0",
        "pip-26.1",
    ]
    assert "windows-only-2.0" in names(collect([own], WINDOWS, kept, pip_options=None, say=silent))


def test_offline_everything_that_is_missing_is_named(tmp_path, kept):
    """Without the network the error says what would have to be downloaded."""
    own = read_wheel(fake_wheel(tmp_path, "own", requires=["left>=2.0", "absent"]))
    with pytest.raises(NetworkForbidden, match=r"left>=2\.0, absent"):
        collect([own], LINUX, kept, pip_options=None, say=silent)


def test_a_contradiction_is_named(tmp_path, kept):
    """Two packages that want different versions of a third."""
    own = read_wheel(fake_wheel(tmp_path, "own", requires=["left", "deep<1"]))
    with pytest.raises((UsageError, NetworkForbidden), match="deep"):
        collect([own], LINUX, kept, pip_options=None, say=silent)


def test_pip_brings_what_is_not_kept(tmp_path, kept, monkeypatch):
    """The real pip, out of a folder in place of an index: wheels for another machine come, are kept, and what does not exist is told."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(kept))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    own = read_wheel(fake_wheel(tmp_path, "own", requires=["left"]))
    told = []
    got = collect([own], WINDOWS, tmp_path / "empty", pip_options=(), say=told.append)
    assert names(got) == ["deep-1.0", "further-1.0", "left-1.0", "own-1.0", "pip-26.1", "windows-only-2.0"]
    assert told
    again = []
    assert collect([own], WINDOWS, tmp_path / "empty", pip_options=(), say=again.append) == got
    assert again == []
    with pytest.raises(NetworkError, match="absent"):
        collect([read_wheel(fake_wheel(tmp_path, "own2", requires=["absent"]))], WINDOWS, tmp_path / "empty", pip_options=(), say=silent)


def test_pip_reaches_the_network_as_the_user_set_it(tmp_path, kept, monkeypatch):
    """The options for a proxy arrive at pip; what it says when it fails is told."""
    seen = []

    def run(command, **options):
        seen.append(command)
        return subprocess.CompletedProcess(command, 1, "", "ERROR: no proxy there\n")

    monkeypatch.setattr(wanted.subprocess, "run", run)
    own = read_wheel(fake_wheel(tmp_path, "own", requires=["absent"]))
    with pytest.raises(NetworkError, match=r"absent.*no proxy there"):
        collect([own], LINUX, kept, pip_options=("--proxy", "http://127.0.0.1:9"), say=silent)
    (command,) = seen
    assert command[command.index("--proxy") + 1] == "http://127.0.0.1:9"
    assert command[-1] == "absent"


def test_a_broken_wheel_is_named(tmp_path):
    """A download that was cut is no wheel."""
    path = tmp_path / "a-1-py3-none-any.whl"
    path.write_bytes(b"PK")
    with pytest.raises(IntegrityError, match=r"a-1-py3-none-any\.whl"):
        read_wheel(path)


def test_the_list_of_contents_is_cyclonedx(tmp_path):
    """What the schema of CycloneDX 1.6 requires is there, references are unique and lead somewhere, and it is the same twice."""
    wheels = [read_wheel(fake_wheel(tmp_path, "offline_digest", requires=["left"])), read_wheel(fake_wheel(tmp_path, "left"))]
    weights = [Weights(name="m.gguf", path=tmp_path / "m.gguf", sha256="0" * 64, size_bytes=1, licence="Apache-2.0")]
    text = render_sbom("tiny", wheels, weights)
    bom = json.loads(text)
    assert (bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", bom["serialNumber"])
    every = [bom["metadata"]["component"], *bom["components"]]
    assert [c["type"] for c in every] == ["application", "library", "machine-learning-model"]
    assert all(c["name"] and re.fullmatch(r"[0-9a-f]{64}", c["hashes"][0]["content"]) and c["licenses"] for c in every)
    references = [c["bom-ref"] for c in every]
    assert len(set(references)) == len(references)
    assert {d["ref"] for d in bom["dependencies"]} | {r for d in bom["dependencies"] for r in d["dependsOn"]} <= set(references)
    assert bom["dependencies"][0]["dependsOn"] == ["pkg:pypi/left@1.0"]
    assert text == render_sbom("tiny", wheels, weights)
    assert not {"timestamp"} & set(bom["metadata"])
