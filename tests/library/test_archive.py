"""Libraries that travel, and archives that lie."""

import hashlib
import io
import json
import tarfile

import pytest

from offline_digest.errors import DiskFull, IntegrityError, UsageError
from offline_digest.library import (
    Library,
    export_library,
    find_words,
    import_library,
    list_calls,
    list_papers,
    rebuild_library,
    verify_library,
)
from offline_digest.library.database import SCHEMA
from offline_digest.records import Float, Paper

from .samples import OTHER, PDF, answer, digest

BOX = (0.0, 0.0, 1.0, 1.0)
FIGURE = Float(kind="figure", label="Figure 1", page=1, caption="c", box=BOX, picture_box=BOX, image="figure-1.png")
PAPER = Paper(n_pages=1, title="t", figures=(FIGURE,))


def fill(library, pdf=PDF):
    picture = library.pictures(pdf, "6") / "figure-1.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"PNG")
    library.keep_reading(pdf, "6", PAPER)
    library.keep_digest(pdf, "k1", digest(), version="5.6")
    library.keep_answer(f"a{pdf[:4]}", answer(), paper=pdf, model="m", prompts="3")
    library.keep_verdicts([(f"a{pdf[:4]}", ["numbers"])])


@pytest.fixture
def tar(tmp_path):
    """Return the archive of a library with one paper."""
    with Library(tmp_path / "one") as library:
        fill(library)
        export_library(library, tmp_path / "one.tar")
    return tmp_path / "one.tar"


def test_a_library_comes_out_as_it_went_in(tar, tmp_path):
    """Files, papers, words and the log are there, and exported again it gives the same bytes."""
    with Library(tmp_path / "two") as library:
        moved = import_library(library, tar)
        assert (moved.papers, moved.files, moved.answers, moved.left_out) == (1, 3, 1, ())
        assert library.reading(PDF, "6") == PAPER
        assert library.digest(PDF, "k1") == digest()
        assert library.answer("aabab") == answer()
        assert len(list_papers(library)) == len(find_words(library, "扩散", limit=9)) == 1
        assert [(call.paper, call.checks_failed) for call in list_calls(library)] == [(PDF, ("numbers",))]
        assert list(verify_library(library)) == []
        export_library(library, tmp_path / "two.tar")
    assert (tmp_path / "two.tar").read_bytes() == tar.read_bytes()


def test_an_archive_of_an_older_version_is_taken(tar, tmp_path):
    """Answers that came without the checks they failed are taken; of them it is not known."""

    def older(members):
        text = members[0][1].replace(f'"schema_version":{SCHEMA}'.encode(), b'"schema_version":3')
        data = text.replace(b'"checks_failed":["numbers"],', b"")
        members[0][0].size = len(data)
        members[0] = (members[0][0], data)

    rewritten(tar, older)
    with Library(tmp_path / "two") as library:
        assert import_library(library, tar).answers == 1
        assert [call.checks_failed for call in list_calls(library)] == [None]


def test_a_log_keeps_the_order_of_answers_of_one_second(tmp_path):
    """However their keys sort, exported, imported, exported again, and made again."""
    with Library(tmp_path / "one") as library:
        for attempt, key in enumerate("zbycxa"):
            library.keep_answer(key, answer(attempt=attempt), paper=PDF, model="m", prompts="3")
        export_library(library, tmp_path / "one.tar")
    with Library(tmp_path / "two") as library:
        import_library(library, tmp_path / "one.tar")
        assert [call.attempt for call in list_calls(library)] == list(range(6))
        export_library(library, tmp_path / "two.tar")
    assert (tmp_path / "two.tar").read_bytes() == (tmp_path / "one.tar").read_bytes()
    rebuild_library(tmp_path / "two")
    with Library(tmp_path / "two") as library:
        assert [call.attempt for call in list_calls(library)] == list(range(6))


def test_the_order_of_work_does_not_show(tmp_path):
    """Two libraries with the same content give the same bytes, whatever was kept first; members have neither time nor owner.

    The log alone is in its order, which is what it tells.
    """
    for name, order in (("a", (PDF, OTHER)), ("b", (OTHER, PDF))):
        with Library(tmp_path / name) as library:
            for pdf in order:
                fill(library, pdf)
            library.database.write("DELETE FROM call")
            for table in ("file", "call", "digest"):
                library.database.write(f"UPDATE {table} SET made_at = '2024-01-01T00:00:00+00:00'")  # noqa: S608 (one of three)
            library.database.write("UPDATE paper SET added_at = '2024-01-01T00:00:00+00:00'")
            export_library(library, tmp_path / f"{name}.tar")
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    with tarfile.open(tmp_path / "a.tar") as opened:
        assert {(m.mtime, m.uid, m.uname, m.mode) for m in opened} == {(0, 0, "", 0o644)}


