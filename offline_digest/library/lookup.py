"""What users look up: papers, one paper by any of its names, papers by their words, and the log of model calls."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline_digest.errors import IntegrityError, UsageError
from offline_digest.files import file_sha256
from offline_digest.library.damage import kept_json, kept_row
from offline_digest.library.index import SHOWN
from offline_digest.library.store import Library
from offline_digest.library.words import MARK, UNMARK, hits, query
from offline_digest.records import Digest

SNIPPET_TOKENS = 32  # words of English, characters of Chinese
_WEIGHTS = "bm25(10.0, 5.0, 3.0, 1.0, 1.0)"  # columns of `words`: title, authors, abstract, en, zh
_SHORTEST_HASH = 4
_SHOWN_CANDIDATES = 5
_PAPERS = "SELECT sha256, arxiv_id, version, doi, title, authors, name, added_at, digested_at FROM paper"
# Of a paper that is being made anew no digest is kept.
_DIGESTED = f"{_PAPERS} WHERE sha256 IN (SELECT paper FROM digest)"  # noqa: S608 (constant)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A paper of which a digest is kept. `name` is its file's, None when nobody knows; `languages` and `models` are those of all digests."""

    sha256: str
    arxiv_id: str | None
    version: str | None
    doi: str | None
    title: str
    authors: tuple[str, ...]
    name: str | None
    added_at: str
    digested_at: str
    languages: tuple[str, ...]
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A paper that holds all words looked for; `marks` are begin and end (excluded) of what was found in `snippet`, in characters."""

    sha256: str
    arxiv_id: str | None
    version: str | None
    title: str
    snippet: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One answer of an engine.

    `paper` (SHA-256), `model` and `prompts` (version) are None in calls older than this record of them. `checks_failed` are those that kept it
    out of the digest, empty for an accepted answer, None when it was not judged yet or is older than this record.
    """

    made_at: str
    paper: str | None
    model: str | None
    field: str
    language: str
    attempt: int
    prompts: str | None
    checks_failed: tuple[str, ...] | None
    tokens: int
    seconds: float
    tokens_per_s: float | None
    ended: str


def list_papers(library: Library) -> tuple[PaperRow, ...]:
    """Return every paper of which a digest is kept, the last digested first."""
    rows = library.database.rows(f"{_DIGESTED} ORDER BY digested_at DESC, title, sha256")
    return tuple(_paper(library, row) for row in rows)


def load_paper(library: Library, sha256: str, *, writer: str | None = None) -> tuple[PaperRow, Digest]:
    """Return a paper and the digest of it that is shown: the newest in which something stands that a model wrote, else the newest.

    Args:
        library: Where it is kept.
        sha256: The paper.
        writer: One of `PaperRow.models`: only its digests count.

    Raises:
        UsageError: No such digest of it is kept.
        IntegrityError: The digest's file is lost or changed.
    """
    row = library.database.row(f"{_PAPERS} WHERE sha256 = ?", sha256)
    found = library.database.row(f"SELECT d.key FROM digest d WHERE d.paper = ?1 AND d.model = ifnull(?2, d.model) {SHOWN}", sha256, writer)  # noqa: S608 (constant)
    if row is None or found is None:
        named, by = f" ({row[4]})" if row and row[4] else "", f" by {writer}" if writer else ""
        raise UsageError(f"No digest of {sha256[:8]}{named}{by} is kept.", "Make one with `offline-digest digest`.")
    digest = library.digest(sha256, found[0].partition("-")[2])
    if digest is None:
        raise IntegrityError(
            f"The digest of {sha256[:8]} ({row[4]}) is lost or changed.", "Digest the paper again; see `offline-digest library verify`."
        )
    return _paper(library, row), digest


