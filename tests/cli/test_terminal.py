"""What a run shows on a terminal."""

import os
import re
import subprocess
import sys

import pytest

from offline_digest.cli.terminal import batch_line, paper_line
from offline_digest.progress import Standing


@pytest.mark.parametrize(
    ("standing", "line"),
    [
        (Standing(papers=3), "reading"),
        (Standing(papers=3, done=2, failed=1), "writing the post"),
        (Standing(papers=3, paper="a.pdf"), "a.pdf"),
        (Standing(papers=3, paper="a.pdf", reading=0.254), "a.pdf · the model reads, 25%"),
        (Standing(papers=3, paper="论文.pdf", fields=4, asked=27, tokens_per_s=12.34), "论文.pdf · 4 of 27 answers · 12.3 tokens/s"),
    ],
)
def test_the_paper_in_work(standing, line):
    """Its name, and as much as is known."""
    assert paper_line(standing) == line


@pytest.mark.parametrize(
    ("standing", "age", "line"),
    [
        (Standing(papers=3), 0, "0 of 3 papers"),
        (Standing(papers=9, done=3, failed=1, ahead=2), 0, "4 of 9 papers · 1 failed · 2 read ahead"),
        (Standing(papers=9, done=3, seconds_left=7000), 3400, "3 of 9 papers · about 1 h left"),
        (Standing(papers=9, done=3, seconds_left=10), 60, "3 of 9 papers · about 1 s left"),
        (Standing(papers=3, done=3, seconds_left=0), 0, "3 of 3 papers"),
    ],
)
def test_the_batch(standing, age, line):
    """Time goes on between two tellings, and never below nothing."""
    assert batch_line(standing, age) == line


def on_terminal(*command):
    """Run *command* with stderr on a terminal; return its exit code, stdout and what the terminal got."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env={**os.environ, "TERM": "xterm"}) as child:
        os.close(theirs)
        seen = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux tells the end of a terminal so
                break
            if not piece:
                break
            seen += piece
        out = child.stdout.read()
    os.close(ours)
    return child.returncode, out, seen.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_a_terminal_shows_the_batch_and_is_left_clean(tmp_path):
    """The view comes and goes, every line stays, the cursor is back, and stdout holds the post's path alone."""
    code, out, seen = on_terminal(sys.executable, "-m", "offline_digest", "demo", "-o", str(tmp_path / "blog"))
    assert code == 0, seen
    assert out.strip().endswith(".md")
    assert len(out.splitlines()) == 1
    assert "of 1 papers" in seen
    assert "sample-paper.pdf: digested" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen)
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l")
    assert seen.endswith("1 digested\r\n")
