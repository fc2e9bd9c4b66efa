"""Sessions: redirects, proxies, certificates, waiting, the pause between requests, and foreign errors as ours."""

import http.server
import inspect
import itertools
import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
import urllib3

from offline_digest.config import Network
from offline_digest.errors import CutOff, DigestError, NetworkError, NetworkForbidden, Refused, Unreachable, UsageError, WrongContent
from offline_digest.net import Pace, Session
from offline_digest.net.faults import shown, translated
from offline_digest.net.patience import Tries, reset_s, retry_after_s
from offline_digest.net.session import _redirected

from .conftest import QUICK
from .server import File, cut, packed, refuse, running, send_to

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
FEED = "/api/query"


def test_a_body_comes_whole(site, session):
    """`get` tries again what passes, and what its check calls broken."""
    site.files[FEED] = File(b"abc", faults=[refuse(503), cut(1), refuse(429)])
    assert session.get(site.base + FEED, most_bytes=10) == b"abc"
    bodies = []

    def check(body):
        bodies.append(body)
        if len(bodies) < 3:
            raise CutOff("broken.", "Try again.", FEED)

    assert session.get(site.base + FEED, most_bytes=10, check=check) == b"abc"
    assert len(bodies) == 3


def test_a_body_that_is_too_large_or_packed_is_refused(site, session):
    """Neither fills the memory nor passes for what it is not."""
    site.files[FEED] = File(b"x" * 5000, faults=[packed])
    with pytest.raises(WrongContent, match="gzip"):
        session.get(site.base + FEED, most_bytes=10_000)
    with pytest.raises(WrongContent, match="more than 4,999 bytes"):
        session.get(site.base + FEED, most_bytes=4_999)


def test_a_forbidden_network_is_not_even_tried():
    """The configuration's word is final, with code 14 and what to change."""
    with pytest.raises(NetworkForbidden, match="offline = false") as caught:
        Session(Network(offline=True))
    assert caught.value.exit_code == 14


# --- redirects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "location", "end"),
    [
        ("https://a.org/x", "/y", "https://a.org/y"),
        ("https://a.org/x", "https://b.org/y", "https://b.org/y"),
        ("http://a.org/x", "https://a.org/x", "https://a.org/x"),
        ("https://a.org/x", "http://127.0.0.1:8000/y", "http://127.0.0.1:8000/y"),
        ("https://a.org/x", "http://[::1]/y", "http://[::1]/y"),
        ("https://a.org/x", "http://localhost/y", "http://localhost/y"),
        ("https://a.org/x", "http://a.org/x", None),
        ("https://a.org/x", "http://127.0.0.1.evil.org/x", None),
        ("http://a.org/x", "file:///etc/passwd", None),
        ("http://a.org/x", "ftp://a.org/x", None),
    ],
)
def test_encryption_is_not_given_up_on_the_way(start, location, end):
    """From https no step leads to http, but to this machine; no step leads out of the web."""
    if end is None:
        with pytest.raises(Refused, match="not safe"):
            _redirected(start, location, {})
    else:
        assert _redirected(start, location, {})[0] == end


def test_a_password_stays_with_its_host(site, session):
    """A token for one host is not shown to the next; other headers go along."""
    with running() as other:
        other.files["/there"] = File(b"there")
        site.files["/a"] = File(b"", faults=[send_to("/b")])
        site.files["/b"] = File(b"", faults=[send_to(f"{other.base}/there")])
        with session.answer(f"{site.base}/a", {"Authorization": "Bearer t", "Range": "bytes=0-"}, accept=(200, 206)) as answer:
            assert b"".join(answer.chunks()) == b"there"
            assert answer.url == f"{other.base}/there"
        assert [r.headers.get("authorization") for r in site.requests] == ["Bearer t", "Bearer t"]
        assert "authorization" not in other.requests[0].headers
        assert other.requests[0].headers["range"] == "bytes=0-"


# --- proxies and certificates --------------------------------------------------------------------------------------------


@pytest.fixture
def proxy():
    """Return address and requests of a proxy on loopback that answers everything by itself."""
    asked = []

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"proxy")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_a_proxy_is_used(proxy, monkeypatch, where):
    """The configuration's, or that of the environment; the name is never looked up here."""
    address, asked = proxy
    network = Network(proxy=address) if where == "configuration" else Network()
    if where == "environment":
        monkeypatch.setenv("HTTP_PROXY", address)
    with Session(network, patience=QUICK) as session:
        assert session.get("http://arxiv.invalid/x", most_bytes=10) == b"proxy"
    assert asked == ["http://arxiv.invalid/x"]


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_no_proxy_is_used_where_none_is_wanted(site, proxy, monkeypatch, where):
    """NO_PROXY holds for both."""
    address, asked = proxy
    site.files["/x"] = File(b"site")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    if where == "environment":
        monkeypatch.setenv("HTTP_PROXY", address)
    with Session(Network(proxy=address) if where == "configuration" else Network(), patience=QUICK) as session:
        assert session.get(f"{site.base}/x", most_bytes=10) == b"site"
    assert asked == []


