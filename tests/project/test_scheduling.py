"""The samples of docs/scheduling.md: each is whole, and what it calls is a call that `run` understands."""

import configparser
import plistlib
import re
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from offline_digest.cli.run import run

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def unit(text):
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(text)
    return parser


def cron():
    """Return what cron gives to the shell; before it are five fields of time, and no bare %."""
    (line,) = blocks("crontab")
    minute, hour, *rest = line.split(maxsplit=5)
    assert (0 <= int(minute) < 60, 0 <= int(hour) < 24, re.search(r"(?<!\\)%", line)) == (True, True, None)
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in rest[:3])
    command, log = rest[3].split(" >> ")
    assert log.endswith("2>&1\n")
    return shlex.split(command)


def systemd():
    service, timer = map(unit, blocks("ini"))
    assert (service["Service"]["Type"], timer["Timer"]["Persistent"], timer["Install"]["WantedBy"]) == ("oneshot", "true", "timers.target")
    return shlex.split(service["Service"]["ExecStart"])


def launchd():
    job = plistlib.loads(blocks("xml")[0].encode())
    assert set(job["StartCalendarInterval"]) == {"Hour", "Minute"}
    assert job["StandardOutPath"] == job["StandardErrorPath"]
    assert all(Path(job[key]).is_absolute() for key in ("StandardOutPath", "StandardErrorPath"))
    return job["ProgramArguments"]


def task_scheduler():
    task = ET.fromstring(blocks("xml")[1])  # noqa: S314 (our own file)
    assert task.findtext(f".//{TASK}MultipleInstancesPolicy") == "IgnoreNew"
    command, log = (task.findtext(f".//{TASK}Arguments") or "").split(" >> ")
    assert log.endswith("2>&1")
    return command.removeprefix("/c ").split()


@pytest.mark.parametrize("sample", [cron, systemd, launchd, task_scheduler])
def test_a_sample_can_be_read_and_calls_run_as_it_can_be_called(sample):
    """The program by a whole path, no option that does not exist, a time budget, and no waiting for a run that hangs."""
    words = sample()
    start = words.index("run")
    assert re.search(r"[/\\]offline-digest(\.exe)?$", words[start - 1])
    context = run.make_context("run", words[start + 1 :])
    assert context.params["time_budget"] == 7200
    assert (context.params["since_text"], context.params["wait"]) == ("last", False)


def test_every_unit_of_xml_and_ini_is_looked_at():
    """A new sample needs a test."""
    assert (len(blocks("xml")), len(blocks("ini")), len(blocks("crontab"))) == (2, 2, 1)


def test_the_readme_leads_there():
    """By a link that exists."""
    assert "(docs/scheduling.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
