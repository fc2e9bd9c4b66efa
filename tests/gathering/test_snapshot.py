"""A snapshot of arXiv's metadata: what is yielded is what fits, whatever way letters are written."""

import gzip
import json
import re
import tracemalloc
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from offline_digest.errors import UsageError
from offline_digest.gathering import Sieve, Snapshot, choose, load_metadata, match_metadata
from offline_digest.records import Metadata, Paper, PaperFile
from offline_digest.topics import Topic

TODAY = date(2024, 7, 10)
ROW = {
    "id": "2407.09450",
    "submitter": "Ada",
    "authors": 'E. Schr\\"odinger and Ada Lovelace',
    "title": "On whales\n  and seals",
    "comments": "9 pages",
    "journal-ref": None,
    "doi": "10.1000/x",
    "categories": "cs.CV stat.ML",
    "license": "http://creativecommons.org/licenses/by/4.0/",
    "abstract": "  Whales sing.\nSeals do not.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 8 Jul 2024 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 9 Jul 2024 00:00:01 GMT"},
    ],
    "update_date": "2024-07-10",
    "authors_parsed": [["Schrödinger", "E.", ""], ["Lovelace", "Ada", "Jr."]],
}


def written(path, *rows, **style):
    path.write_text("".join(f"{json.dumps(row, **style)}\n" for row in rows), encoding="utf-8")
    return path


def sieved(path, topic):
    return list(Snapshot(path).for_topic(Sieve(topic, TODAY - timedelta(days=topic.days))))


def test_a_row_becomes_metadata(tmp_path):
    """Names have their given names first, dates are those of the versions, the licence is kept."""
    path = written(tmp_path / "x", ROW)
    assert isinstance(load_metadata(path), Snapshot)
    assert sieved(path, Topic(name="x", categories=["cs"])) == [
        Metadata(
            arxiv_id="2407.09450",
            version="v2",
            title="On whales and seals",
            authors=("E. Schrödinger", "Ada Lovelace Jr."),
            abstract="Whales sing. Seals do not.",
            categories=("cs.CV", "stat.ML"),
            comment="9 pages",
            doi="10.1000/x",
            published=date(2024, 7, 8),
            updated=date(2024, 7, 9),
            licence="http://creativecommons.org/licenses/by/4.0/",
        )
    ]


def test_a_row_with_little_in_it_will_do(tmp_path):
    """Without versions and parsed names the plain fields count; a list of categories is as good as a string."""
    path = written(tmp_path / "x", {"id": "a", "authors": "A. B, C and D E", "categories": ["cs.CV"], "update_date": "2024-07-08"})
    (row,) = sieved(path, Topic(name="x", categories=["cs.CV"]))
    assert (row.authors, row.categories, row.updated, row.licence) == (("A. B", "C", "D E"), ("cs.CV",), date(2024, 7, 8), None)


