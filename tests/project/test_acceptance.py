"""The main job on real papers: a folder of PDFs and its metadata in, one post out, measured by the audit of the blog it succeeds."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = re.compile(r"(A[1-6]|B[1-8]|C[1-9]|D[1-5]|D[7-9]|E1|E2|E6|F1|F2|F5|J3|K[1-5]|L[3-5]) ")


def offline_digest(*arguments, prefix=(), check=True):
    """Run the installed command as a user would."""
    command = [*prefix, sys.executable, "-m", "offline_digest", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check, timeout=900)


def audit(script: Path, out: Path, tmp_path: Path) -> dict[str, int]:
    """Return the audit's counts by row."""
    subprocess.run([sys.executable, str(script), str(out), "--json", str(tmp_path / "audit.json")], check=True, capture_output=True)
    return json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))["counts"]


@pytest.mark.parametrize("metadata", ["metadata.jsonl", "feed.xml"])
def test_a_folder_of_real_papers_becomes_one_faultless_post(shared, tmp_path, metadata):
    """Every paper is in the post, titles and authors exactly as in the metadata, and the audit's rows are all 0."""
    out = tmp_path / "out"
    offline_digest("digest", shared / "papers", "--metadata", shared / "papers" / metadata, "-o", out, "--library", tmp_path / "lib")
    (post,) = out.rglob("*.md")
    text = post.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in (shared / "papers" / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]
    if metadata.endswith(".jsonl"):
        for row in rows:
            assert f"\n## {row['title']}\n\n**Authors:{', '.join(row['authors'])}**\n" in text
    assert text.count("\n**Authors:") == len(rows)
    counts = audit(shared / "post_audit.py", out, tmp_path)
    measured = {name: n for name, n in counts.items() if ROWS.match(name)}
    assert len(measured) >= 45
    assert {name: n for name, n in measured.items() if n} == {}


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.soak
def test_a_real_model_digests_real_papers(shared, smollm2, tmp_path):
    """A small real model runs to the end on real papers, and the audit's rows are still 0."""
    papers = sorted((shared / "papers").glob("*.pdf"), key=lambda p: p.stat().st_size)[:4]
    out = tmp_path / "out"
    offline_digest(
        "digest", *papers, "--metadata", shared / "papers" / "feed.xml", "-o", out, "--model", "smollm2", "--library", tmp_path / "lib"
    )
    counts = audit(shared / "post_audit.py", out, tmp_path)
    assert {name: n for name, n in counts.items() if ROWS.match(name) and n} == {}


def network_namespace():
    """Return the prefix that runs a command without any network interface, or skip."""
    prefix = ["unshare", "--user", "--map-root-user", "--net"]
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no unprivileged network namespaces here (unshare -rn)")
    return prefix


def test_the_demo_needs_no_network(tmp_path):
    """The demo makes its post in a network namespace that has no interface at all."""
    done = offline_digest("demo", "-o", tmp_path, prefix=network_namespace())
    assert Path(done.stdout.strip()).is_file()
