"""`models` as users call it: fetched from a hub on loopback, brought by hand, verified, removed, chosen."""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from offline_digest.cli import main
from offline_digest.config import load_settings
from offline_digest.errors import IntegrityError
from offline_digest.pipeline.models import trusted_model
from offline_digest.weights import known_models, read_lock
from tests.net.server import body, cut, head, refuse, serve
from tests.quiet import Quiet
from tests.weights.caches import into_huggingface
from tests.weights.hub import sha256_of

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
REPO = "Plum/Plum-4B-GGUF"
FILE = "plum-4b-Q4_K_M.gguf"
OWN = f"""
[models.plum-4b]
title = "Plum 4B"
languages = ["en", "zh"]

[models.plum-4b.hub]
repository = "{REPO}"
file = "plum-4b-{{quant}}.gguf"
quants = ["Q4_K_M"]
"""


@pytest.fixture
def home(tmp_path):
    """Return the user's folder, with a catalogue of their own in it."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "models.toml").write_text(OWN, encoding="utf-8")
    return folder


@pytest.fixture
def run(capsys, home):
    def call(*arguments):
        code = main(["models", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out.splitlines(), err

    return call


@pytest.fixture
def stored(site, gguf):
    site.put(REPO, {FILE: gguf})
    return site.stored(gguf)


def target(home):
    return home / "models" / REPO / FILE


def test_pull_prints_the_path_and_says_how_to_use_it(run, home, stored, gguf):
    """On stdout the path alone; the second time nothing is fetched."""
    code, out, err = run("pull", "plum-4b")
    assert (code, out) == (0, [str(target(home))])
    assert f"plum-4b: {len(gguf) / 1e6:.1f} MB from {REPO}" in err
    assert "models use plum-4b" in err
    code, out, err = run("pull", "plum-4b", "--json")
    line = json.loads(out[0])
    assert (code, line["fetched_bytes"], line["sha256"], line["place"]) == (0, 0, [sha256_of(gguf)], "models")
    assert line["files"] == [str(target(home))]
    assert "is here already" in err


@pytest.mark.parametrize("how", ["option", "setting", "variable"])
def test_pull_is_forbidden_in_three_ways(run, home, site, stored, gguf, monkeypatch, how):
    """Each ends with 14, says which it was and asks nobody; what is here needs no network, nor a quantization."""
    arguments = ["pull", "plum-4b"]
    if how == "option":
        arguments.append("--offline")
    elif how == "setting":
        (home / "config.toml").write_text("[network]\noffline = true\n", encoding="utf-8")
    else:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    told = {"option": "--offline", "setting": "configuration", "variable": "HF_HUB_OFFLINE"}
    for arguments[1] in ("plum-4b", REPO):
        code, out, err = run(*arguments)
        assert (code, out, site.front.requests) == (14, [], [])
        assert "forbid" in err
        assert [word for word in told.values() if word in err] == [told[how]]
    into_huggingface(home / "cache", REPO, {FILE: gguf})
    monkeypatch.setenv("HF_HUB_CACHE", str(home / "cache"))
    code, out, _ = run("pull", REPO, *arguments[2:])
    assert (code, len(out), site.front.requests) == (0, 1, [])
    assert Path(out[0]).read_bytes() == gguf


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("plum-5b", 10, "Did you mean plum-4b"),
        ("Plum/Else-GGUF", 10, "shows no repository"),
        (f"{REPO}:Q8_0", 10, f"It has {FILE}"),
        ("./x.gguf", 10, "no model file"),
    ],
)
def test_pull_of_what_there_is_not(run, stored, name, code, words):
    """One line with a next step."""
    got, out, err = run("pull", name)
    assert (got, out) == (code, [])
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_pull_of_a_wrong_file_ends_with_12(run, home, site, gguf):
    """And leaves nothing of it."""
    site.put(REPO, {FILE: gguf}, lies={FILE: "b" * 64})
    code, out, _ = run("pull", "plum-4b")
    assert (code, out) == (12, [])
    assert list((home / "models").rglob("*.gguf*")) == []


def half_then_wait(handler, file):
    """Send the first half, then nothing for as long as a test may take."""
    head(handler, 200, len(file.data), file)
    body(handler, file.data[: len(file.data) // 2])
    time.sleep(60)


def started(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "offline_digest", "models", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def until(condition):
    """Wait for what another process does."""
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError


def size(path):
    return path.stat().st_size if path.exists() else 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_pull_goes_on(run, home, site, stored, gguf, number):
    """Kill -9 in the middle, then the same command: what had come is not sent again, and the hash is right."""
    stored.faults = [half_then_wait]
    part = target(home).with_name(f"{FILE}.part")
    with started("pull", "plum-4b") as process:
        until(lambda: size(part) >= len(gguf) // 2)
        process.send_signal(number)
        process.communicate()
    assert process.returncode == (-9 if number == signal.SIGKILL else 143)
    assert not target(home).exists()
    before = site.fetched()
    code, out, err = run("pull", "plum-4b")
    assert (code, out) == (0, [str(target(home))])
    assert sha256_of(target(home).read_bytes()) == sha256_of(gguf)
    assert site.fetched() - before == len(gguf) - len(gguf) // 2
    assert "are here" in err
    assert not part.exists()


def test_two_pulls_at_once_share(home, site, stored, gguf):
    """The second waits, says so, and fetches nothing."""
    go = threading.Event()

    def slow(handler, file):
        head(handler, 200, len(file.data), file)
        body(handler, file.data[: len(file.data) // 2])
        go.wait(60)
        body(handler, file.data[len(file.data) // 2 :])

    stored.faults = [slow]
    with started("pull", "plum-4b") as first:
        until(lambda: size(target(home).with_name(f"{FILE}.part")) >= len(gguf) // 2)
        with started("pull", REPO) as second:
            until(lambda: "waiting" in second.stderr.readline())
            go.set()
            outs = [process.communicate()[0].strip() for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert outs == [str(target(home))] * 2
    assert site.fetched() == len(gguf)


def test_import_verify_rm(run, home, tmp_path, gguf):
    """The whole way of a stick, and every step as JSON."""
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf)
    assert run("import", stick, "--sha256", "b" * 64)[0] == 12
    code, out, err = run("import", stick, "--copy", "--name", "mine", "--sha256", sha256_of(gguf), "--json")
    assert (code, json.loads(out[0])["name"], json.loads(out[0])["sha256"]) == (0, "mine", [sha256_of(gguf)])
    assert "models use mine" in err
    assert run("verify")[:2] == (0, [f"whole  {home / 'models' / 'mine.gguf'}  mine"])
    (home / "models" / "mine.gguf").write_bytes(gguf[::-1])
    code, out, err = run("verify", "mine", "--json")
    line = json.loads(out[0])
    assert (code, line["state"], line["path"], line["sha256"]) == (12, "changed", str(home / "models" / "mine.gguf"), sha256_of(gguf))
    assert "1 changed" in err
    assert run("rm", "mine")[:2] == (0, [str(home / "models" / "mine.gguf")])
    code, out, err = run("verify")
    assert (code, out) == (0, [])
    assert "nothing is pinned" in err
    assert run("rm", "mine")[0] == 10
    assert stick.read_bytes() == gguf


def test_a_name_whose_file_is_gone_is_known(run, home, tmp_path, gguf):
    """What is said of it: that it is trusted, where it was, how it comes back, and how it is forgotten."""
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf)
    run("import", stick, "--name", "mine", "--copy")
    (home / "models" / "mine.gguf").unlink()
    for command in ("show", "check", "use"):
        code, out, err = run(command, "mine")
        assert (code, out) == (10, [])
        assert f"The model mine is trusted, but there is no file {home / 'models' / 'mine.gguf'}." in err
        assert "models import FILE --name mine" in err
        assert "models rm mine" in err
    assert run("import", stick, "--name", "mine")[0] == 0
    assert run("show", "mine")[0] == 0
    assert run("rm", "mine")[0] == 0
    assert "No model is called" in run("show", "mine")[2]


def test_rm_of_one_name_keeps_what_another_needs(run, home, tmp_path, gguf):
    """Two names of one file: the first that goes takes neither file nor trust, the second both, and bytes are told once."""
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf)
    run("import", stick, "--name", "one", "--copy")
    run("import", stick, "--name", "two")
    files = {pin.name: home / "models" / pin.file for pin in read_lock(home / "models" / "models.lock").pins}
    stick.unlink()
    code, out, err = run("rm", "two")
    assert code == 0
    if files["one"] == files["two"]:
        assert (out, f"{files['one']} stays: one is the same file" in err) == ([], True)
    assert "0 no longer trusted" in err
    assert run("verify")[:2] == (0, [f"whole  {files['one']}  one"])
    code, out, err = run("rm", "one")
    assert (code, out) == (0, [str(files["one"])])
    assert "1 removed, " in err
    assert " freed, 1 no longer trusted" in err
    assert not files["one"].exists()


def test_bytes_with_another_name_are_not_freed(run, home, tmp_path, gguf):
    """An import that gave the file of a stick a second name takes that name away again, and frees nothing."""
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf)
    run("import", stick, "--name", "mine")
    if (home / "models" / "mine.gguf").stat().st_nlink < 2:
        pytest.skip("this disk has no second names")
    assert "1 removed, 0 bytes freed" in run("rm", "mine")[2]


@pytest.mark.usefixtures("smollm2")
def test_verify_tells_what_it_leaves_out(run):
    """A package's model is read by its name alone."""
    code, _, err = run("verify")
    assert (code, "smollm2, which a Python package carries, is left out" in err) == (0, True)
    assert "left out" not in run("verify", "smollm2")[2]


