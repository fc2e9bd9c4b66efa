"""Attention paper by paper: what one paper's tokens see of each other stays in the processor's cache, and nothing is multiplied for empty places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

ROUND = 64  # queries and keys of a paper


def attend_passages(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, spans: Sequence[slice]) -> torch.Tensor:
    """Return what the tokens of passages read of those before them.

    Args:
        q: Scaled queries, `(kv_heads, n, group, size)`.
        k: Keys, `(kv_heads, n, size)`.
        v: Values, likewise.
        spans: Where each passage lies; places in none of them read nothing.

    Returns:
        The shape of the queries.
    """
    kv, n, group, size = q.shape
    heads = q.permute(0, 2, 1, 3).reshape(kv * group, n, size)
    k, v = k.repeat_interleave(group, 0), v.repeat_interleave(group, 0)
    read = [
        functional.scaled_dot_product_attention(*(t[None, :, span] for t in (heads, k, v)), is_causal=True, scale=1.0)[0] for span in spans
    ]
    empty = heads.new_zeros(kv * group, n - (spans[-1].stop if spans else 0), size)
    return torch.cat([*read, empty], 1).view(kv, group, n, size).transpose(1, 2)


@dataclass(frozen=True, slots=True)
class Part:
    """The branches of one paper.

    Queries and keys reach on to a multiple of `ROUND`, over what lies behind, which the mask hides: oneDNN makes a kernel for each new shape, which takes
    longer than to run it, so there should be few.

    Attributes:
        count: Queries that are the paper's own.
        queries: Where they lie among all branches.
        passage: Where the keys of the passage lie.
        own: Where their own keys lie.
        mask: What is added to the scores, `(queries, 1, keys)`: 0, or minus infinity for what is not seen.
    """

    count: int
    queries: slice
    passage: slice
    own: slice
    mask: torch.Tensor

    @classmethod
    def of(cls, passage: slice, queries: slice, behind: int, branch: torch.Tensor, dtype: torch.dtype) -> Part:
        """Return the part for a paper's branches, which lie at *queries*, their keys *behind* further; *branch*: the number of each token's branch."""
        stem, n = passage.stop - passage.start, queries.stop - queries.start
        wide, all_queries = _rounded(stem), _rounded(n)
        mask = torch.zeros(all_queries, 1, wide + all_queries, dtype=dtype, device=branch.device)
        mask[:, :, stem:] = -torch.inf
        mask[:n, 0, wide : wide + n].masked_fill_((branch[:, None] == branch).tril_(), 0.0)
        reach = slice(queries.start, queries.start + all_queries)
        return cls(n, reach, slice(passage.start, passage.start + wide), slice(behind + reach.start, behind + reach.stop), mask)


def attend_branches(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, parts: Sequence[Part]) -> torch.Tensor:
    """Return what the tokens of branches read of their passage and of what came before them in their branch.

    Args:
        q: Scaled queries, `(kv_heads, n, group, size)`.
        k: Keys of passages and branches, `(kv_heads, m, size)`.
        v: Values, likewise.
        parts: Who sees what; queries in none of them read nothing.

    Returns:
        The shape of the queries.
    """
    return _Branches.apply(q, k, v, parts)


class _Branches(torch.autograd.Function):
    """Softmax attention with its gradient, part by part, in the type of the queries."""

    @staticmethod
    def forward(ctx: Any, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, parts: Sequence[Part]) -> torch.Tensor:  # noqa: ANN401
        kv, _, group, size = q.shape
        out = torch.zeros_like(q)
        shares = []
        for part in parts:
            scores = torch.bmm(q[:, part.queries].reshape(kv, -1, size), _taken(k, part).transpose(1, 2))
            scores.view(kv, -1, group, scores.shape[2]).add_(part.mask)
            share = torch.softmax(scores, -1)
            read = torch.bmm(share, _taken(v, part)).view(kv, -1, group, size)
            out[:, part.queries][:, : part.count] = read[:, : part.count]
            shares.append(share)
        ctx.save_for_backward(q, k, v, *shares)
        ctx.parts = parts
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:  # noqa: ANN401
        q, k, v, *shares = ctx.saved_tensors
        kv, _, group, size = q.shape
        dq, dk, dv = torch.zeros_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for part, share in zip(ctx.parts, shares, strict=True):
            out = gradients[0][:, part.queries].clone()
            out[:, part.count :] = 0.0
            out = out.reshape(kv, -1, size)
            _add(dv, part, torch.bmm(share.transpose(1, 2), out))
            back = torch.bmm(out, _taken(v, part).transpose(1, 2))
            scores = torch.ops.aten._softmax_backward_data(back, share, -1, share.dtype)  # noqa: SLF001 (in one pass, summed in float32)
            read = torch.bmm(scores, _taken(k, part)).view(kv, -1, group, size)
            dq[:, part.queries][:, : part.count] = read[:, : part.count]
            _add(dk, part, torch.bmm(scores.transpose(1, 2), q[:, part.queries].reshape(kv, -1, size)))
        return dq, dk, dv, None


def _taken(of: torch.Tensor, part: Part) -> torch.Tensor:
    return torch.cat((of[:, part.passage], of[:, part.own]), 1)


def _add(to: torch.Tensor, part: Part, what: torch.Tensor) -> None:
    stem = part.passage.stop - part.passage.start
    to[:, part.passage] += what[:, :stem]
    to[:, part.own] += what[:, stem:]


def _rounded(places: int) -> int:
    return -(-places // ROUND) * ROUND
