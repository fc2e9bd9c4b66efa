"""Post formats: each a folder with templates and a `format.toml` that says how its posts are spelled and where they go."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, ValidationError, field_validator

from offline_digest.errors import ConfigError, UsageError
from offline_digest.posting.targets import TARGETS
from offline_digest.records import Record
from offline_digest.resources import resource_dir

MANIFEST = "format.toml"


def _below(pattern: str) -> str:
    """Refuse a path that would lead out of the output folder, or that holds a place that nothing fills."""
    try:
        path = PurePosixPath(pattern.format(day="day", topic="topic", folder="folder"))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError("its places are {day}, {topic} and {folder}") from error
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a file of a format, and in which line, from 1."""

    file: str
    line: int
    said: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.said}."


def folders(own: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Return the folders in which formats are looked for, the user's *own* first."""
    return (*own, resource_dir("templates") / "posts")


def formats(*, own: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the names of the post formats, sorted: folders with a `format.toml`, in *own* folders or among those that ship."""
    return tuple(sorted({path.parent.name for folder in folders(own) for path in folder.glob(f"*/{MANIFEST}")}))


def load_format(name: str, *, own: Sequence[Path] = ()) -> Format:
    """Return the format *name*.

    Raises:
        UsageError: There is none.
        ConfigError: Its manifest is broken; names file and key.
    """
    if name not in formats(own=own):
        raise UsageError(f"There is no post format {name!r}.", f"Those at hand: {', '.join(formats(own=own))}.")
    found = read_manifest(next(path for folder in folders(own) if (path := folder / name / MANIFEST).is_file()))
    if isinstance(found, Fault):
        raise ConfigError(str(found), "Mend it, or use another format.")
    return found


def read_manifest(file: Path) -> Format | Fault:
    """Return the format that *file* describes, or what is wrong with it."""
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        return Format.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        line = next((n for n, said in enumerate(text.splitlines(), 1) if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", said)), 1)
        known = f" (known keys: {', '.join(Format.model_fields)})" if first["type"] in ("extra_forbidden", "missing") else ""
        return Fault(file=str(file), line=line, said=f"{key}: {first['msg'].removeprefix('Value error, ')}{known}")
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        return Fault(file=str(file), line=int(place[1]) if place else len(text.splitlines()), said=str(error))
    except (OSError, UnicodeDecodeError) as error:
        return Fault(file=str(file), line=1, said=f"it cannot be read: {error}")
