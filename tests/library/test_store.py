"""The library on a real disk."""

import errno
import os
import sqlite3
import subprocess
import sys

import pytest

from offline_digest.errors import DiskFull, IntegrityError, UsageError
from offline_digest.files import disk_error
from offline_digest.library import Library, export_library, import_library, keep_pdf, key_of, list_calls, write_atomically
from offline_digest.records import Answer, Float, Line, Metadata, Paper, Question

from .samples import PDF, answer, digest

QUESTION = Question(field="summary", language="en", prompt="?", max_tokens=10)


def keep_reading(library, pdf):
    """Keep a reading with one picture."""
    box = (0.0, 0.0, 1.0, 1.0)
    figure = Float(kind="figure", label="Figure 1", page=1, caption="c", box=box, picture_box=box, image="figure-1.png")
    picture = library.pictures(pdf, "1") / "figure-1.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"PNG")
    library.keep_reading(pdf, "1", Paper(n_pages=1, title="t", figures=(figure,)))


def test_a_reading_is_kept_and_found(tmp_path):
    """What was kept comes back equal, in this run and the next; under another key there is nothing."""
    paper = Paper(n_pages=3, title="Über ﬁne Dinge 中文")
    with Library(tmp_path / "lib") as library:
        assert library.reading(PDF, "1") is None
        library.keep_reading(PDF, "1", paper)
        assert library.reading(PDF, "1") == paper
    with Library(tmp_path / "lib") as library:
        assert library.reading(PDF, "1") == paper
        assert library.reading(PDF, "2") is None
        assert library.reading("cd" * 32, "1") is None


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"{}"), lambda p: p.write_bytes(p.read_bytes()[:-1])])
def test_a_damaged_file_counts_as_not_there(tmp_path, damage):
    """Row and file must agree: a lost, changed or torn file is made again, not trusted."""
    with Library(tmp_path) as library:
        library.keep_reading(PDF, "1", Paper(n_pages=1, title="t"))
        damage(next(tmp_path.rglob("reading-*.json")))
        assert library.reading(PDF, "1") is None
        library.keep_reading(PDF, "1", Paper(n_pages=2, title="t"))
        assert library.reading(PDF, "1").n_pages == 2


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"")])
def test_a_reading_without_its_pictures_counts_as_not_there(tmp_path, damage):
    """A lost or emptied picture makes the paper be read again."""
    with Library(tmp_path) as library:
        keep_reading(library, PDF)
        assert library.reading(PDF, "1") is not None
        damage(library.pictures(PDF, "1") / "figure-1.png")
        assert library.reading(PDF, "1") is None


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
def test_names_need_not_be_utf8(tmp_path):
    """Files whose names are no valid UTF-8 are hashed and remembered like others."""
    file = tmp_path / os.fsdecode(b"r\xe9sum\xe9.pdf")
    file.write_bytes(b"x")
    with Library(tmp_path / "lib") as library:
        assert library.file_sha256(file) == library.file_sha256(file)
        library.keep_post(file, "1", [])
        assert library.post(file) == ("1", ())


def test_a_file_without_its_row_counts_as_not_there(tmp_path):
    """The row is written last: without it nothing was done."""
    with Library(tmp_path) as library:
        library.keep_reading(PDF, "1", Paper(n_pages=1, title="t"))
    with sqlite3.connect(tmp_path / "library.sqlite") as db:
        db.execute("DELETE FROM file")
    db.close()
    with Library(tmp_path) as library:
        assert library.reading(PDF, "1") is None


def test_answers_and_posts_are_remembered(tmp_path):
    """An answer is found by its key, a post's hash by its path."""
    answer = Answer(question=QUESTION, lines=(Line(text="a", pages=(2,)),), tokens=3, seconds=0.5)
    with Library(tmp_path) as library:
        library.keep_answer("k", answer)
        assert library.answer("k") == answer
        assert library.answer("other") is None
        assert library.post(tmp_path / "p.md") is None
        library.keep_post(tmp_path / "p.md", "1234", ["A", "乙"])
        assert library.post(tmp_path / "x" / ".." / "p.md") == ("1234", ("A", "乙"))