@pytest.mark.parametrize("name", ["", "mine.gguf", "Mine.GGUF", "plum-4b", "Plum-4B"])
def test_import_refuses_a_name_that_would_lead_elsewhere(run, home, tmp_path, gguf, name):
    """None at all, that of a file, that of a model of the catalogue: nothing is put anywhere, and the next step is told."""
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf)
    code, out, err = run("import", stick, "--name", name)
    assert (code, out) == (2, [])
    assert "--name" in err
    assert not (home / "models" / "models.lock").exists()
    assert not list((home / "models").rglob("*.gguf"))


def test_import_of_the_very_file_that_the_catalogue_name_is_pinned_for(run, home, stored, tmp_path, gguf):
    """Its hash says that it is that model; another file is none."""
    run("pull", "plum-4b")
    carried = home / "models" / "models.lock"
    target(home).unlink()
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf + bytes(32))
    code, _, err = run("import", stick, "--name", "plum-4b")
    assert (code, len(read_lock(carried).pins)) == (2, 1)
    assert "Plum 4B" in err
    stick.write_bytes(gguf)
    assert run("import", stick, "--name", "plum-4b")[0] == 0


@pytest.mark.usefixtures("smollm2")
def test_a_package_is_read_by_its_name(run):
    """The catalogue says what it must hold."""
    package = known_models()["smollm2"].package
    code, out, err = run("verify", "smollm2", "--json")
    line = json.loads(out[0])
    assert (code, line["state"], line["sha256"], line["source"]) == (0, "whole", package.sha256, f"package:{package.name}")
    assert line["path"].endswith(line["file"])
    assert "1 whole" in err


