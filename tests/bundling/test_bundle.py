"""A bundle that is made here and used where there is no network, from the command line."""

import os
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from offline_digest.bundling import compiling
from offline_digest.bundling.installer import MODELS
from offline_digest.cli import main
from offline_digest.sample import sample_paper
from tests.bundling.samples import fake_wheel, installed_wheel, tiny_archives, tiny_bundle, tiny_model
from tests.project.test_acceptance import network_namespace

VERSION = metadata.version("llama-cpp-python")
PORTABLE = sorted(compiling.portable_folder(VERSION).glob("*.whl"))
NOT_BUILT = pytest.mark.skipif(not PORTABLE, reason="`make test-bundle` compiles the portable llama.cpp first")


def needed(name, found):
    """Return *found* with *name* and all that it needs here."""
    if name not in found:
        found.add(name)
        for requirement in map(Requirement, metadata.requires(name) or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed(requirement.name, found)
    return found


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    """Return a cache that holds every package as if it had been downloaded."""
    cache = tmp_path_factory.mktemp("cache")
    for name in sorted(needed("offline-digest", {"pip"}) - {"offline-digest", "llama-cpp-python"}):
        installed_wheel(name, cache / "downloads")
    return cache


@pytest.fixture
def cache(downloads, monkeypatch):
    monkeypatch.setenv("OFFLINE_DIGEST_BUILD_CACHE", str(downloads))
    return downloads


def elsewhere(tmp_path, *command, prefix=()):
    """Run a command as on another machine: without our environment and variables, in a namespace without any interface if *prefix* says so."""
    home = tmp_path / "elsewhere"
    home.mkdir(exist_ok=True)
    words = [*prefix, *map(str, command)]
    return subprocess.run(words, env={"PATH": "/usr/bin:/bin", "HOME": str(home)}, cwd=home, capture_output=True, text=True, timeout=1800)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("built", ["here", pytest.param("portable", marks=NOT_BUILT)])
def test_a_bundle_digests_a_paper_where_there_is_no_network(tmp_path, cache, built, capsys):
    """Made here, cut in parts, installed into an empty environment without any interface, it digests a paper there with its model.

    A second installation takes the place of the first; a bundle that is not whole leaves it alone.
    """
    network = network_namespace()
    model, folder, into = tiny_model(tmp_path / "random words.gguf"), tmp_path / "bundle", tmp_path / "installed"
    wheel = PORTABLE[0] if built == "portable" else installed_wheel("llama-cpp-python", tmp_path)
    order = ["-o", folder, "--model", model, "--llama-wheel", wheel, "--max-part-size", "2MB", "--offline", "--trust-model"]
    assert main(["bundle", "create", *map(str, order)]) == 0
    assert capsys.readouterr().out == f"{folder}\n"
    assert max(p.stat().st_size for p in folder.rglob("*") if p.is_file()) <= 2_000_000

    python = Path(sys._base_executable).resolve()
    done = elsewhere(tmp_path, python, folder / "install.py", "--into", into, prefix=network)
    assert done.returncode == 0, done.stderr
    program = into / "bin" / "offline-digest"
    start = next(shlex.split(line) for line in done.stdout.splitlines() if str(program) in line)
    there = elsewhere(tmp_path, into / "bin" / "python", "-c", "import llama_cpp, offline_digest as o; print(o.__file__)", prefix=network)
    assert there.stdout.startswith(str(into))

    paper = tmp_path / "paper.pdf"
    paper.write_bytes(sample_paper().read_bytes())
    options = [str(paper) if word == "PAPER.pdf" else word for word in start[1:]]
    done = elsewhere(tmp_path, program, *options, "--brief", "--format", "json", "--library", tmp_path / "library", prefix=network)
    assert done.returncode == 0, done.stderr
    assert "random words" in (tmp_path / "elsewhere" / done.stdout.strip()).read_text(encoding="utf-8")

    (path,) = (into / MODELS).glob("*.gguf")
    assert path.name == "random_words.gguf"
    for given in ("random words", path):
        done = elsewhere(tmp_path, program, "demo", "--model", given, "-o", tmp_path / "demo", prefix=network)
        assert done.returncode == 0, done.stderr

    (into / "left-over").write_bytes(b"")
    assert elsewhere(tmp_path, python, folder / "install.py", "--into", into).returncode == 0
    assert not (into / "left-over").exists()

    part = next(folder.glob("wheels/pymupdf*.002"))
    data = bytearray(part.read_bytes())
    data[1000] ^= 1
    part.write_bytes(data)
    done = elsewhere(tmp_path, python, folder / "install.py", "--into", into)
    assert done.returncode == 12
    assert f"wheels/{part.name}: changed" in done.stderr
    assert elsewhere(tmp_path, program, "--version").returncode == 0


@pytest.mark.slow
@pytest.mark.soak
def test_two_bundles_of_the_same_are_the_same(tmp_path, cache, capsys):
    """Byte for byte, as an archive; `install` takes an archive and `verify` knows its hash."""
    wheel = installed_wheel("llama-cpp-python", tmp_path)
    for name in ("a.tar", "b.tar"):
        assert main(["bundle", "create", "-o", str(tmp_path / name), "--llama-wheel", str(wheel), "--offline"]) == 0
    told = capsys.readouterr().err
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    sha256 = told.split("manifest: ")[1].split()[0]
    assert main(["bundle", "verify", str(tmp_path / "a.tar"), "--sha256", sha256]) == 0
    assert main(["bundle", "verify", str(tmp_path / "a.tar"), "--sha256", "0" * 64]) == 12
    assert main(["bundle", "install", str(tmp_path / "a.tar"), "--into", str(tmp_path / "new"), "--sha256", sha256]) == 0
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []
    assert (tmp_path / "new" / "bin" / "offline-digest").exists()


def test_verify_tells_from_the_command_line(tmp_path, capsys):
    """A folder and an archive: 0 and the name when whole, 12 and the member when not, 2 when there is none."""
    folder = tiny_bundle(tmp_path / "b")
    (archive,) = tiny_archives(tmp_path, None)
    for path in (folder, archive):
        assert main(["bundle", "verify", str(path)]) == 0
        assert capsys.readouterr().out == "whole: tiny\n"
    (folder / "install.py").write_bytes(b"print('HELLO')\n")
    assert main(["bundle", "verify", str(folder)]) == 12
    assert "install.py: changed" in capsys.readouterr().err
    assert main(["bundle", "verify", str(tmp_path / "none.tar")]) == 2
    assert main(["bundle", "install", str(tmp_path / "none.tar")]) == 2
    (tmp_path / "empty").mkdir()
    assert main(["bundle", "verify", str(tmp_path / "empty")]) == 12


FOREIGN = "win_arm64" if os.name != "nt" else "manylinux_2_28_x86_64"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--platform", FOREIGN], 2, "--llama-wheel"),
        (["--platform", "amiga"], 2, "manylinux_2_28_x86_64"),
        (["--python", "2.7"], 2, "3.11"),
        (["--llama-wheel", "nowhere.whl"], 2, "nowhere.whl"),
        (["--max-part-size", "10kB"], 2, "1 MB"),
        (["--max-part-size", "big"], 2, "4GB"),
        (["--model", "no-such-model"], 10, "no-such-model"),
        ([], 14, "--offline"),
    ],
)
def test_what_cannot_be_made_says_why(tmp_path, monkeypatch, capsys, options, code, told):
    """Exit code and next step; nothing is left behind."""
    monkeypatch.setenv("OFFLINE_DIGEST_BUILD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    assert main(["bundle", "create", "-o", "out", "--offline", *options]) == code
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_occupied_place_is_told_at_once(tmp_path, monkeypatch, capsys):
    """Before anything is compiled or downloaded, and what is there stays."""
    monkeypatch.setenv("OFFLINE_DIGEST_BUILD_CACHE", str(tmp_path / "cache"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_bytes(b"")
    assert main(["bundle", "create", "-o", str(tmp_path / "out")]) == 2
    assert "is there already" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_another_version_of_llama_is_refused(tmp_path, monkeypatch, capsys):
    """The program drives one version alone."""
    monkeypatch.setenv("OFFLINE_DIGEST_BUILD_CACHE", str(tmp_path / "cache"))
    extra = {"llama_cpp/lib/libggml-cpu.so": b""}
    wheel = fake_wheel(tmp_path, "llama_cpp_python", "0.1.0", extra=extra)
    assert main(["bundle", "create", "-o", str(tmp_path / "out"), "--llama-wheel", str(wheel), "--offline"]) == 2
    assert VERSION in capsys.readouterr().err
