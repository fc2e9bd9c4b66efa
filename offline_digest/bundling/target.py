"""The machine that a bundle is for: which wheels run there, and what their markers mean there."""

from __future__ import annotations

import platform
import re
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

from offline_digest.bundling.installer import OLDEST_PYTHON
from offline_digest.errors import UsageError

_GLIBC = 28  # wheels for Linux are commonly made for glibc 2.28: every distribution since 2019
_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}  # PEP 600
_PYTHON = re.compile(r"3\.(\d{1,2})")
_LINUX = re.compile(r"manylinux_2_(\d{1,2})_(x86_64|aarch64)")
_MAC = re.compile(r"macosx_(\d{2})_(\d{1,2})_(x86_64|arm64)")
_WINDOWS = re.compile(r"win_(amd64|arm64)")
_MACHINES = {"amd64": "AMD64", "arm64": "ARM64"}


@dataclass(frozen=True)
class Target:
    """A Python version such as `3.11` and a platform tag such as `manylinux_2_28_x86_64`.

    Raises:
        UsageError: One of them is unknown.
    """

    python: str
    platform: str

    def __post_init__(self) -> None:
        found = _PYTHON.fullmatch(self.python)
        if not found or (3, int(found[1])) < OLDEST_PYTHON:
            raise UsageError(f"There is no offline-digest for Python {self.python!r}.", "Name a version such as 3.11 or 3.13.")
        if not any(kind.fullmatch(self.platform) for kind in (_LINUX, _MAC, _WINDOWS)):
            known = "manylinux_2_28_x86_64, manylinux_2_28_aarch64, macosx_13_0_x86_64, macosx_14_0_arm64, win_amd64"
            raise UsageError(f"The platform {self.platform!r} is not known.", f"Name one such as {known}.")

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """Platform tags of the wheels that run there, the best first."""
        if found := _LINUX.fullmatch(self.platform):
            rows = [f"manylinux_2_{n}_{found[2]}" for n in range(int(found[1]), 4, -1)]
            return (*rows, *(f"{name}_{found[2]}" for n, name in _LEGACY.items() if n <= int(found[1])))
        if found := _MAC.fullmatch(self.platform):
            return tuple(mac_platforms((int(found[1]), int(found[2])), found[3]))
        return (self.platform,)

    @cached_property
    def abis(self) -> tuple[str, ...]:
        """ABI tags of wheels that this Python loads."""
        return (self._interpreter, "abi3", "none")

    @property
    def _interpreter(self) -> str:
        return "cp" + self.python.replace(".", "")

    @cached_property
    def _tags(self) -> frozenset[Tag]:
        version = tuple(int(n) for n in self.python.split("."))
        compiled = cpython_tags(version, platforms=self.platforms)
        return frozenset([*compiled, *compatible_tags(version, self._interpreter, self.platforms)])

    def takes(self, wheel_name: str) -> bool:
        """Tell whether a wheel of that file name runs there."""
        return not self._tags.isdisjoint(parse_wheel_filename(wheel_name)[3])

    @cached_property
    def markers(self) -> dict[str, str]:
        """What environment markers are compared with there."""
        windows, mac = _WINDOWS.fullmatch(self.platform), _MAC.fullmatch(self.platform)
        linux = _LINUX.fullmatch(self.platform)
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": "nt" if windows else "posix",
            "platform_machine": _MACHINES[windows[1]] if windows else mac[3] if mac else linux[2] if linux else "",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Windows" if windows else "Darwin" if mac else "Linux",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "win32" if windows else "darwin" if mac else "linux",
        }

    def is_of_this_kind(self) -> bool:
        """Tell whether it has this machine's system and architecture, so that what is compiled here runs there."""
        return _kind(self.platform) == _kind(this_platform())

    def needs(self, wheel_names: Iterable[str]) -> str:
        """Return the platform tag that stands for what all *wheel_names* need: on Linux the newest glibc that one of them was made for."""
        found = _LINUX.fullmatch(self.platform)
        if not found:
            return self.platform
        return f"manylinux_2_{max((_glibc(name) for name in wheel_names), default=5)}_{found[2]}"


def this_platform() -> str:
    """Return the platform tag for machines like this one, and for older ones where wheels are made for those.

    Raises:
        UsageError: No bundle can be made for machines like this one.
    """
    if sys.platform == "darwin":
        return next(iter(mac_platforms()))
    if sys.platform == "win32":
        return sysconfig.get_platform().replace("-", "_")
    name, version = platform.libc_ver()
    if name != "glibc":
        raise UsageError("Bundles are made for Linux with glibc, macOS and Windows.", "Name the platform of the other machine: --platform.")
    return f"manylinux_2_{min(_GLIBC, int(version.split('.')[1]))}_{platform.machine()}"


def _kind(tag: str) -> tuple[str, str]:
    """Return system and architecture of a platform tag."""
    system, rest = tag.split("_", 1)
    return system, re.sub(r"^[\d_]+_(?=[a-z])", "", rest)


def _glibc(wheel_name: str) -> int:
    """Return the oldest glibc 2.x that a wheel runs with."""
    oldest = {name: n for n, name in _LEGACY.items()}
    found = [5]
    for tag in {t.platform for t in parse_wheel_filename(wheel_name)[3]}:
        if linux := _LINUX.fullmatch(tag):
            found.append(int(linux[1]))
        elif tag.partition("_")[0] in oldest:
            found.append(oldest[tag.partition("_")[0]])
    return min(found[1:], default=found[0])
