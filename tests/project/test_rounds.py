"""Rounds of topics against arXiv played on loopback: what is asked, fetched, digested and posted, and what is not done twice."""

import threading
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest

from offline_digest.config import Network, Settings
from offline_digest.engines import ScriptedEngine
from offline_digest.gathering.online import Arxiv, arxiv_session
from offline_digest.library import Library, enter_posted, list_posted
from offline_digest.pipeline import Plan, RenderOrder, Rounds, exit_code, forecasts, render_order
from offline_digest.pipeline import run as run_module
from offline_digest.pipeline.course import Course, Pace, pace_note
from offline_digest.pipeline.picking import note_unusable
from offline_digest.records import Metadata
from offline_digest.topics import Topic
from tests.faults.batches import write_papers
from tests.gathering.arxiv_site import arxiv_site
from tests.net.conftest import QUICK, no_proxies  # noqa: F401 (a fixture that is used by itself)
from tests.net.server import refuse, text
from tests.quiet import Quiet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
LINE = "The irrigation filter compares four probes in the soil and ignores the one that disagrees with the others."
DAY = date(2025, 3, 2)


class World:
    """arXiv, a library, and an engine that counts what it is asked. `calls` are questions, `opened` how often the engine was opened."""

    def __init__(self, site, root, pdfs):
        self.site, self.root, self.pdfs = site, root, pdfs
        self.settings = Settings(library=root / "library")
        self.calls, self.opened, self.report = [], 0, Quiet()

    def add(self, arxiv_id, version=1, *, title="Soil probes", day="2025-03-01"):
        number = len(self.site.papers)
        self.site.add(arxiv_id, version, title=title, day=day, pdf=self.pdfs[number])

    def topic(self, name="Soil", include=("soil",), **values):
        return Topic(name=name, include=include, out=self.root / "out", **values)

    def run(self, *topics, day=DAY, online=True, clock=lambda: 0.0, **values):
        """Make the rounds of one call."""
        plan = Plan(day=day, model="scripted", **values)
        with self._rounds(plan, online=online, clock=clock) as (rounds, _, _):
            return [rounds.round(topic) for topic in topics]

    def forecast(self, *topics, day=DAY, online=True):
        plan = Plan(day=day, model="scripted")
        with self._rounds(plan, online=online) as (rounds, library, arxiv):
            return list(forecasts(topics, rounds, plan, library, arxiv))

    @contextmanager
    def _rounds(self, plan, *, online, clock=lambda: 0.0):
        with (
            arxiv_session(Network(), self.root / "state", patience=QUICK, pause_s=0.0) as session,
            Library(self.settings.library) as library,
        ):
            arxiv = Arxiv(self.site.base, session) if online else None
            with Rounds(plan, self.settings, library, arxiv, self.report, opener=self._engine, clock=clock) as rounds:
                yield rounds, library, arxiv

    def _engine(self, *_):
        def script(question):
            self.calls.append(question)
            return [LINE] * question.min_lines

        self.opened += 1
        return ScriptedEngine(script, languages=("en",))

    def posts(self):
        return {p.relative_to(self.root / "out").as_posix(): p.read_bytes() for p in sorted((self.root / "out").rglob("*.md"))}

    def posted(self):
        """Return `(topic, day, id and version)` of all that was posted."""
        with Library(self.settings.library) as library:
            return [(p.topic, p.day, f"{p.paper.arxiv_id}{p.paper.version}") for p in list_posted(library)]


@pytest.fixture(scope="session")
def pdfs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdfs") / "papers"
    write_papers(folder, 4)
    return [path.read_bytes() for path in sorted(folder.iterdir())]


@pytest.fixture
def world(tmp_path, pdfs):
    with arxiv_site() as site:
        yield World(site, tmp_path, pdfs)


def test_three_runs_of_a_day_make_one_post_and_no_second_digest(world):
    """Same bytes, each PDF asked for once, the engine not even opened again; a paper that comes later joins behind those that stand."""
    world.add("2503.00001", title="Soil one")
    world.add("2503.00002", title="Soil two")
    (first,) = world.run(world.topic())
    before, calls = world.posts(), len(world.calls)
    assert (first.post.is_file(), first.errors, len(first.joined)) == (True, (), 2)
    for _ in range(2):
        (again,) = world.run(world.topic())
        assert (again.post, again.joined, again.errors) == (first.post, (), ())
    assert (world.posts(), len(world.calls), world.opened, len(world.site.pdfs())) == (before, calls, 1, 2)
    world.add("2503.00003", title="Soil three", day="2025-03-02")
    world.run(world.topic())
    assert world.posted() == [("Soil", "2025-03-02", f"2503.0000{n}v1") for n in (1, 2, 3)]
    assert len(world.posts()) == 1
    assert len(world.calls) == calls + calls // 2


