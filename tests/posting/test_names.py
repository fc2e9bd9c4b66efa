"""Names of files: valid on every system, and never outside the output folder."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.posting.names import file_name, paper_prefix, picture_name, topic_file, topic_folder, unique, url_slug

from . import samples


@pytest.mark.parametrize(
    ("topic", "name", "slug"),
    [
        ("Diffusion Models", "Diffusion Models", "Diffusion-Models"),
        ("元宇宙/虚拟人", "元宇宙_虚拟人", "元宇宙_虚拟人"),
        ("../../etc/passwd", "etc_passwd", "etc_passwd"),
        ("a\\b:c*d?", "a_b_c_d_", "a_b_c_d"),
        ("_draft", "draft", "draft"),
        ("nul", "nul-nul", "nul-nul"),
        ("COM1.x", "COM1-COM1.x", "COM1-COM1.x"),
        ("Talking Head. ", "Talking Head", "Talking-Head"),
        ("C++ & R", "C++ _ R", "C-_-R"),
        ("\u202e\x00", "untitled", "untitled"),
        ("...", "untitled", "untitled"),
    ],
)
def test_topics_become_names(topic, name, slug):
    """Each kind of trouble in a topic has its answer."""
    assert (file_name(topic), url_slug(topic)) == (name, slug)


@pytest.mark.parametrize(
    ("topic", "name", "folder"),
    [
        ("Diffusion Models", "Diffusion Models", "Diffusion-Models"),
        ("元宇宙 虚拟人", "元宇宙 虚拟人", "元宇宙-虚拟人"),
        ("Text-to-Image (3D)", "Text-to-Image (3D)", "Text-to-Image-3D-187d0fe6"),
        ("C/C++", "C_C++-6e7c7cc1", "C_C-6e7c7cc1"),
        (" Talking  Head ", "Talking Head", "Talking-Head"),
    ],
)
def test_readable_topics_keep_their_names(topic, name, folder):
    """A topic that is a valid name is its own name; another carries a part of its hash."""
    assert (topic_file(topic), topic_folder(topic)) == (name, folder)


def test_different_topics_share_nothing():
    """Topics that differ in what no name can hold have files and folders of their own."""
    topics = [
        "C",
        "C#",
        "C/C++",
        "C\\C++",
        "C_C++",
        "nul",
        "nul-nul",
        "a b",
        "a-b",
        "a  - b",
        "a.",
        "a",
        "_a",
        "...",
        "untitled",
        "图" * 99,
    ]
    assert len({topic_file(topic) for topic in topics}) == len({topic_folder(topic) for topic in topics}) == len(topics)


@given(st.text())
def test_any_topic_gives_a_valid_name(topic):
    """A name is one short path part that no system refuses and Hexo does not hide."""
    for name in (file_name(topic), url_slug(topic), topic_file(topic), topic_folder(topic)):
        assert name
        assert PurePosixPath(name).name == name
        assert not set(name) & set('<>:"/\\|?*%')
        assert name[0] not in "._ "
        assert name[-1] not in ". ~"
        assert len(name.encode("utf-8")) <= 140


def test_long_topics_stay_apart():
    """Two long topics that begin alike have different names."""
    assert file_name("图" * 100 + "a") != file_name("图" * 100 + "b")


@pytest.mark.parametrize("image", ["../f1.png", "/etc/f1.png", "a/b.png", "a\\b.png", "x.exe", "", ".."])
def test_pictures_come_from_their_folder(image):
    """A reading cannot make a post publish any other file."""
    assert picture_name("p", image) is None


def test_picture_names_tell_their_paper():
    """The arXiv id leads a picture's name, its slash made safe; without an id the title does."""
    old = samples.digest(arxiv_id="quant-ph/9508027", version="v1")
    assert picture_name(paper_prefix(old), "F 1.PNG") == "quant-ph_9508027v1-F-1.png"
    assert paper_prefix(samples.digest(version="2")) == "2401.01234"
    assert picture_name(paper_prefix(samples.bare(title="A: B/C")), "f1.png") == "a_-b_c-f1.png"


def test_names_are_unique_on_every_file_system():
    """A name that is taken, in whatever case, is numbered."""
    taken = set()
    assert [unique(name, taken) for name in ("a.png", "A.png", "a.png")] == ["a.png", "A-2.png", "a-3.png"]
