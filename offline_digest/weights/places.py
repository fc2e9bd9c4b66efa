"""Where model files lie on this machine: our own folder, and the caches of other programs, out of which they are used in place.

    <models>/models.lock
    <models>/<user>/<repo>/<file>                                   fetched
    <models>/<name>.gguf                                            imported
    <installation>/models.lock and <file>                           came with a bundle, for everybody who uses the installation
    <hub>/models--<user>--<repo>/refs/main                          holds a commit
    <hub>/models--<user>--<repo>/snapshots/<commit>/<file>          links to ../../blobs/<SHA-256>
    <llama.cpp>/<user>_<repo>_<file>                                with _ for / in it; nothing says what it should hold
    <Ollama>/manifests/<host>/<user>/<model>/<tag>                  JSON that names layers by their SHA-256
    <Ollama>/blobs/sha256-<SHA-256>

Nothing is written there but in our own folder. What cannot be looked into is as good as empty.

Source: https://huggingface.co/docs/hub/local-cache; llama.cpp, common/download.cpp (until b8500) and common/hf-cache.cpp; Ollama,
types/model/name.go and manifest/layer.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from offline_digest.config import ModelCaches, Settings, model_caches, shipped_models
from offline_digest.records import Record
from offline_digest.weights.lock import LOCK_NAME, Lock, read_lock
from offline_digest.weights.spelling import is_word

Place = Literal["file", "models", "package", "bundle", "huggingface", "llama.cpp", "ollama"]
HUB = "hub:"  # how a pin names what was fetched into our folder
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MODEL_LAYER = "application/vnd.ollama.image.model"
_HUB_HOSTS = {"hf.co", "huggingface.co", "hf-mirror.com"}
_MOST_MANIFEST_BYTES = 2**20


class Shelf(Record):
    """One version of a repository's GGUF files, as one place keeps them: path in the repository → file here.

    `hashes` are what the place itself says of them; `source` is how a pin names it.
    """

    place: Place
    source: str
    files: dict[str, Path]
    hashes: dict[str, str] = Field(default_factory=dict)


class Places(Record):
    """All places of one user."""

    models: Path
    caches: ModelCaches = ModelCaches()
    shipped: Path | None = None

    @property
    def lock(self) -> Path:
        """The lock's file."""
        return self.models / LOCK_NAME

    def trusted(self) -> Lock:
        """Return what the user's lock pins, and that of the bundle which the program came in; a name that both give is the user's.

        Raises:
            IntegrityError: One of them is damaged.
        """
        ours = read_lock(self.lock)
        shipped = read_lock(self.shipped / LOCK_NAME).pins if self.shipped else ()
        taken = [pin.model_copy(update={"name": None}) if pin.name and ours.named(pin.name) else pin for pin in shipped]
        return ours.joined(taken)

    def own_file(self, repository: str, file: str) -> Path:
        """Return where a file of a repository is put."""
        return self.models.joinpath(*repository.split("/"), *file.split("/"))

    def shelves(self, repository: str) -> Iterator[Shelf]:
        """Yield what there is of *repository* (`user/repo`, in any case), what was fetched on purpose first."""
        user, repo = repository.split("/")
        for folder in _named(self.models, user):
            for inner in _named(folder, repo):
                yield Shelf(place="models", source=f"{HUB}{folder.name}/{inner.name}", files=_ggufs(inner))
        for cache in self.caches.huggingface:
            for folder in _named(cache, f"models--{user}--{repo}"):
                yield from _snapshots(folder, repository)
        for cache in self.caches.llama:
            begin = f"{user}_{repo}_".casefold()
            files = {path.name[len(begin) :]: path for path in _entries(cache) if path.name.casefold().startswith(begin) and _is_gguf(path)}
            yield Shelf(place="llama.cpp", source=f"llama.cpp:{repository}", files=files)
        yield from self._served_of(user, repo)

    def served(self, model: str) -> Shelf | None:
        """Return what Ollama calls *model* (`qwen3:4b`, `user/model:tag`, `host/user/model`), None where it has no such model.

        The shelf's one file is called by its tag, for that is where repositories of the hub have their quantization there.
        """
        name, _, tag = model.partition(":")
        *where, last = name.split("/")
        parts = (["registry.ollama.ai", "library", last], ["registry.ollama.ai", *where, last], [*where, last])[min(len(where), 2)]
        if len(parts) != 3 or not all(map(is_word, [*parts, tag or "latest"])):
            return None
        for folder in self.caches.ollama:
            for manifest in _below(folder / "manifests", *parts, tag or "latest"):
                if shelf := _served(folder, manifest):
                    return shelf
        return None

    def by_hash(self, sha256: str) -> Shelf | None:
        """Return the file of that hash out of the bundle or a cache that names files by their hashes, None where there is none."""
        pin = read_lock(self.shipped / LOCK_NAME).find(sha256) if self.shipped else None
        if self.shipped and pin and (file := self.shipped / pin.file).is_file():
            return Shelf(place="bundle", source="bundle", files={sha256: file}, hashes={sha256: sha256})
        for cache in self.caches.huggingface:
            for folder in _entries(cache):
                if (blob := folder / "blobs" / sha256).is_file():
                    repository = folder.name.removeprefix("models--").replace("--", "/")
                    return Shelf(place="huggingface", source=f"huggingface:{repository}", files={sha256: blob}, hashes={sha256: sha256})
        for cache in self.caches.ollama:
            if kept := _blob(cache, sha256):
                return Shelf(place="ollama", source=f"ollama:{kept.name}", files={sha256: kept}, hashes={sha256: sha256})
        return None

    def _served_of(self, user: str, repo: str) -> Iterator[Shelf]:
        """Yield what Ollama has fetched of a repository of the hub."""
        for cache in self.caches.ollama:
            for host in _entries(cache / "manifests"):
                if host.name in _HUB_HOSTS:
                    for folder in _below(host, user, repo):
                        yield from filter(None, (_served(cache, manifest) for manifest in _entries(folder)))


