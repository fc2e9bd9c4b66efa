"""Processor seconds of one thread for reading and writing with the llama.cpp of the Python that runs this, and which kernels it took.

    <python of one environment> bench/kernels.py MODEL.gguf
    <python of another> bench/kernels.py MODEL.gguf

Called in turn, it compares a build for this machine with the portable one of a bundle. Processor time, not the clock's, so that other work on the
machine matters less. Best of several rounds.
"""

import re
import sys
import time
from pathlib import Path

from offline_digest.engines.llama.binding import Model, Row
from offline_digest.engines.llama.settings import LlamaSettings

PROMPT, NEW, ROUNDS, TOGETHER = 512, 32, 5, 12
EVERY = range(1, TOGETHER)


def main() -> None:
    """Print the kernels and, for each kind of work, the best rate."""
    model = Model(Path(sys.argv[1]), LlamaSettings(threads=1))
    ids = model.tokenize("The sea is deep and blue. " * PROMPT, special=False)[:PROMPT]
    best = {"prompt": 1e9, "one": 1e9, "together": 1e9}
    for _ in range(ROUNDS):
        context = model.context(cells=2048, sequences=TOGETHER)
        rows = [Row(token, n, 0, n == PROMPT - 1) for n, token in enumerate(ids)]
        best["prompt"] = min(best["prompt"], timed(lambda c=context, r=rows: c.decode(r)) / PROMPT)
        for sequence in range(1, TOGETHER):
            context.share(0, sequence)
        one = timed(lambda c=context: [c.decode([Row(ids[n], PROMPT + n, 0, True)]) for n in range(NEW)])
        many = timed(lambda c=context: [c.decode([Row(ids[n], PROMPT + n, s, True) for s in EVERY]) for n in range(NEW)])
        best["one"] = min(best["one"], one / NEW)
        best["together"] = min(best["together"], many / NEW / len(EVERY))
        context.close()
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    print(*sorted(set(re.findall(r"libggml-cpu\S*", maps))), *(f"{name} {1 / seconds:.1f}/s" for name, seconds in best.items()))


def timed(call) -> float:
    """Return the processor seconds of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


if __name__ == "__main__":
    main()
