"""The lock of trusted files: what is written is read again, what is damaged is told, and processes do not lose each other's pins."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from offline_digest.errors import IntegrityError, UsageError
from offline_digest.weights.lock import LOCK_NAME, Lock, Pin, pin, read_lock, unpin

DAY = date(2026, 11, 22)


def a_pin(number=1, **changes):
    given = {"sha256": f"{number:064x}", "size_bytes": 100 + number, "file": f"model-{number}.gguf", "source": "import", "day": DAY}
    return Pin(**given | changes)


def test_what_is_pinned_is_found_by_hash_name_and_file(tmp_path):
    """A lock that is not there is empty; one pin more leaves the others as they are."""
    path = tmp_path / "models" / LOCK_NAME
    assert read_lock(path) == Lock()
    one, two = a_pin(1, name="Qwen3-4B"), a_pin(2)
    assert pin(path, [two]) == Lock(pins=(two,))
    assert pin(path, [one]) == read_lock(path) == Lock(pins=(one, two))
    lock = read_lock(path)
    assert lock.find(two.sha256) == two
    assert lock.find("0" * 64) is None
    assert lock.named("qwen3-4b") == (one,)
    assert lock.named("") == ()
    assert lock.at("model-2.gguf") == (two,)
    assert unpin(path, [one, a_pin(7)]) == read_lock(path) == Lock(pins=(two,))


def test_a_lock_is_text_that_compares_well(tmp_path):
    """Sorted by file, one line per fact, no trace of the order in which pins came; the same pin again changes no byte."""
    pins = [a_pin(n) for n in (3, 1, 2)]
    pin(tmp_path / "one", pins)
    for single in reversed(pins):
        pin(tmp_path / "two", [single])
    text = (tmp_path / "one").read_text(encoding="utf-8")
    assert text == (tmp_path / "two").read_text(encoding="utf-8")
    pin(tmp_path / "one", [a_pin(1, day=date(2030, 1, 1))])
    assert (tmp_path / "one").read_text(encoding="utf-8") == text
    pin(tmp_path / "one", [a_pin(1, name="mine")])
    changed = set((tmp_path / "one").read_text(encoding="utf-8").splitlines()) ^ set(text.splitlines())
    assert changed == {'name = "mine"'}


def test_a_name_goes_to_the_files_that_get_it_last(tmp_path):
    """The parts of a model share it; those that had it before stay trusted, without a name."""
    path = tmp_path / LOCK_NAME
    pin(path, [a_pin(1, name="Plum"), a_pin(2, name="Plum")])
    lock = pin(path, [a_pin(3, name="plum"), a_pin(4, name="plum")])
    assert [p.sha256 for p in lock.named("PLUM")] == [a_pin(3).sha256, a_pin(4).sha256]
    assert [p.name for p in lock.pins] == [None, None, "plum", "plum"]


def test_the_same_bytes_may_have_several_names(tmp_path):
    """Each with its own file, whatever else is pinned; they are read as they were written, and one goes without the other."""
    path = tmp_path / LOCK_NAME
    one = a_pin(1, name="a1", file="a1.gguf")
    two = a_pin(1, name="a2", file="a2.gguf")
    pin(path, [a_pin(1)])
    pin(path, [one])  # the first name is that of what had none
    assert pin(path, [two]) == read_lock(path) == Lock(pins=(one, two))
    assert pin(path, [a_pin(1)]) == Lock(pins=(one, two))
    assert pin(path, [a_pin(1, name="A1", file="b.gguf"), a_pin(2)]).named("a1") == (a_pin(1, name="A1", file="b.gguf"),)
    pin(path, [one])
    assert pin(path, [a_pin(3, name="a1")]).find(one.sha256) == two  # the name went, the bytes have another
    assert unpin(path, [two]) == read_lock(path) == Lock(pins=(a_pin(2), a_pin(3, name="a1")))


def test_names_that_change_places_stay_with_one_model_each(tmp_path):
    """In one step."""
    path = tmp_path / LOCK_NAME
    pin(path, [a_pin(1, name="x"), a_pin(2, name="y")])
    lock = pin(path, [a_pin(1, name="y"), a_pin(2, name="x")])
    assert [(p.sha256, p.name) for p in lock.pins] == [(a_pin(1).sha256, "y"), (a_pin(2).sha256, "x")]


texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(str.strip)


@given(source=texts, name=st.none() | texts)
def test_every_text_survives(tmp_path_factory, source, name):
    """Quotation marks, backslashes and other scripts are read as they were written."""
    path = tmp_path_factory.mktemp("lock") / LOCK_NAME
    one = a_pin(source=source, name=name)
    pin(path, [one])
    assert read_lock(path) == Lock(pins=(one,))


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "abc"},
        {"sha256": "A" * 64},
        {"size_bytes": 0},
        {"source": "two\nlines"},
        {"source": " "},
        {"name": "\x1b[31m"},
        *({"file": f} for f in ("", "/etc/passwd", "../x.gguf", "a/../../x", "a//b", "a\\b", "C:x.gguf", "a/", ".", "\udce4.gguf")),
    ],
    ids=str,
)
def test_no_pin_leaves_its_folder_or_its_line(changes):
    """A lock may come from others: its paths stay inside a folder, its texts on their lines."""
    with pytest.raises(ValidationError):
        a_pin(**changes)


GOOD = f'version = 1\n\n[pins.{"a" * 64}]\nfile = "x.gguf"\nsize_bytes = 7\nsource = "import"\nday = 2026-11-22\n'
DAMAGE = {
    "cut": GOOD[:-20],
    "no TOML": "hello",
    "no version": GOOD.replace("version = 1", ""),
    "empty": "",
    "not UTF-8": None,
    "hash": GOOD.replace("a" * 64, "a" * 63),
    "twice": GOOD + GOOD.partition("\n\n")[2],
    "unknown key": GOOD + "extra = 1\n",
    "unknown table": GOOD + "[more]\n",
    "missing key": GOOD.replace("size_bytes = 7\n", ""),
    "no table": 'version = 1\npins = "x"\n',
    "no row": f"version = 1\n[pins]\n{'a' * 64} = [1]\n",
    "a row": "version = 1\n[pins]\nx = 1\n",
    "outside": GOOD.replace("x.gguf", "../x.gguf"),
    "newer": GOOD.replace("version = 1", "version = 2"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_lock_is_told_and_left_alone(tmp_path, kind):
    """One error with the path and a next step, code 12; it is never taken for empty nor written over."""
    path = tmp_path / LOCK_NAME
    path.write_bytes(b"\xff\xfe" if DAMAGE[kind] is None else DAMAGE[kind].encode())
    before = path.read_bytes()
    for act in (read_lock, lambda p: pin(p, [a_pin()]), lambda p: unpin(p, [a_pin()])):
        with pytest.raises(IntegrityError) as caught:
            act(path)
        assert str(path) in caught.value.message
        assert caught.value.hint
    assert path.read_bytes() == before


def test_the_sample_that_is_damaged_above_is_whole(tmp_path):
    """Otherwise those tests would prove nothing."""
    (tmp_path / LOCK_NAME).write_text(GOOD, encoding="utf-8")
    assert [p.file for p in read_lock(tmp_path / LOCK_NAME).pins] == ["x.gguf"]


def test_a_lock_that_cannot_be_written_or_read_is_told(tmp_path):
    """A folder where the file should be."""
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(IntegrityError, match="cannot be read"):
        read_lock(tmp_path / LOCK_NAME)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="Cannot write"):
        pin(tmp_path / "file" / LOCK_NAME, [a_pin()])


WRITER = """
import sys
from datetime import date
from pathlib import Path
from offline_digest.weights.lock import Pin, pin
start = int(sys.argv[2])
for n in range(start, start + 20):
    pin(Path(sys.argv[1]), [Pin(sha256=f"{n:064x}", size_bytes=1, file=f"{n}.gguf", source="import", day=date(2026, 1, 1))])
"""


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    """Three of them, twenty pins each."""
    path = tmp_path / LOCK_NAME
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(20 * n)]) for n in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len(read_lock(path).pins) == 60
