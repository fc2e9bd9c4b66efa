"""Check and install a bundle of offline-digest. Needs Python alone: no network, no pip, no compiler.

Every bundle carries this file as install.py; the commands `bundle verify` and `bundle install` use it too, so that there is one way to check.
Hence the standard library only.

What a bundle is, on disk:

    install.py         this file
    README.txt         how to begin
    manifest.json      for which Python and platform, which model, and size and SHA-256 of every other file
    SHA256SUMS         the same and the manifest's, for `sha256sum -c`
    requirements.txt   every package with version and hash, as pip wants it
    sbom.cdx.json      what is inside and under which licence (CycloneDX)
    wheels/            the packages, pip among them
    models/            the model and models.lock, where there is one

A file that is too large for one place lies there in parts (`model.gguf.001`, ...); `joined` in the manifest says which belong together.
The manifest ends with a seal, the SHA-256 of all of it before: so a change in it is told from a change in SHA256SUMS.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = 1
OLDEST_PYTHON = (3, 11)  # of the program; older ones can read this file all the same, to say so
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
MARK = "offline-digest-bundle.json"  # in a folder that this installer made; it may be replaced
MODELS = "share/offline-digest/models"  # within that folder: where the program looks for a model that came with it
WRONG_USE, NOT_WHOLE, DISK_FULL = 2, 12, 15  # exit codes, as everywhere in offline-digest
_CHUNK = 1 << 20
_UNPACKED = 4  # the space that wheels take once they are installed and compiled, in their own sizes
# Names that mean the same file everywhere: no way up, no drive, no other stream, nothing that Windows strips.
_NAME = re.compile(r"(?:[A-Za-z0-9_+~!=-][A-Za-z0-9_.+~!=-]*/)*[A-Za-z0-9_+~!=-][A-Za-z0-9_.+~!=-]*(?<!\.)")
_HASH = re.compile(r"[0-9a-f]{64}")


class BundleError(Exception):
    """A bundle that cannot be used; *code* is the exit code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class Stored(NamedTuple):
    """What a file holds."""

    size_bytes: int
    sha256: str


class Fault(NamedTuple):
    """What is wrong with which member: `missing`, `changed`, `cannot be read`, `not of this bundle`."""

    name: str
    what: str


def is_safe(name: str) -> bool:
    """Tell whether *name* is a file below the folder it is joined to, on every system, and no other file has that name too."""
    return bool(_NAME.fullmatch(name))