def find_paper(library: Library, text: str) -> str:
    """Return the SHA-256 of the one paper that *text* means: its PDF, the beginning of its hash, its arXiv id or DOI, or words of its title.

    Of several versions of one paper of arXiv the latest is meant.

    Raises:
        UsageError: It means no paper or several; names some of them.
    """
    wanted = text.encode("utf-8", "replace").decode().replace("\0", " ").strip()
    if wanted.lower().endswith(".pdf") and os.path.isfile(wanted):  # noqa: PTH113 (a path of any characters and length)
        return _by_file(library, Path(wanted))
    for found in (_by_hash(library, wanted.lower()), _by_identifier(library, wanted), _by_title(library, wanted)):
        if len(found) == 1:
            return found[0]
        if found:
            titles = [library.database.row("SELECT title FROM paper WHERE sha256 = ?", sha256) for sha256 in found[:_SHOWN_CANDIDATES]]
            shown = "; ".join(f"{sha256[:8]} {title[0] if title else ''}".rstrip() for sha256, title in zip(found, titles, strict=False))
            raise UsageError(f"{len(found)} papers could be meant by {wanted!r}: {shown}.", "Name one by its hash or arXiv id.")
    raise UsageError(f"The library holds no paper {wanted!r}.", "`offline-digest library ls` names those it holds.")


def find_writer(library: Library, text: str) -> str:
    """Return the one of `PaperRow.models` that *text* means: in any case, and without its quantization where that is clear.

    Raises:
        UsageError: No digest is by it; names those by whom digests are kept.
    """
    writers: list[str] = [row[0] for row in library.database.rows("SELECT DISTINCT model FROM digest ORDER BY model")]
    wanted = text.strip().casefold()
    stem, colon, _ = wanted.partition(":")
    alike = [w for w in writers if (kept := w.casefold().partition(":"))[0] == stem and not (colon and kept[1])]
    for found in ([w for w in writers if w == text], [w for w in writers if w.casefold() == wanted], alike):
        if len(found) == 1:
            return found[0]
    hint = f"Digests are by {', '.join(writers)}." if writers else "Make one first with `offline-digest digest`."
    raise UsageError(f"No digest by {text!r} is kept." if not alike else f"Digests by several are kept that {text!r} could mean.", hint)


def find_words(library: Library, text: str, *, limit: int) -> tuple[Hit, ...]:
    """Return the papers in which all words of *text* occur: title, authors, abstract and digests, in English and Chinese.

    Words in letters are found by their beginnings, without regard to case and accents; Chinese at any length.

    Args:
        library: Where to look.
        text: The words, in any order; no character of it has a special meaning.
        limit: Most papers to return.

    Returns:
        The best match first (BM25, a word of the title counting ten times one of a digest).

    Raises:
        UsageError: There is no word in *text*.
    """
    rows = library.database.rows(
        f"""SELECT d.paper, p.arxiv_id, p.version, p.title, snippet(words, -1, ?, ?, '…', {SNIPPET_TOKENS})
            FROM words JOIN digest d ON d.id = words.rowid JOIN paper p ON p.sha256 = d.paper
            WHERE words MATCH ? AND rank MATCH '{_WEIGHTS}' ORDER BY rank""",  # noqa: S608 (only constants of this module)
        MARK,
        UNMARK,
        query(text),
    )
    found: dict[str, Hit] = {}
    for sha256, arxiv_id, version, title, snippet in rows:
        if sha256 not in found:
            shown, marks = hits(snippet)
            found[sha256] = kept_row(Hit, sha256=sha256, arxiv_id=arxiv_id, version=version, title=title, snippet=shown, marks=marks)
        if len(found) == limit:
            break
    return tuple(found.values())


def list_calls(library: Library, *, paper: str | None = None, last: int | None = None) -> tuple[CallRow, ...]:
    """Return the log of model calls in the order in which they ended: of one paper (SHA-256) or all, the *last* ones or all."""
    rows = library.database.rows(
        """SELECT made_at, paper, model, field, language, attempt, prompts, checks_failed, tokens, seconds,
                  round(tokens / nullif(seconds, 0), 1), answer FROM call
           WHERE ?1 IS NULL OR paper = ?1 ORDER BY made_at DESC, rowid DESC LIMIT ?2""",
        paper,
        -1 if last is None else last,
    )
    return tuple(_call(row) for row in rows)[::-1]


