"""The commands `config` and `topics`: the file they read and write, and what a topic would pick."""

import json
import os
import sys
import tomllib
from pathlib import Path

import pytest

from offline_digest.cli import main
from offline_digest.cli.config import documented_config
from offline_digest.config import Settings, default_config_file, load_settings, parse_settings
from offline_digest.library import Library, enter_posted, list_posted
from offline_digest.records import Metadata
from offline_digest.topics import Topic

ROWS = [
    {
        "arxiv_id": "2407.00001",
        "version": "v1",
        "title": "Whales sing",
        "categories": ["cs.SD"],
        "published": "2024-07-08",
        "abstract": "Song.",
    },
    {"arxiv_id": "2407.00002", "version": "v1", "title": "A survey of whales", "categories": ["cs.SD"], "published": "2024-07-09"},
    {"arxiv_id": "2407.00003", "version": "v2", "title": "Whale\u001b[31m songs", "categories": ["cs.SD"], "published": "2024-07-07"},
    {"arxiv_id": "2407.00004", "version": "v1", "title": "Seals", "categories": ["cs.SD"], "published": "2024-07-09"},
]
DAY = ["--date", "2024-07-10"]


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def feed(tmp_path):
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return tmp_path / "rows.jsonl"


def uncommented(text):
    """Return a documented configuration with every example in force."""
    return "\n".join(line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in text.splitlines())


def test_the_documented_configuration_changes_nothing_and_names_every_key(tmp_path):
    """As it is it says nothing; with every # before a key taken away it is valid and complete."""
    text = documented_config()
    assert tomllib.loads(text) == {}
    settings = parse_settings(uncommented(text), tmp_path / "c.toml")
    assert settings.model_fields_set == set(Settings.model_fields)
    assert settings.topics[0].model_fields_set == set(Topic.model_fields)
    assert "None" not in text


def test_edit_makes_a_file_and_opens_the_editor(run, tmp_path, monkeypatch):
    """VISUAL wins over EDITOR and may have arguments; what the editor leaves is checked, and kept when it is wrong."""
    script = tmp_path / "editor.py"
    script.write_text("import sys\nopen(sys.argv[2], 'a', encoding='utf-8').write(sys.argv[1] + '\\n')\n", encoding="utf-8")
    monkeypatch.setenv("EDITOR", "no-such-editor")
    monkeypatch.setenv("VISUAL", f"'{sys.executable}' '{script}' 'threads = 3'")
    code, out, _ = run("config", "edit")
    file = default_config_file()
    assert (code, out) == (0, f"{file}\n")
    assert file.read_text(encoding="utf-8") == documented_config() + "threads = 3\n"
    assert load_settings().threads == 3
    monkeypatch.setenv("VISUAL", f"'{sys.executable}' '{script}' 'thread = 3'")
    code, _, err = run("config", "edit")
    assert code == 2
    assert "thread: there is no such key" in err
    assert file.read_text(encoding="utf-8").endswith("thread = 3\n")


