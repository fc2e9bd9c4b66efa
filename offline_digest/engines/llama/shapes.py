"""GGUF files of realistic shape with random weights: honest speed and memory figures without any download.

The blocks are written ready-made in the formats of a Q4_K_M file (Q4_K with Q6_K for half of the `v` and `down` matrices, Q5_0 and Q8_0
where a row is no multiple of 256, as llama.cpp's own quantizer falls back), so nothing larger than the file itself is ever held. What such
a model says means nothing. Its vocabulary makes one token of every word it was given, spelled in the way of SentencePiece: each
prefix of a word is a token, so that exactly one chain of merges leads to the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BLOCK = 256  # weights of one K-quant block
_STD = 0.02  # of the weights; norms keep the activations sane at any depth
_SPACE = "\u2581"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The dimensions of a transformer of the Llama family with grouped queries."""

    layers: int
    width: int
    feed_forward: int
    heads: int
    kv_heads: int
    vocabulary: int
    head_size: int
    tied: bool = True
    context: int = 32768


# From the published configurations of SmolLM2-135M, Qwen2.5-0.5B and -1.5B, Qwen3-4B and -8B.
SHAPES: dict[str, Shape] = {
    "135m": Shape(layers=30, width=576, feed_forward=1536, heads=9, kv_heads=3, vocabulary=49152, head_size=64),
    "0.5b": Shape(layers=24, width=896, feed_forward=4864, heads=14, kv_heads=2, vocabulary=151936, head_size=64),
    "1.5b": Shape(layers=28, width=1536, feed_forward=8960, heads=12, kv_heads=2, vocabulary=151936, head_size=128),
    "4b": Shape(layers=36, width=2560, feed_forward=9728, heads=32, kv_heads=8, vocabulary=151936, head_size=128),
    "8b": Shape(layers=36, width=4096, feed_forward=12288, heads=32, kv_heads=8, vocabulary=151936, head_size=128, tied=False),
}


def write_dimensions(writer: Any, shape: Shape) -> None:  # noqa: ANN401 (gguf's writer, which is untyped)
    """Write the keys of a header that tell the dimensions of a model of *shape*."""
    writer.add_block_count(shape.layers)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_size)
    writer.add_value_length(shape.head_size)
    writer.add_rope_dimension_count(shape.head_size)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(shape.vocabulary)


