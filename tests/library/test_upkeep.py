"""What is wrong is found, what is useless goes, what is needed stays."""

import os
import sqlite3
import time

import pytest

from offline_digest.errors import IntegrityError
from offline_digest.library import (
    Library,
    WrittenPost,
    collect_garbage,
    export_library,
    find_words,
    list_calls,
    list_papers,
    rebuild_library,
    verify_library,
)
from offline_digest.records import Float, Paper

from .samples import OTHER, PDF, answer, digest, model, text

BOX = (0.0, 0.0, 1.0, 1.0)
FIGURE = Float(kind="figure", label="Figure 1", page=1, caption="c", box=BOX, picture_box=BOX, image="figure-1.png")


def keep_reading(library, pdf=PDF, version="6"):
    picture = library.pictures(pdf, version) / "figure-1.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"PNG" + version.encode())
    library.keep_reading(pdf, version, Paper(n_pages=1, title="t", figures=(FIGURE,)))


@pytest.fixture
def library(tmp_path):
    """Return a library with a reading, its picture and a digest."""
    with Library(tmp_path) as opened:
        keep_reading(opened)
        opened.keep_digest(PDF, "k1", digest(), version="5.6")
        yield opened


def kinds(items):
    return sorted((item.kind, item.path.rpartition("/")[2]) for item in items)


def age(path, seconds=7200):
    os.utime(path, (time.time() - seconds,) * 2)


def test_a_whole_library_has_no_problem(library):
    """Nothing is reported where nothing is wrong."""
    assert list(verify_library(library)) == []


def test_models_in_the_same_folder_are_nobodys_garbage(library):
    """By default they lie below the library: neither looked at nor removed, downloads that are not finished neither."""
    for name in ("models.lock", "Plum/Plum-GGUF/plum.gguf", "Plum/Plum-GGUF/plum.gguf.part", "mine.gguf.part"):
        file = library.root / "models" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"GGUF")
        age(file)
    assert list(verify_library(library)) == []
    assert list(collect_garbage(library)) == []
    assert len([p for p in (library.root / "models").rglob("*") if p.is_file()]) == 4


@pytest.mark.parametrize("name", ["reading-6.json", "figure-1.png", "digest-k1.json"])
@pytest.mark.parametrize(("damage", "kind"), [(lambda p: p.unlink(), "missing"), (lambda p: p.write_bytes(b"other"), "changed")])
def test_every_damaged_file_is_found(library, name, damage, kind):
    """A lost and a changed file of each kind is named with its paper and what becomes of it."""
    damage(next(library.root.rglob(name)))
    [problem] = verify_library(library)
    assert (problem.kind, problem.path.rpartition("/")[2], problem.paper, problem.is_damage) == (kind, name, PDF, True)
    assert "next `digest`" in problem.next_step


def test_files_without_a_row_are_no_damage(library):
    """What a kill left is named, what the user laid there is not."""
    (library.root / "papers" / PDF / "digest-k9.json").write_bytes(b"{}")
    (library.root / "papers" / PDF / ".x.part").write_bytes(b"")
    (library.root / "papers" / PDF / "my notes.txt").write_bytes(b"")
    assert [(p.kind, p.is_damage) for p in verify_library(library)] == [("unlisted", False)] * 2


def test_a_damaged_full_text_index_is_found_and_built_again(library):
    """`verify` sees that words are missing from the index, `gc` brings them back before it takes any out."""
    library.keep_digest(PDF, "k2", digest(), version="5.7")
    library.database.write("DELETE FROM words_idx")
    library.database.write("DELETE FROM words_data WHERE id > 10")
    assert [p.kind for p in verify_library(library)] == ["words"]
    collect_garbage(library)
    assert list(verify_library(library)) == []
    assert len(find_words(library, "noise", limit=9)) == 1


def test_a_damaged_database_is_found(tmp_path):
    """Bytes overwritten in the middle of the SQLite file are noticed by its own check."""
    with Library(tmp_path) as library:
        for n in range(200):
            library.keep_note(f"{n}", "x" * 200)
    file = tmp_path / "library.sqlite"
    with sqlite3.connect(file) as db:
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_note_1'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    db.close()
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size + 8)
        raw.write(b"\xff" * 64)
    with Library(tmp_path) as library:
        assert "index" in {p.kind for p in verify_library(library)}