def test_a_round_without_news_says_why(world):
    """Papers that fit were posted, or cannot be read; where none fits there is nothing to say."""
    world.add("2503.00001", title="Soil one")
    assert [made.known for made in world.run(world.topic(), world.topic("Reeds", ("reed",)))] == ["", ""]
    assert [made.known for made in world.run(world.topic(), day=DAY + timedelta(days=1))] == ["1 fits, all posted already"]
    with Library(world.settings.library) as library:
        note_unusable(library, [Metadata(arxiv_id="2503.00002", version="v1")])
    world.add("2503.00002", title="Soil two")
    assert [made.known for made in world.run(world.topic())] == ["2 fit, all posted already or not readable"]


def test_a_post_that_was_removed_is_written_again(world):
    """From the library: no paper is fetched or digested again."""
    world.add("2503.00001")
    (first,) = world.run(world.topic())
    before, calls = world.posts(), len(world.calls)
    first.post.unlink()
    world.run(world.topic())
    assert (world.posts(), len(world.calls), len(world.site.pdfs())) == (before, calls, 1)


def test_a_changed_template_makes_the_post_anew(world):
    """Without a question asked or a paper fetched again; the post that stood there was the program's own, so its place is taken."""
    world.add("2503.00001")
    (first,) = world.run(world.topic())
    calls = len(world.calls)
    notice = world.settings.templates / "posts" / "hexo" / "notice.md.j2"
    notice.parent.mkdir(parents=True)
    for said in ("> My notice.\n", "> My other notice.\n"):
        notice.write_text(said, encoding="utf-8")
        world.run(world.topic())
        assert said in first.post.read_text(encoding="utf-8")
    assert (len(world.posts()), len(world.calls), len(world.site.pdfs())) == (1, calls, 1)


def test_a_paper_of_two_topics_is_fetched_digested_and_shown_once(world):
    """In the first that picks it, whichever runs again; the other shows what is its own."""
    world.add("2503.00001", title="Soil and valves")
    world.add("2503.00002", title="Valves")
    topics = [world.topic(), world.topic("Valves", ("valve",))]
    expected = [("Soil", "2025-03-02", "2503.00001v1"), ("Valves", "2025-03-02", "2503.00002v1")]
    world.run(*topics)
    calls = len(world.calls)
    for order in (topics[::-1], topics):
        assert exit_code(world.run(*order)) == 0
        assert sorted(world.posted()) == expected
    assert (len(world.calls), len(world.site.pdfs()), world.opened) == (calls, 2, 1)


def test_a_forecast_names_each_paper_once_and_fetches_nothing(world):
    """Sizes are asked for without the PDFs; the time is that of the last batch, and unknown before it."""
    world.add("2503.00001", title="Soil and valves")
    world.add("2503.00002", title="Valves")
    topics = [world.topic(), world.topic("Valves", ("valve",))]
    one, two = world.forecast(*topics)
    assert (one.absent, two.absent, one.seconds) == (("2503.00001v1",), ("2503.00002v1",), None)
    assert one.sizes == {"2503.00001v1": len(world.pdfs[0])}
    assert (world.site.pdfs(), world.posted()) == ([], [])
    world.run(topics[0])
    with Library(world.settings.library) as library:
        library.keep_note(pace_note("scripted"), Pace(seconds=60, papers=3).model_dump_json())
    asked = len(world.site.queries())
    one, two = world.forecast(*topics)
    assert [len(found.chosen.kept) + len(found.chosen.dropped) for found in (one, two)] == [2, 2]  # from arXiv and library, each once
    assert len(world.site.queries()) - asked == 2  # what a query tells is not asked for again by name
    assert (one.seconds, two.seconds, len(world.site.pdfs())) == (0, 60, 1)


def test_a_later_version_is_an_update(world):
    """Though it was submitted long ago: what a topic posted is asked for by name. The next post shows it, and knows what was shown before."""
    world.add("2503.00001")
    world.run(world.topic())
    world.add("2503.00001", 2, day="2025-03-20")
    day = date(2025, 3, 21)
    world.site.papers[0].day = world.site.papers[1].day = "2025-03-01"  # queries go by the first version
    (made,) = world.run(world.topic(days=3), day=day)
    assert [(c.reason, c.row.version) for c in made.joined] == [("update", "v2")]
    assert "已更新到 v2：此前的文章介绍过 v1。" in made.post.read_text(encoding="utf-8")
    expected = [("Soil", "2025-03-02", "2503.00001v1"), ("Soil", "2025-03-21", "2503.00001v2")]
    assert world.posted() == expected
    plan = Plan(day=day)
    with world._rounds(plan, online=False) as (rounds, library, _):
        same = Metadata(arxiv_id="2503.00001", version="v2", title="Soil probes")
        enter_posted(library, world.root / "other.md", topic="Other", day="2025-03-21", papers=[same])
        picked = rounds.pick(world.topic(days=3))
        order = rounds._order(world.topic(), rounds._papers(picked))
        enter_posted(library, world.root / "other.md", topic="Other", day="2025-03-21", papers=[])
    assert list(order.updates.values()) == ["v1"]  # also for what stands already, and whoever shows the same version
    before = world.posts()
    world.run(world.topic(days=3), day=day)
    assert (world.posts(), world.posted()) == (before, expected)


