"""Ctrl-C in the middle of a batch."""

import signal
import subprocess
import sys
import time

import psutil
import pytest


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
def test_an_interrupt_ends_cleanly_and_the_next_run_goes_on(sample_pdf, smollm2, tmp_path, monkeypatch):
    """An interrupt while the model writes ends the call with 130, leaves no process, and the same command then finishes."""
    monkeypatch.setenv("OFFLINE_DIGEST_PASSAGE_TOKENS", "512")
    command = [sys.executable, "-m", "offline_digest", "digest", str(sample_pdf), "-o", str(tmp_path / "out"), "--model", "smollm2"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "read," in run.stderr.readline()
    time.sleep(1.5)  # into the model's work
    children = psutil.Process(run.pid).children(recursive=True)
    start = time.monotonic()
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert time.monotonic() - start < 5
    assert "Traceback" not in err
    assert "goes on from there" in err
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert list((tmp_path / "out").rglob("*.md"))
