"""The files of all formats: which there are, where each comes from, and copies of them for the user to change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from offline_digest.errors import UsageError
from offline_digest.library import write_atomically
from offline_digest.posting.environment import SHIPPED
from offline_digest.posting.formats import folders, formats, load_format
from offline_digest.posting.names import file_name

_NAMED = re.compile(r"(\{%-?\s*(?:include|import|from|extends)\s+[\"'])([^\"'/]+)(?=/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """A file of a format. `name` is its path in the folder of formats (`hexo/notice.md.j2`), `path` where it lies.

    `is_own` tells whether it is the user's, `overrides` whether it stands in the place of one that ships.
    """

    name: str
    path: Path
    is_own: bool
    overrides: bool

    @property
    def format(self) -> str:
        """The format, or `shared`."""
        return self.name.partition("/")[0]


def list_files(own: Sequence[Path] = ()) -> tuple[TemplateFile, ...]:
    """Return the files that are used, sorted by their names; of two of one name that of the user."""
    shipped = folders()[-1]
    ours = dict(_files(shipped))
    theirs: dict[str, Path] = {}
    for folder in own:
        theirs = dict(_files(folder)) | theirs
    found = (
        TemplateFile(name=name, path=theirs.get(name) or ours[name], is_own=name in theirs, overrides=name in theirs and name in ours)
        for name in ours | theirs
    )
    return tuple(sorted(found, key=lambda file: file.name))


def find_file(name: str, own: Sequence[Path] = ()) -> TemplateFile:
    """Return the file *name* (`hexo/notice.md.j2`); of a format alone (`hexo`) the template that makes its posts.

    Raises:
        UsageError: There is none.
        ConfigError: The manifest of the format is broken.
    """
    wanted = name if "/" in name else f"{name}/{load_format(name, own=own).template}"
    for file in list_files(own):
        if file.name == wanted:
            return file
    raise UsageError(f"There is no template {wanted!r}.", "`offline-digest templates ls` lists them.")


def copy_files(name: str, folder: Path, *, base: str = "hexo", own: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Copy templates into *folder*, the user's own, and return the new files.

    Args:
        name: A file that ships (`hexo/notice.md.j2`), or a format that ships: the copies take their places. Else the name of a new format.
        folder: Where the user's formats lie; made if it is not there.
        base: The format that a new one is a copy of; its files then name each other under the new name.
        own: Folders with formats of the user's, among which *base* may be.

    Raises:
        UsageError: A file is there already, nothing is to be copied, or no folder can be called so.
    """
    ships = {file.name: file.path.read_bytes() for file in list_files() if name in (file.name, file.format)}
    copies = ships or _renamed(name, base, own)
    taken = [str(folder / file) for file in copies if (folder / file).exists()]
    if taken:
        raise UsageError(f"There is {taken[0]} already.", "It is left as it is; move it away for a new copy.")
    for file, data in copies.items():
        write_atomically(folder / file, data)
    return tuple(folder / file for file in sorted(copies))


def _renamed(name: str, base: str, own: Sequence[Path]) -> dict[str, bytes]:
    """Return the files of a new format, whose names for each other are those of the copies."""
    if "/" in name:
        raise UsageError(
            f"No template {name!r} ships.", "`offline-digest templates ls` lists them; a new format is a name without a slash."
        )
    if name in formats(own=own):
        raise UsageError(f"There is a format {name!r} already.", "It is left as it is; take another name.")
    if file_name(name) != name or name == SHIPPED:
        raise UsageError(f"No format can be called {name!r}.", "Take a name that can be a folder's.")
    load_format(base, own=own)
    copies = {}
    for file in list_files(own):
        if file.format == base:
            text = file.path.read_bytes().decode("utf-8", "surrogateescape")
            renamed = _NAMED.sub(lambda found: found[1] + (name if found[2] == base else found[2]), text)
            copies[name + file.name.removeprefix(base)] = renamed.encode("utf-8", "surrogateescape")
    return copies


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of the formats in *folder* with their names; what hides, such as an editor's own files, is left out."""
    for path in sorted(folder.glob("*/**/*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") or part.endswith("~") for part in name.parts):
            yield name.as_posix(), path
