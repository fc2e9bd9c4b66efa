"""What holds for the code as a whole."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import offline_digest

ROOT = Path(offline_digest.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
HEAVY = ("pymupdf", "fitz", "llama_cpp", "arxiv", "rich", "numpy", "requests", "lxml")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_modules_and_functions_stay_readable(path):
    """No module is over 400 lines, no function over 60; every module says why it exists."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.body[0].lineno < 60, node.name


@pytest.mark.parametrize("module", ["offline_digest", "offline_digest.cli", "offline_digest.pipeline", "offline_digest.engines"])
def test_importing_loads_nothing_heavy(module):
    """Importing the program loads neither PDF nor model library, no network and no numpy."""
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_pipeline_loads_no_step_of_reading():
    """PDFs are read by children; the process that starts them only knows which version reads."""
    code = (
        "import sys, offline_digest.pipeline; print('offline_digest.reading' in sys.modules, 'offline_digest.reading.steps' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True False"


def test_help_loads_almost_nothing():
    """`--help` needs neither pydantic nor the pipeline."""
    code = (
        "import sys\nfrom offline_digest.cli import main\nmain(['--help'])\n"
        "print([m for m in ('pydantic', 'jinja2', 'offline_digest.pipeline') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def public_packages():
    return [m.name for m in pkgutil.iter_modules([str(ROOT)], "offline_digest.") if m.ispkg]


@pytest.mark.parametrize("name", public_packages())
def test_what_a_room_exports_is_what_it_lists(name):
    """`__all__` is sorted, complete and real."""
    module = importlib.import_module(name)
    listed = getattr(module, "__all__", [])
    assert list(listed) == sorted(listed, key=str)
    assert all(hasattr(module, item) for item in listed)


def test_only_pipeline_and_cli_know_two_stages():
    """A stage never imports another stage."""
    stages = {"gathering", "reading", "digesting", "posting"}
    for path in MODULES:
        room = path.relative_to(ROOT).parts[0]
        if room not in stages:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("offline_digest."):
                assert node.module.split(".")[1] not in stages - {room}, path
