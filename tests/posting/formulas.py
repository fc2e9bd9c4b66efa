"""Reads the formulas of a digest, and those that MathJax finds on a page."""

import json
import re
import subprocess
from pathlib import Path

from offline_digest.posting.texts import plain, tex


def spelled(source):
    """Return TeX without white space, in one spelling of what targets must name otherwise."""
    return re.sub(r"\s", "", re.sub(r"\\ast(?![A-Za-z])", "*", source.replace("\\vert ", "|")))


def formulas_of(page, marks, modules, folder):
    """Return the formulas that MathJax finds in the post of a page, as `spelled` spells them."""
    post = page.partition("<article")[2].partition(">")[2].partition("</article>")[0]
    (folder / "page.html").write_text(f"<html><body>{post}</body></html>", encoding="utf-8")
    command = ["node", str(Path(__file__).parent / "hexo" / "math.js"), str(modules), str(folder / "page.html"), *marks]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=True)
    return {spelled(source) for source, _ in json.loads(done.stdout)}


def formulas_in(digest):
    """Return the formulas of a digest's texts."""
    lines = [line.text for field in digest.fields for line in field.lines]
    captions = [figure.caption for figure in (*digest.figures, *digest.tables)]
    texts = [*map(plain, (*lines, *captions)), tex(digest.title), tex(digest.abstract or "")]
    return {spelled(run.text) for text in texts for run in text.runs if run.kind == "formula" and "`" not in run.text}
