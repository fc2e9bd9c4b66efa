"""`fetch` as users call it, against arXiv played on loopback, and what `digest` makes of it."""

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from offline_digest.cli import main
from offline_digest.config import load_settings
from offline_digest.errors import ConfigError
from offline_digest.library import run_lock
from tests.gathering.arxiv_site import arxiv_site
from tests.net.conftest import no_proxies  # noqa: F401 (a fixture that is used by itself)
from tests.net.server import body, head, page

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
DATE = ["--date", "2024-08-27"]


@pytest.fixture
def site(monkeypatch):
    """Return a site that plays arXiv and is named in the environment; the pause is shorter than users have it."""
    monkeypatch.setattr("offline_digest.gathering.online.arxiv.PAUSE_S", 0.01)
    with arxiv_site() as found:
        monkeypatch.setenv("OFFLINE_DIGEST_NETWORK__ARXIV", found.base)
        yield found


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out.splitlines(), err

    return call


def test_what_fetch_prints_is_what_digest_takes(site, run, tmp_path, sample_pdf):
    """The paths of the PDFs, on stdout alone; the digest of such a path has title and authors of the catalogue, as has the identifier."""
    site.add("2407.09450", 2, title="Soil, as arXiv Calls It", pdf=sample_pdf.read_bytes())
    code, out, err = run("fetch", "arXiv:2407.09450")
    assert code == 0
    assert len(out) == 1
    assert "2407.09450v2 new: Soil, as arXiv Calls It" in err
    for number, name in enumerate((out[0], "2407.09450", "2407.09450v2")):
        code, (post,), _ = run("digest", name, "-o", tmp_path / str(number), *DATE)
        assert code == 0
        assert "\n## Soil, as arXiv Calls It\n\n**Authors:Ada Lindqvist**\n" in Path(post).read_text(encoding="utf-8")


def test_a_paper_that_was_digested_where_it_lies_is_not_fetched(site, run, tmp_path, sample_pdf):
    """The library knows it by its name; from now on it also knows what arXiv says of it."""
    site.add("2407.09450", 2, title="Soil, as arXiv Calls It")
    local = tmp_path / "2407.09450v2.pdf"
    shutil.copy(sample_pdf, local)
    run("digest", local, "-o", tmp_path / "one", *DATE)
    code, out, err = run("fetch", "2407.09450")
    assert (code, out, site.pdfs()) == (0, [str(local)], [])
    assert "1 kept" in err
    _, (post,), _ = run("digest", local, "-o", tmp_path / "two", *DATE)
    assert "\n## Soil, as arXiv Calls It\n" in Path(post).read_text(encoding="utf-8")
    local.unlink()
    assert run("fetch", "2407.09450")[2].count("2407.09450v2 new") == 1


def test_metadata_named_in_the_call_outweighs_what_was_fetched(site, run, tmp_path, sample_pdf):
    """The user knows better."""
    site.add("2407.09450", pdf=sample_pdf.read_bytes())
    _, (path,), _ = run("fetch", "2407.09450")
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"arxiv_id": "2407.09450", "title": "A Title of My Own", "authors": ["Bo Ek"]}), encoding="utf-8")
    _, (post,), _ = run("digest", path, "--metadata", rows, "-o", tmp_path / "out", *DATE)
    assert "\n## A Title of My Own\n" in Path(post).read_text(encoding="utf-8")


def test_json_lines_serve_as_metadata_elsewhere(site, run, tmp_path, sample_pdf):
    """On another machine, with the PDF carried there under any name, the lines say what it is."""
    site.add("2407.09450", 3, title="Carried by Hand", pdf=sample_pdf.read_bytes())
    code, (line,), _ = run("fetch", "2407.09450", "--json")
    assert code == 0
    row = json.loads(line)
    assert {k: row[k] for k in ("status", "arxiv_id", "version", "published", "version_date")} == {
        "status": "new",
        "arxiv_id": "2407.09450",
        "version": "v3",
        "published": "2025-03-01",
        "version_date": "2025-03-01",
    }
    shutil.copy(row["file"], tmp_path / "any.pdf")
    (tmp_path / "rows.jsonl").write_text(line, encoding="utf-8")
    library = ["--library", tmp_path / "elsewhere"]
    _, (post,), _ = run("digest", tmp_path / "any.pdf", "--metadata", tmp_path / "rows.jsonl", "-o", tmp_path / "out", *DATE, *library)
    assert "\n## Carried by Hand\n" in Path(post).read_text(encoding="utf-8")


def test_an_identifier_that_is_not_here_says_how_to_get_it(run, tmp_path):
    """`digest` never fetches; it names the command that does."""
    code, out, err = run("digest", "2407.09450", "-o", tmp_path / "out")
    assert (code, out) == (2, [])
    assert "offline-digest fetch 2407.09450" in err


def test_some_failed_is_3_and_all_failed_is_16(site, run):
    """The codes of section 7; what came is printed."""
    for n in range(2):
        site.add(f"2407.0000{n}")
    site.file("2407.00000").faults = [page, page]
    code, out, err = run("fetch", "2407.00000", "2407.00001")
    assert (code, len(out)) == (3, 1)
    assert "2407.00000v1: http://127.0.0.1" in err
    assert run("fetch", "2407.00000")[0] == 16
    assert run("fetch", "2407.00000", "2407.00001")[0] == 0


def test_nothing_found_is_no_failure(site, run):
    """A day without new papers is a day like others."""
    code, out, err = run("fetch", "soil", "--since", "1d")
    assert (code, out) == (0, [])
    assert "nothing found" in err


