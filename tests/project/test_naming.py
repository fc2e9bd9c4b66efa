"""What papers of one call are called."""

from pathlib import Path

import pytest

from offline_digest.errors import DamagedPdf, UsageError
from offline_digest.pipeline.naming import named, short_names


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["odd/x.pdf", "odd/y.pdf"], ["x.pdf", "y.pdf"]),
        (["odd/a/paper.pdf", "odd/b/paper.pdf", "odd/b/other.pdf"], ["a/paper.pdf", "b/paper.pdf", "other.pdf"]),
        (["paper.pdf", "a/paper.pdf"], ["paper.pdf", "a/paper.pdf"]),
        (["x/a/p.pdf", "y/a/p.pdf", "y/b/p.pdf"], ["x/a/p.pdf", "y/a/p.pdf", "b/p.pdf"]),
        (["/p.pdf", "p.pdf"], ["/p.pdf", "p.pdf"]),
        ([], []),
    ],
)
def test_the_shortest_end_that_tells_papers_apart(paths, names):
    """The last part of the path where that is enough."""
    found = short_names(map(Path, paths))
    assert [found[Path(path)] for path in paths] == [str(Path(name)) for name in names]


def test_many_equal_names_are_quick():
    """Ten thousand folders with a paper of the same name are told apart in one go."""
    paths = [Path(f"{n}/paper.pdf") for n in range(10_000)]
    assert short_names(paths) == {path: str(path) for path in paths}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DamagedPdf("p.pdf is damaged.", "Do."), "is damaged. Do."),
        (UsageError("Cannot read a/p.pdf.", "Do."), None),
        (DamagedPdf("The model died.", "Do."), ": The model died. Do."),
    ],
)
def test_a_failure_names_its_paper_once(error, told):
    """By the name that tells it apart."""
    first, _ = named([Path("a/p.pdf"), Path("b/p.pdf")])
    assert first.failure(error) == (f"[1/2] {Path('a/p.pdf')}{' ' if told and told[0] != ':' else ''}{told}" if told else f"[1/2] {error}")
