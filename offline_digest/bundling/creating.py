"""From what is installed here to a bundle for another machine."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from string import Template

from offline_digest.bundling import compiling, installer
from offline_digest.bundling.archives import largest_piece, write_archives
from offline_digest.bundling.packing import pack, refuse_existing, write_folder
from offline_digest.bundling.portable import make_portable
from offline_digest.bundling.sbom import render_sbom
from offline_digest.bundling.target import Target, this_platform
from offline_digest.bundling.values import Member, Weights
from offline_digest.bundling.wanted import collect
from offline_digest.bundling.wheels import Wheel, read_wheel, write_own_wheel
from offline_digest.errors import NetworkForbidden, UsageError
from offline_digest.files import file_sha256
from offline_digest.resources import resource_dir
from offline_digest.weights import Pin, pin

LLAMA = "llama-cpp-python"
ARCHIVE = ".tar"
SMALLEST_PART = 1_000_000  # bytes
_LOCK = "models.lock"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.+=-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made.

    Args:
        out: A folder, or an archive that ends in `.tar`.
        python: Version of Python on the other machine, such as `3.11`.
        platform: Its platform tag; None: machines like this one.
        model: The files of the model to take along; empty: quotations only.
        model_name: What it is called.
        limit: Most bytes of one file; None: any.
        llama_wheel: llama-cpp-python built for that machine; None: compile it here.
        offline: Download nothing.
        pip_options: How pip reaches the network, such as `--proxy`.
        day: From which the trust in the model dates, where it is not pinned here.
    """

    out: Path
    python: str
    platform: str | None
    model: tuple[Weights, ...]
    model_name: str
    limit: int | None
    llama_wheel: Path | None
    offline: bool
    pip_options: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """What was made: its files, its name, and the SHA-256 of its manifest."""

    paths: tuple[Path, ...]
    name: str
    sha256: str


def create_bundle(order: Order, say: Callable[[str], None]) -> Created:
    """Gather, check and write a bundle.

    Raises:
        UsageError: The order cannot be met.
        NetworkForbidden, NetworkError: A package is missing or cannot be downloaded; what has come is kept.
        DiskFull: No space.
        IntegrityError: A file is not whole, or changed meanwhile.
    """
    target = Target(order.python, order.platform or this_platform())
    if order.limit is not None and order.limit < SMALLEST_PART:
        raise UsageError(f"Parts of {order.limit} bytes are too small.", f"Take at least {SMALLEST_PART // 1_000_000} MB.")
    refuse_existing(order.out)
    with tempfile.TemporaryDirectory() as scratch:
        wheels = _wheels(order, target, Path(scratch), say)
        needed = target.needs(wheel.path.name for wheel in wheels)
        if order.platform and Target(order.python, needed).platforms[0] not in target.platforms:
            raise UsageError(f"This llama.cpp needs {needed}, newer than {order.platform}.",
                             "Compile it on a machine as old as that, and name the wheel: --llama-wheel FILE.")  # fmt: skip
        version = metadata.version("offline-digest")
        name = f"offline-digest-{version}-python{order.python}-{needed}"
        facts = {"name": name, "version": version, "python": order.python, "platform": needed, "model": _model(order)}
        say("packing")
        members = [*_members(order, wheels, name, needed), *_model_members(order, Path(scratch))]
        if order.out.suffix == ARCHIVE:
            pieces = pack(members, facts, order.limit and largest_piece(order.limit))
            paths = write_archives(pieces, order.out, name, order.limit)
        else:
            pieces = pack(members, facts, order.limit)
            paths = write_folder(pieces, order.out)
        manifest = next(piece for piece in pieces if piece.name == installer.MANIFEST)
        return Created(paths=tuple(paths), name=name, sha256=manifest.sha256)