def test_a_proxy_that_is_not_there_is_told():
    """The message says that it is the proxy, and where it is set."""
    with (
        Session(Network(proxy="http://127.0.0.1:9"), patience=replace(QUICK, tries=1)) as session,
        pytest.raises(Unreachable, match="proxy") as caught,
    ):
        session.get("http://arxiv.invalid/x", most_bytes=10)
    assert "[network]" in caught.value.hint


def test_certificates_come_from_where_the_configuration_says(tmp_path):
    """A file that holds none is told, as is a server that speaks no TLS."""
    bundle = tmp_path / "ca.pem"
    bundle.write_text("no certificate\n", encoding="utf-8")
    with (
        running() as site,
        Session(Network(ca_bundle=bundle), patience=replace(QUICK, tries=1)) as session,
        pytest.raises(NetworkError) as caught,
    ):
        session.get(site.base.replace("http:", "https:") + "/x", most_bytes=10)
    assert caught.value.hint


# --- waiting -------------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("Friday, 02-Jan-26 03:05:05 GMT", 60.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 400, 999999999.0),
        ("²", None),
    ],
)
def test_both_forms_of_retry_after_are_read(value, seconds):
    """Seconds and HTTP dates, RFC 9110 section 10.2.3; what is neither says nothing."""
    assert retry_after_s(value, now=NOW) == seconds


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_kept(site, session, form):
    """The next request comes no earlier than asked for, in either form; a date has whole seconds, so that a part of one is lost."""

    def busy(handler, file):
        asked = "1" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        refuse(503, Retry_After=asked)(handler, file)

    site.files[FEED] = File(b"abc", faults=[busy])
    assert session.get(site.base + FEED, most_bytes=10) == b"abc"
    first, second = (r.at for r in site.requests)
    assert second - first >= 0.99


def test_a_server_that_asks_for_too_much_is_left_alone(site, session):
    """An hour is not waited: the error says how long the server wants to be left alone, and it is asked once."""
    site.files[FEED] = File(b"abc", faults=[refuse(429, Retry_After="3600")] * 9)
    with pytest.raises(Refused, match="wait 3600 s"):
        session.get(site.base + FEED, most_bytes=10)
    assert len(site.requests) == 1


def test_waits_double(monkeypatch):
    """1, 2, 4 seconds; what the server asks counts when it is more; after the last try the error itself."""
    waited, told = [], []
    monkeypatch.setattr("time.sleep", waited.append)
    tries = Tries(replace(QUICK, backoff_s=1.0, tries=5, longest_wait_s=120), told.append)
    error = CutOff("x", "y")
    for wait_s in (None, 3.5, 0.1, None):
        tries.after(error if wait_s is None else Refused("x", "y", status=429, wait_s=wait_s))
    with pytest.raises(CutOff):
        tries.after(error)
    assert waited == [1.0, 3.5, 4.0, 8.0]
    assert told[0] == "x Trying again in 1 s."


# --- the pause -----------------------------------------------------------------------------------------------------------


def gaps(site):
    times = [request.at for request in site.requests]
    return [after - before for before, after in itertools.pairwise(times)]


def test_requests_are_apart(site, tmp_path):
    """Retries and redirects are requests too."""
    site.files[FEED] = File(b"abc", faults=[refuse(503), send_to("/there"), cut(1)])
    site.files["/there"] = File(b"there")
    with Session(Network(), patience=QUICK, pace=Pace(tmp_path / "pace", pause_s=0.2)) as session:
        for _ in range(3):
            session.get(site.base + FEED, most_bytes=10)
    assert len(site.requests) == 6
    assert min(gaps(site)) >= 0.2


ASK = """
import sys
from pathlib import Path
from offline_digest.config import Network
from offline_digest.net import Pace, Session
with Session(Network(), pace=Pace(Path(sys.argv[1]), pause_s=float(sys.argv[3]))) as session:
    for _ in range(3):
        session.get(sys.argv[2], most_bytes=10)
"""


