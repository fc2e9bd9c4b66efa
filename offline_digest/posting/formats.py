"""Post formats: each a folder with templates and a `format.toml` that says how its posts are spelled and where they go."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, ValidationError, field_validator

from offline_digest.errors import ConfigError, UsageError
from offline_digest.posting.targets import TARGETS
from offline_digest.records import Record
from offline_digest.resources import resource_dir

_MANIFEST = "format.toml"


def _below(pattern: str) -> str:
    """Refuse a path that would lead out of the output folder, or that holds a place that nothing fills."""
    path = PurePosixPath(pattern.format(day="day", topic="topic", folder="folder"))
    if path.is_absolute() or ".." in path.parts or "\\" in pattern or ":" in pattern:
        raise ValueError("a path below the output folder is wanted")
    return pattern


Pattern = Annotated[str, AfterValidator(_below)]


class Format(Record):
    """One format.

    `target` is a key of `TARGETS`. `post` and `pictures` are paths below the output folder with the places `{day}`, `{topic}` (the topic
    as a file name) and `{folder}` (the topic as part of a web address). `shows` tells how a post names a picture: by its path from the
    `root` of a web site, by its path `relative` to the post, or it is `embedded` and there is no file.
    """

    target: str
    template: str
    post: Pattern
    pictures: Pattern
    shows: Literal["root", "relative", "embedded"]

    @field_validator("target")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in TARGETS:
            raise ValueError(f"one of {', '.join(TARGETS)} is wanted")
        return value


def folders(own: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Return the folders in which formats are looked for, the user's *own* first."""
    return (*own, resource_dir("templates") / "posts")


def formats(*, own: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the names of the post formats, sorted: folders with a `format.toml`, in *own* folders or among those that ship."""
    return tuple(sorted({path.parent.name for folder in folders(own) for path in folder.glob(f"*/{_MANIFEST}")}))


def own_files(own: Sequence[Path]) -> dict[str, Path]:
    """Return the files of the user's formats by their paths (`hexo/notice.md.j2`), of two of one path the one that is found first."""
    files: dict[str, Path] = {}
    for folder in own:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                files.setdefault(file.relative_to(folder).as_posix(), file)
    return files


def load_format(name: str, *, own: Sequence[Path] = ()) -> Format:
    """Return the format *name*.

    Raises:
        UsageError: There is none.
        ConfigError: Its manifest is broken; names file and key.
    """
    if name not in formats(own=own):
        raise UsageError(f"There is no post format {name!r}.", f"Those at hand: {', '.join(formats(own=own))}.")
    file = next(path for folder in folders(own) if (path := folder / name / _MANIFEST).is_file())
    try:
        return Format.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{file}: {where}: {first['msg']}.", f"Known keys: {', '.join(Format.model_fields)}.") from error
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, IndexError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.", "Mend it, or use another format.") from error