def _call(row: tuple[Any, ...]) -> CallRow:
    made_at, paper, model, field, language, attempt, prompts, failed, tokens, seconds, tokens_per_s, answer = row
    return kept_row(
        CallRow,
        made_at=made_at,
        paper=paper,
        model=model,
        field=field,
        language=language,
        attempt=attempt,
        prompts=prompts,
        checks_failed=None if failed is None else tuple(kept_json(failed)),
        tokens=tokens,
        seconds=seconds,
        tokens_per_s=tokens_per_s,
        ended=kept_json(answer, dict).get("ended", ""),
    )


def _paper(library: Library, row: tuple[str, ...]) -> PaperRow:
    sha256, arxiv_id, version, doi, title, authors, name, added_at, digested_at = row
    digests = list(library.database.rows("SELECT languages, model FROM digest WHERE paper = ? ORDER BY made_at, id", sha256))
    return kept_row(
        PaperRow,
        sha256=sha256,
        arxiv_id=arxiv_id,
        version=version,
        doi=doi,
        title=title,
        authors=tuple(kept_json(authors)),
        name=name,
        added_at=added_at,
        digested_at=digested_at,
        languages=tuple(sorted({language for spoken, _ in digests for language in kept_json(spoken)})),
        models=tuple(dict.fromkeys(model for _, model in digests)),
    )


def _by_file(library: Library, pdf: Path) -> str:
    try:
        sha256 = file_sha256(pdf)
    except OSError as error:
        raise UsageError(f"{pdf} cannot be read: {error.strerror}.", "Name the paper by its arXiv id or words of its title.") from None
    if library.database.row("SELECT 1 FROM paper WHERE sha256 = ?", sha256) is None:
        raise UsageError(f"{pdf} was not digested yet.", "`offline-digest digest` takes it.")
    return sha256


def _by_hash(library: Library, wanted: str) -> list[str]:
    """A paper that is being digested has calls before it has a digest."""
    if not re.fullmatch(rf"[0-9a-f]{{{_SHORTEST_HASH},64}}", wanted):
        return []
    known = "SELECT sha256 AS known FROM paper UNION SELECT paper FROM call WHERE paper IS NOT NULL"
    return _firsts(library.database.rows(f"SELECT known FROM ({known}) WHERE substr(known, 1, ?) = ?", len(wanted), wanted))  # noqa: S608


def _by_identifier(library: Library, wanted: str) -> list[str]:
    same = "arxiv_id = ?1 OR arxiv_id || coalesce(version, '') = ?1 OR lower(doi) = lower(?1)"
    rows = library.database.rows(
        f"SELECT sha256, arxiv_id, version FROM paper WHERE {same} ORDER BY length(version) DESC, version DESC",  # noqa: S608
        wanted.removeprefix("arXiv:"),
    )
    found = list(rows)
    versions = {(arxiv_id, version) for _, arxiv_id, version in found}
    is_one_paper = len(versions) == len(found) > 1 and len({arxiv_id for arxiv_id, _ in versions}) == 1
    return [sha256 for sha256, _, _ in found[: 1 if is_one_paper else None]]


def _by_title(library: Library, wanted: str) -> list[str]:
    if not any(c.isalnum() for c in wanted):
        return []
    rows = library.database.rows(
        "SELECT DISTINCT paper FROM words JOIN digest ON id = words.rowid WHERE words MATCH ?", f"title : ({query(wanted)})"
    )
    return _firsts(rows)


def _firsts(rows: Iterator[tuple[str, ...]]) -> list[str]:
    return [row[0] for row in rows]
