"""Whole posts as golden files: a change of a post is seen in the review."""

import os
from pathlib import Path

import pytest

from . import samples

GOLDEN = Path(__file__).parent / "golden"
POSTS = {
    "extractive": (samples.quoting(),),
    "chinese": (samples.chinese(), samples.chinese(title="Another Paper on Sorting", arxiv_id="quant-ph/9508027", version="v1")),
    "english_model": (samples.english(),),
    "refused_model": (samples.quoting(engine=samples.ENGLISH_MODEL),),
    "absent": (samples.digest(),),
    "no_id": (samples.chinese(arxiv_id=None, version=None), samples.bare()),
}


@pytest.mark.parametrize("name", POSTS)
def test_posts_equal_their_golden_files(name, render, rewrite_golden):
    """A post is, byte for byte, what was reviewed last."""
    text = render(*POSTS[name]).text
    path = GOLDEN / f"{name}.md"
    if rewrite_golden:
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_every_golden_file_is_compared():
    """No golden file lies about that no test reads."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(POSTS)


def test_rewriting_is_off():
    """A run that rewrites golden files proves nothing and never passes."""
    assert not os.environ.get("REWRITE_GOLDEN"), "golden files were written anew: look at the difference, then run without the flag"
