"""A disk that is full at any write."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.faults import batches

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="a small disk is made with a Linux tmpfs")]


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


def test_a_full_disk_ends_with_15_and_harms_nothing(small_disk, tmp_path):
    """At every size between nothing and enough the run ends with code 15 and one line, and with room again it completes."""
    folder, resize = small_disk
    papers = tmp_path / "papers"
    batches.write_papers(papers, 4)
    whole = tmp_path / "whole"
    assert batches.run(papers, whole).returncode == 0
    used = sum(p.stat().st_size for p in whole.rglob("*") if p.is_file()) // 1024
    codes = []
    for kib in range(64, used + 400, max((used + 336) // 12, 1)):
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
