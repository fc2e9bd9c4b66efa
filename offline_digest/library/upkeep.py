"""Whether everything kept is whole, and what is kept for nothing."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from offline_digest.errors import IntegrityError
from offline_digest.files import file_sha256, remove
from offline_digest.library.aside import set_aside
from offline_digest.library.damage import REBUILD, SQLITE_ERRORS, kept_json
from offline_digest.library.database import Database
from offline_digest.library.index import drop_digest, drop_papers_without_digest
from offline_digest.library.lock import WORKS, run_lock
from offline_digest.library.places import NAME, is_row, kind_of, read_only
from offline_digest.library.refilling import Refilled
from offline_digest.library.schema import check_schema
from offline_digest.library.store import Library

UNTOUCHED_S = 3600.0  # a file without a row may be about to get it; no write takes an hour
_OURS = ("*.part", "papers/*/*.part", "papers/*/reading-*.json", "papers/*/digest-*.json", "papers/*/pictures-*/*", "papers/*/*.pdf")
_NEXT = {
    "reading": "The next `digest` of this PDF reads it again.",
    "picture": "The next `digest` of this PDF reads it again.",
    "pdf": "The next `fetch` of this paper gets it again.",
    "metadata": "The next `fetch` of this paper gets it again, or the next `digest` with its metadata.",
    "digest": "The next `digest` of this PDF makes it again, from answers that are kept.",
}
_NEXT_WORDS = "`library gc` builds it again from what it holds."
_NEXT_UNLISTED = "Nothing uses it; `library gc` removes it once it is an hour old."


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What `verify` found at `path` (relative to the library) and what becomes of it.

    `missing` and `changed` are files of which a row says otherwise, `index` is a damaged SQLite file, with rows that this program never wrote, or
    one that lists none of the files that are there, `words` its damaged full-text index; `unlisted` is a file without a row, as a killed write
    leaves it: no damage.
    """

    kind: Literal["missing", "changed", "index", "words", "unlisted"]
    path: str
    paper: str | None
    next_step: str
    detail: str = ""

    @property
    def is_damage(self) -> bool:
        """Whether something that was kept is lost."""
        return self.kind != "unlisted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What `gc` removed, and the bytes that it took.

    A `reading`, `digest` or `picture` that newer ones replace, `answers` (all of them together, counted by `n`), a `row` without a file, or an
    `unlisted` file without a row.
    """

    kind: Literal["reading", "digest", "picture", "answers", "row", "unlisted"]
    path: str
    n: int = 1
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What `rebuild` made: what the new index lists, and where the old one lies, None where there was none."""

    listed: Refilled
    aside: Path | None


def is_library(root: Path) -> bool:
    """Tell whether something is kept in the folder *root*, though its index be lost."""
    return (root / NAME).is_file() or any(kind_of(path.relative_to(root).as_posix()) for path in root.glob("papers/*/**/*"))


def rebuild_library(root: Path) -> Rebuilt:
    """Set the index of the library at *root* aside and make another from the files beside it and what can still be read of the old one.

    No file is removed. Stopped at any moment, it is ended by whoever opens the library next.

    Raises:
        Locked: Another run is at work on it.
        IntegrityError: A newer version of this program wrote it.
        DigestError: The disk or SQLite refuses.
    """
    with contextlib.ExitStack() as stack:
        for name in WORKS:
            stack.enter_context(run_lock(root, wait=False, told=lambda _: None, name=name))
        with contextlib.suppress(*SQLITE_ERRORS), contextlib.closing(sqlite3.connect(read_only(root / NAME), uri=True)) as db:
            check_schema(db.execute("PRAGMA user_version").fetchone()[0], root)
        aside = set_aside(root)
        database = Database(root)
        database.close()
        return Rebuilt(listed=database.refilled, aside=aside)


