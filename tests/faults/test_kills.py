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
    for done in harassed(faulty_disk, papers, tmp_path, uncut, signal.SIGKILL, batches.count("OFFLINE_DIGEST_KILLS", 10)):
        assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_signals_end_cleanly(faulty_disk, papers, uncut, tmp_path, number):
    """Each signal at random moments: its exit code, how to go on, no traceback, no process left, nothing torn, and the same end."""
    for done in harassed(faulty_disk, papers, tmp_path, uncut, number, batches.count("OFFLINE_DIGEST_SIGNALS", 4)):
        assert done.returncode == 128 + number, done.stderr
        assert "goes on from there" in done.stderr
        assert "Traceback" not in done.stderr
        assert batches.survivors(tmp_path) == []


@pytest.mark.model
@pytest.mark.parametrize("model", ["tiny", "smollm2"])
def test_kills_cost_a_model_only_what_it_was_writing(faulty_disk, pair, tmp_path, request, model):
    """Answers that were kept stay as they are, row by row, through every kill; in the end the digests are whole.

    `OFFLINE_DIGEST_MODEL_KILLS` says how many there are of SmolLM2, which costs minutes; by default a model of random weights is killed.
    """
    times = batches.count("OFFLINE_DIGEST_MODEL_KILLS", 0) if model == "smollm2" else 4
    if not times:
        pytest.skip("set OFFLINE_DIGEST_MODEL_KILLS to kill SmolLM2")
    asked = ("--budget", "512", "--trust-model", "--model", str(request.getfixturevalue(model)))
    counted = faulty_disk(tmp_path / "uncut")
    assert batches.run(pair, tmp_path / "uncut", *asked, env=counted.env).returncode == 0
    changes = counted.count
    root, kept, deaths = tmp_path / "killed", {}, []
    for at in random.Random(times).sample(range(1, changes // times * 2), times):  # noqa: S311 (not for secrets)
        disk = faulty_disk(root, at=at, signal=signal.SIGKILL)
        deaths.append(batches.run(pair, root, *asked, env=disk.env).returncode)
        assert deaths[-1] == (-signal.SIGKILL if disk.hits else 0)
        assert batches.faults(root) == []
        before, kept = kept, batches.calls(root)
        assert before.items() <= kept.items()
    assert deaths.count(-signal.SIGKILL) > times / 2
    assert batches.run(pair, root, *asked).returncode == 0
    assert kept.items() <= batches.calls(root).items()
    assert subprocess.run([sys.executable, "-m", "offline_digest", "library", "verify", "--library", str(root / "library")]).returncode == 0
    assert batches.printed(root).keys() == batches.printed(tmp_path / "uncut").keys()


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
