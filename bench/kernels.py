"""Processor time of one thread with the llama.cpp of the Python that runs this: reading a passage, and steps of more and more branches behind it.

    <python of one environment> bench/kernels.py MODEL.gguf
    <python of another> bench/kernels.py MODEL.gguf
    python bench/kernels.py --shape 1.5b --layers 8

First with the weights repacked for this CPU, then as they are in the file. Called in turn, it compares a build for this machine with the portable one
of a bundle. Processor time, not the clock's, so that other work on the machine matters less; best of several rounds. `--layers` makes a shape
shallow, which changes what a layer costs by nothing.
"""

import argparse
import dataclasses
import re
import tempfile
import time
from pathlib import Path

from offline_digest.engines.llama.binding import Model, Row
from offline_digest.engines.llama.settings import LlamaSettings
from offline_digest.engines.llama.shapes import SHAPES, write_shape

TEXT = "The sea is deep and blue."
PREFILL, ROUNDS = 512, 3
STEPS = (1, 2, 4, 7, 8, 12, 15, 16, 17, 24, 32)


def main() -> None:
    """Print the kernels, tokens of a passage a second, and milliseconds for steps of that many branches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", type=Path)
    parser.add_argument("--shape", choices=SHAPES)
    parser.add_argument("--layers", type=int)
    parser.add_argument("--passage", type=int, default=1536, help="tokens")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.model
        if chosen.shape:
            path = Path(folder) / f"{chosen.shape}.gguf"
            shape = SHAPES[chosen.shape]
            write_shape(path, dataclasses.replace(shape, layers=chosen.layers or shape.layers), TEXT.split())
        for repacked in (True, False):
            rate, steps = measure(path, chosen.passage, LlamaSettings(threads=1, extra_buffers=repacked))
            print("repacked" if repacked else "mapped  ", f"passage {rate:.0f}/s,", *(f"{n}: {1000 * s:.0f} ms" for n, s in steps.items()))
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    print(*sorted(set(re.findall(r"libggml-cpu\S*", maps))))


def measure(path: Path, passage: int, settings: LlamaSettings) -> tuple[float, dict[int, float]]:
    """Return tokens of the passage a second, and the seconds of a step by its branches."""
    model = Model(path, settings)
    ids = model.tokenize(TEXT * passage, special=False)[:passage]
    context = model.context(cells=passage + ROUNDS * sum(STEPS), sequences=max(STEPS) + 1)
    starts = range(0, passage, PREFILL)
    read = timed(lambda: [context.decode([Row(t, a + n, 0, False) for n, t in enumerate(ids[a : a + PREFILL])]) for a in starts])
    for branch in range(1, max(STEPS) + 1):
        context.share(0, branch)
    best = dict.fromkeys(STEPS, 1e9)
    ends = [passage] * (max(STEPS) + 1)
    for n in STEPS * ROUNDS:
        rows = [Row(ids[0], ends[branch], branch, True) for branch in range(1, n + 1)]
        best[n] = min(best[n], timed(lambda r=rows: context.decode(r)))
        for row in rows:
            ends[row.sequence] += 1
    context.close()
    model.close()
    return passage / read, best


def timed(call) -> float:
    """Return the processor seconds of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


if __name__ == "__main__":
    main()
