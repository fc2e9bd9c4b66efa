"""What several of these tests need."""

import pytest

from offline_digest.engines.llama.shapes import Shape, write_shape
from tests.faults import batches, shim

TINY = Shape(layers=2, width=256, feed_forward=256, heads=4, kv_heads=2, vocabulary=4096, head_size=64)


@pytest.fixture(scope="session")
def faulty_disk(tmp_path_factory):
    """Return what makes a `Shim`: folder below which calls are counted, and the fault."""
    folder = tmp_path_factory.mktemp("shim")
    library = shim.compiled(folder)

    def made(root, **fault):
        return shim.Shim(library, folder, root, **fault)

    return made


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Return a model of random weights: what it says means nothing, and its process dies like any other."""
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_shape(path, TINY, batches.WORDS)
    return path


@pytest.fixture(scope="session")
def pair(tmp_path_factory):
    """Return a folder of two papers."""
    folder = tmp_path_factory.mktemp("pair") / "papers"
    batches.write_papers(folder, 2)
    return folder