def verify_library(library: Library) -> Iterator[Problem]:
    """Yield everything that is not as it was kept: files against the hashes of their rows, SQLite by its own checks."""
    damage = list(_index_problems(library))
    yield from damage
    if not words_are_whole(library):
        yield _of_index(_NEXT_WORDS, "full-text index", kind="words")
    rows = list(library.database.rows("SELECT kind, key, path, sha256 FROM file ORDER BY path"))
    for kind, key, path, sha256 in rows:
        if not is_row(kind, key, path):
            continue
        try:
            state = None if file_sha256(library.root / path) == sha256 else "changed"
        except OSError:
            state = "missing"
        if state:
            wrong: Literal["missing", "changed"] = "missing" if state == "missing" else "changed"
            yield Problem(kind=wrong, path=path, paper=key.partition("-")[0], next_step=_NEXT[kind], detail=kind)
    for file in () if damage else _unlisted(library):  # with a damaged index nobody knows what is used
        yield Problem(kind="unlisted", path=_inside(library, file), paper=None, next_step=_NEXT_UNLISTED)


def _index_problems(library: Library) -> Iterator[Problem]:
    """Yield what is wrong with the index apart from its words: what SQLite finds, and what this program never writes there."""
    yield from (_of_index(REBUILD, fault) for fault in library.database.faults())
    rows = list(library.database.rows("SELECT kind, key, path FROM file"))
    for row in rows:
        if not is_row(*row):
            yield _of_index(REBUILD, f"a row that names no file of a library: {' '.join(map(str, row))}")
    # The row of a reading comes before any digest is made, so a run that was killed early leaves readings without a row, but no digest.
    there = 0 if rows else sum(file.name.startswith("digest-") for file in _unlisted(library))
    if there:
        yield _of_index(REBUILD, f"lists no file, and {there} {'digest lies' if there == 1 else 'digests lie'} below papers")


def _of_index(next_step: str, detail: str, *, kind: Literal["index", "words"] = "index") -> Problem:
    return Problem(kind=kind, path=NAME, paper=None, next_step=next_step, detail=detail)


def words_are_whole(library: Library) -> bool:
    """Tell whether the full-text index agrees with the text it was made from; SQLite finds out by writing, so elsewhere nobody knows."""
    if not library.database.is_writable:
        return True
    try:
        library.database.write("INSERT INTO words (words) VALUES ('integrity-check')")
    except IntegrityError:
        return False
    return True


def _rebuild_words(library: Library) -> None:
    try:
        library.database.write("INSERT INTO words (words) VALUES ('rebuild')")
    except IntegrityError as error:  # whose hint names this very repair
        raise IntegrityError(error.message, REBUILD) from error


def collect_garbage(library: Library, *, dry_run: bool = False) -> tuple[Freed, ...]:
    """Remove what no current version can use, and return it; with *dry_run* only return it. Posts are not touched.

    The rule is the same for all kinds: something goes when a newer one, made by another version of the program or of its prompts, serves
    the same purpose. Readings: the same PDF. Digests: the same PDF and model, and every field that the older one has. Answers: the
    same PDF, model, field, language and attempt. So the newest of each is always left, and everything whose version is unknown.

    Raises:
        IntegrityError: The index is damaged: what it does not list may be wanted, and what it lists need not be ours.
        DigestError: The disk or SQLite refuses.
    """
    for problem in _index_problems(library):
        raise IntegrityError(
            f"The index of the library {library.root} is damaged ({problem.detail}); nothing was removed.", problem.next_step
        )
    rows = dict.fromkeys([*_old_readings(library), *_old_digests(library), *_rows_without_file(library)])
    freed = [_freed_row(library, *row) for row in rows]
    answers = _old_answers(library)
    if answers:
        freed.append(Freed(kind="answers", path="", n=len(answers), size_bytes=sum(size for _, size in answers)))
    if not dry_run:
        if not words_are_whole(library):
            _rebuild_words(library)
        with library.database.transaction() as db:
            for kind, key, _ in rows:
                db.execute("DELETE FROM file WHERE kind = ? AND key = ?", (kind, key))
                if kind == "digest":
                    drop_digest(db, key)
            drop_papers_without_digest(db)
            db.executemany("DELETE FROM call WHERE key = ?", [(key,) for key, _ in answers])
        for *_, path in rows:
            remove(library.root / path)
    replaced = {path for *_, path in rows}
    for file in list(_unlisted(library)):
        if _inside(library, file) not in replaced and _is_untouched(file):
            freed.append(Freed(kind="unlisted", path=_inside(library, file), size_bytes=file.stat().st_size))
            if not dry_run:
                remove(file)
    return tuple(freed)


