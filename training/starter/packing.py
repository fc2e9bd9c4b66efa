"""Token trees in arrays, and the steps of a training that hold several of them.

A tree is one paper: the passage, then each answer as a branch that sees the passage and itself, its positions beginning behind the passage.
Needs numpy alone, for a machine that trains may have little else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TRAIN, HELD_OUT = "train.npz", "held-out.npz"
STEP = 256  # the places of a batch's passages and of its branches are multiples of it, so that there are few shapes
SLACK = 64  # places behind the last token


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


def epoch(trees: Trees, *, number: int, papers: int, list_share: float, seed: int) -> list[list[int]]:
    """Return the steps of one epoch in their order, each *papers* trees, the same for the same arguments.

    Args:
        trees: All of them.
        number: Of the epoch.
        papers: Of one step; what is left over is left out.
        list_share: How many of the epoch's trees have lists. There are few, so they are drawn with replacement; where there are no others,
            each is taken once.
        seed: Of the whole training.
    """
    random = np.random.default_rng([seed, number])
    others, rare = np.flatnonzero(~trees.lists), np.flatnonzero(trees.lists)
    drawn = random.choice(rare, round(len(others) * list_share / (1 - list_share))) if len(rare) and len(others) else rare
    order = random.permutation(np.concatenate([others, drawn])).tolist()
    return [order[start : start + papers] for start in range(0, len(order) - papers + 1, papers)]


@dataclass(frozen=True, slots=True)
class Batch:
    """Trees as the model reads them: all passages one behind the other, then all branches.

    Both are filled up to a multiple of `STEP`, with at least `SLACK` places behind the last token.

    Attributes:
        ids: Tokens, shape `(n,)`, int64.
        positions: Of each token in its text, likewise.
        targets: What comes after a token in its branch, -1 where that is not learned.
        branch: As in `Trees`.
        stems: Tokens of each passage.
        answers: Tokens of all branches of each tree.
        behind: Where the branches begin.
    """

    ids: Array
    positions: Array
    targets: Array
    branch: Array
    stems: list[int]
    answers: list[int]
    behind: int


def batch(trees: Trees, members: Sequence[int]) -> Batch:
    """Lay out the trees *members*."""
    parts = [slice(trees.starts[m], trees.starts[m + 1]) for m in members]
    stems = [int((trees.branch[part] == 0).sum()) for part in parts]
    targets = [np.append(np.where(trees.learned[part][1:], trees.ids[part][1:].astype(np.int64), -1), -1) for part in parts]

    def laid(arrays: Sequence[Array], filling: int) -> Array:
        passages, answers = (
            [a[:stem] for a, stem in zip(arrays, stems, strict=True)],
            [a[stem:] for a, stem in zip(arrays, stems, strict=True)],
        )
        return np.concatenate([_filled(np.concatenate(passages), filling), _filled(np.concatenate(answers), filling)]).astype(np.int64)

    return Batch(
        ids=laid([trees.ids[part] for part in parts], 0),
        positions=laid([tree_positions(trees.branch[part]) for part in parts], 0),
        targets=laid(targets, -1),
        branch=laid([trees.branch[part] for part in parts], 0),
        stems=stems,
        answers=[int(part.stop - part.start) - stem for part, stem in zip(parts, stems, strict=True)],
        behind=_places(sum(stems)),
    )


def _filled(array: Array, filling: int) -> Array:
    return np.pad(array, (0, _places(len(array)) - len(array)), constant_values=filling)


def _places(tokens: int) -> int:
    return -(-(tokens + SLACK) // STEP) * STEP


def tree_positions(branch: Array) -> Array:
    """Return the position of each token of a tree: a branch begins where the passage ends."""
    stem = int((branch == 0).sum())
    places = np.arange(len(branch))
    first = np.searchsorted(branch, branch)  # branches stand in order, so this is where each begins
    return np.where(branch == 0, places, places - first + stem)
