"""Files of realistic shape whose weights are holes: llama.cpp lays them out as any other, and they take no room on the disk."""

import gguf
import numpy as np

from offline_digest.engines.llama.shapes import _matrices, _norms, _vocabulary, write_dimensions

_ALIGNED = 32


def write_hollow(path, shape):
    """Write the header of a Q4_K_M file of *shape*, and make the file as long as its weights would make it."""
    writer = gguf.GGUFWriter(path, "llama")
    write_dimensions(writer, shape)
    tokens = _vocabulary((), shape.vocabulary)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([t.text for t in tokens])
    writer.add_token_scores([t.score for t in tokens])
    writer.add_token_types([int(t.kind) for t in tokens])
    types = gguf.GGMLQuantizationType
    size = 0
    for name, rows, columns, better in _matrices(shape):
        coarse, fine = (types.Q4_K, types.Q6_K) if columns % 256 == 0 else (types.Q5_0, types.Q8_0)
        kind = fine if better else coarse
        per_block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
        row_bytes = columns // per_block * block_bytes
        writer.add_tensor_info(name, (rows, row_bytes), np.dtype(np.uint8), rows * row_bytes, raw_dtype=kind)
        size += -(-rows * row_bytes // _ALIGNED) * _ALIGNED
    for name in _norms(shape):
        writer.add_tensor_info(name, (shape.width,), np.dtype(np.float32), shape.width * 4)
        size += -(-shape.width * 4 // _ALIGNED) * _ALIGNED
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    with path.open("r+b") as file:
        file.truncate(-(-path.stat().st_size // _ALIGNED) * _ALIGNED + size)
