"""The bundled sample paper is what its source says, and hangs together."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from offline_digest.records import Metadata
from offline_digest.sample import sample_metadata, sample_paper

pymupdf = pytest.importorskip("pymupdf")
SCRIPT = Path(__file__).parents[2] / "scripts" / "build_sample.py"
SOURCE = sample_paper().with_name("paper.md")


def normal(text: str) -> str:
    """Return *text* with single spaces."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def pages() -> list[str]:
    """The text of each page of the bundled PDF."""
    with pymupdf.open(sample_paper()) as document:
        return [normal(page.get_text()) for page in document]


@pytest.fixture(scope="module")
def rebuilt() -> tuple[bytes, str]:
    """PDF and metadata as the script makes them now."""
    spec = importlib.util.spec_from_file_location("build_sample", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script.build(SOURCE.read_text(encoding="utf-8"))


def test_script_rebuilds_the_bundled_pdf(rebuilt, pages):
    """The script makes the bundled PDF byte for byte; under another PyMuPDF, the same text on each page."""
    with pymupdf.open(sample_paper()) as document:
        same_version = document.metadata["producer"] == f"PyMuPDF {pymupdf.VersionBind}"
    if same_version:
        assert rebuilt[0] == sample_paper().read_bytes()
    with pymupdf.open(stream=rebuilt[0]) as document:
        assert [normal(page.get_text()) for page in document] == pages


def test_metadata_is_what_the_script_makes_and_what_the_program_reads(rebuilt):
    """The metadata file is up to date and has the shape of `Metadata`."""
    text = sample_metadata().read_text(encoding="utf-8")
    about = Metadata.model_validate_json(text)
    assert text == rebuilt[1]
    assert about.arxiv_id is None
    assert len(about.authors) == 4
    assert 150 <= len(about.abstract.split()) <= 200


def test_paper_prints_headings_captions_and_authors(pages):
    """Every heading, author, affiliation and caption label of the source is printed, and the title."""
    text, source = normal(" ".join(pages)), SOURCE.read_text(encoding="utf-8")
    headings = re.findall(r"^##+ (.*)$", source, re.MULTILINE)
    places = re.findall(r"^@affiliation \^\{\d\} (.*)$", source, re.MULTILINE)
    labels = re.findall(r"^((?:Figure|Table) \d:)", source, re.MULTILINE)
    about = json.loads(sample_metadata().read_text(encoding="utf-8"))
    assert len(headings) == 19
    assert labels == ["Figure 1:", "Table 1:", "Figure 2:", "Figure 3:"]
    missing = [part for part in [*headings, *places, *labels, *about["authors"], about["title"]] if part not in text]
    assert missing == []


def test_numbers_of_the_abstract_occur_in_the_body(pages):
    """What the abstract claims, the body reports."""
    abstract = json.loads(sample_metadata().read_text(encoding="utf-8"))["abstract"]
    body = " ".join(pages)[len(abstract) :].partition("1 Introduction")[2]
    numbers = re.findall(r"\d+(?:\.\d+)?", abstract)
    assert len(numbers) >= 7
    assert [number for number in numbers if not re.search(rf"(?<![\d.]){re.escape(number)}(?!\.?\d)", body)] == []


def test_every_citation_has_an_entry(pages):
    """The references are numbered from 1 and each is cited; no place of the text is left unfilled."""
    body, _, references = " ".join(pages).partition(" References ")
    entries = [int(n) for n in re.findall(r"\[(\d+)\]", references)]
    cited = {int(n) for group in re.findall(r"\[(\d+(?:, \d+)*)\]", body) for n in group.split(", ")}
    assert entries == list(range(1, 13))
    assert cited == set(entries)
    assert "[[" not in body


def test_pdf_is_small_and_says_what_it_is(pages):
    """The PDF ships in a wheel, has five or six pages, and says on page 1 that it is a sample."""
    assert sample_paper().stat().st_size < 300_000
    assert len(pages) in (5, 6)
    assert "This is the sample paper that comes with offline-digest" in pages[0]


def test_pictures_are_as_promised():
    """One figure is a raster picture, the others are drawn; the code link is a link."""
    with pymupdf.open(sample_paper()) as document:
        with_images = [page.number + 1 for page in document if page.get_images()]
        links = {link["uri"] for page in document for link in page.get_links()}
    assert len(with_images) == 1
    assert "https://example.org/four-probes" in links
