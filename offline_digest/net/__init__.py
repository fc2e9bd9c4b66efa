"""The one door to the network: a session, a pace, and downloads that go on where they were cut, and a server for this machine alone."""

from offline_digest.net.pace import Pace
from offline_digest.net.patience import Patience
from offline_digest.net.serving import Loopback
from offline_digest.net.session import Answer, Session
from offline_digest.net.transfer import Downloaded, Kind, Wanted, download

__all__ = ["Answer", "Downloaded", "Kind", "Loopback", "Pace", "Patience", "Session", "Wanted", "download"]
