"""Compare readers of papers in one run: accuracy against gold annotations and pages per second.

    ours      offline_digest.reading, with and without pictures
    layout    PyMuPDF 2's layout model (pymupdf4llm.to_json) with the nearest picture or table box paired to each caption
    markdown  pymupdf4llm.to_markdown of the same version, for speed alone: its text has no boxes
    headings  the method of the blog this project succeeds: the last page that holds one of 24 fixed words starts that section

Each competitor lives in an environment of its own below build/bench (made at the first run, needs a package index). Runs are
interleaved: every reader reads paper 1, then every reader paper 2, and so on, in fresh processes; imports are timed apart.

Usage: python bench/reading.py PAPERS [--rounds N] [--score score_reading.py]   PAPERS holds PDFs and, for accuracy, gold/<id>.json
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ROOT / "build" / "bench"
READERS = Path(__file__).resolve().parent / "readers"
LAYOUT = ("pymupdf==2.0", "pymupdf4llm==2.0", "pymupdf_layout==2.0", "onnxruntime", "networkx", "tabulate", "pyyaml", "numpy")
COMPETITORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ours": ("ours.py", ()),
    "ours, with pictures": ("ours.py", ()),
    "layout": ("layout.py", LAYOUT),
    "markdown": ("markdown.py", LAYOUT),
    "headings": ("headings.py", ("pymupdf==1.28.2",)),
}
FLAGS = {"ours, with pictures": ["--pictures"]}
TIMEOUT_S = 600


def environment(name: str, packages: tuple[str, ...]) -> Path:
    """Return the Python of a competitor's environment, making it when it is not there; ours is the one that runs this."""
    if not packages:
        return Path(sys.executable)
    folder = ENVIRONMENTS / Path(COMPETITORS[name][0]).stem
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / "complete").touch()
    return python


def read(name: str, python: Path, paper: Path) -> dict[str, object] | None:
    """Return one reader's result for one paper, with `seconds` and `import_s`; None when it failed."""
    command = [str(python), str(READERS / COMPETITORS[name][0]), str(paper), *FLAGS.get(name, [])]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        print(f"{name} failed on {paper.name}: {done.stderr.strip()[-200:]}", file=sys.stderr)
        return None
    result: dict[str, object] = json.loads(lines[-1])
    return result


def accuracy(readings: list[dict[str, object]], papers: Path, script: Path) -> str:
    """Return the lines that the scoring script prints for one reader's readings."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "readings.jsonl"
        rows.write_text("\n".join(json.dumps(r) for r in readings), encoding="utf-8")
        done = subprocess.run([sys.executable, str(script), str(rows), str(papers)], capture_output=True, text=True, check=False)
    return "\n".join(line for line in done.stdout.splitlines() if " bar " in line or " papers: " in line)


def main() -> int:
    """Run all readers and print one table of speed, then the accuracy of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("papers", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--score", type=Path, help="the scoring script; without it only speed is measured")
    arguments = parser.parse_args()
    pythons = {name: environment(name, packages) for name, (_, packages) in COMPETITORS.items()}
    papers = sorted(arguments.papers.glob("*.pdf"))
    seconds: dict[str, list[float]] = {name: [] for name in COMPETITORS}
    imports: dict[str, list[float]] = {name: [] for name in COMPETITORS}
    readings: dict[str, list[dict[str, object]]] = {name: [] for name in COMPETITORS}
    pages = 0
    for turn in range(arguments.rounds):
        spent = dict.fromkeys(COMPETITORS, 0.0)
        for paper in papers:
            for name, python in pythons.items():
                result = read(name, python, paper)
                if result is None:
                    continue
                spent[name] += float(str(result["seconds"]))
                imports[name].append(float(str(result["import_s"])))
                pages += int(str(result["n_pages"])) if turn == 0 and name == "ours" else 0
                if turn == 0:
                    readings[name].append(result)
        for name, total in spent.items():
            seconds[name].append(total)
    ours = statistics.median(seconds["ours"])
    print(f"{len(papers)} papers, {pages} pages, {arguments.rounds} rounds, one process at a time\n")
    print(f"{'reader':22s} {'pages/s':>8s} {'spread':>15s} {'times ours':>11s} {'import s':>9s}")
    for name, rounds in seconds.items():
        middle = statistics.median(rounds)
        spread = f"{pages / max(rounds):.1f}-{pages / min(rounds):.1f}"
        print(f"{name:22s} {pages / middle:8.1f} {spread:>15s} {middle / ours:10.1f}x {statistics.median(imports[name]):9.2f}")
    if arguments.score:
        for name in ("ours", "layout", "headings"):
            print(f"\n{name}\n{accuracy(readings[name], arguments.papers, arguments.score)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
