"""Bundles, wheels and weights for these tests, all made here."""

import base64
import hashlib
import io
import zipfile
from importlib import metadata
from pathlib import Path

from offline_digest.bundling.archives import largest_piece, write_archives
from offline_digest.bundling.packing import pack, write_folder
from offline_digest.bundling.values import Member
from offline_digest.bundling.wheels import write_wheel
from offline_digest.engines.llama.shapes import Shape, write_shape

FACTS = {"name": "tiny", "version": "1", "python": "3.11", "platform": "manylinux_2_28_x86_64", "model": None}
LIMIT = 8000  # two archives
TINY = Shape(layers=2, width=256, feed_forward=512, heads=4, kv_heads=2, vocabulary=2048, head_size=64, context=8192)
SPOKEN = "We measure the simulated soil and report how the method compares with the baseline in five experiments".split()


def tiny_members():
    """Return members of every size that matters: empty, one byte, and one that is cut at a limit of 1,000 bytes."""
    return [
        Member(name="install.py", source=b"print('hello')\n"),
        Member(name="empty.txt", source=b""),
        Member(name="models/m.gguf", source=bytes(range(256)) * 10),
        Member(name="wheels/a-1-py3-none-any.whl", source=b"x" * 600),
    ]


def tiny_bundle(folder: Path, limit=1000) -> Path:
    """Write a tiny bundle and return its folder."""
    return write_folder(pack(tiny_members(), FACTS, limit), folder)[0]


def tiny_archives(folder: Path, limit=LIMIT, name="b.tar") -> list[Path]:
    """Write the tiny bundle as archives of at most *limit* bytes and return them."""
    return write_archives(pack(tiny_members(), FACTS, limit and largest_piece(limit)), folder / name, "tiny", limit)


def fake_wheel(folder: Path, name: str, version="1.0", requires=(), tag="py3-none-any", extra=None) -> Path:
    """Write a wheel with nothing but metadata in it."""
    info = f"{name}-{version}.dist-info"
    rows = "".join(f"Requires-Dist: {r}\n" for r in requires)
    members = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense-Expression: MIT\n{rows}".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
        f"{name}/__init__.py": b"",
        **(extra or {}),
    }
    return write_wheel(folder / f"{name}-{version}-{tag}.whl", members)


def installed_wheel(name: str, folder: Path) -> Path:
    """Write the wheel of a package as it is installed here: what `pip download` would bring, without the network."""
    installed = metadata.distribution(name)
    members = {}
    for file in installed.files or ():
        place = Path(str(file.locate()))
        if ".." not in file.parts and place.suffix != ".pyc" and file.name not in {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}:
            members[file.as_posix()] = place.read_bytes()
    tags = [line.split(": ")[1] for line in (installed.read_text("WHEEL") or "").splitlines() if line.startswith("Tag: ")]
    python, abi, _ = tags[0].split("-")
    stem = f"{next(n for n in members if '.dist-info/' in n).split('.dist-info/')[0]}-{python}-{abi}"
    return write_wheel(folder / f"{stem}-{'.'.join(tag.split('-')[2] for tag in tags)}.whl", members)


def tiny_model(path: Path) -> Path:
    """Write a model of random weights, large enough to load and small enough to be fast."""
    write_shape(path, TINY, SPOKEN)
    return path


def records_right(wheel: Path) -> bool:
    """Tell whether RECORD names every file of a wheel with its hash."""
    with zipfile.ZipFile(wheel) as archive:
        record = next(n for n in archive.namelist() if n.endswith(".dist-info/RECORD"))
        rows = dict(line.split(",")[:2] for line in io.TextIOWrapper(archive.open(record), "utf-8").read().splitlines())
        hashed = {
            n: "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(archive.read(n)).digest()).rstrip(b"=").decode()
            for n in archive.namelist()
            if n != record
        }
    return rows == {**hashed, record: ""}
