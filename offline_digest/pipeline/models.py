"""From the name of a model to files that may be loaded: the one place for all commands.

A GGUF file is read by a large library in C++, and a model writes what stands in a post. So before llama.cpp sees a file its header was read by
our own parser in a child process, and its hash is known: to the catalogue, to the user's lock, or to the cache of a program that
checked it when it fetched it. Everything else is refused until the user says `models import` or `--trust-model`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from offline_digest.config import Settings, state_folder
from offline_digest.errors import IntegrityError, ModelNotFound, ModelUnusable
from offline_digest.files import FileState, check_unchanged, file_state
from offline_digest.progress import Reporter
from offline_digest.weights import (
    Hashes,
    Inspector,
    ModelFacts,
    ModelFile,
    find_model,
    known_models,
    part_hashes,
    places_of,
    reading,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedModel:
    """A model whose files may be loaded, as long as they are what `files` says; `sha256` is that of the file that is loaded."""

    model: ModelFile
    facts: ModelFacts
    sha256: str
    files: tuple[FileState, ...]


def model_at_hand(name: str, settings: Settings) -> ModelFile:
    """Return the model that a user named.

    Raises:
        ModelNotFound: There is no such model here; says how to get it.
        IntegrityError: The lock is damaged, or a file has not the size that the catalogue says.
        ConfigError: The user's own catalogue is broken.
    """
    return find_model(name, known_models(), places_of(settings))


def trusted_model(name: str, settings: Settings, report: Reporter, *, trust: bool = False) -> TrustedModel:
    """Return the model that a user named, checked. Nothing native has touched it then.

    Args:
        name: What the user typed.
        settings: What the user has set.
        report: Hears how large files are hashed.
        trust: The user vouches for files that nobody else vouches for.

    Raises:
        ModelUnusable: A file is no model that llama.cpp could load, or cannot be read.
        IntegrityError: A file is not what its place, the catalogue or the lock says, or nobody vouches for it.
        DigestError: As `model_at_hand`.
    """
    model = model_at_hand(name, settings)
    try:
        files = tuple(file_state(part.path) for part in model.parts)
    except OSError as error:
        raise ModelUnusable(f"{error.filename} cannot be read: {error.strerror}.", "Check the path and its access rights.") from error
    with Inspector() as inspector:
        facts = inspector.inspect(model.path)
    if facts.purpose and not model.purpose:  # the catalogue goes first
        model = model.model_copy(update={"purpose": facts.purpose, "languages": tuple(facts.purpose.ask)})
    hashes = part_hashes(model, Hashes(state_folder()), reading(report))
    vouched = {*catalogue_hashes(), *(pin.sha256 for pin in places_of(settings).trusted().pins)}
    for part, sha256 in zip(model.parts, hashes, strict=True):
        if part.sha256 is None and sha256 not in vouched:
            if not trust:
                raise IntegrityError(
                    f"{part.path} is not trusted: its SHA-256 {sha256} is neither in the catalogue nor in your lock of models.",
                    f"If it is what you meant to get, `offline-digest models import {part.path}` says so for good, --trust-model for one call.",
                )
            report.step(f"{part.path.name}, SHA-256 {sha256}, is trusted for this call")
    check_unchanged(files)
    return TrustedModel(model=model, facts=facts, sha256=hashes[0], files=files)


def starter_at_hand(settings: Settings) -> str | None:
    """Return the name of a model that was made for a first try and is on this machine, None where there is none.

    Raises:
        ConfigError: The user's own catalogue is broken.
    """
    for name, entry in known_models().items():
        if entry.made_for:
            with contextlib.suppress(ModelNotFound):
                return model_at_hand(name, settings).name
    return None


def catalogue_hashes() -> Iterator[str]:
    """Yield the hashes that the catalogue vouches for."""
    yield from (entry.package.sha256 for entry in known_models().values() if entry.package)