def test_a_post_made_again_without_a_model_keeps_its_marks(world):
    """`render` says what the post says, also where another topic showed the earlier version; elsewhere, only what the topic itself showed counts."""
    world.add("2503.00001")
    world.run(world.topic())
    world.add("2503.00001", 2, day="2025-03-20")
    day = date(2025, 3, 21)
    world.run(world.topic(days=3), day=day)
    with Library(world.settings.library) as library:

        def rendered(topic, day):
            order = RenderOrder(papers=("2503.00001",), out=world.root / f"again {topic} {day}", topic=topic, day=day)
            return render_order(order, library, Quiet()).post.read_text(encoding="utf-8")

        mark = "已更新到 v2：此前的文章介绍过 v1。"
        assert mark in rendered("Soil", day)
        assert mark in rendered("Soil", date(2025, 3, 25))
        assert mark not in rendered("Other", day)
        assert mark not in rendered("Soil", date(2025, 3, 1))
        (row,) = (p.paper for p in list_posted(library) if p.paper.version == "v2")
        enter_posted(library, world.root / "other.md", topic="Other", day="2025-03-21", papers=[row], updates={row.sha256: "v1"})
        assert mark in rendered("Other", day)


def test_a_version_of_the_same_day_takes_the_place_of_the_earlier(world):
    """One entry, and no mark: no other post showed the earlier."""
    world.add("2503.00001")
    world.run(world.topic())
    world.add("2503.00001", 2, day="2025-03-02")
    world.run(world.topic())
    assert world.posted() == [("Soil", "2025-03-02", "2503.00001v2")]


def test_a_post_holds_no_more_than_the_topic_wants(world):
    """Counted over all runs of the day."""
    world.add("2503.00001")
    world.run(world.topic(most=1))
    world.add("2503.00002", day="2025-03-02")
    (made,) = world.run(world.topic(most=1))
    assert (made.joined, world.posted()) == ((), [("Soil", "2025-03-02", "2503.00001v1")])
    world.run(world.topic(most=1), day=date(2025, 3, 3))
    assert world.posted()[1:] == [("Soil", "2025-03-03", "2503.00002v1")]


def test_a_pdf_that_cannot_be_read_gives_its_place_to_another_paper(world):
    """It is named once; the next round picks another paper. A new version of it is tried again, and is no update."""
    world.pdfs = [b"%PDF-1.7\n" + b"%" * 2000 + b"\n%%EOF\n", *world.pdfs]
    world.add("2503.00001", title="Soil one", day="2025-03-02")
    world.add("2503.00002", title="Soil two")
    (first,) = world.run(world.topic(most=1))
    (second,) = world.run(world.topic(most=1))
    assert {first.post, *(type(e).__name__ for e in first.errors), first.joined} == {None, "DamagedPdf", ()}
    assert ([c.row.arxiv_id for c in second.joined], second.errors) == (["2503.00002"], ())
    (third,) = world.run(world.topic(most=2))
    assert (third.joined, third.errors) == ((), ())
    world.add("2503.00001", 2, title="Soil one", day="2025-03-03")
    world.run(world.topic(most=2), day=DAY + timedelta(days=1))
    assert world.posted()[-1] == ("Soil", "2025-03-03", "2503.00001v2")
    assert "更新" not in world.posts()["_posts/Paper/2025-03-03/Soil.md"].decode().split("更新\n", 1)[1]


def test_a_pdf_that_does_not_come_stops_nothing(world):
    """The others are posted; some done and some failed is 3; it is tried again."""
    world.add("2503.00001", title="Soil one")
    world.add("2503.00002", title="Soil two")
    world.site.file("2503.00001").faults = [refuse(404)]
    made = world.run(world.topic())
    assert (exit_code(made), world.posted()) == (3, [("Soil", "2025-03-02", "2503.00002v1")])
    assert [c.row.arxiv_id for c in made[0].joined] == ["2503.00002"]  # one is new, not two
    assert any("404" in line for line in world.report.warned)
    assert exit_code(world.run(world.topic())) == 0
    assert {name for _, _, name in world.posted()} == {"2503.00001v1", "2503.00002v1"}