@pytest.mark.usefixtures("smollm2")
def test_a_package_that_changed_is_told(run, home):
    """Whatever is in the file, as the catalogue has another hash for it."""
    package = known_models()["smollm2"].package.model_copy(update={"sha256": "b" * 64})
    values = "".join(f"{key} = {json.dumps(value)}\n" for key, value in package.model_dump().items())
    own = f'[models.plum]\ntitle = "Plum"\nlanguages = ["en"]\n[models.plum.package]\n{values}'
    (home / "models.toml").write_text(own, encoding="utf-8")
    code, out, err = run("verify", "plum")
    assert (code, out[0].split()[0]) == (12, "changed")
    assert "b" * 64 in err
    assert "Install its package anew" in err


@pytest.mark.parametrize("command", ["verify", "rm"])
@pytest.mark.parametrize("name", ["plum-4b", REPO, "ollama:plum", "./gone.gguf"])
def test_what_is_not_here_need_not_be_fetched(run, command, name):
    """Who removes or reads a model does not want it."""
    code, out, err = run(command, name)
    assert (code, out) == (10, [])
    assert f"Nothing of {name} is on this machine" in err
    assert "pull" not in err
    assert len(err.strip().splitlines()) == 1


def test_ls_lists_what_one_has(run, home, stored, tmp_path, gguf):
    """What is pinned and not in the catalogue, here or not; what is in the catalogue once."""
    run("pull", "plum-4b")
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf[:-32] + bytes(range(32)))
    run("import", stick, "--name", "mine", "--copy")
    code, out, _ = run("ls", "--json")
    lines = [json.loads(line) for line in out]
    names = [line["name"] for line in lines]
    assert (code, names[-1], names.count("plum-4b")) == (0, "mine", 1)
    file = home / "models" / "mine.gguf"
    assert (lines[-1]["path"], lines[-1]["size_bytes"], lines[-1]["source"]) == (str(file), len(gguf), "import")
    assert lines[-1]["quant"]
    row = run("ls")[1][-1]
    assert row.split()[:2] == ["mine", "yours"]
    assert row.endswith(str(file))
    file.unlink()
    assert json.loads(run("ls", "--json")[1][-1])["path"] is None
    (home / "models" / "models.lock").write_text("x", encoding="utf-8")
    code, out, err = run("ls", "--json")
    assert (code, [json.loads(line)["name"] for line in out]) == (0, names[:-1])
    assert "models.lock is damaged" in err


