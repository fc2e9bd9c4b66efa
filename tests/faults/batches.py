"""A batch of small papers of our own, and what is looked at after each fault."""

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pymupdf

ROOT = Path(__file__).resolve().parents[2]
HANG_S = 600  # no test waits so long on any machine; what takes longer hangs
WORDS = (
    "soil probe filter field water season pump reading valve drought sensor garden threshold orchard battery signal noise "
    "schedule moisture farm root canopy meter storm leak"
).split()


def write_papers(folder, n):
    """Write *n* two-page PDFs with title, author, abstract, three sections and a captioned figure, each different."""
    folder.mkdir()
    for number in range(n):
        chance = random.Random(number)  # noqa: S311 (not for secrets)

        def prose(sentences, chance=chance):
            made = (" ".join(chance.choice(WORDS) for _ in range(12)).capitalize() + "." for _ in range(sentences))
            return "We show that " + " ".join(made)

        with pymupdf.open() as document:
            page = document.new_page()
            page.insert_text((72, 80), f"Paper {number} on {chance.choice(WORDS)} and {chance.choice(WORDS)}", fontsize=18)
            page.insert_text((72, 105), "Ada Lindqvist", fontsize=11)
            page.insert_textbox((72, 130, 520, 260), f"Abstract\n{prose(6)}", fontsize=10)
            page.insert_text((72, 290), "1 Introduction", fontsize=13)
            page.insert_textbox((72, 300, 520, 700), prose(14), fontsize=10)
            page = document.new_page()
            page.draw_rect((150, 80, 400, 220), fill=(0.2, 0.5, 0.8))
            page.insert_text((150, 240), "Figure 1: A field seen from above.", fontsize=9)
            page.insert_text((72, 290), "2 Method", fontsize=13)
            page.insert_textbox((72, 300, 520, 480), prose(8), fontsize=10)
            page.insert_text((72, 510), "3 Results", fontsize=13)
            page.insert_textbox((72, 520, 520, 700), prose(8), fontsize=10)
            document.set_metadata({"creationDate": "", "modDate": ""})
            document.save(folder / f"paper-{number:02}.pdf", no_new_id=True)


def command(papers, root, *more):
    """Return the call that digests *papers*, with library and post below *root*."""
    return [
        *(sys.executable, "-m", "offline_digest", "digest", str(papers), "--topic", "Soil", "--date", "2026-01-02"),
        *("-o", str(root / "out"), "--library", str(root / "library"), *more),
    ]


def run(papers, root, *more, plan=None, **options):
    """Run the call to its end; with the faults of a *plan* of `stage`, where there is one."""
    call = command(papers, root, *more)
    if plan is not None:
        call[2:3] = ["tests.faults.stage", str(plan)]
    options.setdefault("env", os.environ | {"PYTHONPATH": str(ROOT)})
    return subprocess.run(call, capture_output=True, text=True, timeout=HANG_S, **options)


def printed(root):
    """Return path → hash of everything below the output folder."""
    out = root / "out"
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.rglob("*")) if p.is_file()}


def faults(root):
    """Return what is wrong with a library: SQLite's own check, and rows whose file is missing or torn."""
    path = root / "library" / "library.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as db:
        found = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        has_rows = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'file'").fetchone()
        for name, sha256 in db.execute("SELECT path, sha256 FROM file") if has_rows else ():
            file = Path(root / "library" / name)
            if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
                found.append(name)
    return found


def calls(root):
    """Return the answers a library keeps, key → row without the verdict, which comes when the others of the paper are there."""
    if not (root / "library").exists():
        return {}
    with closing(sqlite3.connect(root / "library" / "library.sqlite")) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'call'").fetchone():
            return {}
        columns = [row[1] for row in db.execute("PRAGMA table_info(call)") if row[1] != "checks_failed"]
        return {row[0]: row for row in db.execute(f"SELECT {', '.join(columns)} FROM call")}  # noqa: S608 (SQLite's own names)


def survivors(root):
    """Return the processes with something below *root* in their environment that do not end by themselves, as they should at once."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and any(str(root) in value for value in process.environ().values()):
                found.append(process)
        except psutil.Error:
            continue
    return psutil.wait_procs(found, timeout=60)[1]


def count(variable, usual):
    """Return how often a fault is tried: *usual*, or what the environment says for a longer soak."""
    return int(os.environ.get(variable, usual))
