"""Posts → files, with the library's memory of what was written there before: what others wrote or edited stays, and what a post loses is told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from offline_digest.files import file_sha256
from offline_digest.gathering import same_paper
from offline_digest.library import Library, WrittenPost
from offline_digest.posting import Post, write_post
from offline_digest.progress import Reporter
from offline_digest.records import Metadata

BESIDE = (".new", ".new2", ".new3")  # as `write_post` names what lies beside an edited post


def publish(post: Post, papers: Sequence[Metadata], out: Path, library: Library, report: Reporter, *, stopped: bool = False) -> Path | None:
    """Write *post*, which shows *papers*, below *out* and return where it lies.

    Of a *stopped* run nothing is written, and None returned, where a post is there that holds papers which this one lacks. Pictures that the
    post showed before are told and stay: others may show them, or the user has drawn them anew.

    Args:
        post: What `render_post` returned.
        papers: What identifies its papers.
        out: Where posts go.
        library: Remembers what was written.
        report: Hears of what the post loses, and of one that somebody edited.
        stopped: Whether papers are missing because a run was stopped.

    Raises:
        UsageError: The folder cannot be written.
        DiskFull: No space left.
        IntegrityError: A picture that the post shows is gone.
    """
    target = out / post.path
    before = _before(target, library)
    gone = [old for old in before.papers if not any(_is(old, paper) for paper in papers)] if before else []
    if stopped and gone:
        return None

    def last(path: Path) -> str | None:
        written = before if path == target else library.post(path)
        return written.sha256 if written else None

    standing = {target: before} | {path: library.post(path) for path in _beside(target)}
    showed = {path: known.pictures for path, known in standing.items() if known and path.is_file()}
    written = write_post(post, out, last=last)[0]
    signs = tuple(Metadata(arxiv_id=p.arxiv_id, version=p.version, doi=p.doi, sha256=p.sha256, title=p.title) for p in papers)
    pictures = tuple(library.name_of(out / path) for _, path in post.assets)
    library.keep_post(written, WrittenPost(sha256=post.sha256, papers=signs, pictures=pictures))
    still = {picture for path, shown in showed.items() if path != written and path.is_file() for picture in shown}.union(pictures)
    left = [path for path in dict.fromkeys(chain.from_iterable(showed.values())) if path not in still and Path(path).is_file()]
    if left:
        those = "1 picture that it showed lies" if len(left) == 1 else f"{len(left)} pictures that it showed lie"
        report.warn(f"{target}: {those} in {Path(left[0]).parent} still, where a blog publishes them. Delete what no other post shows.")
    if written != target:
        edited = "was edited since it was written" if before else "holds a text that this library did not write"
        report.warn(
            f"{target} {edited}, and is left as it is; the new post lies beside it: {written.name}. To take that, rename it over the other."
        )
        return written
    if gone:
        titles = "; ".join(old.title or "?" for old in gone)
        report.warn(f"{target} was written anew without: {titles}. To keep them, name all papers in one call, or another --topic.")
    return written


def _beside(target: Path) -> list[Path]:
    return [target.with_name(target.name + suffix) for suffix in BESIDE]


def _before(target: Path, library: Library) -> WrittenPost | None:
    """Return what was last written to a post, or what lay beside it and was renamed over it since, as users are told to."""
    known = [written for path in (target, *_beside(target)) if (written := library.post(path))]
    try:
        standing = file_sha256(target)
    except OSError:
        standing = None
    return next((written for written in known if written.sha256 == standing), library.post(target))


def _is(old: Metadata, paper: Metadata) -> bool:
    """Tell whether *paper* is the one that a post showed as *old*; of posts written before signs were kept only the title is known."""
    unsigned = not (old.arxiv_id or old.doi or old.sha256)
    return (old.title or "").casefold() == (paper.title or "").casefold() if unsigned else same_paper(old, paper)
