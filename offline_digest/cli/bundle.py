"""`bundle`: the program and a model on a disk, for a machine without network."""

from __future__ import annotations

import platform
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_digest.cli.options import CONFIG, PATH, TRUST, settings_of, today
from offline_digest.cli.streams import emit, tell
from offline_digest.cli.terminal import Terminal
from offline_digest.errors import DigestError, DiskFull, IntegrityError, UsageError
from offline_digest.files import disk_errors

if TYPE_CHECKING:
    from offline_digest.bundling import Weights
    from offline_digest.config import Settings

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?)b?|b?)", re.IGNORECASE)
_PLACES = {"k": 1, "m": 2, "g": 3, "t": 4}
SHA256 = click.option("--sha256", help="Of the manifest, as `bundle create` printed it: is it that very bundle?")


class Size(click.ParamType):  # type: ignore[type-arg]  # newer versions of click alone make it generic
    """A number of bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401 (click's own signature)
        """Return the bytes, or fail with what is understood."""
        found = _SIZE.fullmatch(str(value).strip())
        if not found:
            self.fail(f"{value!r} is no size; say 4GB, 650MB or 700MiB", param, ctx)
        return int(float(found[1]) * (1024 if found[3] else 1000) ** _PLACES.get((found[2] or "").lower(), 0))


@click.group()
def bundle() -> None:
    """Carry the program and a model to a machine without network. Only `create` goes online, through pip."""


@bundle.command()
@click.option("-o", "--out", required=True, type=PATH, help="A folder, or an archive that ends in .tar.")
@click.option("--model", help="Model to take along; there it is trusted.")
@TRUST
@click.option("--python", "python", help="Version of Python there, such as 3.12; default: the one here.")
@click.option(
    "--platform", "platform_", help="Platform there, such as manylinux_2_28_x86_64, macosx_14_0_arm64, win_amd64; default: as here."
)
@click.option("--max-part-size", type=Size(), help="Largest file, for the disk it is carried on: 4GB for FAT32.")
@click.option("--llama-wheel", type=PATH, help="llama-cpp-python built on a machine like the other one, where it cannot be compiled here.")
@click.option("--offline", is_flag=True, help="Download nothing; take the wheels of an earlier call.")
@CONFIG
def create(
    out: Path,
    model: str | None,
    trust_model: bool,
    python: str | None,
    platform_: str | None,
    max_part_size: int | None,
    llama_wheel: Path | None,
    offline: bool,
    config: Path | None,
) -> None:
    """Make a bundle: all packages for the other machine, a model, and an install.py that needs only Python there.

    Prints the paths of its files. The SHA-256 that is told at the end identifies it; carry it by another way. The first call compiles
    llama.cpp, for all CPUs of this kind, which takes some minutes.
    """
    from offline_digest.bundling import Order, create_bundle

    settings = settings_of(config, None)
    network = settings.network
    called, weights = _weights(model, settings, trust=trust_model)
    order = Order(
        out=out,
        python=python or ".".join(platform.python_version_tuple()[:2]),
        platform=platform_,
        model=weights,
        model_name=called,
        limit=max_part_size,
        llama_wheel=llama_wheel,
        offline=offline or settings.network.offline,
        pip_options=(
            *(("--proxy", network.proxy) if network.proxy else ()),
            *(("--cert", str(network.ca_bundle)) if network.ca_bundle else ()),
        ),
        day=today(),
    )
    created = create_bundle(order, tell)
    for path in created.paths:
        emit(str(path))
    tell(f"{created.name}\nSHA-256 of its manifest: {created.sha256}\nOn the other machine: python{order.python} install.py")


@bundle.command()
@click.argument("path", type=PATH)
@SHA256
def verify(path: Path, sha256: str | None) -> None:
    """Check every file of a bundle, a folder or an archive; names each that is missing, changed or not of it. Never online.

    Of several archives name any one; the others are found beside it.
    """
    from offline_digest.bundling import all_archives, verify_archives, verify_folder

    with _our_errors():
        if path.is_dir():
            manifest = verify_folder(path, tell, sha256=sha256)
        else:
            manifest, found = verify_archives(_archives(path, all_archives(path)))
            if sha256 is not None and found != sha256.lower():
                raise IntegrityError(f"This is another bundle: the SHA-256 of its manifest is {found}.", "Was it exchanged on the way?")
    emit(f"whole: {manifest['name']}")


@bundle.command()
@click.argument("path", type=PATH)
@click.option("--into", type=PATH, default=Path("~/offline-digest"), show_default=True, help="Folder to install into.")
@SHA256
def install(path: Path, into: Path, sha256: str | None) -> None:
    """Check a bundle and install it, as its own install.py does. Never online."""
    from offline_digest.bundling import all_archives, install_folder, unpack_archives

    with _our_errors():
        if path.is_dir():
            lines = install_folder(path, into, tell, sha256=sha256)
        else:
            archives, place = _archives(path, all_archives(path)), into.expanduser().absolute()
            with disk_errors(place), tempfile.TemporaryDirectory(dir=next(above for above in place.parents if above.is_dir())) as scratch:
                unpack_archives(archives, Path(scratch) / "bundle")
                lines = install_folder(Path(scratch) / "bundle", into, tell, sha256=sha256)
    emit("\n".join(lines))


def _archives(path: Path, found: list[Path]) -> list[Path]:
    if not path.is_file():
        raise UsageError(f"There is no bundle {path}.", "Name the folder that holds install.py, or an archive that ends in .tar.")
    return found


def _weights(name: str | None, settings: Settings, *, trust: bool) -> tuple[str, tuple[Weights, ...]]:
    """Return what the model is called, and its files, none when no model was named; it is trusted as for a digest."""
    from offline_digest.bundling import Weights
    from offline_digest.config import state_folder
    from offline_digest.pipeline import trusted_model
    from offline_digest.weights import Hashes, known_models, part_hashes

    if name is None:
        return "", ()
    with Terminal() as report:
        model = trusted_model(name, settings, report, trust=trust).model
    hashes = part_hashes(model, Hashes(state_folder()))
    entry = known_models().get(model.name.partition(":")[0].casefold())
    licence = entry.licence if entry else ""
    return model.name, tuple(
        Weights(name=Path(part.file).name, path=part.path, sha256=sha256, size_bytes=part.path.stat().st_size, licence=licence)
        for part, sha256 in zip(model.parts, hashes, strict=True)
    )


@contextmanager
def _our_errors() -> Iterator[None]:
    """Say what is wrong with a bundle as everything else is said."""
    from offline_digest.bundling import BundleError

    try:
        yield
    except BundleError as error:
        kinds: dict[int, type[DigestError]] = {2: UsageError, 12: IntegrityError, 15: DiskFull}
        raise kinds.get(error.code, DigestError)(error.message) from error
