"""The lock: which model files are trusted, by their hashes.

    # models.lock, TOML
    version = 1

    [pins.<SHA-256 of the file>]
    file = "Qwen/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf"
    size_bytes = 2497280256
    source = "hub:Qwen/Qwen3-4B-GGUF@<commit>"
    name = "qwen3-4b"
    day = 2026-11-22

One table per file, sorted by file, so that two states of it compare well. A file of several names has a table for each, `[[pins.<SHA-256>]]`,
for each name may stand for a path of its own. It holds nothing of this machine and may be carried to others.
"""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from offline_digest.errors import IntegrityError
from offline_digest.files import disk_errors, write_atomically
from offline_digest.records import Record

LOCK_NAME = "models.lock"
_VERSION = 1
_HEAD = (
    "# Model files that are trusted, each named by its SHA-256. Written by `offline-digest models`;\n"
    "# `offline-digest models import --lock FILE` takes it over on another machine.\n"
)
_MEND = "Mend it, or put back a copy of it; as long as it is damaged, nothing it pins is trusted."
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _plain(text: str) -> str:
    """Refuse what would not stay on its line, or is no text."""
    if not text.strip() or _UNSEEN.search(text):
        raise ValueError("a text in one line is wanted")
    return text


def _inside(text: str) -> str:
    """Refuse a path that could leave the folder it is put into, on any system."""
    if "\\" in text or ":" in text or any(part in {"", ".", ".."} for part in text.split("/")):
        raise ValueError("a path inside a folder is wanted, its parts joined by /")
    return _plain(text)


