"""How fast this machine reads its memory: what bounds the tokens per second of a model, whose weights are read once for each step.

Runs in a child process, for numpy is not loaded in the parent.
"""

from __future__ import annotations

import time

from offline_digest.workers import Worker

_ARRAY_BYTES = 256 * 2**20  # beyond the caches of all but the largest processors
_LOOK_S = 0.3
_TIMEOUT_S = 60.0


class Reader:
    """The child's side."""

    def bytes_per_s(self) -> float:
        """Return the fastest of the readings that a third of a second has room for, with all threads of numpy's BLAS."""
        import numpy as np

        data = np.ones(_ARRAY_BYTES // 4, dtype=np.float32)
        fastest = 0.0
        start = time.perf_counter()
        while fastest == 0.0 or time.perf_counter() - start < _LOOK_S:
            begin = time.perf_counter()
            np.dot(data, data)  # reads one array once
            fastest = max(fastest, data.nbytes / (time.perf_counter() - begin))
        return fastest


def memory_bandwidth() -> float:
    """Return bytes per second, measured now in a child process.

    Raises:
        WorkerError: The child died.
    """
    with Worker(f"{__name__}:Reader") as worker:
        measured: float = worker.call("bytes_per_s", timeout_s=_TIMEOUT_S)
        return measured
