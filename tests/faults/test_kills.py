"""A batch that is killed at any moment, again and again, ends as if nothing had happened.

What a kill leaves depends on the two changes on the disk that it falls between, not on the clock. So moments are drawn among these changes.
"""

import random
import signal
import subprocess
import sys

import pytest

from tests.faults import batches

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")]
PAPERS = 20
KILLS_A_BATCH = 5  # a killed run gets this part of the way on average twice


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch") / "papers"
    batches.write_papers(folder, PAPERS)
    return folder


@pytest.fixture(scope="module")
def uncut(papers, tmp_path_factory):
    """Return what an uninterrupted run prints."""
    root = tmp_path_factory.mktemp("uncut")
    done = batches.run(papers, root)
    assert done.returncode == 0, done.stderr
    found = batches.printed(root)
    assert sum(name.endswith(".md") for name in found) == 1
    assert len(found) == 1 + PAPERS
    return found


def harassed(faulty_disk, papers, tmp_path, wanted, number, times):
    """Run batches and send each run a signal, until that has hit so many *times*; yield every run that it hit.

    A run that no signal hits, because little was left to do, must have ended well; then a fresh batch begins.
    """
    chance = random.Random(int(number))  # noqa: S311 (not for secrets)
    with_room = faulty_disk(tmp_path / "counted")
    assert batches.run(papers, tmp_path / "counted", env=with_room.env).returncode == 0
    changes, hits, batch = with_room.count, 0, 0
    while hits < times:
        root = tmp_path / f"batch-{batch}"
        disk = faulty_disk(root, at=chance.randint(1, changes // KILLS_A_BATCH * 2), signal=number)
        done = batches.run(papers, root, env=disk.env)
        assert batches.faults(root) == []
        if disk.hits:
            hits += 1
            yield done
        else:
            assert done.returncode == 0, done.stderr
            assert batches.printed(root) == wanted
            batch += 1
    assert batches.run(papers, root).returncode == 0
    assert batches.printed(root) == wanted
    assert batches.faults(root) == []


def test_kills_lose_nothing(faulty_disk, papers, uncut, tmp_path):
    """Kill -9 at random moments: never a torn file or a broken index, and the end is byte for byte that of an uninterrupted run.

    `OFFLINE_DIGEST_KILLS` says how many (100 for the bar of the design; fewer by default).
    """
    for done in harassed(faulty_disk, papers, tmp_path, uncut, signal.SIGKILL, batches.count("OFFLINE_DIGEST_KILLS", 20)):
        assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_signals_end_cleanly(faulty_disk, papers, uncut, tmp_path, number):
    """Each signal at random moments: its exit code, how to go on, no traceback, no process left, nothing torn, and the same end."""
    for done in harassed(faulty_disk, papers, tmp_path, uncut, number, batches.count("OFFLINE_DIGEST_SIGNALS", 4)):
        assert done.returncode == 128 + number, done.stderr
        assert "goes on from there" in done.stderr
        assert "Traceback" not in done.stderr
        assert batches.survivors(tmp_path) == []


def test_a_crowd_on_one_library(papers, uncut, tmp_path):
    """Eight runs at once: each ends well, and there is one post, whole."""
    children = [
        subprocess.Popen(batches.command(papers, tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(8)
    ]
    for child in children:
        _, told = child.communicate(timeout=batches.HANG_S)
        assert child.returncode == 0, told
    assert batches.printed(tmp_path) == uncut
    assert batches.faults(tmp_path) == []
