"""The Llama architecture in plain PyTorch, on GGUF's own tensor names and layout, so that weights go in and out unchanged.

Rotary embedding is interleaved, as in GGUF's `llama` layout. Output and input embeddings are one matrix. Weights are kept in float32; the matrices
are multiplied in the model's type. All passages of a batch and all their branches run through the layers as one sequence; what sees what, the attention
alone knows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from training.starter.attention import Part, attend
from training.starter.packing import Batch

_PIECES = 8  # of the places that a weight's gradient is summed over: oneDNN multiplies them as a batch faster than the whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The dimensions of a model without its vocabulary."""

    layers: int
    width: int
    feed_forward: int
    heads: int
    kv_heads: int
    head_size: int
    epsilon: float = 1e-5
    rope_base: float = 100000.0
    context: int = 8192

    def to_dict(self) -> dict[str, float]:
        """Return it as plain values."""
        return asdict(self)


def empty_weights(form: Form, vocabulary: int) -> dict[str, Any]:
    """Return GGUF tensor name → zeros of the right shape, float32: what stands in where only the vocabulary matters."""
    with torch.device("meta"):
        shapes = {name: tuple(tensor.shape) for name, tensor in Llama(form, vocabulary).state_dict().items()}
    return {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()}


def read_form(path: Path) -> Form:
    """Return the dimensions of a GGUF file of the Llama architecture."""
    import gguf

    fields = gguf.GGUFReader(path).fields

    def value(key: str) -> Any:  # noqa: ANN401 (whatever the file says)
        return fields[f"llama.{key}"].contents()

    return Form(
        layers=value("block_count"),
        width=value("embedding_length"),
        feed_forward=value("feed_forward_length"),
        heads=value("attention.head_count"),
        kv_heads=value("attention.head_count_kv"),
        head_size=value("rope.dimension_count"),
        epsilon=value("attention.layer_norm_rms_epsilon"),
        rope_base=value("rope.freq_base"),
        context=value("context_length"),
    )


def read_weights(path: Path) -> tuple[list[str], dict[str, Any]]:
    """Return the tokens of a GGUF file, and its weights by tensor name, dequantized, float32; its embeddings are tied."""
    import gguf

    reader = gguf.GGUFReader(path)
    weights = {t.name: np.asarray(gguf.quants.dequantize(t.data, t.tensor_type), dtype=np.float32) for t in reader.tensors}
    return reader.fields["tokenizer.ggml.tokens"].contents(), weights


class _Linear(torch.autograd.Function):
    """A product with a float32 matrix in the type of the input, whose gradient is summed in float32."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
        weight = weight.to(x.dtype)
        ctx.save_for_backward(x, weight)
        return x @ weight.t()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:  # noqa: ANN401
        (g,) = gradients
        x, weight = ctx.saved_tensors
        products = torch.bmm(g.reshape(_PIECES, -1, g.shape[-1]).transpose(1, 2), x.reshape(_PIECES, -1, x.shape[-1]))
        return g @ weight, products.sum(0, dtype=torch.float32)


def _linear(x: torch.Tensor, layer: nn.Linear) -> torch.Tensor:
    return _Linear.apply(x, layer.weight)


class Norm(nn.Module):
    """Root mean square norm, computed in float32."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(form.width))
        self._epsilon = form.epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return *x* normed, in its own type."""
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self._epsilon) * self.weight).to(x.dtype)


class Block(nn.Module):
    """One layer: attention with grouped queries, and a gated feed-forward network."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        queries, keys = form.heads * form.head_size, form.kv_heads * form.head_size
        self.form = form
        self.attn_norm, self.ffn_norm = Norm(form), Norm(form)
        self.attn_q = nn.Linear(form.width, queries, bias=False)
        self.attn_k = nn.Linear(form.width, keys, bias=False)
        self.attn_v = nn.Linear(form.width, keys, bias=False)
        self.attn_output = nn.Linear(queries, form.width, bias=False)
        self.ffn_gate = nn.Linear(form.width, form.feed_forward, bias=False)
        self.ffn_up = nn.Linear(form.width, form.feed_forward, bias=False)
        self.ffn_down = nn.Linear(form.feed_forward, form.width, bias=False)


