"""Signals and other runs in the middle of a batch."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from offline_digest.cli.commands import told_if_stopped
from offline_digest.errors import Locked
from offline_digest.library import Library, database, run_lock
from offline_digest.pipeline import Outcome, Result
from tests.faults import batches
from tests.faults.stage import left, plan
from tests.posting import samples


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


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
def test_a_signal_leaves_the_post_of_what_is_done_and_names_it(smollm2, tmp_path):
    """The path of the post is printed though the call was stopped, and its code is that of the signal."""
    batches.write_papers(tmp_path / "papers", 2)
    asked = ("--model", "smollm2", "--budget", "512", "--brief")
    whole = batches.run(tmp_path / "papers" / "paper-00.pdf", tmp_path, *asked)
    assert whole.returncode == 0
    post = Path(whole.stdout.strip())
    post.unlink()
    faults = plan(tmp_path / "plan", ("parent.kept.1", "SIGTERM"))
    stopped = batches.run(tmp_path / "papers", tmp_path, *asked, plan=faults)
    assert (left(faults), stopped.returncode, stopped.stdout) == ([], 143, f"{post}\n")
    assert post.is_file()
    assert "1 digested" in stopped.stderr


@pytest.mark.parametrize(("as_json", "path"), [(False, "soil.md\n"), (True, ""), (False, None)])
def test_what_was_done_of_a_stopped_call_is_printed(as_json, path, capsys):
    """Path or papers go to stdout after the view of the run is gone, nothing where no post was written; the call is stopped all the same."""
    outcome = Outcome(path=Path("a.pdf"), digest=samples.bare())

    def call():
        with told_if_stopped(as_json=as_json) as stopped:
            stopped(Result(outcomes=(outcome,), post=None if path is None else Path("soil.md")))
            assert capsys.readouterr().out == ""
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call()
    out = capsys.readouterr().out
    if as_json:
        assert json.loads(out)["post"] == "soil.md"
    else:
        assert out == (path or "")


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
    """A run that was killed leaves no stale lock, not even while its child still works."""
    script = (
        "import sys; from pathlib import Path; from offline_digest.library import run_lock; from offline_digest.workers import Worker\n"
        "if __name__ == '__main__':\n"
        "    with run_lock(Path(sys.argv[1]), wait=False, told=print), Worker('tests.workers.services:Service') as child:\n"
        "        child.call('greet', 'x', timeout_s=600)\n"
        "        print(child.pid, flush=True)\n"
        "        child.call('hang', timeout_s=600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=batches.ROOT)
    child = psutil.Process(int(holder.stdout.readline()))
    with pytest.raises(Locked), run_lock(tmp_path, wait=False, told=print):
        pass
    child.suspend()  # it cannot see that its parent is gone
    holder.kill()
    holder.wait()
    with run_lock(tmp_path, wait=False, told=print):
        assert child.is_running()
    child.kill()
    holder.stdout.close()


def test_a_library_that_another_process_writes_for_long(tmp_path, monkeypatch):
    """A transaction that does not end is told as a lock, with its exit code, when the library is opened and when it is written."""
    monkeypatch.setattr(database, "WAIT_S", 0.01)
    with Library(tmp_path) as ours, closing(sqlite3.connect(tmp_path / database.NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Locked, match="held the library") as caught:
            ours.keep_note("a", "b")
        assert caught.value.exit_code == 11
    with closing(sqlite3.connect(tmp_path / database.NAME, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Locked), Library(tmp_path):
            pass
