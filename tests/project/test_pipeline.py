"""The whole row with a scripted engine: what a stop leaves behind."""

import contextlib
import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from functools import partial

import pymupdf
import pytest

from offline_digest.config import Settings
from offline_digest.engines import ScriptedEngine
from offline_digest.files import file_sha256
from offline_digest.library import Library, keep_pdf, list_papers
from offline_digest.pipeline import Order, run_order
from offline_digest.pipeline import run as run_module
from offline_digest.pipeline.course import Course
from offline_digest.records import Metadata
from tests.quiet import Quiet

LINE = "The irrigation filter compares four probes in the soil and ignores the one that disagrees with the others."


class Stop(BaseException):
    """What a signal raises."""


@pytest.fixture
def papers(sample_pdf, tmp_path):
    """Two PDFs with different titles: the sample, and one page of our own."""
    folder = tmp_path / "papers"
    folder.mkdir()
    shutil.copy(sample_pdf, folder / "a.pdf")
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 90), "A Second Paper on Dry Soil", fontsize=18)
        page.insert_textbox((72, 140, 520, 700), "Abstract\n" + f"{LINE} " * 12, fontsize=10)
        document.save(folder / "b.pdf")
    return folder


def run(papers, tmp_path, *, stop_at=None, passage_tokens=8192, **order):
    """Digest both papers; the engine raises `Stop` at the call *stop_at*."""
    calls = []

    def script(question):
        calls.append(question)
        if stop_at is not None and len(calls) > stop_at:
            raise Stop
        return [LINE] * question.min_lines

    order = Order(paths=(papers,), out=tmp_path / "out", topic="Soil", day=date(2026, 1, 2), model="scripted", **order)
    report = Quiet()
    settings = Settings(library=tmp_path / "library")
    return (
        run_order(order, settings, report, opener=lambda *_: ScriptedEngine(script, languages=("en",), passage_tokens=passage_tokens)),
        calls,
        report,
    )


def posts(tmp_path):
    return [p.read_text(encoding="utf-8") for p in (tmp_path / "out").rglob("*.md")]


def test_a_stop_writes_what_is_done_and_the_next_run_goes_on(papers, tmp_path):
    """The first paper's post is there after a stop in the second; the next run asks only for the rest and writes both."""
    _, calls, _ = run(papers, tmp_path / "uncut")
    per_paper = len(calls) // 2
    with pytest.raises(Stop):
        run(papers, tmp_path, stop_at=per_paper + 3)
    assert len(posts(tmp_path)) == 1
    assert "A Second Paper" not in posts(tmp_path)[0]
    _, again, _ = run(papers, tmp_path)
    assert len(again) == len(calls) - per_paper - 3
    assert posts(tmp_path) == posts(tmp_path / "uncut")


