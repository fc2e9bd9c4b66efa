"""How models, their quantizations and their files are spelled.

What can be a name can be no path that leads out of a folder, and no option of a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

_WORD = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?", re.ASCII)
_PREFERRED = ("Q4_K_M", "Q8_0")
_ACCESSORIES = ("mmproj", "imatrix", "mtp-", "eagle3-", "dflash-")
_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<end>\.gguf)", re.IGNORECASE | re.ASCII)
_MOST_PARTS = 999
_MOST_CHARACTERS = 96
_MOST_PART_CHARACTERS = 240  # file systems take 255 bytes; what a download notes beside a file adds up to ten
_MOST_PATH_CHARACTERS = 1024  # a system takes 4096 bytes (Linux) or fewer, with the folder of models before them


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


def preferred(quants: Sequence[str]) -> str:
    """Return the quantization that is taken when none is named: Q4_K_M, else Q8_0, else the first.

    Source: llama.cpp, common/download.cpp, `find_best_model`.
    """
    return next((found for wished in _PREFERRED if (found := spelled(wished, quants))), quants[0])


def spelled(quant: str, quants: Iterable[str]) -> str | None:
    """Return *quant* as *quants* spell it, None where it is none of them."""
    return next((known for known in quants if known.casefold() == quant.casefold()), None)


def choose_file(paths: Iterable[str], quant: str | None) -> str | None:
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
