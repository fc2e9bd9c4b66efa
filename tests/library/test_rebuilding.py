"""A lost or damaged index is made again: from the files, and from what can still be read of it."""

import contextlib
import os
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from offline_digest.errors import IntegrityError, Locked
from offline_digest.files import file_sha256
from offline_digest.library import (
    Library,
    WrittenPost,
    aside,
    collect_garbage,
    enter_posted,
    find_pdf,
    find_words,
    keep_pdf,
    list_calls,
    list_papers,
    list_posted,
    load_paper,
    rebuild_library,
    run_lock,
    verify_library,
)
from offline_digest.records import Metadata, Paper

from .samples import OTHER, PDF, answer, digest, model
from .test_upkeep import FIGURE, age

TABLES = {
    "file": "kind, key, path, sha256, made_at",
    "paper": "*",
    "digest": "key, paper, version, model, languages, asked, made_at, recipe",
    "words": "*",
    "call": "*",
    "post": "*",
    "posted": "*",
    "seen": "*",
    "note": "*",
    "fetched": "*",
}
FROM_FILES = {  # what follows from the files alone, in any order
    "file": "kind, key, path, sha256",
    "paper": "sha256, arxiv_id, version, doi, title, authors",
    "digest": "key, paper, model, languages, asked",
    "words": "*",
    "fetched": "arxiv_id, version, sha256",
}


def fill(root, papers=3):
    """Make a library with everything in it that can be, and return it closed."""
    with Library(root) as library:
        for n in range(papers):
            pdf = root / "inbox" / f"2401.0000{n}v1.pdf"
            pdf.parent.mkdir(exist_ok=True)
            pdf.write_bytes(b"%%PDF %d" % n)
            sha256 = library.file_sha256(pdf)
            source = Metadata(arxiv_id=f"2401.0000{n}", version="v1", title=f"Title {n}")
            keep_pdf(library, pdf, sha256, source)
            for reader in ("6", "7"):
                picture = library.pictures(sha256, reader) / "figure-1.png"
                picture.parent.mkdir(parents=True)
                picture.write_bytes(b"PNG")
                library.keep_reading(sha256, reader, Paper(n_pages=1, title=f"Title {n}", figures=(FIGURE,)))
            library.keep_digest(sha256, "k1", digest(title=f"Title {n}", arxiv_id=f"2401.0000{n}", version="v1"), version="5.6", recipe="r")
            library.keep_digest(sha256, "k2", digest(title=f"Title {n}", engine=model("Other 3B")))
            for field in ("summary", "results"):
                library.keep_answer(f"{field}-{n}", answer(field), paper=sha256, model="m", prompts="3")
            library.keep_verdicts([(f"results-{n}", ("length",))])
            post = root.parent / f"post {n}.md"
            library.keep_post(post, WrittenPost(sha256="1" * 64, papers=(source,), pictures=(f"{n}.png",)))
            known = source.model_copy(update={"sha256": sha256})
            enter_posted(library, post, topic="T", day=f"2024-01-0{n + 1}", papers=[known], updates={sha256: "v0"} if n else {})
        library.keep_note("last round | T", "2024-01-03")
        library.keep_answer("old", answer())


def rows(root, tables=TABLES, *, ordered=True):
    with Library(root) as library:
        found = {table: list(library.database.rows(f"SELECT {columns} FROM {table} ORDER BY rowid")) for table, columns in tables.items()}  # noqa: S608
    return found if ordered else {table: sorted(map(repr, lines)) for table, lines in found.items()}


def files(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "sqlite" not in path.name and path.suffix != ".lock"}


@pytest.fixture
def root(tmp_path):
    """Return the folder of a library, whose path has spaces, Chinese and accents in it."""
    root = tmp_path / "mes données 文献 #1?"
    fill(root)
    return root


