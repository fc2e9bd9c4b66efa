"""`run` as users call it, against arXiv played on loopback."""

import json
from pathlib import Path

import pytest

from offline_digest.cli import main
from offline_digest.library import run_lock
from tests.faults.batches import write_papers
from tests.gathering.arxiv_site import arxiv_site
from tests.net.conftest import no_proxies  # noqa: F401 (a fixture that is used by itself)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
DATE = ["--date", "2025-03-02"]
TOPIC = '[[topics]]\nname = "{name}"\ninclude = ["{word}"]\nout = "{out}"\n{more}\n'


@pytest.fixture
def site(monkeypatch, tmp_path):
    """Return a site that plays arXiv and knows two papers on soil; the pause is shorter than users have it."""
    monkeypatch.setattr("offline_digest.gathering.online.arxiv.PAUSE_S", 0.01)
    write_papers(tmp_path / "papers", 2)
    with arxiv_site() as found:
        monkeypatch.setenv("OFFLINE_DIGEST_NETWORK__ARXIV", found.base)
        for number, path in enumerate(sorted((tmp_path / "papers").iterdir())):
            found.add(f"2503.0000{number}", title=f"Soil {number}", pdf=path.read_bytes())
        yield found


@pytest.fixture
def configure(tmp_path):
    """Return a function that writes the configuration: topics by name and word, with further keys."""

    def write(more="", **topics):
        out = (tmp_path / "out").as_posix()
        tables = [TOPIC.format(name=name, word=word, out=out, more=more) for name, word in topics.items()]
        file = tmp_path / "home" / "config.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(tables), encoding="utf-8")
        return file

    return write


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = main(["run", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out.splitlines(), err

    return call


def test_run_prints_the_post_of_each_topic_and_the_same_again(site, configure, run):
    """Paths on stdout alone; the second run of the day changes no byte and asks for no PDF."""
    configure(Soil="soil", Reeds="reed")
    code, (post,), err = run(*DATE)
    assert (code, Path(post).name) == (0, "Soil.md")
    assert "Soil: 2 new" in err
    assert "Reeds: 0 new" in err
    text, changed = Path(post).read_bytes(), Path(post).stat().st_mtime_ns
    assert text.count(b"\n**Authors:") == 2
    code, out, err = run(*DATE)
    assert (code, out) == (0, [post])
    assert "Soil: the post is up to date" in err
    assert "Soil: 0 new, 2 fit, all posted already\n" in err
    assert (Path(post).read_bytes(), Path(post).stat().st_mtime_ns, len(site.pdfs())) == (text, changed, 2)


def test_a_topic_may_be_named(site, configure, run):
    """In any case; the others are left alone."""
    configure(Soil="soil", Other="look")
    code, out, _ = run("other", *DATE)
    assert (code, [Path(line).name for line in out]) == (0, ["Other.md"])


@pytest.mark.parametrize("by", ["option", "configuration"])
def test_offline_asks_nobody(site, configure, run, monkeypatch, capsys, by):
    """What was fetched becomes the post."""
    configure(Soil="soil")
    assert main(["fetch", "2503.00000"]) == 0
    capsys.readouterr()
    asked = len(site.requests)
    if by == "configuration":
        monkeypatch.setenv("OFFLINE_DIGEST_NETWORK__OFFLINE", "true")
    code, (post,), _ = run(*DATE, *(["--offline"] if by == "option" else []))
    assert (code, len(site.requests)) == (0, asked)
    assert "\n## Soil 0\n" in Path(post).read_text(encoding="utf-8")


def test_a_dry_run_fetches_and_writes_nothing(site, configure, run, tmp_path):
    """It says what would be chosen and why, what would be fetched, and how large that is; with --json the same for programs."""
    configure(Soil="soil")
    code, out, err = run(*DATE, "--dry-run")
    assert code == 0
    assert [line.split()[:3] for line in out if line.startswith("+")] == [["+", f"2503.0000{n}v1", "new:"] for n in range(2)]
    megabytes = len(site.file("2503.00000").data) / 1e6
    assert f"fetch 2503.00000v1  {megabytes:.1f} MB" in out
    assert "2 chosen, 2 PDFs to fetch" in err
    assert "posted already" not in err
    assert (site.pdfs(), (tmp_path / "out").exists()) == ([], False)
    _, (line,), _ = run(*DATE, "--dry-run", "--json")
    found = json.loads(line)
    assert found["fetch"] == [{"name": f"2503.0000{n}v1", "size_bytes": len(site.file(f"2503.0000{n}").data)} for n in range(2)]
    assert [(paper["kept"], paper["reason"]) for paper in found["papers"]] == [(True, "new")] * 2


def test_json_is_one_object_for_each_topic(site, configure, run):
    """With the papers that joined."""
    configure(Soil="soil", Reeds="reed")
    _, lines, _ = run(*DATE, "--json")
    soil, reeds = map(json.loads, lines)
    assert (soil["topic"], [p["arxiv_id"] for p in soil["papers"]], soil["errors"]) == ("Soil", ["2503.00000", "2503.00001"], [])
    assert Path(soil["post"]).is_file()
    assert (reeds["post"], reeds["papers"], reeds["cut"]) == (None, [], False)


def test_a_budget_that_is_spent_at_once_ends_cleanly(site, configure, run):
    """Code 0, and it says what was not done."""
    configure(Soil="soil")
    code, out, err = run(*DATE, "--time-budget", "0s")
    assert (code, out, site.requests) == (0, [], [])
    assert err.splitlines() == ["the time is up for Soil; the same command goes on"]


def test_two_runs_at_once_wait_for_each_other(site, configure, run, tmp_path):
    """Or the second ends with 11; a dry run changes nothing and need not wait."""
    configure(Soil="soil")
    with run_lock(tmp_path / "home" / "library", wait=True, told=print, name="rounds"):
        assert run(*DATE, "--no-wait")[0] == 11
        assert run(*DATE, "--no-wait", "--dry-run")[0] == 0


@pytest.mark.parametrize(
    ("topics", "more", "arguments", "said"),
    [
        ({}, "", [], "topics add"),
        ({"Soil": "soil"}, "", ["Clouds"], "Known topics: Soil"),
        ({"Soil": "soil"}, "", ["--since", "yesterday"], "--since"),
        ({"Soil": "soil"}, 'format = "none"', [], "post format"),
        ({"Soil": "soil"}, 'rank = "like"\nlike = "nowhere"', [], "nowhere"),
        ({"Soil": "soil"}, "", ["--model", "m", "--engine", "extractive"], "exclude"),
    ],
)
def test_what_cannot_work_is_told_before_anything_is_asked(site, configure, run, topics, more, arguments, said):
    """Code 2."""
    configure(more, **topics)
    code, out, err = run(*arguments)
    assert (code, out, site.requests) == (2, [], [])
    assert said in err


def test_a_topic_without_a_folder_and_a_model_that_is_not_here_are_told_first(site, configure, run):
    """Codes 2 and 10."""
    file = configure(Soil="soil")
    assert run("--model", "nothing.gguf")[0] == 10
    file.write_text('[[topics]]\nname = "Soil"\ninclude = ["soil"]\n', encoding="utf-8")
    code, _, err = run()
    assert (code, site.requests) == (2, [])
    assert "out =" in err
