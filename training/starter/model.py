"""The Llama architecture in plain PyTorch, on GGUF's own tensor names and layout, so that weights go in and out unchanged.

Rotary embedding is interleaved, as in GGUF's `llama` layout. Output and input embeddings are one matrix.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from training.starter.packing import NOWHERE, Batch


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


class Norm(nn.Module):
    """Root mean square norm."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(form.width))
        self._epsilon = form.epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return *x* normed, in its own type."""
        return functional.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self._epsilon)


class Block(nn.Module):
    """One layer: attention with grouped queries, and a gated feed-forward network."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        queries, keys = form.heads * form.head_size, form.kv_heads * form.head_size
        self._form = form
        self.attn_norm, self.ffn_norm = Norm(form), Norm(form)
        self.attn_q = nn.Linear(form.width, queries, bias=False)
        self.attn_k = nn.Linear(form.width, keys, bias=False)
        self.attn_v = nn.Linear(form.width, keys, bias=False)
        self.attn_output = nn.Linear(queries, form.width, bias=False)
        self.ffn_gate = nn.Linear(form.width, form.feed_forward, bias=False)
        self.ffn_up = nn.Linear(form.width, form.feed_forward, bias=False)
        self.ffn_down = nn.Linear(form.feed_forward, form.width, bias=False)

    def forward(self, x: torch.Tensor, angles: tuple[torch.Tensor, torch.Tensor], mask: torch.Tensor) -> torch.Tensor:
        """Return the next hidden state; *x*: `(rows, places, width)`, *mask*: `(rows, 1, places, places)` bool."""
        rows, places, _ = x.shape
        form = self._form
        h = self.attn_norm(x)
        q = _rotated(self.attn_q(h).view(rows, places, form.heads, form.head_size).transpose(1, 2), angles)
        k = _rotated(self.attn_k(h).view(rows, places, form.kv_heads, form.head_size).transpose(1, 2), angles)
        v = self.attn_v(h).view(rows, places, form.kv_heads, form.head_size).transpose(1, 2)
        k, v = (t.repeat_interleave(form.heads // form.kv_heads, 1) for t in (k, v))
        attended = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.attn_output(attended.transpose(1, 2).reshape(rows, places, -1))
        h = self.ffn_norm(x)
        return x + self.ffn_down(functional.silu(self.ffn_gate(h)) * self.ffn_up(h))


class Llama(nn.Module):
    """The whole model."""

    def __init__(self, form: Form, vocabulary: int) -> None:
        super().__init__()
        self.form = form
        self.token_embd = nn.Embedding(vocabulary, form.width)
        self.blk = nn.ModuleList(Block(form) for _ in range(form.layers))
        self.output_norm = Norm(form)

    def hidden(self, ids: torch.Tensor, positions: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the normed last hidden state, `(rows, places, width)`."""
        x = self.token_embd(ids)
        if torch.is_autocast_enabled(ids.device.type):
            x = x.to(torch.get_autocast_dtype(ids.device.type))
        angles = _angles(positions, self.form)
        for block in self.blk:
            x = block(x, angles, mask)
        return self.output_norm(x)

    def logits(self, h: torch.Tensor) -> torch.Tensor:
        """Return float32 logits for hidden states, `(n, vocabulary)`."""
        return functional.linear(h, self.token_embd.weight.to(h.dtype)).float()

    def loss(self, rows: dict[str, torch.Tensor], importance: torch.Tensor) -> torch.Tensor:
        """Return the summed cross entropy of the learned places (nats), each weighed by the *importance* of its token, `(vocabulary,)`."""
        targets = rows["targets"]
        learned = targets >= 0
        h = self.hidden(rows["ids"], rows["positions"], tree_mask(rows["tree"], rows["branch"]))[learned]
        return functional.cross_entropy(self.logits(h), targets[learned], weight=importance, reduction="sum")


def tensors(rows: Batch, device: str) -> dict[str, torch.Tensor]:
    """Return a batch on *device*."""
    names = ("ids", "positions", "targets", "tree", "branch")
    return {name: torch.from_numpy(getattr(rows, name)).to(device, non_blocking=True) for name in names}


def tree_mask(tree: torch.Tensor, branch: torch.Tensor) -> torch.Tensor:
    """Return what may be seen, `(rows, 1, places, places)` bool: in the same tree what came before, of the passage and of one's own branch.

    An empty place sees itself, for a row of the softmax needs something.
    """
    places = tree.shape[1]
    before = torch.ones(places, places, dtype=torch.bool, device=tree.device).tril()
    same_tree = (tree[:, :, None] == tree[:, None, :]) & (tree != NOWHERE)[:, :, None]
    same_branch = (branch[:, None, :] == 0) | (branch[:, :, None] == branch[:, None, :])
    itself = torch.eye(places, dtype=torch.bool, device=tree.device)
    return (before & same_tree & same_branch | itself)[:, None]


def _angles(positions: torch.Tensor, form: Form) -> tuple[torch.Tensor, torch.Tensor]:
    """Return cosine and sine, each `(rows, 1, places, head_size / 2)`, float32."""
    steps = torch.arange(0, form.head_size, 2, device=positions.device).float() / form.head_size
    turned = positions[:, None, :, None].float() / form.rope_base**steps
    return turned.cos(), turned.sin()


def _rotated(x: torch.Tensor, angles: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    cos, sin = angles
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2).to(x.dtype)
