"""Files of a post appear whole or not at all, and what the user wrote is never lost."""

import errno
import hashlib

import pytest

from offline_digest.errors import DiskFull, IntegrityError, UsageError
from offline_digest.posting import write_post

from . import samples


def test_post_and_pictures_are_written(render, tmp_path):
    """The post lies where Hexo looks for posts, its pictures where it copies them from."""
    post = render(samples.quoting())
    paths = write_post(post, tmp_path / "source")
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "source/_posts/Paper/2024-08-27/Diffusion Models.md",
        "source/paper-figures/2024-08-27/Diffusion-Models/2401.01234v2-f1.png",
        "source/paper-figures/2024-08-27/Diffusion-Models/2401.01234v2-f2.png",
        "source/paper-figures/2024-08-27/Diffusion-Models/2401.01234v2-t1.png",
    ]
    assert hashlib.sha256(paths[0].read_bytes()).hexdigest() == post.sha256
    assert sorted(path for path in tmp_path.joinpath("source").rglob("*") if path.is_file()) == sorted(paths)


def test_our_own_post_is_replaced(render, tmp_path):
    """A post that nobody touched since we wrote it gives way to the new one."""
    old, new = render(samples.quoting()), render(samples.chinese())
    write_post(old, tmp_path)
    first = write_post(new, tmp_path, last=lambda _: old.sha256)[0]
    assert first.read_text(encoding="utf-8") == new.text
    assert write_post(new, tmp_path)[0] == first


def test_edited_post_stays(render, tmp_path):
    """A post that the user edited is left alone; the new text lies beside it under a name that Hexo does not build."""
    old, new = render(samples.quoting()), render(samples.chinese())
    path = write_post(old, tmp_path)[0]
    path.write_text("mine", encoding="utf-8")
    other = write_post(new, tmp_path, last=lambda _: old.sha256)[0]
    assert path.read_text(encoding="utf-8") == "mine"
    assert other.name == "Diffusion Models.md.new"
    assert other.read_text(encoding="utf-8") == new.text


def test_edited_text_beside_an_edited_post_stays(render, tmp_path):
    """What lies beside an edited post may have been edited as well: the next text goes under the next name."""
    texts = [render(samples.quoting(warnings=(f"{n}",))) for n in range(4)]
    path = write_post(texts[0], tmp_path)[0]
    names = [path]
    for text in texts[1:]:
        names[-1].write_text(f"mine {names[-1].name}", encoding="utf-8")
        names.append(write_post(text, tmp_path, last=lambda _: texts[0].sha256)[0])
    assert [name.name.partition(".md")[2] for name in names] == ["", ".new", ".new2", ".new3"]
    assert [name.read_text(encoding="utf-8") for name in names[:3]] == [f"mine {name.name}" for name in names[:3]]
    assert write_post(texts[3], tmp_path, last=lambda _: texts[0].sha256)[0] == names[3]


def test_what_lies_beside_a_post_is_ours_until_somebody_edits_it(render, tmp_path):
    """Run after run writes over our own text beside an edited post, and takes it away with the post's own return; others' files stay."""
    texts = [render(samples.quoting(warnings=(f"{n}",))) for n in range(6)]
    known = {}

    def write(text):
        path = write_post(text, tmp_path, last=known.get)[0]
        known[path] = text.sha256
        return path.name.partition(".md")[2]

    def beside():
        return sorted(file.name.partition(".md")[2] for file in path.parent.iterdir())

    path = tmp_path / texts[0].path
    assert write(texts[0]) == ""
    path.write_text("mine", encoding="utf-8")
    assert [write(text) for text in texts[1:3]] == [".new", ".new"]
    path.with_name(f"{path.name}.new").write_text("mine too", encoding="utf-8")
    path.with_name(f"{path.name}.new7").mkdir()
    path.with_name(f"{path.name}.newer").write_text("no name of ours", encoding="utf-8")
    assert [write(text) for text in texts[3:5]] == [".new2", ".new2"]
    assert beside() == ["", ".new", ".new2", ".new7", ".newer"]
    path.with_name(f"{path.name}.new").unlink()
    assert write(texts[3]) == ".new"
    assert beside() == ["", ".new", ".new7", ".newer"]
    path.unlink()
    assert write(texts[5]) == ""
    assert beside() == ["", ".new7", ".newer"]


def test_pictures_that_are_there_are_not_written_again(render, tmp_path):
    """A picture with the same bytes keeps its file; one with others is written."""
    post = render(samples.quoting())
    first, second = write_post(post, tmp_path)[1:3]
    second.write_bytes(b"other")
    before = first.stat().st_ino
    assert write_post(post, tmp_path)[2].read_bytes() == first.read_bytes()
    assert first.stat().st_ino == before


def test_a_file_in_the_way_is_a_usage_error(render, tmp_path):
    """An output folder that is a file is reported with what to do about it."""
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="Cannot write") as caught:
        write_post(render(samples.quoting()), tmp_path / "out")
    assert "folder" in caught.value.hint


@pytest.mark.parametrize(("number", "ours"), [(errno.ENOSPC, DiskFull), (errno.EACCES, UsageError), (errno.EROFS, UsageError)])
def test_failed_writes_leave_nothing_behind(number, ours, render, tmp_path, monkeypatch):
    """A full or read-only disk raises our error, and neither a half file nor a temporary one stays."""

    def fail(handle):
        raise OSError(number, "no")

    monkeypatch.setattr("offline_digest.files.os.fsync", fail)
    with pytest.raises(ours):
        write_post(render(samples.bare()), tmp_path)
    assert [path for path in tmp_path.joinpath("_posts").rglob("*") if path.is_file()] == []


def test_vanished_picture_is_reported(pictures, render, tmp_path):
    """A picture that is gone between rendering and writing is named."""
    post = render(samples.quoting())
    (pictures / "f2.png").unlink()
    with pytest.raises(IntegrityError, match=r"f2\.png"):
        write_post(post, tmp_path / "out")
