"""What requests and urllib3 raise, as our errors; and addresses as they may be shown."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from offline_digest.errors import CutOff, DigestError, Refused, Unreachable, Untrusted, UsageError, WrongContent

_NO_NETWORK = "Check the network and the proxy ([network] in the configuration, or HTTPS_PROXY)."
_LATER = "Try again later; what has come is kept."
_SECRETS = re.compile(r"[?#].*|(?<=//)[^/?#]*@", re.DOTALL)


def shown(url: str) -> str:
    """Return an address without what may be secret: user, password and query."""
    return _SECRETS.sub("", url)


@contextlib.contextmanager
def our_errors(url: str) -> Iterator[None]:
    """Translate what is raised inside about a request for *url*."""
    import requests
    import urllib3

    try:
        yield
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise translated(error, url) from error


def translated(error: Exception, url: str) -> DigestError:
    """Return our error for a foreign one; the classes of requests are tried from the special to the general."""
    from requests import exceptions as r
    from urllib3 import exceptions as u

    place, why = shown(url), _cause(error)
    if isinstance(error, (r.SSLError, u.SSLError)):
        hint = "Behind a proxy that opens connections, name its certificate as ca_bundle in [network] or in REQUESTS_CA_BUNDLE."
        return Untrusted(f"The certificate of {place} is not trusted: {why}.", hint, url)
    if isinstance(error, (r.ProxyError, r.InvalidProxyURL, u.ProxyError)):
        return Unreachable(f"The proxy does not lead to {place}: {why}.", _NO_NETWORK, url)
    no_address = (r.InvalidURL, r.MissingSchema, r.InvalidSchema, r.URLRequired, r.InvalidHeader, u.LocationValueError)
    if isinstance(error, no_address) or type(error) in {ValueError, UnicodeError}:  # requests derives others from ValueError too
        return UsageError(f"{place} is no address that can be asked: {why}.", "Check the address, and that of the proxy if there is one.")
    if isinstance(error, (r.ContentDecodingError, u.DecodeError)):
        return WrongContent(f"The answer of {place} is compressed and broken.", _LATER, url)
    if isinstance(error, r.TooManyRedirects):
        return Refused(f"{place} sends from one address to the next without end.", _LATER, url)
    broke_off = (r.ReadTimeout, r.ChunkedEncodingError, r.StreamConsumedError, u.ProtocolError, u.ReadTimeoutError, u.IncompleteRead)
    if isinstance(error, broke_off) or _broke(error):
        return CutOff(f"The answer of {place} broke off: {why}.", _LATER, url)
    return Unreachable(f"{place} cannot be reached: {why}.", _NO_NETWORK, url)


def _broke(error: Exception) -> bool:
    """Tell whether a connection was there and broke before the answer began: requests calls that a ConnectionError too."""
    from urllib3 import exceptions as u

    inner = error.args[0] if error.args else None
    return isinstance(inner, u.ProtocolError) or (isinstance(inner, u.MaxRetryError) and isinstance(inner.reason, u.ReadTimeoutError))


def _cause(error: BaseException) -> str:
    """Return what the innermost error says: requests wraps urllib3's, which wraps the system's."""
    inner: BaseException = error
    while True:
        below = getattr(inner, "reason", None) or next((a for a in inner.args if isinstance(a, BaseException)), None) or inner.__cause__
        if not isinstance(below, BaseException):
            break
        inner = below
    text = getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
    return str(text).rpartition(">: ")[2].rpartition("): ")[2].strip().rstrip(".") or type(inner).__name__
