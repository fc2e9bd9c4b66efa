"""`preview` serves the library until Ctrl-C, at an address that is the same from day to day."""

import contextlib
import http.client  # noqa: TID251 (the reader of the site)
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from offline_digest.cli import main
from offline_digest.library import Library
from tests.posting import samples

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@contextlib.contextmanager
def running(library, *options):
    """Run the command; yield it and the address that it prints."""
    command = [sys.executable, "-m", "offline_digest", "preview", "--library", str(library), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process, urlsplit(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def get(address, path="/"):
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)  # noqa: TID251 (likewise)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_serves_until_it_is_stopped(number, code, tmp_path):
    """The address is on stdout, pages are there with the policy of the site; Ctrl-C is a clean end, another signal has its code."""
    with Library(tmp_path / "library") as library:
        library.keep_digest("a1" * 32, "k", samples.chinese())
    with running(tmp_path / "library", "--port", "0") as (process, address):
        assert address.hostname == "127.0.0.1"
        status, text, headers = get(address)
        assert status == 200
        assert "小网络也能排序" in text
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert get(address, "/papers/a1a1a1a1a1a1a1a1.html")[0] == 200
        process.send_signal(number)
        out, said = process.communicate(timeout=120)
    assert process.returncode == code
    assert out == ""
    assert "Traceback" not in said


def test_an_empty_library_is_served(tmp_path):
    """Before the first digest the page says what to run; once there is one, it is on the page."""
    (tmp_path / "library").mkdir()
    with running(tmp_path / "library", "--port", "0") as (_, address):
        assert "offline-digest digest papers/ -o posts" in get(address)[1]
        with Library(tmp_path / "library") as library:
            library.keep_digest("a1" * 32, "k", samples.bare(title="The First"))
        assert "The First" in get(address)[1]


def test_a_port_that_is_taken_is_told(tmp_path, capsys):
    """A port that was asked for is not exchanged for another."""
    (tmp_path / "library").mkdir()
    with running(tmp_path / "library", "--port", "0") as (_, address):
        assert main(["preview", "--port", str(address.port), "--library", str(tmp_path / "library")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"port {address.port}" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("export", [False, True])
def test_a_library_that_is_not_there_is_told(export, tmp_path, capsys):
    """A mistyped --library ends with 2 and makes nothing, neither where nothing is nor among other files; the usual one may be new."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "today.txt").write_text("x", encoding="utf-8")
    options = ["--export", str(tmp_path / "site")] if export else ["--port", "0"]
    for name in ("libary", "notes"):
        assert main(["preview", "--library", str(tmp_path / name), *options]) == 2
        said = capsys.readouterr()
        assert (said.out, said.err.count("There is no library in")) == ("", 1)
        assert "--library" in said.err
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["notes", "today.txt"]
    assert main(["preview", "--export", str(tmp_path / "site")]) == 0
    assert "offline-digest demo" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
