"""Which row of the metadata belongs to which PDF."""

from __future__ import annotations

import os.path
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from offline_digest.gathering.identifiers import find_arxiv_id
from offline_digest.gathering.snapshot import Snapshot
from offline_digest.records import Metadata, Paper, PaperFile, Record


class Settled(Record):
    """The metadata of one PDF, None where there is none; *matched* when a row gave it, not the file's name."""

    metadata: Metadata | None
    matched: bool


class Match(Record):
    """The metadata of each PDF, in the order given (None where nothing fits), and the rows that fit no PDF."""

    metadata: tuple[Metadata | None, ...]
    unmatched_rows: tuple[Metadata, ...]
    unmatched_files: tuple[PaperFile, ...]


def match_metadata(papers: Sequence[tuple[PaperFile, Paper]], rows: Sequence[Metadata] | Snapshot) -> Match:
    """Match PDFs to rows by what identifies a paper, surest first.

    First the row's own `sha256` or `file`, then the identifier stamped on page 1, then one in the file's name, then the title. A row
    goes to one PDF, but for those that carry its identifier, which are versions of one paper, and copies of one file. Where a sign
    fits several and nothing tells them apart, it fits none. A row is out for a PDF whose hash differs from the row's, and for one
    that names another paper unless hash or path are sure. A PDF that no row fits keeps the identifier its file name carries, if any.
    Of a snapshot only the rows with an identifier or title of these PDFs are taken.
    """
    matching = Matching([file.path for file, _ in papers], rows)
    for file, paper in papers:
        matching.add(file, paper)
    return matching.finish()


class Matching:
    """Matches PDFs as they are read: many are settled before the others are known. `files` are those added so far.

    Args:
        paths: Every PDF there will be, read or not.
        rows: The metadata. A snapshot is looked through once, for all PDFs together, by `finish`.
    """

    def __init__(self, paths: Sequence[Path], rows: Sequence[Metadata] | Snapshot) -> None:
        self._snapshot = rows if isinstance(rows, Snapshot) else None
        rows = () if isinstance(rows, Snapshot) else rows
        self._rows = rows
        self.files: list[PaperFile] = []
        self._contents: dict[str, _Content] = {}
        # What paths alone tell; a row with a hash is settled by it.
        by_path = [row for row in rows if not row.sha256]
        unread = [_Content(sha256="", paths=(_path_parts(path),), stamp=None, named=None, title="") for path in paths]
        fits = _fits(_FILE, unread, by_path)
        self._file_rows: dict[tuple[str, ...], list[Metadata]] = defaultdict(list)
        for c, r in fits:
            self._file_rows[unread[c].paths[0]].append(by_path[r])
        self._file_row = {unread[c].paths[0]: by_path[r] for c, r in _settled(_FILE, fits, by_path, {}).items()}

    def add(self, file: PaperFile, paper: Paper) -> Settled | None:
        """Take in one reading, and return its metadata when no PDF that is still to come could change it; else None: ask `finish`.

        A copy of another PDF may only come with `finish`.
        """
        own = _content(file, paper)
        known = self._contents.get(file.sha256)
        self.files.append(file)
        self._contents[file.sha256] = replace(known, paths=known.paths + own.paths, named=known.named or own.named) if known else own
        if self._snapshot is not None:
            return None
        for sign in _SIGNS:
            if sign is _FILE:
                candidates = self._file_rows.get(own.paths[0], [])
                if any(_by_file(own, row) for row in candidates):
                    row = self._file_row.get(own.paths[0])
                    sure = row is not None and _by_file(own, row) and all(_same_paper(row, other) for other in candidates)
                    return Settled(metadata=_versioned(row, file), matched=True) if row is not None and sure else None
            elif found := _assign_by(sign, [own], self._rows, {}):
                return Settled(metadata=_versioned(self._rows[found[0]], file), matched=True) if sign.shared else None
            elif _fits(sign, [own], self._rows):
                return None
        return Settled(metadata=_by_name(file, own), matched=False)

    def finish(self) -> Match:
        """Return the match of all that were added."""
        contents = list(self._contents.values())
        if self._snapshot is not None:
            self._rows = _from_snapshot(contents, self._snapshot)
        rows = self._rows
        row_of = {contents[c].sha256: r for c, r in _assign(contents, rows).items()}
        found = [
            _versioned(rows[row_of[file.sha256]], file) if file.sha256 in row_of else _by_name(file, self._contents[file.sha256])
            for file in self.files
        ]
        used = set(row_of.values())
        return Match(
            metadata=tuple(found),
            unmatched_rows=tuple(row for i, row in enumerate(rows) if i not in used),
            unmatched_files=tuple(file for file in self.files if file.sha256 not in row_of),
        )

    def rivals(self, file: PaperFile) -> tuple[Metadata, ...]:
        """Return the rows that fit a PDF best, by the surest sign that fits at all: of one that got none, those that nothing told apart."""
        content = self._contents[file.sha256]
        for sign in _SIGNS:
            if fits := _fits(sign, [content], self._rows):
                best = max(fits.values())
                return tuple(self._rows[r] for (_, r), weight in fits.items() if weight == best)
        return ()


