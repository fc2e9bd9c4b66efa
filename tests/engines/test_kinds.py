"""Branches share a passage in every kind of model: what they compute together is what each computes alone, from scratch."""

import numpy as np
import pytest

from offline_digest.engines.llama.binding import Model, Row
from offline_digest.engines.llama.settings import LlamaSettings
from tests.engines import kinds

pytestmark = pytest.mark.model

PASSAGE = 100  # tokens: three times the sliding window
STEPS = 12
CLOSE = 0.02  # other sums in another order, rounded to 16 bits in the cache; logits are of the order of 10


def fresh(model):
    return model.context(cells=1024, sequences=8)


def alone(model, ids):
    """Return the logits after each token of *ids*, each computed from scratch."""
    found = []
    for end in range(PASSAGE + 1, len(ids) + 1):
        context = fresh(model)
        context.decode([Row(token, i, 0, i == end - 1) for i, token in enumerate(ids[:end])])
        found.append(context.logits(end - 1).copy())
        context.close()
    return found


def apart(these, those):
    return float(np.abs(np.array(these) - np.array(those)).max())


@pytest.mark.parametrize("kind", [kinds.sliding_window, kinds.hybrid, kinds.recurrent])
def test_branches_together_compute_what_each_computes_alone(tmp_path, kind):
    """Four branches go on from one passage with other tokens each; one leaves and its sequence is taken by a fifth."""
    kind(tmp_path / "model.gguf")
    model = Model(tmp_path / "model.gguf", LlamaSettings(threads=1))
    random = np.random.default_rng(1)
    passage = [int(t) for t in random.integers(260, 290, PASSAGE)]
    tails = [[int(t) for t in random.integers(260, 290, STEPS)] for _ in range(5)]
    context = fresh(model)
    context.decode([Row(token, i, 0, logits=False) for i, token in enumerate(passage)])
    open_branches = {1: (tails[0], 0), 2: (tails[1], 0), 3: (tails[2], 0), 4: (tails[3], 0)}
    for sequence in open_branches:
        context.share(0, sequence)
    got = {i: [] for i in range(5)}
    for step in range(STEPS):
        if step == STEPS // 2:
            context.drop(2)
            context.share(0, 2)
            open_branches[2] = (tails[4], 0)
        rows = [Row(tail[at], PASSAGE + at, sequence, logits=True) for sequence, (tail, at) in open_branches.items()]
        context.decode(rows)
        for index, (sequence, (tail, at)) in enumerate(open_branches.items()):
            got[tails.index(tail)].append(context.logits(index).copy())
            open_branches[sequence] = (tail, at + 1)
    for number, tail in enumerate(tails):
        wanted = alone(model, passage + tail)
        assert len(got[number]) in {STEPS, STEPS // 2}
        assert apart(got[number], wanted[: len(got[number])]) < CLOSE
        assert apart(got[number], alone(model, [passage[0]] * PASSAGE + tail)[: len(got[number])]) > 50 * CLOSE
