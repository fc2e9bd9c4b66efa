"""Where models come from beside the user's own folder: a hub, and what other programs keep on this machine."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from offline_digest.config.settings import Network
from offline_digest.errors import ConfigError

_HUB = "https://huggingface.co"
_HUB_OFFLINE = "HF_HUB_OFFLINE"
_TRUE = {"1", "ON", "YES", "TRUE"}  # as huggingface_hub understands its variables


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
