"""Child processes that crash, are killed or stop answering at any phase of their work."""

import re
import sys

import pytest

from offline_digest.errors import OutOfMemory, WorkerDied
from offline_digest.workers import Worker
from tests.faults import batches
from tests.faults.stage import left, plan

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")]
PAPERS = 4
DEATHS = ("SIGSEGV", "SIGABRT", "SIGKILL")
ASKED = ("--brief", "--budget", "512", "--trust-model", "--model")
MODEL_PHASES = {
    "load": ("load", "describe.end", "canary.end"),
    "prefill": ("count.end", "answer", "answer.1"),
    "decode": ("answer.2", "answer.4", "answer.30"),
}


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch") / "papers"
    batches.write_papers(folder, PAPERS)
    return folder


@pytest.fixture(scope="module")
def uncut(papers, tmp_path_factory):
    """Return what an undisturbed run prints."""
    root = tmp_path_factory.mktemp("uncut")
    assert batches.run(papers, root).returncode == 0
    return batches.printed(root)


def test_a_reader_that_dies_once_costs_nothing(papers, uncut, tmp_path):
    """It dies of each signal at each phase: before it is up, when it begins and when it has just finished a paper."""
    faults = [("Reader.load", "SIGSEGV"), ("Reader.load", "SIGABRT")]
    faults += [("Reader.read", "SIGSEGV", "paper-01"), ("Reader.read", "SIGKILL", "paper-02"), ("Reader.read.end", "SIGABRT", "paper-03")]
    faults = plan(tmp_path / "plan", *faults)
    done = batches.run(papers, tmp_path, plan=faults)
    assert left(faults) == []
    assert done.returncode == 3, done.stderr  # two deaths in a row while it came up: the first paper is given up
    assert done.stderr.count("crashed the reader") == 1
    assert "Traceback" not in done.stderr
    assert batches.run(papers, tmp_path).returncode == 0
    assert batches.printed(tmp_path) == uncut
    assert batches.faults(tmp_path) == []


@pytest.mark.parametrize("phase", ["read", "read.end"])
@pytest.mark.parametrize("name", [*DEATHS, "SIGSTOP"])
def test_a_reader_that_dies_costs_at_most_its_paper(papers, uncut, tmp_path, name, phase):
    """One that dies twice of a paper or hangs in it: exit 3, this paper named and no other lost; the next run completes the batch."""
    faults = plan(tmp_path / "plan", *[(f"Reader.{phase}", name, "paper-01")] * (1 if name == "SIGSTOP" else 2))
    done = batches.run(papers, tmp_path, plan=faults)
    assert left(faults) == []
    assert done.returncode == 3, done.stderr
    assert re.findall(r"warning: .*?(paper-\d\d)", done.stderr) == ["paper-01"]
    assert (name in done.stderr) == (name != "SIGSTOP")
    assert f"{PAPERS - 1} digested, 1 failed" in done.stderr
    assert "Traceback" not in done.stderr
    assert batches.run(papers, tmp_path).returncode == 0
    assert batches.printed(tmp_path) == uncut
    assert batches.faults(tmp_path) == []


@pytest.mark.model
@pytest.mark.parametrize("name", [*DEATHS, "SIGSTOP"])
@pytest.mark.parametrize("phases", MODEL_PHASES.values(), ids=MODEL_PHASES)
def test_a_model_that_dies_at_any_phase_is_brought_back(pair, tiny, tmp_path, name, phases):
    """Every paper is done, however it dies."""
    faults = plan(tmp_path / "plan", *[(f"LlamaService.{phase}", name) for phase in phases])
    done = batches.run(pair, tmp_path, *ASKED, str(tiny), plan=faults)
    assert left(faults) == [], done.stderr
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(".md")
    assert "Traceback" not in done.stderr
    assert batches.faults(tmp_path) == []


@pytest.mark.model
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGSTOP"])
def test_a_model_that_always_dies_of_one_paper_costs_that_paper(pair, tiny, tmp_path, name):
    """Exit 3, this paper named, the others done, and the next run asks only what is missing."""
    faults = plan(tmp_path / "plan", *[("LlamaService.answer.1", name, "Paper 1 on")] * 40)
    done = batches.run(pair, tmp_path, *ASKED, str(tiny), plan=faults)
    assert len(left(faults)) > 20  # it was given up, not tried for ever
    assert done.returncode == 3, done.stderr
    assert "1 digested, 1 failed" in done.stderr
    assert re.findall(r"warning: .*?(paper-\d\d)", done.stderr) == ["paper-01"]
    assert "Traceback" not in done.stderr
    before = batches.calls(tmp_path)
    assert batches.run(pair, tmp_path, *ASKED, str(tiny)).returncode == 0
    after = batches.calls(tmp_path)
    assert {key: row for key, row in after.items() if key in before} == before
    assert batches.faults(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space reliably")
def test_a_reader_with_little_memory_reads_all_or_nothing(sample_pdf, tmp_path):
    """At no limit does it give less than the whole paper: what does not fit raises."""
    read = {}
    for mib in (100, *range(160, 240, 10), 3072):
        with Worker("offline_digest.reading:Reader", limit_bytes=mib * 2**20) as worker:
            try:
                read[mib] = worker.call("read", sample_pdf, tmp_path / str(mib), timeout_s=batches.HANG_S)
            except (OutOfMemory, WorkerDied):
                continue
    assert 100 not in read
    assert all(paper == read[3072] for paper in read.values())
