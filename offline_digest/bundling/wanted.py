"""All wheels that the program needs on another machine. The only place that goes online here: `pip download`, as a child process.

What is wanted follows from the wheels themselves: each names its requirements, whose markers are read for the other machine. Versions are those
that are installed here, so that what arrives there is what was tried here. Wheels are kept; a second call downloads nothing.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from offline_digest.bundling.target import Target
from offline_digest.bundling.wheels import Wheel, read_wheel
from offline_digest.errors import NetworkError, NetworkForbidden, UsageError

_TOLD_LINES = 3  # of what pip said when it failed


def collect(
    given: Iterable[Wheel], target: Target, kept: Path, *, pip_options: Sequence[str] | None, say: Callable[[str], None]
) -> list[Wheel]:
    """Return *given* and every wheel that they need in turn, and pip, which installs them.

    Args:
        given: Wheels at hand; none of their packages is looked for.
        target: The machine they must run on.
        kept: Folder in which downloaded wheels stay.
        pip_options: How pip reaches the network; None: take what lies in *kept*, and nothing else.
        say: Told what is downloaded.

    Raises:
        NetworkForbidden: Offline, and something is missing; all of it is named.
        NetworkError: pip could not download it.
        UsageError: Two packages want different versions of a third; or there is no pip here.
    """
    kept.mkdir(parents=True, exist_ok=True)
    have = {wheel.name: wheel for wheel in given}
    while missing := _missing(have, target):
        absent = [r for r in missing.values() if _lying(r, target, kept) is None]
        if absent and pip_options is None:
            names = ", ".join(map(str, absent))
            raise NetworkForbidden(f"Not in {kept}: {names}.", "Run the same command once without --offline.")
        if absent:
            say(f"downloading {', '.join(r.name for r in absent)}")
            _download(absent, target, kept, pip_options or ())
        for name, requirement in missing.items():
            found = _lying(requirement, target, kept)
            if found is None:
                raise NetworkError(f"pip did not bring {requirement} for {target.platform}.", "Is there a wheel of it for that machine?")
            have[name] = read_wheel(found)
    return [have[name] for name in sorted(have)]


def _missing(have: dict[str, Wheel], target: Target) -> dict[str, Requirement]:
    """Return what the wheels at hand require and is not at hand, pinned where it is installed here."""
    wanted = {"pip": Requirement("pip")}
    for wheel, requirement in _required(have, target):
        name = canonicalize_name(requirement.name)
        if name in have and not requirement.specifier.contains(have[name].version, prereleases=True):
            raise UsageError(f"{wheel.name} wants {requirement}, and {have[name].version} is here.", "Install offline-digest anew here.")
        wanted.setdefault(name, Requirement(name)).specifier &= requirement.specifier
    return {name: _pinned(requirement) for name, requirement in wanted.items() if name not in have}


def _required(have: dict[str, Wheel], target: Target) -> list[tuple[Wheel, Requirement]]:
    """Return which wheel requires what on the other machine; extras count where something that counts asks for them."""
    written = [(wheel, Requirement(text)) for wheel in have.values() for text in wheel.requires]
    asked: set[tuple[str, str]] = {(name, "") for name in have}
    while True:
        holding = [
            (wheel, r)
            for wheel, r in written
            if r.marker is None or any(r.marker.evaluate({**target.markers, "extra": e}) for n, e in asked if n == wheel.name)
        ]
        before = len(asked)
        asked |= {(canonicalize_name(r.name), extra) for _, r in holding for extra in r.extras}
        if len(asked) == before:
            return holding


def _pinned(requirement: Requirement) -> Requirement:
    """Return the requirement with the version that is installed here, where that fits; pip itself is no part of the program."""
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return requirement
    if requirement.name == "pip" or not requirement.specifier.contains(version, prereleases=True):
        return requirement
    return Requirement(f"{requirement.name}=={version}")


def _lying(requirement: Requirement, target: Target, kept: Path) -> Path | None:
    """Return the newest wheel in *kept* that meets a requirement, None when there is none."""
    found: list[tuple[Version, Path]] = []
    for path in sorted(kept.glob("*.whl")):
        name, version, *_ = parse_wheel_filename(path.name)
        if name == canonicalize_name(requirement.name) and requirement.specifier.contains(version) and target.takes(path.name):
            found.append((version, path))
    return max(found, default=(None, None))[1]


def _download(requirements: Sequence[Requirement], target: Target, kept: Path, options: Sequence[str]) -> None:
    """Let pip bring the wheels of *requirements*, without theirs."""
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--implementation", "cp", "--python-version", target.python, "--dest", str(kept), *options]
    command += [word for abi in target.abis for word in ("--abi", abi)]
    command += [word for tag in target.platforms for word in ("--platform", tag)]
    done = subprocess.run([*command, *map(str, requirements)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if "No module named pip" in done.stderr:
        raise UsageError("There is no pip in this Python environment, which downloads the wheels.", "Get it with: python -m ensurepip")
    if done.returncode != 0:
        said = " ".join(done.stderr.strip().splitlines()[-_TOLD_LINES:])
        raise NetworkError(f"pip could not download {', '.join(map(str, requirements))}: {said}", "What has come is kept; run it again.")
