"""Caches laid out on disk as other programs do it."""

import json

from tests.weights.hub import COMMIT, sha256_of


def into_huggingface(cache, repository, files, *, commit=COMMIT, main=True, links=True):
    """Put files of a repository into a cache of huggingface_hub; without *links* as on systems that have none."""
    folder = cache / f"models--{repository.replace('/', '--')}"
    for path, data in files.items():
        pointer = folder / "snapshots" / commit / path
        pointer.parent.mkdir(parents=True, exist_ok=True)
        if links:
            blob = folder / "blobs" / sha256_of(data)
            blob.parent.mkdir(exist_ok=True)
            blob.write_bytes(data)
            pointer.symlink_to("../" * (len(pointer.relative_to(folder).parts) - 1) + f"blobs/{blob.name}")
        else:
            pointer.write_bytes(data)
    if main:
        (folder / "refs").mkdir(exist_ok=True)
        (folder / "refs" / "main").write_text(commit, encoding="utf-8")
    return folder


def into_llama(cache, repository, path, data):
    """Put a file into the cache that llama.cpp had of its own."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / f"{repository}/{path}".replace("/", "_")
    file.write_bytes(data)
    file.with_name(f"{file.name}.etag").write_text('"whatever"', encoding="utf-8")
    return file


def into_ollama(cache, name, data, *, begin="sha256-", digest=None):
    """Put a model (`host/user/model:tag`) where Ollama keeps it."""
    path, _, tag = name.partition(":")
    manifest = cache / "manifests" / path / tag
    manifest.parent.mkdir(parents=True, exist_ok=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest or sha256_of(data)}", "size": len(data)},
        {"mediaType": "application/vnd.ollama.image.template", "digest": f"sha256:{'c' * 64}", "size": 9},
    ]
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": layers}), encoding="utf-8")
    blob = cache / "blobs" / f"{begin}{digest or sha256_of(data)}"
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(data)
    return blob
