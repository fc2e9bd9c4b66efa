"""Requests: who we say we are, proxies and certificates, redirects, pauses, and answers that are read piece by piece."""

from __future__ import annotations

import contextlib
import ipaddress
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urljoin, urlsplit

from offline_digest import __version__
from offline_digest.config import Network
from offline_digest.errors import CutOff, NetworkError, NetworkForbidden, Refused, WrongContent
from offline_digest.net.faults import our_errors, shown
from offline_digest.net.pace import Pace
from offline_digest.net.patience import Patience, Tries, reset_s, retry_after_s

if TYPE_CHECKING:
    import requests

USER_AGENT = f"offline-digest/{__version__}"
MOST_REDIRECTS = 5
_CHUNK_BYTES = 2**18
_REDIRECTS = {301, 302, 303, 307, 308}
_HINTS = {
    401: "It wants a name and password, or a token.",
    403: "It does not give this to everybody, or not to programs.",
    404: "Check the identifier or address.",
    407: "The proxy wants a name and password: http://name:password@host:port.",
    410: "It is not there any more.",
    429: "It asks for fewer requests; try again later.",
}


class Answer:
    """What a server gave: `status`, `url` (where it came from in the end), headers, and the body in `chunks`."""

    def __init__(self, response: requests.Response, url: str, patience: Patience) -> None:
        self._response = response
        self._patience = patience
        self.status = response.status_code
        self.url = url

    def header(self, name: str) -> str | None:
        """Return a header's value, None when it is missing."""
        value: str | None = self._response.headers.get(name)
        return value

    @property
    def size_bytes(self) -> int | None:
        """How long the body is, None when the server does not say."""
        value = (self.header("Content-Length") or "").strip()
        return int(value) if value.isascii() and value.isdigit() else None

    @property
    def tells_its_end(self) -> bool:
        """Whether an end that comes too early can be told from the real one."""
        return self.size_bytes is not None or (self.header("Transfer-Encoding") or "").lower() == "chunked"

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it comes.

        Raises:
            CutOff: It ends too early, or too little comes for too long.
        """
        began, came = time.monotonic(), 0
        while True:
            with our_errors(self.url):
                data: bytes = self._response.raw.read1(_CHUNK_BYTES, decode_content=False)
            if not data:
                return
            yield data
            came += len(data)
            now = time.monotonic()
            if now - began > self._patience.stall_s:
                if came < self._patience.stall_bytes:
                    raise CutOff(f"{shown(self.url)} sent {came:,} bytes in {now - began:.0f} s.", "Try again later.", self.url)
                began, came = now, 0


class Session:
    """Makes requests as *network* says, each in its turn of *pace*; *told* hears why one is made again.

    Raises:
        NetworkForbidden: The configuration forbids the network.
    """

    def __init__(
        self,
        network: Network,
        *,
        patience: Patience | None = None,
        pace: Pace | None = None,
        told: Callable[[str], None] = lambda _text: None,
    ) -> None:
        if network.offline:
            raise NetworkForbidden(
                "This command needs the network, which the configuration forbids.", "Set offline = false in its table [network]."
            )
        import requests

        self.patience = patience or Patience()
        self._network = network
        self._pace = pace
        self._told = told
        self._session = requests.Session()
        self._session.headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}  # type: ignore[assignment]
        self._session.auth = _no_password

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session.close()

    @contextlib.contextmanager
    def answer(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        accept: Collection[int] = (200,),
        method: Literal["GET", "HEAD"] = "GET",
    ) -> Iterator[Answer]:
        """Ask once and follow redirects; inside, the body can be read.

        Args:
            url: What is asked for.
            headers: Further headers; those with passwords stay with the first host.
            accept: The statuses that the caller can use; a redirect among them is not followed.
            method: HEAD asks for everything but the body.

        Raises:
            NetworkError: No answer, or one with another status.
        """
        sent, first = dict(headers or {}), url
        for _ in range(MOST_REDIRECTS + 1):
            with self._turn(), contextlib.closing(self._ask(method, url, sent)) as response:
                location = response.headers.get("Location")
                if response.status_code not in _REDIRECTS - set(accept) or not location:
                    if response.status_code not in accept:
                        raise self._refused(response, url)
                    yield Answer(response, url, self.patience)
                    return
            url, sent = _redirected(url, location, sent)
        raise Refused(f"{shown(first)} sends from one address to the next without end.", "Try again later.", first)

    def get(
        self,
        url: str,
        *,
        most_bytes: int,
        accept: Collection[int] = (200,),
        check: Callable[[bytes], None] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return a whole body, after as many attempts as patience allows.

        Args:
            url: What is asked for.
            most_bytes: A longer body is refused.
            accept: The statuses whose body is wanted.
            check: Raises the `NetworkError` of a body that is not what was asked for.
            headers: As for `answer`.

        Raises:
            NetworkError: That of the last attempt.
        """
        tries = self.tries()
        while True:
            try:
                body = self._body(url, most_bytes, accept, headers)
                if check:
                    check(body)
            except NetworkError as error:
                tries.after(error)
            else:
                return body

    def tries(self) -> Tries:
        """Return a fresh count of attempts."""
        return Tries(self.patience, self._told)

    def _body(self, url: str, most_bytes: int, accept: Collection[int], headers: Mapping[str, str] | None) -> bytes:
        with self.answer(url, headers, accept=accept) as answer:
            check_uncompressed(answer)
            body = bytearray()
            for data in answer.chunks():
                body += data
                if len(body) > most_bytes:
                    raise WrongContent(f"{shown(url)} answers with more than {most_bytes:,} bytes.", "Check the address.", url)
        if answer.size_bytes not in (None, len(body)):
            raise CutOff(f"The answer of {shown(url)} broke off after {len(body):,} bytes.", "Try again later.", url)
        return bytes(body)

    def _turn(self) -> contextlib.AbstractContextManager[None]:
        return self._pace.turn() if self._pace else contextlib.nullcontext()

    def _ask(self, method: str, url: str, headers: Mapping[str, str]) -> requests.Response:
        with our_errors(url):
            return self._session.request(
                method,
                url,
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=(self.patience.connect_s, self.patience.read_s),
                **self._route(url),
            )

    def _route(self, url: str) -> dict[str, Any]:
        """Return the proxy and the certificates that the configuration names; for the rest requests looks into the environment."""
        from requests.utils import should_bypass_proxies

        route: dict[str, Any] = {}
        if self._network.proxy and not should_bypass_proxies(url, no_proxy=None):
            route["proxies"] = {"http": self._network.proxy, "https": self._network.proxy}
        if self._network.ca_bundle:
            route["verify"] = str(self._network.ca_bundle)
        return route

    def _refused(self, response: requests.Response, url: str) -> Refused:
        status = response.status_code
        wait_s = retry_after_s(response.headers.get("Retry-After"))
        if wait_s is None and status == 429:
            wait_s = reset_s(response.headers.get("RateLimit"))
        if wait_s and self._pace:
            self._pace.defer(wait_s)
        hint = f"It asks to wait {wait_s:.0f} s." if wait_s else _HINTS.get(status, "Try again later.")
        return Refused(f"{shown(url)} answers with {status} {response.reason or ''}".rstrip() + ".", hint, url, status, wait_s)


