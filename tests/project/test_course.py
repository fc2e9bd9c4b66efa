"""How far a batch is and how long it will take, with a clock of our own."""

import pytest

from offline_digest.pipeline.course import Course, Pace, TimeUp
from offline_digest.progress import duration, seconds_of
from offline_digest.records import Answer, Line, Progress, Question
from tests.quiet import Quiet


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def answer(tokens):
    question = Question(field="summary", language="en", prompt="?", max_tokens=9)
    return Answer(question=question, lines=(Line(text="x"),), tokens=tokens, seconds=1.0)


def test_time_left_is_known_after_the_first_paper():
    """Nobody knows before; then it is that of the papers left, and falls while one is in work."""
    clock, report = Clock(), Quiet()
    course = Course(4, None, report, clock=clock)
    course.foretell(0)
    assert report.stepped == []
    course.begin("a.pdf", 1)
    assert report.stands[-1].seconds_left is None
    clock.now += 60
    course.end(failed=False)
    assert report.stands[-1].seconds_left == pytest.approx(180)
    course.begin("b.pdf", 2)
    clock.now += 20
    course.advance(Progress(phase="read", done=5, total=10))
    assert (report.stands[-1].seconds_left, report.stands[-1].reading) == (pytest.approx(160), 0.5)
    clock.now += 1000
    course.advance(Progress(phase="write", done=1, total=0))
    assert report.stands[-1].seconds_left == pytest.approx(3 * 60 - 57)


def test_a_failed_paper_and_a_copy_are_no_work():
    """They leave the count right and the pace alone, as do papers that were kept."""
    clock, report = Clock(), Quiet()
    course = Course(3, None, report, clock=clock)
    clock.now += 50
    course.end(failed=True)
    course.drop()
    course.begin("b.pdf", 0)
    course.end(failed=False)
    assert course.pace is None
    assert (report.stands[-1].papers, report.stands[-1].done, report.stands[-1].failed) == (2, 1, 1)


def test_fields_and_tokens_are_counted():
    """Answers of an earlier run count as fields, not as tokens; those that are asked again are asked for more."""
    clock, report = Clock(), Quiet()
    course = Course(1, None, report, clock=clock)
    course.begin("a.pdf", 0)
    course.advance(Progress(phase="ask", done=2, total=10))
    course.advance(Progress(phase="read", done=1, total=2))
    clock.now += 30
    course.advance(Progress(phase="write", done=1, total=0))
    clock.now += 5
    course.answered(answer(40))
    course.answered(answer(10))
    assert (report.stands[-1].fields, report.stands[-1].asked, report.stands[-1].tokens_per_s) == (4, 10, pytest.approx(10))
    course.advance(Progress(phase="ask", done=0, total=3))
    assert report.stands[-1].asked == 13


@pytest.mark.parametrize(
    ("papers", "kept", "pace", "told"),
    [
        (10, 0, None, []),
        (10, 3, None, ["3 of 10 papers are digested already; 7 to do"]),
        (10, 0, 90.0, ["10 papers at the pace of earlier runs: about 15 min"]),
        (200, 1, 165.0, ["1 of 200 papers is digested already; 199 papers at the pace of earlier runs: about 9 h 7 min"]),
        (1, 0, 30.0, ["1 paper at the pace of earlier runs: about 30 s"]),
        (16, 16, 30.0, ["all 16 papers are digested already"]),
        (1, 1, None, ["the paper is digested already"]),
        (1, 0, 9.0, []),
    ],
)
def test_an_estimate_comes_before_the_work(papers, kept, pace, told):
    """From earlier runs, for the papers that are not there yet."""
    report = Quiet()
    Course(papers, pace and Pace(seconds=pace, papers=3), report).foretell(kept)
    assert report.stepped == told


def test_the_pace_forgets():
    """Papers long ago count little: after many at another pace, that is the pace."""
    pace = Pace(seconds=1000, papers=1)
    for _ in range(200):
        pace = pace.after(10)
    assert pace.seconds == pytest.approx(10, rel=0.1)
    assert Pace(seconds=20, papers=1).after(10).seconds == 15


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (3599, "1 h"),
        (3660, "1 h 1 min"),
        (86400, "1 day"),
        (100_000, "1 day 4 h"),
        (172_800, "2 days"),
    ],
)
def test_durations_read_as_people_say_them(seconds, text):
    """Two units at most."""
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2h", 7200), ("90m", 5400), ("1h30m", 5400), ("1 h 30 min", 5400), ("45", 45), ("45s", 45), ("1.5 hours", 5400), ("1d", 86400)]
    + [(bad, None) for bad in ("", "h", "soon", "-1h", "2h later", "1e3")],
)
def test_lengths_of_time_are_understood(text, seconds):
    """As people write them; anything else is none."""
    assert seconds_of(text) == seconds


def test_a_spent_budget_ends_the_batch_but_no_finished_paper():
    """Told of more work when the time is up, the course ends it; a paper that is finished counts, and one may be taken up that is kept."""
    clock = Clock()
    course = Course(2, None, Quiet(), budget_s=60, clock=clock)
    course.begin("a.pdf", 0)
    course.answered(answer(3))
    clock.now += 70
    course.end(failed=False)
    course.begin("b.pdf", 0)
    for more in (
        course.check,
        lambda: course.answered(answer(3)),
        lambda: course.advance(Progress(phase="write", done=1, total=0)),
    ):
        with pytest.raises(TimeUp):
            more()
