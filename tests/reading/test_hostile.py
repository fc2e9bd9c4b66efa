"""Odd and hostile files from the test suites of public PDF tools."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from offline_digest.errors import PaperError
from offline_digest.reading import Reader
from offline_digest.records import Paper

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "hostile"
FILES = sorted(p for p in FOLDER.glob("*") if p.suffix != ".md") if FOLDER.is_dir() else []


@pytest.mark.skipif(not FILES, reason=f"the hostile files are not here ({FOLDER.name} beside the checkout)")
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_hostile_file_ends_in_a_paper_or_a_typed_error(path):
    """No hostile file hangs the reader or makes it raise anything but a PaperError."""
    start = time.monotonic()
    outcome = _outcome(path)
    assert isinstance(outcome, Paper) or path.name in outcome.message
    assert time.monotonic() - start < 60


def _outcome(path):
    try:
        return Reader().read(path)
    except PaperError as error:
        return error
