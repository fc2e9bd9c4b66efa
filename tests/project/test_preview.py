"""The preview joins library and site: it shows what is kept at this moment, survives what is damaged, and writes the same to a folder."""

import json
import shutil
from datetime import date

import pytest

from offline_digest.cli import main
from offline_digest.errors import UsageError
from offline_digest.library import Library, enter_posted
from offline_digest.pipeline import Preview, export_site
from offline_digest.pipeline.exporting import MANIFEST
from offline_digest.reading import READER_VERSION
from offline_digest.records import Metadata
from tests.posting import samples
from tests.posting.conftest import PNG
from tests.quiet import Quiet

FIRST, SECOND, THIRD = "a1" * 32, "b2" * 32, "c3" * 32
KEY = FIRST[:16]
DAY = "2024-08-27"


def post(library, sha256s, *, topic="Diffusion", day=DAY, **facts):
    papers = [Metadata(**{"sha256": sha256, "title": "T"} | facts) for sha256 in sha256s]
    enter_posted(library, library.root / f"{topic}-{day}.md", topic=topic, day=day, papers=papers)


@pytest.fixture
def library(tmp_path):
    """Return an open library: two papers in a post, with pictures, and one that is in none."""
    with Library(tmp_path / "library") as opened:
        opened.keep_digest(FIRST, "k", samples.orchard())
        opened.keep_digest(SECOND, "k", samples.chinese(title="A Second Paper"))
        opened.keep_digest(THIRD, "k", samples.bare(title="A Paper in No Post"))
        for sha256, names in ((FIRST, ("figure-1.png", "figure-2.png")), (SECOND, ("f1.png",))):
            folder = opened.pictures(sha256, READER_VERSION)
            folder.mkdir(parents=True)
            for name in names:
                (folder / name).write_bytes(PNG)
        post(opened, [SECOND, FIRST])
        yield opened


def page(site, path="index.html"):
    return site.file(path).decode()


def test_papers_stand_where_they_were_posted(library):
    """The list has the post's day and topic and its order of papers; what is in no post stands on the day of its digest."""
    shown = page(Preview(library))
    assert (
        shown.index("A Paper in No Post") < shown.index('id="day-2024-08-27"') < shown.index("A Second Paper") < shown.index("Four Probes")
    )
    assert "Diffusion" in shown


@pytest.mark.parametrize(
    "facts", [{"sha256": None, "arxiv_id": "2401.01234"}, {"sha256": None, "doi": "10.1/nowhere"}, {"sha256": "ff" * 32}]
)
def test_posts_of_long_ago_name_papers_otherwise(library, facts):
    """A row without a hash finds its paper by the arXiv id; one that finds none is not shown."""
    post(library, [SECOND], topic="Old", day="2020-01-02", **facts)
    assert ("Old" in page(Preview(library))) == ("arxiv_id" in facts)


def test_what_changes_is_seen(library):
    """A paper that is digested, posted or digested anew while the site is open is there the next time a page is asked for."""
    site = Preview(library)
    assert "Newcomer" not in page(site)
    with Library(library.root) as other:
        other.keep_digest("d4" * 32, "k", samples.quoting(title="Newcomer"))
    assert "Newcomer" in page(site)
    with Library(library.root) as other:
        post(other, ["d4" * 32], topic="Fresh", day="2024-09-01")
    assert "Fresh" in page(site)
    assert "Depth a beats width" in page(site, f"papers/{'d4' * 8}.html")
    with Library(library.root) as other:
        other.keep_digest("d4" * 32, "k", samples.bare(title="Newcomer, again"))
    assert "Newcomer, again" in page(site)
    assert "Depth a beats width" not in page(site, f"papers/{'d4' * 8}.html")


def test_pictures_that_come_back_are_shown(library):
    """A picture that was lost and taken again is on the page, though the digest is the same."""
    folder = library.pictures(SECOND, READER_VERSION)
    (folder / "f1.png").unlink()
    site, path = Preview(library), f"papers/{SECOND[:16]}.html"
    assert page(site, path).count("<figure") - 1 == page(site, path).count("picture missing") == 3  # one figure is that of the dialog
    (folder / "f1.png").write_bytes(PNG)
    library.enter("picture", f"{SECOND}-{READER_VERSION}-f1.png", folder / "f1.png", "00", made_at="2030-01-01T00:00:00+00:00")
    assert page(site, path).count("picture missing") == 2


