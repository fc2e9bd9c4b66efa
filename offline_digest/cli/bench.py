"""`bench`: measurements that anyone can make again on their own machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from offline_digest.cli.options import TRUST
from offline_digest.cli.streams import emit
from offline_digest.cli.terminal import Terminal

if TYPE_CHECKING:
    from offline_digest.benchmark import Score
    from offline_digest.engines import LlamaSettings
    from offline_digest.engines.llama.bench import Way

_WAYS: dict[str, Way] = {"a": "seed", "b": "scratch", "c": "in turn", "d": "whole", "f": "floor"}
_SHAPES = ("135m", "0.5b", "1.5b", "4b", "8b")  # those of engines.llama.shapes, whose import would slow --help down


@click.group()
def bench() -> None:
    """Measure this machine."""


@bench.command()
@click.argument("paper", metavar="[PAPER]", required=False, type=click.Path(path_type=Path))
@click.option("--model", help="Model: a name of the catalogue or a GGUF file.")
@TRUST
@click.option(
    "--shape", type=click.Choice(_SHAPES), help="Instead of a model: random weights of this shape, with fixed lengths of answers."
)
@click.option("--passage-tokens", default=1500, show_default=True, type=click.IntRange(min=256), help="What the model reads of PAPER.")
@click.option("--threads", default=0, type=click.IntRange(min=0), help="CPU threads; default: every physical core.")
@click.option("--repeat", default=1, show_default=True, type=click.IntRange(min=1), help="Runs of each way, interleaved.")
@click.option("--only", default="fabcd", metavar="LETTERS", help="Ways to run beside ours; default: fabcd.")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Another setting of the model, such as branches=12.")
@click.option("--config", type=click.Path(path_type=Path, readable=False), help="Configuration file instead of the user's own.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per way on stdout.")
def engine(
    paper: Path | None,
    model: str | None,
    trust_model: bool,
    shape: str | None,
    passage_tokens: int,
    threads: int,
    repeat: int,
    only: str,
    changes: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> None:
    """Time one whole digest of PAPER (default: the bundled sample), asked in our way and in others. Never online.

    \b
    ours  one passage, every question a branch, decoded together
    f     the floor: what ours fed to llama_decode, fed again with nothing around it
    a     the calls of the blog that this program succeeds, each reading the paper again
    b     every question from scratch
    c     the passage kept, one question after the other
    d     one question for everything, with one long answer

    Each runs in a process of its own. Seconds are without loading. Other programs on the machine spoil them.
    """  # noqa: D301 (\b is click's mark for lines that are not joined)
    from offline_digest.benchmark import BenchOrder, bench_engine
    from offline_digest.config import load_settings
    from offline_digest.sample import sample_paper

    if (model is None) == (shape is None):
        raise click.UsageError("Name either a --model or a --shape.")
    unknown = set(only) - _WAYS.keys()
    if unknown:
        raise click.UsageError(f"--only takes the letters {''.join(_WAYS)}, not {''.join(sorted(unknown))}.")
    order = BenchOrder(
        paper=paper or sample_paper(),
        model=model,
        trust_model=trust_model,
        shape=shape,
        passage_tokens=passage_tokens,
        ways=tuple(_WAYS[letter] for letter in dict.fromkeys(only)),
        repeat=repeat,
        settings=_driven(threads, changes),
    )
    found = bench_engine(order, load_settings(config), Terminal())
    for line in [score.model_dump_json() for score in found] if as_json else table(found):
        emit(line)


def _driven(threads: int, changes: tuple[str, ...]) -> LlamaSettings:
    """Return the settings that the options ask for."""
    from pydantic import ValidationError

    from offline_digest.engines import LlamaSettings

    values: dict[str, object] = {"threads": threads}
    for change in changes:
        name, _, value = change.partition("=")
        values[name.strip()] = value.strip()
    try:
        return LlamaSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise click.UsageError(f"--set {name}: {first['msg']}. Known: {', '.join(LlamaSettings.model_fields)}.") from error


def table(found: tuple[Score, ...]) -> list[str]:
    """Return the scores as lines of a table."""
    letters = {way: letter for letter, way in _WAYS.items()}
    rows = [("", "way", "seconds", "spread", "x ours", "tokens", "tokens/s", "fed", "batches", "peak MB", "load s")]
    rows += [
        (
            letters.get(s.way, ""),
            s.way,
            f"{s.seconds:.1f}",
            f"{s.fastest:.1f}-{s.slowest:.1f}",
            f"{s.ratio:.2f}",
            str(s.written),
            f"{s.written_per_s:.1f}",
            str(s.fed),
            str(s.batches),
            f"{s.peak_bytes / 1e6:.0f}",
            f"{s.load_s:.1f}",
        )
        for s in found
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(c.ljust(w) if n < 2 else c.rjust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True))) for row in rows]
