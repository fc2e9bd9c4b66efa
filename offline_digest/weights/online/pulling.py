"""A model from a hub to this machine: what is here already is used where it is, the rest is fetched, and all of it is pinned."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from offline_digest.errors import IntegrityError, ModelNotFound, NetworkForbidden, UsageError, WrongContent
from offline_digest.files import check_space, disk_errors
from offline_digest.progress import Bar, amount
from offline_digest.weights.catalog import CatalogEntry
from offline_digest.weights.checking import part_hashes, pins_of, reading
from offline_digest.weights.finding import ModelFile, ModelPart, find_model
from offline_digest.weights.importing import Means
from offline_digest.weights.lock import pin, read_lock
from offline_digest.weights.naming import Hosted, Listed, Reference, parse_name
from offline_digest.weights.online.hub import Hub, HubFile, Listing
from offline_digest.weights.places import HUB, Place, Places
from offline_digest.weights.spelling import choose_file, is_first, part_names, whole_name

_NEAREST = 3
_LOCKS = ".locks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A model that is here and pinned now; `fetched_bytes` is 0 when nothing had to be downloaded."""

    model: ModelFile
    hashes: tuple[str, ...]
    fetched_bytes: int = 0


def pull(name: str, catalog: Mapping[str, CatalogEntry], means: Means, opened: Callable[[], AbstractContextManager[Hub]]) -> Pulled:
    """Get a model that the catalogue names, or a repository of the hub (`user/repo[:quant]`), and pin it.

    What is here and can be trusted is not asked for: no network is needed then. A download that was stopped goes on, over runs too; two
    pulls of one file make one download.

    Args:
        name: As the user typed it.
        catalog: What has a name.
        means: What it works with.
        opened: Opens the hub, when it is needed.

    Raises:
        UsageError: The name is that of a file.
        ModelNotFound: There is no such model, repository or quantization; says which are near.
        NetworkForbidden: It is not here, and nobody may be asked.
        NetworkError: It could not be fetched.
        IntegrityError: What came has not the hash that the hub tells (nothing of it is kept), or the lock is damaged.
        DiskFull: There is no space for it.
    """
    reference = parse_name(name, catalog)
    lock = read_lock(means.places.lock)  # hours of a download are not begun with a lock that cannot take it
    # Which file of a repository is meant when none is named, the hub tells; where nobody may ask it, what is here is meant.
    exact = not isinstance(reference, Hosted) or reference.quant is not None or bool(lock.named(name))
    if exact and (kept := _here(name, catalog, means)):
        return kept
    wish = _wish(name, reference, catalog)
    if wish is None:
        find_model(name, catalog, means.places)  # says how a package or a path comes here
        raise UsageError(f"{name} is no model of a hub.", "`offline-digest models import` takes files.")
    try:
        with opened() as hub:
            listing = hub.listing(wish.repository)
            files = tuple(hub.sized(listing, file) for file in _chosen(listing, wish))
            with _alone(means, files):
                return _used(wish, files, listing, means) or _fetched(wish, files, listing, hub, means)
    except NetworkForbidden:
        if not exact and (kept := _here(name, catalog, means)):
            return kept
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A model of a hub: its repository, and the file (or what it would be called were it not split) or the quantization, if named."""

    name: str
    repository: str
    file: str | None = None
    quant: str | None = None


def _wish(name: str, reference: Reference, catalog: Mapping[str, CatalogEntry]) -> _Wish | None:
    """Return what is wanted of which repository, None when the name leads to none."""
    match reference:
        case Hosted():
            return _Wish(name=name, repository=reference.repository, quant=reference.quant)
        case Listed() if hub := catalog[reference.name].hub:
            return _Wish(name=name, repository=hub.repository, file=hub.file_of(reference.quant))
    return None


def _here(name: str, catalog: Mapping[str, CatalogEntry], means: Means) -> Pulled | None:
    """Return the model when it is here, and its files hold what those say who vouch for them."""
    try:
        found = find_model(name, catalog, means.places)
        if any(part.sha256 is None for part in found.parts):
            return None
        return _kept(name, found, part_hashes(found, means.hashes, reading(means.report)), means)
    except ModelNotFound:
        return None
    except IntegrityError as error:
        means.report.warn(f"{error.message} It is fetched anew.")
        return None


def _used(wish: _Wish, files: tuple[HubFile, ...], listing: Listing, means: Means) -> Pulled | None:
    """Return the model when another place turns out to have the very files that the hub tells of."""
    for place, source, paths in _candidates(files, wish.repository, means.places):
        begin = f"{wish.repository}/" if place == "models" else ""
        parts = tuple(ModelPart(path=path, file=begin + file.path, sha256=file.sha256) for path, file in zip(paths, files, strict=True))
        with contextlib.suppress(OSError, IntegrityError):
            if all(part.path.stat().st_size == file.size_bytes for part, file in zip(parts, files, strict=True)):
                commit = f"{HUB}{listing.repository}@{listing.commit}"
                found = ModelFile(name=wish.name, parts=parts, place=place, source=commit if place == "models" else source)
                return _kept(wish.name, found, part_hashes(found, means.hashes, reading(means.report)), means)
    return None


def _candidates(files: tuple[HubFile, ...], repository: str, places: Places) -> Iterator[tuple[Place, str, tuple[Path, ...]]]:
    """Yield where all of *files* seem to be: place, its name in a pin, paths."""
    own = tuple(places.own_file(repository, file.path) for file in files)
    yield "models", "", own
    for shelf in places.shelves(repository):
        if shelf.place != "models":
            by_name = {known.replace("/", "_").casefold(): path for known, path in shelf.files.items()}
            paths = [by_name.get(file.path.replace("/", "_").casefold()) for file in files]
            if None not in paths:
                yield shelf.place, shelf.source, tuple(path for path in paths if path)
    if len(files) == 1 and (blob := places.by_hash(files[0].sha256 or "")):
        yield blob.place, blob.source, tuple(blob.files.values())


def _kept(name: str, found: ModelFile, hashes: tuple[str, ...], means: Means) -> Pulled:
    """Pin what is here; the catalogue vouches for packages."""
    if found.place != "package":
        pin(means.places.lock, pins_of(found, hashes, means.day, name))
    return Pulled(model=found, hashes=hashes)


def _fetched(wish: _Wish, files: tuple[HubFile, ...], listing: Listing, hub: Hub, means: Means) -> Pulled:
    """Download what is missing, one part after the other, and pin all."""
    places, total = means.places, sum(file.size_bytes or 0 for file in files)
    targets = [places.own_file(wish.repository, file.path) for file in files]
    left = total - sum(min(_size(target), file.size_bytes or 0) for target, file in zip(targets, files, strict=True))
    check_space(targets[0], left)
    begun = f", of which {amount(total - left)} are here" if left < total else ""
    means.report.step(f"{wish.name}: {amount(total)} from {listing.repository}{begun}")
    bar, done = Bar(wish.name, total, means.report), 0
    for target, file in zip(targets, files, strict=True):
        if not (target.is_file() and target.stat().st_size == file.size_bytes and means.hashes.sha256(target) == file.sha256):
            with disk_errors(target):
                target.parent.mkdir(parents=True, exist_ok=True)
            try:
                came = hub.fetch(listing, file, target, bar.after(done))
            except WrongContent as error:
                raise IntegrityError(error.message, error.hint) from error
            means.hashes.remember(target, came.sha256)
        done += file.size_bytes or 0
    parts = tuple(ModelPart(path=t, file=f"{wish.repository}/{f.path}", sha256=f.sha256) for t, f in zip(targets, files, strict=True))
    found = ModelFile(name=wish.name, parts=parts, place="models", source=f"{HUB}{listing.repository}@{listing.commit}")
    hashes = tuple(file.sha256 or "" for file in files)
    pin(places.lock, pins_of(found, hashes, means.day, wish.name), replacing=True)
    return Pulled(model=found, hashes=hashes, fetched_bytes=left)


def _chosen(listing: Listing, wish: _Wish) -> tuple[HubFile, ...]:
    """Return the file that is meant, or all its parts.

    Raises:
        ModelNotFound: There is none, or not all of them; says which are near.
    """
    by_path = {file.path: file for file in listing.files}
    named = (path for path in by_path if is_first(path) and whole_name(path) == wish.file)
    chosen = next(named, None) if wish.file else choose_file(by_path, wish.quant)
    missing = [path for path in part_names(chosen) if path not in by_path] if chosen else [wish.file or wish.quant or "GGUF model"]
    if chosen is None or missing:
        near = _nearest(missing[0], filter(is_first, by_path))
        hint = f"It has {', '.join(near)}." if near else "Look for a repository whose name ends in -GGUF."
        raise ModelNotFound(f"The repository {listing.repository} has no {missing[0]}.", hint)
    return tuple(by_path[path] for path in part_names(chosen))


def _nearest(wished: str, paths: Iterable[str]) -> list[str]:
    """Return the paths that have most letters in a row in common with *wished*: names of files are long, and their quantizations short."""

    def common(path: str) -> int:
        return difflib.SequenceMatcher(None, wished.casefold(), path.casefold(), autojunk=False).find_longest_match().size

    return sorted(paths, key=common, reverse=True)[:_NEAREST]


@contextlib.contextmanager
def _alone(means: Means, files: tuple[HubFile, ...]) -> Iterator[None]:
    """Let one process at a time fetch a file: the system releases the locks, however a process ends."""
    import filelock

    folder = means.places.models / _LOCKS
    with contextlib.ExitStack() as stack:
        for file in files:
            with disk_errors(folder):
                folder.mkdir(parents=True, exist_ok=True)
                lock = filelock.FileLock(folder / f"{file.sha256}.lock", poll_interval=0.2)
                try:
                    lock.acquire(blocking=False)
                except filelock.Timeout:
                    means.report.step(f"{PurePosixPath(file.path).name}: another pull is at work; waiting for it to end")
                    lock.acquire()
            stack.callback(lock.release)
        yield


def _size(target: Path) -> int:
    """Return how much of a file is here, whole or begun."""
    for path in (target, target.with_name(f"{target.name}.part")):
        with contextlib.suppress(OSError):
            return path.stat().st_size
    return 0
