"""Attention paper by paper: what one paper's tokens see of each other stays in the processor's cache, and nothing is multiplied for empty places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

ROUND = 64  # queries and keys of a paper


@dataclass(frozen=True, slots=True)
class Part:
    """The passage of one paper, or all its branches.

    Queries and keys reach on to a multiple of `ROUND`, over what lies behind, which the mask hides: oneDNN makes a kernel for each new shape, which takes
    longer than to run it, so there should be few.

    Attributes:
        count: Queries that are the paper's own.
        queries: Where they lie.
        keys: Where what they may see lies.
        mask: What is added to the scores, `(queries, 1, keys)`: 0, or minus infinity for what is not seen.
    """

    count: int
    queries: slice
    keys: tuple[slice, ...]
    mask: torch.Tensor

    @classmethod
    def passage(cls, span: slice, dtype: torch.dtype, device: torch.device) -> Part:
        """Return the part of a passage: each token sees those before it."""
        reach = _reach(span)
        size = reach.stop - reach.start
        mask = torch.full((size, size), -torch.inf, dtype=dtype, device=device).triu_(1)[:, None]
        return cls(span.stop - span.start, reach, (reach,), mask)

    @classmethod
    def branches(cls, passage: slice, span: slice, branch: torch.Tensor, dtype: torch.dtype) -> Part:
        """Return the part of a paper's branches: each token sees the passage, and what came before it in its branch, whose number *branch* has."""
        stem, n = passage.stop - passage.start, span.stop - span.start
        before, reach = _reach(passage), _reach(span)
        wide, size = before.stop - before.start, reach.stop - reach.start
        mask = torch.zeros(size, 1, wide + size, dtype=dtype, device=branch.device)
        mask[:, :, stem:] = -torch.inf
        mask[:n, 0, wide : wide + n].masked_fill_((branch[:, None] == branch).tril_(), 0.0)
        return cls(n, reach, (before, reach), mask)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, parts: Sequence[Part]) -> torch.Tensor:
    """Return what the queries read, in their shape; queries in no part read nothing.

    Args:
        q: Scaled queries, `(kv_heads, n, group, size)`.
        k: Keys, `(kv_heads, n, size)`.
        v: Values, likewise.
        parts: Who sees what.
    """
    return _Attend.apply(q, k, v, parts)


class _Attend(torch.autograd.Function):
    """Softmax attention with its gradient, part by part, in the type of the queries."""

    @staticmethod
    def forward(ctx: Any, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, parts: Sequence[Part]) -> torch.Tensor:  # noqa: ANN401
        kv, _, group, size = q.shape
        out = torch.zeros_like(q)
        shares = []
        for part in parts:
            scores = torch.bmm(q[:, part.queries].reshape(kv, -1, size), _taken(k, part.keys).transpose(1, 2))
            scores.view(kv, -1, group, scores.shape[2]).add_(part.mask)
            share = torch.softmax(scores, -1)
            read = torch.bmm(share, _taken(v, part.keys)).view(kv, -1, group, size)
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
            _add(dv, part.keys, torch.bmm(share.transpose(1, 2), out))
            back = torch.bmm(out, _taken(v, part.keys).transpose(1, 2))
            scores = torch.ops.aten._softmax_backward_data(back, share, -1, share.dtype)  # noqa: SLF001 (in one pass, summed in float32)
            read = torch.bmm(scores, _taken(k, part.keys)).view(kv, -1, group, size)
            dq[:, part.queries][:, : part.count] = read[:, : part.count]
            _add(dk, part.keys, torch.bmm(scores.transpose(1, 2), q[:, part.queries].reshape(kv, -1, size)))
        return dq, dk, dv, None


def _taken(of: torch.Tensor, keys: tuple[slice, ...]) -> torch.Tensor:
    return of[:, keys[0]] if len(keys) == 1 else torch.cat([of[:, piece] for piece in keys], 1)


def _add(to: torch.Tensor, keys: tuple[slice, ...], what: torch.Tensor) -> None:
    for piece, part in zip(keys, what.split([piece.stop - piece.start for piece in keys], 1), strict=True):
        to[:, piece] += part


def _reach(span: slice) -> slice:
    return slice(span.start, span.start - (span.start - span.stop) // ROUND * ROUND)
