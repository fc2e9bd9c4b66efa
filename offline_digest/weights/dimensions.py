"""Holds what a header says of a model's dimensions against the tensors that are there.

Source: `load_hparams` and `load_tensors` in src/llama-model.cpp of the llama.cpp inside llama-cpp-python 0.3.36: shapes that do not
follow from the keys are refused there, a width of rotation beyond the head's ends the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from offline_digest.errors import ModelUnusable
from offline_digest.weights.facts import LARGEST_WIDTH, Look, ModelFacts
from offline_digest.weights.header import Header, Tensor

# Every layer attends, with the same head size, and its matrices have the shapes below where they are not fused. Others (hybrid and recurrent
# ones, latent attention, gated queries, heads of two sizes) are left to llama.cpp.
DENSE = frozenset(
    "baichuan command-r exaone gemma gemma2 gemma3 granite internlm2 llama minicpm mistral3 olmo2 orion qwen2 qwen2moe qwen3 qwen3moe "
    "seed_oss smollm3 starcoder2 xverse".split()
)
_BLOCK = re.compile(r"blk\.(\d{1,9})\.", re.ASCII)


def check_dimensions(header: Header, facts: ModelFacts, tensors: Iterable[Tensor]) -> None:
    """Fail where the dimensions of a dense model contradict each other or its tensors; of other models nothing is looked at.

    Args:
        header: Of the first or only part.
        facts: What was read from it.
        tensors: Of all parts.

    Raises:
        ModelUnusable: The model cannot be.
    """
    if facts.architecture not in DENSE:
        return
    own = Look(header, facts.file, f"{facts.architecture}.")
    heads = own.each("attention.head_count", facts.layers, 1, facts.width)
    kv_heads = own.each("attention.head_count_kv", facts.layers, 1, facts.width, default=heads)
    if any(n % kv for n, kv in zip(heads, kv_heads, strict=True)):
        raise own.wrong("attention.head_count_kv")
    size = own.number("attention.key_length", 1, LARGEST_WIDTH, default=facts.width // heads[0])
    own.number("rope.dimension_count", 0, size, default=size)
    shapes = {tensor.name: tensor.shape for tensor in tensors}
    blocks = {int(found[1]) for found in map(_BLOCK.match, shapes) if found}
    if blocks and blocks != set(range(facts.layers)):
        raise own.wrong("block_count")
    _expect(own, shapes, "token_embd.weight", (facts.width, None), "embedding_length")
    forward: tuple[int, ...] = ()
    if any(f"blk.{n}.ffn_up.weight" in shapes for n in blocks):
        forward = own.each("feed_forward_length", facts.layers, 1, LARGEST_WIDTH)
    for n in sorted(blocks):
        _expect(own, shapes, f"blk.{n}.attn_q.weight", (facts.width, heads[n] * size), "attention.head_count")
        _expect(own, shapes, f"blk.{n}.attn_k.weight", (facts.width, kv_heads[n] * size), "attention.head_count_kv")
        if forward:
            _expect(own, shapes, f"blk.{n}.ffn_up.weight", (facts.width, forward[n]), "feed_forward_length")


def _expect(own: Look, shapes: dict[str, tuple[int, ...]], name: str, wanted: tuple[int, int | None], key: str) -> None:
    """Fail where the tensor *name* is there and has not the shape *wanted*, None being any number; *key* says what is contradicted."""
    shape = shapes.get(name)
    if shape is None:
        return
    while len(shape) > len(wanted) and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) != len(wanted) or any(there != n for there, n in zip(shape, wanted, strict=True) if n is not None):
        reason = own.wrong(key)
        text = f"{reason.message.removesuffix('.')}, while its tensor {name} has the shape {' x '.join(map(str, shape))}."
        raise ModelUnusable(text, reason.hint)