def test_a_damaged_digest_is_named_and_harms_no_other(library):
    """List and page of the lost paper say so, those of the others are whole, and the whole site can be exported."""
    (library.root / "papers" / FIRST / "digest-k.json").write_text("{}", encoding="utf-8")
    site = Preview(library)
    assert page(site).count("cannot be read") == 1
    assert "Digest the paper again" in page(site, f"papers/{KEY}.html")
    assert "小网络也能排序" in page(site, f"papers/{SECOND[:16]}.html")
    assert site.file("search/0.js")
    assert not [path for path in site.paths() if path.startswith(f"pictures/{KEY}")]


def test_pictures_come_from_the_library_alone(library, tmp_path):
    """A picture is given by the name the site has for it; nothing else of the disk can be named."""
    site = Preview(library)
    paths = [path for path in site.paths() if path.startswith("pictures/")]
    assert len(paths) == 3
    assert all(site.file(path) == PNG for path in paths)
    (library.root / "papers" / FIRST / f"pictures-{READER_VERSION}" / "secret.png").write_bytes(b"x")
    for path in (
        f"pictures/{KEY}/secret.png",
        f"pictures/{KEY}/../../library.sqlite",
        f"pictures/{KEY}/..",
        f"pictures/../papers/{FIRST}/digest-k.json",
        f"papers/{KEY}",
        f"papers/../papers/{KEY}.html",
        "search/../search/0.js",
        "search/00.js",
        "search/-1.js",
        "assets/../index.html",
        "assets/words.j2",
        "/etc/passwd",
        "",
        ".",
        "index.html/",
        "topics/nothing/1.html",
    ):
        assert site.file(path) is None, path


def test_a_digest_cannot_name_a_file_elsewhere(library):
    """Whatever a digest calls its pictures, what is shown lies in its folder."""
    bad = ("../../library.sqlite", "/etc/passwd", "..\\x.png", "../f1.png", "pictures/x.png", "f1.html", ".png")
    figures = tuple(samples.digest().figures[0].model_copy(update={"image": name}) for name in bad)
    library.keep_digest(SECOND, "k", samples.digest(figures=figures, tables=()))
    assert not [path for path in Preview(library).paths() if path.startswith(f"pictures/{SECOND[:16]}")]


def test_a_link_out_of_the_folder_is_not_followed(library, tmp_path):
    """A picture that is a link to a file elsewhere is none."""
    (tmp_path / "secret.png").write_bytes(b"secret")
    link = library.pictures(SECOND, READER_VERSION) / "f2.png"
    link.symlink_to(tmp_path / "secret.png")
    site = Preview(library)
    assert [path for path in site.paths() if path.startswith(f"pictures/{SECOND[:16]}")] == [f"pictures/{SECOND[:16]}/2401.01234v2-f1.png"]


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_is_what_is_served(library, tmp_path):
    """Every file of the site is written, byte for byte; a second export of the same library changes nothing."""
    site = Preview(library)
    out = tmp_path / "site"
    assert export_site(site, out, Quiet()) == out / "index.html"
    written = tree(out)
    assert written.pop(MANIFEST)
    assert written == {path: site.file(path) for path in site.paths()}
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.html")}
    export_site(Preview(library), out, Quiet())
    assert times == {path: path.stat().st_mtime_ns for path in out.rglob("*.html")}


def test_an_export_again_takes_away_what_is_gone(library, tmp_path):
    """Pages and pictures of papers that left the library go; files of the user's in the folder stay."""
    out = tmp_path / "site"
    export_site(Preview(library), out, Quiet())
    (out / "CNAME").write_text("papers.example", encoding="utf-8")
    with library.database.transaction() as db:
        db.execute("DELETE FROM digest WHERE paper = ?", (FIRST,))
    export_site(Preview(library), out, Quiet())
    assert "CNAME" in tree(out)
    assert not [path for path in tree(out) if KEY in path]
    assert f"papers/{SECOND[:16]}.html" in tree(out)


