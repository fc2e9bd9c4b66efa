"""The command line, in process, on real files."""

import json
import os
import sys
from pathlib import Path

import pytest

from offline_digest.cli import main

DATE = ["--date", "2024-08-27"]


@pytest.fixture
def run(capsys, tmp_path):
    def call(*arguments):
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def bad_pdfs(tmp_path, sample_pdf):
    """Return a folder with one PDF of each bad kind."""
    import pymupdf

    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "page.pdf").write_text("<html><body>404 Not Found</body></html>", encoding="utf-8")
    (folder / "truncated.pdf").write_bytes(sample_pdf.read_bytes()[:2000])
    with pymupdf.open(sample_pdf) as document:
        document.save(folder / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="secret")
    return folder


def one_line_each(err, words):
    lines = [line for line in err.splitlines() if words in line]
    assert len(lines) == 1, err
    assert "Traceback" not in err
    return lines[0]


def test_the_demo_makes_a_whole_post(run, tmp_path):
    """`demo` needs no network, no weights and no option, and prints the path of a post with every section."""
    code, out, _ = run("demo", "-o", tmp_path / "blog", *DATE)
    assert code == 0
    assert out.strip() == str(tmp_path / "blog" / "_posts" / "Paper" / "2024-08-27" / "Demo.md")
    post = (tmp_path / "blog" / "_posts" / "Paper" / "2024-08-27" / "Demo.md").read_text(encoding="utf-8")
    assert post.startswith("---\n")
    assert all(f"\n{n}. " in post for n in range(1, 9))
    assert "论文中无此内容" not in post
    assert "（论文首页未印出）" not in post.split("5. 链接")[0]
    pictures = list((tmp_path / "blog" / "paper-figures").rglob("*.*"))
    assert len(pictures) >= 4
    assert all(f"/paper-figures/2024-08-27/Demo/{p.name}" in post for p in pictures)


def test_a_second_run_gives_the_same_bytes(run, tmp_path):
    """Nothing is done again, and nothing changes."""
    run("demo", "-o", tmp_path / "a", *DATE)
    run("demo", "-o", tmp_path / "b", *DATE, "--library", tmp_path / "other")
    files = [{p.relative_to(tmp_path / x): p.read_bytes() for p in (tmp_path / x).rglob("*") if p.is_file()} for x in "ab"]
    assert files[0] == files[1]


def test_a_users_edit_survives(run, tmp_path):
    """A post that was edited is left alone; the new one lies beside it, and the user is told."""
    _, out, _ = run("demo", "-o", tmp_path, *DATE)
    post = Path(out.strip())
    post.write_text(post.read_text(encoding="utf-8") + "my own remark\n", encoding="utf-8")
    code, out, err = run("demo", "-o", tmp_path, *DATE)
    assert code == 0
    assert out.strip() == f"{post}.new"
    assert "edited by hand" in err
    assert post.read_text(encoding="utf-8").endswith("my own remark\n")


def test_bad_papers_do_not_stop_the_others(run, tmp_path, bad_pdfs, sample_pdf):
    """Each bad PDF gives one line; the good one is in the post; the exit code says that some failed."""
    code, out, err = run("digest", bad_pdfs, sample_pdf, tmp_path / "none.pdf", "-o", tmp_path / "blog", *DATE)
    assert code == 3
    assert "not a PDF" in one_line_each(err, "page.pdf")
    assert "password" in one_line_each(err, "locked.pdf")
    one_line_each(err, "truncated.pdf")
    one_line_each(err, "none.pdf")
    assert "Four Probes" in (tmp_path / "blog/_posts/Paper/2024-08-27/Papers.md").read_text(encoding="utf-8")
    assert out.strip().endswith("Papers.md")