def test_a_whole_index_is_made_again_as_it_was(root):
    """Every table has the rows that it had, in their order; nothing else changes, and the old index lies aside."""
    before, there, old = rows(root), files(root), (root / "library.sqlite").read_bytes()
    rebuilt = rebuild_library(root)
    assert rows(root) == before
    assert files(root) == there
    assert rebuilt.aside.read_bytes() == old
    assert (rebuilt.listed.papers, rebuilt.listed.answers, rebuilt.listed.posts, rebuilt.listed.left_out) == (3, 7, 3, ())


def test_an_index_with_a_log_is_made_again_as_it_was(root):
    """Rows that stand in the write-ahead log alone are taken too: its copy lies beside that of the index."""
    before = rows(root)
    with Library(root) as library:
        library.keep_note("late", "in the log")
        assert (root / "library.sqlite-wal").stat().st_size > 0
        copies = {name: (root / name).read_bytes() for name in ("library.sqlite", "library.sqlite-wal")}
    for name, data in copies.items():  # as a kill leaves them
        (root / name).write_bytes(data)
    rebuilt = rebuild_library(root)
    assert rebuilt.aside.with_name(f"{rebuilt.aside.name}-wal").read_bytes() == copies["library.sqlite-wal"]
    with Library(root) as library:
        assert library.note("late") == "in the log"
        library.drop_notes("late")
    assert rows(root) == before


