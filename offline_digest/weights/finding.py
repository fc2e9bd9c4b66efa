"""From a name to a GGUF file on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from offline_digest.errors import IntegrityError, ModelNotFound
from offline_digest.records import Language, Record
from offline_digest.weights.catalog import DEFAULT_PASSAGE_TOKENS, CatalogEntry, Package
from offline_digest.weights.naming import Hosted, Local, expanded, parse_name


class ModelFile(Record):
    """A model at hand. `languages` is empty where only the file itself can tell; `sha256` None where nobody vouched for it yet."""

    name: str
    path: Path
    languages: tuple[Language, ...] = ()
    passage_tokens: int = DEFAULT_PASSAGE_TOKENS
    sha256: str | None = None


def find_model(name: str, catalog: Mapping[str, CatalogEntry]) -> ModelFile:
    """Return the model a user named, as `naming.parse_name` understands it.

    Raises:
        ModelNotFound: There is no such model, or its file is not on this machine; says how to get it.
        IntegrityError: The file's size is not the catalogue's.
    """
    match parse_name(name, catalog):
        case Local(path=path):
            return ModelFile(name=path.stem, path=_there(path))
        case Hosted():
            raise _not_here(name)
        case listed:
            return _from_catalog(listed.name, catalog[listed.name])


def _from_catalog(name: str, entry: CatalogEntry) -> ModelFile:
    if entry.package:
        path, sha256 = _from_package(name, entry.package), entry.package.sha256
    elif entry.path:
        path, sha256 = _there(expanded(entry.path)), None
    else:
        raise _not_here(name)
    return ModelFile(name=name, path=path, languages=entry.languages, passage_tokens=entry.passage_tokens, sha256=sha256)


def _there(path: Path) -> Path:
    try:
        if path.is_file():
            return path.resolve()
    except OSError as error:
        raise ModelNotFound(
            f"The model file {path} cannot be reached: {error.strerror}.", "Check the path and its access rights."
        ) from error
    raise ModelNotFound(f"There is no model file {path}.", "Check the path; any GGUF file of an instruct model will do.")


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
