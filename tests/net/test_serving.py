"""The server of the preview: this machine alone reaches it, under its own address alone, and nobody can make it do more than give files."""

import contextlib
import http.client
import ipaddress
import re
import socket
import threading

import pytest

from offline_digest.errors import IntegrityError, UsageError
from offline_digest.net import Loopback

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
FILES = {"index.html": b"<p>first</p>", "papers/a b.html": "论文".encode(), "pictures/x.png": b"\x89PNG"}


@contextlib.contextmanager
def serving(files=FILES.get, ports=(0,)):
    with Loopback(*ports, headers={"Content-Security-Policy": "default-src 'none'"}) as server:
        thread = threading.Thread(target=server.serve, args=(files,))
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join()


def port_of(server):
    return int(server.address.rstrip("/").rpartition(":")[2])


def ask(server, path="/", method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=60)
    with contextlib.closing(connection):
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html?from=bookmark#q=x", "index.html", "text/html; charset=utf-8"),
        ("/papers/a%20b.html", "papers/a b.html", "text/html; charset=utf-8"),
        ("/pictures/x.png", "pictures/x.png", "image/png"),
    ],
)
def test_files_are_given_with_their_types(path, name, kind):
    """A path leads to the file of that name, as what it is and nothing else, with the headers of the site."""
    with serving() as server:
        status, body, headers = ask(server, path)
    assert (status, body, headers["Content-Type"]) == (200, FILES[name], kind)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Server"] == "offline-digest"


def test_a_file_that_the_browser_has_is_not_sent_again():
    """The tag of a file asks whether it changed; HEAD tells its length alone."""
    with serving() as server:
        _, _, first = ask(server)
        assert ask(server, If_None_Match=first["ETag"])[:2] == (304, b"")
        assert ask(server, If_None_Match='"other"')[:2] == (200, FILES["index.html"])
        status, body, headers = ask(server, method="HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", str(len(FILES["index.html"])))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "[::1]:{port}", ""])
def test_a_foreign_name_gets_nothing(host):
    """A page of another site that has its name lead here (DNS rebinding) reads nothing."""
    with serving() as server:
        status, body, _ = ask(server, Host=host.format(port=port_of(server)))
    assert status == 421
    assert FILES["index.html"] not in body


def test_both_names_of_this_machine_are_its_own():
    """`localhost` is as good as the number."""
    with serving() as server:
        for name in ("localhost", "127.0.0.1"):
            assert ask(server, Host=f"{name}:{port_of(server)}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PROPFIND", "NONSENSE"])
def test_only_reading_is_allowed(method):
    """Anything but GET and HEAD is refused before any file is looked for."""
    looked = []
    with serving(looked.append) as server:
        status, _, headers = ask(server, method=method)
    assert (status, headers["Allow"], looked) == (405, "GET, HEAD", [])


@pytest.mark.parametrize(
    "path", ["/nothing.html", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/papers/%00", "//etc/passwd", "/%ff%fe", "/" + "a" * 9000]
)
def test_what_is_not_there_is_not_found(path):
    """Paths are names that the site may know; none is ever looked for on disk."""
    with serving() as server:
        assert ask(server, path)[0] == 404


@pytest.mark.parametrize(
    "lines", [b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"a" * 70000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_broken_requests_end_alone(lines):
    """What is no request is refused, and the next reader is served."""
    with serving() as server:
        with socket.create_connection(("127.0.0.1", port_of(server)), timeout=60) as connection:
            connection.sendall(lines)
            answer = connection.recv(4096)
        assert re.match(rb"HTTP/1.1 (4\d\d|505) ", answer) or answer == b"", answer
        assert ask(server)[0] == 200


def test_a_connection_that_says_nothing_blocks_nobody():
    """Browsers open connections ahead of need."""
    with serving() as server, socket.create_connection(("127.0.0.1", port_of(server)), timeout=60):
        assert ask(server)[0] == 200


def test_files_are_made_by_one_thread():
    """Whoever serves owns what the files are made from, however many browsers ask at once."""
    makers = set()

    def files(path):
        makers.add(threading.get_ident())
        return b"made"

    with serving(files) as server:
        readers = [threading.Thread(target=ask, args=(server, f"/{n}.html")) for n in range(8)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    assert len(makers) == 1
    assert makers.isdisjoint(reader.ident for reader in readers)


def test_an_error_is_told_and_the_server_goes_on():
    """What cannot be made is said in the answer."""

    def files(path):
        if path == "bad.html":
            raise IntegrityError("The index is damaged.", "Digest again.")
        return b"good"

    with serving(files) as server:
        status, body, _ = ask(server, "/bad.html")
        assert (status, body) == (500, b"The index is damaged. Digest again.\n")
        assert ask(server)[0] == 200


def test_only_this_machine_is_listened_to():
    """The address is one of loopback, and no other of this machine answers."""
    with serving() as server:
        assert ipaddress.ip_address(server.address.split("//")[1].split(":")[0]).is_loopback
        with pytest.raises(OSError, match=r".*"):
            socket.create_connection(("127.0.0.2", port_of(server)), timeout=5)


def test_a_port_that_is_taken_is_not_shared():
    """The next of the ports is tried, and where there is none that is told."""
    with serving() as first:
        taken = port_of(first)
        with serving(ports=(taken, 0)) as second:
            assert port_of(second) != taken
            assert ask(first)[0] == ask(second)[0] == 200
        with pytest.raises(UsageError, match=str(taken)):
            Loopback(taken, headers={})


def test_a_port_is_free_as_soon_as_its_server_ended():
    """A preview that is started again has the address of before, though the server hung up on somebody a moment ago."""
    with serving() as first:
        port = port_of(first)
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(f"GET / HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            while connection.recv(4096):
                pass
    with serving(ports=(port,)) as second:
        assert ask(second)[0] == 200
