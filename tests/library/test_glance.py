"""A look at a library from outside: what is there is told, what is wrong is named, nothing is changed."""

import sqlite3

import pytest

from offline_digest.errors import IntegrityError
from offline_digest.library import Library, glance
from offline_digest.library.glance import Glance


def listed(root):
    return sorted((path.relative_to(root).as_posix(), path.stat().st_mtime_ns) for path in root.rglob("*"))


def test_no_library_is_none_and_none_is_made(tmp_path):
    """A folder that is not there stays so."""
    assert glance(tmp_path / "library") is None
    assert not (tmp_path / "library").exists()


def test_a_library_is_counted(tmp_path):
    """Papers that were read, digests, and that SQLite found nothing."""
    with Library(tmp_path) as library, library.database.transaction() as db:
        rows = [("reading", "a" * 64 + "-6"), ("reading", "a" * 64 + "-7"), ("reading", "b" * 64 + "-7"), ("digest", "a" * 64 + "-x")]
        for kind, key in rows:
            db.execute("INSERT INTO file VALUES (?, ?, 'p', 'h', 't')", (kind, key))
    before = listed(tmp_path)
    assert glance(tmp_path) == Glance(papers=2, digests=1, is_complete=True)
    assert listed(tmp_path) == before


def test_a_library_in_use_is_looked_at(tmp_path):
    """Another process may write meanwhile."""
    with Library(tmp_path) as library, library.database.transaction() as db:
        db.execute("INSERT INTO note VALUES ('a', 'b', 'c')")
        assert glance(tmp_path, patience_s=0.1) is not None


def test_there_need_not_be_time_to_look_through_all(tmp_path):
    """What is known without is told."""
    with Library(tmp_path) as library, library.database.transaction() as db:
        db.executemany("INSERT INTO note VALUES (?, ?, 'c')", ((str(n), "x" * 100) for n in range(20_000)))
    assert glance(tmp_path, patience_s=-1.0) == Glance(papers=0, digests=0, is_complete=False)


def overwrite(root):
    path = root / "library.sqlite"
    path.write_bytes(b"no database at all, whatever it is called" * 100)


def newer(root):
    db = sqlite3.connect(root / "library.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()


def damage(root):
    path = root / "library.sqlite"
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(b ^ 0x5A for b in data[4096:])
    path.write_bytes(data)


def unlisted(root):
    (root / "papers" / ("a" * 64)).mkdir(parents=True)
    (root / "papers" / ("a" * 64) / "digest-x.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "words"),
    [(overwrite, "damaged"), (newer, "newer version"), (damage, "damaged"), (unlisted, "lists no digests")],
)
def test_what_is_wrong_with_an_index_is_named(tmp_path, harm, words):
    """With what mends it."""
    with Library(tmp_path):
        pass
    harm(tmp_path)
    with pytest.raises(IntegrityError, match=words) as caught:
        glance(tmp_path)
    assert caught.value.hint