def check_uncompressed(answer: Answer) -> None:
    """Refuse a body that is packed though nobody asked for it: its length and ranges would not be those of the file.

    Raises:
        WrongContent: It is.
    """
    coding = (answer.header("Content-Encoding") or "identity").strip().lower()
    if coding != "identity":
        raise WrongContent(f"{shown(answer.url)} sends its answer as {coding}, which was not asked for.", "Try another mirror.", answer.url)


def _redirected(url: str, location: str, headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the next address and the headers for it.

    Raises:
        Refused: It is not of the web, or leaves encryption for a host that is not this machine.
    """
    try:
        target = urljoin(url, location)
        old, new = urlsplit(url), urlsplit(target)
    except ValueError as error:
        raise Refused(f"{shown(url)} sends to an address that is none.", "Try another mirror.", url) from error
    if new.scheme not in {"http", "https"} or (old.scheme == "https" and new.scheme == "http" and not _is_loopback(new.hostname)):
        raise Refused(f"{shown(url)} sends to {shown(target)}, which is not safe.", "Try another mirror.", url)
    same = (old.scheme, old.netloc) == (new.scheme, new.netloc)
    return target, {name: value for name, value in headers.items() if same or name.lower() not in {"authorization", "cookie"}}


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _no_password(request: Any) -> Any:  # noqa: ANN401 (requests' own type, which has no stable name)
    """Stand where requests would look into the user's .netrc."""
    return request
