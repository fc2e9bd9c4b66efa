"""Which papers a topic picks, and why."""

from datetime import date
from itertools import permutations

import pytest

from offline_digest.gathering import Known, choose
from offline_digest.gathering.fitting import Searchable, fits
from offline_digest.gathering.ranking import interest_of, scores
from offline_digest.records import Metadata
from offline_digest.topics import Topic, parse_query

TODAY = date(2024, 7, 10)


def row(number=1, **values):
    known = {"title": "Gaussian splatting of rooms", "categories": ("cs.CV",), "published": date(2024, 7, 8), "version": "v1"}
    return Metadata(**{"arxiv_id": f"2407.{number:05d}", **known, **values})


def topic(**values):
    return Topic(**{"name": "T", "categories": ["cs.CV"], **values})


def reasons(rows, wanted, **more):
    found = choose(rows, wanted, today=TODAY, **more)
    return {choice.row.arxiv_id: (choice.reason, choice.detail) for choice in (*found.kept, *found.dropped)}


@pytest.mark.parametrize(
    ("values", "wanted", "reason", "detail"),
    [
        ({}, {}, "new", ""),
        ({}, {"include": ["splatting", "rooms", "doors"]}, "new", "splatting, rooms"),
        ({"published": date(2024, 7, 2)}, {}, "too old", "2024-07-02"),
        ({"published": date(2024, 7, 3)}, {}, "new", ""),
        ({"published": None, "updated": date(2024, 1, 1)}, {}, "too old", "2024-01-01"),
        ({"published": None}, {}, "new", ""),
        ({"categories": ("cs.LG", "stat.ML")}, {}, "wrong category", "cs.LG stat.ML"),
        ({"categories": ("cs.LG",)}, {"categories": ["cs"]}, "new", ""),
        ({"categories": ("CS.cv",)}, {"categories": ["cs.*"]}, "new", ""),
        ({"categories": ("physics.cs",)}, {"categories": ["cs"]}, "wrong category", "physics.cs"),
        ({"categories": ()}, {}, "new", ""),
        ({"title": "Splattings, Gaußian!"}, {"include": ["splatting gaussian"]}, "new", "splatting gaussian"),
        ({"title": "Gaussian-splatting"}, {"include": ["gaussian splatting"]}, "new", "gaussian splatting"),
        ({"title": "Gaussian noise, splatting"}, {"include": ["gaussian splatting"]}, "no wanted word", ""),
        ({"title": "Unsplatting"}, {"include": ["splatting"]}, "no wanted word", ""),
        ({"abstract": "We use 3D Gaussians."}, {"include": ["3d gaussian"]}, "new", "3d gaussian"),
        ({"abstract": "关于扩散模型的综述"}, {"include": ["扩散模型"]}, "new", "扩散模型"),
        ({"abstract": "关于扩散模型的综述"}, {"exclude": ["综述"]}, "excluded word", "综述"),
        ({"abstract": "A survey."}, {"include": ["splatting"], "exclude": ["surveys"]}, "excluded word", "surveys"),
        ({"abstract": "A survey."}, {"exclude": ["ti:survey"]}, "new", ""),
        ({"authors": ("Kaiming He", "X")}, {"authors": ["He, K."]}, "new", ""),
        ({"authors": ("K. He",)}, {"authors": ["Kaiming He"]}, "new", ""),
        ({"authors": ("Kai He",)}, {"authors": ["Kaiming He"]}, "not by a wanted author", ""),
        ({"authors": ("Kaiming Hen",)}, {"authors": ["Kaiming He"]}, "not by a wanted author", ""),
        ({"authors": ("Kaiming Xu", "Ada He")}, {"authors": ["Kaiming He"]}, "not by a wanted author", ""),
        ({"authors": ("何恺明",)}, {"authors": ["何恺明"]}, "new", ""),
        ({"authors": ("Erwin Schrödinger",)}, {"authors": ["schrodinger"]}, "new", ""),
        ({"authors": ()}, {"authors": ["Kaiming He"]}, "new", ""),
        ({}, {"query": "ti:splat* AND cat:cs.CV"}, "new", ""),
        ({}, {"query": "ti:splat"}, "not in the query", ""),
        ({}, {"query": "ti:room AND submittedDate:[20240701 TO 20240707]"}, "not in the query", ""),
    ],
)
def test_each_paper_is_kept_or_dropped_for_a_reason(values, wanted, reason, detail):
    """Too old, in the wrong category, by others, with an unwanted word, without a wanted one: what is not known drops nothing."""
    assert reasons([row(**values)], topic(**wanted)) == {"2407.00001": (reason, detail)}


@pytest.mark.parametrize(
    ("query", "fit"),
    [
        ("all:lovelace", True),
        ("all:cs.CV", True),
        ("all:nothing", False),
        ("id:2407.00001v2", True),
        ("id:2407.00002", False),
        ("jr:nature", None),
        ("jr:nature OR ti:room", True),
        ("jr:nature AND ti:door", False),
        ("ti:room ANDNOT jr:nature", None),
        ("co:pages", None),
        ("au:lovelace_a", True),
        ("ti:ro?m", True),
        ("ti:r?m", False),
        ('ti:"splat* of"', True),
        ("cat:cs*", True),
        ("lastUpdatedDate:[20240101 TO 20250101]", None),
        ("submittedDate:[202407080000 TO 202407080000]", True),
    ],
)
def test_a_raw_query_is_judged_here_as_far_as_can_be(query, fit):
    """Fields that no source tells leave the answer open unless the rest decides."""
    assert fits(parse_query(query), Searchable(row(authors=("Ada Lovelace",)))) is fit


