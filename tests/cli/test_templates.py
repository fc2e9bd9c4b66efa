"""Templates of the user's own: every command that writes posts uses them, and the commands about them help to write one."""

import json
from pathlib import Path

import pytest

from offline_digest.cli import main

DATE = ["--date", "2024-08-27"]
DEMO = ["demo", "--engine", "extractive"]  # the same where a starter model is installed
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
    calls = (DEMO, ("digest", sample_pdf), ("render", "--all"))
    for number, call in enumerate(calls):
        code, out, err = run(*call, "-o", tmp_path / f"out{number}", *DATE)
        assert code == 0, err
        assert "> My notice.\n" in Path(out.strip()).read_text(encoding="utf-8")
        code, out, err = run(*call, "-o", tmp_path / f"out{number}", *DATE, "--format", "mine")
        assert code == 0, err
        assert Path(out.strip()).read_text(encoding="utf-8").startswith("mine: Four Probes")


def test_a_changed_template_changes_the_post_in_its_place(run, notice, tmp_path):
    """A post that nobody edited is written again in its place, and one that somebody edited stays."""
    path = Path(run(*DEMO, "-o", tmp_path / "out", *DATE)[1].strip())
    notice.write_text("> My other notice.\n", encoding="utf-8")
    assert run(*DEMO, "-o", tmp_path / "out", *DATE)[1].strip() == str(path)
    assert "> My other notice.\n" in path.read_text(encoding="utf-8")
    path.write_text("mine", encoding="utf-8")
    notice.write_text("> My third notice.\n", encoding="utf-8")
    beside = run(*DEMO, "-o", tmp_path / "out", *DATE)[1].strip()
    assert (path.read_text(encoding="utf-8"), beside) == ("mine", f"{path}.new")


def test_a_broken_template_is_told_before_the_work(run, notice, tmp_path):
    """With file and line, and nothing is written."""
    notice.write_text("fine\n{% if %}", encoding="utf-8")
    code, out, err = run(*DEMO, "-o", tmp_path / "out", *DATE)
    assert (code, out) == (2, "")
    assert f"{notice}, line 2: TemplateSyntaxError" in err
    assert "read" not in err


def test_a_folder_can_be_named_in_the_configuration(run, tmp_path):
    """The key `templates` moves the folder."""
    (tmp_path / "elsewhere" / "posts" / "hexo").mkdir(parents=True)
    (tmp_path / "elsewhere" / "posts" / "hexo" / "notice.md.j2").write_text("> Elsewhere.\n", encoding="utf-8")
    config = tmp_path / "my.toml"
    config.write_text(f"templates = {json.dumps(str(tmp_path / 'elsewhere'))}\n", encoding="utf-8")
    post = run(*DEMO, "-o", tmp_path / "out", "--config", config)[1].strip()
    assert "> Elsewhere.\n" in Path(post).read_text(encoding="utf-8")


def test_ls_tells_where_every_file_comes_from(run, notice, own):
    """Files that ship, yours in the place of one that ships, and yours; as columns and as JSON lines."""
    (own / "mine").mkdir()
    (own / "mine" / "format.toml").write_text(MANIFEST, encoding="utf-8")
    (own / "mine" / ".hidden~").write_text("", encoding="utf-8")
    code, out, err = run("templates", "ls")
    assert code == 0
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert lines["hexo/notice.md.j2"] == "yours, overrides ours"
    assert lines["mine/format.toml"] == "yours"
    assert lines["hexo/post.md.j2"] == lines["shared/words.j2"] == "ships"
    assert err == f"2 of {len(lines)} files are yours, in {own}\n"
    found = [json.loads(line) for line in run("templates", "ls", "--json")[1].splitlines()]
    assert [line["name"] for line in found] == list(lines)
    assert {"format": "hexo", "name": "hexo/notice.md.j2", "path": str(notice), "origin": "own", "overrides": True} in found
    assert all(Path(line["path"]).is_file() for line in found)


def test_show_prints_the_file_that_is_used(run, notice):
    """Yours where there is one; of a format the template of its posts; with `--path` where it lies."""
    assert run("templates", "show", "hexo/notice.md.j2")[1] == "> My notice.\n"
    assert run("templates", "show", "hexo/notice.md.j2", "--path")[1] == f"{notice}\n"
    path = Path(run("templates", "show", "hexo", "--path")[1].strip())
    assert path.parts[-2:] == ("hexo", "post.md.j2")
    assert run("templates", "show", "hexo")[1] == path.read_text(encoding="utf-8")


def test_new_copies_a_file_or_a_format(run, own, tmp_path):
    """A file that ships, all files of a format that ships, or a format under a new name whose files name each other."""
    assert run("templates", "new", "hexo/front.md.j2")[1] == f"{own / 'hexo' / 'front.md.j2'}\n"
    assert len(run("templates", "new", "html")[1].splitlines()) == 4
    assert run("templates", "new", "mine", "--from", "bilingual")[0] == 0
    (own / "mine" / "entry.md.j2").write_text("Here is mine.\n", encoding="utf-8")
    post = run(*DEMO, "-o", tmp_path / "out", "--format", "mine")[1].strip()
    assert "Here is mine." in Path(post).read_text(encoding="utf-8")
    assert run("templates", "new", "yours", "--from", "mine")[0] == 0
    assert (own / "yours" / "entry.md.j2").read_text(encoding="utf-8") == "Here is mine.\n"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("new", "hexo/notice.md.j2"), "already"),
        (("new", "hexo"), "already"),
        (("new", "taken"), "already"),
        (("new", "hexo/nothing.md.j2"), "No template 'hexo/nothing.md.j2' ships"),
        (("new", "../mine"), "No template '../mine' ships"),
        (("new", ".mine"), "No format can be called"),
        (("new", "shipped"), "No format can be called"),
        (("new", "mine", "--from", "nonsense"), "There is no post format"),
        (("show", "nonsense"), "There is no post format"),
        (("show", "hexo/nonsense"), "There is no template"),
        (("check", "nonsense"), "There is no post format"),
    ],
)
def test_calls_that_cannot_work_end_with_2(arguments, fault, run, notice, own):
    """And change nothing of what is there."""
    (own / "taken").mkdir()
    (own / "taken" / "format.toml").write_text(MANIFEST, encoding="utf-8")
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    code, out, err = run("templates", *arguments)
    assert (code, out) == (2, "")
    assert fault in err
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before


def test_check_names_what_is_wrong(run, notice):
    """One line for each thing, once though two formats share the file; nothing and 0 where all is fine."""
    assert run("templates", "check", "hexo") == (0, "", "nothing is wrong\n")
    front = notice.with_name("front.md.j2")
    front.write_text("---\ntitle: {{ topic | yaml }}\ntags: [{{ topic }}\n---\n", encoding="utf-8")
    code, out, _ = run("templates", "check")
    assert code == 2
    (line,) = out.splitlines()
    assert line.startswith(f"{front}, line 3: the front matter is no YAML")
    code, out, _ = run("templates", "check", "hexo", "--json")
    assert code == 2
    found = json.loads(out)
    assert found.pop("message").startswith("the front matter is no YAML")
    assert found == {"format": "hexo", "file": str(front), "line": 3}
