"""A batch that is killed at any moment, again and again, ends as if nothing had happened."""

import random
import signal
import subprocess
import sys
import time

import pytest

from tests.faults import batches

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")]
PAPERS = 20


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch") / "papers"
    batches.write_papers(folder, PAPERS)
    return folder


@pytest.fixture(scope="module")
def uncut(papers, tmp_path_factory):
    """Return what an uninterrupted run prints, and how long it takes."""
    root = tmp_path_factory.mktemp("uncut")
    start = time.monotonic()
    done = batches.run(papers, root)
    assert done.returncode == 0, done.stderr
    found = batches.printed(root)
    assert sum(name.endswith(".md") for name in found) == 1
    assert len(found) == 1 + PAPERS
    return found, time.monotonic() - start


def test_kills_lose_nothing(papers, uncut, tmp_path):
    """Kill -9 at random moments: never a torn file or a broken index, and the end is byte for byte that of an uninterrupted run.

    `OFFLINE_DIGEST_KILLS` says how many (100 for the bar of the design; fewer by default).
    """
    wanted, seconds = uncut
    chance = random.Random(7)  # noqa: S311 (not for secrets)
    for number in range(batches.count("OFFLINE_DIGEST_KILLS", 20)):
        root = tmp_path / f"batch-{number // 10}"  # ten kills of one batch, then a fresh one: later ones would find all done
        child = subprocess.Popen(batches.command(papers, root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, min(seconds, 0.3 + seconds / 4)))
        child.kill()
        child.wait()
        assert batches.faults(root) == []
        if number % 10 == 9:
            assert batches.run(papers, root).returncode == 0
            assert batches.printed(root) == wanted
            assert batches.faults(root) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_signals_end_cleanly(papers, uncut, tmp_path, number):
    """Each signal at random moments: its exit code (or 0 where the run was faster), no traceback, nothing torn, and the same end."""
    wanted, seconds = uncut
    chance = random.Random(int(number))  # noqa: S311 (not for secrets)
    for _ in range(batches.count("OFFLINE_DIGEST_SIGNALS", 4)):
        child = subprocess.Popen(batches.command(papers, tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(0.4 + chance.uniform(0, seconds / 2))  # Python itself is up by then, and the handlers stand
        child.send_signal(number)
        start = time.monotonic()
        _, told = child.communicate(timeout=60)
        assert time.monotonic() - start < 5
        # While the process comes up or leaves, the signal itself ends it: a shell tells the same code then.
        assert child.returncode in {0, 128 + number, -number}, told
        assert "Traceback" not in told
        assert batches.faults(tmp_path) == []
    assert batches.run(papers, tmp_path).returncode == 0
    assert batches.printed(tmp_path) == wanted


def test_a_crowd_on_one_library(papers, uncut, tmp_path):
    """Eight runs at once: each ends well, and there is one post, whole."""
    wanted, _ = uncut
    children = [
        subprocess.Popen(batches.command(papers, tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(8)
    ]
    for child in children:
        _, told = child.communicate(timeout=300)
        assert child.returncode == 0, told
    assert batches.printed(tmp_path) == wanted
    assert batches.faults(tmp_path) == []