def _versioned(row: Metadata, file: PaperFile) -> Metadata:
    """Return *row* with the version that the file's name tells of the same paper."""
    named = find_arxiv_id(file.path.stem)
    version = named[1] if named and named[0] == row.arxiv_id else None
    return row.model_copy(update={"version": version or row.version})


def _by_name(file: PaperFile, content: _Content) -> Metadata | None:
    """Return what the file's name tells of a PDF that no row fits and that names itself nowhere."""
    named = find_arxiv_id(file.path.stem)
    return Metadata(arxiv_id=named[0], version=named[1]) if named and not content.stamp else None


def _from_snapshot(contents: Sequence[_Content], snapshot: Snapshot) -> list[Metadata]:
    """Return the rows that may belong to PDFs; where the identifier is known, equal titles say nothing."""
    ids = {name[0] for content in contents if (name := content.stamp or content.named)}
    titles = {content.title for content in contents if content.title and not (content.stamp or content.named)}
    return list(snapshot.of_papers(ids, titles, _plain))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What identifies one PDF, under however many paths it lies: `stamp` and `named` are `(id, version)`, `paths` are in parts."""

    sha256: str
    paths: tuple[tuple[str, ...], ...]
    stamp: tuple[str, str | None] | None
    named: tuple[str, str | None] | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """One way to match: rows whose key is among a PDF's are weighed, 0 is no fit; `shared` rows may go to several PDFs."""

    of_content: Callable[[_Content], tuple[str, ...]]
    of_row: Callable[[Metadata], str | None]
    weigh: Callable[[_Content, Metadata], int]
    shared: bool


_Fits = Mapping[tuple[int, int], int]  # (content index, row index) → how well they fit


def _content(file: PaperFile, paper: Paper) -> _Content:
    """Return what identifies one PDF."""
    return _Content(
        sha256=file.sha256,
        paths=(_path_parts(file.path),),
        stamp=(paper.arxiv_id, paper.version) if paper.arxiv_id else None,
        named=find_arxiv_id(file.path.stem),
        title=_plain(paper.title),
    )


def _assign(contents: Sequence[_Content], rows: Sequence[Metadata]) -> dict[int, int]:
    """Return content index → row index."""
    taken: dict[int, int] = {}
    for sign in _SIGNS:
        taken |= _assign_by(sign, contents, rows, taken)
    return taken


def _assign_by(sign: _Sign, contents: Sequence[_Content], rows: Sequence[Metadata], taken: Mapping[int, int]) -> dict[int, int]:
    """Return what one sign adds to *taken*."""
    return _settled(sign, _fits(sign, contents, rows), rows, taken)


def _settled(sign: _Sign, fits: _Fits, rows: Sequence[Metadata], taken: Mapping[int, int]) -> dict[int, int]:
    """Return the fits of one sign that stand, the best first."""
    if sign is _FILE:
        fits = _without_vague(fits, rows)
    found: dict[int, int] = {}
    for best in sorted(set(fits.values()), reverse=True):
        pairs = [pair for pair, weight in fits.items() if weight == best]
        found |= _settle(pairs, rows, {**taken, **found}, shared=sign.shared)
    return found


def _fits(sign: _Sign, contents: Sequence[_Content], rows: Sequence[Metadata]) -> _Fits:
    rows_of: dict[str, list[int]] = defaultdict(list)
    for r, row in enumerate(rows):
        if key := sign.of_row(row):
            rows_of[key].append(r)
    weights = {
        (c, r): sign.weigh(content, rows[r])
        for c, content in enumerate(contents)
        for key in sign.of_content(content)
        for r in rows_of.get(key, ())
        if not rows[r].sha256 or str(rows[r].sha256).lower() == content.sha256
    }
    return {pair: weight for pair, weight in weights.items() if weight}


