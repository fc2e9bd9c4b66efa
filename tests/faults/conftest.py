"""What several of these tests need."""

import pytest

from tests.faults import shim


@pytest.fixture(scope="session")
def faulty_disk(tmp_path_factory):
    """Return what makes a `Shim`: folder below which calls are counted, and the fault."""
    folder = tmp_path_factory.mktemp("shim")
    library = shim.compiled(folder)

    def made(root, **fault):
        return shim.Shim(library, folder, root, **fault)

    return made