def _before_attention(
    block: Block, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return scaled queries `(kv_heads, n, group, size)`, keys and values `(kv_heads, n, size)`, for hidden states `(n, width)`."""
    form, n, h = block.form, len(x), block.attn_norm(x)
    q = _linear(h, block.attn_q).view(n, form.kv_heads, form.heads // form.kv_heads, form.head_size) * form.head_size**-0.5
    k, v = (_linear(h, layer).view(n, form.kv_heads, form.head_size) for layer in (block.attn_k, block.attn_v))
    q, k = _rotated(q, cos[:, None, None], sin[:, None, None]), _rotated(k, cos[:, None], sin[:, None])
    return q.transpose(0, 1).contiguous(), k.transpose(0, 1).contiguous(), v.transpose(0, 1).contiguous()


def _after_attention(block: Block, x: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
    """Return the next hidden states for hidden states and what their queries read."""
    x = x + _linear(attended.transpose(0, 1).reshape(len(x), -1), block.attn_output)
    h = block.ffn_norm(x)
    return x + _linear(functional.silu(_linear(h, block.ffn_gate)) * _linear(h, block.ffn_up), block.ffn_down)


def _cross_entropy(h: torch.Tensor, embedding: torch.Tensor, targets: torch.Tensor, importance: torch.Tensor) -> torch.Tensor:
    logits = functional.linear(h, embedding.to(h.dtype)).float()
    return functional.cross_entropy(logits, targets, weight=importance, reduction="sum")


class Llama(nn.Module):
    """The whole model; *dtype* is the type its matrices are multiplied in."""

    def __init__(self, form: Form, vocabulary: int, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.form = form
        self.dtype = dtype
        self.token_embd = nn.Embedding(vocabulary, form.width)
        self.blk = nn.ModuleList(Block(form) for _ in range(form.layers))
        self.output_norm = Norm(form)
        self._parts = (_before_attention, _after_attention)
        self._cross_entropy = _cross_entropy

    def compile_parts(self) -> None:
        """Fuse what lies between the matrices and the attention; needs a C++ compiler on a CPU."""
        self._parts = tuple(torch.compile(part, dynamic=True) for part in self._parts)
        self._cross_entropy = torch.compile(_cross_entropy, dynamic=True)

    def hidden(self, batch: Laid) -> torch.Tensor:
        """Return the normed last hidden state, `(n, width)`."""
        before, after = self._parts
        x = self.token_embd(batch.ids).to(self.dtype)
        cos, sin = _angles(batch.positions, self.form)
        for block in self.blk:
            x = after(block, x, attend(*before(block, x, cos, sin), batch.parts))
        return self.output_norm(x)

    def logits(self, h: torch.Tensor) -> torch.Tensor:
        """Return float32 logits for hidden states, `(n, vocabulary)`."""
        return functional.linear(h, self.token_embd.weight.to(h.dtype)).float()

    def loss(self, batch: Laid, importance: torch.Tensor) -> torch.Tensor:
        """Return the summed cross entropy of the learned places (nats), each weighed by the *importance* of its token, `(vocabulary,)`."""
        learned = batch.targets >= 0
        h = self.hidden(batch)[learned]
        return self._cross_entropy(h, self.token_embd.weight, batch.targets[learned], importance)


@dataclass(frozen=True, slots=True)
class Laid:
    """A batch on a device: `ids`, `positions` and `targets` as in `Batch`, and who sees what."""

    ids: torch.Tensor
    positions: torch.Tensor
    targets: torch.Tensor
    parts: list[Part]

    @classmethod
    def of(cls, batch: Batch, dtype: torch.dtype, device: str) -> Laid:
        """Bring *batch* to *device*; *dtype* is the model's."""
        ids, positions, targets, branch = (
            torch.from_numpy(a).to(device) for a in (batch.ids, batch.positions, batch.targets, batch.branch)
        )
        passages, answers = _spans(batch.stems, 0), _spans(batch.answers, batch.behind)
        parts = [Part.passage(span, dtype, ids.device) for span in passages]
        parts += [Part.branches(passage, span, branch[span], dtype) for passage, span in zip(passages, answers, strict=True)]
        return cls(ids, positions, targets, parts)


def _spans(sizes: list[int], start: int) -> list[slice]:
    return [slice(a, b) for a, b in pairwise(accumulate(sizes, initial=start))]


def _angles(positions: torch.Tensor, form: Form) -> tuple[torch.Tensor, torch.Tensor]:
    """Return cosine and sine, each `(n, head_size / 2)`, float32."""
    steps = torch.arange(0, form.head_size, 2, device=positions.device).float() / form.head_size
    turned = positions[:, None].float() / form.rope_base**steps
    return turned.cos(), turned.sin()


def _rotated(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    even, odd = x[..., 0::2].float(), x[..., 1::2].float()
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2).to(x.dtype)
