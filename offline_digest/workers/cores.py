"""How many processes can compute at once."""

from __future__ import annotations

import os


def physical_cores() -> int:
    """Return the number of cores this process may use; hyperthreads slow matrix work down."""
    import psutil

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(psutil.cpu_count(logical=False) or allowed, allowed)
