"""Picture files: the graphic of each figure and table, rendered at twice its printed size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from offline_digest.library import disk_errors, write_atomically
from offline_digest.reading.border import PdfFault, pymupdf_calls
from offline_digest.reading.turning import Sideways
from offline_digest.records import Box, Float

SCALE = 2.0
MARGIN_PT = 1.0
_CLOCKWISE: dict[Sideways, float] = {"": 0.0, "up": 90.0, "down": -90.0}
JPEG_QUALITY = 85
PNG_LIMIT_BYTES = 150_000
LONGEST_PX = 4000


def draw_pictures(
    document: Any,  # noqa: ANN401 - PyMuPDF is untyped
    floats: Sequence[Float],
    folder: Path,
    turned: Mapping[int, Sideways],
) -> tuple[tuple[Float, ...], tuple[str, ...]]:
    """Write one picture per float into *folder*, which is made; what stands sideways on a page is laid upright.

    Args:
        document: The open PDF.
        floats: What to draw.
        folder: Where to.
        turned: How the text of the pages runs that are not upright, by their 1-based number.

    Returns:
        The floats with file name and size in pixels filled in, and a warning for each that could not be drawn.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return _draw_all(document, floats, folder, turned)


def _draw_all(
    document: Any,  # noqa: ANN401 - PyMuPDF is untyped
    floats: Sequence[Float],
    folder: Path,
    turned: Mapping[int, Sideways],
) -> tuple[tuple[Float, ...], tuple[str, ...]]:
    out: list[Float] = []
    warnings: list[str] = []
    names = _names(floats)
    lists: dict[int, Any] = {}
    for item, name in zip(floats, names, strict=True):
        try:
            with pymupdf_calls():
                if item.page not in lists:
                    lists = {item.page: document[item.page - 1].get_displaylist(annots=0)}
                file, width, height = _draw(lists[item.page], item.picture_box, folder / name, turned.get(item.page, ""))
        except PdfFault:
            warnings.append(f"{item.label} on page {item.page} could not be drawn.")
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


def _draw(display: Any, box: Box, stem: Path, sideways: Sideways) -> tuple[str, int, int]:  # noqa: ANN401 - untyped
    """Render *box* upright and keep the smaller of PNG and JPEG as *stem* with its suffix; line art stays PNG unless it is large."""
    import pymupdf

    x0, y0, x1, y1 = box
    clip = pymupdf.Rect(x0 - MARGIN_PT, y0 - MARGIN_PT, x1 + MARGIN_PT, y1 + MARGIN_PT) & display.rect
    scale = min(SCALE, LONGEST_PX / max(clip.width, clip.height, 1.0))
    pixmap = display.get_pixmap(matrix=pymupdf.Matrix(scale, scale).prerotate(_CLOCKWISE[sideways]), clip=clip, alpha=False)
    data, suffix = pixmap.tobytes("png"), "png"
    if len(data) > PNG_LIMIT_BYTES:
        small = pixmap.tobytes("jpeg", jpg_quality=JPEG_QUALITY)
        if len(small) < 0.6 * len(data):
            data, suffix = small, "jpg"
    file = stem.with_name(f"{stem.name}.{suffix}")
    write_atomically(file, data)
    return file.name, pixmap.width, pixmap.height
