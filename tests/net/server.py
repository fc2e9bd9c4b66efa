"""A real HTTP server on loopback that serves files as arXiv and model hubs do, with faults, and counts what it sent.

Shared by the tests of `net` and of `gathering.online`.
"""

import email.utils
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MODIFIED = email.utils.formatdate(1_700_000_000, usegmt=True)


@dataclass
class File:
    """What is served under one path. `faults` are used up one per request; each is a function of handler and file that answers."""

    data: bytes
    etag: str | None = '"one"'
    last_modified: str | None = MODIFIED
    content_type: str = "application/pdf"
    ranges: bool = True
    faults: list = field(default_factory=list)


@dataclass
class Request:
    """One request as it came: when (monotonic seconds), its path, query, headers, and body bytes sent in answer."""

    at: float
    path: str
    query: dict
    headers: dict
    sent: int = 0
    status: int = 0
    method: str = "GET"


class Site:
    """The server: `files` by path, `answers` (functions of handler and query) by path, and `requests` in order."""

    def __init__(self):
        self.files = {}
        self.answers = {}
        self.requests = []
        self.lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                parts = urlsplit(self.path)
                self.request_seen = Request(
                    time.monotonic(), parts.path, parse_qs(parts.query), {k.lower(): v for k, v in self.headers.items()}
                )
                self.request_seen.method = self.command
                with site.lock:
                    site.requests.append(self.request_seen)
                file = site.files.get(parts.path)
                if parts.path in site.answers:
                    site.answers[parts.path](self, self.request_seen.query)
                elif file is None:
                    text(self, 404, "<html>not here</html>")
                elif file.faults:
                    file.faults.pop(0)(self, file)
                else:
                    serve(self, file)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a client that hangs up is part of the game

        self.server = Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"

    def sent(self, path):
        return sum(request.sent for request in self.requests if request.path == path)


@contextmanager
def running():
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()


def head(handler, status, size, file=None, **headers):
    """Send status and headers; *size* None: none is told, and the end of the connection ends the body."""
    handler.request_seen.status = status
    handler.send_response(status)
    handler.send_header("Content-Type", file.content_type if file else "text/html")
    if size is not None:
        handler.send_header("Content-Length", str(size))
    if file and file.etag:
        handler.send_header("ETag", file.etag)
    if file and file.last_modified:
        handler.send_header("Last-Modified", file.last_modified)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def body(handler, data):
    if handler.command == "HEAD":
        return
    handler.request_seen.sent += len(data)  # before the other side has it, and counts
    handler.wfile.write(data)


def text(handler, status, words, **headers):
    head(handler, status, len(words.encode()), **headers)
    body(handler, words.encode())


def wanted(handler, file):
    """Return where a request wants to begin, None when it wants all: Range, and If-Range if it still holds."""
    asked = handler.request_seen.headers.get("range")
    condition = handler.request_seen.headers.get("if-range")
    if not asked or not file.ranges or condition not in (None, file.etag, file.last_modified):
        return None
    return int(asked.removeprefix("bytes=").rstrip("-"))


def serve(handler, file, *, upto=None):
    """Answer as a good server does; *upto* cuts the connection when the file's byte *upto* should be sent."""
    start = wanted(handler, file)
    if start is not None and start >= len(file.data):
        head(handler, 416, 0, Content_Range=f"bytes */{len(file.data)}")
        return
    data = file.data[start or 0 :]
    extra = {} if start is None else {"Content_Range": f"bytes {start}-{len(file.data) - 1}/{len(file.data)}"}
    head(handler, 200 if start is None else 206, len(data), file, **extra)
    body(handler, data if upto is None else data[: max(0, upto - (start or 0))])
    handler.close_connection = upto is not None


def cut(upto):
    return lambda handler, file: serve(handler, file, upto=upto)


def refuse(status, **headers):
    return lambda handler, file: text(handler, status, "<html>no</html>", **headers)


def page(handler, file):
    """Answer with a web page, status 200, as sites do that are being mended."""
    text(handler, 200, "<!doctype html><html>We are being mended.</html>" + " " * 4000)


def ignore_range(handler, file, upto=None):
    head(handler, 200, len(file.data), file)
    body(handler, file.data if upto is None else file.data[:upto])
    handler.close_connection = True


def drip(n, every_s):
    """Send *n* bytes, one every *every_s*, then go on doing so without end."""

    def answer(handler, file):
        head(handler, 200, len(file.data), file)
        body(handler, file.data[:n])
        try:
            for place in range(n, len(file.data)):
                time.sleep(every_s)
                body(handler, file.data[place : place + 1])
        except OSError:
            pass

    return answer


def silent(seconds):
    """Send the headers, then nothing."""

    def answer(handler, file):
        head(handler, 200, len(file.data), file)
        time.sleep(seconds)
        handler.close_connection = True

    return answer


def announce(size):
    """Tell another length than the file has."""

    def answer(handler, file):
        head(handler, 200, size, file)
        body(handler, file.data[:size])
        handler.close_connection = True

    return answer


def without_length(upto=None):
    """Let the end of the connection end the body."""

    def answer(handler, file):
        head(handler, 200, None, file, Connection="close")
        body(handler, file.data[:upto])
        handler.close_connection = True

    return answer


def in_chunks(upto=None):
    """Send the body in chunks (RFC 9112, section 7.1); *upto* leaves out the last ones."""

    def answer(handler, file):
        head(handler, 200, None, file, Transfer_Encoding="chunked")
        for place in range(0, upto or len(file.data), 5000):
            piece = file.data[place : min(place + 5000, upto or len(file.data))]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if upto is None:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return answer


def packed(handler, file):
    head(handler, 200, len(file.data), file, Content_Encoding="gzip")
    body(handler, file.data)


def wrong_piece(handler, file):
    """Answer a range with another one than was asked for."""
    start = wanted(handler, file)
    if start is None:
        serve(handler, file)
        return
    data = file.data[start + 7 :]
    head(handler, 206, len(data), file, Content_Range=f"bytes {start + 7}-{len(file.data) - 1}/{len(file.data)}")
    body(handler, data)


def send_to(address, status=302):
    return lambda handler, file: text(handler, status, "", Location=address)
