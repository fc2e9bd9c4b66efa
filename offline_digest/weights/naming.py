"""What a user types for a model, as a value: a name of the catalogue, a repository of the hub, or a file.

    qwen3-4b                      Listed    the quantization that its entry prefers
    Qwen3-4B:q5_k_m               Listed    names and quantizations in any case
    Qwen/Qwen3-4B-GGUF            Hosted    as llama.cpp's -hf; `hf:` may stand before it
    Qwen/Qwen3-4B-GGUF:Q8_0       Hosted
    ~/models/mine.gguf, ./mine    Local

What can be a name can be no path that leads out of a folder, and no option of a command.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from offline_digest.errors import ModelNotFound
from offline_digest.records import Record

if TYPE_CHECKING:
    from offline_digest.weights.catalog import CatalogEntry

HUB_PREFIX = "hf:"
_SUGGESTIONS = 3
_WORD = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?", re.ASCII)
_PREFERRED = ("Q4_K_M", "Q8_0")
_ACCESSORIES = ("mmproj", "imatrix", "mtp-", "eagle3-", "dflash-")
_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<end>\.gguf)", re.IGNORECASE | re.ASCII)
_MOST_PARTS = 999
_MOST_CHARACTERS = 96
_MOST_PART_CHARACTERS = 240  # file systems take 255 bytes; what a download notes beside a file adds up to ten
_MOST_PATH_CHARACTERS = 1024  # a system takes 4096 bytes (Linux) or fewer, with the folder of models before them


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


def is_word(text: str) -> bool:
    """Tell whether *text* can be one part of a name: letters, digits and `_`, with `.` and `-` between them, two points never side by side."""
    return _WORD.fullmatch(text) is not None and ".." not in text


def is_repository(text: str) -> bool:
    """Tell whether *text* is `user/repo`.

    Source: huggingface_hub, `validate_repo_id`; its cache puts `--` between the parts of a folder's name.
    """
    parts = text.split("/")
    return len(text) <= _MOST_CHARACTERS and len(parts) == 2 and all(map(is_word, parts)) and "--" not in text and not text.endswith(".git")


def is_model_path(text: str) -> bool:
    """Tell whether *text* is the path of a GGUF file inside a repository, which can be one on a disk too."""
    parts = text.split("/")
    short = len(text) <= _MOST_PATH_CHARACTERS and all(len(part) <= _MOST_PART_CHARACTERS for part in parts)
    return short and all(map(is_word, parts)) and text.lower().endswith(".gguf")


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


def preferred(quants: Sequence[str]) -> str:
    """Return the quantization that is taken when none is named: Q4_K_M, else Q8_0, else the first.

    Source: llama.cpp, common/download.cpp, `find_best_model`.
    """
    return next((found for wished in _PREFERRED if (found := spelled(wished, quants))), quants[0])


def spelled(quant: str, quants: Iterable[str]) -> str | None:
    """Return *quant* as *quants* spell it, None where it is none of them."""
    return next((known for known in quants if known.casefold() == quant.casefold()), None)


def choose_file(paths: Iterable[str], quant: str | None = None) -> str | None:
    """Return the file of a repository that a model is loaded from, None where there is none.

    Args:
        paths: All files of the repository, in its order. Only what a model is loaded from counts: single GGUF files and the first part of
            one that is split, nothing that goes beside a model.
        quant: Stands in the name of the file, before a point or a hyphen; None: the preferred one.

    Source: llama.cpp, common/download.cpp, `find_best_model` and `gguf_filename_is_model`.
    """
    models = [path for path in paths if is_model_path(path) and _is_model(path)]
    for wished in (quant,) if quant else _PREFERRED:
        pattern = re.compile(re.escape(wished) + "[.-]", re.IGNORECASE)
        for path in models:
            if pattern.search(path):
                return path
    return models[0] if models and not quant else None


def part_names(name: str) -> tuple[str, ...]:
    """Return the names of all parts of a GGUF file, the first of which is loaded; of one that is not split its own.

    Source: llama.cpp, src/llama.cpp, `llama_split_path`: `%s-%05d-of-%05d.gguf`, counted from 1.
    """
    match = _PART.fullmatch(name)
    if match is None or not 1 <= int(match["number"]) <= int(match["count"]) <= _MOST_PARTS:
        return (name,)
    return tuple(f"{match['stem']}-{n:05d}-of-{match['count']}{match['end']}" for n in range(1, int(match["count"]) + 1))


def whole_name(name: str) -> str:
    """Return what a file would be called were it not split, of one that is not its own name."""
    match = _PART.fullmatch(name)
    return f"{match['stem']}{match['end']}" if match and len(part_names(name)) > 1 else name


def is_first(name: str) -> bool:
    """Tell whether a file is the one that is loaded: the first part, or not split."""
    return part_names(name)[0] == name


def _is_model(path: str) -> bool:
    name = PurePosixPath(path).name
    return not any(word in name for word in _ACCESSORIES) and is_first(name)


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