def test_a_dry_run_prints_what_would_come(site, run):
    """Identifiers that can be given to `fetch` again; no PDF is asked for."""
    for n in range(3):
        site.add(f"2407.0000{n}", day=f"2025-03-0{n + 1}")
    run("fetch", "2407.00001")
    code, out, err = run("fetch", "soil", "--max", "2", "--dry-run")
    assert (code, out[0]) == (0, "2407.00002v1")
    assert out[1].endswith("2407.00001v1.pdf")
    assert "1 new, 1 kept; nothing was fetched" in err
    assert len(site.pdfs()) == 1


def test_a_forbidden_network_ends_with_14(site, run, monkeypatch):
    """And is not asked."""
    monkeypatch.setenv("OFFLINE_DIGEST_NETWORK__OFFLINE", "true")
    code, out, err = run("fetch", "2407.00001")
    assert (code, out, site.requests) == (14, [], [])
    assert "offline = false" in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["2407.0945"],
        ["https://example.org/x"],
        ["soil", "--since", "yesterday"],
        ["2407.00001", "--since", "1d"],
        ["soil", "--max", "0"],
        ["--query", " "],
    ],
)
def test_wrong_calls_are_told_before_anything_is_asked(site, run, arguments):
    """Code 2 and one line."""
    code, out, err = run("fetch", *arguments)
    assert (code, out, site.requests) == (2, [], [])
    assert err.strip()


def test_a_killed_fetch_goes_on_where_it_was(site, run, tmp_path, monkeypatch):
    """SIGKILL in the middle of a PDF: what had come is used, and next to nothing is sent twice."""
    data = site.add("2407.00001", pdf=b"%PDF-1.7\n" + bytes(range(256)) * 12_000 + b"\n%%EOF\n")
    half, release = len(data) // 2, threading.Event()

    def stop_half_way(handler, file):
        head(handler, 200, len(file.data), file)
        body(handler, file.data[:half])
        release.wait(60)
        handler.close_connection = True

    site.file("2407.00001").faults = [stop_half_way]
    library = tmp_path / "library"
    command = [sys.executable, "-m", "offline_digest", "fetch", "2407.00001", "--library", str(library)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    part = library / "inbox" / "2407.00001v1.pdf.part"
    while not part.exists() or part.stat().st_size < half - 2**18:
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    release.set()
    code, (path,), _ = run("fetch", "2407.00001", "--library", library)
    assert code == 0
    assert Path(path).read_bytes() == data
    assert sum(r.sent for r in site.requests if r.path.startswith("/pdf/")) - len(data) <= len(data) // 100 + 2**20
    assert list((library / "inbox").iterdir()) == []


def test_two_fetches_at_once_wait_for_each_other(site, tmp_path):
    """On one library one works at a time; what the first brought the second finds; without waiting it ends with 11."""
    site.add("2407.00001")
    library = tmp_path / "library"
    command = [sys.executable, "-m", "offline_digest", "fetch", "2407.00001", "--library", str(library)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert len(site.pdfs()) == 1
    with run_lock(library, wait=False, told=print, name="fetch"):
        assert subprocess.run([*command, "--no-wait"], capture_output=True).returncode == 11


def test_an_archive_of_a_library_leaves_its_pdfs_at_home(site, run, tmp_path, sample_pdf):
    """Digests travel, PDFs have licences; both stay whole where they are."""
    site.add("2407.09450", pdf=sample_pdf.read_bytes())
    run("fetch", "2407.09450")
    run("digest", "2407.09450", "-o", tmp_path / "out", *DATE)
    assert run("library", "export", tmp_path / "all.tar")[0] == 0
    assert run("library", "import", tmp_path / "all.tar", "--library", tmp_path / "two")[0] == 0
    assert list((tmp_path / "two").rglob("*.pdf")) == []
    assert run("library", "gc")[1] == []
    assert run("library", "verify")[0] == 0
    assert run("fetch", "2407.09450v1")[2].count("kept") == 2


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[network]\nprxy = 'x'", "network.prxy"),
        ("[network]\nproxy = 'proxy:80'", "network.proxy"),
        ("[network]\narxiv = 'ftp://x'", "network.arxiv"),
        ("[network]\nca_bundle = '/no/such/file'", "network.ca_bundle"),
        ("[network]\noffline = 'never'", "network.offline"),
        ("network = 3", "network"),
    ],
)
def test_a_broken_network_table_is_told_by_file_and_key(tmp_path, text, key):
    """As every other key; the hint is about the key, or the table's keys where it is unknown."""
    file = tmp_path / "c.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert f"{file}: {key}" in caught.value.message
    last = key.rpartition(".")[2]
    assert caught.value.hint.startswith("Known keys: arxiv, ca_bundle" if last == "prxy" else f"{last}: ")


def test_a_variable_reaches_into_the_network_table(tmp_path, monkeypatch):
    """It wins over the file and leaves the other keys; a wrong value names the variable."""
    file = tmp_path / "c.toml"
    file.write_text("[network]\nproxy = 'http://a:1'\noffline = true\n", encoding="utf-8")
    monkeypatch.setenv("OFFLINE_DIGEST_NETWORK__PROXY", "http://b:2")
    network = load_settings(file).network
    assert (network.proxy, network.offline) == ("http://b:2", True)
    monkeypatch.setenv("OFFLINE_DIGEST_NETWORK__ARXIV", "x")
    with pytest.raises(ConfigError, match="OFFLINE_DIGEST_NETWORK__ARXIV"):
        load_settings(file)
