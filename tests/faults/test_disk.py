"""A disk that is full, over its quota or read-only at any write."""

import errno
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.faults import batches

pytestmark = [
    pytest.mark.slow,
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux", reason="disks are made to fail as Linux lets us"),
]
SETTLED = re.compile(r"unlink|ftruncate")  # these succeed on a full disk


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch") / "papers"
    batches.write_papers(folder, 1)
    return folder


@pytest.fixture(scope="module")
def uncut(faulty_disk, papers, tmp_path_factory):
    """Return what an undisturbed run prints, and its changes on the disk, those of each place that writes together."""
    root = tmp_path_factory.mktemp("uncut") / "root"
    disk = faulty_disk(root)
    assert batches.run(papers, root, env=disk.env).returncode == 0
    return batches.printed(root), [numbers for (call, _), numbers in disk.sites().items() if not SETTLED.match(call)]


def fails_and_goes_on(faulty_disk, papers, root, wanted, code, **fault):
    """From the change *at* on, every change fails: the run ends with *code* and one line; with room again the same call completes.

    Returns:
        The code it ended with.
    """
    disk = faulty_disk(root, **fault)
    done = batches.run(papers, root, env=disk.env)
    assert disk.hits, fault
    if done.returncode == 0:  # SQLite was tidying up when it closed: the work was done
        assert batches.printed(root) == wanted, fault
    else:
        assert done.returncode == code, (fault, done.stderr)
        assert len(re.findall("^error: ", done.stderr, re.MULTILINE)) == 1, (fault, done.stderr)
    assert "Traceback" not in done.stderr
    assert batches.faults(root) == [], fault
    again = batches.run(papers, root)
    assert again.returncode == 0, (fault, again.stderr)
    assert batches.printed(root) == wanted, fault
    assert batches.faults(root) == [], fault
    return done.returncode


def test_a_disk_that_is_full_at_any_place_that_writes(faulty_disk, papers, uncut, tmp_path):
    """Exit 15 wherever it happens. `OFFLINE_DIGEST_WRITES` says how many changes of each place are tried; 0: the first of every second place."""
    wanted, sites = uncut
    each = batches.count("OFFLINE_DIGEST_WRITES", 0)
    tried = sorted({n for site in (sites if each else sites[::2]) for n in site[: each or 1]})
    assert len(tried) > 15
    codes = [fails_and_goes_on(faulty_disk, papers, tmp_path / f"at-{at}", wanted, 15, at=at, error=errno.ENOSPC) for at in tried]
    assert codes.count(0) < len(codes) / 4


@pytest.mark.parametrize(("error", "code"), [(errno.EDQUOT, 15), (errno.EROFS, 2), (errno.EACCES, 2)], ids=["quota", "read-only", "denied"])
def test_a_disk_that_refuses_otherwise(faulty_disk, papers, uncut, tmp_path, error, code):
    """A quota is a full disk to its user; a file system that turns read-only and a folder of others are a wrong choice of folder."""
    wanted, sites = uncut
    for at in [site[-1] for site in sites][:: 12 if batches.count("OFFLINE_DIGEST_WRITES", 0) == 0 else 1]:
        fails_and_goes_on(faulty_disk, papers, tmp_path / f"at-{at}", wanted, code, at=at, error=error)


@pytest.fixture
def small_disk(tmp_path):
    """Return a folder on a disk of its own, and a function that gives it another size in KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("mounting a tmpfs needs root")

    def resize(kib):
        subprocess.run(["mount", "-o", f"remount,size={kib}k", str(folder)], check=True)

    yield folder, resize
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_small_disk_ends_with_15_and_harms_nothing(small_disk, papers, tmp_path):
    """At every size between nothing and enough the run ends with code 15 and one line, and with room again it completes."""
    folder, resize = small_disk
    whole = tmp_path / "whole"
    assert batches.run(papers, whole).returncode == 0
    used = sum(p.stat().st_size for p in whole.rglob("*") if p.is_file()) // 1024
    codes = []
    for kib in range(64, used + 400, max((used + 336) // 8, 1)):
        resize(kib)
        done = batches.run(papers, folder / "run")
        codes.append(done.returncode)
        assert done.returncode in {0, 15}, done.stderr
        assert "Traceback" not in done.stderr
        if done.returncode == 15:
            assert "No space left" in done.stderr
        assert batches.faults(folder / "run") == []
        if done.returncode == 0:
            break
        if len(codes) % 3 == 0:  # sometimes from nothing again
            shutil.rmtree(folder / "run", ignore_errors=True)
    assert 15 in codes
    resize(4 * used + 4096)
    assert batches.run(papers, folder / "run").returncode == 0
    assert batches.printed(folder / "run") == batches.printed(whole)
    assert os.path.ismount(folder)
