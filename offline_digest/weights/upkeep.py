"""Whether what is trusted is still as it was when it was pinned, and how models go."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from offline_digest.errors import IntegrityError, ModelNotFound, ModelUnusable
from offline_digest.files import disk_errors
from offline_digest.weights.catalog import CatalogEntry
from offline_digest.weights.checking import file_hash, reading
from offline_digest.weights.finding import OLLAMA_PREFIX, ModelPart, find_model
from offline_digest.weights.hashes import Hashes
from offline_digest.weights.importing import IMPORT, Means
from offline_digest.weights.lock import Lock, Pin, read_lock, unpin
from offline_digest.weights.naming import Hosted, Listed, parse_name
from offline_digest.weights.places import HUB, Places

_REST = (".part", ".part.json")  # what a download that was not finished leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of one pin.

    `whole`: a file of that hash is there; `changed`: the file holds something else now, or cannot be read; `missing`: it was here and is not any
    more; `absent`: it never was on this machine, as pins that came with a lock of others may.
    """

    pin: Pin
    state: Literal["whole", "changed", "missing", "absent"]
    path: Path | None = None
    detail: str = ""

    @property
    def is_damage(self) -> bool:
        """Whether something that was here is lost."""
        return self.state in {"changed", "missing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What became of a model.

    `removed` files are gone, which gave `freed_bytes` back: none where the bytes have another name. `left` are files of other programs, `shared`
    those that another name of the user's needs, with that name. `pins` are gone; `distrusted` counts the files that nobody vouches for any more.
    """

    removed: tuple[Path, ...]
    freed_bytes: int
    left: tuple[Path, ...]
    shared: tuple[tuple[Path, str], ...]
    pins: tuple[Pin, ...]
    distrusted: int


def verify_models(means: Means, catalog: Mapping[str, CatalogEntry], name: str | None = None) -> Iterator[Checked]:
    """Read again what is pinned, all of it or the parts of one model, and yield what became of each.

    The catalogue vouches for a model that a package carries, as a pin does for others; it is read when it is named.

    Raises:
        ModelNotFound: Nothing is pinned under *name*, or nothing of it is here.
        IntegrityError: The lock is damaged.
    """
    lock = means.places.trusted()
    pins = tuple({(pin.sha256, pin.file): pin for pin in lock.pins}.values())  # a file of two names is read once
    if name is not None:
        parts = _parts(name, catalog, means.places)
        pins = _pins(name, parts, lock, means)
        if not pins and not parts:
            _nothing(name, catalog)
        if packaged := () if pins else _packaged(name, catalog, means):
            yield from (_read(pin, part.path, means) for pin, part in zip(packaged, parts, strict=True))
            return
        if not pins:
            raise ModelNotFound(
                f"Nothing is pinned of {name}.", "`offline-digest models import` takes files, `models pull` what a hub has."
            )
    for pin in pins:
        yield _read(pin, _where(pin, means.places, means.hashes), means)


def remove_model(name: str, means: Means, catalog: Mapping[str, CatalogEntry]) -> Removed:
    """Remove a model's files from our folder, what an unfinished download left too, and its pins. Other programs keep theirs.

    Raises:
        ModelNotFound: There is nothing of it.
        DigestError: A file cannot be removed.
    """
    places, lock = means.places, read_lock(means.places.lock)
    parts = _parts(name, catalog, places)
    pins = _pins(name, parts, lock, means)
    models = places.models.absolute()
    others = [pin for pin in lock.pins if pin not in pins]
    needed = {(places.models / pin.file).absolute(): pin.name or pin.file for pin in others}
    here = {
        path
        for path in (*(part.path for part in parts), *(_where(pin, places, means.hashes) for pin in pins))
        if path and os.path.lexists(path)
    }
    known = {path for path in here if path.absolute() not in needed}
    ours = {path for path in known if path.absolute().is_relative_to(models)} | set(_rests(name, catalog, places))
    if not known and not ours and not pins:
        _nothing(name, catalog)
    freed = _size_alone(ours)
    for path in ours:
        means.hashes.forget(path)
        _remove(path.absolute(), models)
    unpin(places.lock, pins)
    left = {path.resolve() for path in known - ours}  # a cache has a link to the file beside the file
    return Removed(
        removed=tuple(sorted(ours)),
        freed_bytes=freed,
        left=tuple(sorted(left)),
        shared=tuple(sorted((path, needed[path.absolute()]) for path in here - known)),
        pins=pins,
        distrusted=len({pin.sha256 for pin in pins} - {pin.sha256 for pin in others}),
    )


def carried(catalog: Mapping[str, CatalogEntry]) -> tuple[str, ...]:
    """Return the models whose files Python packages carry that are installed here."""
    found = []
    for name, entry in catalog.items():
        if entry.package:
            with contextlib.suppress(ModelNotFound):
                with contextlib.suppress(IntegrityError):  # it is there, and not as it should be
                    find_model(name, catalog)
                found.append(name)
    return tuple(found)


def _size_alone(paths: set[Path]) -> int:
    """Return the bytes that are gone with all of *paths*; a file with yet another name keeps its bytes, and a link has none."""
    names: dict[tuple[int, int], list[os.stat_result]] = {}
    for path in paths:
        if not path.is_symlink():
            state = path.stat()
            names.setdefault((state.st_dev, state.st_ino), []).append(state)
    return sum(states[0].st_size for states in names.values() if states[0].st_nlink <= len(states))


def _read(pin: Pin, path: Path | None, means: Means) -> Checked:
    """Read the file of a pin, which is or was at *path*, and return what became of it."""
    if path is None:
        return Checked(pin=pin, state="absent")
    if not path.exists():  # nor what a link leads to
        return Checked(pin=pin, state="missing", path=path)
    try:
        file_hash(path, pin.sha256, means.hashes, reading(means.report), again=True)
    except (IntegrityError, ModelUnusable) as error:
        return Checked(pin=pin, state="changed", path=path, detail=error.message)
    return Checked(pin=pin, state="whole", path=path)


def _packaged(name: str, catalog: Mapping[str, CatalogEntry], means: Means) -> tuple[Pin, ...]:
    """Return what the catalogue says of a model in a package, in the shape of a pin; empty for any other model."""
    with contextlib.suppress(ModelNotFound):
        meant = parse_name(name, catalog)
        if isinstance(meant, Listed) and (package := catalog[meant.name].package):
            file, source = Path(package.file).name, f"package:{package.name}"
            size = package.size_bytes
            return (Pin(sha256=package.sha256, size_bytes=size, file=file, source=source, name=meant.name, day=means.day),)
    return ()


def _nothing(name: str, catalog: Mapping[str, CatalogEntry]) -> NoReturn:
    """Say that there is nothing of a model here, or that no model is called so. Nobody who removes or reads it wants it fetched.

    Raises:
        ModelNotFound: Always.
    """
    if not name.startswith(OLLAMA_PREFIX):
        parse_name(name, catalog)
    raise ModelNotFound(f"Nothing of {name} is on this machine.", "See what is with: offline-digest models ls")


def _parts(name: str, catalog: Mapping[str, CatalogEntry], places: Places) -> tuple[ModelPart, ...]:
    """Return the files of a model, empty when it is not here."""
    try:
        return find_model(name, catalog, places).parts
    except ModelNotFound:
        return ()


def _pins(name: str, parts: tuple[ModelPart, ...], lock: Lock, means: Means) -> tuple[Pin, ...]:
    """Return the pins of a model: those of its name, else those of its files (of their bytes, where none is for the very file)."""
    if pins := lock.named(name.strip()):
        return pins
    found: list[Pin] = []
    for part in parts:
        same = [pin for pin in lock.pins if pin.sha256 == (part.sha256 or means.hashes.known(part.path))]
        found += [pin for pin in same if _where(pin, means.places, means.hashes) == part.path] or same
    return tuple(found)


def _where(pin: Pin, places: Places, hashes: Hashes) -> Path | None:
    """Return where the file of a pin is, or was when it was last here; None when it never was."""
    own = places.models / pin.file
    if os.path.lexists(own):
        return own
    if shelf := places.by_hash(pin.sha256):
        return shelf.files[pin.sha256]
    if hashes.was_at(own):
        return own
    return None if pin.source == IMPORT or pin.source.startswith(HUB) else hashes.last_path(pin.sha256)


def _rests(name: str, catalog: Mapping[str, CatalogEntry], places: Places) -> Iterator[Path]:
    """Yield what downloads of a model left that were not finished."""
    try:
        reference = parse_name(name, catalog)
    except ModelNotFound:
        return
    match reference:
        case Hosted(repository=repository, quant=quant):
            word = quant or ""
        case Listed(name=key, quant=word) if hub := catalog[key].hub:
            repository = hub.repository
        case _:
            return
    folder = places.own_file(repository, "")
    for path in folder.rglob("*") if folder.is_dir() else ():
        if path.name.endswith(_REST) and word.casefold() in path.name.casefold():
            yield path


def _remove(path: Path, models: Path) -> None:
    """Remove a file, and the folders that are empty without it."""
    with disk_errors(path):
        path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder == models or not folder.is_relative_to(models):
            break
        try:
            folder.rmdir()
        except OSError:
            break
