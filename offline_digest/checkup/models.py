"""The model that is set, and the files that are trusted. No file is hashed here: what is remembered of it counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from offline_digest.checkup.finding import Case, Finding, error, ok, warning
from offline_digest.progress import amount

if TYPE_CHECKING:
    from pathlib import Path

    from offline_digest.config import Settings
    from offline_digest.weights import Hashes, Lock, ModelFacts, ModelFile


def model(case: Case) -> Iterator[Finding]:
    """Look at the model that digests would be written with: is it here, whole, trusted, and does it fit."""
    if case.settings is None:
        return
    if case.model is None:
        yield ok("model", "none is set: digests are made of quotations (`offline-digest models use NAME` sets one)")
        return
    from offline_digest.config import state_folder
    from offline_digest.pipeline import model_at_hand
    from offline_digest.weights import Hashes, Inspector, places_of, read_lock

    found = model_at_hand(case.model, case.settings)
    with Inspector() as inspector:
        facts = inspector.inspect(found.path)
    yield ok("model", f"{case.model}: {_described(facts)}")
    yield from _trust(found, Hashes(state_folder()), read_lock(places_of(case.settings).lock))
    yield from _fit(facts, case.settings)


def _described(facts: ModelFacts) -> str:
    parts = f", {facts.parts} files" if facts.parts > 1 else ""
    billions = f"{facts.parameters / 1e9:.1f}B" if facts.parameters >= 1e8 else f"{facts.parameters / 1e6:.0f}M"
    return f"{facts.architecture} {billions} {facts.quantization}, {amount(facts.size_bytes)}{parts}, context of {facts.context} tokens"


def _trust(found: ModelFile, hashes: Hashes, lock: Lock) -> Iterator[Finding]:
    """Say whether every part is vouched for, as far as is known without reading it."""
    from offline_digest.errors import IntegrityError
    from offline_digest.pipeline import catalogue_hashes

    vouched = {*catalogue_hashes(), *(pin.sha256 for pin in lock.pins)}
    for part in found.parts:
        known = hashes.known(part.path)
        pinned = lock.find(part.sha256) if part.sha256 else None
        if part.sha256 and (known not in (None, part.sha256) or (pinned and part.path.stat().st_size != pinned.size_bytes)):
            mend = "Remove it and get the model anew; if you changed it yourself, `offline-digest models import` it."
            yield error("model", f"{part.path} is not the file it should be.", mend, code=IntegrityError.exit_code)
            continue
        size = part.path.stat().st_size
        may_be_pinned = part.sha256 or any(pin.size_bytes == size for pin in lock.pins)
        if may_be_pinned and _is_stale(part.path, hashes):
            yield warning("model", f"{part.path} changed since it was read.", "offline-digest models verify")
        elif not part.sha256 and known not in vouched:
            if known is None and may_be_pinned:
                continue  # most likely one of them; the next digest reads it
            yield warning(
                "model", f"{part.path.name} is not trusted: a digest with it ends with 12.", f"offline-digest models import {part.path}"
            )


def _fit(facts: ModelFacts, settings: Settings) -> Iterator[Finding]:
    """Say what is known of the model that will be felt."""
    from offline_digest.engines.llama.machine import free_bytes
    from offline_digest.errors import OutOfMemory

    room = int(settings.memory_gb * 1e9) or free_bytes()
    if facts.size_bytes > room:
        text = f"Its weights take {amount(facts.size_bytes)}, and {amount(room)} of memory are free."
        yield error("model", text, "offline-digest models ls --fit", code=OutOfMemory.exit_code)
    if facts.template is None:
        yield warning(
            "model", "The file has no chat template: it may be no instruct model, and answer badly.", "Take the file of an instruct model."
        )


def pins(case: Case) -> Iterator[Finding]:
    """Hold the lock against the folder of models: what is pinned and gone, or there and not pinned."""
    if case.settings is None:
        return
    from offline_digest.config import state_folder
    from offline_digest.weights import Hashes, places_of, read_lock

    places = places_of(case.settings)
    lock = read_lock(places.lock)
    hashes = Hashes(state_folder())
    gone = changed = 0
    for pin in lock.pins:
        path = places.models / pin.file
        if not path.is_file():
            if places.by_hash(pin.sha256) is None and not _elsewhere(pin.sha256, hashes):
                gone += 1
                yield warning("trusted files", f"{pin.file} is trusted and not here.", pin.way_back)
        elif path.stat().st_size != pin.size_bytes or hashes.known(path) not in (None, pin.sha256):
            changed += 1
            yield error(
                "trusted files", f"{pin.file} is not what was trusted.", f"offline-digest models verify {pin.name or ''}".rstrip(), code=12
            )
        elif _is_stale(path, hashes):
            changed += 1
            yield warning("trusted files", f"{pin.file} changed since it was read.", "offline-digest models verify")
    stray = [path for path in sorted(places.models.rglob("*.gguf")) if not lock.at(path.relative_to(places.models).as_posix())]
    for path in stray:
        yield warning("trusted files", f"{path} is not trusted.", f"offline-digest models import '{path}'")
    if not (gone or changed or stray):
        files, names = len({pin.sha256 for pin in lock.pins}), len(lock.pins)
        known = f"{files} in {places.lock}" + (f", under {names} names" if names > files else "")
        yield ok("trusted files", known if files else "none yet; `offline-digest models pull` or `import` adds them")


def _is_stale(path: Path, hashes: Hashes) -> bool:
    """Tell whether what is remembered of a file is of another state of it: other bytes, or the same ones, written anew."""
    return hashes.known(path) is None and hashes.was_at(path.resolve())


def _elsewhere(sha256: str, hashes: Hashes) -> bool:
    """Tell whether a file of that hash was read where it still is, outside of our folder."""
    path = hashes.last_path(sha256)
    return path is not None and path.is_file()
