"""Libraries of earlier versions, and the index as a file."""

import contextlib
import sqlite3
import threading

import pytest

from offline_digest.errors import DiskFull, IntegrityError, Locked
from offline_digest.library import Library, database, find_words, index, list_calls, list_papers, load_paper, verify_library
from offline_digest.library.database import UNSYNCED_S, Database
from offline_digest.library.schema import SCHEMA
from offline_digest.records import EngineInfo

from .samples import CHINESE, OLD_POSTS, OTHER, PDF, answer, digest

# As versions 1 to 3 of the library made them.
V1 = """
CREATE TABLE file (kind TEXT, key TEXT, path TEXT NOT NULL, sha256 TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE call (key TEXT PRIMARY KEY, made_at TEXT NOT NULL, field TEXT NOT NULL, language TEXT NOT NULL, attempt INTEGER NOT NULL,
                   tokens INTEGER NOT NULL, seconds REAL NOT NULL, answer TEXT NOT NULL);
CREATE TABLE post (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, titles TEXT NOT NULL, made_at TEXT NOT NULL);
CREATE TABLE seen (path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL);
PRAGMA user_version = 1;
"""
V2 = f"{V1} CREATE TABLE note (key TEXT PRIMARY KEY, text TEXT NOT NULL, made_at TEXT NOT NULL); PRAGMA user_version = 2;"
V3 = f"""{V2}
ALTER TABLE call ADD COLUMN paper TEXT;
ALTER TABLE call ADD COLUMN model TEXT;
ALTER TABLE call ADD COLUMN prompts TEXT;
{index.TABLES}
PRAGMA user_version = 3;
"""


