"""The GGUF file: what llama.cpp reads of it, and what the program reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from training.starter.contract import CHAT_TEMPLATE, END, LANGUAGE, PASSAGE, START, questions_text
from training.starter.model import Form
from training.starter.vocabulary import Vocabulary

LICENCE = "apache-2.0"


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
