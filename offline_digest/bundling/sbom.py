"""What is in a bundle and under which licence, for whoever must approve it: CycloneDX 1.6, JSON."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from offline_digest.bundling.portable import borrowed_libraries
from offline_digest.bundling.values import Weights
from offline_digest.bundling.wheels import Wheel
from offline_digest.files import file_sha256

_SUBJECT = "offline-digest"  # the package that a bundle is about


def render_sbom(name: str, wheels: Sequence[Wheel], weights: Sequence[Weights]) -> bytes:
    """Return the bytes of `sbom.cdx.json`; the same wheels and weights give the same bytes, so it bears no date.

    Args:
        name: Of the bundle.
        wheels: All that are in it.
        weights: The model's files.
    """
    described = {wheel.name: _of_wheel(wheel) for wheel in wheels}
    components = [row for package, row in described.items() if package != _SUBJECT] + [_of_weights(w) for w in weights]
    body: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**described[_SUBJECT], "type": "application"}},
        "components": components,
        "dependencies": [{"ref": _ref(wheel), "dependsOn": sorted(_needed(wheel, wheels))} for wheel in wheels],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, name + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest())
    return (json.dumps({"serialNumber": f"urn:uuid:{serial}", **body}, indent=1, ensure_ascii=True) + "\n").encode()


def _of_wheel(wheel: Wheel) -> dict[str, Any]:
    row: dict[str, Any] = {
        "type": "library",
        "bom-ref": _ref(wheel),
        "name": wheel.name,
        "version": wheel.version,
        "purl": _ref(wheel),
        "hashes": [{"alg": "SHA-256", "content": file_sha256(wheel.path)}],
    }
    if wheel.summary:
        row["description"] = " ".join(wheel.summary.split())
    if wheel.licence:
        row["licenses"] = [{"license": {"name": wheel.licence}}]
    if wheel.name == "llama-cpp-python" and (borrowed := borrowed_libraries(wheel.path)):
        digest = hashlib.sha256
        hashed = {n: [{"alg": "SHA-256", "content": digest(data).hexdigest()}] for n, data in sorted(borrowed.items())}
        row["components"] = [{"type": "library", "name": n, "hashes": hashes} for n, hashes in hashed.items()]
    return row


def _of_weights(weights: Weights) -> dict[str, Any]:
    row: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": f"model:{weights.sha256}",
        "name": weights.name,
        "hashes": [{"alg": "SHA-256", "content": weights.sha256}],
    }
    return row | ({"licenses": [{"license": {"name": weights.licence}}]} if weights.licence else {})


def _needed(wheel: Wheel, wheels: Sequence[Wheel]) -> set[str]:
    """Return the references of the wheels that *wheel* requires; those that only its extras ask for do not count."""
    names = set()
    for text in wheel.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or "extra" not in str(requirement.marker):
            names.add(canonicalize_name(requirement.name))
    return {_ref(other) for other in wheels if other.name in names}


def _ref(wheel: Wheel) -> str:
    return f"pkg:pypi/{wheel.name}@{wheel.version}"
