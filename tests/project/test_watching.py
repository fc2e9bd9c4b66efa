"""A folder that is watched, with looks and days of the test's own."""

from datetime import date
from pathlib import Path

import pytest

from offline_digest.cli import main
from offline_digest.config import Settings
from offline_digest.engines import ExtractiveEngine
from offline_digest.errors import PaperError, UsageError
from offline_digest.pipeline import Order, Outcome, Result, watch
from tests.faults import batches
from tests.quiet import Quiet


class Looks:
    """Stands for the waiting between two looks: each time the next of the things happens that the test lists, and at their end Ctrl-C."""

    def __init__(self, *happenings):
        self._happenings = list(happenings)

    def __call__(self, seconds):
        if not self._happenings:
            raise KeyboardInterrupt
        happening = self._happenings.pop(0)
        if happening:
            happening()


@pytest.fixture
def pdfs(tmp_path):
    batches.write_papers(tmp_path / "made", 3)
    return [path.read_bytes() for path in sorted((tmp_path / "made").iterdir())]


def watched(tmp_path, looks, *, days=(date(2026, 1, 2),), report=None, **more):
    """Return how many papers the post held after each run."""
    (tmp_path / "in").mkdir(exist_ok=True)
    day = iter(days)
    order = Order(paths=(tmp_path / "in",), out=tmp_path / "out", topic="Soil", day=date(2026, 1, 1), **more)
    found = []
    results = watch(
        order,
        Settings(library=tmp_path / "library"),
        report or Quiet(),
        today=lambda: next(day, days[-1]),
        opener=lambda *_: ExtractiveEngine(),
        pause=looks,
    )
    try:
        found.extend(len(result.outcomes) for result in results)
    except KeyboardInterrupt:
        return found
    return found


def test_what_arrives_joins_the_post_of_its_day(tmp_path, pdfs):
    """A file that still grows waits; the next day has a post of its own; a restart on the same day does nothing twice."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(pdfs[0])
    looks = Looks(
        None,
        lambda: (folder / "b.pdf").write_bytes(pdfs[1][:500]),  # half of it is there
        lambda: (folder / "b.pdf").write_bytes(pdfs[1]),
        None,
        None,
        lambda: (folder / "c.pdf").write_bytes(pdfs[2]),
        None,
        None,
    )
    assert watched(tmp_path, looks, days=(date(2026, 1, 2), date(2026, 1, 2), date(2026, 1, 3))) == [1, 2, 1]
    posts = sorted((tmp_path / "out").rglob("*.md"))
    assert [post.parent.name for post in posts] == ["2026-01-02", "2026-01-03"]
    assert watched(tmp_path, Looks(None, None), days=(date(2026, 1, 3),)) == []


def test_a_half_copied_pdf_waits_and_is_told_once(tmp_path, pdfs):
    """However long the copy pauses; it stops no other, and is taken when its end is there."""
    folder, report = tmp_path / "in", Quiet()
    folder.mkdir()
    (folder / "a.pdf").write_bytes(pdfs[0][:500])
    (folder / "b.pdf").write_bytes(pdfs[1])
    looks = Looks(
        *(None, None, lambda: (folder / "a.pdf").write_bytes(pdfs[0][:-8]), None, None),
        *(lambda: (folder / "a.pdf").write_bytes(pdfs[0]), None, None),
    )
    assert watched(tmp_path, looks, report=report) == [1, 2]
    assert [line for line in report.warned if "a.pdf" in line] == [line for line in report.warned if "its end is missing" in line]
    assert len(report.warned) == 1


def test_an_empty_pdf_is_told_once(tmp_path, pdfs):
    """As one that is only half there: a copy that never came."""
    folder, report = tmp_path / "in", Quiet()
    folder.mkdir()
    (folder / "a.pdf").touch()
    looks = Looks(None, None, None, lambda: (folder / "a.pdf").write_bytes(pdfs[0]), None, None)
    assert watched(tmp_path, looks, report=report) == [1]
    assert [line.split(":")[0][-22:] for line in report.warned] == ["a.pdf is not whole yet"]
    assert "it is empty" in report.warned[0]


def test_a_broken_pdf_is_told_once_and_taken_when_it_is_whole(tmp_path, pdfs):
    """It stops nothing, and is not tried again before it changes."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF-1.4 nothing %%EOF")
    (folder / "b.pdf").write_bytes(pdfs[1])
    looks = Looks(None, None, None, lambda: (folder / "a.pdf").write_bytes(pdfs[0]), None, None)
    assert watched(tmp_path, looks) == [2, 2]
    assert len(list((tmp_path / "out").rglob("*.png")) + list((tmp_path / "out").rglob("*.webp"))) >= 1


def test_a_time_budget_ends_the_watch(tmp_path):
    """An empty folder is waited for, no longer than was asked."""
    assert watched(tmp_path, Looks(None), time_budget_s=0.0) == []


def test_what_cannot_work_is_told_at_once(tmp_path):
    """Before any PDF has come."""
    with pytest.raises(UsageError, match="post format"):
        watched(tmp_path, Looks(), format="none")


def test_the_command_ends_with_its_budget(tmp_path, capsys):
    """Only folders can be watched; a watch that found nothing ends well."""
    (tmp_path / "in").mkdir()
    asked = ["--watch", "--time-budget", "0s", "-o", str(tmp_path / "out"), "--library", str(tmp_path / "library")]
    assert main(["digest", str(tmp_path / "in"), *asked]) == 0
    assert "watching" in capsys.readouterr().err
    assert main(["digest", str(tmp_path / "none"), *asked]) == 2
    assert "no folder" in capsys.readouterr().err
    assert main(["digest", str(tmp_path / "in"), *asked, "--redo", "paper"]) == 2


@pytest.mark.parametrize(
    ("rounds", "code"),
    [
        ([], 0),
        ([((), "post.md")], 0),
        ([((PaperError("It is broken."),), "post.md")], 3),
        ([((), "post.md"), ((PaperError("It is broken."),), None)], 3),
        ([((PaperError("It is broken."),), None)], PaperError.exit_code),
    ],
)
def test_the_exit_code_is_that_of_all_rounds(tmp_path, monkeypatch, rounds, code):
    """Posts beside failures give 3, as without --watch."""
    results = [
        Result(outcomes=tuple(Outcome(path=Path("a.pdf"), error=error) for error in errors), post=Path(post) if post else None)
        for errors, post in rounds
    ]
    monkeypatch.setattr("offline_digest.pipeline.watch", lambda *_, **__: iter(results))
    assert main(["digest", str(tmp_path), "--watch", "-o", str(tmp_path / "out"), "--library", str(tmp_path / "library")]) == code
