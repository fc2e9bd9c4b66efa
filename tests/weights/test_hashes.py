"""The memory of hashes: a file is read again when it changed, and only then."""

import hashlib
import os

import pytest

from offline_digest.weights.hashes import HASHES_NAME, Hashes

OLD_NS = 1_700_000_000_000_000_000


@pytest.fixture
def hashes(tmp_path):
    return Hashes(tmp_path / "state")


def write(path, data, *, time_ns=OLD_NS):
    path.write_bytes(data)
    os.utime(path, ns=(time_ns, time_ns))
    return hashlib.sha256(data).hexdigest()


def test_a_file_is_read_once(hashes, tmp_path):
    """What is read is told piece by piece; the second time nothing is read, also by another process and through a link."""
    sha256 = write(tmp_path / "a.gguf", b"x" * 9_000_000)
    heard = []
    assert hashes.known(tmp_path / "a.gguf") is None
    assert hashes.sha256(tmp_path / "a.gguf", lambda *told: heard.append(told)) == sha256
    assert heard[-1] == (9_000_000, 9_000_000)
    assert len(heard) > 1
    (tmp_path / "link").symlink_to("a.gguf")
    for path in ("a.gguf", "link"):
        assert Hashes(tmp_path / "state").sha256(tmp_path / path, lambda *_: pytest.fail("read again")) == sha256
    assert hashes.last_path(sha256) == tmp_path / "a.gguf"


def grown(path):
    write(path, b"two more")


def touched(path):
    write(path, b"TWO", time_ns=OLD_NS + 1)


def replaced(path):
    write(path.with_name("other"), b"TWO")
    path.with_name("other").replace(path)


@pytest.mark.parametrize("change", [grown, touched, replaced])
def test_a_file_that_changed_is_read_again(hashes, tmp_path, change):
    """Another size, another time, or another file under the name with the size and time of the first."""
    path = tmp_path / "a.gguf"
    write(path, b"two")
    first = hashes.sha256(path)
    change(path)
    assert hashes.sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest() != first


def test_what_was_just_written_is_not_believed(hashes, tmp_path):
    """It could be written again without a change of its time; the process that wrote it may say that nobody does."""
    path = tmp_path / "a.gguf"
    path.write_bytes(b"two")
    sha256 = hashes.sha256(path)
    assert hashes.known(path) is None
    hashes.remember(path, sha256)
    assert hashes.known(path) == sha256


def test_read_never_believes(hashes, tmp_path):
    """A change that no stamp shows is found by reading, and remembered."""
    path = tmp_path / "a.gguf"
    first = write(path, b"two")
    assert hashes.sha256(path) == first
    second = write(path, b"TWO")
    assert hashes.sha256(path) == first
    assert hashes.read(path) == hashes.sha256(path) == second


def test_the_memory_keeps_where_a_file_was(hashes, tmp_path):
    """Also when it is gone, until it is forgotten."""
    path = tmp_path / "a.gguf"
    sha256 = write(path, b"two")
    hashes.sha256(path)
    path.unlink()
    assert hashes.last_path(sha256) == path
    assert hashes.was_at(path)
    with pytest.raises(FileNotFoundError):
        hashes.sha256(path)
    hashes.forget(path)
    assert hashes.last_path(sha256) is None
    assert not hashes.was_at(path)


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"/x": 1}', b'{"/x": [1, 2, 3, 4]}', b"\xff"])
def test_a_broken_memory_is_no_memory(hashes, tmp_path, broken):
    """It is written anew."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / HASHES_NAME).write_bytes(broken)
    sha256 = write(tmp_path / "a.gguf", b"two")
    assert hashes.sha256(tmp_path / "a.gguf") == sha256 == hashes.known(tmp_path / "a.gguf")


def test_without_a_place_to_remember_files_are_read(tmp_path):
    """A state folder that cannot be made costs time alone."""
    (tmp_path / "file").write_bytes(b"")
    hashes = Hashes(tmp_path / "file" / "state")
    sha256 = write(tmp_path / "a.gguf", b"two")
    assert hashes.sha256(tmp_path / "a.gguf") == hashes.sha256(tmp_path / "a.gguf") == sha256


@pytest.mark.skipif(os.name == "nt", reason="names there are UTF-16")
def test_names_need_not_be_text(hashes, tmp_path):
    """A name that is no UTF-8 is remembered too."""
    path = tmp_path / os.fsdecode(b"mod\xe8le.gguf")
    sha256 = write(path, b"two")
    assert hashes.sha256(path) == hashes.known(path) == sha256
    assert hashes.last_path(sha256) == path