def test_show_tells_of_what_is_not_in_the_catalogue(run, site, home, tmp_path, gguf):
    """By the name it was imported or pulled under, and by its path: what its header and the lock say."""
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf)
    run("import", stick, "--name", "mine")
    for name, source in (("mine", "import"), (stick, "file")):
        code, out, _ = run("show", name, "--json")
        line = json.loads(out[0])
        assert (code, line["source"], line["size_bytes"]) == (0, source, len(gguf))
        assert line["parameters"] > 0
        assert (line["architecture"], line["path"]) == ("llama", str(stick if name == stick else home / "models" / "mine.gguf"))
    code, out, _ = run("show", "mine")
    rows = dict(line.split(maxsplit=1) for line in out)
    assert (code, rows["sha256"], rows["source"]) == (0, sha256_of(gguf), "import")
    site.put("Pear/Pear-GGUF", {"pear-Q8_0.gguf": gguf[:-32] + bytes(32)})
    run("pull", "Pear/Pear-GGUF:Q8_0")
    code, out, _ = run("show", "Pear/Pear-GGUF:Q8_0", "--json")
    assert (code, json.loads(out[0])["source"].partition("@")[0]) == (0, "hub:Pear/Pear-GGUF")
    assert run("show", "gone")[0] == 10


def test_import_of_a_lock(run, home, tmp_path, gguf, stored):
    """A lock of another machine is trusted; what it pins and is not here is no damage."""
    run("pull", "plum-4b")
    carried = tmp_path / "carried.lock"
    (home / "models" / "models.lock").rename(carried)
    code, out, err = run("import", "--lock", carried)
    assert (code, out) == (0, [])
    assert "1 file of" in err
    assert read_lock(home / "models" / "models.lock") == read_lock(carried)
    target(home).unlink()
    Path(home / "state" / "hashes.json").unlink()
    code, out, _ = run("verify")
    assert (code, out[0].split()[0]) == (0, "absent")


