"""The program with faults planned at moments of its work: `python -m tests.faults.stage PLAN digest …`.

A plan is a folder. Each file in it is one fault, which happens once: `<service>.<place>.<number>` holds the name of a signal (`SIGSEGV`,
`SIGSTOP`: the child hangs) and, behind a space, what the arguments of the call must contain. Places are the names of a
service's methods: `read` is before the call, `read.end` before its result is given, `answer.2` after the second item of a stream. For the
parent, `parent.kept.3` comes after the third answer that was kept. So a fault hits the same moment on a fast machine and on a slow one.

A child that hangs has used up its time at once: the parent's patience ends when it sees the child stopped, not after minutes.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path

_LOOK_AGAIN_S = 0.05


def plan(folder, *faults):
    """Write a plan of faults `(place, signal name)` or `(place, signal name, what the call is about)`; return its folder."""
    folder.mkdir(exist_ok=True)
    for number, (place, *what) in enumerate(faults):
        (folder / f"{place}.{number:03}").write_text(" ".join(what), encoding="utf-8")
    return folder


def left(folder):
    """Return the faults that have not happened."""
    return sorted(p.name for p in folder.iterdir())


def strike(folder, place, about=""):
    """Let the next fault that is planned for *place* happen in this process."""
    for path in sorted(folder.glob(f"{place}.[0-9][0-9][0-9]")):
        try:
            name, _, wanted = path.read_text(encoding="utf-8").partition(" ")
            if wanted not in about:
                continue
            path.unlink()
        except FileNotFoundError:  # another reader has just taken it: they work side by side
            continue
        os.kill(os.getpid(), getattr(signal, name))
        while name == "SIGSTOP":  # a debugger may wake it: hang all the same
            time.sleep(60)
        return


class Faulty:
    """A service that does what another does, and the faults of a plan."""

    def __init__(self, *, service, kwargs, folder):
        module, _, name = service.partition(":")
        self._folder, self._name = folder, name
        strike(folder, f"{name}.load")
        self._service = getattr(importlib.import_module(module), name)(**kwargs)

    def __getattr__(self, method):
        def call(*args):
            place, about = f"{self._name}.{method}", repr(args)
            strike(self._folder, place, about)
            result = getattr(self._service, method)(*args)
            if isinstance(result, Iterator):
                return self._items(result, place, about)
            strike(self._folder, f"{place}.end", about)
            return result

        return call

    def _items(self, items, place, about):
        for number, item in enumerate(items, start=1):
            yield item
            strike(self._folder, f"{place}.{number}", about)


def _stage(folder):
    """Put `Faulty` in front of every service, and strike the parent after the answers it keeps."""
    import psutil

    from offline_digest.library import Library
    from offline_digest.workers import Worker

    start, receive, keep = Worker.__init__, Worker._receive, Library.keep_answer
    kept = []

    def started(self, service, kwargs=None, **limits):
        start(self, "tests.faults.stage:Faulty", {"service": service, "kwargs": kwargs or {}, "folder": folder}, **limits)

    def received(self, pipe, process, timeout_s):
        while not wait([pipe, process.sentinel], _LOOK_AGAIN_S):
            if psutil.Process(process.pid).status() == psutil.STATUS_STOPPED:
                return receive(self, pipe, process, 0.0)
        return receive(self, pipe, process, timeout_s)

    def answer_kept(self, *args, **more):
        keep(self, *args, **more)
        kept.append(args[0])
        strike(folder, f"parent.kept.{len(kept)}")

    Worker.__init__, Worker._receive, Library.keep_answer = started, received, answer_kept


if __name__ == "__main__":
    from offline_digest.cli import main

    _stage(Path(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
