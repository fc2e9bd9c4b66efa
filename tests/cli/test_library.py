"""The library's commands, in process, on a library that the demo made and on one with both languages."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.cli import main
from offline_digest.cli.tables import columns, plain, width
from offline_digest.digesting import Wish
from offline_digest.engines.scripted import ScriptedEngine
from offline_digest.errors import UsageError
from offline_digest.library import Library, list_calls, list_papers
from offline_digest.pipeline import Digesting
from offline_digest.pipeline.course import Course
from offline_digest.records import Answer, Coverage, Digest, EngineInfo, FieldText, Line, ModelInfo, Paper, PaperFile, Question
from tests.quiet import Quiet

PDF = "ab" * 32
MODEL = ModelInfo(name="小模型 1B", file="tiny.gguf", sha256="0" * 64, quantization="Q4_0", settings="{}")


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return call


@pytest.fixture
def root(tmp_path):
    """Return the folder of a library with one paper in both languages and two calls about it."""
    digest = Digest(
        title="Diffusion\x1b[31m Models",
        authors=("Ann Lee",),
        affiliations=(),
        keywords=(),
        keywords_origin="absent",
        abstract="Noise becomes a picture.",
        arxiv_id="2401.01234",
        version="v1",
        doi=None,
        comment=None,
        links=(),
        figures=(),
        tables=(),
        fields=(
            FieldText(field="summary", language="zh", origin="model", lines=(Line(text="扩散模型逐步生成图像。", pages=(2, 3)),)),
            FieldText(field="results", language="zh", origin="absent"),
        ),
        coverage=Coverage(sections=(), sentences_read=4, sentences=8),
        engine=EngineInfo(name="llama", origin="model", languages=("zh",), passage_tokens=512, model=MODEL),
        prompt_version="en:3 zh:3",
    )
    with Library(tmp_path / "lib") as library:
        library.keep_digest(PDF, "k", digest)
        for attempt in (0, 1):
            asked = Question(field="summary", language="zh", prompt="?", max_tokens=9, attempt=attempt)
            answer = Answer(question=asked, lines=(), tokens=30, seconds=1.5)
            library.keep_answer(f"k{attempt}", answer, paper=PDF, model=MODEL.name, prompts="3")
        library.keep_verdicts([("k0", ("length", "numbers")), ("k1", ())])
    return tmp_path / "lib"


def test_ls_shows_one_line_a_paper(run, root):
    """Id, date, languages, model and title, without what would steer a terminal; with --json everything."""
    code, out, err = run("library", "ls", "--library", root)
    assert code == 0
    assert out.split("  ")[0] == "2401.01234v1"
    assert "小模型 1B" in out
    assert "\x1b" not in out
    assert err == "1 paper\n"
    [line] = run("library", "ls", "--library", root, "--json")[1].splitlines()
    assert json.loads(line)["sha256"] == PDF


def test_show_tells_where_each_text_comes_from(run, root):
    """Fields with origin and pages, what was read, who wrote it, what it cost."""
    code, out, _ = run("library", "show", "diffusion", "--library", root)
    assert code == 0
    assert "summary [zh] model\n  扩散模型逐步生成图像。 (p. 2, 3)\nresults [zh] absent\n" in out
    assert "read: 4 of 8 sentences" in out
    assert "engine: llama, 小模型 1B (Q4_0, tiny.gguf)" in out
    assert "calls: 2 calls, 60 tokens" in out
    assert Digest.model_validate_json(run("library", "show", "abab", "--library", root, "--json")[1]).arxiv_id == "2401.01234"


def test_find_marks_what_it_found(run, root):
    """A Chinese word of two characters is found and marked; nothing found is no error."""
    code, out, _ = run("library", "find", "图像", "--library", root)
    assert code == 0
    assert "逐步生成**图像**。" in out
    hit = json.loads(run("library", "find", "图像", "--library", root, "--json")[1])
    assert [hit["snippet"][a:b] for a, b in hit["marks"]] == ["图像"]
    assert run("library", "find", "whales", "--library", root)[:2] == (0, "")
    assert run("library", "find", "!!", "--library", root)[0] == 2


def test_logs_show_every_call(run, root):
    """One line a call, the head on stderr; --last and --paper choose; --json has all that is known."""
    code, out, err = run("logs", "--library", root)
    assert code == 0
    assert len(out.splitlines()) == 2
    assert "tokens/s" in err
    assert [line.rpartition("  ")[2] for line in out.splitlines()] == ["length,numbers", "none"]
    rows = [json.loads(line) for line in run("logs", "--library", root, "--json")[1].splitlines()]
    assert [(r["attempt"], r["prompts"], r["tokens_per_s"], r["ended"]) for r in rows] == [(0, "3", 20.0, "stop"), (1, "3", 20.0, "stop")]
    assert [r["checks_failed"] for r in rows] == [["length", "numbers"], []]
    assert len(run("logs", "--library", root, "--last", "1", "--paper", "abab")[1].splitlines()) == 1
    assert run("logs", "--library", root, "--paper", "zzz")[0] == 2


def test_a_damaged_library_ends_with_12(run, root):
    """`verify` names the file and what happens next; after the next digest or gc all is well."""
    assert run("library", "verify", "--library", root)[:2] == (0, "")
    next(root.rglob("digest-k.json")).write_bytes(b"")
    code, out, _ = run("library", "verify", "--library", root)
    assert code == 12
    assert "digest-k.json" in out
    assert "next `digest`" in out
    assert json.loads(run("library", "verify", "--library", root, "--json")[1])["kind"] == "changed"
    assert run("library", "show", "abab", "--library", root)[0] == 12
    next(root.rglob("digest-k.json")).unlink()
    dry = run("library", "gc", "--library", root, "--dry-run", "--json")
    assert json.loads(dry[1])["kind"] == "row"
    assert run("library", "gc", "--library", root)[0] == 0
    assert run("library", "verify", "--library", root)[0] == 0


def test_unlisted_files_are_one_line(run, root):
    """`verify` counts what nothing uses, and says when `gc` removes it; with --json each file is named."""
    for n in range(3):
        (root / "papers" / PDF / f"digest-old{n}.json").write_bytes(b"{}")
    code, out, _ = run("library", "verify", "--library", root)
    assert (code, len(out.splitlines())) == (0, 1)
    assert "3 files" in out
    assert "hour" in out
    assert len(run("library", "verify", "--library", root, "--json")[1].splitlines()) == 3


def test_a_mangled_row_ends_with_12(run, root):
    """A row of a kind that nobody knows ends `verify` and `gc` with 12, without a traceback."""
    with Library(root) as library:
        library.database.write("UPDATE file SET kind = 'dagest'")
    assert run("library", "verify", "--library", root)[0] == 12
    code, out, err = run("library", "gc", "--library", root)
    assert (code, out) == (12, "")
    assert "library rebuild" in err


@pytest.fixture
def read_only(root, monkeypatch):
    """Let *root* be a folder that nobody may write: by its mode, and for the superuser, whom no mode stops, by what the system says of it."""
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode, **how: mode != os.W_OK and allowed(path, mode, **how))
    root.chmod(0o555)
    yield root
    root.chmod(0o755)


@pytest.mark.parametrize(
    "command",
    [["ls"], ["show", "abab"], ["find", "noise"], ["verify"], ["gc", "--dry-run"], ["export", "{tmp}/x.tar"]],
    ids=lambda command: command[0],
)
def test_a_library_on_a_read_only_disk_can_be_read(run, tmp_path, read_only, command):
    """What only looks works there, and leaves no file of any kind."""
    before = {file: file.stat().st_mtime_ns for file in read_only.rglob("*")}
    code, _, err = run("library", *(word.format(tmp=tmp_path) for word in command), "--library", read_only)
    assert code == 0, err
    assert run("logs", "--library", read_only)[0] == 0
    assert {file: file.stat().st_mtime_ns for file in read_only.rglob("*")} == before


def test_a_library_on_a_read_only_disk_cannot_be_written(run, tmp_path, read_only):
    """What would write there ends with 2 and changes nothing that was kept."""
    index = (read_only / "library.sqlite").read_bytes()
    code, _, err = run("demo", "--engine", "extractive", "-o", tmp_path / "blog", "--library", read_only)
    assert (code, "annot" in err) == (2, True)
    with Library(read_only) as library, pytest.raises(UsageError):
        library.keep_note("a", "b")
    assert (read_only / "library.sqlite").read_bytes() == index


def test_a_library_moves(run, root, tmp_path):
    """What is exported can be imported elsewhere; a damaged archive ends with 12, a missing one with 2, and neither makes a library."""
    tar, other = tmp_path / "x.tar", tmp_path / "other"
    assert run("library", "export", tar, "--library", root)[:2] == (0, f"{tar}\n")
    assert run("library", "import", tar, "--library", other)[0] == 0
    assert run("library", "ls", "--library", other)[1] == run("library", "ls", "--library", root)[1]
    tar.write_bytes(tar.read_bytes().replace(b'"title": "Diffusion', b'"title": "Confusion'))
    none = tmp_path / "none"
    for library in (other, none):
        assert run("library", "import", tar, "--library", library)[0] == 12
        assert run("library", "import", tmp_path / "no.tar", "--library", library)[0] == 2
    assert not none.exists()


@pytest.mark.parametrize("command", [["ls"], ["show", "x"], ["find", "x"], ["verify"], ["gc"], ["export", "x.tar"]])
def test_looking_makes_no_library(run, tmp_path, command):
    """A wrong path is told, and no folder appears there."""
    code, out, err = run("library", *command, "--library", tmp_path / "none")
    assert (code, out) == (2, "")
    assert "There is no library" in err
    assert not (tmp_path / "none").exists()
    assert run("logs", "--library", tmp_path / "none")[0] == 2


def index_is_whole(run, root):
    return run("library", "verify", "--library", root)[:2] == (0, "") and "2401.01234" in run("library", "ls", "--library", root)[1]


def test_a_damaged_index_is_made_again(run, root):
    """`rebuild` prints where the old one lies and tells what the new one lists; with --json as one object."""
    (root / "library.sqlite").write_bytes(b"nonsense" * 1000)
    code, _, err = run("library", "ls", "--library", root)
    assert (code, "`offline-digest library rebuild`" in err) == (12, True)
    code, out, err = run("library", "rebuild", "--library", root)
    assert (code, out) == (0, f"{root / 'library-aside-1.sqlite'}\n")
    assert "1 paper, 1 file, 0 answers, 0 posts" in err
    assert index_is_whole(run, root)
    code, out, _ = run("library", "rebuild", "--library", root, "--json")
    listed = {"papers": 1, "files": 1, "answers": 0, "posts": 0, "left_out": []}
    assert json.loads(out) == {"aside": str(root / "library-aside-2.sqlite"), **listed}


@pytest.mark.parametrize("command", [("ls",), ("verify",), ("rebuild",), ("find", "noise")])
def test_a_lost_index_is_made_again_by_whoever_opens_the_library(run, root, command, caplog):
    """No command says that there is no library where papers lie, and the one that finds out tells of it."""
    (root / "library.sqlite").unlink()
    code, out, _ = run("library", *command, "--library", root)
    assert (code, "aside" in out) == (0, False)
    assert ("lost and is made again" in caplog.text) == (command != ("rebuild",))
    assert index_is_whole(run, root)


def test_a_rebuild_goes_through_a_link_to_the_folder(run, root, tmp_path):
    """A data folder may be a link to another disk."""
    link = tmp_path / "verknüpfung 链接"
    link.symlink_to(root)
    (root / "library.sqlite").write_bytes(b"nonsense" * 1000)
    assert run("library", "rebuild", "--library", link)[0] == 0
    assert index_is_whole(run, root)
    assert link.is_symlink()


def test_a_rebuild_of_nothing_makes_nothing(run, tmp_path):
    """A mistyped folder stays as it is."""
    code, _, err = run("library", "rebuild", "--library", tmp_path / "none")
    assert (code, "There is no library" in err, (tmp_path / "none").exists()) == (2, True, False)


def test_the_demo_can_be_looked_up(run, tmp_path):
    """What the pipeline keeps is listed and found by its words."""
    lib = tmp_path / "lib"
    run("demo", "--engine", "extractive", "-o", tmp_path / "blog", "--library", lib)
    row = json.loads(run("library", "ls", "--library", lib, "--json")[1])
    assert (row["models"], row["languages"], row["name"]) == (["extractive"], ["en"], "sample-paper.pdf")
    assert "Kalman" in run("library", "show", "four probes", "--library", lib)[1]
    assert row["title"] in run("library", "find", "kalman irrigation", "--library", lib)[1]
    assert run("library", "gc", "--library", lib)[1] == ""


def test_a_run_logs_what_it_asks(tmp_path):
    """The pipeline tells of each answer which paper it is about, who gave it and which wording asked for it; also when all are refused."""
    pdf = PaperFile(path=tmp_path / "a.pdf", sha256=PDF, size_bytes=1)
    paper = Paper(n_pages=1, title="On Whales", abstract="Whales sing at night in cold water, and nobody knows why.", abstract_page=1)
    with Library(tmp_path / "lib") as library, ScriptedEngine(lambda question: []) as engine:
        Digesting(engine, Wish(brief=True), library).made(pdf, paper, None, Course(1, None, Quiet()))
        calls = list_calls(library)
        assert {(call.paper, call.model, call.language, call.attempt) for call in calls} >= {
            (PDF, "scripted", language, attempt) for language in ("en", "zh") for attempt in (0, 1)
        }
        assert all("length" in call.checks_failed for call in calls)
        assert all(call.prompts for call in calls)
        assert [row.models for row in list_papers(library)] == [("scripted",)]


@pytest.mark.parametrize(("text", "places"), [("abc", 3), ("中文", 4), ("a中", 3), ("é", 1), ("e\u0301", 1), ("，", 2)])
def test_wide_characters_count_two(text, places):
    """Chinese characters and punctuation take two places in a terminal."""
    assert width(text) == places


def test_columns_stand_under_one_another():
    """A Chinese cell moves nothing; an empty one shows a dash."""
    lines = columns([("中文", "x", ""), ("a", "扩散", "end")])
    assert lines == ["中文  x     -", "a     扩散  end"]
    assert columns([]) == []


@given(st.text())
def test_nothing_steers_the_terminal(text):
    """Whatever a title holds, one line of visible characters is printed."""
    assert all(c.isprintable() for c in plain(text))
