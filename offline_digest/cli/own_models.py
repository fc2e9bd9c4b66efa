"""What is known of models that the user has and the catalogue has not."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from offline_digest.cli.streams import tell
from offline_digest.errors import IntegrityError, ModelNotFound, ModelUnusable

if TYPE_CHECKING:
    from offline_digest.weights import CatalogEntry, Places


def own_lines(catalog: Mapping[str, CatalogEntry], places: Places) -> Iterator[dict[str, Any]]:
    """Yield what `models ls --json` tells of every name that is pinned and is none of the catalogue's rows.

    Of a file that is not here the lock alone tells; a damaged lock is told of, and has no models.
    """
    from offline_digest.pipeline import listed_as
    from offline_digest.weights import Inspector, Listed, find_model, parse_name, quant_of, read_lock

    try:
        lock = read_lock(places.lock)
    except IntegrityError as error:
        tell(f"warning: {error.message}")
        return
    names = dict.fromkeys(pin.name for pin in lock.pins if pin.name)
    with Inspector() as inspector:
        for name in names:
            meant: Listed | None = None
            with contextlib.suppress(ModelNotFound):
                meant = listed_as(parse_name(name, catalog), catalog)
            if meant and meant.quant in {"", quant_of(catalog[meant.name])}:
                continue
            path, facts, pins = None, None, lock.named(name)
            with contextlib.suppress(ModelNotFound, IntegrityError, ModelUnusable):
                path = find_model(name, catalog, places).path
                facts = inspector.inspect(path)
            yield {
                "name": name,
                "title": facts.name if facts else "",
                "parameters": facts.parameters if facts else None,
                "quant": facts.quantization if facts else "",
                "size_bytes": sum(pin.size_bytes for pin in pins),
                "languages": facts.languages if facts else (),
                "context": facts.context if facts else None,
                "licence": facts.licence if facts else "",
                "path": str(path) if path else None,
                "sha256": [pin.sha256 for pin in pins],
                "source": pins[0].source,
            }


def own_facts(name: str, catalog: Mapping[str, CatalogEntry], places: Places) -> dict[str, Any]:
    """Return what the lock and its own header say of a model that is here and not in the catalogue."""
    from offline_digest.config import state_folder
    from offline_digest.weights import Hashes, Inspector, find_model

    found = find_model(name, catalog, places)
    with Inspector() as inspector:
        facts = inspector.inspect(found.path)
    hashes = Hashes(state_folder())
    known = [part.sha256 or hashes.known(part.path) for part in found.parts]
    return {
        "name": name,
        "title": facts.name,
        "architecture": facts.architecture,
        "parameters": facts.parameters,
        "quant": facts.quantization,
        "context": facts.context,
        "size_bytes": facts.size_bytes,
        "languages": ", ".join(facts.languages),
        "licence": facts.licence,
        "sha256": ", ".join(sha256 or "unknown" for sha256 in known),
        "path": str(found.path),
        "source": found.source,
    }
