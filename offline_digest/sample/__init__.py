"""The sample paper that `offline-digest demo` digests.

`sample-paper.pdf` is a five-page paper on simulated data, written for this project: authors, institutes and most cited works are
invented, and page 1 says so. `sample-paper.json` holds its metadata in the shape of `records.Metadata`. `paper.md` is its source;
`scripts/build_sample.py` makes the other two from it. `digest.json` is a digest of it in the shape of `records.Digest`, its prose written by hand in
both languages.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["sample_digest", "sample_metadata", "sample_paper"]


def sample_paper() -> Path:
    """Return where the bundled PDF lies."""
    return Path(__file__).with_name("sample-paper.pdf")


def sample_metadata() -> Path:
    """Return where the metadata file of the bundled PDF lies (JSON, UTF-8)."""
    return Path(__file__).with_name("sample-paper.json")


def sample_digest() -> Path:
    """Return where the digest of the bundled PDF that was written by hand lies (JSON, UTF-8)."""
    return Path(__file__).with_name("digest.json")
