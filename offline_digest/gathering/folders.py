"""PDFs named on the command line, one by one or by folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from offline_digest.errors import UsageError


def find_pdfs(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[Path, UsageError]]]:
    """Return the PDFs that *paths* stand for, in order and each once, and the paths that stand for none.

    A file is taken whatever its name; below a folder everything named `.pdf` is, sorted, hidden files and folders left out.
    """
    found: dict[Path, None] = {}
    refused: list[tuple[Path, UsageError]] = []
    for path in paths:
        if path.is_dir():
            inside = _below(path)
            if not inside:
                refused.append(
                    (path, UsageError(f"There is no PDF in the folder {path}.", "Name a folder that holds files ending in .pdf."))
                )
            found.update(dict.fromkeys(inside))
        elif path.is_file():
            found[path] = None
        else:
            refused.append((path, UsageError(f"There is no file or folder {path}.", "Check the spelling; the path is relative to here.")))
    return list(found), refused


def _below(folder: Path) -> list[Path]:
    """Return the PDFs in *folder* and its subfolders."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() == ".pdf" and path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
