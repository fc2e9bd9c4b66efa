"""The commands about models: fetch one from a hub, take over a file, look whether all are whole, remove and choose one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_digest.cli.model_lists import check, list_, show
from offline_digest.cli.options import CONFIG, JSON_LINES, today
from offline_digest.cli.streams import emit, tell
from offline_digest.cli.terminal import Terminal

if TYPE_CHECKING:
    from offline_digest.config import Settings
    from offline_digest.weights import ModelFile

_PLACES = {
    "models": "the folder of models",
    "package": "a Python package",
    "huggingface": "the cache of Hugging Face",
    "llama.cpp": "the cache of llama.cpp",
    "ollama": "Ollama's models",
}


@click.group()
def models() -> None:
    """List, fetch, import, verify, remove and choose models. Only `pull` goes online."""


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
    from offline_digest.config import load_settings, state_folder
    from offline_digest.weights import Hashes, known_models, places_of
    from offline_digest.weights.online import Machine, open_hub
    from offline_digest.weights.online import pull as pull_model

    settings = load_settings(config)
    network = settings.network.model_copy(update={"offline": True}) if offline else settings.network
    with Terminal() as report:
        machine = Machine(places=places_of(settings), hashes=Hashes(state_folder()), report=report, day=today())
        pulled = pull_model(name, known_models(), machine, lambda: open_hub(network, told=report.step))
    if as_json:
        emit(_object(pulled.model, pulled.hashes, fetched_bytes=pulled.fetched_bytes))
    else:
        emit(str(pulled.model.path))
    tell(f"{name}: fetched" if pulled.fetched_bytes else f"{name}: is here already, in {_PLACES[pulled.model.place]}")
    _say_how_to_use(name, settings)


def _object(model: ModelFile, hashes: tuple[str, ...], **more: Any) -> str:  # noqa: ANN401 (whatever JSON holds)
    """Return a model as one line of JSON."""
    files = [str(part.path) for part in model.parts]
    size_bytes = sum(part.path.stat().st_size for part in model.parts)
    line = {"name": model.name, "place": model.place, "files": files, "sha256": list(hashes), "size_bytes": size_bytes, **more}
    return json.dumps(line, ensure_ascii=False)


def _say_how_to_use(name: str, settings: Settings) -> None:
    if settings.model != name:
        tell(f"use it with --model {name}, or always: offline-digest models use {name}")
