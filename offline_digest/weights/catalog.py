"""Which models this program knows by name, and what is known of each without its file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from offline_digest.config import own_catalog_file
from offline_digest.errors import ConfigError
from offline_digest.records import Language, Purpose, Record
from offline_digest.resources import resource_dir
from offline_digest.weights.spelling import is_model_path, is_repository, is_word, preferred

DEFAULT_PASSAGE_TOKENS = 6000
QUANT_PLACE = "{quant}"


class Dimensions(Record):
    """The shape of a transformer, in the words of its published configuration (`config.json`).

    Args:
        layers: `num_hidden_layers`.
        width: `hidden_size`.
        feed_forward: `intermediate_size`; of a mixture `moe_intermediate_size`.
        heads: `num_attention_heads`.
        kv_heads: `num_key_value_heads`.
        head_size: `head_dim`; where it is not given, width over heads.
        vocabulary: `vocab_size`.
        tied: `tie_word_embeddings`: one matrix for what goes in and what comes out.
        experts: `num_experts` of a mixture.
    """

    layers: int = Field(gt=0)
    width: int = Field(gt=0)
    feed_forward: int = Field(gt=0)
    heads: int = Field(gt=0)
    kv_heads: int = Field(gt=0)
    head_size: int = Field(gt=0)
    vocabulary: int = Field(gt=0)
    tied: bool = False
    experts: int = Field(default=1, gt=0)


class Package(Record):
    """A Python distribution that carries the weights; `get` is the command that installs it."""

    name: str
    file: str
    quant: str
    size_bytes: int
    sha256: str
    get: str


class Hub(Record):
    """A public repository of GGUF files, one for each quantization.

    `file` is a path in it, where `{quant}` stands for one of `quants`, spelled as in the repository.
    """

    repository: str
    file: str
    quants: tuple[str, ...] = Field(min_length=1)

    @property
    def default_quant(self) -> str:
        """The quantization that is taken when none is named."""
        return preferred(self.quants)

    def file_of(self, quant: str) -> str:
        """Return the path of the file with *quant*, one of `quants`."""
        return self.file.replace(QUANT_PLACE, quant)

    @field_validator("repository", mode="after")
    @classmethod
    def _repository(cls, value: str) -> str:
        if not is_repository(value):
            raise ValueError("user/repo is wanted")
        return value

    @model_validator(mode="after")
    def _files(self) -> Self:
        """Every file can be the path of one file in a repository, and they differ."""
        files = {self.file_of(quant) for quant in self.quants}
        if not all(map(is_word, self.quants)) or not all(map(is_model_path, files)):
            raise ValueError("a path that ends in .gguf is wanted, with {quant} for the quantization")
        if len(files) < len(self.quants):
            raise ValueError("file has no place {quant} for the quantizations to differ")
        return self


class CatalogEntry(Record):
    """One model of a catalogue; the comments in `models/catalog.toml` say what the keys mean.

    Its weights come from a `package`, from the `hub`, or are a `path` on this machine: one of the three.
    """

    title: str
    languages: tuple[Language, ...] = Field(min_length=1)
    family: str = ""
    released: str | None = Field(default=None, pattern=r"^20\d\d-(0[1-9]|1[0-2])$")
    parameters: int | None = Field(default=None, gt=0)
    active: int | None = Field(default=None, gt=0)
    context: int | None = Field(default=None, gt=0)
    template: str = ""
    thinking: Literal["never", "optional", "always"] = "never"
    licence: str = "unknown"
    passage_tokens: int = Field(default=DEFAULT_PASSAGE_TOKENS, ge=256)
    made_for: Purpose | None = None
    dimensions: Dimensions | None = None
    source: str = ""
    package: Package | None = None
    hub: Hub | None = None
    path: Path | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.package, self.hub, self.path)) != 1:
            raise ValueError("one of package, hub and path is wanted")
        return self


def known_models() -> dict[str, CatalogEntry]:
    """Return all models that have a name here: ours, and those of the user's own catalogue. Raises as `load_catalog`."""
    return load_catalog(resource_dir("models"), own_catalog_file())


def load_catalog(folder: Path, own: Path | None = None) -> dict[str, CatalogEntry]:
    """Return name → entry from `<folder>/catalog.toml`, in its order, and from the user's *own* file where that is there.

    Keys of an own entry win over those of ours with the same name; a new name is a new entry.

    Raises:
        ConfigError: The own file is no TOML, or holds an unknown key or a wrong value; names file and place.
    """
    file = folder / "catalog.toml"
    models = _tables(file)
    entries = {name: _entry(name, values, file) for name, values in models.items()}
    if own is None or not own.is_file():
        return entries
    return entries | {name: _entry(name, _merged(models.get(name, {}), values), own) for name, values in _tables(own).items()}


def _merged(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of ours with the keys of theirs; another place for the weights is there instead of ours."""
    places = {"package", "hub", "path"}
    kept = {key: value for key, value in ours.items() if key not in places or not places & theirs.keys()}
    return kept | theirs


def _tables(file: Path) -> dict[str, Any]:
    """Return the tables `[models.NAME]` of a catalogue."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"Cannot read the catalogue {file}: {error.strerror}.", "Check its access rights.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The catalogue {file} is not valid TOML: {error}.", "Mend that line, or move the file away.") from error
    models = data.pop("models", {})
    if data or not isinstance(models, dict) or not all(isinstance(entry, dict) for entry in models.values()):
        raise ConfigError(f"The catalogue {file} holds more than tables [models.NAME].", "Remove what else is there.")
    return models


def _entry(name: str, values: dict[str, Any], file: Path) -> CatalogEntry:
    """Return the entry that a table stands for."""
    if not is_word(name) or name != name.casefold():
        raise ConfigError(
            f"{file}: {name!r} can be no name of a model.", "Small letters and digits, with single points and hyphens between them."
        )
    try:
        return CatalogEntry.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, ("models", name, *first["loc"])))
        known = ", ".join(sorted(CatalogEntry.model_fields))
        raise ConfigError(f"{file}: {place}: {first['msg'].removeprefix('Value error, ')}.", f"Known keys: {known}.") from error
