"""The parent's side of `shim.c`: compiled once, one `Shim` per run."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

_LONGS = struct.Struct("6l")  # count, at, error, signal, program, hits; the folder follows
_SIZE = _LONGS.size + 4096
_RUNS = itertools.count()
SOURCE = Path(__file__).with_name("shim.c")


def compiled(folder):
    """Return the shared library, made in *folder*; skip the test where that cannot be."""
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("c++")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("calls are counted on Linux, with a library that a C compiler makes")
    library = folder / "shim.so"
    subprocess.run([compiler, "-x", "c", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"], check=True)
    return library


class Shim:
    """The calls that change files below *folder*, from 1 on: counted, and at the *at*-th an errno for good or one signal."""

    def __init__(self, library, scratch, folder, *, at=0, error=0, signal=0):
        number = next(_RUNS)  # a file of its own: a child of the run before may still come up, and must find that run's
        self._control, self._journal = scratch / f"control-{number}", scratch / f"journal-{number}"
        self._control.write_bytes((_LONGS.pack(0, at, error, signal, 0, 0) + os.fsencode(folder)).ljust(_SIZE, b"\0"))
        self._journal.write_bytes(b"")
        self.env = os.environ | {"LD_PRELOAD": str(library), "FAULTS_CONTROL": str(self._control), "FAULTS_JOURNAL": str(self._journal)}

    def sites(self):
        """Return the places of the program that write, as far as their files tell: (call, kind of file) → numbers of its calls."""
        found = {}
        for number, line in enumerate(self._journal.read_text(encoding="utf-8").splitlines(), start=1):
            call, path = line.split(" ", 1)
            kind = re.sub(r"[0-9a-f]{32,}|/\.\w{8}\.part$", "*", "/".join(path.split("/")[-2:]))
            found.setdefault((call, kind), []).append(number)
        return found

    @property
    def count(self):
        """How many calls there were."""
        return _LONGS.unpack_from(self._control.read_bytes())[0]

    @property
    def hits(self):
        """How many of them failed, or whether the signal was sent."""
        return _LONGS.unpack_from(self._control.read_bytes())[5]
