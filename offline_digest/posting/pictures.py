"""Which pictures a post shows, where their files come from, and under which names they are published."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from offline_digest.errors import IntegrityError
from offline_digest.posting.names import paper_prefix, picture_name, unique
from offline_digest.posting.values import Entry
from offline_digest.records import Float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One figure or table with its file: `source` on this machine, `path` below the output folder.

    Both are None when the file is missing, and when it is `withheld`: the paper's licence does not let it be shown.
    """

    item: Float
    source: Path | None = None
    path: PurePosixPath | None = None
    withheld: bool = False


def choose_pictures(entry: Entry, folder: PurePosixPath, taken: set[str], *, allowed: bool = True) -> tuple[Picture, ...]:
    """Return the figures, then the tables, that the reading took pictures of, each in the order of their numbers.

    A picture whose file is gone or empty since, or a link to elsewhere, is among them, without a file, and so are all where they are not *allowed*.

    Args:
        entry: The paper.
        folder: Where the post's pictures are published, relative to the output folder.
        taken: Names already used in *folder*, case folded; the new ones are added.
        allowed: Whether pictures may be shown at all.
    """
    if entry.pictures is None:
        return ()
    prefix = paper_prefix(entry.digest)
    chosen: list[Picture] = []
    for item in (*sorted(entry.digest.figures, key=_by_number), *sorted(entry.digest.tables, key=_by_number)):
        if not item.image:
            continue
        if not allowed:
            chosen.append(Picture(item=item, withheld=True))
            continue
        name, source = picture_name(prefix, item.image), entry.pictures / item.image
        if name and source.is_file() and not source.is_symlink() and source.stat().st_size:
            chosen.append(Picture(item=item, source=source, path=folder / unique(name, taken)))
        else:
            chosen.append(Picture(item=item))
    return tuple(chosen)


def _by_number(item: Float) -> tuple[int, tuple[tuple[int, int, str], ...]]:
    """Order labels as a reader counts: `Figure 2`, `Figure 10`, `Figure 10b`, then `Figure A.1`, then what has no number."""
    number = re.sub(r"^\s*[^\W\d_]{2,}\.?(?=[\s\d]|$)", "", item.label)
    parts = re.findall(r"\d+|[^\W\d_]+", number)
    if len(parts) == 1 and re.fullmatch(r"[IVX]+", parts[0]):
        parts = [str(_roman(parts[0]))]
    order = 2 if not parts else 0 if parts[0].isdecimal() else 1
    return order, tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _roman(number: str) -> int:
    """Return the value of a Roman number below 40."""
    values = [{"I": 1, "V": 5, "X": 10}[char] for char in number]
    return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))


def embedded(path: Path) -> str:
    """Return a picture file as an address that holds the picture itself.

    Raises:
        IntegrityError: The file is gone.
    """
    kind = {".jpg": "jpeg", ".svg": "svg+xml"}.get(path.suffix.lower(), path.suffix.lower().removeprefix("."))
    try:
        return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
    except OSError as error:
        raise IntegrityError(f"The picture {path} cannot be read: {error.strerror}.", "Read the paper again.") from error
