"""Settings: built-in values, then the user's TOML file, then the environment; the command line comes last, in `cli`.

The only module that reads the environment and knows the user's folders.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from offline_digest.errors import ConfigError

APP = "offline-digest"
_HOME_VARIABLE = "OFFLINE_DIGEST_HOME"


class Settings(BaseSettings):
    """What can be set in `config.toml`, where unknown keys are errors, and by `OFFLINE_DIGEST_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="OFFLINE_DIGEST_", frozen=True, extra="forbid")

    library: Path = Field(default_factory=lambda: default_library())
    """Folder of the library."""
    model: str | None = None
    """Model that digests when no `--model` and no `--engine` is given; None: quotations only."""
    topic: str = "Papers"
    """Topic of a post when no `--topic` is given."""
    format: str = "hexo"
    """Post format when no `--format` is given."""
    figures: Literal["keep", "licensed"] = "keep"
    """keep: every picture is shown, for posts that stay private; licensed: only those of papers whose licence lets them be passed on."""
    passage_tokens: int | None = Field(default=None, ge=256, le=200_000)
    """How much of a paper a model reads; None: what the catalogue says for the model."""
    glossary: dict[str, str] = Field(default_factory=dict)
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

    @field_validator("threads", "gpu_layers", "passage_tokens", "ubatch_tokens", "memory_gb", mode="before")
    @classmethod
    def _no_flags(cls, value: object) -> object:
        """`true` is no number, though Python counts it as one."""
        if isinstance(value, bool):
            raise ValueError("a number is wanted")
        return value

    @field_validator("library", mode="after")
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

    @field_validator("glossary", mode="after")
    @classmethod
    def _no_empty_terms(cls, value: dict[str, str]) -> dict[str, str]:
        """Both sides of a pair are in one line and not empty."""
        pairs = {" ".join(term.split()): " ".join(translation.split()) for term, translation in value.items()}
        if not all(term and translation for term, translation in pairs.items()):
            raise ValueError("a term and its translation are wanted")
        return pairs


def default_config_file() -> Path:
    """Return where the user's configuration is looked for."""
    home = os.environ.get(_HOME_VARIABLE)
    if home:
        return Path(home) / "config.toml"
    import platformdirs

    return platformdirs.user_config_path(APP, appauthor=False) / "config.toml"


def default_library() -> Path:
    """Return the folder of the user's library."""
    home = os.environ.get(_HOME_VARIABLE)
    if home:
        return Path(home) / "library"
    import platformdirs

    return platformdirs.user_data_path(APP, appauthor=False)


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings from *path*, or from the user's own file where there is one.

    Raises:
        ConfigError: The named file is missing, is no TOML, or holds an unknown key or a wrong value; names file and place.
    """
    file = path or default_config_file()
    values: dict[str, Any] = {}
    if path is not None or file.is_file():
        values = _read(file)
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ", ".join(sorted(Settings.model_fields))
        where = f"{file}: {key}" if key in values else f"OFFLINE_DIGEST_{key.upper()}"
        raise ConfigError(f"{where}: {first['msg']}.", f"Known keys: {known}.") from error


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"Cannot read the configuration {file}: {error.strerror}.", "Check the path given to --config.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration {file} is not valid TOML: {error}.", "Mend that line, or move the file away.") from error