def test_a_paper_comes_once_and_its_newest_version_counts():
    """Rows for one paper in any order give one choice; ids that are one number are two papers."""
    rows = [row(9450), row(9450, version="v3"), row(9450, version="v2", title="Old title"), row(arxiv_id="2407.0945")]
    for order in permutations(rows):
        found = choose(order, topic(), today=TODAY)
        assert {(c.row.arxiv_id, c.row.version) for c in found.kept} == {("2407.09450", "v3"), ("2407.0945", "v1")}
        assert [(c.reason, c.detail.startswith("2407.09450v")) for c in found.dropped] == [("repeat", True)] * 2


def test_what_was_posted_before_comes_again_only_as_a_later_version():
    """Across topics: a known paper is dropped and told where it was; a later version is an update, and its own date counts."""
    known = [Known(row=row(n, version="v1"), where="in Other, 2024-07-01") for n in (1, 2, 3)]
    rows = [
        row(1),
        row(2, version="v2", published=date(2020, 1, 1), updated=date(2024, 7, 9)),
        row(3, version=None),
        row(4, published=date(2020, 1, 1), updated=date(2024, 7, 9)),
        row(5),
    ]
    assert reasons(rows, topic(), known=known) == {
        "2407.00001": ("known", "2407.00001v1 in Other, 2024-07-01"),
        "2407.00002": ("update", "2407.00002v1 in Other, 2024-07-01"),
        "2407.00003": ("known", "2407.00003v1 in Other, 2024-07-01"),
        "2407.00004": ("too old", "2020-01-01"),
        "2407.00005": ("new", ""),
    }


def test_lookalikes_are_told():
    """Equal title and first author, another identity: both are kept, each names the other."""
    rows = [row(1, authors=("Ada Lovelace",)), row(2, authors=("A. Lovelace",)), row(3, authors=("Emmy Noether",))]
    found = choose(rows, topic(), today=TODAY)
    assert {c.row.arxiv_id: c.resembles for c in found.kept} == {
        "2407.00001": ("2407.00002v1",),
        "2407.00002": ("2407.00001v1",),
        "2407.00003": (),
    }


def test_the_newest_come_first_and_ids_break_ties():
    """Those beyond the number wanted are dropped with their place."""
    rows = [row(3), row(1), row(2, published=date(2024, 7, 9)), row(4, published=None)]
    for order in permutations(rows):
        found = choose(order, topic(most=2), today=TODAY)
        assert [c.row.arxiv_id for c in found.kept] == ["2407.00002", "2407.00001"]
        assert [(c.row.arxiv_id, c.reason, c.detail) for c in found.dropped] == [
            ("2407.00003", "below the rank", "3 of 4"),
            ("2407.00004", "below the rank", "4 of 4"),
        ]


ABSTRACTS = {
    1: "We track whales by their songs in the ocean.",
    2: "Drones count seals on the ice from the air.",
    3: "A proof about knots, with an ocean of lemmas.",
    4: "Whale songs change, and whales learn songs.",
}


@pytest.mark.parametrize(
    ("interest", "first"),
    [("songs of whales", [4, 1]), ("The Ocean", [1, 3]), ("knot theory", [3]), ("无人机 drones on the ice", [2])],
)
def test_an_interest_ranks_by_words(interest, first):
    """Papers that share more and rarer words come first, in whatever order they came; the score is told."""
    rows = [row(number, abstract=text) for number, text in ABSTRACTS.items()]
    wanted = topic(rank="interest", interest=interest)
    orders = {tuple(c.row.arxiv_id for c in choose(order, wanted, today=TODAY).kept) for order in permutations(rows)}
    assert [order[: len(first)] for order in orders] == [tuple(f"2407.{n:05d}" for n in first)]
    kept = choose(rows, wanted, today=TODAY).kept
    assert kept[0].score > kept[-1].score == 0.0 or all(c.score for c in kept)


def test_likeness_ranks_by_the_words_of_papers_one_likes():
    """What several liked papers share weighs most; without any, the date decides."""
    rows = [row(number, abstract=text) for number, text in ABSTRACTS.items()]
    wanted = topic(rank="like", like="papers")
    liked = ["Counting seals", "Seals and walruses on ice", "Seals in the air"]
    assert choose(rows, wanted, today=TODAY, liked=liked).kept[0].row.arxiv_id == "2407.00002"
    assert [c.score for c in choose(rows, wanted, today=TODAY).kept] == [None] * 4


def test_scores_are_those_of_bm25():
    """Computed by hand for one term that one of two papers holds twice; N = 2, n = 1, both of length 2, so that b has no part in it."""
    found = scores(["whale whale", "seal ice"], interest_of(["whale"]))
    assert found == [pytest.approx(0.6931471805599453 * 2 * 2.2 / (2 + 1.2)), 0.0]
    assert scores([], {"a": 1.0}) == []
    assert scores(["", "the"], interest_of(["whale"])) == [0.0, 0.0]
    assert interest_of(["扩散 whale", "whale"])["whale"] == 1.0


def test_an_interest_in_chinese_finds_english_papers():
    """Common words stand for their English ones."""
    found = scores(["attention in networks", "whales in the sea"], interest_of(["注意力"]))
    assert found[0] > found[1] == 0.0
