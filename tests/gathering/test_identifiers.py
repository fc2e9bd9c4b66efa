"""arXiv identifiers in URLs, stamps and file names."""

import pytest

from offline_digest.gathering.identifiers import find_arxiv_id


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2407.02174v2", ("2407.02174", "v2")),
        ("2407.09450", ("2407.09450", None)),
        ("http://arxiv.org/abs/0704.0001v1", ("0704.0001", "v1")),
        ("arXiv:2407.02174v12 [cs.CV] 2 Jul 2024", ("2407.02174", "v12")),
        ("quant-ph_9508027", ("quant-ph/9508027", None)),
        ("http://arxiv.org/abs/math.GT/0309136v1", ("math/0309136", "v1")),
        ("hep-th/9901001v3", ("hep-th/9901001", "v3")),
        ("paper-2407.02174-final", ("2407.02174", None)),
        ("draft 3.14159", None),
        ("2413.02174", None),
        ("10.1145/2407.021745", None),
        ("version 12407.02174", None),
        ("2407.021749", None),
        ("report", None),
    ],
)
def test_identifiers_are_found_as_strings(text, found):
    """An identifier keeps its digits, its version apart; what only looks like one is none."""
    assert find_arxiv_id(text) == found
