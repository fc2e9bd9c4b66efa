"""Memory, names, encodings, streams and clocks as they should not be: success, or one clear error."""

import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from offline_digest.library import Library, collect_garbage, list_papers, load_paper, store
from tests.faults import batches
from tests.library.samples import PDF, digest

pytestmark = [pytest.mark.slow, pytest.mark.soak, pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells and file names")]
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one") / "papers"
    batches.write_papers(folder, 1)
    return folder / "paper-00.pdf"


def shell(before, paper, root, after="", env=None):
    """Run the call inside a shell's *before* and *after*."""
    return subprocess.run(
        ["sh", "-c", f'{before} exec "$@" {after}', "sh", *batches.command(paper, root)],
        capture_output=True,
        text=True,
        env=os.environ | (env or {}),
        timeout=batches.HANG_S,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space reliably")
def test_little_memory_is_told(pdf, tmp_path):
    """From far too little to enough: 13 or 16 and one line, never a traceback; with enough the same call completes.

    A library in Rust (pydantic's) ends the process itself when it gets no memory; that harms nothing either.
    """
    codes = []
    for mib in (40, 60, 80, 100, 120, 150, 180, 2048):
        done = shell(f"ulimit -v {mib * 1024};", pdf, tmp_path)
        codes.append(done.returncode)
        assert done.returncode in {0, 13, 16, -signal.SIGABRT}, (mib, done.stderr)
        assert "Traceback" not in done.stderr, (mib, done.stderr)
        assert (done.returncode == 0) == ("memory" not in done.stderr), (mib, done.stderr)
        assert batches.faults(tmp_path) == []
    assert codes[0] != 0
    assert codes[-1] == 0


@pytest.mark.parametrize("after", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_streams_that_are_closed_or_full(pdf, tmp_path, after):
    """What nobody can hear is not said, and the work is done."""
    if "full" in after and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = shell("", pdf, tmp_path, after)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").rglob("*.md"))) == 1
    assert batches.faults(tmp_path) == []


@pytest.mark.parametrize("env", [ASCII, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}], ids=["C", "ascii", "latin-1"])
def test_narrow_encodings(pdf, tmp_path, env):
    """A Chinese folder and file name where neither locale nor terminal know Chinese."""
    paper = tmp_path / "扩散 模型.pdf"
    shutil.copy(pdf, paper)
    done = batches.run(paper, tmp_path / "扩散", env=os.environ | env)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "扩散").rglob("*.md"))) == 1


def test_a_topic_that_no_file_can_be_called(pdf, tmp_path):
    """A Chinese topic in a locale without Chinese is refused before any work; with a narrow terminal alone it is not."""
    done = batches.run(pdf, tmp_path, "--topic", "扩散模型", env=os.environ | ASCII)
    assert done.returncode == 2, done.stderr
    assert "UTF-8 locale" in done.stderr
    assert "read," not in done.stderr
    assert batches.run(pdf, tmp_path, "--topic", "扩散模型", env=os.environ | {"PYTHONIOENCODING": "ascii"}).returncode == 0
    assert [p.name for p in tmp_path.rglob("*.md")] == ["扩散模型.md"]


@pytest.mark.parametrize(
    "name",
    [
        b"with spaces and 'quotes\".pdf",
        "扩散模型的论文.pdf".encode(),
        b"a" * 246 + b".pdf",
        ("扩" * 83).encode() + b".pdf",
        b"caf\xe9 \xff.pdf",
    ],
    ids=["spaces", "chinese", "250 bytes", "253 bytes", "not UTF-8"],
)
def test_odd_names(pdf, tmp_path, name):
    """As name of a PDF, of the folders of output and library, and as topic."""
    plain, odd = os.fsdecode(name), tmp_path / os.fsdecode(name.removesuffix(b".pdf"))
    paper = tmp_path / plain
    try:
        shutil.copy(pdf, paper)
    except OSError:
        pytest.skip("the file system refuses such names")
    done = batches.run(paper, odd, "--topic", odd.name)
    assert done.returncode == 0, done.stderr
    assert len(list(odd.rglob("*.md"))) == 1
    assert batches.faults(odd) == []


def test_a_name_cannot_steer_the_terminal(pdf, tmp_path):
    """Control characters of a file's name are escaped."""
    paper = tmp_path / "a\x1b[31m\x07.pdf"
    shutil.copy(pdf, paper)
    done = batches.run(paper, tmp_path)
    assert done.returncode == 0
    assert r"a\x1b[31m\x07.pdf" in done.stderr
    assert not re.search(r"[\x07\x1b]", done.stderr)


@pytest.mark.parametrize("option", ["-o", "--library"])
@pytest.mark.parametrize("length", [256, 600, 3900, 4060, 4200])
def test_long_paths(pdf, tmp_path, option, length):
    """A folder whose path is near the limits of SQLite or the system works, or is refused in one line."""
    path = str(tmp_path) + "/a"
    while len(path) + 101 < length:
        path += "/" + "d" * 100
    done = batches.run(pdf, tmp_path, option, path + "/" + "e" * (length - len(path) - 1))
    assert done.returncode in {0, 2}, done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert re.search("longer than|too long", done.stderr)
        assert len(re.findall("^error: ", done.stderr, re.MULTILINE)) == 1
    else:
        assert length < 4000
    assert not list(tmp_path.rglob("*.part"))


def clock_at(text):
    """Return what stands where a module has `datetime`, on a machine whose clock stands still."""
    return type("Clock", (datetime,), {"now": classmethod(lambda _cls, tz=None: datetime.fromisoformat(text).astimezone(tz))})


def test_a_clock_that_is_set_back(tmp_path, monkeypatch):
    """What was made last counts as the newest, though its clock says otherwise: it is shown, and garbage is what it replaced."""
    with Library(tmp_path) as library:
        for day, version in ((20, "1"), (10, "2")):
            monkeypatch.setattr(store, "datetime", clock_at(f"2026-01-{day}T00:00:00+00:00"))
            library.keep_digest(PDF, f"k{version}", digest(title=f"Made by {version}"), version=version)
    with Library(tmp_path) as library:
        monkeypatch.setattr(store, "datetime", clock_at("1970-01-01T00:00:00+00:00"))
        library.keep_digest(PDF, "k3", digest(title="Made by 3"), version="3")
        assert [p.title for p in list_papers(library)] == ["Made by 3"]
        assert load_paper(library, PDF)[1].title == "Made by 3"
        assert {Path(freed.path).name for freed in collect_garbage(library)} == {"digest-k1.json", "digest-k2.json"}
