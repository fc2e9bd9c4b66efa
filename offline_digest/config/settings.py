"""What can be set, and what each value may be."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from offline_digest.config.folders import default_library, default_models, default_templates
from offline_digest.topics import Topic


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
