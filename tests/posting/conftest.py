"""Shared pieces of the tests of posts: pictures, the rewriting of golden files, and posts read as a browser would."""

import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from offline_digest.posting import Entry, render_post

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
SITE = Path(__file__).parent / "hexo"
CACHE = Path(__file__).resolve().parents[2] / "build" / "hexo"
INSTALL = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
DAY = date(2024, 8, 27)


@pytest.fixture
def rewrite_golden():
    """Whether golden files are written anew: `REWRITE_GOLDEN=1 pytest tests/posting`."""
    return bool(os.environ.get("REWRITE_GOLDEN"))


@pytest.fixture
def pictures(tmp_path) -> Path:
    """Return a folder with the picture files that the samples name."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("f1.png", "f2.png", "t1.png", "figure-1.png", "figure-2.png", "figure-3.png", "table-1.png"):
        (folder / name).write_bytes(PNG)
    return folder


@pytest.fixture
def render(pictures):
    """Return a function that renders a post of some digests with pictures."""

    def render_digests(*digests, topic="Diffusion Models", updated=None, **options):
        entries = [Entry(digest=digest, pictures=pictures, updated=updated) for digest in digests]
        return render_post(topic, DAY, entries, **options)

    return render_digests


@pytest.fixture(scope="session")
def modules():
    """Return a `node_modules` folder with the pinned packages, installed once."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm is not installed, so neither Hexo nor the accessibility test can be had")
    wanted = (SITE / "package.json").read_text(encoding="utf-8")
    stamp = CACHE / "installed.json"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        CACHE.mkdir(parents=True, exist_ok=True)
        shutil.copy(SITE / "package.json", CACHE)
        done = subprocess.run([npm, *INSTALL], cwd=CACHE, capture_output=True, encoding="utf-8", timeout=300, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm cannot install the packages here: {done.stderr.strip()[-200:]}")
        stamp.write_text(wanted, encoding="utf-8")
    return CACHE / "node_modules"
