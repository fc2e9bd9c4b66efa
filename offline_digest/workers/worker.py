"""One runner for every child process: start, send, take what comes back, notice silence and death.

A worker runs one service: a class named by `module:Class`, built in the child. The parent calls its methods by name. A method that
returns an iterator streams: each item is sent as soon as it is there. Errors of our own tree cross as they are; any other exception
in the child is a defect and arrives as `WorkerError` with its traceback.

    parent                      child
    ("method", args) →
                              ← ("item", value) …            a streaming method
                              ← ("done", value | None)
                              ← ("error", DigestError)

The child is started by `spawn`, so nothing of the parent's memory is in it, on every platform alike.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Self

from offline_digest.errors import DigestError, WorkerDied, WorkerTimeout
from offline_digest.workers.child import serve

GRACE_S = 2.0  # how long an idle child may take to leave by itself when it is told to


class Worker:
    """A child process around one service, started at the first call and again after it died.

    Args:
        service: `package.module:Class`, importable in the child.
        kwargs: Keyword arguments of the class; picklable.
        limit_bytes: Address space the child may take (POSIX only), or None.
        calls_before_restart: A fresh child after so many calls, so that a library's leaks end with it; None means never.
        gives_way: The child runs at a lower priority than other processes.
    """

    def __init__(
        self,
        service: str,
        kwargs: dict[str, Any] | None = None,
        *,
        limit_bytes: int | None = None,
        calls_before_restart: int | None = None,
        gives_way: bool = False,
    ) -> None:
        self._service = service
        self._kwargs = kwargs or {}
        self._limit_bytes = limit_bytes
        self._calls_before_restart = calls_before_restart
        self._gives_way = gives_way
        self._calls = 0
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the child, None when there is none now."""
        return self._process.pid if self._process else None

    def call(self, method: str, *args: object, timeout_s: float) -> Any:  # noqa: ANN401 (the service decides the type)
        """Return what *method* returns in the child.

        Raises:
            DigestError: Whatever the service raised.
            WorkerTimeout: No answer within *timeout_s* seconds; the child was ended.
            WorkerDied: The child ended before it answered.
        """
        result = None
        for kind, value in self._exchange(method, args, timeout_s):
            if kind == "done":
                result = value
        return result

    def stream(self, method: str, *args: object, timeout_s: float) -> Iterator[Any]:
        """Yield what the iterator returned by *method* yields in the child; *timeout_s* is the longest silence between two items.

        Leaving the loop early ends the child, for it would go on computing otherwise. Raises as `call`.
        """
        for kind, value in self._exchange(method, args, timeout_s):
            if kind == "item":
                yield value

    def close(self) -> None:
        """End the child: ask first, then kill."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        self._calls = 0
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.join(GRACE_S)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()

    def kill(self) -> None:
        """End the child at once, whatever it does."""
        if self._process is not None:
            self._process.kill()
        self.close()

    def interrupt(self) -> None:
        """End the child from another thread: the call under way there raises `WorkerDied`. One that is just being started may be missed."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ValueError, OSError, AttributeError):  # closed, gone, or half closed in this very moment
                process.kill()

    def _exchange(self, method: str, args: tuple[object, ...], timeout_s: float) -> Iterator[tuple[str, Any]]:
        """Send one call and yield `("item", value)` … `("done", value)`."""
        pipe, process = self._ready()
        self._calls += 1
        finished = False
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionError):  # a child that died is told by _receive
                pipe.send((method, args))
            while True:
                kind, value = self._receive(pipe, process, timeout_s)
                if kind != "item":
                    finished = True
                if kind == "error":
                    raise value
                yield kind, value
                if finished:
                    return
        finally:
            if not finished:
                self.kill()

    def _ready(self) -> tuple[Connection, multiprocessing.process.BaseProcess]:
        """Return pipe and process of a living child, a new one when there is none or the old one has served its calls."""
        used_up = self._calls_before_restart is not None and self._calls >= self._calls_before_restart
        if self._process is not None and (used_up or not self._process.is_alive()):
            self.close()
        if self._pipe is None or self._process is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            process = context.Process(
                target=serve, args=(theirs, self._service, self._kwargs, self._limit_bytes, self._gives_way), daemon=True
            )
            process.start()
            self._process = process
            theirs.close()
        return self._pipe, self._process

    def _receive(self, pipe: Connection, process: multiprocessing.process.BaseProcess, timeout_s: float) -> tuple[str, Any]:
        """Return the child's next message."""
        deadline = time.monotonic() + timeout_s
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WorkerTimeout(f"{self._service} gave no answer for {timeout_s:.0f} s and was ended.")
            ready = wait([pipe, process.sentinel], left)
            if pipe in ready:  # before the sentinel: a last message may lie in the pipe of a child that has ended
                try:
                    kind, value = pipe.recv()
                except (EOFError, ConnectionError):
                    raise self._death(process) from None
                if kind == "error" and not isinstance(value, DigestError):
                    raise TypeError(f"a worker may only send errors of our own tree, not {value!r}")
                return kind, value
            if ready:
                raise self._death(process)

    def _death(self, process: multiprocessing.process.BaseProcess) -> WorkerDied:
        process.join(GRACE_S)  # the pipe closes a moment before the exit code is known
        return WorkerDied(f"{self._service} ended without an answer ({death(process.exitcode)}).", status=process.exitcode)


def death(exit_code: int | None) -> str:
    """Say how a process ended: `exit code 3`, `signal SIGSEGV`."""
    if exit_code is None:
        return "still leaving"
    if exit_code < 0:
        try:
            return f"signal {signal.Signals(-exit_code).name}"
        except ValueError:
            return f"signal {-exit_code}"
    return f"exit code {exit_code}"
