"""What a run shows on a terminal."""

import contextlib
import os
import re
import subprocess
import sys

import pytest

from offline_digest.cli.terminal import Terminal, batch_line, paper_line
from offline_digest.progress import Bar, Standing, amount
from tests.quiet import Quiet

DEMO = [sys.executable, "-m", "offline_digest", "demo", "--engine", "extractive"]  # the same where a starter model is installed


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


def on_terminal(*command, term="xterm"):
    """Run *command* with stderr on a terminal called *term*; return its exit code, stdout and what the terminal got."""
    import pty

    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "TERM"} | ({} if term is None else {"TERM": term})
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=env) as child:
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
    code, out, seen = on_terminal(*DEMO, "-o", str(tmp_path / "blog"))
    assert code == 0, seen
    assert out.strip().endswith(".md")
    assert len(out.splitlines()) == 1
    assert "1 of 1 paper\r" in seen
    assert "sample-paper.pdf: digested" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen)
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l")
    assert seen.endswith("1 digested\r\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
@pytest.mark.parametrize("term", [None, "", "dumb", "unknown"])
def test_a_terminal_that_cannot_go_back_gets_plain_lines(tmp_path, term):
    """Where nothing says that the cursor can be moved it is not, as on the console of a service or in an editor."""
    code, _, seen = on_terminal(*DEMO, "-o", str(tmp_path / "blog"), term=term)
    assert code == 0
    assert "\x1b" not in seen
    assert "sample-paper.pdf: digested" in seen


# A command that shows what a run shows, and waits until it is told to go on, or hears that its terminal is gone.
WAITING = """
import fcntl, sys, termios
from offline_digest.cli.main import cli, main
from offline_digest.cli.terminal import Terminal
from offline_digest.progress import Bar, Standing, amount
from tests.quiet import Quiet

@cli.command()
def wait():
    with Terminal() as report:
        report.stand(Standing(papers=1))
        print("here", flush=True)
        sys.stdin.readline()
        report.step("went on")
        report.warn("to the end")

if sys.argv[1] == "controlled":
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)
sys.exit(main(["wait", *sys.argv[2:]]))
"""


@contextlib.contextmanager
def closed_terminal(*arguments):
    """Run `WAITING`, close the terminal behind its stderr while it waits, and yield it."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm"},
    ) as child:
        os.close(theirs)
        assert child.stdout.readline() == "here\n"
        os.close(ours)
        yield child


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_a_closed_terminal_hangs_up():
    """Who closes the terminal of a run ends it with 129, though nothing can be shown any more."""
    with closed_terminal("controlled") as child:
        assert child.wait(timeout=120) == 129


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_a_run_without_a_hang_up_outlives_its_terminal():
    """What is written to a dead terminal is heard by nobody, and the run ends as it would have."""
    with closed_terminal("free") as child:
        child.communicate("go\n", timeout=120)
        assert child.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
@pytest.mark.parametrize(("arguments", "code"), [(["config", "show"], 0), (["digest", "--no-such-option"], 2), (["library", "ls"], 2)])
def test_a_dead_terminal_changes_no_exit_code(arguments, code):
    """Results, errors and wrong calls go to a terminal that was closed before, and the code is as ever."""
    import pty

    ours, theirs = pty.openpty()
    os.close(ours)
    child = subprocess.run([sys.executable, "-m", "offline_digest", *arguments], stdout=theirs, stderr=theirs, check=False)
    os.close(theirs)
    assert child.returncode == code


@pytest.mark.parametrize("tell", [Terminal().step, Terminal().warn])
def test_what_a_run_tells_is_one_line(tell, capsys):
    """The name of a file cannot make a second line of it."""
    tell("[1/2] a\nerror: b.pdf: read")
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_a_terminal_shows_a_name_in_one_line(tmp_path, sample_pdf):
    """Nor can it on a terminal, where lines stand above the view."""
    pdf = tmp_path / "a\nb.pdf"
    pdf.write_bytes(sample_pdf.read_bytes())
    code, _, seen = on_terminal(sys.executable, "-m", "offline_digest", "digest", str(pdf), "-o", str(tmp_path / "blog"))
    assert code == 0
    assert r"a\nb.pdf: digested" in seen
    assert "\nb.pdf" not in seen.replace("\r", "").replace(r"a\nb", "")


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (640_000, "640 kB"), (94_300_000, "94.3 MB"), (2_497_280_256, "2.50 GB"), (65e9, "65.00 GB")],
)
def test_amounts(size_bytes, said):
    """As hubs and discs count: thousands."""
    assert amount(size_bytes) == said


class Heard(Quiet):
    """Keeps what lives for a moment."""

    def __init__(self):
        super().__init__()
        self.lives = []

    def life(self, text, share=None):
        self.lives.append((text, share))


def test_a_bar_tells_rate_and_time_left():
    """The rate is that of the last seconds, so a pause is forgotten; what takes no second is not told."""
    now = [0.0]
    heard = Heard()
    bar = Bar("plum", 4_000_000, heard, clock=lambda: now[0])
    for seconds, done in [(0.5, 500_000), (1.0, 1_000_000), (2.0, 2_000_000), (60.0, 2_000_000), (70.5, 3_000_000)]:
        now[0] = seconds
        bar.at(done)
    assert heard.lives[0] == ("plum · 1.0 MB of 4.0 MB · 1.0 MB/s · about 3 s left", 0.25)
    assert heard.lives[-1] == ("plum · 3.0 MB of 4.0 MB · 95 kB/s · about 10 s left", 0.75)


def test_without_a_terminal_every_tenth_is_a_line(capsys):
    """Ten lines for what is long, none for what has no length."""
    terminal = Terminal()
    with terminal:
        for done in range(1001):
            terminal.life(f"plum {done}", done / 1000)
        terminal.life("no length")
    assert capsys.readouterr().err.splitlines() == [f"plum {n}00" for n in range(1, 11)]