@pytest.mark.parametrize("line", ["../outside.txt", "/{outside}", "papers/../../outside.txt", "papers/\\xff\\..\\..\\outside.txt"])
def test_a_list_of_files_that_was_tampered_with_removes_nothing_outside(line, library, tmp_path):
    """What stands in the list of an earlier export is ours only below its folder."""
    outside = tmp_path / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    out = tmp_path / "site"
    out.mkdir()
    (out / MANIFEST).write_text(line.format(outside=outside) + "\n", encoding="utf-8")
    export_site(Preview(library), out, Quiet())
    assert outside.read_text(encoding="utf-8") == "mine"


def test_every_file_of_a_site_may_go_with_the_next_export(library, tmp_path):
    """What an export wrote is known to the next as its own, whatever topics are called."""
    post(library, [FIRST], topic="a..b: 量子 \\ & <more>")
    out = tmp_path / "site"
    export_site(Preview(library), out, Quiet())
    with library.database.transaction() as db:
        db.execute("DELETE FROM digest")
    export_site(Preview(library), out, Quiet())
    assert {path.split("/")[0] for path in tree(out)} == {"index.html", "contents.html", "assets", MANIFEST}


def test_a_folder_with_other_files_is_left_alone(library, tmp_path):
    """Nothing is written into a folder that no export made."""
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="holds files that no export"):
        export_site(Preview(library), tmp_path / "home", Quiet())
    assert tree(tmp_path / "home") == {"index.html": b"mine"}


def test_an_export_that_was_stopped_can_be_made_again(library, tmp_path):
    """Half an export is one of ours."""

    class Stop(BaseException):
        pass

    class Half(Quiet):
        def life(self, text):
            raise Stop

    out = tmp_path / "site"
    with pytest.raises(Stop):
        export_site(Preview(library), out, Half())
    assert 1 < len(tree(out)) < len(list(Preview(library).paths()))
    export_site(Preview(library), out, Quiet())
    assert len(tree(out)) == 1 + len(list(Preview(library).paths()))


def test_the_command_exports(library, tmp_path, capsys):
    """`preview --export` prints the first page; with an empty library that says what to run; a port is no part of it."""
    assert main(["preview", "--export", str(tmp_path / "site"), "--library", str(library.root)]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(tmp_path / "site" / "index.html")
    assert "3 papers" in said.err
    (tmp_path / "none").mkdir()
    assert main(["preview", "--export", str(tmp_path / "empty"), "--library", str(tmp_path / "none")]) == 0
    assert "offline-digest digest" in (tmp_path / "empty" / "index.html").read_text(encoding="utf-8")
    assert main(["preview", "--export", str(tmp_path / "x"), "--port", "1", "--library", str(library.root)]) == 2


def test_looking_writes_nothing(library):
    """The site needs no file of its own in the library."""
    before = set(tree(library.root))
    site = Preview(library)
    assert all(site.file(path) is not None for path in site.paths())
    assert set(tree(library.root)) - before <= {"library.sqlite-wal", "library.sqlite-shm"}


def test_the_search_index_is_that_of_the_newest_digest(library):
    """Titles are as they are read, texts are those of both languages, in the plain form in which words are looked for."""
    library.keep_digest(THIRD, "newer", samples.chinese(title="Rates of $\\alpha$ \\& \\emph{more}"))
    text = page(Preview(library), "search/0.js")
    papers = {paper["key"]: paper for paper in json.loads(text.partition(" = ")[2].rstrip(";\n"))["papers"]}
    assert papers[THIRD[:16]]["title"] == "Rates of α & more"
    assert "网络的深度比宽度更重要" in papers[THIRD[:16]]["zh"]
    assert papers[SECOND[:16]]["authors"] == "Ann Lee, José García-Núñez, Bo O'Hara Jr."
    assert date.fromisoformat(papers[FIRST[:16]]["day"]) == date(2024, 8, 27)
    shutil.rmtree(library.root / "papers" / SECOND)
    assert page(Preview(library), "search/0.js") == text  # it comes from the index alone
