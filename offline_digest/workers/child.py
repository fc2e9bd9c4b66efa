"""The child's side of a worker: build the service, answer calls until the parent is gone."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from offline_digest.errors import DigestError, OutOfMemory, WorkerError, is_shortage

_NICE = 10


def serve(pipe: Connection, service: str, kwargs: dict[str, Any], limit_bytes: int | None, gives_way: bool) -> None:
    """Answer calls on *pipe* until it closes. Entry point of the child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.environ["GGML_NO_BACKTRACE"] = "1"  # a crash must not start a debugger (DESIGN section 5)
    os.dup2(2, 1)  # native libraries print; stdout belongs to results
    _leave_with_parent()
    if gives_way:
        _give_way()
    if limit_bytes is not None:
        _limit_memory(limit_bytes)
    instance: Any = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionError):
        while True:
            method, args = pipe.recv()
            try:
                if instance is None:
                    instance = _build(service, kwargs)
                result = getattr(instance, method)(*args)
                if isinstance(result, Iterator):
                    for item in result:
                        pipe.send(("item", item))
                    result = None
                pipe.send(("done", result))
            except DigestError as error:
                pipe.send(("error", error))
            except Exception as error:  # noqa: BLE001 (the border of the process: a defect must reach the parent in words)
                pipe.send(("error", _told(error, f"{service}.{method}")))


def _told(error: Exception, call: str) -> DigestError:
    """Return our error for any other."""
    if is_shortage(error):
        return OutOfMemory(f"{call} ran out of memory.", "Close other programs, or use smaller input.")
    return WorkerError(f"{call} failed:\n{traceback.format_exc()}")


def _build(service: str, kwargs: dict[str, Any]) -> object:
    """Import and construct the service named `package.module:Class`."""
    module, _, name = service.partition(":")
    return getattr(importlib.import_module(module), name)(**kwargs)


def _leave_with_parent() -> None:
    """End this process as soon as the parent has ended, even in the middle of a long native call."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _give_way() -> None:
    """Let other processes go first."""
    import psutil

    with contextlib.suppress(psutil.Error):
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else _NICE)


def _limit_memory(limit_bytes: int) -> None:
    """Limit the address space where the platform can; elsewhere the parent's time limit is what is left."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
