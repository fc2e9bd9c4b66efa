"""The index of a library is made again on a disk that is full, and by a process that is killed, at any change."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.faults import batches

pytestmark = [
    pytest.mark.slow,
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux", reason="disks are made to fail as Linux lets us"),
]
LISTED = (
    "SELECT f.kind, f.key, f.path, f.sha256, p.title FROM file f LEFT JOIN paper p ON f.kind = 'digest' AND p.sha256 = substr(f.key, 1, 64)"
)


@pytest.fixture(scope="module")
def kept(pair, tmp_path_factory):
    """Return a folder with a library of two papers, and its index as it was before it was damaged in its middle."""
    root = tmp_path_factory.mktemp("kept") / "root"
    assert batches.run(pair, root).returncode == 0
    before = state(root / "library")
    index = root / "library" / "library.sqlite"
    with closing(sqlite3.connect(index)) as db:
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'file'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    with index.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    return root, before


def state(library):
    """Return what an index lists, in any order."""
    with closing(sqlite3.connect(library / "library.sqlite")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in ("post", "posted", "note", "seen")}  # noqa: S608
        return {"listed": set(db.execute(LISTED)), **found}


def call(root, command, **options):
    parts = [sys.executable, "-m", "offline_digest", "library", command, "--library", str(root / "library")]
    options.setdefault("env", os.environ)
    return subprocess.run(parts, capture_output=True, text=True, timeout=batches.HANG_S, **options)


def copied(kept, folder):
    shutil.copytree(kept[0], folder)
    return folder


@pytest.fixture(scope="module")
def changes(faulty_disk, kept, tmp_path_factory):
    """Return how many changes of the disk a rebuild makes."""
    root = copied(kept, tmp_path_factory.mktemp("counted") / "root")
    disk = faulty_disk(root)
    done = call(root, "rebuild", env=disk.env)
    assert done.returncode == 0, done.stderr
    assert state(root / "library") == kept[1]
    return disk.count


def some(changes):
    """Return numbers of changes: ten of them, or each n-th as `OFFLINE_DIGEST_WRITES` says."""
    return range(1, changes + 1, batches.count("OFFLINE_DIGEST_WRITES", 0) or max(changes // 10, 1))


@pytest.mark.parametrize("next_command", ["rebuild", "verify"])
def test_a_kill_at_any_moment_loses_nothing(faulty_disk, kept, changes, tmp_path, next_command):
    """Whoever comes next finds the damaged index, told as such, or a whole one; the damaged one is there all the time."""
    damaged = (kept[0] / "library" / "library.sqlite").read_bytes()
    for at in some(changes):
        root = copied(kept, tmp_path / f"at-{at}")
        disk = faulty_disk(root, at=at, signal=signal.SIGKILL)
        assert call(root, "rebuild", env=disk.env).returncode == -signal.SIGKILL, at
        assert any(path.read_bytes() == damaged for path in (root / "library").glob("library*.sqlite")), at
        done = call(root, next_command)
        if done.returncode == 12:
            assert "library rebuild" in done.stderr
            done = call(root, "rebuild")
        assert done.returncode == 0, (at, done.stderr)
        assert state(root / "library") == kept[1], at
        assert any(path.read_bytes() == damaged for path in (root / "library").glob("library-aside-*.sqlite")), at
        assert call(root, "verify").returncode == 0, at


def test_a_full_disk_at_any_moment_loses_nothing(faulty_disk, kept, changes, tmp_path):
    """It ends with 15 and one line, and with room again the same command completes."""
    damaged = (kept[0] / "library" / "library.sqlite").read_bytes()
    codes = []
    for at in some(changes):
        root = copied(kept, tmp_path / f"at-{at}")
        disk = faulty_disk(root, at=at, error=errno.ENOSPC)
        done = call(root, "rebuild", env=disk.env)
        codes.append(done.returncode)
        assert done.returncode in {0, 15}, (at, done.stderr)
        assert "Traceback" not in done.stderr
        assert any(path.read_bytes() == damaged for path in (root / "library").glob("library*.sqlite")), at
        done = call(root, "rebuild")
        assert done.returncode == 0, (at, done.stderr)
        assert state(root / "library") == kept[1], at
    assert 15 in codes


def test_a_digest_beside_a_rebuild_waits_or_goes_before_it(kept, pair, tmp_path):
    """Of the two one holds the library: the digest waits for the rebuild, or the rebuild ends with 11 and changes nothing."""
    root = copied(kept, tmp_path / "root")
    assert call(root, "rebuild").returncode == 0
    with subprocess.Popen(batches.command(pair, root, "--redo", "fields"), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as digest:
        codes = set()
        while digest.poll() is None:
            codes.add(call(root, "rebuild").returncode)
    assert digest.returncode == 0
    assert codes <= {0, 11}
    assert call(root, "verify").returncode == 0
    assert batches.faults(root) == []
