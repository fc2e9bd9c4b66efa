"""A hub on loopback, a real GGUF file, and nothing of this machine's proxies."""

import pytest

from offline_digest.engines.llama.shapes import Shape, write_shape
from tests.net.conftest import no_proxies  # noqa: F401 (a fixture that is used by itself)
from tests.weights.hub import hub_site

TINY = Shape(layers=2, width=256, feed_forward=512, heads=4, kv_heads=2, vocabulary=3000, head_size=64)


@pytest.fixture(scope="session")
def gguf(tmp_path_factory):
    """Return the bytes of a GGUF file with random weights that llama.cpp can load, 1.4 MB."""
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    write_shape(path, TINY, "four probes disagree and a filter compares them".split())
    return path.read_bytes()


@pytest.fixture
def site(monkeypatch):
    """Return a hub, named in the environment as its users do."""
    with hub_site() as found:
        monkeypatch.setenv("HF_ENDPOINT", found.base)
        yield found
