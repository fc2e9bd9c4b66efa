"""Prove that nothing unchecked is printed: run every check again on the finished digests of a library.

    python bench/recheck.py LIBRARY [--texts]

LIBRARY is the folder that `offline-digest` keeps its work in. Prints how many fields the model wrote in the newest digest of each paper, how
many fail a check now, and how many of their numbers the paper does not print; `--texts` also prints the fields. Exit code 1 when
anything fails.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from offline_digest.config import load_settings
from offline_digest.digesting import judge_digest, load_prompts
from offline_digest.language import numbers
from offline_digest.reading import READER_VERSION
from offline_digest.records import Digest, Paper
from offline_digest.resources import resource_dir


def main() -> int:
    """Recheck a library."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--texts", action="store_true", help="print every field that a model wrote")
    options = parser.parse_args()
    prompts = load_prompts(resource_dir("templates") / "prompts")
    glossary = tuple(load_settings().glossary.items())
    papers = fields = quoted = absent = failed = values = strange = 0
    for folder in sorted((options.library / "papers").iterdir()):
        digests = sorted(folder.glob("digest-*.json"), key=lambda path: path.stat().st_mtime)
        reading = folder / f"reading-{READER_VERSION}.json"
        if not digests or not reading.is_file():
            continue
        paper = Paper.model_validate_json(reading.read_bytes())
        digest = Digest.model_validate_json(digests[-1].read_bytes())
        printed = numbers(paper.model_dump_json() + digest.title + (digest.abstract or ""), every_reading=True)
        papers += 1
        if options.texts:
            sys.stdout.write(f"\n== {digest.title}\n")
        for text in digest.fields:
            fields += text.origin == "model"
            quoted += text.origin == "extract"
            absent += text.origin == "absent"
            if text.origin != "model":
                continue
            claims = numbers(" ".join(line.text for line in text.lines), written_from=11)
            values += len(claims)
            strange += len(claims - printed)
            if options.texts:
                sys.stdout.write(f"{text.field} ({text.language})\n" + "".join(f"    {x.text} {list(x.pages)}\n" for x in text.lines))
        for (field, language), faults in judge_digest(paper, digest, prompts, glossary).items():
            failed += 1
            sys.stdout.write(f"FAILS {digest.title[:50]}: {field} ({language}): {', '.join(faults)}\n")
    sys.stdout.write(
        f"{papers} digests, {fields} fields by a model, {quoted} quoted, {absent} absent; {failed} fail a check; "
        f"{values} numbers, {strange} of them not in the paper\n"
    )
    return 1 if failed or strange else 0


if __name__ == "__main__":
    sys.exit(main())