def test_processes_share_one_pause(site, tmp_path):
    """Three processes at once, three requests each: the server never gets two within the pause."""
    site.files[FEED] = File(b"abc")
    arguments = [sys.executable, "-c", ASK, str(tmp_path / "pace"), site.base + FEED, "0.3"]
    processes = [subprocess.Popen(arguments, env={k: v for k, v in os.environ.items() if "proxy" not in k.lower()}) for _ in range(3)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    assert len(site.requests) == 9
    assert min(gaps(site)) >= 0.3


def test_a_pause_that_a_server_asked_for_holds_for_all(site, tmp_path):
    """Another session that shares the file waits as well."""
    site.files[FEED] = File(b"abc", faults=[refuse(503, Retry_After="1")])
    with ExitStack() as stack:
        once = replace(QUICK, tries=1)
        one, other = (stack.enter_context(Session(Network(), patience=once, pace=Pace(tmp_path / "pace", pause_s=0.01))) for _ in range(2))
        with pytest.raises(Refused):
            one.get(site.base + FEED, most_bytes=10)
        assert other.get(site.base + FEED, most_bytes=10) == b"abc"
    assert gaps(site)[0] >= 0.99


@pytest.mark.parametrize("held", ["", "not a number", "-1", "nan"])
def test_a_broken_note_of_the_pause_costs_nothing(tmp_path, held):
    """A file that was cut or edited is written anew."""
    (tmp_path / "pace").write_text(held, encoding="ascii")
    with Pace(tmp_path / "pace", pause_s=0).turn():
        pass
    assert abs(float((tmp_path / "pace").read_text(encoding="ascii")) - time.time()) < 60


def test_a_clock_that_was_set_back_makes_nobody_wait_for_days(tmp_path, monkeypatch):
    """The longest wait is two minutes."""
    waited = []
    monkeypatch.setattr("offline_digest.net.pace.time.sleep", waited.append)
    (tmp_path / "pace").write_text(repr(time.time() + 10**6), encoding="ascii")
    with Pace(tmp_path / "pace", pause_s=3).turn():
        pass
    assert waited == [120.0]


# --- foreign errors ------------------------------------------------------------------------------------------------------


def foreign():
    """Every class of requests and urllib3 that can be raised, made without its constructor."""
    modules = (requests.exceptions, urllib3.exceptions)
    found = {c for m in modules for c in vars(m).values() if inspect.isclass(c) and issubclass(c, Exception)}
    ours = ("requests.", "urllib3.")
    return sorted(
        (c for c in found if c.__module__.startswith(ours) and not issubclass(c, Warning)), key=lambda c: (c.__module__, c.__name__)
    )


@pytest.mark.parametrize("kind", foreign(), ids=lambda c: f"{c.__module__}.{c.__name__}")
def test_every_foreign_error_becomes_one_of_ours(kind):
    """Each has a message with the address and a hint."""
    given = {"IncompleteRead": (1, 2), "InvalidChunkLength": (urllib3.HTTPResponse(), b"x")}.get(kind.__name__)
    ours = translated(kind(*given) if given else kind.__new__(kind), "http://a.org/x?secret")
    assert isinstance(ours, (NetworkError, UsageError))
    assert "http://a.org/x" in ours.message
    assert "secret" not in str(ours)
    assert ours.hint


def test_an_address_that_is_none_is_a_usage_error(session):
    """No scheme, no host, another scheme."""
    for address in ("arxiv.org/abs", "http://", "ftp://127.0.0.1/x", "http://[::1", f"http://{'a' * 70}..b/"):
        with pytest.raises(DigestError) as caught:
            session.get(address, most_bytes=10)
        assert caught.value.exit_code == 2, address


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://ada:secret@host.org:8080/a/b?key=1#x", "https://host.org:8080/a/b"),
        ("http://host.org", "http://host.org"),
    ],
)
def test_addresses_are_shown_without_secrets(url, text):
    """User, password, query and fragment are left out."""
    assert shown(url) == text


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ('"api";r=0;t=55', 55),
        ('"api";r=489;t=189, "all"; r=0; t=7', 189),
        ('"api";r=0', None),
        ('"api";limit=5', None),
    ],
)
def test_the_end_of_a_limit_is_read(value, seconds):
    """The header that hubs send in place of Retry-After."""
    assert reset_s(value) == seconds


def test_a_redirect_that_is_accepted_is_the_answer(site, session):
    """Its headers are what the caller asked for; otherwise it is followed."""
    site.files["/from"] = File(b"", faults=[send_to("/to")] * 2)
    site.files["/to"] = File(b"there")
    with session.answer(site.base + "/from", accept=(200, 302), method="HEAD") as answer:
        assert (answer.status, answer.header("Location")) == (302, "/to")
    assert session.get(site.base + "/from", most_bytes=9) == b"there"
