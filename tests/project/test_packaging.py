"""The wheel that users install."""

import contextlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked(*folders):
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *folders], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: the tree to compare with is not known")
    return {line for line in listed.stdout.splitlines() if (ROOT / line).is_file()}


def test_the_wheel_holds_the_tree(tmp_path):
    """Code, templates, prompts, catalogue and sample are in the wheel; tests, scripts and weights are not."""
    weights, starter = ROOT / "models" / "left-over.gguf", ROOT / "models" / "starter" / "left-over.txt"
    weights.write_bytes(b"GGUF")
    starter.parent.mkdir(exist_ok=True)
    starter.write_text("a distribution of its own", encoding="utf-8")
    try:
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
            cwd=ROOT,
            check=True,
            capture_output=True,
            timeout=120,
        )
    finally:
        weights.unlink()
        starter.unlink()
        with contextlib.suppress(OSError):  # it is not empty where a model lies there
            starter.parent.rmdir()
    (wheel,) = tmp_path.glob("*.whl")
    inside = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    data = {f"offline_digest/_data/{path}" for path in tracked("templates", "models") if not path.startswith("models/starter/")}
    assert inside == tracked("offline_digest") | data
    assert "offline_digest/sample/sample-paper.pdf" in inside