@pytest.mark.parametrize(
    "mangled",
    [
        "kind = 'dagest'",
        "kind = CAST(x'e46967657374' AS TEXT)",
        "kind = NULL",
        "path = '../outside.json'",
        "path = '/tmp/outside.json'",
        "path = replace(path, 'papers', 'pap\nrs')",
        "path = replace(path, 'ab', 'cd')",
        "path = x'00'",
        "key = 'x' || key",
    ],
)
def test_a_row_that_nobody_wrote_is_damage(library, mangled):
    """Whatever a row of the index was mangled to, `verify` names it, `gc` touches nothing, and no export holds it."""
    outside = library.root.parent / "outside.json"
    outside.write_bytes(b"mine")
    age(outside)
    library.database.write(f"UPDATE file SET {mangled} WHERE kind = 'digest'")  # noqa: S608 (the table above)
    for file in library.root.rglob("*.json"):
        age(file)
    before = sorted(library.root.rglob("*"))
    problems = list(verify_library(library))
    assert {(p.kind, p.is_damage) for p in problems} - {("unlisted", False)} == {("index", True)}
    assert any("names no file of a library" in p.detail for p in problems)
    for dry_run in (True, False):
        with pytest.raises(IntegrityError, match="damaged"):
            collect_garbage(library, dry_run=dry_run)
    assert sorted(library.root.rglob("*")) == before
    assert outside.exists()
    assert export_library(library, library.root / "x.tar").files == 2


def test_an_index_that_lists_nothing_beside_files_is_damage(library):
    """An index that was emptied tells so in one line, and its files stay until it is made again."""
    for file in library.root.rglob("*.*"):
        age(file)
    library.database.write("DELETE FROM file")
    [problem] = verify_library(library)
    assert (problem.kind, problem.is_damage) == ("index", True)
    assert "1 digest lies below papers" in problem.detail
    with pytest.raises(IntegrityError, match="lists no file") as caught:
        collect_garbage(library)
    assert "library rebuild" in caught.value.hint
    library.database.close()
    rebuild_library(library.root)
    with Library(library.root) as rebuilt:
        assert list(verify_library(rebuilt)) == []
        assert collect_garbage(rebuilt) == ()
        assert len(list_papers(rebuilt)) == 1


def test_a_reading_without_a_row_is_no_damage(tmp_path):
    """A run that was killed in its first paper leaves files that nothing uses, and no loss."""
    with Library(tmp_path) as library:
        keep_reading(library)
        library.database.write("DELETE FROM file")
        assert {problem.kind for problem in verify_library(library)} == {"unlisted"}


def test_the_way_out_of_damage_is_named(library):
    """A search in a damaged full-text index names `gc`, which builds it again; what is no index any more names `rebuild`."""
    library.database.write("UPDATE words_data SET block = x'00' WHERE id > 10")
    library.database.close()
    with Library(library.root) as damaged:
        with pytest.raises(IntegrityError, match="full-text index") as caught:
            find_words(damaged, "noise", limit=9)
        assert "library gc" in caught.value.hint
        collect_garbage(damaged)
        assert len(find_words(damaged, "noise", limit=9)) == 1
        damaged.database.write("DELETE FROM words_data")
    with Library(library.root) as lost, pytest.raises(IntegrityError) as caught:
        collect_garbage(lost)
    assert "library rebuild" in caught.value.hint
    (library.root / "library.sqlite").write_bytes(b"no index " * 500)
    with pytest.raises(IntegrityError) as caught:
        Library(library.root)
    assert "library rebuild" in caught.value.hint
    rebuild_library(library.root)
    with Library(library.root) as rebuilt:
        assert len(find_words(rebuilt, "noise", limit=9)) == 1


