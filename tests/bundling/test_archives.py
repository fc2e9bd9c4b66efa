"""Bundles as tar files."""

import io
import subprocess
import tarfile

import pytest

from offline_digest.bundling.archives import all_archives, unpack_archives, verify_archives
from offline_digest.bundling.installer import BundleError, verify_folder
from offline_digest.errors import UsageError
from tests.bundling import samples
from tests.bundling.samples import LIMIT, tiny_archives


def test_archives_hold_the_bundle(tmp_path):
    """None is over the limit, tar itself unpacks them into one folder, and so do we; both are whole."""
    paths = tiny_archives(tmp_path)
    assert [p.name for p in paths] == ["b-1of2.tar", "b-2of2.tar"]
    assert all(p.stat().st_size <= LIMIT for p in paths)
    assert verify_archives(all_archives(paths[1]))[0]["name"] == "tiny"
    for path in paths:
        subprocess.run(["tar", "xf", path, "-C", tmp_path], check=True)
    unpack_archives(paths, tmp_path / "ours")
    assert verify_folder(tmp_path / "tiny", lambda _: None) == verify_folder(tmp_path / "ours", lambda _: None)


def test_the_same_bundle_gives_the_same_archive(tmp_path):
    """Nothing of time, user or machine is in it."""
    (tmp_path / "x").mkdir()
    assert tiny_archives(tmp_path, None)[0].read_bytes() == tiny_archives(tmp_path / "x", None)[0].read_bytes()
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in tar} == {(0, 0, 0, "", "", 0o644)}


def test_every_flipped_bit_of_an_archive_is_found(tmp_path):
    """Headers, contents, and what lies between and behind them, where tar itself does not look."""
    (path,) = tiny_archives(tmp_path, None)
    data = path.read_bytes()
    bad = tmp_path / "bad.tar"
    members = [m.name for m in samples.tiny_members()]
    for at in range(0, len(data), 3):
        flipped = bytearray(data)
        flipped[at] ^= 1 << (at % 8)
        bad.write_bytes(flipped)
        with pytest.raises(BundleError) as caught:
            verify_archives([bad])
        assert "bad.tar: changed" in caught.value.message or any(n in caught.value.message for n in [*members, "manifest", "SUMS"]), at
        assert caught.value.code == 12


def test_a_missing_archive_is_named(tmp_path):
    """Of several, the one that was not copied."""
    paths = tiny_archives(tmp_path)
    paths[0].unlink()
    for call in (verify_archives, lambda p: unpack_archives(p, tmp_path / "x")):
        with pytest.raises(BundleError, match=r"b-1of2\.tar: missing"):
            call(all_archives(paths[1]))


@pytest.mark.parametrize("cut", [1, 511, 512, 1024, 1025, 3000])
def test_a_cut_archive_is_no_whole_one(tmp_path, cut):
    """A copy that ended early, wherever."""
    (path,) = tiny_archives(tmp_path, None)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(BundleError):
        verify_archives([path])


def hostile(kind):
    info = tarfile.TarInfo("tiny/a")
    data = b"x"
    info.size = 1
    if kind == "way up":
        info.name = "tiny/../../a"
    elif kind == "absolute":
        info.name = "/tmp/a"
    elif kind == "link":
        info.type, info.linkname, info.size, data = tarfile.SYMTYPE, "/etc/passwd", 0, b""
    elif kind == "device":
        info.type, info.size, data = tarfile.CHRTYPE, 0, b""
    elif kind == "other folder":
        info.name = "elsewhere/a"
    elif kind == "drive":
        info.name = "tiny/C:a"
    elif kind == "size":
        info.size = 10**15
    return info, data


@pytest.mark.parametrize("kind", ["way up", "absolute", "link", "device", "other folder", "drive", "size", "twice"])
def test_a_hostile_archive_writes_nothing_elsewhere(tmp_path, kind):
    """Links, devices, ways out, a member that comes twice or claims more than there is: refused."""
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        first = tarfile.TarInfo("tiny/b")
        first.size = 1
        tar.addfile(first, io.BytesIO(b"y"))
        info, data = hostile(kind)
        raw = info.tobuf(tarfile.PAX_FORMAT)
        for _ in range(2 if kind == "twice" else 1):
            tar.fileobj.write(raw + data + bytes(-len(data) % 512))
            tar.offset += len(raw) + len(data) + -len(data) % 512
    before = set(tmp_path.rglob("*"))
    with pytest.raises(BundleError):
        unpack_archives([path], tmp_path / "into")
    assert {p.name for p in tmp_path.rglob("*")} - {p.name for p in before} <= {"into", "a", "b"}
    assert not (tmp_path / "into" / "a").is_symlink()


def test_an_archive_that_is_there_stays(tmp_path):
    """Nothing is written over."""
    tiny_archives(tmp_path)
    with pytest.raises(UsageError):
        tiny_archives(tmp_path)


@pytest.mark.parametrize("name", ["b-0of2.tar", "b-3of2.tar", "b-1of99999.tar", "b.tar", "b-1of2.zip"])
def test_other_names_stand_for_themselves(tmp_path, name):
    """Only `-1of3` and so on means a series."""
    assert all_archives(tmp_path / name) == [tmp_path / name]
