"""A file that somebody brings: trusted only when it is said so, and as it was said."""

import os
import subprocess
import sys
from datetime import date

import pytest

from offline_digest.errors import DiskFull, IntegrityError, ModelNotFound, ModelUnusable, UsageError
from offline_digest.weights import Hashes, Means, Places, find_model, import_lock, import_model, pin, read_lock, remove_model, verify_models
from tests.quiet import Quiet
from tests.weights.caches import into_huggingface
from tests.weights.hub import sha256_of
from tests.weights.test_inspecting import two_parts
from tests.weights.test_lock import a_pin

DAY = date(2026, 11, 22)


@pytest.fixture
def means(tmp_path):
    return Means(places=Places(models=tmp_path / "models"), hashes=Hashes(tmp_path / "state"), report=Quiet(), day=DAY)


@pytest.fixture
def stick(tmp_path, gguf):
    """Return a file that was brought."""
    path = tmp_path / "stick" / "Plum-4B.Q4_K_M.gguf"
    path.parent.mkdir()
    path.write_bytes(gguf)
    return path


def states(means, name=None):
    return [found.state for found in verify_models(means, {}, name)]


def ours(means):
    return sorted(p.relative_to(means.places.models).as_posix() for p in means.places.models.rglob("*.gguf"))


@pytest.mark.parametrize("way", ["either", "copy", "link"])
def test_an_imported_file_is_a_model(means, stick, gguf, way):
    """It is called as the file, pinned with its hash, and lies as was asked: another name of the same bytes, a copy, a link."""
    done = import_model(stick, means, way=way)
    target = means.places.models / "Plum-4B.Q4_K_M.gguf"
    assert (done.model.path, done.model.name, done.hashes) == (target, "Plum-4B.Q4_K_M", (sha256_of(gguf),))
    assert target.read_bytes() == gguf
    assert target.is_symlink() == (way == "link")
    assert target.samefile(stick) == (way != "copy")
    (only,) = read_lock(means.places.lock).pins
    assert (only.sha256, only.file, only.source, only.name, only.size_bytes) == (
        sha256_of(gguf),
        target.name,
        "import",
        "Plum-4B.Q4_K_M",
        len(gguf),
    )
    found = find_model("plum-4b.q4_k_m", {}, means.places)
    assert (found.path, found.sha256) == (target, sha256_of(gguf))
    assert states(means) == ["whole"]
    import_model(stick, means, way=way)  # again: nothing changes
    assert len(read_lock(means.places.lock).pins) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="another disk is made with a Linux tmpfs")
def test_a_file_of_another_disk_is_copied(means, stick, gguf, tmp_path):
    """A stick can be taken out again."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting a tmpfs needs root")
    try:
        (disk / "plum.gguf").write_bytes(gguf)
        import_model(disk / "plum.gguf", means)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
    assert states(means) == ["whole"]
    assert (means.places.models / "plum.gguf").read_bytes() == gguf


def test_a_name_may_be_given(means, stick, gguf):
    """The file gets it too; a second model cannot have it."""
    import_model(stick, means, name="my-plum")
    assert ours(means) == ["my-plum.gguf"]
    stick.unlink()
    stick.write_bytes(gguf[:-4] + b"else")
    with pytest.raises(UsageError, match="my-plum") as caught:
        import_model(stick, means, name="my-plum")
    assert "--name" in caught.value.hint
    assert (means.places.models / "my-plum.gguf").exists()


def test_a_changed_file_can_be_trusted_anew(means, stick, gguf):
    """Its name has two ends where the disk allows that; what it held before is not trusted any more."""
    import_model(stick, means, name="my-plum")
    with stick.open("r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(b"else")
    assert states(means) == ["changed"]
    import_model(stick, means, name="my-plum")
    assert states(means) == ["whole"]


@pytest.mark.parametrize("name", ["../up", "a/b", "", "-x", "two words", ".hidden", "x\n"])
def test_a_name_is_one_word(means, stick, name):
    """Nothing leaves the folder."""
    with pytest.raises(UsageError, match="can be called"):
        import_model(stick, means, name=name or " ")
    assert not means.places.models.exists() or ours(means) == []


@pytest.mark.parametrize("way", ["either", "copy", "link"])
def test_a_wrong_hash_leaves_nothing(means, stick, gguf, way):
    """Code 12, neither file nor pin; the right one in capitals is the same."""
    with pytest.raises(IntegrityError) as caught:
        import_model(stick, means, expected=["b" * 64], way=way)
    assert caught.value.exit_code == 12
    assert sha256_of(gguf) in caught.value.message
    assert ours(means) == []
    assert read_lock(means.places.lock).pins == ()
    assert stick.read_bytes() == gguf
    import_model(stick, means, expected=[f" {sha256_of(gguf).upper()}"], way=way)
    assert states(means) == ["whole"]


@pytest.mark.parametrize("data", [b"", b"GGUF", b"%PDF-1.7 hello", b"GGUF" + b"\xff" * 200])
def test_what_is_no_model_is_refused_before_it_is_trusted(means, stick, data):
    """By its header; nothing is left."""
    stick.write_bytes(data)
    with pytest.raises(ModelUnusable):
        import_model(stick, means)
    assert not means.places.models.exists()


def test_what_is_not_there_is_told(means, tmp_path):
    """Code 10."""
    with pytest.raises(ModelNotFound, match="There is no model file"):
        import_model(tmp_path / "gone.gguf", means)
    (tmp_path / "folder.gguf").mkdir()
    with pytest.raises(ModelNotFound):
        import_model(tmp_path / "folder.gguf", means)


def test_a_disk_without_space_is_told_first(means, stick, monkeypatch):
    """Code 15, nothing is left."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 2**20})())
    with pytest.raises(DiskFull):
        import_model(stick, means, way="copy")
    assert ours(means) == []


