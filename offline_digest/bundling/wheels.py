"""Wheels as files: what one says of itself, and how one is written (binary distribution format, PyPA specification)."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import compat32
from importlib import metadata
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

from offline_digest.errors import IntegrityError
from offline_digest.files import whole_file
from offline_digest.resources import resource_dir

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say
_WEIGHTS = ".gguf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A wheel: its file, and what its metadata say. `requires` holds requirements with their markers, as written there."""

    path: Path
    name: str
    version: str
    licence: str
    summary: str
    requires: tuple[str, ...]


def read_wheel(path: Path) -> Wheel:
    """Return what a wheel says of itself.

    Raises:
        IntegrityError: It is no whole wheel.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            member = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1)
            fields = BytesParser(policy=compat32).parsebytes(archive.read(member))
        parse_wheel_filename(path.name)
    except (OSError, ValueError, zipfile.BadZipFile, StopIteration) as error:
        raise IntegrityError(f"{path} is no whole wheel: {error}.", "Remove it, and run the same command again.") from error
    classifiers = [c.rpartition(" :: ")[2] for c in fields.get_all("Classifier", []) if c.startswith("License :: OSI Approved :: ")]
    given = str(fields.get("License-Expression") or "") or " AND ".join(classifiers) or str(fields.get("License") or "").partition("\n")[0]
    return Wheel(
        path=path,
        name=canonicalize_name(str(fields["Name"])),
        version=str(fields["Version"]),
        licence=given.strip(),
        summary=str(fields.get("Summary") or ""),
        requires=tuple(str(r) for r in fields.get_all("Requires-Dist", [])),
    )


def write_wheel(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a wheel of *members* (by name, without RECORD) and return its path; the same members give the same bytes.

    Raises:
        DiskFull, UsageError: It cannot be written.
    """
    info = next(name.partition("/")[0] for name in members if ".dist-info/" in name)
    record = f"{info}/RECORD"
    rows = [f"{_quoted(name)},sha256={_digest(data)},{len(data)}" for name, data in sorted(members.items())]
    every = {**dict(sorted(members.items())), record: "\n".join([*rows, f"{record},,", ""]).encode()}
    with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in every.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            archive.writestr(entry, data)
    return path


def wheel_members(path: Path) -> dict[str, bytes]:
    """Return the files of a wheel but for RECORD."""
    with zipfile.ZipFile(path) as archive:
        return {n: archive.read(n) for n in archive.namelist() if not n.endswith((".dist-info/RECORD", "/"))}


def write_own_wheel(folder: Path) -> Path:
    """Write the wheel of the program that runs here, from a checkout or an installation alike, and return its path.

    Neither a build tool nor the network is needed: code and shipped files lie beside this module, the rest in the metadata of the
    installation, which an editable one has too.
    """
    package = Path(__file__).resolve().parents[1]
    members = {f"{package.name}/{name}": data for name, data in _tree(package) if not name.startswith("_data/")}
    for shipped in ("templates", "models"):
        members |= {f"{package.name}/_data/{shipped}/{name}": data for name, data in _tree(resource_dir(shipped))}
    installed = metadata.distribution("offline-digest")
    info = f"offline_digest-{installed.version}.dist-info"
    for name in ("METADATA", "entry_points.txt"):
        members[f"{info}/{name}"] = (installed.read_text(name) or "").encode()
    for file in installed.files or ():
        if ".dist-info/licenses/" in file.as_posix():
            members[f"{info}/licenses/{file.name}"] = Path(str(file.locate())).read_bytes()
    members[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: offline-digest\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    return write_wheel(folder / f"offline_digest-{installed.version}-py3-none-any.whl", members)


def _tree(folder: Path) -> Iterable[tuple[str, bytes]]:
    """Yield name and bytes of every file below *folder* that ships; what has a `pyproject.toml`, as the starter model, is a distribution of its own."""
    apart = {path.parent for path in folder.rglob("pyproject.toml")}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != _WEIGHTS and "__pycache__" not in path.parts and apart.isdisjoint(path.parents):
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _quoted(name: str) -> str:
    return f'"{name}"' if "," in name else name
