"""Papers that between them make templates show everything they can: the bundled sample and what is left of it in poorer circumstances."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from offline_digest.posting.values import Entry
from offline_digest.records import Coverage, Digest, EngineInfo, Link, SectionRead
from offline_digest.sample import sample_digest

_QUOTES = EngineInfo(name="extractive", origin="extract", languages=("en",), passage_tokens=0)
_COVERAGE = Coverage(
    sections=(
        SectionRead(heading="1 Introduction", pages=(1, 1), read="whole"),
        SectionRead(heading="2 Method", pages=(2, 3), read="condensed"),
        SectionRead(heading="3 Results", pages=(3, 4), read="in_part"),
        SectionRead(heading="A Proofs", pages=(5, 5), read="left_out"),
    ),
    sentences_read=48,
    sentences_condensed=20,
    sentences=131,
)
# The smallest PNG: one grey point.
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63680000008200810a2d33a40000000049454e44ae426082"
)


def draw_pictures(folder: Path) -> None:
    """Put a picture into *folder* for every one that the papers name."""
    digest = _sample()
    for item in (*digest.figures, *digest.tables):
        if item.image:
            (folder / item.image).write_bytes(_PNG)


def sample_entries(pictures: Path) -> Mapping[str, Entry]:
    """Return papers by what they are.

    Args:
        pictures: The folder of `draw_pictures`.
    """
    whole = _sample()
    english = tuple(text for text in whole.fields if text.language == "en")
    facts = {
        "arxiv_id": "2401.01234",
        "version": "v2",
        "doi": "10.1000/xyz_123(4)",
        "comment": "12 pages, 3 figures",
        "coverage": _COVERAGE,
    }
    digests = {
        "a paper in both languages": whole.model_copy(
            update={**facts, "links": (Link(url="https://example.org/four-probes", page=1, own=True),), "warnings": ("Page 5 is a scan.",)}
        ),
        "a paper in English alone": whole.model_copy(
            update={"fields": english, "engine": whole.engine.model_copy(update={"languages": ("en",)}), "doi": "10.1000/xyz"}
        ),
        "a paper in quotations alone": whole.model_copy(
            update={
                "fields": tuple(text.model_copy(update={"origin": "extract"}) for text in english),
                "engine": _QUOTES,
                "keywords_origin": "extract",
                "licence": None,
            }
        ),
        "a paper of which nothing is known": whole.model_copy(
            update={
                **dict.fromkeys(("authors", "affiliations", "keywords", "links", "figures", "tables"), ()),
                **dict.fromkeys(("abstract", "comment", "licence")),
                "title": "",
                "keywords_origin": "absent",
                "fields": tuple(text.model_copy(update={"origin": "absent", "lines": ()}) for text in english),
                "engine": _QUOTES,
            }
        ),
    }
    return {name: Entry(digest=digest, pictures=pictures, updated="v1" if digest.version else None) for name, digest in digests.items()}


def _sample() -> Digest:
    return Digest.model_validate_json(sample_digest().read_text(encoding="utf-8"))