def test_a_topic_that_arxiv_does_not_answer_stops_no_other(world):
    """Its post waits for another run."""
    world.add("2503.00001")
    world.site.faults = [lambda handler: text(handler, 403, "no")]
    made = world.run(world.topic("Valves", ("valve",)), world.topic())
    assert ([m.post is not None for m in made], exit_code(made)) == ([False, True], 3)


def test_a_network_that_goes_in_the_middle_leaves_what_came(world):
    """The first PDF is posted, the other topic made from what the library holds; nothing counts as a whole round."""
    world.add("2503.00001", title="Soil one", day="2025-03-02")
    world.add("2503.00002", title="Soil two")
    world.add("2503.00003", title="Valves")
    world.run(world.topic("Valves", ("valve",)))
    server = world.site.site.server

    def go(handler, file):
        threading.Thread(target=lambda: (server.shutdown(), server.server_close())).start()
        handler.close_connection = True

    world.site.file("2503.00002").faults = [go]
    made = world.run(world.topic(), world.topic("Valves", ("valve",)))
    assert exit_code(made) == 3
    assert sorted(world.posted()) == [("Soil", "2025-03-02", "2503.00001v1"), ("Valves", "2025-03-02", "2503.00003v1")]
    with Library(world.settings.library) as library:
        assert [library.note(f"last round | {name}") for name in ("Soil", "Valves")] == [None, "2025-03-02"]
    assert exit_code(world.run(world.topic("Reeds", ("reed",)))) == 16


def test_offline_is_what_the_library_holds(world):
    """The post is that of an online run, and nothing is asked; what lost its PDF is told with the command that brings it."""
    for n in range(2):
        world.add(f"2503.0000{n}", title=f"Soil {n}")
    world.run(world.topic("Elsewhere"))
    asked = len(world.site.requests)
    topic = world.topic()
    with Library(world.settings.library) as library:
        library.database.write("DELETE FROM posted")
    (made,) = world.run(topic, online=False)
    assert (len(made.joined), made.errors, len(world.site.requests)) == (2, (), asked)
    next((world.root / "library").rglob("2503.00000v1.pdf")).unlink()
    with Library(world.settings.library) as library:
        library.database.write("DELETE FROM posted")
    (made,) = world.run(topic, online=False)
    assert [e.exit_code for e in made.errors] == [16]
    assert any("offline-digest fetch" in line for line in world.report.warned)


def test_a_time_budget_is_for_all_topics_together(world, monkeypatch):
    """It ends cleanly in the middle, what is done is posted, and the next call goes on to the same posts."""
    for n, title in enumerate(["Soil one", "Soil two", "Valves"]):
        world.add(f"2503.0000{n}", title=title)
    uncut = World(world.site, world.root / "uncut", world.pdfs)
    uncut.run(uncut.topic(), uncut.topic("Valves", ("valve",)))
    per_paper = len(uncut.calls) // 3
    topics = [world.topic(), world.topic("Valves", ("valve",))]

    def clock():
        return len(world.calls)  # a second a question

    monkeypatch.setattr(run_module, "Course", partial(Course, clock=clock))
    made = world.run(*topics, clock=clock, time_budget_s=per_paper + 2.5)
    assert ([(len(m.joined), m.left, m.cut) for m in made], exit_code(made)) == ([(1, 1, True), (0, 0, True)], 0)
    assert len(world.posted()) == 1
    with Library(world.settings.library) as library:
        assert library.note("last round | Soil") is None
    made = world.run(*topics, clock=clock, time_budget_s=1000.0)
    assert [m.cut for m in made] == [False, False]
    assert len(world.calls) == len(uncut.calls)
    assert world.posts() == uncut.posts()
    with Library(world.settings.library) as library:
        assert Pace.model_validate_json(library.note(pace_note("scripted"))).papers == 3


@pytest.mark.parametrize(
    ("runs", "first_day"),
    [
        ([], "20250406"),  # no round before: the topic's days
        ([(30, None)], "20250310"),  # the last whole round, and what arXiv showed late
        ([(30, None), (5, 1)], "20250310"),  # a round that left days out between does not count
        ([(30, None), (5, 30)], "20250404"),
    ],
)
def test_since_last_goes_back_to_the_last_whole_round(world, runs, first_day):
    """Days before the day of the post, and how far back each former round looked (None: as the topic says)."""
    today = date(2025, 4, 13)
    for ago, back in runs:
        day = today - timedelta(days=ago)
        world.run(world.topic(), day=day, since=None if back is None else day - timedelta(days=back))
    world.run(world.topic(), day=today, since="last")
    assert f"submittedDate:[{first_day}0000" in world.site.queries()[-1]["search_query"][0]


def test_a_round_asks_for_the_languages_of_the_topic(world):
    """And for no others."""
    world.add("2503.00001")
    world.run(world.topic(languages=("zh",)))
    assert world.calls == []
    world.run(world.topic(languages=("en",)))
    assert {question.language for question in world.calls} == {"en"}