@pytest.fixture(params=[(1, V1), (2, V2)], ids=["v1", "v2"])
def old(request, tmp_path):
    """Return an older version and the folder of a library of it, with two digests, one of a shape nobody knows any more, and an answer."""
    version, script = request.param
    with Library(tmp_path / "now") as library:
        library.keep_digest(PDF, "1", digest())
        library.keep_digest(OTHER, "1", digest(title="Lost"))
        library.keep_answer("k", answer())
        files = list(library.database.rows("SELECT * FROM file"))
        calls = list(library.database.rows("SELECT * FROM call"))
    root = tmp_path / "old"
    root.mkdir()
    (tmp_path / "now" / "papers").rename(root / "papers")
    (root / "papers" / OTHER / "digest-1.json").write_bytes(b'{"title": "of another time"}')
    db = sqlite3.connect(root / "library.sqlite")
    db.executescript(script)
    db.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?)", files)
    db.executemany("INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row[:8] for row in calls])
    db.execute("INSERT INTO seen VALUES ('/home/x/first.pdf', 1, 1, ?)", (PDF,))
    db.commit()
    db.close()
    return version, root


def test_an_older_library_is_brought_up_to_date(old):
    """What it held is still there and can be found, what is new works, and a copy of the index as it was lies beside it."""
    version, root = old
    with Library(root) as library:
        assert library.answer("k") == answer()
        assert library.note("x") is None
        library.keep_note("x", "learned")
        assert library.note("x") == "learned"
        assert [(p.sha256, p.name, p.models) for p in list_papers(library)] == [(PDF, "first.pdf", ("Tiny 1B",))]
        assert load_paper(library, PDF)[1] == digest()
        assert [hit.sha256 for hit in find_words(library, CHINESE[:2], limit=9)] == [PDF]
        assert [(call.field, call.paper, call.prompts) for call in list_calls(library)] == [("summary", None, None)]
    backup = sqlite3.connect(root / f"library-before-{SCHEMA}.sqlite")
    assert backup.execute("PRAGMA user_version").fetchone() == (version,)
    assert backup.execute("SELECT key FROM call").fetchone() == ("k",)
    backup.close()
    assert sorted(p.name for p in root.iterdir()) == [f"library-before-{SCHEMA}.sqlite", "library.sqlite", "papers"]


def test_an_index_that_did_not_tell_models_from_quotations_learns_it(tmp_path):
    """Of digests that were kept before, those of the one engine without a model are found by its name."""
    engine = EngineInfo(name="extractive", origin="extract", languages=("en",), passage_tokens=0)
    with Library(tmp_path) as library:
        library.keep_digest(PDF, "1", digest())
        library.keep_digest(PDF, "2", digest(engine=engine, fields=()))
    with contextlib.closing(sqlite3.connect(tmp_path / "library.sqlite")) as db:
        db.executescript("ALTER TABLE digest DROP COLUMN written; PRAGMA user_version = 9;")
    with Library(tmp_path) as library:
        assert list(library.database.rows("SELECT key, written FROM digest ORDER BY key")) == [(f"{PDF}-1", 1), (f"{PDF}-2", 0)]
        assert load_paper(library, PDF)[1].engine.writer == "Tiny 1B"


def test_a_migration_happens_once(old):
    """The second opening finds everything as the first left it, and leaves the copy alone."""
    _, root = old
    Library(root).database.close()
    backup = root / f"library-before-{SCHEMA}.sqlite"
    before = backup.read_bytes()
    with Library(root) as library:
        assert len(list_papers(library)) == 1
    assert backup.read_bytes() == before


def test_a_migration_that_fails_changes_nothing(old, monkeypatch):
    """After an interruption in its middle the library is of the old version still, and the next opening brings it up to date."""
    version, root = old

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("offline_digest.library.index.enter_digest", stop)
        with pytest.raises(KeyboardInterrupt):
            Library(root)
    db = sqlite3.connect(root / "library.sqlite")
    assert db.execute("PRAGMA user_version").fetchone() == (version,)
    assert "paper" not in {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    db.close()
    with Library(root) as library:
        assert len(list_papers(library)) == 1


def test_verdicts_come_to_a_library_that_has_papers(tmp_path):
    """Answers of version 3 are there with their origin; which checks they failed is unknown until they are judged again."""
    with Library(tmp_path / "now") as library:
        library.keep_answer("k", answer(), paper=PDF, model="m", prompts="3")
        calls = list(library.database.rows("SELECT * FROM call"))
    (tmp_path / "old").mkdir()
    db = sqlite3.connect(tmp_path / "old" / "library.sqlite")
    db.executescript(V3)
    db.executemany("INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [row[:11] for row in calls])
    db.commit()
    db.close()
    with Library(tmp_path / "old") as library:
        assert [(call.paper, call.checks_failed) for call in list_calls(library)] == [(PDF, None)]
        library.keep_verdicts([("k", ["numbers"])])
        assert [(call.paper, call.checks_failed) for call in list_calls(library)] == [(PDF, ("numbers",))]


def test_what_can_be_made_again_is_written_out_once_in_a_while(tmp_path):
    """The disk is waited for after a while and for what cannot be made again, and then not for what comes soon after."""
    now = [0.0]
    opened = Database(tmp_path, clock=lambda: now[0])

    def synced(seconds, *, again):
        now[0] += seconds
        opened.write("INSERT OR REPLACE INTO note VALUES ('a', 'b', 'c')", again=again)
        return opened.row("PRAGMA synchronous")[0] == 2

    soon = UNSYNCED_S / 2
    assert [synced(soon, again=True) for _ in range(5)] == [False, True, False, True, False]
    assert [synced(0, again=False), synced(0, again=False), synced(soon, again=True), synced(soon, again=True)] == [True, True, False, True]
    opened.close()


def test_a_library_that_another_process_holds_is_locked(tmp_path, monkeypatch):
    """A transaction that does not end is waited for, then told with its own exit code; after its end all works."""
    monkeypatch.setattr(database, "WAIT_S", 0.05)
    with Library(tmp_path) as library:
        other = sqlite3.connect(tmp_path / "library.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Locked, match="held the library"):
            library.keep_answer("k", answer())
        other.execute("ROLLBACK")
        other.close()
        library.keep_answer("k", answer())
        assert library.answer("k") == answer()


def test_a_transaction_is_whole_or_not_at_all(tmp_path):
    """What an error interrupts leaves no row, and the library goes on working."""
    with Library(tmp_path) as library:
        with contextlib.suppress(ZeroDivisionError), library.database.transaction() as db:
            db.execute("INSERT INTO note VALUES ('a', 'b', 'c')")
            raise ZeroDivisionError
        assert library.note("a") is None
        library.keep_note("a", "b")
        assert library.note("a") == "b"
        assert list(verify_library(library)) == []


def test_a_library_that_another_process_is_making_is_waited_for(tmp_path):
    """SQLite refuses the switch to its write-ahead log at once while another process writes; a second run of ours waits instead."""
    first = sqlite3.connect(tmp_path / "library.sqlite", isolation_level=None, check_same_thread=False)
    first.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, first.execute, ["COMMIT"])
    timer.start()
    with Library(tmp_path) as library:
        library.keep_note("a", "b")
        assert library.note("a") == "b"
    timer.join()
    first.close()


def test_a_full_disk_leaves_the_index_whole(tmp_path):
    """When there is no space for a digest's rows none of them is there; with space again the same call succeeds."""
    with Library(tmp_path) as library:
        pages = library.database.row("PRAGMA page_count")[0]
        library.database.row(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(DiskFull, match="No space left"):
            library.keep_digest(PDF, "1", digest(abstract=" ".join(f"word{n}" for n in range(20000))))
        assert list_papers(library) == ()
        assert library.digest(PDF, "1") is None
        assert [problem.kind for problem in verify_library(library)] == ["index"]  # a file, and nothing is listed
        library.database.row("PRAGMA max_page_count = 1000000")
        library.keep_digest(PDF, "1", digest())
        assert len(list_papers(library)) == 1
        assert list(verify_library(library)) == []


def test_digests_from_before_there_were_recipes_are_kept(tmp_path):
    """Version 6 did not note them: of its digests nobody knows, and what comes next has one."""
    with Library(tmp_path / "lib") as library:
        library.keep_digest(PDF, "1", digest(), recipe="a")
    with contextlib.closing(sqlite3.connect(tmp_path / "lib" / "library.sqlite")) as db:
        db.executescript(
            f"ALTER TABLE digest DROP COLUMN recipe; ALTER TABLE posted DROP COLUMN updated; {OLD_POSTS} PRAGMA user_version = 6;"
        )
    with Library(tmp_path / "lib") as library:
        library.keep_digest(OTHER, "1", digest(), recipe="b")
        assert list(library.database.rows("SELECT paper, recipe FROM digest ORDER BY id")) == [(PDF, None), (OTHER, "b")]
        assert list(verify_library(library)) == []


def test_an_index_that_cannot_be_used_is_let_go(tmp_path, monkeypatch):
    """Whoever catches the error holds no open file: on Windows it could not be put aside."""
    (tmp_path / "library.sqlite").write_bytes(b"nonsense" * 1000)
    opened = []

    def connect(*args, real=sqlite3.connect, **options):
        opened.append(real(*args, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", connect)
    with pytest.raises(IntegrityError):
        Library(tmp_path)
    assert opened
    for db in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            db.execute("SELECT 1")
