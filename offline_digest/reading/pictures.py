"""Picture files: the graphic of each figure and table, rendered at twice its printed size."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from offline_digest.errors import DiskFull, UsageError
from offline_digest.reading.opening import foreign_errors
from offline_digest.records import Box, Float

SCALE = 2.0
MARGIN_PT = 2.0
JPEG_QUALITY = 85
PNG_LIMIT_BYTES = 150_000
LONGEST_PX = 4000


def draw_pictures(document: Any, floats: Sequence[Float], folder: Path) -> tuple[tuple[Float, ...], tuple[str, ...]]:  # noqa: ANN401 - untyped
    """Write one picture per float into *folder*, which is made.

    Returns:
        The floats with file name and size in pixels filled in, and a warning for each that could not be drawn.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _draw_all(document, floats, folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"No space left for the pictures in {folder}.", "Free some space and run the command again.") from error
        raise UsageError(f"{folder} cannot be written: {error.strerror}.", "Choose another folder.") from error


def _draw_all(document: Any, floats: Sequence[Float], folder: Path) -> tuple[tuple[Float, ...], tuple[str, ...]]:  # noqa: ANN401 - untyped
    out: list[Float] = []
    warnings: list[str] = []
    names = _names(floats)
    lists: dict[int, Any] = {}
    for item, name in zip(floats, names, strict=True):
        try:
            if item.page not in lists:
                lists = {item.page: document[item.page - 1].get_displaylist(annots=0)}
            file, width, height = _draw(lists[item.page], item.picture_box, folder, name)
        except foreign_errors() as error:
            warnings.append(f"{item.label} on page {item.page} could not be drawn ({type(error).__name__}).")
            out.append(item)
        else:
            out.append(item.model_copy(update={"image": file, "width_px": width, "height_px": height}))
    return tuple(out), tuple(warnings)


def _names(floats: Sequence[Float]) -> Iterator[str]:
    taken: set[str] = set()
    for item in floats:
        ascii_label = item.label.encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "-", ascii_label).strip("-") or item.kind
        name, n = stem, 2
        while name in taken:
            name, n = f"{stem}-{n}", n + 1
        taken.add(name)
        yield name


def _draw(display: Any, box: Box, folder: Path, name: str) -> tuple[str, int, int]:  # noqa: ANN401 - untyped
    """Render *box* and keep the smaller of PNG and JPEG; line art stays PNG unless it is large."""
    import pymupdf

    x0, y0, x1, y1 = box
    clip = pymupdf.Rect(x0 - MARGIN_PT, y0 - MARGIN_PT, x1 + MARGIN_PT, y1 + MARGIN_PT) & display.rect
    scale = min(SCALE, LONGEST_PX / max(clip.width, clip.height, 1.0))
    pixmap = display.get_pixmap(matrix=pymupdf.Matrix(scale, scale), clip=clip, alpha=False)
    data, suffix = pixmap.tobytes("png"), "png"
    if len(data) > PNG_LIMIT_BYTES:
        small = pixmap.tobytes("jpeg", jpg_quality=JPEG_QUALITY)
        if len(small) < 0.6 * len(data):
            data, suffix = small, "jpg"
    file = f"{name}.{suffix}"
    part = folder / f"{file}.part"
    part.write_bytes(data)
    part.replace(folder / file)
    return file, pixmap.width, pixmap.height
