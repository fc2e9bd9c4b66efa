"""What a bundle says of itself, and that nothing in it changes unseen."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offline_digest.bundling import installer
from offline_digest.bundling.installer import BundleError, Stored, find_faults, read_manifest, render_manifest, render_sums, verify_folder
from offline_digest.bundling.packing import pack
from tests.bundling.samples import FACTS, tiny_bundle, tiny_members


def stored(folder):
    return installer.hash_folder(folder, lambda _: None)


def fails(folder, **options):
    with pytest.raises(BundleError) as caught:
        verify_folder(folder, lambda _: None, **options)
    return caught.value


def test_a_whole_bundle_is_whole(tmp_path):
    """What was written is what the manifest says, and `sha256sum` says so too."""
    folder = tiny_bundle(tmp_path / "b")
    assert verify_folder(folder, lambda _: None)["name"] == "tiny"
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK") == len([p for p in folder.rglob("*") if p.is_file()]) - 1


def test_every_flipped_bit_is_found_and_named(tmp_path):
    """One bit of any byte of any file, manifest, sums and parts too: exactly that file is named."""
    folder = tiny_bundle(tmp_path / "b")
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    sound = stored(folder)
    tried = 0
    for name, data in files.items():
        for at in range(len(data)):
            bad = bytearray(data)
            bad[at] ^= 1 << (at % 8)
            changed = files | {name: bytes(bad)}
            found = sound | {name: Stored(len(bad), installer.hashlib.sha256(bad).hexdigest())}
            assert [f[:] for f in find_faults(found, changed["manifest.json"], changed["SHA256SUMS"])] == [(name, "changed")], (name, at)
            tried += 1
    assert tried > 4000


def test_each_member_is_named_on_disk(tmp_path):
    """The same through the files: a bit of each, each file gone, and a file, a link or a folder link too many."""
    folder = tiny_bundle(tmp_path / "b")
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        if data:
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 128]))
            assert f"  {name}: changed" in fails(folder).message
        path.unlink()
        assert f"{name}: missing" in fails(folder).message
        path.write_bytes(data)
    (folder / "wheels" / "evil-1-py3-none-any.whl").write_bytes(b"")
    assert "  wheels/evil-1-py3-none-any.whl: not of this bundle" in fails(folder).message
    (folder / "wheels" / "evil-1-py3-none-any.whl").unlink()
    whole = folder / "install.py"
    shutil.move(whole, tmp_path / "elsewhere.py")
    whole.symlink_to(tmp_path / "elsewhere.py")
    assert "  install.py: cannot be read" in fails(folder).message


def test_another_bundle_is_told_by_the_printed_hash(tmp_path):
    """A bundle that is whole and not the one that was made fails against the hash from elsewhere."""
    folder = tiny_bundle(tmp_path / "b")
    right = installer.hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    verify_folder(folder, lambda _: None, sha256=right.upper())
    assert fails(folder, sha256="0" * 64).code == 12


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/passwd",
        "a/../../x",
        "a//b",
        "./a",
        "a/.",
        "C:x",
        "a\\b",
        "a\nb",
        "",
        "a/",
        "x:stream",
        "manifest.json",
        "ü",
        "a.",
        "~/x/..",
    ],
)
def test_a_manifest_that_names_a_file_elsewhere_is_refused(name):
    """No name leads out of the bundle or means another file on another system, however well it is sealed."""
    row = {"sha256": "0" * 64, "size_bytes": 1}
    for content in ({"files": {name: row}, "joined": {}}, {"files": {}, "joined": {name: {**row, "parts": []}}}):
        with pytest.raises(BundleError, match=r"no name within|changed"):
            read_manifest(render_manifest({"format": 1, **FACTS, **content}))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b'{"seal": 1}', b"\xff", b'{"files": {"a": 3}}'])
def test_what_is_no_manifest_is_told_in_one_line(data):
    """Whatever stands in manifest.json."""
    with pytest.raises(BundleError) as caught:
        read_manifest(data)
    assert caught.value.code == 12


def test_a_later_format_says_what_to_use():
    """A bundle of a later program is not called damaged."""
    with pytest.raises(BundleError, match=r"install\.py inside it"):
        read_manifest(render_manifest({"format": 2, **FACTS, "files": {}, "joined": {}}))


@pytest.mark.parametrize(
    ("kind", "system", "libc", "mac", "machine", "runs"),
    [
        ("manylinux_2_28_x86_64", "linux-x86_64", ("glibc", "2.36"), "", "x86_64", True),
        ("manylinux_2_28_x86_64", "linux-x86_64", ("glibc", "2.28"), "", "x86_64", True),
        ("manylinux_2_28_x86_64", "linux-x86_64", ("glibc", "2.17"), "", "x86_64", False),
        ("manylinux_2_28_x86_64", "linux-x86_64", ("", ""), "", "x86_64", False),
        ("manylinux_2_28_x86_64", "linux-aarch64", ("glibc", "2.36"), "", "aarch64", False),
        ("macosx_14_0_arm64", "macosx-11.0-universal2", ("", ""), "15.1", "arm64", True),
        ("macosx_14_0_arm64", "macosx-11.0-universal2", ("", ""), "13.6.1", "arm64", False),
        ("macosx_14_0_arm64", "macosx-10.9-x86_64", ("", ""), "14.0", "x86_64", False),
        ("win_amd64", "win-amd64", ("", ""), "", "AMD64", True),
        ("win_amd64", "win-arm64", ("", ""), "", "ARM64", False),
        ("win_amd64", "linux-x86_64", ("glibc", "2.36"), "", "x86_64", False),
    ],
)
def test_where_a_bundle_runs(kind, system, libc, mac, machine, runs):
    """System, architecture, and at least the C library or macOS that the wheels were made for."""
    assert installer.runs_on(kind, system, libc, mac, machine) is runs


def test_another_python_is_named(tmp_path):
    """A bundle for another Python says which command to run."""
    with pytest.raises(BundleError, match=r"python3\.99 install\.py"):
        installer.check_machine({**FACTS, "python": "3.99"})


def test_a_folder_of_the_user_is_left_alone(tmp_path, monkeypatch):
    """A folder that is there and not from a bundle is not touched, nor is one within the bundle made."""
    folder = tiny_bundle(tmp_path / "b")
    monkeypatch.setattr(installer, "check_machine", lambda manifest: None)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x", encoding="utf-8")
    for into in (tmp_path / "mine", folder / "here"):
        with pytest.raises(BundleError) as caught:
            installer.install(folder, into, lambda _: None)
        assert caught.value.code == 2
    assert (tmp_path / "mine" / "thesis.tex").exists()


def test_too_little_space_is_told_before_anything_is_written(tmp_path, monkeypatch):
    """A full disk is noticed by the sizes in the manifest."""
    folder = tiny_bundle(tmp_path / "b")
    monkeypatch.setattr(installer, "check_machine", lambda manifest: None)
    monkeypatch.setattr(installer.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 0))
    with pytest.raises(BundleError) as caught:
        installer.install(folder, tmp_path / "new", lambda _: None)
    assert caught.value.code == 15
    assert not (tmp_path / "new").exists()


def test_the_script_needs_python_alone():
    """install.py imports nothing that does not come with Python."""
    code = "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]; import runpy; runpy.run_path(sys.argv[1])"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, installer.__file__], check=True, capture_output=True)


def test_an_older_python_is_told_so(monkeypatch, capsys):
    """The script is read by Pythons that the program does not run on, and says which it wants."""
    ast.parse(Path(installer.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    monkeypatch.setattr(installer.sys, "version_info", (3, 9, 0))
    assert installer.main([]) == 2
    assert "python3.11" in capsys.readouterr().err


def test_the_same_members_give_the_same_bytes():
    """Neither time nor order shows."""
    pieces = pack(tiny_members(), FACTS, 1000)
    again = pack(reversed(tiny_members()), dict(reversed(FACTS.items())), 1000)
    assert pieces == again


def test_large_files_are_cut_and_join(tmp_path):
    """No file is over the limit; the parts joined are the file; a part that is missing is named."""
    folder = tiny_bundle(tmp_path / "b", limit=1000)
    manifest = read_manifest((folder / "manifest.json").read_bytes())
    (name,) = manifest["joined"]
    parts = manifest["joined"][name]["parts"]
    assert parts == [f"{name}.{n:03}" for n in (1, 2, 3)]
    assert all((folder / part).stat().st_size <= 1000 for part in parts)
    installer._copy(folder, manifest, name, tmp_path / "whole")
    assert (tmp_path / "whole").read_bytes() == next(m.source for m in tiny_members() if m.name == name)
    (folder / parts[1]).unlink()
    assert f"  {parts[1]}: missing" in fails(folder).message


def test_sums_follow_from_the_manifest():
    """SHA256SUMS holds nothing that the manifest does not, so that either tells of a change in the other."""
    manifest = next(p.source for p in pack(tiny_members(), FACTS, None) if p.name == "manifest.json")
    assert json.loads(manifest)["files"].keys() | {"manifest.json"} == {line[66:] for line in render_sums(manifest).decode().splitlines()}