@pytest.mark.parametrize(
    "arguments",
    [
        ["import"],
        ["import", "--copy"],
        ["import", "--lock", "x.lock", "--name", ""],
        ["import", "x.gguf", "--sha256", "abc"],
        ["import", "x.gguf", "--link", "--copy"],
        ["pull"],
        ["use"],
        ["rm"],
    ],
)
def test_a_call_without_sense_ends_with_2(run, arguments):
    """And says what is missing."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, [])
    assert err


CONFIG = '# mine\ntopic = "Vision"  # what I read\n{line}\n\n[network]\n# slow line\nproxy = "http://p:1"\n'


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ('model = "smollm2"  # small', 'model = "plum-4b"  # small'),
        ("  model='smollm2'", 'model = "plum-4b"'),
        ('#model = "smollm2"', 'model = "plum-4b"'),
        ("# nothing", None),
    ],
)
def test_use_changes_one_line_of_the_configuration(run, home, stored, line, after):
    """Comments and everything else stay, access rights too."""
    run("pull", "plum-4b")
    file = home / "config.toml"
    before = CONFIG.format(line=line)
    file.write_text(before, encoding="utf-8")
    file.chmod(0o600)
    code, out, _ = run("use", "plum-4b")
    assert (code, out) == (0, [str(file)])
    text = file.read_text(encoding="utf-8")
    assert text == (CONFIG.format(line=after) if after else before.replace("\n[network]", '\nmodel = "plum-4b"\n[network]'))
    assert load_settings().model == "plum-4b"
    assert file.stat().st_mode & 0o777 == 0o600


def test_use_makes_a_configuration_where_there_is_none(run, home, stored):
    """One that explains every key; a variable that wins over it is told."""
    run("pull", "plum-4b")
    run("use", "plum-4b")
    assert load_settings().model == "plum-4b"
    assert "# Folder of the library." in (home / "config.toml").read_text(encoding="utf-8")


def test_use_says_what_wins_over_it(run, stored, monkeypatch):
    """OFFLINE_DIGEST_MODEL does."""
    run("pull", "plum-4b")
    monkeypatch.setenv("OFFLINE_DIGEST_MODEL", "smollm2")
    assert "OFFLINE_DIGEST_MODEL" in run("use", "plum-4b")[2]


def test_use_of_what_is_not_here_changes_nothing(run, home):
    """It says how to get it."""
    code, _, err = run("use", "plum-4b")
    assert code == 10
    assert "models pull plum-4b" in err
    assert not (home / "config.toml").exists()


def test_the_folder_of_models_can_be_chosen(run, tmp_path, stored, monkeypatch):
    """By the setting `models`."""
    monkeypatch.setenv("OFFLINE_DIGEST_MODELS", str(tmp_path / "elsewhere"))
    _, out, _ = run("pull", "plum-4b")
    assert out == [str(tmp_path / "elsewhere" / REPO / FILE)]


def test_what_was_pulled_or_imported_may_be_loaded(run, tmp_path, stored, gguf):
    """By its name, without another word; the same file is trusted at any path, until it is removed."""
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(gguf)
    with pytest.raises(IntegrityError, match="is not trusted"):
        trusted_model(str(stick), load_settings(), Quiet())
    run("pull", "plum-4b")
    assert trusted_model("plum-4b", load_settings(), Quiet()).sha256 == sha256_of(gguf)
    assert trusted_model(str(stick), load_settings(), Quiet()).model.path == stick
    run("rm", "plum-4b")
    with pytest.raises(IntegrityError, match="is not trusted"):
        trusted_model(str(stick), load_settings(), Quiet())
    run("import", stick, "--name", "mine")
    assert trusted_model("mine", load_settings(), Quiet()).model.name == "mine"


@pytest.mark.model
def test_a_real_model_comes_with_all_faults_in_its_way(run, home, site, smollm2, monkeypatch):
    """Ninety megabytes over a line that breaks twenty times: the hash of the catalogue."""
    data = smollm2.read_bytes()
    site.put(REPO, {FILE: data})
    n = len(data)
    faults = [cut(n * k // 21) for k in range(1, 21)]
    site.stored(data).faults = [
        faults[0],
        refuse(503, Retry_After="0"),
        *faults[1:10],
        refuse(429, RateLimit='"r";r=0;t=0'),
        *faults[10:],
        serve,
    ]
    monkeypatch.setattr("offline_digest.net.patience.time.sleep", lambda _seconds: None)
    code, _, _ = run("pull", "plum-4b")
    assert code == 0
    assert sha256_of(target(home).read_bytes()) == sha256_of(data)
    assert site.fetched() - n < n // 50
    assert run("verify")[0] == 0
