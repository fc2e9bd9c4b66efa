"""The command line, in process, on real files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offline_digest.cli import main

DATE = ["--date", "2024-08-27"]
DEMO = ["demo", "--engine", "extractive"]  # the same where a starter model is installed


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


def test_an_empty_path_is_refused(run, tmp_path):
    """A variable of a shell that is not set does not stand for the folder one is in."""
    code, _, err = run("digest", "", "-o", tmp_path / "blog", *DATE)
    assert code == 2
    assert "the path is empty" in err
    assert not (tmp_path / "blog").exists()


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


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_brief_post_shows_what_was_asked(run, tmp_path, sample_pdf):
    """`--brief` gives summary and takeaways without gaps for the rest, and is no obstacle to the whole post afterwards."""
    post = tmp_path / "blog" / "_posts" / "Paper" / "2024-08-27" / "Papers.md"
    code, _, _ = run("digest", sample_pdf, "-o", tmp_path / "blog", "--brief", *DATE)
    text = post.read_text(encoding="utf-8")
    assert code == 0
    assert "**Key Takeaways**" in text
    assert "6. 摘要" not in text
    assert "论文中无此内容" not in text
    assert run("digest", sample_pdf, "-o", tmp_path / "blog", *DATE)[0] == 0
    assert "6. 摘要" in post.read_text(encoding="utf-8")


def test_another_library_gives_the_same_bytes(run, tmp_path):
    """What is written depends on the paper and the call, not on what was done before."""
    run(*DEMO, "-o", tmp_path / "a", *DATE)
    run(*DEMO, "-o", tmp_path / "b", *DATE, "--library", tmp_path / "other")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_nothing_is_done_twice(run, tmp_path):
    """A second run writes no reading, picture or digest anew, and the same post."""
    library = tmp_path / "library"
    run(*DEMO, "-o", tmp_path / "a", *DATE, "--library", library)
    times = {p: p.stat().st_mtime_ns for p in (library / "papers").rglob("*") if p.is_file()}
    assert len(times) > 4
    run(*DEMO, "-o", tmp_path / "b", *DATE, "--library", library)
    assert {p: p.stat().st_mtime_ns for p in (library / "papers").rglob("*") if p.is_file()} == times
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_lost_pictures_are_made_again(run, tmp_path):
    """A post never misses its figures because a file of the library went away."""
    library = tmp_path / "library"
    run(*DEMO, "-o", tmp_path / "a", *DATE, "--library", library)
    for picture in library.rglob("figure-*.*"):
        picture.unlink()
    run(*DEMO, "-o", tmp_path / "b", *DATE, "--library", library)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_post_that_loses_papers_says_so(run, tmp_path, sample_pdf):
    """Another call for the same topic and day replaces the post, and names what is no longer in it."""
    import pymupdf

    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "A Short Note on Whales\n\nWhales sing at night in cold water, and nobody knows why.")
        document.save(tmp_path / "whales.pdf")
    run("digest", sample_pdf, "-o", tmp_path / "blog", *DATE)
    code, _, err = run("digest", tmp_path / "whales.pdf", "-o", tmp_path / "blog", *DATE)
    assert code == 0
    assert "written anew without: Four Probes" in err
    assert "without" not in run("digest", tmp_path / "whales.pdf", sample_pdf, "-o", tmp_path / "blog", *DATE)[2]


def test_papers_of_one_title_are_told_apart(run, tmp_path):
    """Two editorials are two papers, and one paper is the same under any title."""
    import pymupdf

    for name, words in (("a", "Whales sing at night in cold water."), ("b", "Bees dance at noon in warm air.")):
        with pymupdf.open() as document:
            document.new_page().insert_text((72, 72), f"Editorial\n\n{words}")
            document.save(tmp_path / f"{name}.pdf")
    (tmp_path / "rows.jsonl").write_text('{"file": "b.pdf", "title": "On Bees"}\n', encoding="utf-8")
    run("digest", tmp_path / "a.pdf", "-o", tmp_path / "blog", *DATE)
    assert "written anew without: Editorial" in run("digest", tmp_path / "b.pdf", "-o", tmp_path / "blog", *DATE)[2]
    err = run("digest", tmp_path / "b.pdf", "--metadata", tmp_path / "rows.jsonl", "-o", tmp_path / "blog", *DATE)[2]
    assert "without" not in err


def test_pictures_that_a_post_showed_are_told(run, tmp_path, sample_pdf):
    """A blog publishes every file in the folder of pictures; which of them others show, or the user has drawn, nobody here knows."""
    order = ["digest", sample_pdf, "-o", tmp_path / "blog", *DATE, "--topic", "T", "--format", "markdown"]
    run(*order)
    folder = tmp_path / "blog" / "2024-08-27" / "T"
    shown = sorted(folder.iterdir())
    assert len(shown) > 3
    err = run(*order, "--figures", "licensed")[2]
    assert f"{len(shown)} pictures that it showed lie in {folder} still" in err
    assert sorted(folder.iterdir()) == shown
    assert "pictures" not in run(*order, "--figures", "licensed")[2]


def test_pictures_of_a_post_beside_an_edited_one_are_told(run, tmp_path, sample_pdf):
    """A new post beside an edited one loses pictures as any does; what the edited one shows is not counted."""
    order = ["digest", sample_pdf, "-o", tmp_path / "blog", *DATE, "--topic", "T", "--format", "markdown"]
    folder, post = tmp_path / "blog" / "2024-08-27" / "T", tmp_path / "blog" / "2024-08-27" / "T.md"
    run(*order, "--figures", "licensed")
    post.write_text("mine\n", encoding="utf-8")
    assert "pictures that" not in run(*order)[2]
    assert f"{len(list(folder.iterdir()))} pictures that it showed lie" in run(*order, "--figures", "licensed")[2]
    run(*order)
    post.unlink()
    assert "pictures that" not in run(*order)[2]
    post.write_text("mine\n", encoding="utf-8")
    assert "pictures that" not in run(*order, "--figures", "licensed")[2]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes there")
def test_a_name_that_is_no_utf8_is_no_obstacle(run, tmp_path, sample_pdf):
    """A PDF with a Latin-1 name is digested beside others."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / os.fsdecode(b"r\xe9sum\xe9.pdf")).write_bytes(sample_pdf.read_bytes())
    code, out, err = run("digest", folder, "-o", tmp_path / os.fsdecode(b"\xe9"), "--json", *DATE)
    assert code == 0, err
    assert json.loads(out)["status"] == "done"


