"""Only `fetch`, `run`, `models pull` and `bundle create` open sockets, and not `run --offline`: traced, and without any interface."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from offline_digest.library import Library, file_sha256, keep_pdf
from offline_digest.records import Metadata
from tests.bundling.samples import tiny_bundle
from tests.faults.batches import write_papers
from tests.project.test_acceptance import network_namespace

# Python loads this module by itself in every process, children too; an audit hook can neither be removed nor avoided by Python code.
TRACE = """
import os, sys
def watch(event, arguments):
    if not event.startswith("socket."):
        return
    if event == "socket.__new__" and (len(arguments) < 2 or str(arguments[1]) in ("1", "AddressFamily.AF_UNIX")):
        return  # a pipe between parent and child
    if event in ("socket.connect", "socket.bind", "socket.sendto") and isinstance(arguments[1], (str, bytes)):
        return  # likewise: the name of a file
    with open(os.environ["SOCKET_TRACE"], "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {event} {arguments[1:]}\\\\n")
sys.addaudithook(watch)
with open(os.environ["SOCKET_TRACE"] + ".processes", "a", encoding="utf-8") as file:
    file.write(f"{os.getpid()}\\\\n")
"""


@pytest.fixture
def traced(tmp_path):
    """Return a function that runs Python with the trace on, and gives its end, the sockets touched, and how many processes there were."""
    folder = tmp_path / "trace"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(TRACE.replace("\\\\n", "\\n"), encoding="utf-8")

    def run(*arguments, prefix=()):
        log = folder / "log"
        environment = os.environ | {"PYTHONPATH": str(folder), "SOCKET_TRACE": str(log)}
        done = subprocess.run([*prefix, sys.executable, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=900)
        touched = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        processes = Path(f"{log}.processes").read_text(encoding="utf-8").split()
        log.unlink(missing_ok=True)
        Path(f"{log}.processes").unlink()
        return done, touched, len(set(processes))

    return run


CHILD = """
import multiprocessing, socket, sys
def call():
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except OSError:
        pass
if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target=call)
    child.start()
    child.join()
"""


def test_the_trace_sees_a_child_that_connects(traced, tmp_path):
    """What follows would notice."""
    script = tmp_path / "child.py"
    script.write_text(CHILD, encoding="utf-8")
    _, touched, processes = traced(script)
    assert processes > 1
    assert any("socket.connect" in line and "127.0.0.1" in line for line in touched)


def test_the_trace_sees_fetch(traced, tmp_path, monkeypatch):
    """The one command that goes online is seen to do so, and says in one line that nobody is there."""
    monkeypatch.setenv("OFFLINE_DIGEST_NETWORK__ARXIV", "http://127.0.0.1:9")
    for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    done, touched, _ = traced("-m", "offline_digest", "fetch", "2407.00001", "--library", tmp_path / "library")
    assert done.returncode == 16
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert any("socket.connect" in line for line in touched)


def test_the_trace_sees_a_pull(traced, tmp_path, monkeypatch):
    """The one command about models that goes online is seen to do so; forbidden to, it does not."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    pull = ["-m", "offline_digest", "models", "pull", "Plum/Plum-GGUF"]
    done, touched, _ = traced(*pull)
    assert done.returncode == 16
    assert "cannot be reached" in done.stderr
    assert any("socket.connect" in line for line in touched)
    done, touched, _ = traced(*pull, "--offline")
    assert (done.returncode, touched) == (14, [])


TOPIC = '[[topics]]\nname = "Offline"\ninclude = ["paper", "soil"]\nout = {out}\n'


def fetched(tmp_path):
    """Put a paper into the library as `fetch` does, and a topic that picks it into a configuration, whose path is returned."""
    write_papers(tmp_path / "inbox", 4)
    pdf = max((tmp_path / "inbox").iterdir()).rename(tmp_path / "2601.00001v1.pdf")
    row = Metadata(arxiv_id="2601.00001", version="v1", title="Soil, fetched", authors=("Ada Lindqvist",), published=date(2026, 1, 1))
    with Library(tmp_path / "library") as library:
        keep_pdf(library, pdf, file_sha256(pdf), row)
    config = tmp_path / "config.toml"
    config.write_text(TOPIC.format(out=json.dumps(str(tmp_path / "rounds"))), encoding="utf-8")
    return config