def test_nothing_is_taken_twice(tar, tmp_path):
    """A second import changes nothing."""
    with Library(tmp_path / "two") as library:
        import_library(library, tar)
        again = import_library(library, tar)
    assert (again.files, again.answers, len(again.left_out)) == (0, 0, 3)


def test_what_is_newer_here_stays(tar, tmp_path):
    """An import replaces what is older or damaged, never what is newer and whole."""
    with Library(tmp_path / "two") as library:
        import_library(library, tar)
        library.keep_digest(PDF, "k1", digest(title="Newer"))
        library.database.write("UPDATE file SET made_at = '2999-01-01T00:00:00+00:00' WHERE kind = 'digest'")
        assert import_library(library, tar).files == 0
        assert library.digest(PDF, "k1").title == "Newer"
        next(library.root.rglob("digest-*")).write_bytes(b"torn")
        assert import_library(library, tar).files == 1
        assert library.digest(PDF, "k1") == digest()


def test_damaged_files_are_not_exported(tar, tmp_path):
    """What is lost or changed is named and left out; the rest goes."""
    with Library(tmp_path / "one") as library:
        next(library.root.rglob("figure-1.png")).unlink()
        moved = export_library(library, tmp_path / "two.tar")
    assert [path.rpartition("/")[2] for path in moved.left_out] == ["figure-1.png"]
    with Library(tmp_path / "two") as library:
        assert import_library(library, tmp_path / "two.tar").files == 2


def rewritten(tar, change):
    """Write the archive anew: *change* gets the list of `(TarInfo, bytes)`."""
    with tarfile.open(tar) as opened:
        members = [(member, opened.extractfile(member).read()) for member in opened]
    change(members)
    with tarfile.open(tar, "w") as opened:
        for member, data in members:
            opened.addfile(member, io.BytesIO(data))


def changed_rows(change):
    """Return a change of the archive that lets *change* alter each row of the index that is a file's."""

    def whole(members):
        rows = [json.loads(line) for line in members[0][1].splitlines()]
        for row in rows:
            if row["table"] == "file":
                change(row)
        data = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
        members[0][0].size = len(data)
        members[0] = (members[0][0], data)

    return whole


def added(kind, name, target=""):
    def whole(members):
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, target
        members.append((member, b""))

    return whole


def renamed(name):
    """Return a change that puts the last file elsewhere, in the index too."""

    def whole(members):
        old = members[-1][0].name
        changed_rows(lambda row: row.update(path=name) if row["path"] == old else None)(members)
        members[-1][0].name = name

    return whole


def larger(members):
    member, data = members[-1]
    member.size += 1
    members[-1] = (member, data + b" ")


def other_content(members):
    member, data = members[-1]
    members[-1] = (member, bytes(len(data)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (added(tarfile.REGTYPE, "/etc/passwd"), "does not name"),
        (added(tarfile.REGTYPE, "../escape"), "does not name"),
        (added(tarfile.REGTYPE, f"papers/{PDF}/digest-evil.json"), "does not name"),
        (added(tarfile.SYMTYPE, f"papers/{PDF}/reading-6.json", "/etc/passwd"), "does not name"),
        (added(tarfile.LNKTYPE, f"papers/{PDF}/reading-6.json", "/etc/passwd"), "does not name"),
        (added(tarfile.CHRTYPE, f"papers/{PDF}/reading-6.json"), "does not name"),
        (added(tarfile.FIFOTYPE, f"papers/{PDF}/reading-6.json"), "does not name"),
        (added(tarfile.DIRTYPE, f"papers/{PDF}"), "does not name"),
        (lambda members: members.append(members[-1]), "twice"),
        (lambda members: members.pop(), "lacks 1 files"),
        (lambda members: members.pop(0), "does not begin"),
        (lambda members: members.reverse(), "does not begin"),
        (larger, "does not name"),
        (other_content, "hash differs"),
        (renamed("/tmp/reading-6.json"), "cannot hold"),
        (renamed(f"papers/{PDF}/../reading-6.json"), "cannot hold"),
        (renamed(f"papers/{PDF}/reading-a..b.json"), "cannot hold"),
        (renamed(f"papers/{PDF}/reading-6.exe"), "cannot hold"),
        (renamed("library.sqlite"), "cannot hold"),
        (changed_rows(lambda row: row.update(kind="post")), "none of a library"),
        (changed_rows(lambda row: row.update(size_bytes=2**40)), "none of a library"),
        (changed_rows(lambda row: row.update(sha256="x")), "none of a library"),
        (changed_rows(lambda row: row.update(more=1)), "none of a library"),
        (changed_rows(lambda row: row.update(kind="picture")), "cannot hold"),
    ],
)
def test_an_archive_that_lies_is_refused(tar, tmp_path, change, message):
    """Whatever is not as the index says, or not as a library holds it, ends the import before anything is written."""
    rewritten(tar, change)
    with Library(tmp_path / "two") as library:
        with pytest.raises(IntegrityError, match=message) as caught:
            import_library(library, tar)
        assert "Nothing was taken" in caught.value.hint
        assert list_calls(library) == ()
    assert [p.name for p in (tmp_path / "two").iterdir()] == ["library.sqlite"]


