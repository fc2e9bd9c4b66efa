"""The runner of child processes, with real processes."""

import contextlib
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from offline_digest.errors import DamagedPdf, OutOfMemory, WorkerDied, WorkerError, WorkerTimeout
from offline_digest.workers import Worker

SERVICE = "tests.workers.services:Service"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")


@pytest.fixture
def worker():
    with Worker(SERVICE, {"greeting": "good morning"}) as made:
        yield made


def test_a_call_returns_what_the_service_returns(worker):
    """The service is built once, in another process, with its arguments."""
    first, second = worker.call("greet", "Ada", timeout_s=30), worker.call("greet", "Bo", timeout_s=30)
    assert first[:2] == ("good morning Ada", 1)
    assert second[:2] == ("good morning Bo", 2)
    assert first[2] == second[2] == worker.pid
    assert worker.pid != psutil.Process().pid


def test_a_stream_yields_each_item(worker):
    """A method that returns an iterator streams, and the worker serves on afterwards."""
    assert list(worker.stream("numbers", 4, timeout_s=30)) == [0, 1, 2, 3]
    assert worker.call("greet", "x", timeout_s=30)[1] == 1


def test_leaving_a_stream_ends_the_child(worker):
    """A child whose answers nobody wants does not go on computing, and the next call starts a fresh one."""
    stream = worker.stream("numbers", 10**9, timeout_s=30)
    assert next(stream) == 0
    old = worker.pid
    stream.close()
    assert not psutil.pid_exists(old)
    assert worker.call("greet", "x", timeout_s=30)[2] != old


def test_our_errors_cross_whole(worker):
    """An error of our tree arrives with message and hint, and the child lives on."""
    with pytest.raises(DamagedPdf) as caught:
        worker.call("refuse", timeout_s=30)
    assert (caught.value.message, caught.value.hint) == ("x.pdf is damaged.", "Take another.")
    assert worker.call("greet", "x", timeout_s=30)[1] == 1


def test_a_defect_arrives_with_its_traceback(worker):
    """An exception that is not ours names the line that raised it."""
    with pytest.raises(WorkerError, match="ZeroDivisionError"):
        worker.call("break_down", timeout_s=30)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_death_is_told_by_its_signal(worker, number):
    """A child that is killed gives `WorkerDied` with the signal's name, and the next call is answered."""
    with pytest.raises(WorkerDied, match=number.name):
        worker.call("die", number, timeout_s=30)
    assert worker.call("greet", "x", timeout_s=30)[1] == 1


def test_death_is_told_by_its_exit_code(worker):
    """A child that leaves by itself gives `WorkerDied` with its exit code."""
    with pytest.raises(WorkerDied, match="exit code 7"):
        worker.call("leave", 7, timeout_s=30)


def test_what_was_streamed_before_a_death_is_not_lost(worker):
    """Items sent before the end arrive, then the death is told."""
    got = []
    with pytest.raises(WorkerDied, match="exit code 3"):
        got.extend(iter_until_death(worker.stream("die_after", 5, timeout_s=30), got))
    assert got == [0, 1, 2, 3, 4]


def iter_until_death(stream, got):
    for item in stream:
        got.append(item)
    return []


def test_silence_ends_the_child(worker):
    """A call without an answer in time raises `WorkerTimeout` and leaves no process behind."""
    worker.call("greet", "x", timeout_s=30)
    old = worker.pid
    with pytest.raises(WorkerTimeout):
        worker.call("hang", timeout_s=0.5)
    assert not psutil.pid_exists(old)
    assert worker.call("greet", "x", timeout_s=30)[1] == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space reliably")
def test_memory_is_limited():
    """A child that wants more than its limit gets a typed error; the parent does not notice otherwise."""
    with Worker(SERVICE, limit_bytes=512 * 2**20) as worker:
        with pytest.raises(OutOfMemory):
            worker.call("take", 2**30, timeout_s=30)
        assert worker.call("take", 2**20, timeout_s=30) == 2**20


def test_a_child_is_recycled():
    """After so many calls a fresh process answers."""
    with Worker(SERVICE, calls_before_restart=2) as worker:
        pids = [worker.call("greet", "x", timeout_s=30)[2] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_what_a_child_prints_does_not_reach_stdout():
    """Results own stdout: prints of a child, from Python or below, go to stderr."""
    code = (
        "from offline_digest.workers import Worker\n"
        "if __name__ == '__main__':\n"
        f"    with Worker({SERVICE!r}) as w: print(w.call('print_noise', timeout_s=30))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "quiet\n"
    assert "native noise" in done.stderr


def test_an_interrupt_is_the_parents_to_handle(worker):
    """Ctrl-C reaches the whole process group; the child leaves it to the parent."""
    assert worker.call("interrupted", timeout_s=30) == "still here"


def test_no_child_outlives_its_parent(tmp_path):
    """A parent killed with SIGKILL leaves no orphan, even one in the middle of a call."""
    marker = tmp_path / "pid"
    code = (
        "from offline_digest.workers import Worker\n"
        "if __name__ == '__main__':\n"
        f"    Worker({SERVICE!r}).call('wait_for', {str(marker)!r}, timeout_s=600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 30
    while not (marker.exists() and marker.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    child = int(marker.read_text())
    parent.kill()
    parent.wait()
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_child_can_be_ended_from_another_thread_at_any_moment():
    """Before it is there, while it is started, works, and is closed: nothing is raised there, and the caller hears of a death or of nothing."""
    worker = Worker(SERVICE)
    stop = threading.Event()

    def harass():
        while not stop.is_set():
            worker.interrupt()

    thread = threading.Thread(target=harass)
    thread.start()
    try:
        for _ in range(6):
            with contextlib.suppress(WorkerDied):
                worker.call("greet", "x", timeout_s=60)
            worker.close()
    finally:
        stop.set()
        thread.join()
    assert worker.call("greet", "x", timeout_s=60)[0] == "hello x"
    worker.close()