def commands(tmp_path):
    library = ["--library", tmp_path / "library"]
    offline = ["run", "--offline", "--date", "2026-01-02", "--config", fetched(tmp_path), *library]
    digest = ["digest", tmp_path / "papers", "-o", tmp_path / "out", *library]
    return [
        ["demo", "-o", tmp_path / "demo", *library],
        digest,
        [*digest, "--topic", "With a Model", "--brief", "--model"],
        ["read", tmp_path / "papers", "--json", *library],
        [*offline, "--dry-run"],
        offline,
        ["library", "ls", *library],
        ["library", "verify", *library],
        ["library", "export", tmp_path / "all.tar", *library],
        ["preview", "--export", tmp_path / "site", *library],
        ["logs", *library],
        ["models", "ls"],
        ["models", "verify"],
        ["bundle", "verify", tiny_bundle(tmp_path / "bundle")],
    ]


@pytest.mark.parametrize("namespace", [False, True], ids=["traced", "no interface"])
@pytest.mark.parametrize("with_model", [False, pytest.param(True, marks=[pytest.mark.model, pytest.mark.slow])], ids=["", "model"])
def test_nothing_else_opens_a_socket(traced, tmp_path, namespace, with_model, request):
    """The demo, a digest of three papers and every command that looks into the library: no address is looked up, no socket opened."""
    write_papers(tmp_path / "papers", 3)
    prefix = network_namespace() if namespace else []
    most = 0
    for arguments in commands(tmp_path):
        if arguments[-1] == "--model":
            if not with_model:
                continue
            arguments.append(request.getfixturevalue("smollm2"))
        done, touched, processes = traced("-m", "offline_digest", *arguments, prefix=prefix)
        assert done.returncode == 0, (arguments, done.stderr)
        assert touched == [], arguments
        most = max(most, processes)
    assert most > 1  # the children that read PDFs were watched too
    assert len(list((tmp_path / "rounds").rglob("*.md"))) == 1
    posts = list((tmp_path / "out").rglob("*.md"))
    assert len(posts) == 1 + with_model
    assert json.dumps(posts[0].read_text(encoding="utf-8")).count("**Authors:") == 3


ONLINE = {
    "cli/fetch.py",
    "cli/run.py",
    "pipeline/picking.py",
    "pipeline/rounds.py",
    "pipeline/forecast.py",
}  # those of the pipeline when told to


def test_only_the_door_and_the_online_source_import_it():
    """`net` is imported by what goes online and by `preview`; the online parts of rooms only by the commands that go online."""
    root = Path(__file__).parents[2] / "offline_digest"
    users = {
        word: {p.relative_to(root).as_posix() for p in root.rglob("*.py") if f"offline_digest.{word}" in p.read_text(encoding="utf-8")}
        for word in ("net", "gathering.online", "weights.online")
    }
    assert {u for u in users["net"] if not u.startswith("net/")} == {"cli/preview.py", "gathering/online/arxiv.py", "weights/online/hub.py"}
    assert {u for u in users["weights.online"] if not u.startswith("weights/online/")} == {"cli/models.py"}
    assert {u for u in users["gathering.online"] if not u.startswith("gathering/online/")} == ONLINE


def test_pip_runs_in_two_places_alone():
    """Packages come through pip, a process of its own that no trace here sees: it is started to download and to compile, nowhere else."""
    root = Path(__file__).parents[2] / "offline_digest"
    starts = {p.relative_to(root).as_posix() for p in root.rglob("*.py") if '"-m", "pip"' in p.read_text(encoding="utf-8")}
    assert starts == {"bundling/wanted.py", "bundling/compiling.py"}
    assert '"--no-index"' in (root / "bundling" / "installer.py").read_text(encoding="utf-8")
