"""PDFs named on the command line, one by one or by folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from offline_digest.errors import UsageError
from offline_digest.gathering.identifiers import parse_arxiv_id

Refused = tuple[Path, UsageError]


def find_pdfs(paths: Sequence[Path], told: Callable[[str], None] = lambda _: None) -> tuple[list[Path], list[Refused]]:
    """Return the PDFs that *paths* stand for, in order and each once, and the paths that stand for none.

    A file is taken whatever its name; below a folder every file named `.pdf` is, sorted, hidden files and folders left out. A folder
    that cannot be entered is among the refused paths, wherever it lies. *told* hears once of links in a folder that lead nowhere.
    """
    found: dict[Path, None] = {}
    refused: list[Refused] = []
    for path in paths:
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            refused.append((path, _unreachable(path, error)))
            continue
        if stat.S_ISDIR(mode):
            inside, locked = _below(path, told)
            found.update(dict.fromkeys(inside))
            refused += locked
            if not inside and not locked:
                hint = "Name a folder that holds files ending in .pdf."
                refused.append((path, UsageError(f"There is no PDF in the folder {path}.", hint)))
        elif stat.S_ISREG(mode):
            found[path] = None
        else:
            refused.append((path, UsageError(f"{path} is neither a file nor a folder.", "Name a PDF or a folder of PDFs.")))
    return list(found), refused


def _below(folder: Path, told: Callable[[str], None]) -> tuple[list[Path], list[Refused]]:
    """Return the PDFs in *folder* and its subfolders, sorted, and what could not be looked into."""
    found: list[Path] = []
    refused: list[Refused] = []
    lost: list[Path] = []

    def refuse(error: OSError) -> None:
        path = Path(error.filename or folder)
        refused.append((path, _unreachable(path, error)))

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(parent, name) for name in files if not name.startswith(".") and name.lower().endswith(".pdf")):
            try:
                if stat.S_ISREG(path.stat().st_mode):
                    found.append(path)
            except FileNotFoundError:
                lost += [path] if path.is_symlink() else []  # else it went away meanwhile
            except OSError as error:
                refuse(error)
    if lost:
        others = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        told(f"left out, for the file it links to is not there: {min(lost)}{others}")
    return sorted(found), sorted(refused, key=lambda item: item[0])


def _unreachable(path: Path, error: OSError | ValueError) -> UsageError:
    """Return our error for a path that the system does not let us look at."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        hint = "Check the spelling; the path is relative to here."
        if parse_arxiv_id(path.as_posix()):
            hint = f"On a connected machine `offline-digest fetch {path.as_posix()}` gets that paper."
        return UsageError(f"There is no file or folder {path}.", hint)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UsageError(f"Cannot look into {path}: {reason}.", "Check its name and the access rights.")
