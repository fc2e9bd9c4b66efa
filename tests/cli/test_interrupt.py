"""Signals and other runs in the middle of a batch."""

import signal
import subprocess
import sys
import time

import psutil
import pytest

from offline_digest.errors import Locked
from offline_digest.library import run_lock


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_cleanly_and_the_next_run_goes_on(sample_pdf, smollm2, tmp_path, monkeypatch, number):
    """A signal while the model writes ends the call with its code, leaves no process, and the same command then finishes."""
    monkeypatch.setenv("OFFLINE_DIGEST_PASSAGE_TOKENS", "512")
    command = [sys.executable, "-m", "offline_digest", "digest", str(sample_pdf), "-o", str(tmp_path / "out"), "--model", "smollm2"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "read," in run.stderr.readline()
    time.sleep(1.5)  # into the model's work
    children = psutil.Process(run.pid).children(recursive=True)
    start = time.monotonic()
    run.send_signal(number)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 128 + number
    assert time.monotonic() - start < 5
    assert "Traceback" not in err
    assert "goes on from there" in err
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
    if number == signal.SIGINT:
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        assert list((tmp_path / "out").rglob("*.md"))


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
