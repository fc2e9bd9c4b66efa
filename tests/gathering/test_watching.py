"""Which files of a folder are new and whole."""

import os

from offline_digest.gathering import glance, settled


def test_a_file_is_whole_when_two_looks_are_the_same(tmp_path):
    """One that grows, is replaced, is empty, came or went between the looks waits; one that was done comes again only when it changed."""
    names = ["whole", "growing", "replaced", "empty", "gone", "late", "done", "changed"]
    paths = {name: tmp_path / f"{name}.pdf" for name in names}
    for name in names:
        if name != "late":
            paths[name].write_bytes(b"" if name == "empty" else b"%PDF")
            os.utime(paths[name], ns=(10**18, 10**18))
    done = {(paths["done"], (4, 10**18)), (paths["changed"], (4, 1))}
    before = glance([*paths.values(), tmp_path / "never"])
    paths["growing"].write_bytes(b"%PDF-1.7")
    os.utime(paths["growing"], ns=(10**18, 10**18))
    os.utime(paths["replaced"], ns=(10**18, 10**18 + 1))
    paths["gone"].unlink()
    paths["late"].write_bytes(b"%PDF")
    assert settled(before, glance(paths.values()), done) == (paths["changed"], paths["whole"])