def test_answers_outlive_a_kill(tmp_path):
    """What was kept is there although the process was killed the moment after."""
    code = """
import os, signal, sys
from pathlib import Path
from offline_digest.library import Library
from offline_digest.records import Answer, Question
library = Library(Path(sys.argv[1]))
for key in "abc":
    asked = Question(field="summary", language="en", prompt="?", max_tokens=9)
    library.keep_answer(key, Answer(question=asked, lines=(), tokens=3, seconds=0.5))
library.keep_verdicts([(key, ["empty"]) for key in "ab"])
os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True, text=True)
    assert ended.returncode != 0
    assert ended.stderr == ""
    with Library(tmp_path) as library:
        assert [call.checks_failed for call in list_calls(library)] == [("empty",), ("empty",), None]


def test_an_answer_given_again_leaves_the_first_in_the_log(tmp_path):
    """The newest is recalled, the log shows both in order, and both travel."""
    with Library(tmp_path / "lib") as library:
        for tokens in (3, 5, 7):
            library.keep_answer("k", answer().model_copy(update={"tokens": tokens}), paper=PDF, model="a", redone=True)
        assert library.answer("k").tokens == 7
        assert [call.tokens for call in list_calls(library)] == [3, 5, 7]
        export_library(library, tmp_path / "x.tar")
    with Library(tmp_path / "other") as library:
        import_library(library, tmp_path / "x.tar")
        assert library.answer("k").tokens == 7
        assert sorted(call.tokens for call in list_calls(library)) == [3, 5, 7]


def test_notes_are_dropped_by_their_beginning(tmp_path):
    """Those of one kind go, others stay; nothing in a beginning is a wild card."""
    with Library(tmp_path) as library:
        for key in ("a_ | 1", "a_ | 2", "ab | 3"):
            library.keep_note(key, "x")
        library.drop_notes("a_ | ")
        assert [library.note(key) for key in ("a_ | 1", "a_ | 2", "ab | 3")] == [None, None, "x"]


def test_it_is_known_which_files_have_a_digest(tmp_path):
    """By path, size and time of change, for each recipe; a changed, a lost and an unknown file have none."""
    file = tmp_path / "f.pdf"
    file.write_bytes(b"one")
    with Library(tmp_path / "lib") as library:
        assert not library.is_digested(file, "a")
        library.keep_digest(library.file_sha256(file), "k", digest(), recipe="a")
        assert library.is_digested(file, "a")
        assert library.is_digested(tmp_path / "lib" / ".." / "f.pdf", "a")
        assert not library.is_digested(file, "b")
        file.write_bytes(b"other")
        assert not library.is_digested(file, "a")
        file.unlink()
        assert not library.is_digested(file, "a")


def test_hashes_are_kept_until_the_file_changes(tmp_path):
    """A file's hash is computed once and again after a change."""
    file = tmp_path / "f"
    file.write_bytes(b"one")
    with Library(tmp_path / "lib") as library:
        first = library.file_sha256(file)
        assert first == library.file_sha256(file)
        file.write_bytes(b"other")
        assert library.file_sha256(file) != first


def test_keys_depend_on_every_part():
    """No two different lists of parts share a key, however they are cut."""
    keys = {key_of("a", "b"), key_of("ab"), key_of("a", "", "b"), key_of("b", "a"), key_of('a", "b')}
    assert len(keys) == 5


def test_a_newer_library_is_refused(tmp_path):
    """A library that a newer program wrote is left alone, with a hint."""
    Library(tmp_path).__exit__(None, None, None)
    db = sqlite3.connect(tmp_path / "library.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(IntegrityError, match="newer version"):
        Library(tmp_path)


def test_what_is_no_library_is_refused(tmp_path):
    """A file that is no database gives our error, not SQLite's."""
    (tmp_path / "library.sqlite").write_bytes(b"no database at all, only some words" * 100)
    with pytest.raises(IntegrityError, match="damaged"):
        Library(tmp_path)


def test_a_library_path_that_is_a_file_is_refused(tmp_path):
    """A file in the place of the folder gives one clear error."""
    (tmp_path / "lib").write_bytes(b"")
    with pytest.raises(UsageError, match="Cannot write"):
        Library(tmp_path / "lib")


def test_a_write_is_whole_or_not_at_all(tmp_path, monkeypatch):
    """When the rename fails the old file stays and no part is left behind."""
    target = tmp_path / "f.json"
    write_atomically(target, b"old")

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(DiskFull):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["f.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_written_files_have_the_usual_mode(tmp_path):
    """Temporary files are private; what is renamed into place is as readable as any file the user makes."""
    write_atomically(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, DiskFull), (errno.EACCES, UsageError), (errno.EROFS, UsageError)])
def test_system_errors_become_ours(tmp_path, number, kind):
    """Each error of the system names the path and a next step."""
    error = disk_error(OSError(number, os.strerror(number)), tmp_path / "x")
    assert type(error) is kind
    assert str(tmp_path / "x") in error.message
    assert error.hint


def test_time_never_goes_back(tmp_path):
    """What is kept after a clock was set back sorts behind what was kept before, a fetched PDF too."""
    late = "2999-01-01T00:00:00+00:00"
    with Library(tmp_path / "lib") as library:
        library.keep_note("before", "x")
        library.database.write("UPDATE note SET made_at = ?", late)
    pdf = tmp_path / "2401.01234v2.pdf"
    pdf.write_bytes(b"x")
    with Library(tmp_path / "lib") as library:
        keep_pdf(library, pdf, PDF, Metadata(arxiv_id="2401.01234"))
        library.keep_digest(PDF, "1", digest())
        times = [time for table in ("file", "fetched", "digest") for (time,) in library.database.rows(f"SELECT made_at FROM {table}")]  # noqa: S608
    assert times == [late] * 5