def test_a_stop_leaves_a_post_that_holds_more(papers, tmp_path):
    """A whole post of an earlier run is not replaced by a part of it."""
    _, calls, _ = run(papers, tmp_path)
    before = posts(tmp_path)
    shutil.rmtree(tmp_path / "library" / "papers")
    with contextlib.closing(sqlite3.connect(tmp_path / "library" / "library.sqlite")) as db:
        db.execute("DELETE FROM call")
        db.commit()
    with pytest.raises(Stop):
        run(papers, tmp_path, stop_at=len(calls) // 2 + 3)
    assert posts(tmp_path) == before


def test_papers_that_others_could_rival_come_last_and_nothing_waits_for_them(papers, tmp_path):
    """A paper that only its title matches is digested after the settled ones; the post keeps the order, and each gets its own row."""
    metadata = tmp_path / "rows.jsonl"
    rows = [
        {"title": "Four Probes and a Filter: Irrigation Scheduling That Ignores False Alarms", "authors": ["Ann Lee"]},
        {"title": "Another title", "authors": ["Bo Chen"], "file": "b.pdf"},
    ]
    metadata.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    order = Order(paths=(papers,), out=tmp_path / "out", topic="Soil", day=date(2026, 1, 2), model="scripted", metadata=metadata)
    report = Quiet()
    engine = ScriptedEngine(lambda question: [LINE] * question.min_lines, languages=("en",))
    result = run_order(order, Settings(library=tmp_path / "library"), report, opener=lambda *_: engine)
    done = [text for text in report.stepped if text.endswith("digested")]
    assert [text[:5] for text in done] == ["[2/2]", "[1/2]"]
    assert [o.digest.authors for o in result.outcomes] == [("Ann Lee",), ("Bo Chen",)]
    assert report.warned == []


def test_metadata_that_was_given_once_is_known_later(papers, tmp_path):
    """A call without it shows what the one with it showed, and asks for nothing; new rows replace it; other papers have theirs from page 1."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"file": "a.pdf", "title": "Soil", "authors": ["Ann Lee"]}), encoding="utf-8")
    run(papers, tmp_path, metadata=rows)
    result, asked, report = run(papers, tmp_path)
    assert (result.outcomes[0].digest.title, result.outcomes[0].is_kept) == ("Soil", True)
    assert result.outcomes[1].digest.title != "Soil"
    assert (asked, report.warned) == ([], [])
    rows.write_text(json.dumps({"file": "a.pdf", "title": "Soil again", "authors": ["Ann Lee"]}), encoding="utf-8")
    run(papers, tmp_path, metadata=rows)
    result, _, _ = run(papers, tmp_path)
    assert result.outcomes[0].digest.title == "Soil again"


def test_what_the_source_of_a_fetched_paper_says_stays(papers, tmp_path):
    """Rows that come with it are used in their call alone."""
    with Library(tmp_path / "library") as library:
        copy = tmp_path / "2601.00001v1.pdf"
        copy.write_bytes((papers / "a.pdf").read_bytes())
        keep_pdf(library, copy, file_sha256(copy), Metadata(arxiv_id="2601.00001", version="v1", title="As arXiv has it"))
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"file": "a.pdf", "title": "Short"}), encoding="utf-8")
    titles = [run(papers, tmp_path, metadata=given)[0].outcomes[0].digest.title for given in (rows, None)]
    assert titles == ["Short", "As arXiv has it"]


def test_rows_that_nothing_tells_apart_are_named(papers, tmp_path):
    """Two rows of one title fit a PDF: neither is taken, and the warning says which they are."""
    rows = tmp_path / "rows.jsonl"
    title = "Four Probes and a Filter: Irrigation Scheduling That Ignores False Alarms"
    given = [{"arxiv_id": f"2601.0000{n}", "title": title} for n in (1, 2)]
    rows.write_text("\n".join(map(json.dumps, given)), encoding="utf-8")
    _, _, report = run(papers, tmp_path, metadata=rows)
    told = [line for line in report.warned if "several rows or several PDFs fit" in line]
    assert len(told) == 1
    assert "2601.00001; 2601.00002" in told[0]


def test_a_time_budget_ends_with_what_is_done(papers, tmp_path, monkeypatch):
    """The first paper's post is there, nothing of the second is lost, the exit code is 0; the next call goes on."""
    _, calls, _ = run(papers, tmp_path / "uncut")
    per_paper = len(calls) // 2
    asked = []

    def script(question):
        asked.append(question)
        return [LINE] * question.min_lines

    order = Order(
        paths=(papers,), out=tmp_path / "out", topic="Soil", day=date(2026, 1, 2), model="scripted", time_budget_s=per_paper + 2.5
    )
    settings, opener = Settings(library=tmp_path / "library"), lambda *_: ScriptedEngine(script, languages=("en",))
    monkeypatch.setattr(run_module, "Course", partial(Course, clock=lambda: len(asked)))  # a second a question
    result = run_order(order, settings, Quiet(), opener=opener)
    assert (result.exit_code, result.left, len(asked)) == (0, 1, per_paper + 3)
    assert "A Second Paper" not in posts(tmp_path)[0]
    result = run_order(replace(order, time_budget_s=None), settings, Quiet(), opener=opener)
    assert (result.exit_code, result.left, len(asked)) == (0, 0, len(calls))
    assert posts(tmp_path) == posts(tmp_path / "uncut")
    monkeypatch.undo()
    result = run_order(replace(order, time_budget_s=0.0), settings, Quiet(), opener=opener)
    assert (result.left, len(asked), posts(tmp_path)) == (0, len(calls), posts(tmp_path / "uncut"))  # what is kept takes no time


@pytest.mark.parametrize(("redo", "again", "read"), [(None, 0, 0), ("fields", 1, 0), ("paper", 1, 2)])
def test_redo_makes_again_what_is_asked_for(papers, tmp_path, redo, again, read):
    """Nothing without it; the model's fields alone, or the readings too; the post is the same each time."""
    asked = []

    def script(question):
        asked.append(question)
        return [LINE] * question.min_lines

    def call(redo):
        order = Order(paths=(papers,), out=tmp_path / "out", topic="Soil", day=date(2026, 1, 2), model="scripted", redo=redo)
        engine = ScriptedEngine(script, languages=("en",))
        return run_order(order, Settings(library=tmp_path / "library"), Quiet(), opener=lambda *_: engine)

    call(None)
    first, post = len(asked), posts(tmp_path)
    made = {p: p.stat().st_mtime_ns for p in (tmp_path / "library").rglob("reading-*.json")}
    result = call(redo)
    assert (result.exit_code, len(asked)) == (0, first * (1 + again))
    assert sum(p.stat().st_mtime_ns != made[p] for p in (tmp_path / "library").rglob("reading-*.json")) == read
    assert posts(tmp_path) == post


@pytest.mark.parametrize("redo", ["fields", "paper"])
def test_a_redo_that_is_stopped_goes_on_and_loses_nothing(papers, tmp_path, redo):
    """What was there stays until it is made again; the same command asks only for the rest, and after its end it is a new wish."""
    _, calls, _ = run(papers, tmp_path)
    asked = []

    def call(*, stop_at=None):
        def script(question):
            asked.append(question)
            if len(asked) == stop_at:
                raise Stop
            return [LINE] * question.min_lines

        order = Order(paths=(papers,), out=tmp_path / "out", topic="Soil", day=date(2026, 1, 2), model="scripted", redo=redo)
        engine = ScriptedEngine(script, languages=("en",))
        return run_order(order, Settings(library=tmp_path / "library"), Quiet(), opener=lambda *_: engine)

    per_paper = len(calls) // 2
    for stop_at in (4, per_paper + 7):
        with pytest.raises(Stop):
            call(stop_at=stop_at)
        with Library(tmp_path / "library") as library:
            assert len(list_papers(library)) == 2
            assert all(library.digest(paper.sha256, key) for paper in list_papers(library) for key in digest_keys(library, paper.sha256))
    call()
    assert len(asked) == len(calls) + 2  # the two questions that were stopped
    call()
    assert len(asked) == 2 * len(calls) + 2


def digest_keys(library, sha256):
    return [row[0].partition("-")[2] for row in library.database.rows("SELECT key FROM digest WHERE paper = ?", sha256)]


def test_a_later_version_is_marked_as_an_update(papers, tmp_path):
    """A post of the topic showed v1; two days later v2 comes in another PDF."""
    for day, name, version in ((2, "a.pdf", "v1"), (4, "b.pdf", "v2")):
        rows = tmp_path / "rows.jsonl"
        rows.write_text(json.dumps({"file": name, "arxiv_id": "2601.00001", "version": version, "title": "Soil"}), encoding="utf-8")
        order = Order(paths=(papers / name,), out=tmp_path / "out", topic="Soil", day=date(2026, 1, day), metadata=rows)
        result = run_order(order, Settings(library=tmp_path / "library"), Quiet())
        assert ("已更新到 v2" in result.post.read_text(encoding="utf-8")) == (version == "v2")


@pytest.mark.parametrize("versions", [("v1", "v2"), ("v2", "v1")])
def test_of_two_versions_of_one_paper_the_later_is_posted(papers, tmp_path, versions):
    """In whichever order they come; one warning names the file that is left out, and nothing failed."""
    rows = tmp_path / "rows.jsonl"
    given = zip(("a.pdf", "b.pdf"), versions, strict=True)
    rows.write_text("\n".join(json.dumps({"file": f, "arxiv_id": "2601.00001", "version": v, "title": f"Soil {v}"}) for f, v in given))
    result, _, report = run(papers, tmp_path, metadata=rows)
    earlier = "a.pdf" if versions[0] == "v1" else "b.pdf"
    assert [line.split(", for")[0] for line in report.warned if "left out" in line] == [f"{papers / earlier}: 2601.00001v1, left out"]
    assert ("Soil v2" in posts(tmp_path)[0], "Soil v1" in posts(tmp_path)[0]) == (True, False)
    assert (result.exit_code, len(result.outcomes)) == (0, 1)


def test_two_files_of_one_version_stay_both(papers, tmp_path):
    """A supplement that is called after its paper is no copy of it."""
    for before, after in (("a", "2601.00001v1"), ("b", "2601.00001v1-supplement")):
        (papers / f"{before}.pdf").rename(papers / f"{after}.pdf")
    result, _, report = run(papers, tmp_path)
    assert (len(result.outcomes), report.warned) == (2, [])


ALREADY = "all 2 papers are digested already"


def test_a_full_digest_answers_a_brief_one(papers, tmp_path):
    """Nothing is asked for it; the post holds what was wished, and only what is there in that shape is told to be there."""
    _, asked, _ = run(papers, tmp_path)
    result, again, report = run(papers, tmp_path, brief=True)
    assert (len(again), ALREADY in report.stepped) == (0, False)
    assert all(not o.digest.asks("results") for o in result.outcomes)
    _, again, report = run(papers, tmp_path, brief=True)
    assert (len(again), ALREADY in report.stepped) == (0, True)
    result, again, report = run(papers, tmp_path)
    assert (len(again), ALREADY in report.stepped) == (0, True)
    assert all(o.digest.asks("results") for o in result.outcomes)
    assert asked


def test_a_brief_digest_is_the_beginning_of_a_full_one(papers, tmp_path):
    """What it answered is not asked again, and the rest is."""
    _, brief, _ = run(papers, tmp_path, brief=True)
    result, rest, report = run(papers, tmp_path)
    assert ALREADY not in report.stepped
    assert all(o.digest.asks("results") for o in result.outcomes)
    assert {q.field for q in brief} == {"summary", "takeaways"}
    assert {q.field for q in rest}.isdisjoint({"summary", "takeaways"})
    assert rest


def test_another_budget_is_another_digest(papers, tmp_path):
    """What a model wrote of a shorter passage is not taken for what it would write of a longer one; the first stays at hand."""
    run(papers, tmp_path, passage_tokens=300)
    _, again, report = run(papers, tmp_path)
    assert ALREADY not in report.stepped
    assert again
    _, again, report = run(papers, tmp_path, passage_tokens=300)
    assert (len(again), ALREADY in report.stepped) == (0, True)
