"""Folders, metadata files, and which row belongs to which PDF."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_digest.errors import UsageError
from offline_digest.gathering import Matching, find_pdfs, load_metadata, match_metadata
from offline_digest.records import Metadata, Paper, PaperFile

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <entry>
    <id>http://arxiv.org/abs/2407.02174v2</id>
    <updated>2024-07-03T00:00:00Z</updated><published>2024-07-02T00:00:00Z</published>
    <title>A Title
      on two lines</title>
    <summary>  An abstract
of two lines. </summary>
    <author><name>Ada Lovelace</name></author><author><name>Émile  Borel</name></author>
    <arxiv:comment>9 pages,
      2 figures</arxiv:comment>
    <category term="cs.CV"/><arxiv:primary_category term="cs.CV"/>
  </entry>
</feed>
"""


def paper_file(name, sha256="0" * 64):
    return PaperFile(path=Path(name), sha256=sha256, size_bytes=1)


def paper(title="", arxiv_id=None):
    return Paper(n_pages=1, title=title, arxiv_id=arxiv_id)


def test_folders_give_their_pdfs_once_and_in_order(tmp_path):
    """A folder stands for the PDFs below it, sorted; hidden ones and other files are left out; nothing comes twice."""
    for name in ("b.pdf", "a.PDF", "notes.txt", "sub/c.pdf", ".cache/d.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found, refused = find_pdfs([tmp_path / "b.pdf", tmp_path])
    assert [p.relative_to(tmp_path).as_posix() for p in found] == ["b.pdf", "a.PDF", "sub/c.pdf"]
    assert refused == []


def test_a_named_file_is_taken_whatever_its_name(tmp_path):
    """A PDF with another ending is read when it is named itself."""
    (tmp_path / "paper.qdf").write_bytes(b"")
    assert find_pdfs([tmp_path / "paper.qdf"])[0] == [tmp_path / "paper.qdf"]


def test_paths_that_lead_nowhere_are_told_and_stop_nothing(tmp_path):
    """A missing path and an empty folder are reported, each with its name, and the rest is found."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"")
    found, refused = find_pdfs([tmp_path / "no.pdf", tmp_path / "empty", tmp_path / "a.pdf"])
    assert found == [tmp_path / "a.pdf"]
    assert [path.name for path, _ in refused] == ["no.pdf", "empty"]
    assert "no.pdf" in refused[0][1].message
    assert "no PDF" in refused[1][1].message


def test_names_the_system_refuses_are_told(tmp_path):
    """A name that is too long or holds a zero byte is a refused path, not a crash."""
    paths = [tmp_path / ("x" * 300), Path("a\0b"), tmp_path / "a.pdf" / "b.pdf"]
    (tmp_path / "a.pdf").write_bytes(b"")
    found, refused = find_pdfs(paths)
    assert found == []
    assert [path for path, _ in refused] == paths
    assert all(isinstance(error, UsageError) for _, error in refused)
    assert "too long" in refused[0][1].message


def test_locked_folders_are_told(tmp_path, monkeypatch):
    """A folder that may not be entered is reported by its name, below another folder too, and the rest is found."""
    for name in ("locked/b.pdf", "open/a.pdf"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")
    real = os.scandir

    def refuse(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)  # a test that runs as root cannot lock itself out
    for paths in ([tmp_path], [tmp_path / "open", tmp_path / "locked"]):
        found, refused = find_pdfs(paths)
        assert found == [tmp_path / "open" / "a.pdf"]
        assert [path for path, _ in refused] == [tmp_path / "locked"]
        assert "Permission denied" in refused[0][1].message


def test_paths_behind_a_locked_folder_are_told(tmp_path, monkeypatch):
    """A file that cannot be reached is a refused path."""

    def refuse(self, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", refuse)
    found, refused = find_pdfs([tmp_path / "a.pdf"])
    assert (found, refused[0][0]) == ([], tmp_path / "a.pdf")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_only_files_are_pdfs(tmp_path):
    """A folder, a FIFO and a link to nothing are no PDFs, whatever their names."""
    (tmp_path / "folder.pdf").mkdir()
    os.mkfifo(tmp_path / "fifo.pdf")
    (tmp_path / "link.pdf").symlink_to("nothing")
    (tmp_path / "a.pdf").write_bytes(b"")
    assert find_pdfs([tmp_path]) == ([tmp_path / "a.pdf"], [])
    found, refused = find_pdfs([tmp_path / "fifo.pdf", tmp_path / "link.pdf"])
    assert (found, len(refused)) == ([], 2)
    assert "neither" in refused[0][1].message


def test_a_feed_is_read(tmp_path):
    """An Atom feed gives identifier, version, and text on one line each."""
    (tmp_path / "feed.xml").write_text(FEED, encoding="utf-8")
    (row,) = load_metadata(tmp_path / "feed.xml")
    assert (row.arxiv_id, row.version, row.title) == ("2407.02174", "v2", "A Title on two lines")
    assert row.authors == ("Ada Lovelace", "Émile Borel")
    assert (row.abstract, row.comment) == ("An abstract of two lines.", "9 pages, 2 figures")
    assert str(row.published) == "2024-07-02"


def test_json_lines_are_read(tmp_path):
    """JSON lines give the same values; keys we do not know are no error, empty lines neither."""
    line = {
        "arxiv_id": "quant-ph/9508027",
        "version": None,
        "title": "T",
        "authors": ["A B"],
        "file": "x.pdf",
        "n_pages": 3,
        "version_date": "1996-01-25",
    }
    (tmp_path / "m.jsonl").write_text("\ufeff" + json.dumps(line) + "\n\n", encoding="utf-8")
    (row,) = load_metadata(tmp_path / "m.jsonl")
    assert (row.arxiv_id, row.version, row.title, row.authors, row.file) == ("quant-ph/9508027", None, "T", ("A B",), "x.pdf")
    assert str(row.updated) == "1996-01-25"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no entry"),
        ("{}\n{broken", "Line 2"),
        ('{"authors": "one string"}', "authors"),
        ("[1, 2]", "no list of CSL-JSON"),
        ("3", "Line 1 .* no JSON object"),
        ("{}\nnull", "Line 2 .* no JSON object"),
        ("{}\n" + "[" * 100_000, "Line 2"),
        ('{"n": ' + "9" * 5000 + "}", "Line 1"),
        ('{"title": 5}', "Line 1 .*: title is not a text"),
        ("<feed>", "no whole feed"),
        (FEED.partition("<arxiv:comment>")[0], "no whole feed"),
        (FEED.replace("2024-07-03T", "yesterday"), "no readable feed"),
        ('<!DOCTYPE feed [<!ENTITY a "b">]>' + FEED.partition("?>")[2].replace("A Title", "&a;"), "document type"),
        ("<html><body>404</body></html>", "no entry"),
        ("%PDF-1.5", "Line 1"),
    ],
)
def test_broken_metadata_is_told_by_its_place(tmp_path, text, words):
    """A file that is no metadata gives one error that names file and place."""
    (tmp_path / "m").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words) as caught:
        load_metadata(tmp_path / "m")
    assert str(tmp_path / "m") in caught.value.message
    assert "_Row" not in caught.value.message


@pytest.mark.parametrize(("version", "kept"), [(2, "v2"), ("2", "v2"), ("v2", "v2"), ("V12", "v12"), ("", None), (None, None)])
def test_versions_have_one_form(tmp_path, version, kept):
    """However a catalogue writes a version, it is kept as arXiv writes it."""
    (tmp_path / "m").write_text(json.dumps({"arxiv_id": "2407.02174", "version": version}), encoding="utf-8")
    assert load_metadata(tmp_path / "m")[0].version == kept


@pytest.mark.parametrize("version", ["final", "v", "v0", "1.2", "v2 v3", 0, -1, 2.5, True, ["v2"]])
def test_what_is_no_version_is_told_by_its_line(tmp_path, version):
    """A version that arXiv cannot have given is an error that names the line."""
    (tmp_path / "m").write_text("{}\n" + json.dumps({"version": version}), encoding="utf-8")
    with pytest.raises(UsageError, match=r"Line 2 .*: version is not a version such as v2"):
        load_metadata(tmp_path / "m")


def test_a_value_that_is_none_costs_no_paper(tmp_path):
    """What is null is not known; what cannot be used is left out and told, and the row and all others stay."""
    rows = [
        {"file": "a.pdf", "authors": None, "categories": None, "title": None, "published": None},
        {"file": "b.pdf", "authors": "Ada Doe", "published": "not a date", "title": "B"},
        {"file": "c.pdf", "arxiv_id": "12345", "title": "C"},
        {"file": "d.pdf", "arxiv_id": 2407.0217, "version": "final"},
        {"file": "e.pdf", "arxiv_id": "2407.02174v2"},
    ]
    (tmp_path / "m").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    told: list[str] = []
    kept = load_metadata(tmp_path / "m", told.append)
    assert [(row.file, row.title, row.arxiv_id, row.authors) for row in kept] == [
        ("a.pdf", None, None, ()),
        ("b.pdf", "B", None, ()),
        ("c.pdf", "C", None, ()),
        ("d.pdf", None, None, ()),
        ("e.pdf", None, "2407.02174", ()),
    ]
    place = f"of the metadata file {tmp_path / 'm'}"
    assert sorted(told) == [
        f"Line 2 {place}: authors is not a list of names; it is left out.",
        f"Line 2 {place}: published is not a date such as 2024-07-09; it is left out.",
        f'Line 3 {place}: arxiv_id is not an identifier of arXiv as text, such as "2407.09450"; it is left out.',
        f'Line 4 {place}: arxiv_id is not an identifier of arXiv as text, such as "2407.09450"; it is left out.',
        f"Line 4 {place}: version is not a version such as v2; it is left out.",
    ]


def test_only_a_line_feed_ends_a_line(tmp_path):
    """A line separator of Unicode inside a string is JSON; so is a line that ends as on Windows."""
    (tmp_path / "m").write_bytes('{"title": "a\u2028b\u0085c"}\r\n{"title": "d"}'.encode())
    assert [row.title for row in load_metadata(tmp_path / "m")] == ["a b c", "d"]


def test_lone_surrogates_are_replaced(tmp_path):
    """Half a character, which JSON can spell, becomes a replacement character; whole ones stay."""
    line = {"title": "a\ud800b \U0001f600", "authors": ["\udc00"], "categories": ["\udfff"], "file": "\ud800.pdf"}
    (tmp_path / "m").write_text(json.dumps(line), encoding="utf-8")
    (row,) = load_metadata(tmp_path / "m")
    assert (row.title, row.authors, row.categories, row.file) == ("a\ufffdb \U0001f600", ("\ufffd",), ("\ufffd",), "\ufffd.pdf")
    row.model_dump_json().encode()


def test_a_missing_metadata_file_is_told(tmp_path):
    """The path that cannot be read is named."""
    with pytest.raises(UsageError, match="Cannot read the metadata file"):
        load_metadata(tmp_path / "none.xml")


@pytest.mark.parametrize(
    ("file", "read", "row"),
    [
        (paper_file("x.pdf", "ab" * 32), paper(), Metadata(sha256="AB" * 32)),
        (paper_file("folder/x.pdf"), paper(), Metadata(file="papers\\x.pdf")),
        (paper_file("x.pdf"), paper(arxiv_id="2407.02174"), Metadata(arxiv_id="2407.02174")),
        (paper_file("2407.02174v2.pdf"), paper(), Metadata(arxiv_id="2407.02174")),
        (paper_file("quant-ph_9508027.pdf"), paper(), Metadata(arxiv_id="quant-ph/9508027")),
        (paper_file("x.pdf"), paper("A TITLE: on Gödel"), Metadata(title="A title on Godel")),
    ],
)
def test_each_way_of_matching_works_alone(file, read, row):
    """Hash, file name, stamp, identifier in the name, and title each find the row."""
    match = match_metadata([(file, read)], [Metadata(title="Another"), row])
    assert match.metadata[0].title == row.title
    assert [r.title for r in match.unmatched_rows] == ["Another"]
    assert match.unmatched_files == ()


def titles(papers, rows):
    """Return the title that each PDF gets, None for none."""
    return [row and row.title for row in match_metadata(papers, rows).metadata]


def test_the_surest_sign_wins():
    """The stamp on page 1 wins over the file's name, the file's hash over both."""
    rows = [
        Metadata(arxiv_id="2401.00001", title="name"),
        Metadata(arxiv_id="2401.00002", title="stamp"),
        Metadata(sha256="0" * 64, title="hash"),
    ]
    file, read = paper_file("2401.00001.pdf"), paper(arxiv_id="2401.00002")
    assert titles([(file, read)], rows) == ["hash"]
    assert titles([(file, read)], rows[:2]) == ["stamp"]
    assert titles([(file, paper())], rows[:2]) == ["name"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["a/x.pdf", "b/x.pdf"], ["a/x.pdf", "b/x.pdf"]),
        (["b/x.pdf", "a/x.pdf"], ["a/x.pdf", "b/x.pdf"]),
        (["data\\b\\x.pdf", "./data/a/x.pdf"], ["./data/a/x.pdf", "data\\b\\x.pdf"]),
        (["elsewhere/a/x.pdf"], ["elsewhere/a/x.pdf", None]),
        (["x.pdf"], [None, None]),
        (["c/x.pdf"], [None, None]),
        (["a/x.pdf", "c/x.pdf"], ["a/x.pdf", None]),
        (["a/x.pdf", "x.pdf"], ["a/x.pdf", "x.pdf"]),
        (["x.pdf", "x.pdf"], [None, None]),
    ],
)
def test_files_of_one_name_are_told_apart_by_their_folders(rows, expected):
    """The longest common end of two paths wins; a name alone that fits two PDFs fits none."""
    papers = [(paper_file("/data/a/x.pdf", "a" * 64), paper()), (paper_file("/data/b/x.pdf", "b" * 64), paper())]
    metadata = [Metadata(file=file, title=f"{file}") for file in rows]
    assert titles(papers, metadata) == expected
    assert titles(papers[::-1], metadata) == expected[::-1]
    assert len(match_metadata(papers, metadata).unmatched_files) == expected.count(None)


def test_two_rows_for_one_name_are_told_apart():
    """Two rows with one file name fit a PDF in the folder that one of them names, and no other PDF."""
    rows = [Metadata(file="a/x.pdf", title="a"), Metadata(file="b/x.pdf", title="b")]
    assert titles([(paper_file("/data/b/x.pdf"), paper())], rows) == ["b"]
    assert titles([(paper_file("/data/c/x.pdf"), paper())], rows) == [None]


def test_copies_of_one_file_are_one_paper():
    """A name that fits two copies of one file is not ambiguous."""
    papers = [(paper_file("/data/a/x.pdf"), paper()), (paper_file("/data/b/x.pdf"), paper())]
    assert titles(papers, [Metadata(file="x.pdf", title="T")]) == ["T", "T"]


def test_a_row_for_another_file_is_ruled_out():
    """A row that carries another hash never fits, whatever else does."""
    row = Metadata(sha256="b" * 64, file="x.pdf", arxiv_id="2407.02174", title="T")
    match = match_metadata([(paper_file("x.pdf", "a" * 64), paper("T", arxiv_id="2407.02174"))], [row])
    assert match.metadata == (None,)
    assert match.unmatched_rows == (row,)


@pytest.mark.parametrize(
    ("file", "title"),
    [("2401.00001.pdf", "Another"), ("x.pdf", "T"), ("named.pdf", "Another")],
    ids=["identifier in the name", "title", "file"],
)
def test_a_stamp_rules_out_what_names_another_paper(file, title):
    """Names and titles do not fit a PDF on which another identifier is stamped, and fit it without the stamp."""
    row = Metadata(file="named.pdf", arxiv_id="2401.00001", title="T")
    assert titles([(paper_file(file), paper(title, arxiv_id="2401.00002"))], [row]) == [None]
    assert titles([(paper_file(file), paper(title))], [row]) == ["T"]


def test_a_row_goes_to_one_paper():
    """The surer of two PDFs gets the row, in whatever order they come; of two that are equally sure none does."""
    papers = [(paper_file("x.pdf", "a" * 64), paper("T")), (paper_file("y.pdf", "b" * 64), paper("T"))]
    assert titles(papers, [Metadata(file="y.pdf", title="T")]) == [None, "T"]
    assert titles(papers[::-1], [Metadata(file="y.pdf", title="T")]) == ["T", None]
    assert titles(papers, [Metadata(title="T")]) == [None, None]


def test_two_versions_are_one_paper():
    """PDFs with one identifier share its row, each under its own version; a row of the same version fits better."""
    papers = [
        (paper_file("2407.02174v1.pdf", "a" * 64), paper()),
        (paper_file("y.pdf", "b" * 64), Paper(n_pages=1, title="", arxiv_id="2407.02174", version="v2")),
    ]
    one = Metadata(arxiv_id="2407.02174", version="v2", title="new")
    match = match_metadata(papers, [one])
    assert [(row.title, row.version) for row in match.metadata] == [("new", "v1"), ("new", "v2")]
    assert titles(papers, [one, one.model_copy(update={"version": "v1", "title": "old"})]) == ["old", "new"]


def test_thousands_of_papers_are_matched_in_seconds():
    """Matching a night's work is a matter of seconds."""
    names = [f"{year:02}01.{number:05}" for year in range(10, 20) for number in range(1, 301)]
    papers = [(paper_file(f"{name}.pdf", f"{i:064}"), paper(f"Paper {name}")) for i, name in enumerate(names)]
    rows = [Metadata(arxiv_id=name, title=f"Paper {name}", file=f"pdfs/{name}.pdf") for name in names]
    started = time.perf_counter()
    assert titles(papers, rows) == [row.title for row in rows]
    assert time.perf_counter() - started < 60  # a guard against squares, not a measurement


def test_titles_without_letters_match_nothing():
    """Two papers whose titles could not be read are not the same paper."""
    match = match_metadata([(paper_file("x.pdf"), paper("—"))], [Metadata(title="…")])
    assert match.metadata == (None,)
    assert len(match.unmatched_rows) == len(match.unmatched_files) == 1


def test_a_version_in_the_name_is_kept():
    """The file's name knows its version where the row does not; of another paper's id it knows nothing."""
    match = match_metadata([(paper_file("2407.02174v2.pdf"), paper())], [Metadata(arxiv_id="2407.02174")])
    assert match.metadata[0].version == "v2"
    match = match_metadata([(paper_file("2407.02174v2.pdf"), paper(arxiv_id="2401.00002"))], [Metadata(arxiv_id="2401.00002")])
    assert match.metadata[0].version is None


def test_without_a_row_the_name_still_identifies():
    """A PDF named like arXiv names it keeps that identifier, unless page 1 carries one."""
    assert match_metadata([(paper_file("2407.02174v2.pdf"), paper())], []).metadata[0].arxiv_id == "2407.02174"
    assert match_metadata([(paper_file("2407.02174v2.pdf"), paper(arxiv_id="2401.00002"))], []).metadata == (None,)


def test_the_shared_feed_and_rows_agree(shared):
    """The two forms of the same metadata give the same titles and authors."""
    feed = {row.arxiv_id: row for row in load_metadata(shared / "papers" / "feed.xml")}
    rows = {row.arxiv_id: row for row in load_metadata(shared / "papers" / "metadata.jsonl")}
    assert len(feed) > 10
    for arxiv_id, row in feed.items():
        assert (row.title, row.authors) == (rows[arxiv_id].title, rows[arxiv_id].authors)


NAMES = ["p/a.pdf", "q/a.pdf", "p/b.pdf", "p/2407.02174v2.pdf", "q/2407.02174.pdf"]
IDS = [None, "2407.02174", "2401.00002"]
ROWS = st.builds(
    Metadata,
    file=st.sampled_from([None, "a.pdf", "p/a.pdf", "x/a.pdf", "q/b.pdf", "2407.02174v2.pdf"]),
    sha256=st.sampled_from([None, None, "0" * 64, "1" * 64, "f" * 64]),
    arxiv_id=st.sampled_from(IDS),
    version=st.sampled_from([None, "v1", "v2"]),
    title=st.sampled_from([None, "One", "Two"]),
)


@settings(max_examples=1500, deadline=None)
@given(
    rows=st.lists(ROWS, max_size=5),
    read=st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(["One", "Two", ""]), st.sampled_from(IDS)), max_size=5, unique_by=lambda x: x[0]
    ),
    unreadable=st.sets(st.sampled_from(NAMES)),
)
def test_what_is_settled_early_stays(rows, read, unreadable):
    """Metadata told before all PDFs are read is what the match of all tells, also when some are never read."""
    papers = [(paper_file(name, str(number) * 64), paper(title, arxiv_id)) for number, (name, title, arxiv_id) in enumerate(read)]
    matching = Matching([Path(name) for name in {*unreadable, *(name for name, _, _ in read)}], rows)
    early = [matching.add(*each) for each in papers]
    match = matching.finish()
    assert match == match_metadata(papers, rows)
    for settled, last in zip(early, match.metadata, strict=True):
        assert settled is None or settled.metadata == last


def test_most_papers_are_settled_as_they_come():
    """A row that names its file, one with the identifier stamped on page 1, and no row at all need nothing of the other papers."""
    rows = [Metadata(title="One", file="a.pdf"), Metadata(title="Two", arxiv_id="2401.00002"), Metadata(title="Three")]
    matching = Matching([Path("p/a.pdf"), Path("p/b.pdf"), Path("p/c.pdf"), Path("p/d.pdf")], rows)
    assert matching.add(paper_file("p/a.pdf", "a" * 64), paper("?")).metadata.title == "One"
    assert matching.add(paper_file("p/b.pdf", "b" * 64), paper("?", arxiv_id="2401.00002")).metadata.title == "Two"
    assert matching.add(paper_file("p/c.pdf", "c" * 64), paper("Three")) is None
    assert matching.add(paper_file("p/d.pdf", "d" * 64), paper("Four")).metadata is None