Text = Annotated[str, AfterValidator(_plain)]
Inside = Annotated[str, AfterValidator(_inside)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Pin(Record):
    """One trusted file.

    `file` is its path below the folder of models, or of a file that is used where another program keeps it, its name there. `source` says where
    the trust comes from (`import`, `hub:<user>/<repo>@<commit>`), `name` what a user calls the model; the parts of one that is split share it.
    """

    sha256: Sha256
    size_bytes: int = Field(gt=0)
    file: Inside
    source: Text
    name: Text | None = None
    day: date

    @property
    def way_back(self) -> str:
        """The command that brings the file here again."""
        called = self.name or Path(self.file).stem
        way = f"pull {self.name or self.file}" if self.source.startswith("hub:") else f"import FILE --name {called}"
        return f"offline-digest models {way}"


class Lock(Record):
    """All pins, sorted by file: of a hash either one without a name, or one for each of its names."""

    pins: tuple[Pin, ...] = ()

    def find(self, sha256: str) -> Pin | None:
        """Return the pin of a hash, None when the file is not trusted."""
        return next((pin for pin in self.pins if pin.sha256 == sha256), None)

    def at(self, file: str) -> tuple[Pin, ...]:
        """Return the pins of one path: more than one where versions of a file were trusted in turn."""
        return tuple(pin for pin in self.pins if pin.file == file)

    def named(self, name: str) -> tuple[Pin, ...]:
        """Return the pins of one model's files, whatever the case of its name; empty when no model is called so."""
        return tuple(pin for pin in self.pins if pin.name and pin.name.casefold() == name.casefold())

    def joined(self, pins: Iterable[Pin]) -> Lock:
        """Return the lock with *pins* in it.

        A file that is pinned already keeps its day, and its other names. A name goes to the files that get it last.
        """
        pins = tuple(pins)
        given = {(pin.sha256, _key(pin)) for pin in pins}
        taken = {_key(pin) for pin in pins if pin.name}
        known: dict[str, dict[str, Pin]] = {}
        for pin in self.pins:
            lost = _key(pin) in taken and (pin.sha256, _key(pin)) not in given
            _add(known.setdefault(pin.sha256, {}), pin.model_copy(update={"name": None}) if lost else pin)
        for pin in pins:
            _add(known.setdefault(pin.sha256, {}), pin)
        every = (pin for named in known.values() for pin in named.values())
        return Lock(pins=tuple(sorted(every, key=lambda pin: (pin.file, pin.sha256, _key(pin)))))


def _key(pin: Pin) -> str:
    """Return what tells apart the pins of one hash; empty for one without a name."""
    return (pin.name or "").casefold()


def _add(named: dict[str, Pin], pin: Pin) -> None:
    """Put one pin among those of its hash, by their keys: one without a name adds nothing to others, and gives way to the first name."""
    if named and not pin.name:
        return
    before = named.pop("", None) or named.get(_key(pin))
    named[_key(pin)] = pin.model_copy(update={"day": before.day}) if before else pin


def read_lock(path: Path) -> Lock:
    """Return the lock in *path*; one that is not there pins nothing.

    Raises:
        IntegrityError: It is damaged, or a newer version of this program wrote it.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Lock()
    except OSError as error:
        raise IntegrityError(f"The lock {path} cannot be read: {error.strerror or error}.", "Check its access rights.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IntegrityError(f"The lock {path} is damaged: {error}.", _MEND) from error
    return _parsed(data, path)


def _parsed(data: dict[str, Any], path: Path) -> Lock:
    version, pins = data.pop("version", None), data.pop("pins", {})
    rows: list[tuple[str, Any]] = (
        [(sha256, pin) for sha256, of_hash in pins.items() for pin in _listed(of_hash)] if isinstance(pins, dict) else [("", None)]
    )
    if type(version) is int and version > _VERSION:
        raise IntegrityError(f"The lock {path} was written by a newer version of this program.", "Update offline-digest.")
    if version != _VERSION or data or not all(isinstance(pin, dict) for _, pin in rows):
        raise IntegrityError(f"The lock {path} is damaged: it does not hold what a lock holds.", _MEND)
    try:
        return Lock().joined(Pin.model_validate({**pin, "sha256": sha256}) for sha256, pin in rows)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise IntegrityError(f"The lock {path} is damaged: {place}: {first['msg'].removeprefix('Value error, ')}.", _MEND) from error


def _listed(of_hash: object) -> list[Any]:
    """Return the tables of one hash: one, or an array of them."""
    return of_hash if isinstance(of_hash, list) else [of_hash]


def pin(path: Path, pins: Iterable[Pin], *, replacing: bool = False) -> Lock:
    """Put *pins* into the lock in *path*, which is made where there is none, and return all of it.

    Args:
        path: The lock.
        pins: What is trusted from now on.
        replacing: These files lie in the folder of models now: what else was pinned at their paths is not there any more.

    Raises:
        IntegrityError: The lock is damaged; it is left as it is.
        DigestError: It cannot be written.
    """
    pins = tuple(pins)
    files, hashes = {pin.file for pin in pins} if replacing else set(), {pin.sha256 for pin in pins}
    return _changed(path, lambda lock: Lock(pins=tuple(p for p in lock.pins if p.file not in files or p.sha256 in hashes)).joined(pins))


def unpin(path: Path, pins: Iterable[Pin]) -> Lock:
    """Take *pins* out of the lock in *path*, and return what is left: other names of the same bytes stay.

    Raises:
        IntegrityError: The lock is damaged; it is left as it is.
        DigestError: It cannot be written.
    """
    gone = {(pin.sha256, _key(pin)) for pin in pins}
    return _changed(path, lambda lock: Lock(pins=tuple(pin for pin in lock.pins if (pin.sha256, _key(pin)) not in gone)))


def _changed(path: Path, change: Callable[[Lock], Lock]) -> Lock:
    """Read, change and write, while no other process does."""
    with _alone(path):
        before = read_lock(path)
        after = change(before)
        if after != before:
            write_atomically(path, _written(after).encode("utf-8"))
        return after


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    import filelock

    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), poll_interval=0.05)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _written(lock: Lock) -> str:
    tables, names = [_HEAD + f"version = {_VERSION}\n"], Counter(pin.sha256 for pin in lock.pins)
    for pin in lock.pins:
        values = pin.model_dump(exclude={"sha256"}, exclude_none=True)
        lines = (f"{key} = {json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value}\n" for key, value in values.items())
        head = f"[pins.{pin.sha256}]" if names[pin.sha256] == 1 else f"[[pins.{pin.sha256}]]"
        tables.append(f"{head}\n{''.join(lines)}")
    return "\n".join(tables)
