"""What a user types for a model, as a value: a name of the catalogue, a repository of the hub, or a file.

qwen3-4b                      Listed    the quantization that its entry prefers
Qwen3-4B:q5_k_m               Listed    names and quantizations in any case
Qwen/Qwen3-4B-GGUF            Hosted    as llama.cpp's -hf; `hf:` may stand before it
Qwen/Qwen3-4B-GGUF:Q8_0       Hosted
~/models/mine.gguf, ./mine    Local
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from offline_digest.errors import ModelNotFound
from offline_digest.records import Record
from offline_digest.weights.catalog import CatalogEntry
from offline_digest.weights.spelling import is_repository, is_word, preferred, spelled

HUB_PREFIX = "hf:"
_SUGGESTIONS = 3


class Listed(Record):
    """A model of the catalogue; `quant` is spelled as there, and empty for models that a package carries."""

    name: str
    quant: str = ""


class Hosted(Record):
    """A repository of the hub; `quant` is as the user typed it, None where the repository decides (`choose_file`)."""

    repository: str
    quant: str | None = None


class Local(Record):
    """A file, whether it is there or not."""

    path: Path


Reference = Listed | Hosted | Local


def parse_name(text: str, catalog: Mapping[str, CatalogEntry]) -> Reference:
    """Return what the user means by *text*.

    The catalogue comes first, then what can only be a file or is one here, then the hub.

    Raises:
        ModelNotFound: It is none of them, or a quantization that the catalogue does not have; says what there is.
    """
    name, colon, quant = text.partition(":")
    if (key := name.strip().casefold()) in catalog:
        return _listed(key, quant.strip(), catalog[key], asked=bool(colon))
    if not text.startswith(HUB_PREFIX) and _is_file(text):
        return Local(path=expanded(Path(text)))
    name, colon, quant = text.removeprefix(HUB_PREFIX).strip().partition(":")
    if is_repository(name) and (is_word(quant) if colon else True):
        return Hosted(repository=name, quant=quant or None)
    raise ModelNotFound(f"No model is called {text!r}.", _known(key, catalog))


def expanded(path: Path) -> Path:
    """Return *path* with the user's home in place of `~`; as it is, where there is no such home."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _listed(name: str, quant: str, entry: CatalogEntry, *, asked: bool) -> Listed:
    if entry.hub is None:
        if asked:
            raise ModelNotFound(f"The model {name} comes as one file and has no {quant or 'other'} quantization.", f"Say {name}.")
        return Listed(name=name)
    if not asked:
        return Listed(name=name, quant=preferred(entry.hub.quants))
    found = spelled(quant, entry.hub.quants)
    if found is None:
        raise ModelNotFound(f"The model {name} is not listed as {quant!r}.", f"Its quantizations: {', '.join(entry.hub.quants)}.")
    return Listed(name=name, quant=found)


def _is_file(text: str) -> bool:
    """Tell whether *text* can only be a path, or is one of a file here."""
    if text.lower().endswith(".gguf") or text.startswith((".", "/", "~")) or "\\" in text:
        return True
    try:
        return Path(text).is_file()
    except OSError:  # a name too long, a folder that cannot be looked into: whoever opens it tells
        return True
    except ValueError:  # a null character
        return False


def _known(name: str, catalog: Mapping[str, CatalogEntry]) -> str:
    """Say what there is instead: the nearest names, or all of them."""
    near = difflib.get_close_matches(name, catalog, n=_SUGGESTIONS)
    begin = f"Did you mean {' or '.join(near)}?" if near else f"Known names: {', '.join(sorted(catalog))}."
    return f"{begin} Or give user/repo of the hub, or the path of a GGUF file."