def test_a_file_in_our_folder_stays_where_it_is(means, gguf):
    """Wherever it lies there, under whatever name."""
    path = means.places.models / "Plum" / "Plum-GGUF" / "plum-Q8_0.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(gguf)
    done = import_model(path, means, name="plum")
    assert (done.model.path, ours(means)) == (path, ["Plum/Plum-GGUF/plum-Q8_0.gguf"])
    assert find_model("plum", {}, means.places).path == path


def test_a_damaged_lock_takes_no_pin(means, stick):
    """And no file."""
    means.places.models.mkdir()
    means.places.lock.write_text("broken", encoding="utf-8")
    with pytest.raises(IntegrityError, match="damaged"):
        import_model(stick, means)
    assert ours(means) == []


def test_a_lock_of_others_is_taken_over(means, tmp_path, stick, gguf):
    """What is pinned here keeps all its facts, and a name that is used here its files; then such files need no import."""
    import_model(stick, means, name="plum")
    theirs = tmp_path / "theirs.lock"
    pin(theirs, [a_pin(1, name="Plum"), a_pin(2, name="other"), a_pin(3, sha256=sha256_of(gguf), name="else")])
    new = import_lock(theirs, means.places)
    assert [(p.size_bytes, p.name) for p in new.pins] == [(101, None), (102, "other")]
    lock = read_lock(means.places.lock)
    assert len(lock.pins) == 3
    assert lock.find(sha256_of(gguf)).name == "plum"
    assert states(means) == ["absent", "absent", "whole"]
    with pytest.raises(UsageError, match="no lock"):
        import_lock(tmp_path / "gone", means.places)
    theirs.write_text("broken", encoding="utf-8")
    with pytest.raises(IntegrityError):
        import_lock(theirs, means.places)