def _old_readings(library: Library) -> Iterator[tuple[str, str, str]]:
    """Yield `(kind, key, path)` of readings that a newer one of the same PDF replaces, each with its pictures."""
    newest: dict[str, str] = {}
    for key, path in library.database.rows("SELECT key, path FROM file WHERE kind = 'reading' ORDER BY made_at DESC, rowid DESC"):
        paper = key.partition("-")[0]
        if newest.setdefault(paper, key) != key:
            yield "reading", key, path
            pictures = "SELECT kind, key, path FROM file WHERE kind = 'picture' AND key BETWEEN ? AND ?"
            yield from library.database.rows(pictures, f"{key}-", f"{key}.")


def _old_digests(library: Library) -> Iterator[tuple[str, str, str]]:
    """Yield the digests that a newer one replaces."""
    newer: dict[tuple[str, str], list[tuple[str, set[str]]]] = {}
    rows = library.database.rows(
        """SELECT d.key, d.paper, d.model, d.version, d.asked, f.path FROM digest d JOIN file f ON f.kind = 'digest' AND f.key = d.key
           WHERE d.version IS NOT NULL ORDER BY d.made_at DESC, d.id DESC"""
    )
    for key, paper, model, version, asked, path in rows:
        fields, known = set(kept_json(asked)), newer.setdefault((paper, model), [])
        if any(other != version and fields <= theirs for other, theirs in known):
            yield "digest", key, path
        known.append((version, fields))


def _old_answers(library: Library) -> list[tuple[str, int]]:
    """Return key and size in bytes of the answers that newer ones replace."""
    rows = library.database.rows(
        """SELECT key, paper, model, field, language, attempt, prompts, length(CAST(answer AS BLOB)) FROM call
           WHERE paper IS NOT NULL AND model IS NOT NULL AND prompts IS NOT NULL ORDER BY made_at DESC, rowid DESC"""
    )
    newest: dict[tuple[str, ...], str] = {}
    return [(key, size) for key, *purpose, prompts, size in rows if newest.setdefault(tuple(purpose), prompts) != prompts]


def _rows_without_file(library: Library) -> Iterator[tuple[Any, ...]]:
    for row in library.database.rows("SELECT kind, key, path FROM file ORDER BY path"):
        if not (library.root / row[2]).exists():
            yield row


def _freed_row(library: Library, kind: Literal["reading", "digest", "picture"], key: str, path: str) -> Freed:  # noqa: ARG001 (a row)
    file = library.root / path
    return Freed(kind=kind, path=path, size_bytes=file.stat().st_size) if file.exists() else Freed(kind="row", path=path)


def _unlisted(library: Library) -> Iterator[Path]:
    """Yield the files without a row that this program wrote or began to write, in order; what else lies there is the user's."""
    listed = {path for (path,) in library.database.rows("SELECT path FROM file")}
    files = (path for pattern in _OURS for path in library.root.glob(pattern) if path.is_file() and not path.is_symlink())
    yield from (path for path in sorted(set(files)) if _inside(library, path) not in listed)


def _inside(library: Library, path: Path) -> str:
    return path.relative_to(library.root).as_posix()


def _is_untouched(path: Path) -> bool:
    return time.time() - path.lstat().st_mtime > UNTOUCHED_S
