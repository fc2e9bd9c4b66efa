"""A web server that this machine alone can reach, for pages that no other site may look into.

Source:
    RFC 9110 (methods, conditional requests), Fetch (Cross-Origin-Resource-Policy). A page of another site reaches a server on loopback too,
    under a name of its own whose address it changes ("DNS rebinding"): so the Host must be ours.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from offline_digest.errors import DigestError, UsageError

HOST = "127.0.0.1"
Files = Callable[[str], bytes | None]
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
}
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",  # kept, but asked for again: see ETag
}
_IDLE_S = 30.0  # a browser's open connection that says nothing
_WAKE_S = 0.5  # Windows hears of Ctrl-C between two waits alone


class Loopback:
    """A server on 127.0.0.1, bound from here on, which answers while `serve` runs.

    Args:
        ports: Tried in order; 0 is any that is free.
        headers: Sent with every file.

    Raises:
        UsageError: None of the ports can be had.
    """

    def __init__(self, *ports: int, headers: Mapping[str, str]) -> None:
        self._asked: queue.SimpleQueue[tuple[str, Future[bytes | None]]] = queue.SimpleQueue()
        self._server = self._bound(ports, {**_SAFE, **headers})
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": _WAKE_S}, daemon=True)
        self._is_open = True

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        self._server.shutdown()
        self._server.server_close()

    def serve(self, files: Files) -> None:
        """Answer until `stop`. *files* returns what lies at a path below the root, None for nothing; it is called by this thread alone."""
        while self._is_open:
            try:
                path, made = self._asked.get(timeout=_WAKE_S)
            except queue.Empty:
                continue
            try:
                made.set_result(files(path))
            except DigestError as error:
                made.set_exception(error)
            except BaseException:
                made.cancel()
                raise

    def stop(self) -> None:
        """End `serve` soon; may be called by any thread."""
        self._is_open = False

    def ask(self, path: str) -> bytes | None:
        """Have the serving thread look for a file, and wait for it."""
        made: Future[bytes | None] = Future()
        self._asked.put((path, made))
        return made.result()

    def _bound(self, ports: tuple[int, ...], headers: Mapping[str, str]) -> _Server:
        for port in ports:
            try:
                return _Server(port, self, headers)
            except OSError as error:
                refused = error
        raise UsageError(f"The port {ports[-1]} of this machine cannot be had: {refused.strerror}.", "Name another.") from refused


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # elsewhere it frees the port at once when a server ends; on Windows two servers could have one

    def __init__(self, port: int, owner: Loopback, headers: Mapping[str, str]) -> None:
        super().__init__((HOST, port), _Handler)
        self.owner = owner
        self.headers = headers
        self.names = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    def server_bind(self) -> None:
        """Bind without asking for the machine's name, which would look it up in the network."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 (the library's own signature)
        """A browser that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_S
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def version_string(self) -> str:
        """Who answers, without the versions of Python."""
        return "offline-digest"

    def log_message(self, format: str, *values: Any) -> None:  # noqa: A002, ANN401 (the library's own signature)
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 (likewise)
        """Say what the library finds wrong with a request, a method that is not known included."""
        self.close_connection = True
        self._send(405 if code == 501 else code, b"", "text/plain; charset=utf-8", {"Allow": "GET, HEAD"} if code == 501 else {})

    def _answer(self) -> None:
        if self.headers.get("Host") not in self.server.names:
            self._say(421, "This is no address of this server.")
            return
        path = unquote(urlsplit(self.path).path).removeprefix("/") or "index.html"
        try:
            data = self.server.owner.ask(path)
        except DigestError as error:
            self._say(500, str(error))
            return
        if data is None:
            self._say(404, "There is no such page. 没有这个页面。")
            return
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        kind = _TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")
        if self.headers.get("If-None-Match") == tag:
            self._send(304, b"", kind, {"ETag": tag})
        else:
            self._send(200, data, kind, {"ETag": tag})

    def _say(self, status: int, words: str) -> None:
        self._send(status, f"{words}\n".encode("utf-8", "backslashreplace"), "text/plain; charset=utf-8", {})

    def _send(self, status: int, data: bytes, kind: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status != 304:
            self.send_header("Content-Length", str(len(data)))
        for name, value in {**self.server.headers, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