def _settle(pairs: Sequence[tuple[int, int]], rows: Sequence[Metadata], taken: Mapping[int, int], *, shared: bool) -> dict[int, int]:
    """Return the pairs of content and row, equally sure, that stand: all if *shared*, else those without a rival on either side."""
    used = set() if shared else set(taken.values())
    rows_of: dict[int, list[int]] = defaultdict(list)
    contents_of: dict[int, list[int]] = defaultdict(list)
    for c, r in pairs:
        if c not in taken and r not in used:
            rows_of[c].append(r)
            contents_of[r].append(c)
    return {
        c: mine[0]
        for c, mine in rows_of.items()
        if shared or all(contents_of[r] == [c] and _same_paper(rows[mine[0]], rows[r]) for r in mine)
    }


def _without_vague(fits: _Fits, rows: Sequence[Metadata]) -> _Fits:
    """Leave out a row that names another folder than the PDF's where another PDF fits it as well."""
    weights: dict[int, list[int]] = defaultdict(list)
    for (_, r), weight in fits.items():
        weights[r].append(weight)
    return {
        (c, r): weight
        for (c, r), weight in fits.items()
        if weight == len(_parts(rows[r].file or "")) or sum(other >= weight for other in weights[r]) == 1
    }


def _by_file(content: _Content, row: Metadata) -> int:
    """Return how many parts of the two paths agree, from the end; a stamp with another identifier outweighs a bare name."""
    common = _common(content, row)
    return 0 if common == 1 and content.stamp and row.arxiv_id and row.arxiv_id != content.stamp[0] else common


def _by_title(content: _Content, row: Metadata) -> int:
    own = content.stamp or content.named
    return int(not (own and row.arxiv_id) or own[0] == row.arxiv_id)


def _same_version(own: tuple[str, str | None] | None, row: Metadata) -> int:
    """Weigh a row with the PDF's identifier: that of the same version fits better than that of another."""
    return 1 + (own is not None and own[1] == row.version)


def _common(content: _Content, row: Metadata) -> int:
    """Return the length of the longest common end of the row's path and one of the PDF's, in parts."""
    wanted = _parts(row.file or "")[::-1]
    return max(_agreeing(wanted, path[::-1]) for path in content.paths)


def _agreeing(one: Sequence[str], other: Sequence[str]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _path_parts(path: Path) -> tuple[str, ...]:
    return _parts(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow links)


def _parts(path: str) -> tuple[str, ...]:
    """Return the parts of a path of any system, without `.` and what leads upwards."""
    return tuple(unicodedata.normalize("NFC", part) for part in re.split(r"[/\\]", path) if part not in ("", ".", ".."))


def _same_paper(one: Metadata, other: Metadata) -> bool:
    return one == other or (one.arxiv_id is not None and one.arxiv_id == other.arxiv_id)


def _plain(text: str) -> str:
    """Return letters and digits alone, lower case, without accents: two prints of one title agree in these."""
    decomposed = unicodedata.normalize("NFKD", text)
    return re.sub(r"[\W_]+", "", "".join(c for c in decomposed if not unicodedata.combining(c))).lower()


_FILE = _Sign(
    of_content=lambda content: tuple({path[-1] for path in content.paths if path}),
    of_row=lambda row: next(iter(_parts(row.file or "")[::-1]), None),
    weigh=_by_file,
    shared=False,
)
_SIGNS = (
    _Sign(
        of_content=lambda content: (content.sha256,),
        of_row=lambda row: (row.sha256 or "").lower(),
        weigh=lambda content, row: 1 + _common(content, row),
        shared=True,
    ),
    _FILE,
    _Sign(
        of_content=lambda content: (content.stamp[0],) if content.stamp else (),
        of_row=lambda row: row.arxiv_id,
        weigh=lambda content, row: _same_version(content.stamp, row),
        shared=True,
    ),
    _Sign(
        of_content=lambda content: (content.named[0],) if content.named and not content.stamp else (),
        of_row=lambda row: row.arxiv_id,
        weigh=lambda content, row: _same_version(content.named, row),
        shared=True,
    ),
    _Sign(
        of_content=lambda content: (content.title,) if content.title else (),
        of_row=lambda row: _plain(row.title or ""),
        weigh=_by_title,
        shared=False,
    ),
)