@pytest.mark.parametrize("change", [lambda p: p.unlink(), lambda p: p.write_bytes(b"%PDF-1.4 other")])
def test_a_pdf_that_changes_while_others_are_read_keeps_its_own_reading(tmp_path, sample_pdf, change):
    """What was read is filed under the bytes that were there, and the post needs the file no more."""
    from datetime import date

    from offline_digest.config import Settings
    from offline_digest.pipeline import Order, run_order

    pdf = tmp_path / "paper.pdf"
    pdf.write_bytes(sample_pdf.read_bytes())

    class Meddling:
        def step(self, text):
            if "read," in text:
                change(pdf)

        def life(self, text, share=None):
            pass

        def stand(self, standing):
            pass

        warn = stand

    order = Order(paths=(pdf,), out=tmp_path / "blog", topic="T", day=date(2024, 8, 27))
    result = run_order(order, Settings(library=tmp_path / "library"), Meddling())
    assert result.exit_code == 0
    assert "Four Probes" in result.post.read_text(encoding="utf-8")
    assert len(list((tmp_path / "blog").rglob("*.*g"))) >= 4


def test_what_was_digested_before_is_told(run, tmp_path, sample_pdf, bad_pdfs):
    """Of a second call nobody can think that it did the work again."""
    (tmp_path / "in").mkdir()
    shutil.copy(sample_pdf, tmp_path / "in" / "a.pdf")
    order = ["digest", tmp_path / "in", bad_pdfs / "page.pdf", "-o", tmp_path / "blog", *DATE]
    assert "1 digested, 1 failed\n" in run(*order)[2]
    err = run(*order)[2]
    assert "] a.pdf: digested before\n" in err
    assert "1 digested before, 1 failed\n" in err