def _wheels(order: Order, target: Target, scratch: Path, say: Callable[[str], None]) -> list[Wheel]:
    """Return every wheel: the program itself, llama.cpp for the other machine, and what they need."""
    own = read_wheel(write_own_wheel(scratch))
    llama = read_wheel(_llama(order, target, scratch, say))
    wanted = metadata.version(LLAMA)
    if (llama.name, llama.version) != (LLAMA, wanted):
        raise UsageError(f"{llama.path.name} is not {LLAMA} {wanted}.", "Name a wheel of that package and version.")
    kept = compiling.cache_folder() / "downloads"
    return collect([own, llama], target, kept, pip_options=None if order.offline else order.pip_options, say=say)


def _llama(order: Order, target: Target, scratch: Path, say: Callable[[str], None]) -> Path:
    given = order.llama_wheel
    if given is not None and not given.is_file():
        raise UsageError(f"There is no wheel {given}.", "Check the path given to --llama-wheel.")
    if given is None and not target.is_of_this_kind():
        raise UsageError(f"llama.cpp cannot be compiled here for {target.platform}.", "Compile it on such a machine: pip wheel --no-deps "
                         f"{LLAMA}=={metadata.version(LLAMA)}; then name the file here: --llama-wheel FILE")  # fmt: skip
    if given is None:
        version = metadata.version(LLAMA)
        if order.offline and not any(compiling.portable_folder(version).glob("*.whl")):
            raise NetworkForbidden("The source of llama.cpp would have to be downloaded.", "Run the same command once without --offline.")
        try:
            given = compiling.build_portable(version, order.pip_options)
        except subprocess.CalledProcessError as error:
            raise UsageError("llama.cpp could not be compiled; the lines above say why.",
                             "A C++ compiler is needed. Or name a wheel: --llama-wheel FILE") from error  # fmt: skip
    say("making llama.cpp fit for other machines")
    made = make_portable(given, scratch)
    if not target.is_of_this_kind() and not target.takes(made.name):
        raise UsageError(f"{made.name} is not for {target.platform}.", "Name a wheel that was built there.")
    return made


def _members(order: Order, wheels: Sequence[Wheel], name: str, platform: str) -> list[Member]:
    """Return all but the model."""
    packages = [wheel for wheel in wheels if wheel.name != "pip"]
    pinned = "".join(f"{w.name}=={w.version} --hash=sha256:{file_sha256(w.path)}\n" for w in packages)
    holds = f"With the model {order.model_name}." if order.model else "Without a model: digests are quotations; or give one with --model."
    words = {"name": name, "version": metadata.version("offline-digest"), "python": order.python, "platform": platform, "contents": holds}
    readme = Template((resource_dir("templates") / "bundle" / "README.txt").read_text(encoding="utf-8")).substitute(words)
    return [
        Member(name="install.py", source=Path(installer.__file__).read_bytes()),
        Member(name="README.txt", source=readme.encode()),
        Member(name="requirements.txt", source=pinned.encode()),
        Member(name="sbom.cdx.json", source=render_sbom(name, wheels, order.model)),
        *(Member(name=f"wheels/{wheel.path.name}", source=wheel.path.read_bytes()) for wheel in wheels),
    ]


def _model(order: Order) -> dict[str, str] | None:
    if not order.model:
        return None
    first = order.model[0]
    return {"name": order.model_name, "file": plain_name(first.name), "sha256": first.sha256}


def _model_members(order: Order, scratch: Path) -> list[Member]:
    """Return the model's files and the lock that pins them: whoever carries the bundle vouches for them."""
    if not order.model:
        return []
    pins = [
        Pin(sha256=w.sha256, size_bytes=w.size_bytes, file=plain_name(w.name), source="bundle", name=order.model_name, day=order.day)
        for w in order.model
    ]
    pin(scratch / _LOCK, pins)
    files = [Member(name=f"models/{plain_name(w.name)}", source=w.path, sha256=w.sha256) for w in order.model]
    return [*files, Member(name=f"models/{_LOCK}", source=(scratch / _LOCK).read_bytes())]


def plain_name(name: str) -> str:
    """Return a model file's name as it can be written on every disk."""
    return _NOT_IN_NAMES.sub("_", name).strip(".").removesuffix(".gguf") + ".gguf"