def delete(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def garbage(path):
    path.write_bytes(b"no index at all " * 1000)


def halve(path):
    os.truncate(path, path.stat().st_size // 2 + 77)


def behead(path):
    with path.open("r+b") as file:
        file.write(bytes(100))


def forget_tables(path):
    with sqlite3.connect(path) as db:
        db.executescript("DROP TABLE file; DROP TABLE words; DROP TABLE call;")
    db.close()


def forget_version(path):
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 0")
    db.close()


def scratch(path):
    """Overwrite the root of every table but one: 64 bytes each."""
    with sqlite3.connect(path) as db:
        pages = [page for (page,) in db.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 1 AND name <> 'note'")]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    db.close()
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * 64)


DAMAGES = [delete, empty, garbage, halve, behead, forget_tables, forget_version, scratch]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_made_again(root, damage):
    """What follows from the files is as before, no file is lost, the damaged index is kept, and nothing is garbage."""
    before, there = rows(root, FROM_FILES, ordered=False), files(root)
    damage(root / "library.sqlite")
    old = (root / "library.sqlite").read_bytes() if damage is not delete else None
    rebuilt = rebuild_library(root)
    assert (rebuilt.aside.read_bytes() if rebuilt.aside else None) == old
    assert rows(root, FROM_FILES, ordered=False) == before
    assert files(root) == there
    for path in there:
        age(path)
    with Library(root) as library:
        assert list(verify_library(library)) == []
        assert collect_garbage(library, dry_run=True) == tuple(item for item in collect_garbage(library) if item.kind != "unlisted")
        assert len(list_papers(library)) == 3
        assert len(find_words(library, "noise 扩散", limit=9)) == 3
        assert find_pdf(library, "2401.00001").version == "v1"
        assert library.reading(list_papers(library)[0].sha256, "7") is not None
        library.keep_answer("new", answer(), paper=PDF, model="m", prompts="3")


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_names_the_way_back(root, damage):
    """A lost index is made again by whoever opens the library; any other is told of with the command that makes it again."""
    before = rows(root, FROM_FILES, ordered=False)
    damage(root / "library.sqlite")
    if damage in (delete, empty):
        assert rows(root, FROM_FILES, ordered=False) == before
        return
    assert any("library rebuild" in hint for hint in hints(root))


def hints(root):
    """Yield what is told to do by the first command that meets the damage."""
    try:
        with Library(root) as library:
            yield from (problem.next_step for problem in verify_library(library))
    except IntegrityError as error:
        yield error.hint


def test_what_can_be_read_around_a_damaged_page_is_kept(tmp_path):
    """Of a log with one page that is overwritten in its middle, the answers before and behind it are there, in their order."""
    with Library(tmp_path) as library:
        for n in range(400):
            library.keep_answer(f"k{n:03}", answer(attempt=n), paper=PDF, model="m", prompts="3")
    index = tmp_path / "library.sqlite"
    with sqlite3.connect(index) as db:
        size = db.execute("PRAGMA page_size").fetchone()[0]
        leaves = (
            [n for (n,) in db.execute("SELECT pageno FROM dbstat WHERE name = 'call' AND pagetype = 'leaf' ORDER BY path")]
            if _has_dbstat(db)
            else []
        )
    db.close()
    if not leaves:
        data = index.read_bytes()
        leaves = sorted({data.find(f"k{n:03}".encode() + b"20") // size + 1 for n in range(400)} - {0})
    with index.open("r+b") as file:
        file.seek((leaves[len(leaves) // 2] - 1) * size)
        file.write(b"\xff" * size)
    rebuild_library(tmp_path)
    with Library(tmp_path) as library:
        attempts = [call.attempt for call in list_calls(library)]
        assert attempts == sorted(attempts)
        assert {0, 399} <= set(attempts)
        assert 300 < len(attempts) < 400


def _has_dbstat(db):
    try:
        db.execute("SELECT 1 FROM dbstat")
    except sqlite3.Error:
        return False
    return True


@pytest.mark.parametrize(
    "row",
    [
        "UPDATE call SET answer = '{}'",
        "UPDATE call SET made_at = '9999'",
        "UPDATE call SET checks_failed = '{'",
        "UPDATE post SET written = 'x'",
        "UPDATE posted SET authors = x'ff'",
        "UPDATE posted SET day = 'yesterday'",
        "UPDATE note SET text = x'00ff'",
        "UPDATE seen SET size = 'large'",
        "UPDATE file SET path = '../../outside.json'",
        "UPDATE file SET sha256 = NULL",
        "UPDATE paper SET name = 7",
        "UPDATE digest SET version = x'ff'",
    ],
)
def test_values_that_this_program_never_writes_are_left_out(root, row):
    """Whatever stands in the old index, the new one can be read everywhere."""
    before = rows(root, FROM_FILES, ordered=False)
    with sqlite3.connect(root / "library.sqlite") as db:
        db.executescript(f"PRAGMA ignore_check_constraints = ON; {row.replace('UPDATE', 'UPDATE OR IGNORE')}")
    db.close()
    rebuild_library(root)
    assert rows(root, FROM_FILES, ordered=False) == before
    with Library(root) as library:
        assert list(verify_library(library)) == []
        list_calls(library)
        assert len(list_posted(library)) in (0, 3)
        assert [load_paper(library, paper.sha256)[0] for paper in list_papers(library)] == list(list_papers(library))
        library.keep_note("a", "b")


def test_a_file_that_was_changed_is_still_found_to_be(root):
    """What the old index says of a file stands; a file of which nothing is known must be whole to be listed, and is never removed."""
    [reading, *_] = root.rglob("reading-7.json")
    reading.write_bytes(reading.read_bytes().replace(b"Title", b"Tilte"))
    torn = root / "papers" / OTHER / "digest-k1.json"
    wrong = torn.with_name("paper.pdf")
    torn.parent.mkdir()
    torn.write_bytes(b'{"title": ')
    wrong.write_bytes(b"%PDF of another hash")
    rebuilt = rebuild_library(root)
    assert rebuilt.listed.left_out == (f"papers/{OTHER}/digest-k1.json", f"papers/{OTHER}/paper.pdf")
    assert torn.is_file()
    assert wrong.is_file()
    with Library(root) as library:
        assert [(p.kind, root / p.path) for p in verify_library(library) if p.is_damage] == [("changed", reading)]


def test_digests_of_another_time_stay_though_nobody_can_read_them(root):
    """They are listed as files, as after a change of version, so no `gc` takes them."""
    old = root / "papers" / OTHER / "digest-k1.json"
    old.parent.mkdir()
    old.write_bytes(b'{"title": "of another time"}')
    age(old)
    (root / "library.sqlite").unlink()
    with Library(root) as library:
        assert list(verify_library(library)) == []
        collect_garbage(library)
        assert len(list_papers(library)) == 3
    assert old.is_file()


def test_clocks_that_were_set_back_put_nothing_into_the_future(root):
    """A file of tomorrow is listed as of now, so that what comes next is newer."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for path in files(root):
        os.utime(path, (tomorrow.timestamp(),) * 2)
    (root / "library.sqlite").unlink()
    with Library(root) as library:
        assert all(paper.added_at < tomorrow.isoformat()[:19] for paper in list_papers(library))
        library.keep_digest(list_papers(library)[0].sha256, "k9", digest(title="Newest"))
        assert list_papers(library)[0].title == "Newest"


def test_the_last_index_goes_before_those_set_aside_earlier(root):
    """A second loss takes from all that were set aside, from the last one first."""
    rebuild_library(root)
    with Library(root) as library:
        library.keep_note("last round | T", "2024-02-02")
        library.keep_post(
            root.parent / "post 0.md", WrittenPost(sha256="2" * 64, papers=(Metadata(title="Title 0"), Metadata(title="Another")))
        )
    before = rows(root)
    assert rebuild_library(root).aside.name == "library-aside-2.sqlite"
    (root / "library.sqlite").unlink()
    assert rows(root) == before


def test_nothing_is_made_again_beside_another_run(root):
    """A run, a fetch or a round of topics holds the library; its index stays as it is."""
    before = (root / "library.sqlite").read_bytes()
    for name in ("run", "fetch", "rounds"):
        with run_lock(root, wait=False, told=print, name=name), pytest.raises(Locked):
            rebuild_library(root)
    assert (root / "library.sqlite").read_bytes() == before


def test_an_index_of_a_newer_version_is_left_alone(root):
    """An older program cannot make it again: it does not know what stands there."""
    with sqlite3.connect(root / "library.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = sorted(path.name for path in root.iterdir())
    with pytest.raises(IntegrityError, match="newer version"):
        rebuild_library(root)
    assert {path.name for path in root.iterdir()} == {*before, "fetch.lock", "rounds.lock", "run.lock"}


def test_a_disk_without_second_names_gets_a_copy(root, monkeypatch):
    """FAT and some network disks have no hard links."""

    def refuse(*_, **__):
        raise PermissionError

    before, old = rows(root), file_sha256(root / "library.sqlite")
    monkeypatch.setattr(aside.os, "link", refuse)
    assert file_sha256(rebuild_library(root).aside) == old
    assert rows(root) == before


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE call SET answer = '{'",
        "UPDATE call SET checks_failed = 7",
        "UPDATE paper SET authors = 'Ann'",
        "UPDATE call SET tokens = x'ff'",
        "UPDATE call SET seconds = 'soon'",
        "UPDATE paper SET arxiv_id = x'ff'",
        "UPDATE posted SET authors = ''",
        "UPDATE posted SET topic = x'ff'",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = CAST(x'435245415445fe' AS TEXT) WHERE name = 'call'",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'tokenize', 'tokenrze') WHERE name = 'words'",
    ],
)
def test_bytes_that_changed_inside_a_value_name_the_way_back(root, harm):
    """SQLite does not notice them, or fails in words of its own; whoever reads them says that the index is damaged."""
    with contextlib.closing(sqlite3.connect(root / "library.sqlite")) as db:
        db.executescript(harm)

    def look():
        with Library(root) as library:
            list_calls(library)
            list_papers(library)
            list_posted(library)
            find_words(library, "noise", limit=9)

    with pytest.raises(IntegrityError, match="library rebuild"):
        look()
    rebuild_library(root)
    look()
