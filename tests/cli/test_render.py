"""`render` makes posts from what is kept, without reading, asking or a model."""

import json
from pathlib import Path

import pytest

from offline_digest.cli import main
from offline_digest.library import Library
from offline_digest.posting import formats
from offline_digest.reading import READER_VERSION
from tests.posting import samples
from tests.posting.conftest import PNG

DAY = ("--date", "2024-08-27")
FIRST, SECOND, THIRD = "a1" * 32, "b2" * 32, "c3" * 32


@pytest.fixture
def library(tmp_path):
    """Return a library with three papers, the first digested twice, its pictures taken by an older reader."""
    root = tmp_path / "library"
    with Library(root) as opened:
        opened.keep_digest(FIRST, "old", samples.quoting(warnings=("An older digest.",)))
        opened.keep_digest(FIRST, "new", samples.chinese())
        opened.keep_digest(SECOND, "k", samples.orchard(licence="http://arxiv.org/licenses/nonexclusive-distrib/1.0/"))
        opened.keep_digest(THIRD, "k", samples.bare(title="A Bare Paper"))
        for sha256, version, names in ((FIRST, "1", ("f1.png", "f2.png", "t1.png")), (SECOND, READER_VERSION, ("figure-1.png",))):
            folder = opened.pictures(sha256, version)
            folder.mkdir(parents=True)
            for name in names:
                (folder / name).write_bytes(PNG)
    return root


@pytest.fixture
def run(library, tmp_path, capsys):
    """Return a function that renders below `out` and gives code, post and stderr."""

    def call(*arguments):
        code = main(["render", *arguments, "-o", str(tmp_path / "out"), "--library", str(library), "--topic", "T", *DAY])
        said = capsys.readouterr()
        return code, Path(said.out.strip()).read_text(encoding="utf-8") if said.out.strip() else "", said.err

    return call


@pytest.mark.parametrize("form", formats())
def test_every_format_is_made_again(form, run):
    """A paper named by its id gives a post of its last digest by a model in any format, with the pictures that an older reader took."""
    code, text, _ = run("2401.01234", "--format", form)
    assert code == 0
    assert "Small Networks Sort" in text
    assert "An older digest" not in text
    assert "图片缺失" not in text


def test_what_a_model_wrote_is_shown_unless_another_writer_is_named(run, library):
    """Quotations made later hide no model's digest; `--engine` and `--model` choose, and papers without such a digest are told."""
    with Library(library) as opened:
        opened.keep_digest(FIRST, "later", samples.quoting(warnings=("A later digest.",)))
    assert "Qwen3 4B Instruct" in run("2401.01234")[1]
    code, text, _ = run("2401.01234", "--engine", "extractive")
    assert code == 0
    assert "A later digest." in text
    assert "没有任何语言模型参与写作" in text
    code, text, said = run("--all", "--model", "qwen3 4b instruct", "--format", "json")
    assert (code, len(json.loads(text)["papers"])) == (0, 1)
    assert "2 papers without a digest by Qwen3 4B Instruct, left out" in said
    code, text, said = run("2401.01234", "bare", "--model", "Qwen3 4B Instruct")
    assert code == 3
    assert "No digest of c3c3c3c3 (A Bare Paper) by Qwen3 4B Instruct is kept" in said
    code, _, said = run("--all", "--model", "Nobody")
    assert (code, all(name in said for name in ("Digests are by ", "Qwen3 4B Instruct", "extractive"))) == (2, True)
    assert run("--all", "--model", "Nobody", "--engine", "extractive")[0] == 2


def test_papers_appear_in_the_order_given(run):
    """Papers are named by hash, id or words of the title; one that is named twice is there once."""
    code, text, _ = run("bare", "2401.01234", "b2b2b2b2", "A Bare Paper", "--format", "json")
    assert code == 0
    titles = [paper["digest"]["title"] for paper in json.loads(text)["papers"]]
    assert [title.split()[1] for title in titles] == ["Bare", "Networks", "Probes"]


def test_all_papers_and_their_licences(run):
    """`--all` takes the whole library, the last digested first; `--figures licensed` leaves out what may not be shown."""
    code, text, _ = run("--all", "--format", "markdown", "--figures", "licensed")
    assert code == 0
    assert text.index("## A Bare Paper") < text.index("## Four Probes") < text.index("## Small Networks")
    assert text.count("![") == 3
    assert "does not expressly let its figures be shown" in text


def test_a_lost_digest_stops_no_other(library, run):
    """A digest that is damaged is named and left out, and the call ends with 3; alone it ends with 12."""
    (library / "papers" / SECOND / "digest-k.json").write_text("{}", encoding="utf-8")
    code, text, err = run("--all", "--format", "markdown")
    assert code == 3
    assert "Four Probes" not in text
    assert "Four Probes" in err
    assert run("b2b2b2b2")[0] == 12


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "Name papers, or --all"),
        (("--all", "2401.01234"), "Name papers, or --all"),
        (("nothing of the kind",), "holds no paper"),
        (("--all", "--format", "latex"), "There is no post format"),
    ],
)
def test_calls_that_cannot_work_end_with_2(arguments, fault, run):
    """A wrong call says what is wrong, and writes nothing."""
    code, text, err = run(*arguments)
    assert code == 2
    assert fault in err
    assert text == ""


def test_an_edited_post_stays(run, tmp_path):
    """What the user wrote is not overwritten by a rendering either."""
    run("bare", "--format", "markdown")
    path = tmp_path / "out" / "2024-08-27" / "T.md"
    path.write_text("mine", encoding="utf-8")
    _, text, err = run("bare", "--format", "markdown")
    assert path.read_text(encoding="utf-8") == "mine"
    assert "A Bare Paper" in text
    assert "was edited since it was written" in err
    _, again, _ = run("bare", "2401.01234", "--format", "markdown")
    assert "A Bare Paper" in again
    assert sorted(file.name for file in path.parent.iterdir() if file.is_file()) == ["T.md", "T.md.new"]


def test_no_library_is_made(tmp_path, capsys):
    """Where there is no library there is nothing to render, and none is made."""
    assert main(["render", "--all", "-o", str(tmp_path / "out"), "--library", str(tmp_path / "none")]) == 2
    assert "There is no library" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
