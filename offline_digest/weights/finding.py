"""From a name to the files of a model on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from offline_digest.errors import IntegrityError, ModelNotFound
from offline_digest.records import Language, Purpose, Record
from offline_digest.weights.catalog import DEFAULT_PASSAGE_TOKENS, CatalogEntry, Package
from offline_digest.weights.lock import Lock, Pin
from offline_digest.weights.naming import Hosted, Listed, Local, expanded, parse_name
from offline_digest.weights.places import HUB, Place, Places, Shelf
from offline_digest.weights.spelling import choose_file, is_first, part_names, whole_name

OLLAMA_PREFIX = "ollama:"


class ModelPart(Record):
    """One file of a model: where it is, what a pin calls it, and its hash, None where nobody vouched for it yet."""

    path: Path
    file: str
    sha256: str | None = None


class ModelFile(Record):
    """A model at hand: one file, or the parts of one that is split, in their order.

    `languages` is empty where only the file itself can tell. `place` is where it was found, `source` how a pin names that.
    """

    name: str
    parts: tuple[ModelPart, ...]
    languages: tuple[Language, ...] = ()
    passage_tokens: int = DEFAULT_PASSAGE_TOKENS
    purpose: Purpose | None = None
    place: Place = "file"
    source: str = "file"

    @property
    def path(self) -> Path:
        """The file that is loaded; llama.cpp finds further parts beside it."""
        return self.parts[0].path

    @property
    def sha256(self) -> str | None:
        """The hash of that file, None where nobody vouched for it yet."""
        return self.parts[0].sha256


def find_model(name: str, catalog: Mapping[str, CatalogEntry], places: Places | None = None) -> ModelFile:
    """Return the model a user named, as `naming.parse_name` understands it, or as it was called when it was pinned.

    What was pinned under the name comes first; then the package or the path that the catalogue says; then our own folder and the caches of
    other programs.

    Args:
        name: What the user typed.
        catalog: What has a name.
        places: Where to look; None: nowhere but in packages and at paths.

    Raises:
        ModelNotFound: There is no such model, or its file is not on this machine; says how to get it.
        IntegrityError: The file's size is not the catalogue's, or the lock is damaged.
    """
    lock = places.trusted() if places else Lock()
    pins = lock.named(name.strip())
    if places and pins and (found := _pinned(name.strip(), pins, places)):
        entry = catalog.get(found.name.partition(":")[0].casefold())
        return _known(found, entry) if entry else found
    if places and name.startswith(OLLAMA_PREFIX):
        shelf = places.served(name.removeprefix(OLLAMA_PREFIX))
        if shelf is None:
            raise ModelNotFound(f"Ollama has no model {name.removeprefix(OLLAMA_PREFIX)} here.", "`ollama list` shows what it has.")
        return _on_shelf(name, next(iter(shelf.files)), shelf, lock)
    try:
        meant = parse_name(name, catalog)
    except ModelNotFound:
        if places and pins:
            raise _gone(name, pins, places) from None
        raise
    match meant:
        case Local(path=path):
            return model_at(path.stem, path)
        case Hosted(repository=repository, quant=quant):
            return _in_repository(name, repository, None, quant, places, lock)
        case Listed(name=key, quant=quant):
            return _known(_listed(key, quant, catalog[key], places, lock), catalog[key])


def _known(found: ModelFile, entry: CatalogEntry) -> ModelFile:
    """Add what the catalogue says of a model."""
    return found.model_copy(update={"languages": entry.languages, "passage_tokens": entry.passage_tokens, "purpose": entry.made_for})


def _listed(name: str, quant: str, entry: CatalogEntry, places: Places | None, lock: Lock) -> ModelFile:
    if entry.package:
        part = ModelPart(path=_from_package(name, entry.package), file=Path(entry.package.file).name, sha256=entry.package.sha256)
        return ModelFile(name=name, parts=(part,), place="package", source=f"package:{entry.package.name}")
    if entry.path:
        return model_at(name, expanded(entry.path))
    if entry.hub is None:
        raise _not_here(name)
    return _in_repository(name, entry.hub.repository, entry.hub.file_of(quant), quant, places, lock)


def _pinned(name: str, pins: tuple[Pin, ...], places: Places) -> ModelFile | None:
    """Return the model whose files *pins* name, where all of them are here: in our own folder, in the bundle, or in a cache."""
    parts, found = [], []
    for pin in pins:
        own = places.models / pin.file
        shelf = None if own.is_file() else places.by_hash(pin.sha256)
        if not own.is_file() and shelf is None:
            return None
        parts.append(ModelPart(path=shelf.files[pin.sha256] if shelf else own, file=pin.file, sha256=pin.sha256))
        found.append(shelf.place if shelf else "models")
    names = tuple(part.path.name for part in parts)
    if len(names) > 1 and names != part_names(names[0]):
        return None
    return ModelFile(name=name, parts=tuple(parts), place=found[0], source=pins[0].source)


def _in_repository(name: str, repository: str, file: str | None, quant: str | None, places: Places | None, lock: Lock) -> ModelFile:
    """Return a model of the hub out of the first place that has all of it."""
    for shelf in places.shelves(repository) if places else ():
        chosen = choose_file(shelf.files, quant) if file is None else _same_file(file, quant, shelf)
        if chosen and all(part in shelf.files for part in part_names(chosen)):
            return _on_shelf(name, chosen, shelf, lock)
    raise _not_here(name)


def _same_file(file: str, quant: str | None, shelf: Shelf) -> str | None:
    """Return what a shelf calls *file* or its first part: llama.cpp keeps no folders, Ollama keeps the quantization alone."""

    def plain(name: str) -> str:
        return name.replace("/", "_").casefold()

    wanted = plain(f"{quant}.gguf" if shelf.place == "ollama" else file)
    return next((known for known in shelf.files if is_first(known) and plain(whole_name(known)) == wanted), None)


def _on_shelf(name: str, file: str, shelf: Shelf, lock: Lock) -> ModelFile:
    """Return the model that begins with *file*; of our own folder the lock says what its files hold."""
    parts = []
    for part in part_names(file):
        own = f"{shelf.source.removeprefix(HUB)}/{part}" if shelf.place == "models" else None
        pins = lock.at(own) if own else ()
        sha256 = pins[-1].sha256 if pins else shelf.hashes.get(part)
        parts.append(ModelPart(path=shelf.files[part], file=own or part, sha256=sha256))
    known = lock.find(parts[0].sha256 or "")
    return ModelFile(name=name, parts=tuple(parts), place=shelf.place, source=known.source if known else shelf.source)


def model_at(name: str, path: Path) -> ModelFile:
    """Return the model in a file, from whichever of its parts."""
    names = part_names(path.name)
    return ModelFile(name=name, parts=tuple(ModelPart(path=_there(path.with_name(part)), file=part) for part in names))


def _there(path: Path) -> Path:
    try:
        if path.is_file():
            return path.absolute()  # not what a link leads to: a cache gives parts the names by which they are found behind links
    except OSError as error:
        raise ModelNotFound(
            f"The model file {path} cannot be reached: {error.strerror}.", "Check the path and its access rights."
        ) from error
    raise ModelNotFound(f"There is no model file {path}.", "Check the path; any GGUF file of an instruct model will do.")


def _gone(name: str, pins: tuple[Pin, ...], places: Places) -> ModelNotFound:
    """Return what is said of a model that the lock knows, which is none of the catalogue or the hub, and whose files are not here."""
    missing = [str(places.models / pin.file) for pin in pins if not (places.models / pin.file).is_file()]
    where = f"there is no file {missing[0]}" + (f" ({len(missing)} are missing)" if len(missing) > 1 else "")
    return ModelNotFound(
        f"The model {name} is trusted, but {where or 'its parts do not belong together'}.",
        f"Bring it here again with `{pins[0].way_back}`, or forget it with `offline-digest models rm {name}`.",
    )


def _not_here(name: str) -> ModelNotFound:
    return ModelNotFound(
        f"The model {name} is not on this machine.", f"Get it on a connected machine with: offline-digest models pull {name}"
    )


def _from_package(name: str, package: Package) -> Path:
    """Find the weights that a Python distribution carries, without importing it."""
    try:
        path = Path(str(metadata.distribution(package.name).locate_file(package.file)))
    except metadata.PackageNotFoundError:
        raise ModelNotFound(f"The model {name} is not on this machine.", f"Get it with: {package.get}") from None
    if not path.is_file():
        raise ModelNotFound(f"The package {package.name} does not carry {package.file}.", f"Install it anew: {package.get}")
    if path.stat().st_size != package.size_bytes:
        raise IntegrityError(f"{path.name} is not the file that the catalogue names: its size differs.", f"Install it anew: {package.get}")
    return path
