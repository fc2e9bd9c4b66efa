"""Settings: built-in values, then the user's TOML file, then the environment; the command line comes last, in `cli`.

The only module that reads the environment and knows the user's folders.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from offline_digest.errors import ConfigError
from offline_digest.topics import Topic

APP = "offline-digest"
_HOME_VARIABLE = "OFFLINE_DIGEST_HOME"
_HUB = "https://huggingface.co"
_HUB_OFFLINE = "HF_HUB_OFFLINE"
_TRUE = {"1", "ON", "YES", "TRUE"}  # as huggingface_hub understands its variables
_WHOLE, _NUMBER, _SWITCH, _TABLE = "a whole number is wanted", "a number is wanted", "true or false is wanted", "a table is wanted"
# What pydantic says in the words of Python, by its kind of error, in those of TOML; in braces what its error knows.
_WRONG = {
    **dict.fromkeys(("bool_parsing", "bool_type"), _SWITCH),
    **dict.fromkeys(("dict_type", "model_type"), _TABLE),
    **dict.fromkeys(("float_parsing", "float_type", "finite_number"), _NUMBER),
    **dict.fromkeys(("int_from_float", "int_parsing", "int_parsing_size", "int_type"), _WHOLE),
    **dict.fromkeys(("string_too_short", "too_short"), "it is empty"),
    "extra_forbidden": "there is no such key",
    "greater_than_equal": "{ge:g} or more is wanted",
    "less_than_equal": "{le:g} or less is wanted",
    "literal_error": "{expected} is wanted",
    "missing": "it is missing",
    "path_type": "a path is wanted, in quotation marks",
    "string_pattern_mismatch": "an address is wanted that begins with http:// or https://",
    "string_too_long": "{max_length} characters are the most",
    "string_type": "a text is wanted, in quotation marks",
    "tuple_type": "a list is wanted",
}


class Network(BaseModel):
    """The table `[network]`. What is not set here is as the environment says: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    offline: bool = False
    """Forbid the network to every command; one that needs it ends with 14."""
    proxy: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """Proxy for everything but the hosts of NO_PROXY."""
    ca_bundle: Path | None = None
    """File or folder of certificates in place of those that come with certifi."""
    arxiv: str = Field(default="https://export.arxiv.org", pattern=r"^https?://[^\s?#]+$")
    """Where arXiv is asked: its host for programs, or a mirror with the same paths `/api/query` and `/pdf/<id>`."""
    hub: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$", examples=["https://huggingface.co"])
    """Where `models pull` fetches: a hub, or a mirror of it; without it as HF_ENDPOINT says, else https://huggingface.co."""

    @field_validator("ca_bundle", mode="after")
    @classmethod
    def _there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.expanduser().exists():
            raise ValueError(f"there is no file {value}")
        return value and value.expanduser()


