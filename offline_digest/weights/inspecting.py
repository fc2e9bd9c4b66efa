"""A GGUF file's header, read in a child process with limits: whatever is in the file, the parent lives on and gets an answer or an error."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from offline_digest.errors import ModelNotFound, ModelUnusable, OutOfMemory, WorkerError
from offline_digest.weights.dimensions import check_dimensions
from offline_digest.weights.facts import ModelFacts, facts_of, part_of
from offline_digest.weights.header import Header, read_header
from offline_digest.weights.spelling import part_names
from offline_digest.workers import Worker

LIMIT_BYTES = 2**30  # of address space; Python and the largest header of `header.py` take half of it
TIMEOUT_S = 60.0  # for one part; the largest known headers take a second
_SERVICE = "offline_digest.weights.inspecting:HeaderService"
_BUFFER = 2**20
_HINT = "Do not use this file; get the model from where it is published."


class Inspector:
    """Reads the headers of models in one child process, which is started when the first is asked for."""

    def __init__(self) -> None:
        self._worker = Worker(_SERVICE, limit_bytes=LIMIT_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._worker.close()

    def inspect(self, path: Path) -> ModelFacts:
        """Return what the model in *path* says of itself; of a split one, *path* is its first part, and all parts are read.

        Raises:
            ModelNotFound: The file, or a part of the model, is not there.
            ModelUnusable: It is no model that llama.cpp could load; the reason is in the message.
        """
        try:
            facts: ModelFacts = self._worker.call("inspect", path, timeout_s=TIMEOUT_S * len(part_names(path.name)))
        except (WorkerError, OutOfMemory) as error:
            raise ModelUnusable(f"The header of {path.name} cannot be read within limits of memory and time.", _HINT) from error
        return facts


class HeaderService:
    """The child's side."""

    def inspect(self, path: Path) -> ModelFacts:
        """Return what the model in *path* says of itself. Raises as `Inspector.inspect`, which calls it."""
        header, size_bytes = _read(path)
        part = part_of(header, path.name)
        if part.number != 1:
            raise ModelUnusable(f"{path.name} is part {part.number} of {part.count} of a model.", "Name its first part.")
        paths = [path.with_name(name) for name in part_names(path.name)]
        if part.count != len(paths):
            hint = f"Its parts end in -00001-of-{part.count:05d}.gguf and so on; give them their names back."
            raise ModelUnusable(f"{path.name} is the first of {part.count} parts by what it holds, and of {len(paths)} by its name.", hint)
        facts = facts_of(header, file=path.name, size_bytes=size_bytes)
        first, tensors = header, list(header.tensors)
        names = {tensor.name for tensor in tensors}
        for n, other in enumerate(paths[1:], 2):
            header, size = _read(other)
            theirs = part_of(header, other.name)
            if (theirs.number, theirs.count) != (n, part.count):
                raise ModelUnusable(f"{other.name} is part {theirs.number} of {theirs.count} of a model by what it holds.", _HINT)
            if names & {tensor.name for tensor in header.tensors}:
                raise ModelUnusable(f"{other.name} has tensors that another part of the model has too.", _HINT)
            names |= {tensor.name for tensor in header.tensors}
            tensors += header.tensors
            more = sum(tensor.parameters for tensor in header.tensors)
            facts = facts.model_copy(update={"size_bytes": facts.size_bytes + size, "parameters": facts.parameters + more})
        if len(names) != part.tensors:
            raise ModelUnusable(f"{path.name} and its other parts have {len(names)} tensors instead of {part.tensors}.", _HINT)
        check_dimensions(first, facts, tensors)
        return facts


def _read(path: Path) -> tuple[Header, int]:
    """Return header and size of one file."""
    try:
        if not path.is_file():
            raise ModelNotFound(f"There is no model file {path}.", "A split model needs all its parts in one folder; or check the path.")
        with path.open("rb", buffering=_BUFFER) as file:
            size_bytes = file.seek(0, 2)
            file.seek(0)
            return read_header(file, size_bytes, path.name), size_bytes
    except OSError as error:
        raise ModelUnusable(f"{path.name} cannot be read: {error.strerror}.", "Check its access rights.") from error
