"""A site → a folder: all of its files, and nothing of an earlier export that is no part of it any more."""

from __future__ import annotations

import re
from pathlib import Path

from offline_digest.errors import UsageError
from offline_digest.files import disk_errors, remove, write_atomically, write_changed
from offline_digest.pipeline.previewing import Preview
from offline_digest.progress import Reporter, counted

MANIFEST = "offline-digest-site.txt"  # the files of an export, one per line: what may go with the next
_OURS = re.compile(r"(?:index|contents)\.html|(?:all|topics|papers|pictures|search|assets)/[^\\:]+")


def export_site(preview: Preview, out: Path, report: Reporter) -> Path:
    """Write the whole site below *out* and return its first page; files of an earlier export that are no part of it any more go.

    Raises:
        UsageError: *out* holds files and no site, or cannot be written.
        DiskFull: No space left.
    """
    manifest = out / MANIFEST
    earlier = _earlier(out)
    write_atomically(manifest, "".join(f"{path}\n" for path in sorted(earlier)).encode())
    written = list[str]()
    for path in preview.paths():
        data = preview.file(path)
        if data is None:
            report.warn(f"{path} is gone and is left out.")
            continue
        write_changed(out / path, data)
        written.append(path)
        if path.startswith("papers/"):
            report.life(f"{path}: {counted(len(written), 'file')}")
    write_atomically(manifest, "".join(f"{path}\n" for path in sorted(written)).encode())
    for path in earlier.difference(written):
        remove(out / path)
    return out / "index.html"


def _earlier(out: Path) -> set[str]:
    """Return the files of an earlier export.

    Raises:
        UsageError: There is none, and the folder is not empty.
    """
    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        if (out / MANIFEST).is_file():
            lines = (out / MANIFEST).read_text(encoding="utf-8", errors="replace").splitlines()
            return {line for line in lines if _OURS.fullmatch(line) and ".." not in line.split("/")}
        if any(out.iterdir()):
            raise UsageError(f"{out} holds files that no export of this program wrote.", "Name a new or empty folder.")
    return set()