class Settings(BaseSettings):
    """What can be set in `config.toml`, where unknown keys are errors, and by `OFFLINE_DIGEST_<NAME>`, in a table `<TABLE>__<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="OFFLINE_DIGEST_", env_nested_delimiter="__", frozen=True, extra="forbid", use_attribute_docstrings=True
    )

    library: Path = Field(default_factory=lambda: default_library())
    """Folder of the library."""
    models: Path = Field(default_factory=lambda: default_models())
    """Folder of the models that were fetched or imported, and of the lock that says which are trusted."""
    templates: Path = Field(default_factory=lambda: default_templates())
    """Folder of templates of your own; a file there takes the place of the one of the same path that ships (`templates ls`)."""
    model: str | None = Field(default=None, examples=["smollm2"])
    """Model that digests when no `--model` and no `--engine` is given; without it: quotations only."""
    topic: str = "Papers"
    """Topic of a post when no `--topic` is given."""
    format: str = "hexo"
    """Post format when no `--format` is given."""
    figures: Literal["keep", "licensed"] = "keep"
    """keep: every picture is shown, for posts that stay private; licensed: only those of papers whose licence lets them be passed on."""
    passage_tokens: int | None = Field(default=None, ge=256, le=200_000, examples=[8000])
    """How much of a paper a model reads, in its tokens; without it: what the catalogue says for the model."""
    glossary: dict[str, str] = Field(default_factory=dict, examples=[{"diffusion model": "扩散模型"}])
    """Terms and the Chinese in which they are always rendered."""
    threads: int = Field(default=0, ge=0)
    """CPU threads of the model; 0: every physical core."""
    gpu_layers: int = Field(default=999, ge=0)
    """Model layers on the GPU, where llama.cpp was built for one."""
    flash_attention: Literal["auto", "on", "off"] = "auto"
    """auto: on with a GPU, off without, which is faster each."""
    kv_cache: Literal["f16", "q8_0"] = "f16"
    """q8_0: half the memory for the context, slower on a CPU."""
    ubatch_tokens: int = Field(default=512, ge=32, le=4096)
    """Tokens of the passage evaluated at once."""
    memory_gb: float = Field(default=0.0, ge=0)
    """What the model may take, in GB; 0: what is free."""
    network: Network = Network()
    """How the commands that fetch reach the network."""
    topics: tuple[Topic, ...] = ()
    """What to follow, one table each."""

    @field_validator("threads", "gpu_layers", "passage_tokens", "ubatch_tokens", "memory_gb", mode="before")
    @classmethod
    def _no_flags(cls, value: object) -> object:
        """`true` is no number, though Python counts it as one."""
        if isinstance(value, bool):
            raise ValueError("a number is wanted")
        return value

    @field_validator("library", "models", "templates", mode="after")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("model", mode="after")
    @classmethod
    def _no_empty_name(cls, value: str | None) -> str | None:
        return value or None

    @classmethod
    def settings_customise_sources(  # the signature is the library's
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose values come as arguments."""
        return env_settings, init_settings

    @property
    def own_posts(self) -> tuple[Path, ...]:
        """Folders with post formats of the user's, searched before those that ship."""
        return (self.templates / "posts",)

    @field_validator("glossary", mode="after")
    @classmethod
    def _no_empty_terms(cls, value: dict[str, str]) -> dict[str, str]:
        """Both sides of a pair are in one line and not empty."""
        pairs = {" ".join(term.split()): " ".join(translation.split()) for term, translation in value.items()}
        if not all(term and translation for term, translation in pairs.items()):
            raise ValueError("a term and its translation are wanted")
        return pairs

    @field_validator("topics", mode="after")
    @classmethod
    def _names_once(cls, value: tuple[Topic, ...]) -> tuple[Topic, ...]:
        """Commands and posts tell topics apart by their names."""
        names = [topic.name.casefold() for topic in value]
        for topic in value:
            if names.count(topic.name.casefold()) > 1:
                raise ValueError(f"two topics are called {topic.name!r}")
        return value


def default_config_file() -> Path:
    """Return where the user's configuration is looked for."""
    home = os.environ.get(_HOME_VARIABLE)
    if home:
        return Path(home) / "config.toml"
    import platformdirs

    return platformdirs.user_config_path(APP, appauthor=False) / "config.toml"


def own_catalog_file() -> Path:
    """Return where the user's own catalogue of models is looked for: beside the configuration."""
    return default_config_file().with_name("models.toml")


def default_library() -> Path:
    """Return the folder of the user's library."""
    home = os.environ.get(_HOME_VARIABLE)
    if home:
        return Path(home) / "library"
    import platformdirs

    return platformdirs.user_data_path(APP, appauthor=False)


def default_models() -> Path:
    """Return the folder of the user's models."""
    home = os.environ.get(_HOME_VARIABLE)
    if home:
        return Path(home) / "models"
    import platformdirs

    return platformdirs.user_data_path(APP, appauthor=False) / "models"


