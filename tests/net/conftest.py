"""A site on loopback, a session that is quick to try again, and nothing of this machine's proxies."""

import os
import random

import pytest

from offline_digest.config import Network
from offline_digest.net import Patience, Session

from .server import running

QUICK = Patience(connect_s=5, read_s=5, stall_s=20, tries=4, backoff_s=0.01, longest_wait_s=5)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """Take proxies and certificates of this machine out of the environment."""
    for name in [n for n in os.environ if n.lower().endswith("_proxy") or n.endswith("_CA_BUNDLE")]:
        monkeypatch.delenv(name)


@pytest.fixture
def site():
    with running() as found:
        yield found


@pytest.fixture
def session():
    with Session(Network(), patience=QUICK) as opened:
        yield opened


@pytest.fixture(scope="session")
def pdf():
    """Return 3 MB that begin and end as a PDF, different in every place."""
    return b"%PDF-1.7\n" + random.Random(1).randbytes(3_000_000) + b"\n%%EOF\n"  # noqa: S311 (not for secrets)