def test_nothing_that_is_needed_goes(library):
    """The newest of each, other models, other fields, and everything whose version is unknown stay."""
    library.keep_digest(PDF, "k2", digest(engine=model("Other 3B")), version="9.9")
    library.keep_digest(PDF, "k3", digest(fields=(text("title_zh", "zh", "标题"),)), version="9.9")
    library.keep_digest(PDF, "k4", digest())
    library.keep_digest(OTHER, "k1", digest(), version="5.6")
    keep_reading(library, OTHER)
    library.keep_answer("a", answer(), paper=PDF, model="m", prompts="3")
    library.keep_answer("b", answer(), paper=PDF, model="m", prompts="3")
    library.keep_answer("c", answer(), paper=PDF, model="n", prompts="4")
    library.keep_answer("d", answer("results"), paper=PDF, model="m", prompts="4")
    library.keep_answer("e", answer())
    before = {p: p.stat().st_mtime_ns for p in library.root.rglob("*.*") if "sqlite" not in p.name}
    assert collect_garbage(library) == ()
    assert {p: p.stat().st_mtime_ns for p in library.root.rglob("*.*") if "sqlite" not in p.name} == before
    assert len(list_calls(library)) == 5


def test_what_newer_versions_replaced_goes(library):
    """Readings with their pictures, digests, answers: the older of two that serve one purpose, files and rows."""
    keep_reading(library, version="7")
    library.keep_digest(PDF, "k2", digest(abstract="Newly read."), version="5.7")
    library.keep_answer("a", answer(), paper=PDF, model="m", prompts="3")
    library.keep_answer("b", answer(), paper=PDF, model="m", prompts="4")
    wanted = [("answers", ""), ("digest", "digest-k1.json"), ("picture", "figure-1.png"), ("reading", "reading-6.json")]
    assert kinds(collect_garbage(library, dry_run=True)) == wanted
    assert library.reading(PDF, "6") is not None
    freed = collect_garbage(library)
    assert kinds(freed) == wanted
    assert all(item.size_bytes > 0 for item in freed)
    assert library.reading(PDF, "6") is None
    assert library.reading(PDF, "7") is not None
    assert library.digest(PDF, "k1") is None
    assert library.digest(PDF, "k2") is not None
    assert not library.pictures(PDF, "6").exists()
    assert (library.answer("a"), library.answer("b")) == (None, answer())
    assert find_words(library, "pictures", limit=9) == ()
    assert collect_garbage(library) == ()
    assert list(verify_library(library)) == []


def test_left_overs_go_when_nobody_writes_them(library):
    """Parts and files without a row are removed after an hour, not while a run may be about to enter them; the user's files never."""
    folder = library.root / "papers" / PDF
    left = [folder / ".abc.part", folder / "digest-k9.json", folder / "pictures-9" / "figure-1.png", library.root / "library-77.part"]
    left[2].parent.mkdir()
    mine = folder / "notes.txt"
    for file in (*left, mine):
        file.write_bytes(b"12")
        age(file, 10)
    assert collect_garbage(library) == ()
    for file in (*left, mine):
        age(file)
    assert [(item.kind, item.size_bytes) for item in collect_garbage(library)] == [("unlisted", 2)] * 4
    assert not any(file.exists() for file in left)
    assert not left[2].parent.exists()
    assert mine.exists()


def test_rows_without_a_file_go(library):
    """A digest whose file is gone is neither listed nor found any more."""
    next(library.root.rglob("digest-k1.json")).unlink()
    assert kinds(collect_garbage(library)) == [("row", "digest-k1.json")]
    assert list_papers(library) == ()
    assert find_words(library, "noise", limit=9) == ()
    assert list(verify_library(library)) == []


def test_posts_are_not_touched(library, tmp_path):
    """Neither the file of a post nor what is known of it changes."""
    post = tmp_path / "blog" / "_posts" / "p.md"
    post.parent.mkdir(parents=True)
    post.write_bytes(b"x")
    age(post)
    library.keep_post(post, WrittenPost(sha256="1"))
    collect_garbage(library)
    assert post.read_bytes() == b"x"
    assert library.post(post) == WrittenPost(sha256="1")