@pytest.mark.parametrize("pack", ["plain", "gzip", "zip"])
def test_packed_files_are_read_as_they_are(tmp_path, pack):
    """What a file is is told by its first bytes, not by its name."""
    plain = written(tmp_path / "rows", ROW, ROW | {"id": "2407.00002"}).read_bytes()
    path = tmp_path / "snapshot"
    if pack == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.json", plain)
    else:
        path.write_bytes(gzip.compress(plain) if pack == "gzip" else plain)
    assert [row.arxiv_id for row in load_metadata(path).for_topic(Sieve(Topic(name="x", categories=["cs"]), date.min + timedelta(9)))] == [
        "2407.09450",
        "2407.00002",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": 2407.0945, "categories": "cs.CV"}', "Line 2 .*: id: .*string"),
        ('{"id": "x", "categories": "cs.CV"', "Line 2 .*: "),
        ('{"id": "x", "categories": "cs.CV", "versions": 3}', "Line 2 .*: versions"),
        ('{"id": "x", "categories": "cs.CV", "versions": [{"version": "v1", "created": "Mon, never"}]}', "Line 2 .*: versions"),
        ('["cs.CV", "cs.CV"]', "Line 2 "),
    ],
)
def test_a_broken_row_is_told_by_its_line(tmp_path, line, words):
    """An id as a number is refused: 2407.09450 and 2407.0945 would be one."""
    path = written(tmp_path / "x", ROW)
    path.write_text(f"{path.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=words) as caught:
        sieved(path, Topic(name="x", categories=["cs.CV"]))
    assert str(path) in caught.value.message


def test_a_packed_file_that_is_cut_off_is_told(tmp_path):
    """The rows before the cut are there, then an error names the file."""
    data = gzip.compress(b"".join(json.dumps(ROW | {"id": f"2407.{n:05d}"}).encode() + b"\n" for n in range(3000)), 0)
    (tmp_path / "x.gz").write_bytes(data[: len(data) // 2])
    with pytest.raises(UsageError, match="cannot be read to its end"):
        sieved(tmp_path / "x.gz", Topic(name="x", categories=["cs.CV"]))


LETTERS = {
    "é": ["é", "e\u0301", r"\'e", r"\'{e}"],
    "ç": ["ç", r"\c{c}", r"\c c"],
    "ö": ["ö", r"\"o", r"{\"{o}}"],
    "ß": ["ß", r"{\ss}"],
    "o": ["o", "O"],
}
WORD = st.lists(st.sampled_from("soé扩çnößty"), min_size=1, max_size=5).map("".join)
TEXT = st.lists(WORD | st.sampled_from([" ", "-", "\n", "s ", r" \textbf{o}", r" $x$ ", '"', "ies "]), max_size=8).map("".join)


@st.composite
def spelled(draw, text):
    """Spell letters of *text* as catalogues may."""
    return "".join(draw(st.sampled_from(LETTERS.get(char, [char]))) for char in draw(text))


@st.composite
def cases(draw):
    """Return a row and a topic, most of whose words are taken from the row, so that many fit."""
    title, abstract, author = draw(TEXT), draw(TEXT), draw(WORD)
    held = [word for word in re.split(r"[\W_]+", f"{title} {abstract}") if word]
    word = st.sampled_from(held) if held else WORD
    phrase = st.integers(0, max(0, len(held) - 2)).map(lambda n: " ".join(held[n : n + 2])) if held else WORD
    day = draw(st.dates(TODAY - timedelta(days=5), TODAY))
    row = {
        "id": "2407.00001",
        "title": draw(spelled(st.just(title))),
        "abstract": draw(spelled(st.just(abstract))),
        "authors_parsed": [[draw(spelled(st.just(author))), "O.", ""]],
        "categories": draw(st.sampled_from(["cs.CV", "cs.LG cs.CV", "hep-th", "cs", "stat.ML math.AG", "physics.cs"])),
        "versions": [{"version": "v1", "created": f"{day:%a, %d %b %Y} 10:00:00 GMT"}],
        "update_date": (day + timedelta(days=draw(st.sampled_from([0, 1, 400])))).isoformat(),
    }
    query = st.none() | word.map(lambda w: f"(ti:{w} OR all:{w}) ANDNOT cat:math.AG")
    makes = {
        "include": st.lists(word | phrase, min_size=1, max_size=2),
        "authors": st.just([]) | st.just([author]),
        "categories": st.just([]) | st.lists(st.sampled_from(["cs.CV", "cs", "hep-th", "cs.*", "stat.ML"]), min_size=2, max_size=3),
        "query": query,
        "days": st.sampled_from([1, 36500, 36500]),
    }
    return row, Topic(name="x", **{key: draw(make) for key, make in makes.items()})


@given(cases(), st.booleans(), st.sampled_from([None, (",", ":")]))
def test_nothing_that_fits_is_lost(tmp_path_factory, case, escaped, separators):
    """A row that the topic would keep passes, in every spelling of its letters and of JSON."""
    row, topic = case
    path = tmp_path_factory.getbasetemp() / "row"
    path.write_bytes(json.dumps(row, ensure_ascii=escaped, separators=separators).encode())
    (everything,) = sieved(path, Topic(name="x", query="jr:o", days=36500))
    kept = choose([everything], topic, today=TODAY).kept
    event(f"kept: {len(kept)}")
    assert len(sieved(path, topic)) >= len(kept)


@given(
    st.text(max_size=12) | st.text(st.sampled_from("a\\{}cite é*?²_:"), max_size=12),
    st.sampled_from(["include", "exclude", "authors", "query", "interest"]),
)
@example("\\cite{a}", "include")
@example("²", "query")
def test_any_words_can_be_looked_for(tmp_path_factory, text, key):
    """Whatever a topic accepts as words, papers can be judged by it."""
    values = {"name": "x", "categories": ["cs"], key: text if key in ("query", "interest") else [text]}
    try:
        topic = Topic(**values, rank="interest" if key == "interest" else "date")
    except ValueError:
        return
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_text(json.dumps(ROW | {"title": text}), encoding="utf-8")
    rows = [*sieved(path, topic), Metadata(title=text, authors=(text, "A B"), categories=("cs.CV",))]
    found = choose(rows, topic, today=TODAY)
    assert len(found.kept) + len(found.dropped) == len(rows)


@pytest.mark.parametrize(
    ("topic", "change"),
    [
        ({"include": ["whale"]}, {"title": "On seals", "abstract": "Seals."}),
        (
            {"include": ["whale"]},
            {"title": "On seals", "abstract": r"$\alpha$ Schr\"odinger é \textbf{seals}", "authors_parsed": [["é", "", ""]]},
        ),
        ({"include": ["鲸鱼"]}, {"title": "海豹"}),
        ({"categories": ["hep-th"]}, {}),
        ({"categories": ["cs.CV"], "days": 7}, {"update_date": "2024-06-30"}),
        ({"authors": ["Emmy Noether"]}, {}),
        ({"query": "ti:walrus AND cat:cs.CV"}, {}),
        ({"query": 'ti:walrus OR abs:"polar bear"'}, {}),
    ],
)
def test_what_cannot_fit_is_not_parsed(tmp_path, topic, change):
    """Most rows fail by their bytes: a line that is no JSON behind them does no harm."""
    path = written(tmp_path / "x", ROW | change)
    path.write_text(path.read_text(encoding="utf-8").replace("}\n", "\n"), encoding="utf-8")
    assert sieved(path, Topic(name="x", **topic)) == []


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Ten times as many rows need no more memory while they are filtered."""
    peaks = []
    for n in (300, 3000):
        path = written(tmp_path / f"{n}", *(ROW | {"id": f"{n}.{i}"} for i in range(n)))
        tracemalloc.start()
        assert sum(1 for _ in Snapshot(path).for_topic(Sieve(Topic(name="x", include=["whales"]), TODAY))) == n
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
    assert path.stat().st_size > 1.5 * 2**20


def test_pdfs_find_their_rows_in_a_snapshot(tmp_path):
    """By the identifier on page 1 or in the file's name, else by the title; other rows are not even candidates."""
    rows = [ROW | {"id": f"2407.{n:05d}", "title": f"Nobody's {n}"} for n in range(50)]
    rows += [
        ROW | {"id": "quant-ph/9508027"},
        ROW | {"id": "2401.00001", "title": 'The "Öresund"\n  \\ bridge'},
        ROW | {"id": "2401.00002", "title": None},
    ]
    path = written(tmp_path / "x", *rows)
    papers = [
        (PaperFile(path=Path("a.pdf"), sha256="1", size_bytes=1), Paper(n_pages=1, title="Other", arxiv_id="2407.00007")),
        (PaperFile(path=Path("quant-ph_9508027v1.pdf"), sha256="2", size_bytes=1), Paper(n_pages=1, title="")),
        (PaperFile(path=Path("b.pdf"), sha256="3", size_bytes=1), Paper(n_pages=1, title="The “Oresund” Bridge")),
        (PaperFile(path=Path("c.pdf"), sha256="4", size_bytes=1), Paper(n_pages=1, title="Unknown")),
    ]
    match = match_metadata(papers, load_metadata(path))
    assert [row and row.arxiv_id for row in match.metadata] == ["2407.00007", "quant-ph/9508027", "2401.00001", None]
    assert match.unmatched_rows == ()
    assert [file.path.name for file in match.unmatched_files] == ["c.pdf"]