def test_only_bad_papers_make_no_post(run, tmp_path, bad_pdfs):
    """When nothing could be used there is no post and the exit code says so."""
    code, out, err = run("digest", bad_pdfs, "-o", tmp_path / "blog")
    assert (code, out) == (16, "")
    assert not (tmp_path / "blog" / "_posts").exists()
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["digest", "no-such.pdf", "-o", "OUT"], 2, "no-such.pdf"),
        (["digest", "EMPTY", "-o", "OUT"], 2, "no PDF"),
        (["digest", "SAMPLE", "-o", "OUT", "--model", "no-such-model"], 10, "no-such-model"),
        (["digest", "SAMPLE", "-o", "OUT", "--model", "gone.gguf"], 10, "gone.gguf"),
        (["digest", "SAMPLE", "-o", "OUT", "--metadata", "gone.xml"], 2, "gone.xml"),
        (["digest", "SAMPLE", "-o", "OUT", "--config", "CONFIG"], 2, "not valid TOML"),
        (["digest", "SAMPLE", "-o", "SAMPLE"], 2, "Cannot write"),
        (["digest", "SAMPLE", "-o", "OUT", "--library", "SAMPLE"], 2, "Cannot write"),
        (["digest", "SAMPLE", "-o", "OUT", "--format", "nonesuch"], 2, "nonesuch"),
        (["digest", "SAMPLE", "-o", "OUT", "--model", "smollm2", "--engine", "extractive"], 2, "exclude each other"),
        (["digest", "SAMPLE", "-o", "OUT", "--date", "yesterday"], 2, "yesterday"),
        (["digest", "SAMPLE"], 2, "--out"),
        (["digest"], 2, "PAPER"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_wrong_calls_give_one_clear_line(run, tmp_path, sample_pdf, arguments, code, words):
    """What cannot work says what is wrong, ends with its exit code, and shows no traceback."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "c.toml").write_text("topic = = 1", encoding="utf-8")
    places = {"OUT": tmp_path / "out", "EMPTY": tmp_path / "empty", "SAMPLE": sample_pdf, "CONFIG": tmp_path / "c.toml"}
    got, out, err = run(*(places.get(a, a) for a in arguments))
    assert got == code, err
    assert out == ""
    assert "Traceback" not in err
    assert words in " ".join(err.split())


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_refused_before_the_work(run, tmp_path, sample_pdf):
    """An output folder that cannot be written ends the call at once."""
    (tmp_path / "locked").mkdir(mode=0o500)
    code, _, err = run("digest", sample_pdf, "-o", tmp_path / "locked")
    assert code == 2
    assert "Cannot write" in err
    assert "read," not in err


def test_json_prints_one_object_per_paper(run, tmp_path, bad_pdfs, sample_pdf):
    """Stdout holds JSON lines and nothing else: digests with origin and page of each field, errors with their hint."""
    code, out, _ = run("digest", bad_pdfs / "page.pdf", sample_pdf, "-o", tmp_path / "blog", "--json", *DATE)
    assert code == 3
    lines = {Path(x["file"]).name: x for x in map(json.loads, out.splitlines())}
    assert lines["page.pdf"]["status"] == "failed"
    assert lines["page.pdf"]["error"] == "NotAPdf"
    digest = lines["sample-paper.pdf"]["digest"]
    assert len(digest["authors"]) == 4
    summary = next(f for f in digest["fields"] if f["field"] == "summary")
    assert summary["origin"] == "extract"
    assert summary["lines"][0]["pages"] == [1]


def test_read_shows_what_was_read(run, sample_pdf, bad_pdfs):
    """`read --json` prints one object per PDF, with sections and their text, or the error."""
    code, out, _ = run("read", "--json", sample_pdf, bad_pdfs / "page.pdf")
    assert code == 3
    paper, bad = map(json.loads, out.splitlines())
    assert paper["authors"]
    assert paper["sections"][0]["text"]
    assert {"figures", "tables", "links", "references_page", "n_pages", "warnings"} <= set(paper)
    assert bad["error"] == "NotAPdf"


def test_metadata_replaces_what_page_one_says(run, tmp_path, sample_pdf):
    """Title and authors come from the metadata that was given; rows without a PDF are told."""
    rows = [
        {"file": "sample-paper.pdf", "title": "Another Title", "authors": ["Zoë Any"], "arxiv_id": "2401.00001", "version": "v3"},
        {"arxiv_id": "2401.99999", "title": "Nobody's"},
    ]
    (tmp_path / "m.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, out, err = run("digest", sample_pdf, "-o", tmp_path, "--metadata", tmp_path / "m.jsonl", "--topic", "Field / 测试", *DATE)
    assert code == 0
    assert "2401.99999" in err
    post = Path(out.strip()).read_text(encoding="utf-8")
    assert "\n## Another Title\n" in post
    assert "**Authors:Zoë Any**" in post
    assert "https://arxiv.org/abs/2401.00001v3" in post


def test_the_same_file_twice_is_one_paper(run, tmp_path, sample_pdf):
    """A copy under another name is reported and left out."""
    (tmp_path / "copy.pdf").write_bytes(sample_pdf.read_bytes())
    code, out, err = run("digest", sample_pdf, tmp_path / "copy.pdf", "-o", tmp_path / "blog", *DATE)
    assert code == 0
    assert "the same file as" in err
    assert Path(out.strip()).read_text(encoding="utf-8").count("\n## ") == 1


@pytest.mark.model
def test_a_real_model_writes_and_what_it_gets_wrong_is_quoted(run, tmp_path, sample_pdf, smollm2, monkeypatch):
    """With a real GGUF the digest is complete; every field says where it comes from, and the post names the model."""
    monkeypatch.setenv("OFFLINE_DIGEST_PASSAGE_TOKENS", "1024")
    code, out, err = run("digest", sample_pdf, "-o", tmp_path / "blog", "--model", "smollm2", "--json", *DATE)
    assert code == 0, err
    digest = json.loads(out)["digest"]
    fields = {(f["field"], f["language"]): f for f in digest["fields"]}
    assert {language for _, language in fields} == {"en"}
    assert all(f["lines"] and f["origin"] in {"model", "extract"} for f in fields.values())
    assert digest["engine"]["model"]["file"].endswith(".gguf")
    post = (tmp_path / "blog/_posts/Paper/2024-08-27/Papers.md").read_text(encoding="utf-8")
    assert "smollm2" in post
