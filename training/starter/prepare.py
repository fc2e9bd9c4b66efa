"""From rows of papers to the folder that a machine with a GPU needs: vocabulary and token trees, no tokenizer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from training.starter.data import Row, read_rows, trees, trusted
from training.starter.packing import HELD_OUT, TRAIN, Trees
from training.starter.tokenizing import tokenizing
from training.starter.vocabulary import VOCABULARY, Vocabulary

FIGURES = "figures.json"


def prepare(
    train: Path, held_out: Path, tokenizer: Path, out: Path, *, least_uses: int = 0, longest_tokens: int = 1536, limit: int | None = None
) -> dict[str, Any]:
    """Write vocabulary and trees into *out*.

    Args:
        train: Papers to learn from; answers that say what their abstract does not are left out.
        held_out: Papers to measure with, as they are.
        tokenizer: The vocabulary, with all its tokens.
        out: The folder.
        least_uses: Tokens that the data writes fewer times are dropped from the vocabulary; 0 keeps all.
        longest_tokens: Papers that take more are left out.
        limit: Read that many papers only.

    Returns:
        Figures: papers, answers, lines left out by the check that they failed, tokens, learned tokens,
        size of the vocabulary, and the bytes to carry to the machine that trains.
    """
    out.mkdir(parents=True, exist_ok=True)
    vocabulary = Vocabulary.load(tokenizer)
    failed: Counter[str] = Counter()
    rows: list[Row] = []
    for row in islice(read_rows(train), limit):
        good, faults = trusted(row)
        rows.append(good)
        failed.update(faults)
    tests = list(islice(read_rows(held_out), limit))
    made = _trees(rows, vocabulary, longest_tokens)
    if least_uses:
        uses = np.bincount(made.ids, minlength=len(vocabulary))
        vocabulary = vocabulary.without_rare(uses.tolist(), least_uses)
        made = _trees(rows, vocabulary, longest_tokens)
    made.save(out / TRAIN)
    _trees(tests, vocabulary, longest_tokens).save(out / HELD_OUT)
    vocabulary.save(out / VOCABULARY)
    return {
        "papers": len(made),
        "answers": sum(len(row.answers) for row in rows),
        "lines_left_out": dict(failed.most_common()),
        "tokens": len(made.ids),
        "learned_tokens": int(made.learned.sum()),
        "vocabulary": len(vocabulary),
        "bytes": sum(path.stat().st_size for path in out.iterdir()),
    }


def _trees(rows: Iterable[Row], vocabulary: Vocabulary, longest_tokens: int) -> Trees:
    with tokenizing(vocabulary) as model:
        return Trees.of(trees(rows, model, longest_tokens=longest_tokens))