def test_a_users_edit_survives(run, tmp_path):
    """A post that was edited is left alone; the new one lies beside it, and the user is told."""
    _, out, _ = run(*DEMO, "-o", tmp_path, *DATE)
    post = Path(out.strip())
    post.write_text(post.read_text(encoding="utf-8") + "my own remark\n", encoding="utf-8")
    code, out, err = run(*DEMO, "-o", tmp_path, *DATE)
    assert code == 0
    assert out.strip() == f"{post}.new"
    assert "was edited since it was written" in err
    assert post.read_text(encoding="utf-8").endswith("my own remark\n")
    Path(f"{post}.new").replace(post)  # as the warning says
    code, out, err = run(*DEMO, "-o", tmp_path, *DATE)
    assert (out.strip(), "edited" in err) == (f"{post}", False)
    post.write_text("mine", encoding="utf-8")
    run(*DEMO, "-o", tmp_path, *DATE)
    post.unlink()
    assert run(*DEMO, "-o", tmp_path, *DATE)[1].strip() == f"{post}"
    assert [file.name for file in post.parent.iterdir()] == [post.name]


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
        (["digest", "SAMPLE", "-o", "OUT", "--topic", "  "], 2, "topic is empty"),
        (["digest", "SAMPLE", "-o", "OUT", "--model", ""], 2, "--model needs"),
        (["digest", "SAMPLE", "-o", "OUT", "--model", "x" * 300], 10, "cannot be reached"),
        (["digest", "SAMPLE", "-o", "OUT", "--model", "x" * 300 + ".gguf"], 10, "cannot be reached"),
        (["digest", "x" * 300, "-o", "OUT"], 2, "xxx"),
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
    assert "read, " not in err  # told before the work, not after it
    assert "Traceback" not in err
    assert words in " ".join(err.split())


def without_rights():
    """Return the prefix that takes the superuser's rights away; empty for any other user."""
    if sys.platform == "win32":
        pytest.skip("modes are POSIX")
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("the superuser may write everywhere, and there is no setpriv to change that")
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]


