"""From the name a user types to a GGUF file on this machine."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from offline_digest.errors import IntegrityError, ModelNotFound
from offline_digest.records import Language, Record

DEFAULT_PASSAGE_TOKENS = 6000


class CatalogEntry(Record):
    """One model of `models/catalog.toml`; the comments there say what the keys mean."""

    title: str
    languages: tuple[Language, ...]
    licence: str
    passage_tokens: int = DEFAULT_PASSAGE_TOKENS
    package: str
    file: str
    size_bytes: int
    sha256: str
    get: str


class ModelFile(Record):
    """A model at hand. `languages` is empty where only the file itself can tell; `sha256` None where nobody vouched for it yet."""

    name: str
    path: Path
    languages: tuple[Language, ...] = ()
    passage_tokens: int = DEFAULT_PASSAGE_TOKENS
    sha256: str | None = None


def load_catalog(folder: Path) -> dict[str, CatalogEntry]:
    """Return name → entry from `<folder>/catalog.toml`."""
    data = tomllib.loads((folder / "catalog.toml").read_text(encoding="utf-8"))
    return {name: CatalogEntry.model_validate(entry) for name, entry in data["models"].items()}


def find_model(name: str, catalog: Mapping[str, CatalogEntry]) -> ModelFile:
    """Return the model a user named: a catalogue name or the path of a GGUF file.

    Raises:
        ModelNotFound: Neither, or the catalogue's file is not on this machine.
        IntegrityError: The file's size is not the catalogue's.
    """
    if name in catalog:
        return _from_package(name, catalog[name])
    path = Path(name).expanduser()
    try:
        if path.is_file():
            return ModelFile(name=path.stem, path=path.resolve())
    except OSError as error:
        raise ModelNotFound(
            f"The model file {name} cannot be reached: {error.strerror}.", "Check the path and its access rights."
        ) from error
    known = ", ".join(sorted(catalog))
    if path.suffix.lower() == ".gguf" or len(path.parts) > 1:
        raise ModelNotFound(f"There is no model file {name}.", "Check the path; any GGUF file of an instruct model will do.")
    raise ModelNotFound(f"No model is called {name!r}.", f"Known names: {known}. Or give the path of a GGUF file: --model FILE.gguf")


def _from_package(name: str, entry: CatalogEntry) -> ModelFile:
    """Find the weights that a Python distribution carries, without importing it."""
    try:
        path = Path(str(metadata.distribution(entry.package).locate_file(entry.file)))
    except metadata.PackageNotFoundError:
        raise ModelNotFound(f"The model {name} is not on this machine.", f"Get it with: {entry.get}") from None
    if not path.is_file():
        raise ModelNotFound(f"The package {entry.package} does not carry {entry.file}.", f"Install it anew: {entry.get}")
    if path.stat().st_size != entry.size_bytes:
        raise IntegrityError(f"{path.name} is not the file that the catalogue names: its size differs.", f"Install it anew: {entry.get}")
    return ModelFile(name=name, path=path, languages=entry.languages, passage_tokens=entry.passage_tokens, sha256=entry.sha256)
