"""The starter model as it ships, where it is installed: what a first run writes."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from offline_digest.files import file_sha256
from offline_digest.language import cjk_share
from offline_digest.records import Digest
from offline_digest.weights import known_models

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def starter() -> Path:
    """Return the weights, or skip."""
    try:
        distribution = metadata.distribution("offline-digest-starter")
    except metadata.PackageNotFoundError:
        pytest.skip("the starter model is not installed: pip install ./models/starter")
    package = known_models()["starter"].package
    assert package is not None
    return Path(str(distribution.locate_file(package.file)))


def test_the_catalogue_vouches_for_the_file_that_ships(starter):
    """Size and hash are those of the installed file, which is the one in the repository."""
    package = known_models()["starter"].package
    assert (starter.stat().st_size, file_sha256(starter)) == (package.size_bytes, package.sha256)
    assert package.size_bytes <= 95_000_000
    kept = ROOT / "models" / "starter" / package.file
    if kept.is_file():
        assert file_sha256(kept) == package.sha256
        assert package.sha256 in (ROOT / "models" / "starter" / "README.md").read_text(encoding="utf-8")


@pytest.mark.model
def test_a_first_run_is_bilingual(starter, tmp_path):
    """`demo` without any option: the starter writes the Chinese from title and abstract, all else is quoted, and the post says which is which."""
    command = [sys.executable, "-m", "offline_digest", "demo", "-o", str(tmp_path)]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=True, timeout=600)
    (paper,) = json.loads(Path(done.stdout.strip()).read_text(encoding="utf-8"))["papers"]
    digest = Digest.model_validate(paper["digest"])
    written = {text.field: text for text in digest.fields if text.origin == "model"}
    assert "summary" in written
    assert len(written) >= 3
    assert {text.language for text in written.values()} == {"zh"}
    assert all(cjk_share(line.text) >= 0.5 for text in written.values() for line in text.lines)
    assert {text.origin for text in digest.fields if text.language == "en"} == {"extract"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    post = Path(done.stdout.strip()).read_text(encoding="utf-8")
    assert "入门模型 starter" in post
    assert _squeezed(written["summary"].lines[0].text) in _squeezed(post)


def _squeezed(text: str) -> str:
    """Without the spaces that a post sets between Chinese and Latin."""
    return "".join(text.split())
