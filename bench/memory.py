"""Peak memory of the model's process against what was estimated before loading.

    python bench/memory.py [--shapes 135m 0.5b 1.5b] [--contexts 2048 8192 16384]

For each shape (random weights) and context: the estimate of `LlamaEngine.estimate`, then VmHWM of a fresh child after it evaluated a passage
that fills its share of the context and answered a full set of questions. Linux only. Says whether the bars of issue 4 hold: the estimate within 15%,
and no more than weights + context + 250 MB.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from offline_digest.engines import LlamaEngine, LlamaSettings
from offline_digest.engines.llama.memory import FRAME_CELLS
from offline_digest.engines.llama.shapes import SHAPES, write_shape
from offline_digest.records import Passage, Question, Sentence

WORDS = [f"word{n}" for n in range(4000)]
MB = 1e6


def main() -> None:
    """Print one row per shape and context."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", nargs="+", default=["135m", "0.5b", "1.5b"], choices=sorted(SHAPES))
    parser.add_argument("--contexts", nargs="+", type=int, default=[2048, 8192, 16384])
    wanted = parser.parse_args()
    print("| shape | context | estimate MB | peak MB | estimate / peak | beyond weights + context MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for shape in wanted.shapes:
            path = Path(folder) / f"{shape}.gguf"
            write_shape(path, SHAPES[shape], WORDS)
            for context in wanted.contexts:
                print(row(path, shape, context), flush=True)
            path.unlink()


def row(path: Path, shape: str, context: int) -> str:
    """Return one line of the table."""
    branch_cells = min(4096, context // 2)
    settings = LlamaSettings(passage_tokens=context - branch_cells - FRAME_CELLS, branch_cells=branch_cells)
    with LlamaEngine(path, name=shape, sha256="", languages=("en",), settings=settings) as engine:
        need = engine.estimate()
    with LlamaEngine(path, name=shape, sha256="", languages=("en",), settings=settings) as engine:
        words = (settings.passage_tokens - 8) // 10
        sentences = [" ".join(WORDS[(n * 10 + i) % len(WORDS)] for i in range(10)) for n in range(words)]
        passage = Passage(
            title="T",
            sentences=tuple(Sentence(text=t, section=0, heading="", page=1, position=i) for i, t in enumerate(sentences)),
        )
        questions = [Question(field=f"f{n}", language="en", prompt=" ".join(WORDS[:40]), max_tokens=24) for n in range(25)]
        if len(list(engine.answer(passage, questions))) != len(questions):
            raise SystemExit("not every question was answered")
        peak = peak_bytes(engine)
    extra = peak - need.weights - need.context
    return f"| {shape} | {context} | {need.total / MB:.0f} | {peak / MB:.0f} | {need.total / peak:.2f} | {extra / MB:.0f} |"


def peak_bytes(engine: LlamaEngine) -> int:
    """Return VmHWM of the engine's child."""
    pid = engine._worker.pid  # noqa: SLF001 (a measurement from outside)
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(x for x in lines if x.startswith("VmHWM")).split()[1]) * 1024


if __name__ == "__main__":
    main()
