"""llama.cpp as it is carried to other machines, loaded and run here. `make test-bundle` compiles it first."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from offline_digest.bundling.portable import make_portable
from tests.bundling.samples import tiny_model
from tests.bundling.test_bundle import NOT_BUILT, PORTABLE

pytestmark = NOT_BUILT
RUN = """
import sys
from pathlib import Path
from offline_digest.engines.llama.binding import Model, Row
from offline_digest.engines.llama.settings import LlamaSettings
model = Model(Path(sys.argv[1]), LlamaSettings(threads=1))
context = model.context(cells=256, sequences=1)
ids = model.tokenize("We measure the simulated soil", special=False)
context.decode([Row(token, n, 0, n == len(ids) - 1) for n, token in enumerate(ids)])
print(int(context.logits(len(ids) - 1).argmax()), *sorted(line.split("/")[-1].strip() for line in open("/proc/self/maps") if "r-xp" in line))
"""


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    """Return the folder of libraries out of the portable wheel."""
    folder = tmp_path_factory.mktemp("portable")
    with zipfile.ZipFile(make_portable(PORTABLE[0], folder)) as archive:
        archive.extractall(folder)
    return folder / "llama_cpp" / "lib"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model(tmp_path_factory.mktemp("model") / "m.gguf")


def run(libraries, model, cwd):
    """Load and run *model* with the libraries of a folder."""
    environment = os.environ | {"LLAMA_CPP_LIB_PATH": str(libraries)}
    return subprocess.run([sys.executable, "-c", RUN, str(model)], env=environment, cwd=cwd, capture_output=True, text=True, timeout=600)


def kernels(folder):
    return sorted(path.name for path in folder.glob("libggml-cpu*"))


def only(libraries, folder, *kept):
    """Return a copy of the libraries with these kernels alone."""
    shutil.copytree(libraries, folder)
    for name in set(kernels(folder)) - set(kept):
        (folder / name).unlink()
    return folder


def test_there_are_kernels_for_many_cpus_and_none_for_amx(libraries):
    """Generations of CPUs in a row, the oldest among them, and no function of AMX in any."""
    assert len(kernels(libraries)) >= 4
    assert not any(b"ggml_backend_amx" in path.read_bytes() for path in libraries.iterdir())
    if os.uname().machine == "x86_64":
        assert {"libggml-cpu-x64.so", "libggml-cpu-haswell.so"} <= set(kernels(libraries))


def test_every_kernel_that_runs_here_says_the_same(libraries, model, tmp_path):
    """Alone each gives the same next word as all together; those for newer CPUs are refused and crash nothing. The oldest runs everywhere."""
    done = run(libraries, model, tmp_path)
    assert done.returncode == 0, done.stderr
    word, *loaded = done.stdout.split()
    assert len([name for name in loaded if name.startswith("libggml-cpu")]) == 1
    ran = []
    for name in kernels(libraries):
        alone = run(only(libraries, tmp_path / name, name), model, tmp_path)
        if alone.returncode:
            assert "ModelUnusable: No kernels for this CPU" in alone.stderr
        else:
            assert alone.stdout.split()[0] == word, name
            assert name in alone.stdout
            ran.append(name)
    assert any(re.search(r"x64|armv8\.0|apple_m1", name) for name in ran)


def test_kernels_in_the_working_directory_are_not_loaded(libraries, model, tmp_path):
    """llama.cpp would take them by itself; nobody may slip us code in a folder of papers."""
    for name in kernels(libraries):
        shutil.copy(libraries / name, tmp_path)
    done = run(only(libraries, tmp_path / "none"), model, tmp_path)
    assert done.returncode != 0
    assert "ModelUnusable" in done.stderr