@pytest.mark.skipif(os.name == "nt", reason="there is always an editor on Windows")
@pytest.mark.parametrize(("editor", "words"), [(None, "No editor is named"), ("no-such-editor", "Cannot start"), ("false", "ended with 1")])
def test_edit_tells_what_is_wrong_with_the_editor(run, monkeypatch, editor, words):
    """None named, none there, or one that fails: code 2, and the file is named."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    if editor:
        monkeypatch.setenv("EDITOR", editor)
    code, _, err = run("config", "edit")
    assert code == 2
    assert words in err
    assert str(default_config_file()) in err


def test_show_gives_a_file_that_means_the_same(run, tmp_path, monkeypatch):
    """What is shown can be used as a configuration; every value tells where it comes from."""
    file = tmp_path / "c.toml"
    file.write_text(
        'topic = "a # \\" \\u007f 鲸"\nmemory_gb = 3\n[glossary]\n"x y" = "甲"\n[[topics]]\nname = "T"\nquery = \'ti:"a b"\'\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("OFFLINE_DIGEST_THREADS", "5")
    code, out, _ = run("config", "show", "--config", file, "--origin")
    assert code == 0
    shown = parse_settings(out, tmp_path / "shown.toml")
    assert shown == load_settings(file)
    lines = {line.split(" ")[0]: line for line in out.splitlines()}
    assert lines["threads"] == "threads = 5  # environment, OFFLINE_DIGEST_THREADS"
    assert lines["memory_gb"].endswith(f"  # {file}")
    assert lines["kv_cache"] == 'kv_cache = "f16"  # default'
    assert lines["[[topics]]"] == f"[[topics]]  # {file}"
    values = json.loads(run("config", "show", "--config", file, "--json")[1])
    assert values["threads"] == {"value": 5, "origin": "environment"}
    assert values["topics"]["value"][0]["query"] == 'ti:"a b"'
    assert "#" not in run("config", "show", "--config", file)[1].split("\nformat")[1].split("\n")[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("threads = -1", "threads"),
        ('format = "none"', "no post format 'none'"),
        ('topic = " "', "topic: The topic is empty"),
        ('[[topics]]\nname = "T"\ncategories = ["cs"]\nformat = "x"', "topic 'T', format"),
    ],
)
def test_check_tells_the_first_error(run, tmp_path, text, words):
    """Code 2 with the error, also as JSON; ok and 0 for a file that can be used, and for none."""
    assert run("config", "check") == (0, "ok\n", "")
    file = tmp_path / "c.toml"
    file.write_text(text, encoding="utf-8")
    code, out, err = run("config", "check", "--config", file)
    assert (code, out) == (2, "")
    assert words in err
    code, out, err = run("config", "check", "--config", file, "--json")
    said = json.loads(out)
    assert (code, said["ok"], said["file"], err) == (2, False, str(file), "")
    assert words in said["error"]
    assert json.loads(run("config", "check", "--json")[1])["ok"] is True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('model = "nonsense"', ("model: ", "nonsense")),
        ('templates = "/nowhere/mine"', ("templates: there is no folder", "mine")),
        ('[[topics]]\nname = "T"\ninclude = ["x"]\nrank = "like"\nlike = "/nowhere/liked"', ("'T'", "liked")),
    ],
)
def test_check_warns_of_what_is_named_and_not_there(run, tmp_path, text, words):
    """It may come later, so the code is 0; silent where it is there."""
    file = tmp_path / "c.toml"
    file.write_text(text, encoding="utf-8")
    code, out, err = run("config", "check", "--config", file)
    assert (code, out, err.count("warning: ")) == (0, "ok\n", 1)
    assert all(word in err for word in words)
    (said,) = json.loads(run("config", "check", "--config", file, "--json")[1])["warnings"]
    assert f"warning: {said}\n" == err
    file.write_text(f'model = "smollm2"\ntemplates = "{tmp_path.as_posix()}"\n', encoding="utf-8")
    assert run("config", "check", "--config", file)[2] == ""


@pytest.mark.parametrize("table", ["[topics]", "[topic]"])
def test_a_topic_in_one_pair_of_brackets_is_told_how_to_be_written(run, tmp_path, table):
    """With the two pairs that TOML wants for one of several."""
    file = tmp_path / "c.toml"
    file.write_text(f'{table}\nname = "T"\n', encoding="utf-8")
    code, _, err = run("config", "check", "--config", file)
    assert (code, "[[topics]], in two pairs of brackets" in err) == (2, True)


def test_check_names_variables_that_set_nothing(run, monkeypatch):
    """They are a warning, for another program may have set them; what is a setting, of a table too, is none."""
    for name in ("OFFLINE_DIGEST_FORMT", "OFFLINE_DIGEST_QQ", "OFFLINE_DIGEST_THREADS", "OFFLINE_DIGEST_NETWORK__PROXY"):
        monkeypatch.setenv(name, {"THREADS": "2"}.get(name.rpartition("_")[2], "http://127.0.0.1:9"))
    code, out, err = run("config", "check")
    assert (code, out) == (0, "ok\n")
    assert "OFFLINE_DIGEST_FORMT is no setting; did you mean OFFLINE_DIGEST_FORMAT?\n" in err
    assert "OFFLINE_DIGEST_QQ is no setting" in err
    assert "THREADS" not in err
    assert "PROXY" not in err


@pytest.mark.parametrize(
    "before", [None, "", "threads = 3", "# 注释\r\nthreads=3   # mine\r\n\r\n[[topics]]\r\nname='Old'\r\nquery='ti:x'\r\n"]
)
def test_add_appends_and_touches_nothing_else(run, before):
    """Comments, spacing and line ends stay byte for byte; the topic is there as it was given."""
    file = default_config_file()
    file.parent.mkdir()
    if before is not None:
        file.write_bytes(before.encode())
        file.chmod(0o600)
    code, out, _ = run(
        "topics", "add", "Whales 鲸", "--category", "cs.SD", "--include", 'the "song"', "--include", "鲸", "--days", 3, "--most", 5
    )
    assert (code, out) == (0, f"{file}\n")
    text = file.read_bytes().decode()
    assert text.startswith(documented_config() if before is None else before)
    assert ("\r\n" in text) == (before is not None and "\r\n" in before)
    assert text.count("\n") - text.count("\r\n") == (0 if "\r\n" in text else text.count("\n"))
    topic = load_settings().topics[-1]
    assert (topic.name, topic.include, topic.days, topic.most) == ("Whales 鲸", ('the "song"', "鲸"), 3, 5)
    assert before is None or os.name == "nt" or file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Old", "--category", "cs"], "two topics are called 'Old'"),
        (["New"], "it wants no paper"),
        (["New", "--query", "a b"], "AND, OR or ANDNOT is missing"),
        (["New", "--category", "cs", "--most", "0"], "topic 'New', most"),
    ],
)
def test_add_changes_nothing_when_the_topic_cannot_be(run, arguments, words):
    """The error comes before the file is written."""
    file = default_config_file()
    file.parent.mkdir()
    file.write_text("[[topics]]\nname = 'Old'\nquery = 'ti:x'\n", encoding="utf-8")
    code, out, err = run("topics", "add", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert file.read_text(encoding="utf-8") == "[[topics]]\nname = 'Old'\nquery = 'ti:x'\n"


def test_add_follows_a_link(run, tmp_path):
    """A configuration that is kept elsewhere stays there."""
    (tmp_path / "dotfiles.toml").write_text("threads = 2\n", encoding="utf-8")
    try:
        (tmp_path / "c.toml").symlink_to(tmp_path / "dotfiles.toml")
    except OSError:
        pytest.skip("links may not be made here")
    assert run("topics", "add", "T", "--category", "cs", "--config", tmp_path / "c.toml")[0] == 0
    assert (tmp_path / "c.toml").is_symlink()
    assert "[[topics]]" in (tmp_path / "dotfiles.toml").read_text(encoding="utf-8")


def test_topics_are_listed(run):
    """One line each with what arXiv would be asked; with --json every key."""
    assert run("topics", "ls") == (0, "", "0 topics\n")
    run("topics", "add", "Whales", "--category", "cs.SD", "--exclude", "survey")
    code, out, err = run("topics", "ls")
    assert (code, err) == (0, "1 topic\n")
    assert out.startswith("Whales  10 papers  7 days  date")
    listed = json.loads(run("topics", "ls", "--json")[1])
    assert listed["arxiv_query"] == "cat:cs.SD ANDNOT (ti:survey OR abs:survey)"
    assert set(listed) == {*Topic.model_fields, "arxiv_query"}


def test_test_shows_what_a_topic_would_pick_and_why(run, feed):
    """Kept papers first; each paper with its reason; what was posted before is known; nothing that steers a terminal is printed."""
    run("topics", "add", "Whales", "--category", "cs", "--include", "whale", "--exclude", "surveys")
    settings = load_settings()
    with Library(settings.library) as library:
        paper = Metadata(arxiv_id="2407.00003", version="v2", title="x")
        enter_posted(library, settings.library / "Sea.md", topic="Sea", day="2024-07-07", papers=[paper])
    code, out, err = run("topics", "test", "whales", "--feed", feed, *DAY)
    assert (code, err) == (0, "1 kept, 3 dropped\n")
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "+ 2407.00001v1 new: whale Whales sing",
        "- 2407.00002v1 excluded word: surveys A survey of whales",
        "- 2407.00003v2 known: 2407.00003v2 in Sea, 2024-07-07 Whale[31m songs",
        "- 2407.00004v1 no wanted word Seals",
    ]
    lines = [json.loads(line) for line in run("topics", "test", "Whales", "--feed", feed, "--days", 1, "--json", *DAY)[1].splitlines()]
    assert [(line["kept"], line["reason"]) for line in lines] == [
        (False, "too old"),
        (False, "excluded word"),
        (False, "too old"),
        (False, "no wanted word"),
    ]
    assert lines[0]["licence"] == "unknown"
    assert lines[0]["private_use_only"] is True


def test_test_reads_a_snapshot(run, tmp_path):
    """Rows that cannot fit are not shown; licences are."""
    rows = [
        {
            "id": f"2407.0000{n}",
            "title": title,
            "categories": "cs.SD",
            "update_date": "2024-07-09",
            "license": "http://creativecommons.org/licenses/by/4.0/",
        }
        for n, title in enumerate(["Whales", "Seals", "Whale surveys"])
    ]
    (tmp_path / "s").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run("topics", "add", "Whales", "--include", "whale", "--exclude", "survey")
    code, out, _ = run("topics", "test", "Whales", "--snapshot", tmp_path / "s", "--json", *DAY)
    assert code == 0
    assert [(x["arxiv_id"], x["reason"], x["private_use_only"]) for x in map(json.loads, out.splitlines())] == [
        ("2407.00000", "new", False),
        ("2407.00002", "excluded word", False),
    ]
    code, _, err = run("topics", "test", "Whales", "--feed", tmp_path / "s", *DAY)
    assert (code, "--snapshot" in err) == (2, True)


def test_test_ranks_by_papers_one_likes_and_picks_from_the_library(run, tmp_path, sample_pdf, feed):
    """A folder of PDFs, or a file of metadata, is read for the ranking; of the library's papers those count that no post shows."""
    (tmp_path / "liked").mkdir()
    (tmp_path / "liked" / "a.pdf").write_bytes(sample_pdf.read_bytes())
    run("digest", sample_pdf, "-o", tmp_path / "blog", "--brief")
    run("topics", "add", "Folder", "--category", "cs", "--include", "soil", "--rank", "like", "--like", tmp_path / "liked")
    run("topics", "add", "File", "--category", "cs", "--rank", "like", "--like", feed)

    def tried():
        code, out, err = run("topics", "test", "Folder", "--library", "--json", *DAY)
        assert code == 0, err
        return json.loads(out)

    known = tried()
    with Library(load_settings().library) as library:
        (posted,) = list_posted(library)
        assert (posted.paper.title, posted.topic, len(posted.paper.sha256)) == (known["title"], "Papers", 64)
        enter_posted(library, Path(posted.post), topic="Papers", day=posted.day, papers=[])
    assert (known["kept"], known["reason"], f"in Papers, {posted.day}" in known["detail"]) == (False, "known", True)
    paper = tried()
    assert (paper["kept"], paper["score"] > 0) == (True, True)
    found = [json.loads(line) for line in run("topics", "test", "File", "--feed", feed, "--json", *DAY)[1].splitlines()]
    assert all(line["score"] > 0 for line in found)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Whales"], "nothing to pick from"),
        (["Seals", "--library"], "no topic 'Seals'. Known topics: Whales"),
        (["Whales", "--feed", "gone"], "gone"),
    ],
)
def test_test_tells_what_it_lacks(run, arguments, words):
    """No source, no such topic, no such file: code 2."""
    run("topics", "add", "Whales", "--include", "whale")
    code, _, err = run("topics", "test", *arguments)
    assert code == 2
    assert words in err
