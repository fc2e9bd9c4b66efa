"""Names of files and folders made from topics and papers: valid everywhere, never hidden from Hexo, never leading elsewhere."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath

from offline_digest.posting.escaping import clean
from offline_digest.records import Digest

_LONGEST_BYTES = 120  # file systems allow 255 bytes in a name; room is left for suffixes and temporary names
_FORBIDDEN = re.compile(r"[<>:\"/\\|?*%#&;{}\[\]'`$^~]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".avif"})


def file_name(text: str) -> str:
    """Return *text* as the stem of a file name; a text that leaves nothing becomes `untitled`.

    Source:
        Windows file naming rules; Hexo 8 leaves out names that begin with `_` or `.` or end in `~` or `%`.
    """
    name = _FORBIDDEN.sub("_", clean(unicodedata.normalize("NFC", text)))
    name = _shorten(name.strip(" .").lstrip("._ ")) or "untitled"
    return f"{name.split('.')[0]}-{name}" if _RESERVED.fullmatch(name) else name


def url_slug(text: str) -> str:
    """Return *text* as one part of a web path that needs no quoting: letters and digits of any script, `.`, `-` and `_`."""
    slug = "".join(char if char.isalnum() or char in ".-_" else "-" for char in file_name(text))
    return re.sub(r"-{2,}", "-", slug).strip("-._") or "untitled"


def paper_prefix(digest: Digest) -> str:
    """Return what the picture names of one paper begin with: its arXiv id, else words of its title."""
    if digest.arxiv_id:
        return url_slug(digest.arxiv_id.replace("/", "_") + (digest.version or ""))
    return url_slug(digest.title.lower()[:60])


def picture_name(prefix: str, image: str) -> str | None:
    """Return the name under which the picture file *image* is published, or None when *image* is no name of a picture file."""
    path = PurePosixPath(image)
    if path.name != image or "\\" in image or path.suffix.lower() not in _PICTURE_SUFFIXES:
        return None
    return f"{prefix}-{url_slug(path.stem)}{path.suffix.lower()}"


def unique(name: str, taken: set[str]) -> str:
    """Return *name*, numbered when it is taken (case ignored, as file systems do), and note it in *taken*."""
    path, candidate, count = PurePosixPath(name), name, 1
    while candidate.casefold() in taken:
        count += 1
        candidate = f"{path.stem}-{count}{path.suffix}"
    taken.add(candidate.casefold())
    return candidate


def _shorten(name: str) -> str:
    """Cut *name* to the byte limit at a character, and keep it apart from other long names by a part of its hash."""
    data = name.encode("utf-8")
    if len(data) <= _LONGEST_BYTES:
        return name
    digest = hashlib.sha256(data).hexdigest()[:8]
    return f"{data[: _LONGEST_BYTES - 9].decode('utf-8', errors='ignore').rstrip(' .')}-{digest}"
