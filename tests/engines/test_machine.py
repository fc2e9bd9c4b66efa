"""What is seen of the machine."""

import itertools
import subprocess
import sys
import time

import psutil
import pytest

from offline_digest.engines.llama import machine


def test_children_count_as_ones_own():
    """What a child computes is in the processor time of this process and its children."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as child:
        start, own = machine._own_seconds(), time.process_time()
        while psutil.Process(child.pid).cpu_times().user < 0.3:
            time.sleep(0.02)
        assert machine._own_seconds() - start > 0.2
        assert time.process_time() - own < 0.2
        child.kill()


@pytest.mark.parametrize(("own", "busy"), [(0.0, True), (10.0, False)])
def test_only_others_are_others(monkeypatch, own, busy):
    """One core is taken: by others, or by what reads ahead here."""
    monkeypatch.setattr(psutil, "cpu_percent", lambda interval: 100 / psutil.cpu_count())
    monkeypatch.setattr(machine, "_own_seconds", itertools.count(0.0, own).__next__)
    assert machine.others_are_busy() == busy