def default_templates() -> Path:
    """Return the folder of the user's own templates."""
    return default_config_file().parent / "templates"


def shipped_models() -> Path:
    """Return where a bundle puts the models that come with an installation, with a lock of their own; most installations have none."""
    return Path(sys.prefix) / "share" / APP / "models"


def state_folder() -> Path:
    """Return the folder for what all libraries of the user share, such as when arXiv was last asked."""
    home = os.environ.get(_HOME_VARIABLE)
    if home:
        return Path(home) / "state"
    import platformdirs

    return platformdirs.user_state_path(APP, appauthor=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAccess:
    """How a model hub is asked: its address, a token for what it does not give to everybody, and the variable that forbids to ask it."""

    endpoint: str
    token: str | None = field(default=None, repr=False)
    forbidden_by: str | None = None


def hub_access(network: Network) -> HubAccess:
    """Return how the hub is asked, with the variables of huggingface_hub for what the configuration does not say.

    Raises:
        ConfigError: HF_ENDPOINT is no address, or HF_TOKEN no token.
    """
    endpoint = network.hub or os.environ.get("HF_ENDPOINT") or _HUB
    if not re.fullmatch(r"https?://[^\s?#]+", endpoint):
        raise ConfigError("HF_ENDPOINT is no address.", f"Write it as {_HUB}, or unset it.")
    token = (os.environ.get("HF_TOKEN") or "").strip()
    if not re.fullmatch(r"[\x21-\x7e]*", token):  # what cannot be a header would be shown in an error
        raise ConfigError("HF_TOKEN is no token: it holds a space or a character that is not ASCII.", "Set it anew, or unset it.")
    forbidden = os.environ.get(_HUB_OFFLINE, "").upper() in _TRUE
    return HubAccess(endpoint=endpoint.rstrip("/"), token=token or None, forbidden_by=_HUB_OFFLINE if forbidden else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCaches:
    """Folders in which other programs keep models, whether they are there or not: by their layouts, each in the order of search."""

    huggingface: tuple[Path, ...] = ()
    llama: tuple[Path, ...] = ()
    ollama: tuple[Path, ...] = ()


def model_caches() -> ModelCaches:
    """Return where huggingface_hub, llama.cpp and Ollama keep models for this user.

    Source: huggingface_hub, constants.py; llama.cpp, common/hf-cache.cpp (LLAMA_CACHE in the layout of huggingface_hub) and, until b8500,
    common/common.cpp, `fs_get_cache_directory`; Ollama, envconfig/config.go and its FAQ (where a service of Linux keeps them).
    """
    user = _expanded("~")
    cache = _folder("XDG_CACHE_HOME") or user / ".cache"
    hub = _folder("HF_HUB_CACHE") or _folder("HUGGINGFACE_HUB_CACHE") or (_folder("HF_HOME") or cache / "huggingface") / "hub"
    llama = _folder("LLAMA_CACHE")
    of_system = {"darwin": user / "Library" / "Caches", "win32": _folder("LOCALAPPDATA") or user / "AppData" / "Local"}
    ollama = _folder("OLLAMA_MODELS")
    return ModelCaches(
        huggingface=(hub, *([llama] if llama else [])),
        llama=(llama or of_system.get(sys.platform, cache) / "llama.cpp",),
        ollama=(ollama,) if ollama else (user / ".ollama" / "models", Path("/usr/share/ollama/.ollama/models")),
    )


def _folder(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return _expanded(os.path.expandvars(value)) if value else None


def _expanded(path: str) -> Path:
    """Return *path* with the user's home in place of `~`; as it is, where nobody knows that home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings from *path*, or from the user's own file where there is one.

    Raises:
        ConfigError: The named file is missing, is no TOML, or holds an unknown key or a wrong value; names file and place.
    """
    file = path or default_config_file()
    return parse_settings(read_config(file) if path is not None or file.is_file() else "", file)


def parse_settings(text: str, file: Path) -> Settings:
    """Return the settings that a configuration file with this *text* leads to; *file* is named in errors.

    Raises:
        ConfigError: As `load_settings`.
    """
    values = _values(text, file)
    try:
        return Settings(**values)
    except SettingsError as error:  # a variable for a table that is no JSON
        raise ConfigError(f"The environment cannot be read: {error}.", "Tables and lists are written as JSON there.") from error
    except ValidationError as error:
        raise _config_error(error, values, file) from error


def origins(text: str, file: Path) -> dict[str, str]:
    """Return where each setting comes from: `default`, `file` or `environment`."""
    values = _values(text, file)
    return {
        key: "environment" if variable(key) in _environment() else "file" if key in values else "default" for key in Settings.model_fields
    }


def editor() -> list[str] | None:
    """Return the command that edits a file, as the user's environment names it; None when it names none."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    return shlex.split(named, posix=os.name != "nt") if named and named.strip() else ["notepad"] if os.name == "nt" else None


def has_cursor() -> bool:
    """Return whether the user's terminal, as the environment names it, can write over its lines; what is not named cannot, but on Windows."""
    return os.environ.get("TERM", "" if os.name != "nt" else "windows").lower() not in ("", "dumb", "unknown")


def variable(key: str) -> str:
    """Return the environment variable that overrides a setting."""
    return f"OFFLINE_DIGEST_{key.upper()}"


def read_config(file: Path) -> str:
    """Return the text of a configuration file.

    Raises:
        ConfigError: It cannot be read, or is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(f"Cannot read the configuration {file}: {error.strerror}.", "Check the path given to --config.") from error
    except UnicodeDecodeError as error:
        raise _not_toml(file, error) from error


def _values(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(file, error) from error


def _not_toml(file: Path, error: Exception) -> ConfigError:
    return ConfigError(f"The configuration {file} is not valid TOML: {error}.", "Mend that line, or move the file away.")


def _config_error(error: ValidationError, values: dict[str, Any], file: Path) -> ConfigError:
    """Return our error for the first value that cannot be; what the environment says is taken instead of the file's."""
    first = error.errors()[0]
    key, *inner = first["loc"]
    parts = [str(key), *map(str, inner)]
    nested = variable("__".join(parts))  # OFFLINE_DIGEST_NETWORK__PROXY
    source = "" if _environment() & {variable(str(key)), nested} else f"{file}: "
    place = parts if source else [nested] if nested in _environment() else [variable(str(key)), *map(str, inner)]
    in_topic = key == "topics" and bool(inner)
    if in_topic and source:
        given = values["topics"][inner[0]]
        name = repr(given["name"]) if isinstance(given, dict) and isinstance(given.get("name"), str) else f"number {int(inner[0]) + 1}"
        place = [f"topic {name}", *map(str, inner[1:])]
    table = Topic if in_topic else Network if key == "network" and inner else Settings
    told = _WRONG.get(first["type"])
    wrong = told.format(**first.get("ctx", {})) if told else first["msg"].removeprefix("Value error, ")
    message = f"{source}{'.'.join(place) if not in_topic else ', '.join(place)}: {wrong}."
    keys = [str(name) for name in first["loc"] if name in table.model_fields]
    if first["type"] == "extra_forbidden" or not keys:
        return ConfigError(message, f"Known keys: {', '.join(sorted(table.model_fields))}.")
    named = table.model_fields[keys[-1]]
    shown = next((value for value in (named.default, *(named.examples or ())) if isinstance(value, (str, int, float, list))), None)
    example = f" Write it as {keys[-1]} = {json.dumps(shown, ensure_ascii=False)}." if source and shown is not None else ""
    return ConfigError(message, f"{keys[-1]}: {named.description}{example}")


def _environment() -> set[str]:
    return {name.upper() for name in os.environ}
