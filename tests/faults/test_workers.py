"""Child processes that crash, are killed or stop answering in the middle of a batch."""

import random
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.faults import batches

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")]
PAPERS = 12
FATAL = (signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL)


def harass(command, chance, number, pause):
    """Run *command*, and send its child processes fatal signals, *number* times, *pause* (shortest, longest) seconds apart."""
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    sent = 0
    while run.poll() is None and sent < number:
        time.sleep(chance.uniform(*pause))
        try:
            children = [c for c in psutil.Process(run.pid).children() if "spawn_main" in " ".join(c.cmdline())]
        except psutil.Error:
            continue
        if children:
            children[0].send_signal(FATAL[sent % len(FATAL)])
            sent += 1
    out, err = run.communicate(timeout=300)
    return run.returncode, out, err, sent


def test_a_reader_that_dies_costs_at_most_its_paper(tmp_path):
    """Crashes and kills of the reading process: the batch ends with 0, or 3 and the paper named; the next run completes it."""
    papers = tmp_path / "papers"
    batches.write_papers(papers, PAPERS)
    assert batches.run(papers, tmp_path / "uncut").returncode == 0
    chance = random.Random(3)  # noqa: S311 (not for secrets)
    total = 0
    for number in range(4):
        root = tmp_path / f"run-{number}"
        code, _, err, sent = harass(batches.command(papers, root), chance, 3, (0.2, 0.6))
        total += sent
        assert code in {0, 3}, err
        assert "Traceback" not in err
        assert (code == 3) == ("crashed the reader" in err)
        assert batches.run(papers, root).returncode == 0
        assert batches.printed(root) == batches.printed(tmp_path / "uncut")
        assert batches.faults(root) == []
    assert total >= 8


@pytest.mark.model
def test_a_model_that_dies_at_any_moment_is_brought_back(sample_pdf, smollm2, tmp_path):
    """Crashes and kills while it loads, reads and writes: the paper is done, and the same fields are filled as without."""
    command = [*batches.command(sample_pdf, tmp_path, "--model", "smollm2", "--budget", "512", "--brief")]
    chance = random.Random(4)  # noqa: S311 (not for secrets)
    code, out, err, sent = harass(command, chance, 4, (0.3, 2.0))
    assert code == 0, err
    assert sent >= 2
    assert out.strip().endswith(".md")
    assert "Traceback" not in err
    assert batches.faults(tmp_path) == []