def test_an_archive_of_a_newer_version_is_refused(tar, tmp_path):
    """The error says to update."""

    def newer(members):
        data = members[0][1].replace(f'"schema_version":{SCHEMA}'.encode(), f'"schema_version":{SCHEMA + 1}'.encode())
        members[0] = (members[0][0], data)

    rewritten(tar, newer)
    with Library(tmp_path / "two") as library, pytest.raises(IntegrityError, match="newer version"):
        import_library(library, tar)


def test_a_shape_of_another_version_is_left_out(tar, tmp_path):
    """A reading that this version does not know is no reason to refuse the rest."""
    data = b'{"n_pages": 1, "of_another": "version"}'

    def other_shape(members):
        def describe(row):
            if row["kind"] == "reading":
                row.update(size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

        changed_rows(describe)(members)
        member = members[-1][0]
        assert "reading" in member.name
        member.size = len(data)
        members[-1] = (member, data)

    rewritten(tar, other_shape)
    with Library(tmp_path / "two") as library:
        moved = import_library(library, tar)
        assert moved.files == 2
        assert "reading" in moved.left_out[0]


@pytest.mark.parametrize("data", [b"", b"no tar at all" * 100, bytes(10240), b"\x1f\x8b" + bytes(600)])
def test_what_is_no_archive_is_refused(tmp_path, data):
    """Other files give our error."""
    (tmp_path / "x.tar").write_bytes(data)
    with Library(tmp_path / "two") as library, pytest.raises(IntegrityError):
        import_library(library, tmp_path / "x.tar")


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.85])
def test_a_torn_archive_is_refused(tar, tmp_path, share):
    """Cut anywhere, nothing of it is taken."""
    data = tar.read_bytes()
    with tarfile.open(tar) as opened:
        end = opened.getmembers()[-1]
    tar.write_bytes(data[: int(share * (end.offset_data + end.size))])
    with Library(tmp_path / "two") as library:
        with pytest.raises(IntegrityError):
            import_library(library, tar)
        assert list_papers(library) == ()


def test_a_missing_archive_is_told(tmp_path):
    """A path that is not there, and one that is a folder, are wrong calls."""
    with Library(tmp_path / "two") as library:
        for path in (tmp_path / "no.tar", tmp_path):
            with pytest.raises(UsageError, match="cannot be read"):
                import_library(library, path)


def test_an_export_is_whole_or_not_at_all(tmp_path, monkeypatch):
    """When it fails, what stood there before stands there still, and no part is left."""
    target = tmp_path / "out" / "x.tar"
    target.parent.mkdir()
    with Library(tmp_path / "one") as library:
        export_library(library, target)
        before = target.read_bytes()
        fill(library)
        with monkeypatch.context() as patched:
            patched.setattr("tarfile.TarFile.addfile", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
            with pytest.raises(DiskFull):
                export_library(library, target)
    assert target.read_bytes() == before
    assert [p.name for p in target.parent.iterdir()] == ["x.tar"]


@pytest.mark.parametrize("text", [b"my notes", b"", b"\0" * 1024])
def test_an_export_replaces_nothing_but_an_earlier_export(tar, tmp_path, text):
    """A name that was mistyped costs no file; the export of yesterday makes way for that of today."""
    precious = tmp_path / "precious.txt"
    precious.write_bytes(text)
    with Library(tmp_path / "new") as library:
        with pytest.raises(UsageError, match=r"precious.txt is there already"):
            export_library(library, precious)
        assert precious.read_bytes() == text
        before = tar.read_bytes()
        export_library(library, tar)
        assert tar.read_bytes() != before