def places_of(settings: Settings) -> Places:
    """Return the places of the user with these *settings*."""
    return Places(models=settings.models, caches=model_caches(), shipped=shipped_models())


def _snapshots(folder: Path, repository: str) -> Iterator[Shelf]:
    """Yield the versions of a repository in a cache of the hub's layout: that of its main branch first, then the newest."""
    commits = sorted(_entries(folder / "snapshots"), key=_age_ns, reverse=True)
    main = _text(folder / "refs" / "main").strip()
    for commit in sorted(commits, key=lambda commit: commit.name != main):
        files = _ggufs(commit)
        hashes = {file: found for file, path in files.items() if _SHA256.fullmatch(found := path.resolve().name)}
        yield Shelf(place="huggingface", source=f"huggingface:{repository}@{commit.name}", files=files, hashes=hashes)


def _served(cache: Path, manifest: Path) -> Shelf | None:
    """Return the model that a manifest of Ollama names, None where it has not exactly one layer of weights that is here."""
    layers = [layer for layer in _layers(_text(manifest)) if layer.get("mediaType") == _MODEL_LAYER]
    digest = str(layers[0].get("digest")).removeprefix("sha256:") if len(layers) == 1 else ""
    blob = _blob(cache, digest) if _SHA256.fullmatch(digest) else None
    if blob is None:
        return None
    name = "/".join(manifest.parts[-3:-1])
    file = f"{manifest.name}.gguf"
    return Shelf(place="ollama", source=f"ollama:{name}:{manifest.name}", files={file: blob}, hashes={file: digest})


def _layers(text: str) -> list[Mapping[str, Any]]:
    try:
        data = json.loads(text)
    except ValueError:
        return []
    layers = data.get("layers") if isinstance(data, dict) else None
    return [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []


def _blob(cache: Path, sha256: str) -> Path | None:
    """Return Ollama's file of a hash; `sha256:` was its name where systems allow it, until Ollama 0.1.33."""
    names = (f"sha256-{sha256}", f"sha256:{sha256}")
    return next((path for name in names if _is_file(path := cache / "blobs" / name)), None)


def _ggufs(folder: Path) -> dict[str, Path]:
    """Return the GGUF files below a folder, by their paths in it."""
    try:
        return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if _is_gguf(path)}
    except OSError:
        return {}


def _is_gguf(path: Path) -> bool:
    return path.suffix.casefold() == ".gguf" and _is_file(path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _below(folder: Path, *names: str) -> Iterator[Path]:
    """Yield what lies in a folder under *names*, one inside the other, in any case."""
    if not names:
        yield folder
    else:
        for inner in _named(folder, names[0]):
            yield from _below(inner, *names[1:])


def _named(folder: Path, name: str) -> Iterator[Path]:
    yield from (path for path in _entries(folder) if path.name.casefold() == name.casefold())


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _age_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _text(path: Path) -> str:
    """Return a small text file, empty where there is none, or none that is text."""
    try:
        return path.read_text(encoding="utf-8") if path.stat().st_size <= _MOST_MANIFEST_BYTES else ""
    except (OSError, UnicodeDecodeError):
        return ""