def write_shape(path: Path, shape: Shape, words: Iterable[str], *, spoken: Iterable[str] = ()) -> None:
    """Write a Q4_K_M file of *shape* with random weights; the same call writes the same bytes.

    Args:
        path: The file.
        shape: Its dimensions.
        words: What its vocabulary knows as one token each.
        spoken: Further such words, the only ones that the model ever says; none: it says all of *words*.
    """
    import gguf
    import numpy as np

    tokens = _vocabulary(words, shape.vocabulary, spoken)
    writer = gguf.GGUFWriter(path, "llama", use_temp_file=False)
    writer.add_name("random weights")
    write_dimensions(writer, shape)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([t.text for t in tokens])
    writer.add_token_scores([t.score for t in tokens])
    writer.add_token_types([int(t.kind) for t in tokens])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    random = np.random.default_rng(0)
    mute = [i for i, token in enumerate(tokens) if not token.spoken]
    for name, rows, columns, better in _matrices(shape):
        data, kind = _blocks(random, rows, columns, better=better)
        if name in {"token_embd.weight", "output.weight"}:
            data[mute] = 0  # a logit of 0 is never the largest of many: such a model neither ends nor breaks a line
        writer.add_tensor(name, data, raw_dtype=kind)
    for name in _norms(shape):
        writer.add_tensor(name, np.ones(shape.width, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    score: float
    kind: int
    spoken: bool = False


def _vocabulary(words: Iterable[str], size: int, spoken: Iterable[str] = ()) -> list[_Token]:
    """Return *size* tokens: the special ones, 256 bytes, then every prefix of each word, then filler that no text contains."""
    import gguf

    kinds = gguf.TokenType
    tokens = [_Token("<unk>", 0.0, kinds.UNKNOWN), _Token("<s>", 0.0, kinds.CONTROL), _Token("</s>", 0.0, kinds.CONTROL)]
    tokens += [_Token(f"<0x{byte:02X}>", 0.0, kinds.BYTE) for byte in range(256)]
    words = list(words)
    said = dict.fromkeys(spoken) or dict.fromkeys(words)
    pieces: dict[str, bool] = {_SPACE: False}
    for word in dict.fromkeys([*words, *said]):
        text = _SPACE + word
        for end in range(2, len(text)):
            pieces.setdefault(text[:end], False)
            pieces.setdefault(text[end - 1], False)
        pieces.setdefault(text[-1], False)
        pieces[text] = word in said
    known = list(pieces)[: size - len(tokens)]
    # The longer a piece, the earlier it is merged, so that a word once begun is finished before the next begins.
    tokens += [_Token(text, float(len(text)), kinds.NORMAL, spoken=pieces[text]) for text in known]
    tokens += [_Token(f"\uf8ff{n}", -1e6, kinds.NORMAL) for n in range(size - len(tokens))]
    return tokens


def _matrices(shape: Shape) -> Iterable[tuple[str, int, int, bool]]:
    """Yield name, rows, columns and whether the matrix gets the finer format."""
    queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    yield "token_embd.weight", shape.vocabulary, shape.width, shape.tied
    if not shape.tied:
        yield "output.weight", shape.vocabulary, shape.width, True
    for n in range(shape.layers):
        # llama.cpp's quantizer (use_more_bits): the first and last eighth of the layers and every third between.
        eighth = shape.layers // 8
        finer = n < eighth or n >= 7 * eighth or (n - eighth) % 3 == 2
        yield f"blk.{n}.attn_q.weight", queries, shape.width, False
        yield f"blk.{n}.attn_k.weight", keys, shape.width, False
        yield f"blk.{n}.attn_v.weight", keys, shape.width, finer
        yield f"blk.{n}.attn_output.weight", shape.width, queries, False
        yield f"blk.{n}.ffn_gate.weight", shape.feed_forward, shape.width, False
        yield f"blk.{n}.ffn_up.weight", shape.feed_forward, shape.width, False
        yield f"blk.{n}.ffn_down.weight", shape.width, shape.feed_forward, finer


def _norms(shape: Shape) -> Sequence[str]:
    layers = [f"blk.{n}.{kind}_norm.weight" for n in range(shape.layers) for kind in ("attn", "ffn")]
    return [*layers, "output_norm.weight"]


def _blocks(random: Any, rows: int, columns: int, *, better: bool) -> tuple[Any, Any]:  # noqa: ANN401 (numpy and gguf are imported late)
    """Return random quantized rows, shape `(rows, bytes)`, uint8, and their type."""
    import gguf
    import numpy as np

    types = gguf.GGMLQuantizationType
    coarse, fine = (types.Q4_K, types.Q6_K) if columns % BLOCK == 0 else (types.Q5_0, types.Q8_0)
    kind = fine if better else coarse
    per_block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
    data = np.frombuffer(random.bytes(rows * columns // per_block * block_bytes), dtype=np.uint8).copy().reshape(-1, block_bytes)
    # Where a block keeps its scale, and the spread of what it multiplies when all other bits are random.
    place, spread = {types.Q4_K: (0, 200.0), types.Q6_K: (208, 1360.0), types.Q8_0: (0, 74.0), types.Q5_0: (0, 9.2)}[kind]
    scale = np.array([_STD / spread], dtype=np.float16).view(np.uint8)
    data[:, place : place + 2] = scale
    if kind == types.Q4_K:
        data[:, 2:4] = np.array([7.5 * _STD / spread], dtype=np.float16).view(np.uint8)  # the offset that centres it
    return data.reshape(rows, -1), kind
