"""Names of files and folders made from topics and papers: valid everywhere, never hidden from Hexo, never leading elsewhere."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import PurePosixPath

from offline_digest.errors import UsageError
from offline_digest.posting.texts import clean, tex
from offline_digest.records import Digest

_LONGEST_BYTES = 120  # file systems allow 255 bytes in a name; room is left for suffixes and temporary names
_FORBIDDEN = re.compile(r"[<>:\"/\\|?*%#&;{}\[\]'`$^~]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".avif"})


def check_topic(topic: str) -> None:
    """Find out whether a post can be called so.

    Raises:
        UsageError: There is nothing to see in it, or no file can be called so here.
    """
    if not clean(topic):
        raise UsageError("The topic is empty.", "Name one with --topic.")
    try:
        os.fsencode(topic_file(topic))
    except UnicodeEncodeError as error:
        raise UsageError(
            f"No file can be called {topic} here: names of files are {error.encoding}.", "Set a UTF-8 locale, such as LC_ALL=C.UTF-8."
        ) from error


def topic_file(topic: str) -> str:
    """Return the stem of a topic's post file: the topic itself where that is a file name, else a name like it with part of its hash."""
    name = file_name(topic)
    return name if name in (_normal(topic), _shorten(_normal(topic))) else f"{name}-{_hash(_normal(topic))}"


def topic_folder(topic: str) -> str:
    """Return the folder of a topic's pictures: the topic with hyphens for spaces where that can be undone, else with part of its hash."""
    slug = url_slug(topic)
    return slug if slug.replace("-", " ") == _normal(topic) else f"{slug}-{_hash(_normal(topic))}"


def file_name(text: str) -> str:
    """Return *text* as the stem of a file name; a text that leaves nothing becomes `untitled`. Different texts may share a name.

    Source:
        Windows file naming rules; Hexo 8 leaves out names that begin with `_` or `.` or end in `~` or `%`.
    """
    name = _FORBIDDEN.sub("_", _normal(text))
    name = _shorten(name.strip(" .").lstrip("._ ")) or "untitled"
    return f"{name.split('.')[0]}-{name}" if _RESERVED.fullmatch(name) else name


def url_slug(text: str) -> str:
    """Return *text* as one part of a web path that needs no quoting: letters and digits of any script, `.`, `-` and `_`."""
    slug = "".join(char if char.isalnum() or char in ".-_" else "-" for char in file_name(text))
    return re.sub(r"-{2,}", "-", slug).strip("-._") or "untitled"


def paper_prefix(digest: Digest) -> str:
    """Return what the picture names of one paper begin with: its arXiv id, else words of its title."""
    if digest.arxiv_id:
        return url_slug(digest.arxiv_id.replace("/", "_") + version_suffix(digest))
    return url_slug(tex(digest.title).linear.source.lower()[:60])


def version_suffix(digest: Digest) -> str:
    """Return the version as it follows an arXiv id, empty when there is none or it is none that arXiv could have given."""
    return digest.version if digest.version and re.fullmatch(r"v[1-9][0-9]{0,2}", digest.version) else ""


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


def _normal(text: str) -> str:
    return clean(unicodedata.normalize("NFC", text))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def _shorten(name: str) -> str:
    """Cut *name* to the byte limit at a character, and keep it apart from other long names by a part of its hash."""
    data = name.encode("utf-8")
    if len(data) <= _LONGEST_BYTES:
        return name
    return f"{data[: _LONGEST_BYTES - 9].decode('utf-8', errors='ignore').rstrip(' .')}-{_hash(name)}"