def test_a_read_only_folder_is_refused_before_the_work(tmp_path, sample_pdf):
    """An output folder that cannot be written ends the call at once; an unreadable PDF does not stop the others."""
    command = [*without_rights(), sys.executable, "-m", "offline_digest", "digest", str(sample_pdf)]
    (tmp_path / "locked").mkdir(mode=0o500)
    done = subprocess.run([*command, "-o", str(tmp_path / "locked")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Cannot write" in done.stderr
    assert "read, " not in done.stderr
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"%PDF-1.4")
    secret.chmod(0)
    done = subprocess.run([*command, str(secret), "-o", str(tmp_path / "open")], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "secret.pdf cannot be read" in done.stderr
    assert Path(done.stdout.strip()).is_file()


def test_a_reader_that_leaves_does_no_harm(tmp_path, sample_pdf):
    """A closed stdout ends nothing: the post is written and the call succeeds; a full disk behind stdout is told."""
    command = [sys.executable, "-m", "offline_digest", "digest", str(sample_pdf), "-o", str(tmp_path / "blog")]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    run.stdout.close()
    with run.stderr:
        err = run.stderr.read()
    assert run.wait(timeout=60) == 0, err
    assert "Traceback" not in err
    assert list((tmp_path / "blog").rglob("*.md"))
    if Path("/dev/full").exists():
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 15
        assert "Traceback" not in done.stderr
        assert "what is done is kept" in done.stderr


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
        *({"arxiv_id": f"2401.9999{n}", "title": "Nobody's"} for n in range(9)),
    ]
    (tmp_path / "m.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, out, err = run("digest", sample_pdf, "-o", tmp_path, "--metadata", tmp_path / "m.jsonl", "--topic", "Field / 测试", *DATE)
    assert code == 0
    assert one_line_each(err, "metadata without a PDF").endswith("2401.99992 Nobody's; and 6 more")
    post = Path(out.strip()).read_text(encoding="utf-8")
    assert "\n## Another Title\n" in post
    assert "**Authors:Zoë Any**" in post
    assert "https://arxiv.org/abs/2401.00001v3" in post


@pytest.mark.parametrize("form", ["snapshot", "bibtex"])
def test_metadata_of_other_catalogues_is_taken(run, tmp_path, sample_pdf, form):
    """A snapshot is searched for the papers at hand, an export names their files; rows of a snapshot without a PDF are not told."""
    (tmp_path / "2401.00001.pdf").write_bytes(sample_pdf.read_bytes())
    rows = [
        {"id": f"2401.0000{n}", "title": f"Title {n}", "authors_parsed": [["Any", "Zoë", ""]], "update_date": "2024-01-02"}
        for n in range(9)
    ]
    text = (
        "\n".join(map(json.dumps, rows))
        if form == "snapshot"
        else '@misc{x, title={Title 1}, author={Any, Zo{\\"e}}, file={2401.00001.pdf}}'
    )
    (tmp_path / "m").write_text(text, encoding="utf-8")
    code, out, err = run("digest", tmp_path / "2401.00001.pdf", "-o", tmp_path, "--metadata", tmp_path / "m", "--brief", *DATE)
    assert code == 0
    assert "metadata without" not in err
    post = Path(out.strip()).read_text(encoding="utf-8")
    assert "\n## Title 1\n" in post
    assert "**Authors:Zoë Any**" in post


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


def test_papers_of_one_name_are_told_apart(run, tmp_path, sample_pdf):
    """In every line about one of them: read, digested, unusable."""
    for folder, data in (("a", sample_pdf.read_bytes()), ("b", b"nothing")):
        (tmp_path / "in" / folder).mkdir(parents=True)
        (tmp_path / "in" / folder / "paper.pdf").write_bytes(data)
    code, _, err = run("digest", tmp_path / "in", "-o", tmp_path / "blog", "--brief", *DATE)
    assert code == 3
    for words in ("] a/paper.pdf: read, 5 pages", "] a/paper.pdf: digested", "] b/paper.pdf is not a PDF"):
        assert err.replace(os.sep, "/").count(words) == 1


@pytest.mark.parametrize(
    ("name", "words", "asked"),
    [
        ("zero.pdf", "is empty", ["read"]),
        ("none.pdf", "There is no file", ["read"]),
        ("none.pdf", "There is no file", ["bench", "engine", "--shape", "135m"]),
    ],
)
def test_an_error_is_told_once_and_on_stderr(run, tmp_path, name, words, asked):
    """Nothing of it is on stdout."""
    (tmp_path / "zero.pdf").write_bytes(b"")
    code, out, err = run(*asked, tmp_path / name)
    assert (code != 0, out, err.count(words)) == (True, "", 1)


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_links_that_lead_nowhere_are_told_once(run, tmp_path, sample_pdf):
    """They fail nothing."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.pdf").symlink_to(sample_pdf)
    for name in ("gone.pdf", "lost.pdf"):
        (tmp_path / "in" / name).symlink_to(tmp_path / "nowhere.pdf")
    code, _, err = run("digest", tmp_path / "in", "-o", tmp_path / "blog", "--brief", *DATE)
    assert (code, [line for line in err.splitlines() if "warning" in line]) == (
        0,
        [f"warning: left out, for the file it links to is not there: {tmp_path / 'in' / 'gone.pdf'} and 1 more"],
    )
