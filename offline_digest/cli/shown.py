"""What the library holds, as lines that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_digest.cli.tables import plain, visible
from offline_digest.progress import counted

if TYPE_CHECKING:
    from offline_digest.library import CallRow, Hit, PaperRow
    from offline_digest.records import Digest, FieldText

_SHORT_HASH = 8


def short(paper: PaperRow | Hit) -> str:
    """Return the shortest name by which other commands find a paper, in this very version."""
    return plain(f"{paper.arxiv_id}{paper.version or ''}") if paper.arxiv_id else paper.sha256[:_SHORT_HASH]


def call_cells(call: CallRow) -> tuple[str, ...]:
    """Return one answer of a model as the cells of a row of `logs`."""
    rate = "" if call.tokens_per_s is None else f"{call.tokens_per_s:.1f}"
    asked = (call.field, call.language, str(call.attempt), call.prompts or "")
    when = call.made_at.removesuffix("+00:00")
    cost = (str(call.tokens), f"{call.seconds:.1f}", rate, call.ended)
    failed = "" if call.checks_failed is None else ",".join(call.checks_failed) or "none"
    return (when, (call.paper or "")[:_SHORT_HASH], call.model or "", *asked, *cost, failed)


def marked(hit: Hit) -> str:
    """Return the snippet with its hits between asterisks, as in Markdown."""
    text, end = "", 0
    for start, stop in hit.marks:
        text += f"{visible(hit.snippet[end:start])}**{visible(hit.snippet[start:stop])}**"
        end = stop
    return text + visible(hit.snippet[end:])


def described(row: PaperRow, digest: Digest, calls: tuple[CallRow, ...]) -> list[str]:
    """Return a digest as a person reads it."""
    names = [
        f"arXiv:{row.arxiv_id}{row.version or ''}" if row.arxiv_id else "",
        f"doi:{row.doi}" if row.doi else "",
        f"sha256:{row.sha256}",
    ]
    model = digest.engine.model
    read = digest.coverage
    lines = [
        plain(row.title),
        plain(", ".join(row.authors)),
        plain("  ".join(name for name in names if name)),
        f"added {row.added_at[:10]}, digested {row.digested_at[:10]}" + (f", file {plain(row.name)}" if row.name else ""),
        "",
    ]
    for text in digest.fields:
        lines += [_origin(text), *(f"  {plain(line.text)}{_pages(line.pages)}" for line in text.lines)]
    sections = [f"{len(read.sections_read(how))} {how.replace('_', ' ')}" for how in ("whole", "condensed", "in_part", "left_out")]
    lines += [
        "",
        f"read: {read.sentences_read} of {read.sentences} sentences; sections: {', '.join(sections)}",
        f"engine: {digest.engine.name}" + (f", {plain(model.name)} ({plain(model.quantization)}, {plain(model.file)})" if model else ""),
        f"prompts: {digest.prompt_version}",
        f"calls: {spent(calls)}",
    ]
    return lines + [f"! {plain(warning)}" for warning in digest.warnings]


def _origin(text: FieldText) -> str:
    return f"{text.field} [{text.language}] {text.origin}"


def _pages(pages: tuple[int, ...]) -> str:
    return f" (p. {', '.join(map(str, pages))})" if pages else ""


def spent(calls: tuple[CallRow, ...]) -> str:
    """Return what answers cost. Seconds of branches decoded together overlap, so their sum is not the time that passed."""
    return f"{counted(len(calls), 'call')}, {counted(sum(call.tokens for call in calls), 'token')}"
