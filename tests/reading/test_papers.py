"""Real papers, scored against annotations made by eye."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path

import pytest

from offline_digest.reading import Reader

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
PAPERS, SCRIPT = SHARED / "papers", SHARED / "score_reading.py"
pytestmark = pytest.mark.skipif(
    not (PAPERS / "gold").is_dir() or not SCRIPT.is_file(),
    reason="the annotated papers are not here (shared/papers beside the checkout)",
)

REACHED = {
    "title": 1.0,
    "authors_exact": 1.0,
    "affiliations_recall": 1.0,
    "abstract_ends": 1.0,
    "headings_f1": 1.0,
    "levels": 1.0,
    "figures_f1": 1.0,
    "figures_iou70": 0.98,
    "figure_captions": 1.0,
    "tables_f1": 1.0,
    "references_page": 1.0,
    "code_links": 1.0,
    "clean_body": 1.0,
}


@pytest.fixture(scope="module")
def readings():
    """Every development paper, read once."""
    reader = Reader()
    return {path.name: reader.read(path) for path in sorted(PAPERS.glob("*.pdf"))}


def test_the_annotated_papers_are_read_as_well_as_before(readings):
    """Every measure of the scoring script keeps the value that was reached."""
    spec = importlib.util.spec_from_file_location("score_reading", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    hits, out_of = Counter(), Counter()
    for path in sorted((PAPERS / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        paper = readings[Path(gold["file"]).name]
        got = paper.model_dump(mode="json")
        for section, made in zip(got["sections"], paper.sections, strict=True):
            section["text"] = made.text
        for measure, (hit, n) in script.score(gold, got).items():
            hits[measure] += hit
            out_of[measure] += n
    short = {m: hits[m] / out_of[m] for m, bar in REACHED.items() if hits[m] < max(bar, script.BARS[m]) * out_of[m] - 1e-9}
    assert not short


def test_honest_papers_raise_no_alarm_about_hidden_text(readings):
    """Plots hide labels and fonts hold empty glyphs; none of it is reported as hidden text."""
    assert {name: paper.warnings for name, paper in readings.items() if paper.warnings} == {}


def test_identifiers_come_from_the_stamp(readings):
    """Identifier and version are those that arXiv printed into the margin of page 1."""
    rows = [json.loads(row) for row in (PAPERS / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]
    stamped = {row["file"]: (row["arxiv_id"], row["version"]) for row in rows if row["version"]}
    assert {name: (readings[name].arxiv_id, readings[name].version) for name in stamped} == stamped


def test_page_turns_of_a_paragraph_are_in_order_and_inside_its_text(readings):
    """Each paragraph begins with a turn at offset 0, and its turns rise in offset and page."""
    for paper in readings.values():
        for section in paper.sections:
            for paragraph in section.paragraphs:
                offsets, pages = zip(*paragraph.turns, strict=True)
                assert offsets[0] == 0
                assert list(offsets) == sorted(set(offsets))
                assert list(pages) == sorted(set(pages))
                assert offsets[-1] < len(paragraph.text)


def test_own_links_are_the_annotated_code_pages(readings):
    """What is called the authors' own is in the annotations, and nearly all annotated pages are found to be own."""
    wanted, found, right = 0, 0, 0
    for path in sorted((PAPERS / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        codes = {u.split("//")[-1].removeprefix("www.").rstrip("/") for u in gold["code_urls"]}
        own = {x.url.split("//")[-1].removeprefix("www.").rstrip("/") for x in readings[Path(gold["file"]).name].links if x.own}
        wanted, found, right = wanted + len(codes), found + len(own), right + len(codes & own)
    assert right >= 0.9 * wanted
    assert right >= 0.8 * found
