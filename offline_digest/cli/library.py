"""The commands that look into the library: what it holds, what was found in it, whether it is whole, and the log of model calls."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_digest.cli.options import CONFIG, JSON_LINES, LIBRARY, PATH, library_of, root_of, settings_of
from offline_digest.cli.shown import call_cells, described, marked, short, spent
from offline_digest.cli.streams import as_text, emit, tell
from offline_digest.cli.tables import columns, plain
from offline_digest.errors import IntegrityError
from offline_digest.progress import counted

if TYPE_CHECKING:
    from offline_digest.library import Moved


@click.group()
def library() -> None:
    """List, find and look after what is kept: papers, their digests and answers. Never online."""


@library.command("ls")
@LIBRARY
@CONFIG
@JSON_LINES
def list_(library: Path | None, config: Path | None, as_json: bool) -> None:
    """List the papers that were digested, the last one first: id or hash, date, languages, model, title.

    --json: sha256, arxiv_id, version, doi, title, authors, name (of the file), added_at, digested_at, languages, models.
    """
    from offline_digest.library import list_papers

    with library_of(library, config) as opened:
        papers = list_papers(opened)
    if as_json:
        _emit_objects([asdict(paper) for paper in papers])
    else:
        _emit_lines(
            columns([(short(p), p.digested_at[:10], ",".join(p.languages), ", ".join(p.models), p.title or p.name or "") for p in papers])
        )
    tell(counted(len(papers), "paper"))


@library.command()
@click.argument("paper")
@LIBRARY
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="The digest as one JSON object on stdout.")
def show(paper: str, library: Path | None, config: Path | None, as_json: bool) -> None:
    """Show the digest of PAPER that posts show: each field with its origin and pages, what was read, who wrote it.

    PAPER is a PDF that was digested, the beginning of its hash, an arXiv id, a DOI, or words of a title that no other paper has.
    """
    from offline_digest.library import find_paper, list_calls, load_paper

    with library_of(library, config) as opened:
        row, digest = load_paper(opened, find_paper(opened, paper))
        calls = list_calls(opened, paper=row.sha256)
    if as_json:
        emit(digest.model_dump_json())
    else:
        _emit_lines(described(row, digest, calls))


@library.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Most papers to show.")
@LIBRARY
@CONFIG
@JSON_LINES
def find(words: tuple[str, ...], limit: int, library: Path | None, config: Path | None, as_json: bool) -> None:
    """Find papers by words of title, authors, abstract or digest, in English or Chinese; the best match first.

    All words must occur; English words are found by their beginnings, Chinese at any length, signs not at all.

    --json: sha256, arxiv_id, version, title, snippet, marks (begin and end of each hit in the snippet, in characters).
    """
    from offline_digest.library import find_words

    with library_of(library, config) as opened:
        hits = find_words(opened, as_text(" ".join(words)), limit=limit)
    if as_json:
        _emit_objects([asdict(hit) for hit in hits])
    else:
        _emit_lines([line for hit in hits for line in (f"{short(hit)}  {plain(hit.title)}", f"    {marked(hit)}")])
    tell(counted(len(hits), "paper") + (" or more" if len(hits) == limit else ""))


@library.command()
@LIBRARY
@CONFIG
@JSON_LINES
@click.pass_context
def verify(context: click.Context, library: Path | None, config: Path | None, as_json: bool) -> None:
    """Check that everything kept is there as it was written; ends with 12 when it is not, and says what becomes of it.

    --json: kind (missing, changed, index, words, unlisted), path in the library, paper (hash), next_step, detail.
    """
    from offline_digest.library import verify_library

    damaged = unlisted = 0
    with library_of(library, config) as opened:
        for problem in verify_library(opened):
            damaged += problem.is_damage
            detail = f" ({plain(problem.detail)})" if problem.detail else ""
            if as_json:
                emit(_object(asdict(problem)))
            elif problem.kind == "unlisted":
                unlisted += 1
            else:
                emit(f"{problem.kind}  {plain(problem.path)}{detail}: {problem.next_step}")
    if unlisted:
        emit(f"unlisted  {counted(unlisted, 'file')} that nothing uses; `library gc` removes what is an hour old")
    tell(f"{damaged} damaged" if damaged else "everything kept is whole")
    context.exit(IntegrityError.exit_code if damaged else 0)


@library.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@LIBRARY
@CONFIG
@JSON_LINES
def gc(dry_run: bool, library: Path | None, config: Path | None, as_json: bool) -> None:
    """Remove what newer versions of this program replaced, and what killed writes left. Posts are never touched.

    --json: kind (reading, digest, picture, answers, row, unlisted), path in the library, n, size_bytes.
    """
    from offline_digest.library import collect_garbage, run_lock

    with library_of(library, config) as opened, nullcontext() if dry_run else run_lock(opened.root, wait=False, told=_nothing_said):
        freed = collect_garbage(opened, dry_run=dry_run)
    if as_json:
        _emit_objects([asdict(item) for item in freed])
    else:
        _emit_lines(columns([(item.kind, f"{item.size_bytes:,} bytes", item.path or f"{item.n} of older questions") for item in freed]))
    total = sum(item.size_bytes for item in freed)
    tell(f"{total:,} bytes {'would be freed' if dry_run else 'freed'}")


@library.command()
@LIBRARY
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def rebuild(library: Path | None, config: Path | None, as_json: bool) -> None:
    """Make a lost or damaged index again, from the files beside it and from what can still be read of the old one, which is kept.

    The log of answers, and what was posted where, stand in the index alone: of one that is gone they are lost. Prints where the old one lies.

    --json: aside (path of the old index, null where there was none), papers, files, answers, posts, left_out (files that cannot be used).
    """
    from offline_digest.library import rebuild_library

    rebuilt = rebuild_library(root_of(library, config))
    listed = rebuilt.listed
    if as_json:
        emit(_object({"aside": str(rebuilt.aside) if rebuilt.aside else None, **asdict(listed)}))
    elif rebuilt.aside:
        emit(str(rebuilt.aside))
    for path in listed.left_out:
        tell(f"{plain(path)}: not whole, left where it is")
    tell(
        ", ".join(
            counted(n, noun)
            for n, noun in ((listed.papers, "paper"), (listed.files, "file"), (listed.answers, "answer"), (listed.posts, "post"))
        )
    )


@library.command()
@click.argument("target", metavar="FILE.tar", type=PATH)
@LIBRARY
@CONFIG
def export(target: Path, library: Path | None, config: Path | None) -> None:
    """Write readings, digests, pictures and answers to one tar file; the same library gives the same bytes. Prints its path."""
    from offline_digest.library import export_library

    with library_of(library, config) as opened:
        moved = export_library(opened, target)
    emit(str(target))
    _tell(moved, "lost or changed, left out; see `offline-digest library verify`")


def _nothing_said(_text: str) -> None:
    """Nobody waits here: beside another run these end with code 11."""


@library.command("import")
@click.argument("source", metavar="FILE.tar", type=PATH)
@LIBRARY
@CONFIG
def import_(source: Path, library: Path | None, config: Path | None) -> None:
    """Take over what an exported library holds and this one does not, or has older. All of it is checked before anything is written."""
    from offline_digest.library import Library, check_archive, import_library, run_lock

    root = settings_of(config, library).library
    contents = check_archive(source)  # what cannot be taken makes no library
    with run_lock(root, wait=False, told=_nothing_said), Library(root) as opened:
        moved = import_library(opened, source, contents)
    _tell(moved, "here already, or of another version")


@click.command()
@click.option("--paper", help="Only calls about this paper: hash, arXiv id, DOI or words of its title.")
@click.option("--last", type=click.IntRange(min=1), help="Only the last N calls.")
@LIBRARY
@CONFIG
@JSON_LINES
def logs(paper: str | None, last: int | None, library: Path | None, config: Path | None, as_json: bool) -> None:
    """Show every answer of a model, in the order in which they ended.

    --json: made_at, paper (hash), model, field, language, attempt (from 0), prompts (version of the wording), checks_failed (empty: it was
    accepted), tokens, seconds (other questions are answered at the same time), tokens_per_s, ended (stop: by itself, length: at the limit).
    What is not known is null.
    """
    from offline_digest.library import find_paper, list_calls

    with library_of(library, config) as opened:
        calls = list_calls(opened, paper=None if paper is None else find_paper(opened, paper), last=last)
    if as_json:
        _emit_objects([asdict(call) for call in calls])
    elif calls:
        head = ("when", "paper", "model", "field", "language", "attempt", "prompts", "tokens", "seconds", "tokens/s", "ended", "failed")
        first, *rest = columns([head, *(call_cells(call) for call in calls)])
        tell(first)
        _emit_lines(rest)
    tell(spent(calls))


def _tell(moved: Moved, why_left: str) -> None:
    amounts = ((moved.papers, "paper"), (moved.files, "file"), (moved.answers, "answer"))
    tell(", ".join(counted(n, noun) for n, noun in amounts))
    if moved.left_out:
        tell(f"{counted(len(moved.left_out), 'file')} {why_left}")


def _object(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _emit_objects(values: list[dict[str, Any]]) -> None:
    _emit_lines([_object(value) for value in values])


def _emit_lines(lines: list[str]) -> None:
    for line in lines:
        emit(line)
