"""From weights to GGUF: float16 first, then quantized by llama.cpp itself."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.starter.contract import CHAT_TEMPLATE, END, LANGUAGE, PASSAGE, START, questions_text

if TYPE_CHECKING:
    from training.starter.model import Form
    from training.starter.vocabulary import Vocabulary

LICENCE = "apache-2.0"
QUANTIZATIONS = ("Q8_0", "Q5_1", "Q5_0", "Q5_K_M", "Q4_K_M", "Q4_1", "Q4_0")


def write_gguf(path: Path, form: Form, vocabulary: Vocabulary, weights: Mapping[str, Any]) -> None:
    """Write a float16 GGUF file; vectors stay in float32, as llama.cpp wants them.

    Beside what llama.cpp reads it says, under `offline_digest.`, what the model was made for: its languages, what it gets to read, and the
    questions it was trained on (a prompts file, as text).

    Args:
        path: The file.
        form: Dimensions.
        vocabulary: As many tokens as the embedding has rows.
        weights: Tensor name → array.
    """
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("offline-digest starter")
    writer.add_license(LICENCE)
    writer.add_block_count(form.layers)
    writer.add_context_length(form.context)
    writer.add_embedding_length(form.width)
    writer.add_feed_forward_length(form.feed_forward)
    writer.add_head_count(form.heads)
    writer.add_head_count_kv(form.kv_heads)
    writer.add_layer_norm_rms_eps(form.epsilon)
    writer.add_rope_freq_base(form.rope_base)
    writer.add_rope_dimension_count(form.head_size)
    writer.add_vocab_size(len(vocabulary))
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_merges(vocabulary.merges)
    writer.add_token_types(vocabulary.types)
    writer.add_bos_token_id(vocabulary.ids[START])
    writer.add_eos_token_id(vocabulary.ids[END])
    writer.add_pad_token_id(vocabulary.ids[END])
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)
    writer.add_array("offline_digest.languages", [LANGUAGE])
    writer.add_string("offline_digest.passage", PASSAGE)
    writer.add_string("offline_digest.questions", questions_text())
    for name, array in weights.items():
        writer.add_tensor(name, array.astype(np.float32 if array.ndim == 1 else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


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
    from training.starter.checkpoints import load_weights
    from training.starter.model import read_form
    from training.starter.train import continued
    from training.starter.vocabulary import VOCABULARY, Vocabulary

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
