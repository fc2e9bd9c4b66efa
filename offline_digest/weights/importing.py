"""A file that somebody brings becomes a model of ours: the act by which a user says that they trust it."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from offline_digest.errors import UsageError
from offline_digest.files import check_space, disk_errors, whole_file
from offline_digest.progress import Bar, Reporter
from offline_digest.weights.catalog import CatalogEntry
from offline_digest.weights.checking import check_hash, file_hash, pins_of, readable, reading
from offline_digest.weights.finding import ModelFile, ModelPart, model_at
from offline_digest.weights.hashes import Hashes
from offline_digest.weights.inspecting import Inspector
from offline_digest.weights.lock import Lock, pin, read_lock
from offline_digest.weights.places import Places
from offline_digest.weights.spelling import is_word, part_names, whole_name

IMPORT = "import"
Way = Literal["either", "copy", "link"]
_CHUNK_BYTES = 2**22


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What commands about models work with: where models are, the memory of hashes, who hears how it goes, and the day it is."""

    places: Places
    hashes: Hashes
    report: Reporter
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A model that is trusted now, and the hashes of its parts."""

    model: ModelFile
    hashes: tuple[str, ...]


def import_model(
    path: Path,
    means: Means,
    *,
    name: str | None = None,
    expected: Sequence[str] = (),
    way: Way = "either",
    catalog: Mapping[str, CatalogEntry] | None = None,
) -> Imported:
    """Put a model into our folder, and pin it.

    Nothing is left when any part is not what it should be. What lies in the folder already is pinned where it is.

    Args:
        path: Its file, or any part of one that is split.
        means: What it works with.
        name: What it shall be called; None: as its file.
        expected: The SHA-256 of each part, in their order; empty: whatever they are.
        way: `copy` its bytes; `link` to where they are by name; or `either`: another name of the same bytes where the disk allows that
            (a hard link), else a copy.
        catalog: What has a name already; no other file is called so.

    Raises:
        ModelNotFound: The file, or a part, is not there.
        ModelUnusable: It is no model that llama.cpp could load, or cannot be read.
        UsageError: It cannot be called so, or another model is called so.
        IntegrityError: A part has not the expected hash, or the lock is damaged.
        DiskFull: There is no space for it.
    """
    read_lock(means.places.lock)
    brought = model_at(path.stem, path)
    with Inspector() as inspector:
        inspector.inspect(brought.path)
    if expected and len(expected) != len(brought.parts):
        raise UsageError(
            f"{path.name} has {len(brought.parts)} parts, and {len(expected)} hashes are given.", "Give one --sha256 for each."
        )
    wanted: list[str | None] = [sha256.strip().lower() for sha256 in expected] or [None] * len(brought.parts)
    called = whole_name(path.name).removesuffix(path.suffix) if name is None else name
    _check_name(called, brought, catalog or {}, means)
    targets = _targets(brought, called, means.places)
    hashes, made = [], []
    try:
        for part, target, sha256 in zip(brought.parts, targets, wanted, strict=True):
            made += [] if os.path.lexists(target) else [target]
            hashes.append(_placed(part.path, target, sha256, way, means))
    except BaseException:
        for target in made:
            target.unlink(missing_ok=True)
        raise
    files = [target.relative_to(means.places.models.absolute()).as_posix() for target in targets]
    parts = tuple(ModelPart(path=target, file=file, sha256=sha256) for target, file, sha256 in zip(targets, files, hashes, strict=True))
    model = ModelFile(name=called, parts=parts, place="models", source=IMPORT)
    for target, sha256 in zip(targets, hashes, strict=True):
        means.hashes.remember(target, sha256)
    pin(means.places.lock, pins_of(model, tuple(hashes), means.day, called), replacing=True)
    return Imported(model=model, hashes=tuple(hashes))


def import_lock(path: Path, places: Places) -> Lock:
    """Trust what another lock pins, and return what is new by it. What is pinned or named here already stays as it is.

    Raises:
        UsageError: There is no such file.
        IntegrityError: It, or ours, is damaged.
    """
    if not path.is_file():
        raise UsageError(f"There is no lock {path}.", "Check the path.")
    ours = read_lock(places.lock)
    new = [
        theirs.model_copy(update={"name": None}) if theirs.name and ours.named(theirs.name) else theirs
        for theirs in read_lock(path).pins
        if ours.find(theirs.sha256) is None
    ]
    pin(places.lock, new)
    return Lock(pins=tuple(new))


def _check_name(name: str, brought: ModelFile, catalog: Mapping[str, CatalogEntry], means: Means) -> None:
    """Refuse a name by which no model, or another one, would be found.

    A name of the catalogue stands for what the catalogue says of it, languages and licence too: it is that of the files whose hashes the
    catalogue or a pin of that name gives.

    Raises:
        UsageError: It is such a name.
    """
    if not is_word(name):
        raise UsageError(f"No model can be called {name!r}.", "Give --name: letters, digits, points, hyphens and underscores.")
    if name.casefold().endswith(".gguf"):
        raise UsageError(f"No model can be called {name!r}: what ends in .gguf is taken for a file.", "Give --name without that end.")
    entry = catalog.get(name.casefold())
    if entry is None:
        return
    vouched = {pin.sha256 for pin in means.places.trusted().named(name)} | ({entry.package.sha256} if entry.package else set())
    if not vouched or any(file_hash(part.path, None, means.hashes, reading(means.report)) not in vouched for part in brought.parts):
        raise UsageError(
            f"{name} is the name of {entry.title} in the catalogue, and nothing says that {brought.path.name} is that model.",
            f"Give this one a --name of its own; `offline-digest models show {name.casefold()}` tells where that model is from.",
        )


def _targets(brought: ModelFile, name: str, places: Places) -> list[Path]:
    """Return where the parts are put; what is in our folder stays where it is there."""
    models, n = places.models.absolute(), len(brought.parts)
    if brought.path.is_relative_to(models):
        return [part.path for part in brought.parts]
    return [models / file for file in part_names(f"{name}.gguf" if n == 1 else f"{name}-00001-of-{n:05d}.gguf")]


def _placed(source: Path, target: Path, expected: str | None, way: Way, means: Means) -> str:
    """Let *target* hold what *source* does, and return its hash."""
    if os.path.lexists(target):
        return _same(source, target, expected, means)
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    if way == "copy" or (way == "either" and not _is_linked(source, target)):
        return _copied(source, target, expected, means)
    sha256 = file_hash(source, expected, means.hashes, reading(means.report), again=True)
    if way == "link":
        with disk_errors(target):
            target.symlink_to(source)
    return sha256


def _is_linked(source: Path, target: Path) -> bool:
    """Give a file a second name, and tell whether the disk allows that."""
    with contextlib.suppress(OSError):
        os.link(source.resolve(), target)
        return True
    return False


def _same(source: Path, target: Path, expected: str | None, means: Means) -> str:
    """Return the hash of what is there already under the name.

    Raises:
        UsageError: It is another file.
    """
    sha256 = file_hash(source, expected, means.hashes, reading(means.report), again=True)
    if not target.exists() or not (target.samefile(source) or file_hash(target, None, means.hashes) == sha256):
        raise UsageError(f"Another model is called {whole_name(target.name)} already: {target}.", "Give this one a --name of its own.")
    return sha256


def _copied(source: Path, target: Path, expected: str | None, means: Means) -> str:
    """Copy a file, hashing what is written: it is read once, for sticks are slow."""
    with readable(source):
        size_bytes = source.stat().st_size
    check_space(target, size_bytes)
    digest, done, bar = hashlib.sha256(), 0, Bar(f"copying {source.name}", size_bytes, means.report)
    with whole_file(target) as copy:
        for data in _pieces(source):
            copy.write(data)
            digest.update(data)
            done += len(data)
            bar.at(done)
        check_hash(source, digest.hexdigest(), expected)
    return digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield what a file holds; an error of reading it is not taken for one of writing the copy."""
    with readable(path), path.open("rb", buffering=0) as file:
        while data := file.read(_CHUNK_BYTES):
            yield data
