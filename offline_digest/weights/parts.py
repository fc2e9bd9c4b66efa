"""Models that are split over several files, named as llama.cpp's gguf-split names them."""

from __future__ import annotations

import re
from pathlib import Path

_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf")


def parts_of(path: Path) -> tuple[Path, ...]:
    """Return all files of the model to which *path* belongs, in order; of a model in one file that file. They need not be there.

    Source: SPLIT_PATH_FORMAT in src/llama.cpp.
    """
    match = _PART.fullmatch(path.name)
    if match is None:
        return (path,)
    count = int(match["count"])
    return tuple(path.with_name(f"{match['stem']}-{n:05d}-of-{count:05d}.gguf") for n in range(1, count + 1)) or (path,)
