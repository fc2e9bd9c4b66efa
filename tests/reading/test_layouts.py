"""Papers set in LaTeX in layouts that have been misread, read as a whole; the source of each lies beside it.

The sentences are made of a small vocabulary by chance. `<name>.json` says what `<name>.tex` says.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from offline_digest.reading import Reader

LAYOUTS = Path(__file__).parent / "layouts"
NAMES = sorted(path.stem for path in LAYOUTS.glob("*.json"))


def _letters(text):
    """Letters and figures only, so that quotes, hyphens and breaks of lines do not decide."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text or "")).casefold()


def _facts(gold):
    one = {key: _letters(gold[key]) for key in ("title", "abstract")}
    many = {key: [_letters(item) for item in gold[key]] for key in ("authors", "affiliations", "keywords")}
    return {
        **one,
        **many,
        "references_page": gold["references_page"],
        "headings": [[n, _letters(t), lv, p] for n, t, lv, p in gold["headings"]],
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_layout_is_read_as_it_was_written(name):
    """Front matter, headings with their levels and pages, and the page of the references are those of the source."""
    gold = json.loads((LAYOUTS / f"{name}.json").read_text(encoding="utf-8"))
    paper = Reader().read(LAYOUTS / f"{name}.pdf").model_dump(mode="json")
    paper["headings"] = [[s["number"], s["heading"], s["level"], s["page"]] for s in paper["sections"] if s["heading"]]
    assert _facts(paper) == _facts(gold)


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_of_a_layout_is_read_in_its_order(name):
    """The body holds the sentences of the source one after the other, and hardly anything else."""
    gold = json.loads((LAYOUTS / f"{name}.json").read_text(encoding="utf-8"))
    paper = Reader().read(LAYOUTS / f"{name}.pdf")
    body = _letters("".join(p.text for section in paper.sections for p in section.paragraphs))
    places = [body.find(_letters(sentence)) for sentence in gold["body"]]
    assert -1 not in places
    assert places == sorted(places)
    assert len(body) <= 1.02 * sum(len(_letters(sentence)) for sentence in gold["body"]) + 60
