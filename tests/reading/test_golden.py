"""The reading of the bundled sample paper as a golden file: a change of what is read is seen in the review."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from offline_digest.reading import Reader

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def rewrite_golden():
    """Whether the golden file is written anew: `REWRITE_GOLDEN=1 pytest tests/reading`."""
    return bool(os.environ.get("REWRITE_GOLDEN"))


def test_the_sample_paper_is_read_as_before(sample_pdf, rewrite_golden):
    """Everything that is read from the sample paper equals the golden file, byte for byte."""
    paper = Reader().read(sample_pdf)
    text = json.dumps(paper.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / "sample-paper.json"
    if rewrite_golden:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text.encode() == golden.read_bytes()


def test_golden_files_are_not_rewritten_by_default(rewrite_golden):
    """A run that rewrites golden files proves nothing and never passes."""
    assert not rewrite_golden
