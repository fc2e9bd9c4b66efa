"""From weights to GGUF: float16 first, then quantized by llama.cpp itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from training.starter.checkpoints import load_weights
from training.starter.model import read_form
from training.starter.train import continued
from training.starter.vocabulary import VOCABULARY, Vocabulary
from training.starter.writing import write_gguf

QUANTIZATIONS = ("Q8_0", "Q5_1", "Q5_0", "Q5_K_M", "Q4_K_M", "Q4_1", "Q4_0")


def export(prepared: Path, base: Path, weights: Path | None, out: Path, *, kinds: Sequence[str]) -> dict[str, int]:
    """Write a model as a float16 file and in each of *kinds*.

    Args:
        prepared: The folder that `prepare` wrote; the vocabulary is taken from it.
        base: The GGUF file that was continued; gives the dimensions.
        weights: What the training ended with; None: what it begins with, to try the rest of the way and to have something to compare with.
        out: Gets `starter-F16.gguf` and one file for each kind.
        kinds: Of `QUANTIZATIONS`.

    Returns:
        File name → size in bytes.
    """
    out.mkdir(parents=True, exist_ok=True)
    whole = out / "starter-F16.gguf"
    vocabulary = Vocabulary.load(prepared / VOCABULARY)
    arrays = (
        load_weights(weights) if weights else {name: t.detach().numpy() for name, t in continued(base, vocabulary).state_dict().items()}
    )
    write_gguf(whole, read_form(base), vocabulary, arrays)
    files = [whole]
    for kind in kinds:
        files.append(out / f"starter-{kind}.gguf")
        quantize(whole, files[-1], kind)
    return {path.name: path.stat().st_size for path in files}


def quantize(source: Path, target: Path, kind: str) -> None:
    """Write *source* in one of `QUANTIZATIONS`.

    Raises:
        ValueError: llama.cpp refuses.
    """
    import llama_cpp

    from offline_digest.engines.llama.binding import set_fields

    llama_cpp.llama_log_set(_unheard(), None)  # the listener of a model that is gone must not be called
    parameters = llama_cpp.llama_model_quantize_default_params()
    set_fields(parameters, ftype=getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{kind}"), nthread=os.cpu_count() or 1)
    if llama_cpp.llama_model_quantize(os.fsencode(source), os.fsencode(target), parameters) != 0:
        raise ValueError(f"llama.cpp could not write {source.name} as {kind}.")


@cache
def _unheard() -> object:
    """Return a listener for llama.cpp's log that is never freed."""
    import llama_cpp

    return llama_cpp.llama_log_callback(lambda _level, _text, _data: None)
