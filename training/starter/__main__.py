"""`python -m training.starter prepare | train | export | evaluate | package`; README.md beside this file tells when."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path


def main(argv: list[str] | None = None) -> int:
    """Run one step; figures go to stdout as JSON."""
    parser = argparse.ArgumentParser(prog="python -m training.starter", description=__doc__)
    commands = parser.add_subparsers(required=True)
    _prepare(commands.add_parser("prepare", help="data and tokenizer -> vocabulary and token trees"))
    _train(commands.add_parser("train", help="token trees and base -> weights; the same call again goes on"))
    _export(commands.add_parser("export", help="weights -> GGUF, float16 and quantized"))
    _evaluate(commands.add_parser("evaluate", help="GGUF -> figures on held-out papers"))
    _package(commands.add_parser("package", help="GGUF and figures -> a Python distribution and its catalogue entry"))
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))


def _prepare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/starter"), help="folder with train.jsonl or train.jsonl.xz, eval.jsonl, tokenizer.json"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--least-uses", type=int, default=20, help="drop tokens that are written fewer times; 0 keeps all")
    parser.add_argument("--limit", type=int, help="read that many papers only")

    def run(given: argparse.Namespace) -> int:
        from training.starter.prepare import FIGURES, prepare

        train = next(given.data.glob("train.jsonl*"))
        figures = prepare(
            train, given.data / "eval.jsonl", given.data / "tokenizer.json", given.out, least_uses=given.least_uses, limit=given.limit
        )
        (given.out / FIGURES).write_text(json.dumps(figures, indent=1), encoding="utf-8")
        return _print(figures)

    parser.set_defaults(run=run)


def _train(parser: argparse.ArgumentParser) -> None:
    from training.starter.settings import Settings

    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True, help="the GGUF file to continue")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--after", type=Path, help="the folder of a training at its end that is to go on, in another folder")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end this call after so long; the next one goes on")
    parser.add_argument("--compile", action="store_true", help="let torch compile: a fifth faster on a CPU, after a minute")
    for field in fields(Settings):
        kind = float if isinstance(field.default, float) else int
        parser.add_argument("--" + field.name.replace("_", "-"), type=kind, default=field.default)

    def run(given: argparse.Namespace) -> int:
        from training.starter.train import Limits, train

        settings = Settings(**{field.name: getattr(given, field.name) for field in fields(Settings)})
        limits = Limits(minutes=given.minutes)
        how = {"device": given.device, "after": given.after, "limits": limits, "compiled": given.compile}
        done = train(given.prepared, given.base, given.out, settings, **how)
        return _print({"done": done})

    parser.set_defaults(run=run)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="the model.npz of the training; without it the start of one is exported")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quantizations", nargs="*", default=["Q8_0", "Q5_0", "Q4_K_M"])

    def run(given: argparse.Namespace) -> int:
        from training.starter.export import export

        return _print(export(given.prepared, given.base, given.weights, given.out, kinds=given.quantizations))

    parser.set_defaults(run=run)


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path)
    parser.add_argument("--papers", type=Path, default=Path("../shared/starter/eval.jsonl"))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--out", type=Path, help="write the figures there, too")

    def run(given: argparse.Namespace) -> int:
        from itertools import islice

        from training.starter.data import read_rows
        from training.starter.evaluate import evaluate

        figures = evaluate(given.model, list(islice(read_rows(given.papers), given.limit)))
        if given.out:
            given.out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
        return _print(figures)

    parser.set_defaults(run=run)


def _package(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path)
    parser.add_argument("--evaluated", type=Path, required=True, help="what `evaluate --out` wrote of this file")
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--trained", type=Path, required=True, help="the folder of the training")
    parser.add_argument("--out", type=Path, default=Path("models/starter"))
    parser.add_argument("--version", required=True)

    def run(given: argparse.Namespace) -> int:
        from training.starter.package import Figures, write_package

        figures = Figures.load(given.evaluated, given.prepared, given.trained)
        print(write_package(given.model, figures, given.out, version=given.version))
        return 0

    parser.set_defaults(run=run)


def _print(figures: object) -> int:
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
