"""Templates of the user's own: every command that writes posts uses them, and the commands about them help to write one."""

import json
from pathlib import Path

import pytest

from offline_digest.cli import main

DATE = ["--date", "2024-08-27"]
MANIFEST = 'target = "markdown"\ntemplate = "post.md.j2"\npost = "{topic}.md"\npictures = "p"\nshows = "relative"\n'


@pytest.fixture
def run(capsys):
    """Return a function that calls the command line and gives exit code, stdout and stderr."""

    def call(*arguments):
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def own(tmp_path):
    """Return the folder of the user's own post formats."""
    return tmp_path / "home" / "templates" / "posts"


@pytest.fixture
def notice(own):
    """Put a file of the user's in the place of one that ships."""
    file = own / "hexo" / "notice.md.j2"
    file.parent.mkdir(parents=True)
    file.write_text("> My notice.\n", encoding="utf-8")
    return file


def test_every_command_that_writes_posts_uses_them(run, notice, own, tmp_path, sample_pdf):
    """A file in the configuration's folder changes the posts of `demo`, `digest` and `render`, and a folder there is a format."""
    (own / "mine").mkdir()
    (own / "mine" / "format.toml").write_text(MANIFEST, encoding="utf-8")
    (own / "mine" / "post.md.j2").write_text("mine: {{ entries[0].title }}\n", encoding="utf-8")
    calls = (("demo",), ("digest", sample_pdf), ("render", "--all"))
    for number, call in enumerate(calls):
        code, out, err = run(*call, "-o", tmp_path / f"out{number}", *DATE)
        assert code == 0, err
        assert "> My notice.\n" in Path(out.strip()).read_text(encoding="utf-8")
        code, out, err = run(*call, "-o", tmp_path / f"out{number}", *DATE, "--format", "mine")
        assert code == 0, err
        assert Path(out.strip()).read_text(encoding="utf-8").startswith("mine: Four Probes")


def test_a_changed_template_changes_the_post_in_its_place(run, notice, tmp_path):
    """A post that nobody edited is written again in its place, and one that somebody edited stays."""
    path = Path(run("demo", "-o", tmp_path / "out", *DATE)[1].strip())
    notice.write_text("> My other notice.\n", encoding="utf-8")
    assert run("demo", "-o", tmp_path / "out", *DATE)[1].strip() == str(path)
    assert "> My other notice.\n" in path.read_text(encoding="utf-8")
    path.write_text("mine", encoding="utf-8")
    notice.write_text("> My third notice.\n", encoding="utf-8")
    beside = run("demo", "-o", tmp_path / "out", *DATE)[1].strip()
    assert (path.read_text(encoding="utf-8"), beside) == ("mine", f"{path}.new")


def test_a_broken_template_is_told_before_the_work(run, notice, tmp_path):
    """With file and line, and nothing is written."""
    notice.write_text("fine\n{% if %}", encoding="utf-8")
    code, out, err = run("demo", "-o", tmp_path / "out", *DATE)
    assert (code, out) == (2, "")
    assert f"{notice}, line 2: TemplateSyntaxError" in err
    assert "read" not in err


def test_a_folder_can_be_named_in_the_configuration(run, tmp_path):
    """The key `templates` moves the folder."""
    (tmp_path / "elsewhere" / "posts" / "hexo").mkdir(parents=True)
    (tmp_path / "elsewhere" / "posts" / "hexo" / "notice.md.j2").write_text("> Elsewhere.\n", encoding="utf-8")
    config = tmp_path / "my.toml"
    config.write_text(f"templates = {json.dumps(str(tmp_path / 'elsewhere'))}\n", encoding="utf-8")
    post = run("demo", "-o", tmp_path / "out", "--config", config)[1].strip()
    assert "> Elsewhere.\n" in Path(post).read_text(encoding="utf-8")