def test_verify_reads_again(means, stick, gguf):
    """A change that neither size nor time shows is found, as is a file that has gone; both are named."""
    import_model(stick, means, way="copy")
    target = means.places.models / "Plum-4B.Q4_K_M.gguf"
    stat = target.stat()
    with target.open("r+b") as file:
        file.seek(len(gguf) // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    (found,) = verify_models(means, {})
    assert (found.state, found.path, found.is_damage) == ("changed", target, True)
    assert str(target) in found.detail
    target.unlink()
    (found,) = verify_models(means, {}, "PLUM-4B.Q4_K_M")
    assert (found.state, found.path, found.is_damage) == ("missing", target, True)


def test_verify_finds_what_a_link_lost(means, stick):
    """The file behind it has gone."""
    import_model(stick, means, way="link")
    stick.unlink()
    assert states(means) == ["missing"]


def test_verify_names_what_it_cannot(means, tmp_path, gguf):
    """A model that nobody knows, and one that is here and not pinned."""
    with pytest.raises(ModelNotFound):
        states(means, "nothing")
    (tmp_path / "x.gguf").write_bytes(gguf)
    with pytest.raises(ModelNotFound, match="Nothing is pinned"):
        states(means, str(tmp_path / "x.gguf"))


@pytest.mark.parametrize("way", ["either", "copy", "link"])
def test_rm_removes_what_is_ours(means, stick, gguf, way):
    """File and pin go; what was imported stays where it was, untouched."""
    import_model(stick, means, name="plum", way=way)
    gone = remove_model("Plum", means, {})
    assert gone.removed == (means.places.models / "plum.gguf",)
    assert not os.path.lexists(means.places.models / "plum.gguf")
    assert read_lock(means.places.lock).pins == ()
    assert stick.read_bytes() == gguf
    with pytest.raises(ModelNotFound):
        remove_model("plum", means, {})


@pytest.mark.parametrize("way", ["either", "copy", "link"])
def test_the_same_bytes_under_two_names_are_two_models(means, stick, gguf, way):
    """Both are found, each at its file, and verified; `rm` of one, by name or by path, keeps the other."""
    for name in ("a1", "a2"):
        import_model(stick, means, name=name, way=way)
    for name in ("a1", "a2"):
        found = find_model(name, {}, means.places)
        assert (found.path, found.sha256) == (means.places.models / f"{name}.gguf", sha256_of(gguf))
    assert states(means) == ["whole", "whole"]
    (means.places.models / "a1.gguf").unlink()
    (means.places.models / "a1.gguf").write_bytes(b"GGUF other")
    assert states(means) == ["changed", "whole"]
    assert (states(means, "a1"), states(means, "a2")) == (["changed"], ["whole"])
    assert remove_model("a1", means, {}).removed == (means.places.models / "a1.gguf",)
    assert ours(means) == ["a2.gguf"]
    assert states(means) == ["whole"]
    import_model(stick, means, name="a1", way=way)
    remove_model(str(means.places.models / "a2.gguf"), means, {})
    assert find_model("a1", {}, means.places).path.read_bytes() == gguf
    assert [pin.name for pin in read_lock(means.places.lock).pins] == ["a1"]


def test_two_names_of_one_file(means, stick):
    """It is read once, and stays until its last name goes."""
    path = import_model(stick, means, name="a1").model.path
    import_model(path, means, name="a2")
    assert {find_model(name, {}, means.places).path for name in ("a1", "a2")} == {path}
    assert states(means) == ["whole"]
    assert remove_model("a1", means, {}).removed == ()
    assert find_model("a2", {}, means.places).path == path
    assert remove_model("a2", means, {}).removed == (path,)


def test_rm_leaves_the_caches_of_others(tmp_path, gguf):
    """The pin goes, the file stays and is told."""
    from offline_digest.config import ModelCaches

    folder = into_huggingface(tmp_path / "hub", "Plum/Plum-GGUF", {"plum-Q8_0.gguf": gguf})
    places = Places(models=tmp_path / "models", caches=ModelCaches(huggingface=(tmp_path / "hub",)))
    means = Means(places=places, hashes=Hashes(tmp_path / "state"), report=Quiet(), day=DAY)
    pin(places.lock, [a_pin(1, sha256=sha256_of(gguf), name="Plum/Plum-GGUF")])
    gone = remove_model("Plum/Plum-GGUF", means, {})
    assert gone.removed == ()
    assert len(gone.left) == 1
    assert gone.left[0].read_bytes() == gguf
    assert (folder / "blobs" / sha256_of(gguf)).exists()
    assert read_lock(places.lock).pins == ()


@pytest.mark.parametrize("way", ["either", "copy", "link"])
def test_all_parts_of_a_split_model_are_imported(means, tmp_path, way):
    """Given any of them; each is pinned, they keep their numbers under a new name, and go together."""
    (tmp_path / "stick").mkdir()
    first = two_parts(tmp_path / "stick")
    hashes = [sha256_of(first.with_name(f"m-0000{n}-of-00002.gguf").read_bytes()) for n in (1, 2)]
    with pytest.raises(UsageError, match="2 parts, and 1 hashes"):
        import_model(first, means, expected=hashes[:1])
    with pytest.raises(IntegrityError):
        import_model(first, means, expected=hashes[::-1], way=way)
    assert ours(means) == []
    done = import_model(first.with_name("m-00002-of-00002.gguf"), means, name="plum", expected=hashes, way=way)
    assert done.hashes == tuple(hashes)
    assert ours(means) == ["plum-00001-of-00002.gguf", "plum-00002-of-00002.gguf"]
    assert [part.sha256 for part in find_model("plum", {}, means.places).parts] == hashes
    assert states(means, "plum") == ["whole", "whole"]
    done.model.parts[1].path.unlink()
    assert states(means, "plum") == ["whole", "missing"]
    assert len(remove_model("plum", means, {}).pins) == 2
    assert ours(means) == []


def test_a_split_model_with_a_part_missing_is_not_imported(means, tmp_path):
    """The part is named."""
    first = two_parts(tmp_path)
    first.with_name("m-00002-of-00002.gguf").unlink()
    with pytest.raises(ModelNotFound, match="00002-of-00002"):
        import_model(first, means)


def test_rm_removes_what_a_download_left(means):
    """The part and its note, and the folders that are empty then."""
    part = means.places.own_file("Plum/Plum-GGUF", "plum-Q8_0.gguf.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"GGUF")
    part.with_name(f"{part.name}.json").write_text("{}", encoding="utf-8")
    other = part.with_name("plum-Q4_K_M.gguf.part")
    other.write_bytes(b"GGUF")
    gone = remove_model("Plum/Plum-GGUF:q8_0", means, {})
    assert len(gone.removed) == 2
    assert other.exists()
    remove_model("Plum/Plum-GGUF", means, {})
    assert not (means.places.models / "Plum").exists()


def test_rm_of_a_pin_alone(means):
    """What a lock of others brought and this machine never had."""
    pin(means.places.lock, [a_pin(1, name="plum")])
    assert remove_model("plum", means, {}).pins[0].name == "plum"
    assert read_lock(means.places.lock).pins == ()
