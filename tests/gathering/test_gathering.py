"""Folders, metadata files, and which row belongs to which PDF."""

import json
from pathlib import Path

import pytest

from offline_digest.errors import UsageError
from offline_digest.gathering import find_pdfs, load_metadata, match_metadata
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
        ("[1, 2]", "Line 1"),
        ("<feed>", "no entry"),
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


def test_the_surest_sign_wins():
    """The stamp on page 1 wins over the file's name, the file's hash over both."""
    rows = [
        Metadata(arxiv_id="2401.00001", title="name"),
        Metadata(arxiv_id="2401.00002", title="stamp"),
        Metadata(sha256="0" * 64, title="hash"),
    ]
    file, read = paper_file("2401.00001.pdf"), paper(arxiv_id="2401.00002")
    assert match_metadata([(file, read)], rows).metadata[0].title == "hash"
    assert match_metadata([(file, read)], rows[:2]).metadata[0].title == "stamp"
    assert match_metadata([(file, read)], rows[:1]).metadata[0].title == "name"


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