def render_manifest(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of `manifest.json` for *content*, which has no seal yet; the same content gives the same bytes."""
    body = {key: content[key] for key in sorted(content) if key != "seal"}
    seal = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return (json.dumps({**body, "seal": seal}, indent=1, ensure_ascii=True) + "\n").encode()


def render_sums(manifest: bytes) -> bytes:
    """Return the bytes of `SHA256SUMS` that belong to a manifest."""
    lines = [f"{row['sha256']}  {name}" for name, row in sorted(json.loads(manifest)["files"].items())]
    return "\n".join([*lines, f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}", ""]).encode()


def read_manifest(data: bytes) -> dict[str, Any]:
    """Return the manifest.

    Raises:
        BundleError: It was changed since it was sealed, is of a later format, or names a file outside the bundle.
    """
    try:
        content = json.loads(data)
        if render_manifest(content) != data:
            raise ValueError("seal")
        format_ = content["format"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BundleError(NOT_WHOLE, f"{MANIFEST}: changed. Copy the bundle again.") from error
    if format_ != FORMAT:
        raise BundleError(WRONG_USE, f"This bundle has format {format_!r}; this program knows {FORMAT}. Use the install.py inside it.")
    parts = [part for row in content["joined"].values() for part in row["parts"]]
    for name in [*content["files"], *content["joined"], *parts]:
        if not is_safe(name) or name in {MANIFEST, SUMS}:
            raise BundleError(NOT_WHOLE, f"{MANIFEST} names the file {name!r}, which is no name within a bundle. Do not use this bundle.")
    rows = [*content["files"].values(), *content["joined"].values()]
    if not all(_HASH.fullmatch(row["sha256"]) for row in rows) or not set(parts) <= set(content["files"]):
        raise BundleError(NOT_WHOLE, f"{MANIFEST} contradicts itself. Do not use this bundle.")
    return dict(content)


def find_faults(found: Mapping[str, Stored | None], manifest: bytes, sums: bytes) -> list[Fault]:
    """Compare what a bundle holds with its manifest.

    Args:
        found: Every file of the bundle by name; None for what is no plain file (a link, a device) or cannot be read.
        manifest: The bytes of its manifest.
        sums: The bytes of its `SHA256SUMS`, empty when it is missing.

    Returns:
        What is wrong, by name; empty for a whole bundle.
    """
    try:
        wanted = {name: Stored(row["size_bytes"], row["sha256"]) for name, row in read_manifest(manifest)["files"].items()}
    except BundleError as error:
        if error.code == NOT_WHOLE and error.message.startswith(f"{MANIFEST}: changed"):
            return [Fault(MANIFEST, "changed")]
        raise
    faults = [Fault(name, "missing") for name in wanted if name not in found]
    faults += [
        Fault(name, "changed" if found[name] else "cannot be read") for name in wanted if name in found and found[name] != wanted[name]
    ]
    faults += [Fault(name, "not of this bundle") for name in found if name not in wanted and name not in {MANIFEST, SUMS}]
    if sums != render_sums(manifest):
        faults.append(Fault(SUMS, "changed" if SUMS in found else "missing"))
    return sorted(faults)


def hash_folder(folder: Path, say: Callable[[str], None]) -> dict[str, Stored | None]:
    """Return every file below *folder* as `find_faults` wants it."""
    found: dict[str, Stored | None] = {}
    for place, folders, files in os.walk(folder):
        for name in [*files, *(f for f in folders if (Path(place) / f).is_symlink())]:
            path = Path(place) / name
            found[path.relative_to(folder).as_posix()] = _stored(path, say)
    return found


def _stored(path: Path, say: Callable[[str], None]) -> Stored | None:
    try:
        size = path.lstat().st_size
        if path.is_symlink() or not path.is_file():
            return None
        if size > 100 * _CHUNK:
            say(f"checking {path.name}, {size / 1e9:.1f} GB")
        with path.open("rb") as file:
            return Stored(size, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError:  # a disk that fails
        return None


def verify_folder(folder: Path, say: Callable[[str], None], *, sha256: str | None = None) -> dict[str, Any]:
    """Return the manifest of a bundle that is whole.

    Args:
        folder: The bundle.
        say: Told what is done.
        sha256: Of the manifest, as printed where the bundle was made; None to trust the bundle's own.

    Raises:
        BundleError: It is not whole; every member that is missing, changed or too many is named.
    """
    manifest = _manifest(folder)
    sums = (folder / SUMS).read_bytes() if (folder / SUMS).is_file() else b""
    tell_faults(find_faults(hash_folder(folder, say), manifest, sums))
    if sha256 is not None and hashlib.sha256(manifest).hexdigest() != sha256.lower():
        raise BundleError(NOT_WHOLE, f"This is another bundle: the SHA-256 of its manifest is not {sha256}.")
    return read_manifest(manifest)


def _manifest(folder: Path) -> bytes:
    try:
        return (folder / MANIFEST).read_bytes()
    except OSError:
        raise BundleError(NOT_WHOLE, f"{MANIFEST}: missing in {folder}. Is that the folder of a bundle?") from None


def tell_faults(faults: list[Fault]) -> None:
    """Raise `BundleError` with a line for each fault; do nothing when there is none."""
    if faults:
        lines = "\n".join(f"  {ascii(fault.name)[1:-1]}: {fault.what}" for fault in faults)
        raise BundleError(NOT_WHOLE, f"The bundle is not whole:\n{lines}\nCopy these again from where the bundle was made.")


def check_machine(manifest: Mapping[str, Any]) -> None:
    """Raise `BundleError` where the bundle was made for another Python or another kind of machine."""
    here, wanted = f"{sys.version_info[0]}.{sys.version_info[1]}", manifest["python"]
    if sys.implementation.name != "cpython" or here != wanted:
        raise BundleError(WRONG_USE, f"This bundle is for Python {wanted}; this is {here}. Run it with that one: python{wanted} install.py")
    kind = manifest["platform"]
    if not runs_on(kind, sysconfig.get_platform(), platform.libc_ver(), platform.mac_ver()[0], platform.machine()):
        raise BundleError(WRONG_USE, f"This bundle is for {kind}, which this machine is not ({sysconfig.get_platform()}, "
                                     f"{' '.join(platform.libc_ver())}). Make one for it with: bundle create --platform")  # fmt: skip


def runs_on(kind: str, system: str, libc: tuple[str, str], mac: str, machine: str) -> bool:
    """Tell whether wheels of platform tag *kind* run on a machine: its `sysconfig` platform, C library, macOS version and architecture."""
    if found := re.fullmatch(r"manylinux_(\d+)_(\d+)_(\w+)", kind):
        return system == f"linux-{found[3]}" and libc[0] == "glibc" and _numbers(libc[1]) >= (int(found[1]), int(found[2]))
    if found := re.fullmatch(r"macosx_(\d+)_(\d+)_(\w+)", kind):
        return system.startswith("macosx") and machine == found[3] and _numbers(mac) >= (int(found[1]), int(found[2]))
    return kind == re.sub(r"[-.]", "_", system)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", version)[:2])


def install(folder: Path, into: Path, say: Callable[[str], None], *, sha256: str | None = None) -> list[str]:
    """Check a bundle and make a Python environment of it, with the model inside; an earlier one of a bundle is replaced.

    Args:
        folder: The bundle.
        into: The environment's folder.
        say: Told what is done.
        sha256: As in `verify_folder`.

    Returns:
        Lines that tell how to start.

    Raises:
        BundleError: Bundle, machine or folder do not fit, or there is no space.
    """
    into = into.expanduser().absolute()
    check_machine(read_manifest(_manifest(folder)))  # told at once, not after minutes of checking
    manifest = verify_folder(folder, say, sha256=sha256)
    _make_place(into, folder, manifest)
    try:
        say(f"installing into {into}")
        shutil.copyfile(folder / MANIFEST, into / MARK)
        builder = venv.EnvBuilder(symlinks=os.name == "posix", with_pip=False)
        builder.create(into)
        python = into / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        _install_wheels(folder, manifest, python)
        _place_models(folder, manifest, into / MODELS, say)
        say("trying it out")
        return _try_out(python, manifest)
    except OSError as error:
        raise BundleError(DISK_FULL if shutil.disk_usage(into).free < _CHUNK else WRONG_USE, f"Cannot write {into}: {error}.") from error


def _make_place(into: Path, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Leave an empty folder *into*, with enough space around it."""
    if into.is_relative_to(folder.absolute()):
        raise BundleError(WRONG_USE, f"{into} lies within the bundle. Choose another folder with --into.")
    if into.exists() and not (into / MARK).is_file() and (not into.is_dir() or any(into.iterdir())):
        raise BundleError(WRONG_USE, f"{into} is there already and not from a bundle. Choose another folder with --into.")
    sizes = {name: row["size_bytes"] for name, row in manifest["files"].items()}
    needed = sum(size * (_UNPACKED if name.startswith("wheels/") else 1) for name, size in sizes.items())
    above = next(place for place in (into, *into.parents) if place.is_dir())
    freed = sum(f.stat().st_size for f in into.rglob("*") if f.is_file() and not f.is_symlink()) if above == into else 0
    if shutil.disk_usage(above).free + freed < needed:
        raise BundleError(DISK_FULL, f"Not enough space for {into}: {needed / 1e9:.1f} GB are needed. Free some, or choose another --into.")
    try:
        if into.exists():
            shutil.rmtree(into)
        into.mkdir(parents=True)
    except OSError as error:
        raise BundleError(WRONG_USE, f"Cannot write {into}: {error}. Choose a folder you may write to with --into.") from error


def _install_wheels(folder: Path, manifest: Mapping[str, Any], python: Path) -> None:
    """Install the packages with the bundle's own pip, which needs no installation itself; pip checks every hash once more."""
    with tempfile.TemporaryDirectory() as scratch:
        places = [folder / "wheels"]
        for name in (n for n in manifest["joined"] if n.startswith("wheels/")):
            _copy(folder, manifest, name, Path(scratch) / Path(name).name)
            places = [*places[:1], Path(scratch)]
        pip = next(wheel for place in places for wheel in place.glob("pip-*.whl"))
        links = [argument for place in places for argument in ("--find-links", str(place))]
        command = [str(python), str(pip / "pip"), "install", "--no-index", *links, "--require-hashes", "--only-binary", ":all:",
                   "--no-cache-dir", "--quiet", "-r", str(folder / "requirements.txt")]  # fmt: skip
        _run(command, "pip could not install the packages")


def _run(command: list[str], wrong: str, *, home: str = "") -> str:
    """Return what a command printed; settings of the user for Python, pip and the program itself do not reach it."""
    foreign = ("PIP_", "PYTHON", "VIRTUAL_ENV", "__PYVENV", "OFFLINE_DIGEST_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "OFFLINE_DIGEST_HOME": home}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise BundleError(DISK_FULL if "No space left" in said else 1, f"{wrong}:\n{said}")
    return done.stdout.decode("utf-8", "replace").strip()


def _copy(folder: Path, manifest: Mapping[str, Any], name: str, target: Path) -> None:
    """Copy a member, its parts joined, and look that it arrives as it was."""
    joined = manifest["joined"].get(name)
    wanted = joined or manifest["files"][name]
    seen = hashlib.sha256()
    with target.open("wb") as out:
        for chunk in _chunks(folder / part for part in (joined["parts"] if joined else [name])):
            seen.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if seen.hexdigest() != wanted["sha256"]:
        raise BundleError(NOT_WHOLE, f"The bundle is not whole:\n  {name}: changed while it was copied")


def _chunks(paths: Iterator[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _place_models(folder: Path, manifest: Mapping[str, Any], place: Path, say: Callable[[str], None]) -> None:
    parts = {part for row in manifest["joined"].values() for part in row["parts"]}
    for name in [n for n in [*manifest["files"], *manifest["joined"]] if n.startswith("models/") and n not in parts]:
        say(f"copying {name}")
        place.mkdir(parents=True, exist_ok=True)
        _copy(folder, manifest, name, place / Path(name).name)


def _try_out(python: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Let the program tell its version and digest its sample paper without a model; return how to start it."""
    program = python.with_name("offline-digest" + python.suffix)
    version = _run([str(program), "--version"], "The installed program does not start")
    with tempfile.TemporaryDirectory() as scratch:
        demo = [str(program), "demo", "--engine", "extractive", "-o", f"{scratch}/post"]
        _run(demo, "The installed program does not digest its sample paper", home=scratch)
    model = manifest["model"]
    name = model["name"] if model else ""
    start = f"{program} digest PAPER.pdf -o posts" + (f' --model "{name}"' if " " in name else f" --model {name}" if name else "")
    return [f"{version} works. Start it with:", f"  {start}"]


def main(arguments: list[str] | None = None) -> int:
    """Install the bundle around this file, or only check it; return the exit code."""
    if sys.version_info < OLDEST_PYTHON:
        print(f"error: A newer Python is needed; this is {platform.python_version()}. Try python3.11 install.py", file=sys.stderr)
        return WRONG_USE
    parser = argparse.ArgumentParser(prog="install.py", description="Check and install this bundle of offline-digest; no network needed.")
    parser.add_argument("--into", type=Path, default=Path("~/offline-digest"), help="folder to install into (default: %(default)s)")
    parser.add_argument("--verify", action="store_true", help="only check that every file is the one that was packed")
    parser.add_argument("--sha256", help="of manifest.json, as `bundle create` printed it")
    chosen = parser.parse_args(arguments)
    folder = Path(__file__).resolve().parent
    try:
        if chosen.verify:
            lines = [f"whole: {verify_folder(folder, print, sha256=chosen.sha256)['name']}"]
        else:
            lines = install(folder, chosen.into, print, sha256=chosen.sha256)
    except BundleError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return error.code
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
