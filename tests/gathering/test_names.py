"""Authors and texts of metadata as catalogues spell them: entities, names with the family first, and others who are not named."""

import json

import pytest

from offline_digest.gathering import load_metadata
from offline_digest.gathering.citations import given_first, named, plain_text
from offline_digest.sample import sample_paper
from tests.quiet import Quiet


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Search &amp; Rescue &mdash; B&#233;zier &#x4e2d;", "Search & Rescue — Bézier 中"),
        ("AT&T, R&D; Q&A", "AT&T, R&D; Q&A"),
        ("a &lt; b &unheardof; &notit;", "a < b &unheardof; &notit;"),
        ("&amp;lt;", "&lt;"),
        ("&copy 2024 &amp", "&copy 2024 &amp"),
        ("a&nbsp;b&#10;c", "a b c"),
        ("", None),
    ],
)
def test_known_entities_are_decoded_once(text, plain):
    """Whatever else follows an ampersand is text."""
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    ("given", "names", "more"),
    [
        (["Ann Lee", "others"], ("Ann Lee",), True),
        (["Ann Lee", "et al."], ("Ann Lee",), True),
        (["李安", "等"], ("李安",), True),
        (["Others", "Ann Lee"], ("Others", "Ann Lee"), False),
        (["others"], ("others",), False),
        (["Zo&euml; Lee", None, " "], ("Zoë Lee",), False),
    ],
)
def test_the_last_name_may_stand_for_others(given, names, more):
    """It is no author."""
    assert named(given) == (names, more)


@pytest.mark.parametrize(
    ("names", "turned"),
    [
        (("Lee, Ann", "Bo Chen", "van der Berg, Jan"), ("Ann Lee", "Bo Chen", "Jan van der Berg")),
        (("Lee, Ann, Jr.", "李, 明", "Bo Chen"), ("Ann Lee Jr.", "李明", "Bo Chen")),
        (("Lee, Ann", "Chen, Bo, Wu"), ("Lee, Ann", "Chen, Bo, Wu")),
        (("Sam Davis, Jr.", "Ann Lee"), ("Sam Davis, Jr.", "Ann Lee")),
        (("Lee,", "Ann Lee"), ("Lee,", "Ann Lee")),
        (("Ann Lee",), ("Ann Lee",)),
    ],
)
def test_a_family_name_before_a_comma_goes_behind(names, turned):
    """Only where every comma must mean that."""
    assert given_first(names) == turned


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("@misc{x, title={T &amp; U}, author={Lee, Ann AND Chen, Bo And others}}", ("Ann Lee", "Bo Chen")),
        ("@misc{x, title={T &amp; U}, author={李, 明 and Lee, Jr., Ann and others}}", ("李明", "Ann Lee Jr.")),
        ("@misc{x, title={T {\\&} U}, author={Lee, Ann and {Sand and Sea} and others}}", ("Ann Lee", "Sand and Sea")),
        (json.dumps({"title": "T &amp; U", "authors": ["Lee, Ann", "Bo Chen", "et al."]}), ("Ann Lee", "Bo Chen")),
        (json.dumps([{"type": "book", "title": "T &#38; U", "author": [{"literal": "Ann Lee"}, {"literal": "others"}]}]), ("Ann Lee",)),
    ],
)
def test_every_format_tells_of_others(tmp_path, text, authors):
    """And gives names and titles as one reads them."""
    (tmp_path / "m").write_text(text, encoding="utf-8")
    (row,) = load_metadata(tmp_path / "m")
    assert (row.title, row.authors, row.more_authors) == ("T & U", authors, True)


@pytest.mark.parametrize("snapshot", [False, True])
def test_a_snapshot_tells_of_others(tmp_path, snapshot):
    """In names that are parted, and in the line of all."""
    row = {"id": "2407.00001", "title": "T &amp; U", "update_date": "2024-07-08", "authors": "Ann Lee, Bo Chen and others"}
    parsed = [["Lee", "Ann", ""], ["Chen", "Bo", ""], ["others", "", ""]]
    (tmp_path / "m").write_text(json.dumps(row | ({"authors_parsed": parsed} if snapshot else {})), encoding="utf-8")
    (found,) = load_metadata(tmp_path / "m").of_papers({"2407.00001"}, (), str)
    assert (found.title, found.authors, found.more_authors) == ("T & U", ("Ann Lee", "Bo Chen"), True)


def test_titles_of_real_rows_stay(shared):
    """No title of the real papers has anything that could be taken for an entity."""
    file = shared / "papers" / "metadata.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = load_metadata(file, Quiet().warn)
    assert [row.title for row in found] == [row["title"] for row in rows]
    assert [list(row.authors) for row in found] == [row.get("authors") or [] for row in rows]


@pytest.mark.parametrize(("names", "printed"), [(2, "N0, N1 et al."), (4, "N0, N1, N2 … (4+)")])
def test_the_preview_does_not_pass_off_the_first_authors_as_all(tmp_path, capsys, names, printed):
    """Neither where all that are known are shown, nor where they are counted."""
    from offline_digest.cli import main

    (tmp_path / "m.jsonl").write_text(
        json.dumps({"title": "T", "file": sample_paper().name, "authors": [*(f"N{n}" for n in range(names)), "et al."]})
    )
    assert main(["digest", str(sample_paper()), "--metadata", str(tmp_path / "m.jsonl"), "--brief", "-o", str(tmp_path / "blog")]) == 0
    assert main(["preview", "--export", str(tmp_path / "site")]) == 0
    capsys.readouterr()
    assert printed in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_a_post_does_not_pass_off_the_first_authors_as_all(tmp_path, capsys):
    """Every format says that there are more, in the language of the names; as data it is a value."""
    from offline_digest.cli import main

    pdf = tmp_path / "p.pdf"
    pdf.write_bytes(sample_paper().read_bytes())
    for names, printed in ((["Ann Lee", "Bo Chen", "et al."], "Ann Lee, Bo Chen et al."), (["李安", "陈博", "等"], "李安、陈博等")):
        (tmp_path / "m.jsonl").write_text(json.dumps({"file": "p.pdf", "title": "T", "authors": names}), encoding="utf-8")
        for form in ("hexo", "bilingual", "hugo", "jekyll", "quarto", "obsidian", "markdown", "html", "json"):
            asked = ["--metadata", str(tmp_path / "m.jsonl"), "--brief", "-o", str(tmp_path / form), "--format", form]
            assert main(["digest", str(pdf), *asked, "--date", "2026-01-02"]) == 0
            with open(capsys.readouterr().out.strip(), encoding="utf-8") as file:  # noqa: PTH123 (a path out of stdout)
                post = file.read()
            if form == "json":
                (paper,) = json.loads(post)["papers"]
                assert (paper["digest"]["authors"], paper["digest"]["more_authors"]) == (names[:-1], True)
            else:
                assert printed in post.replace("</span>", "").replace("\\.", "."), form
