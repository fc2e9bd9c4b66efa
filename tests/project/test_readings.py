"""Reading ahead: order, bounds, copies, failures and ends, with real PDFs and real child processes."""

import threading
from pathlib import Path

import psutil
import pytest

from offline_digest.errors import IntegrityError
from offline_digest.library import Library
from offline_digest.pipeline import readings as module
from offline_digest.pipeline.readings import AHEAD, Readings, read_papers
from tests.faults import batches
from tests.quiet import Quiet


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory):
    """Return the paths of more small papers than are read ahead."""
    folder = tmp_path_factory.mktemp("papers") / "in"
    batches.write_papers(folder, AHEAD + 4)
    return sorted(folder.iterdir())


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "library") as opened:
        yield opened


def spawned():
    return [c for c in psutil.Process().children() if "spawn_main" in " ".join(c.cmdline())]


@pytest.fixture
def children():
    """Return what lists the children since the test began: a process that filled users' templates keeps its one child for them."""
    earlier = spawned()
    return lambda: [child for child in spawned() if child not in earlier]


@pytest.mark.parametrize("readers", [1, 3])
def test_every_pdf_comes_once_and_in_order(pdfs, library, children, tmp_path, readers):
    """However many read; a copy is left out and told, a broken file and a path that leads nowhere are outcomes of their own."""
    broken, copy = tmp_path / "broken.pdf", tmp_path / "copy.pdf"
    broken.write_bytes(b"no PDF")
    copy.write_bytes(pdfs[0].read_bytes())
    report = Quiet()
    paths = [*pdfs[:5], copy, broken, tmp_path / "none.pdf", *pdfs[5:]]
    outcomes = list(read_papers(paths, library, report, readers=readers))
    assert [o.path for o in outcomes] == [tmp_path / "none.pdf", *pdfs[:5], broken, *pdfs[5:]]
    assert [type(o.error).__name__ for o in outcomes if o.error] == ["UsageError", "NotAPdf"]
    assert all(o.paper.title.startswith("Paper ") for o in outcomes if not o.error)
    assert len(report.warned) == 3
    assert children() == []


def test_what_is_read_is_kept_and_no_child_is_started_again(pdfs, library, monkeypatch):
    """A second run takes every reading from the library; nothing is started for it."""
    first = list(read_papers(pdfs[:3], library, Quiet(), readers=2))
    monkeypatch.setattr(module, "_SERVICE", "no.such:Service")
    assert [o.paper for o in read_papers(pdfs[:3], library, Quiet(), readers=2)] == [o.paper for o in first]


def test_reading_runs_ahead_but_not_away(pdfs, library):
    """While the caller works on the first paper others are read, and never more than the bound."""
    with Readings(pdfs, library, Quiet(), readers=2) as readings:
        seen = 0
        for _ in readings:
            seen += 1
            if seen == 1:
                while readings.waiting < AHEAD - 1:
                    threading.Event().wait(0.05)
            kept = library.database.row("SELECT count(*) FROM file WHERE kind = 'reading'")[0]
            assert kept <= seen + AHEAD
    assert seen == len(pdfs)


def test_leaving_early_ends_the_children(pdfs, library, children):
    """A caller that is stopped waits for no reading."""

    def leave():
        with Readings(pdfs, library, Quiet(), readers=2) as readings:
            next(iter(readings))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    assert children() == []
    assert [t for t in threading.enumerate() if t.name.startswith("reader")] == []


def test_a_library_that_cannot_be_opened_again_is_told(pdfs, library, monkeypatch):
    """What stops a reader thread stops the run, instead of leaving it waiting."""

    def refuse(root: Path):
        raise IntegrityError("The library is damaged.", "Move it away.")

    monkeypatch.setattr(module, "Library", refuse)
    with pytest.raises(IntegrityError, match="damaged"), Readings(pdfs, library, Quiet(), readers=2) as readings:
        list(readings)
