"""Signals and other runs in the middle of a batch."""

import signal
import subprocess
import sys

import pytest

from offline_digest.errors import Locked
from offline_digest.library import run_lock
from tests.faults import batches
from tests.faults.stage import left, plan


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_cleanly_and_the_next_run_goes_on(sample_pdf, smollm2, tmp_path, number):
    """A signal while the model writes ends the call with its code, drops the open branches, leaves no process, and the next run finishes."""
    faults = plan(tmp_path / "plan", ("parent.kept.2", number.name))
    asked = ("--model", "smollm2", "--budget", "512", "--brief")
    stopped = batches.run(sample_pdf, tmp_path, *asked, plan=faults)
    assert left(faults) == []
    assert stopped.returncode == 128 + number
    assert "Traceback" not in stopped.stderr
    assert "goes on from there" in stopped.stderr
    kept = batches.calls(tmp_path)
    assert len(kept) == 2  # nothing was waited for
    assert batches.survivors(tmp_path) == []
    if number == signal.SIGINT:
        assert batches.run(sample_pdf, tmp_path, *asked).returncode == 0
        assert list((tmp_path / "out").rglob("*.md"))
        assert kept.items() <= batches.calls(tmp_path).items()


def test_two_runs_on_one_library_take_turns(sample_pdf, tmp_path):
    """While one run holds the library, another waits and then finishes, or ends with 11 where it may not wait."""
    library = tmp_path / "library"
    command = [sys.executable, "-m", "offline_digest", "digest", str(sample_pdf), "-o", str(tmp_path / "out"), "--library", str(library)]
    with run_lock(library, wait=False, told=print):
        refused = subprocess.run([*command, "--no-wait"], capture_output=True, text=True, timeout=60)
        assert refused.returncode == 11
        assert "Another run" in refused.stderr
        assert "Traceback" not in refused.stderr
        waiting = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert "waiting for it to end" in waiting.stderr.readline()
        assert waiting.poll() is None
    assert waiting.wait(timeout=120) == 0
    waiting.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
def test_the_lock_ends_with_the_process_that_holds_it(tmp_path):
    """A run that was killed leaves no stale lock."""
    script = (
        "import sys, time; from pathlib import Path; from offline_digest.library import run_lock\n"
        "with run_lock(Path(sys.argv[1]), wait=False, told=print): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Locked), run_lock(tmp_path, wait=False, told=print):
        pass
    holder.kill()
    holder.communicate()
    with run_lock(tmp_path, wait=False, told=print):
        pass
