"""Token trees in arrays, and rows of one fixed length that hold several of them.

A tree is one paper: the passage, then each answer as a branch that sees the passage and itself, its positions beginning behind the passage.
Rows have one length, so every step has the same shape; trees are fitted into them so that little is left empty. Needs numpy alone, for the
machine that trains has little else.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TRAIN, HELD_OUT = "train.npz", "held-out.npz"
NOWHERE = -1  # the tree of a place in a row that holds none
_WINDOW = 2048  # trees that are fitted into rows together: enough to fill them, few against an epoch, so that its order stays random


@dataclass(frozen=True, slots=True)
class Tree:
    """One paper in tokens; of a branch, each token with whether it is learned. `has_list` where an answer is a list."""

    passage: Sequence[int]
    branches: Sequence[Sequence[tuple[int, bool]]]
    has_list: bool = False

    def __len__(self) -> int:
        return len(self.passage) + sum(map(len, self.branches))


@dataclass(frozen=True, slots=True)
class Trees:
    """Many trees, one behind the other.

    Attributes:
        ids: Tokens, shape `(n,)`, uint16 or uint32.
        learned: Whether a token is one that the model is to write, shape `(n,)`, bool.
        branch: 0 for the passage, then 1, 2, ... for its branches, shape `(n,)`, uint8.
        starts: Where each tree begins, and the end of the last, shape `(trees + 1,)`, int64.
        lists: Which trees have a list among their answers, shape `(trees,)`, bool.
    """

    ids: Array
    learned: Array
    branch: Array
    starts: Array
    lists: Array

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Array:
        """Tokens of each tree, shape `(trees,)`."""
        return np.diff(self.starts)

    @classmethod
    def of(cls, trees: Iterable[Tree]) -> Trees:
        """Return *trees* in arrays."""
        ids, learned, branch, starts, lists = [], [], [], [0], []
        for tree in trees:
            tokens = [(token, False, 0) for token in tree.passage]
            tokens += [(token, learn, number) for number, written in enumerate(tree.branches, start=1) for token, learn in written]
            ids.append(np.array([t[0] for t in tokens], dtype=np.uint32))
            learned.append(np.array([t[1] for t in tokens], dtype=bool))
            branch.append(np.array([t[2] for t in tokens], dtype=np.uint8))
            starts.append(starts[-1] + len(tokens))
            lists.append(tree.has_list)
        all_ids = np.concatenate(ids)
        small = all_ids.astype(np.uint16) if all_ids.max(initial=0) < 2**16 else all_ids
        return cls(small, np.concatenate(learned), np.concatenate(branch), np.array(starts, dtype=np.int64), np.array(lists, dtype=bool))

    def save(self, path: Path) -> None:
        """Write the arrays, compressed."""
        learned, sizes = np.packbits(self.learned), self.sizes.astype(np.uint16)
        np.savez_compressed(path, ids=self.ids, learned=learned, branch=self.branch, sizes=sizes, lists=self.lists)

    @classmethod
    def load(cls, path: Path) -> Trees:
        """Read what `save` wrote."""
        with np.load(path) as data:
            ids = data["ids"]
            starts = np.concatenate([[0], np.cumsum(data["sizes"], dtype=np.int64)])
            return cls(ids, np.unpackbits(data["learned"], count=len(ids)).astype(bool), data["branch"], starts, data["lists"])


@dataclass(slots=True)
class _Row:
    room: int
    trees: list[int] = field(default_factory=list)


def fit(sizes: Sequence[int], order: Sequence[int], row_tokens: int) -> list[list[int]]:
    """Return rows of trees, each tree of *order* in one of them: best fit, the longest first, window by window.

    Raises:
        ValueError: A tree is longer than a row.
    """
    rows: list[_Row] = []
    for start in range(0, len(order), _WINDOW):
        window = sorted(order[start : start + _WINDOW], key=lambda i: (-sizes[i], i))
        if window and sizes[window[0]] > row_tokens:
            raise ValueError(f"A tree has {sizes[window[0]]} tokens, a row {row_tokens}.")
        open_rows: list[tuple[int, int]] = []  # (room, row), sorted
        for tree in window:
            size = int(sizes[tree])
            at = bisect.bisect_left(open_rows, (size, -1))
            if at < len(open_rows):
                _, number = open_rows.pop(at)
            else:
                number = len(rows)
                rows.append(_Row(row_tokens))
            rows[number].trees.append(tree)
            rows[number].room -= size
            bisect.insort(open_rows, (rows[number].room, number))
    return [row.trees for row in rows]


def epoch(trees: Trees, *, number: int, row_tokens: int, list_share: float, seed: int) -> list[list[int]]:
    """Return the rows of one epoch in their order, the same for the same arguments.

    Args:
        trees: All of them.
        number: Of the epoch.
        row_tokens: Length of a row.
        list_share: How many of the epoch's trees have lists. There are few, so they are drawn with replacement; where there are no others,
            each is taken once.
        seed: Of the whole training.
    """
    random = np.random.default_rng([seed, number])
    others, rare = np.flatnonzero(~trees.lists), np.flatnonzero(trees.lists)
    drawn = random.choice(rare, round(len(others) * list_share / (1 - list_share))) if len(rare) and len(others) else rare
    rows = fit(trees.sizes.tolist(), random.permutation(np.concatenate([others, drawn])).tolist(), row_tokens)
    return [rows[i] for i in random.permutation(len(rows))]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as the model reads them: ids, positions, targets and tree of each place, all of shape `(rows, row_tokens)`, int64.

    `targets` holds what comes after a place in its branch, -1 where that is not learned; `tree` counts the trees of a row, `NOWHERE` for
    empty places; `branch` is as in `Trees`.
    """

    ids: Array
    positions: Array
    targets: Array
    tree: Array
    branch: Array


def batch(trees: Trees, rows: Sequence[Sequence[int]], row_tokens: int) -> Batch:
    """Lay out *rows*."""
    shape = (len(rows), row_tokens)
    ids, positions, branch = (np.zeros(shape, np.int64) for _ in range(3))
    targets, tree = np.full(shape, -1, np.int64), np.full(shape, NOWHERE, np.int64)
    for r, members in enumerate(rows):
        end = 0
        for n, member in enumerate(members):
            part = slice(trees.starts[member], trees.starts[member + 1])
            here = slice(end, end := end + part.stop - part.start)
            ids[r, here], branch[r, here], tree[r, here] = trees.ids[part], trees.branch[part], n
            positions[r, here] = tree_positions(trees.branch[part])
            targets[r, here][:-1] = np.where(trees.learned[part][1:], ids[r, here][1:], -1)
    return Batch(ids, positions, targets, tree, branch)


def tree_positions(branch: Array) -> Array:
    """Return the position of each token of a tree: a branch begins where the passage ends."""
    stem = int((branch == 0).sum())
    places = np.arange(len(branch))
    first = np.searchsorted(branch, branch)  # branches stand in order, so this is where each begins
    return np.where(branch == 0, places, places - first + stem)


def batches(rows: Sequence[Sequence[int]], size: int) -> Iterator[Sequence[Sequence[int]]]:
    """Yield *size* rows at a time; what is left over at the end of an epoch is left out."""
    for start in range(0, len(rows) - size + 1, size):
        yield rows[start : start + size]
