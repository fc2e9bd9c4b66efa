"""`doctor` tells what is well and what is not, survives everything that it reports, and changes nothing."""

import json
import os
import subprocess
import sys
from datetime import date
from importlib import metadata

import pytest

from offline_digest.checkup.finding import error, ok, warning
from offline_digest.checkup.program import packages
from offline_digest.cli import main
from offline_digest.cli.doctor import shown
from offline_digest.config import Settings, state_folder
from offline_digest.engines.llama.build import Build, Device, hazards
from offline_digest.library import Library, file_sha256
from offline_digest.weights import Hashes, Pin, pin, places_of
from tests.weights.ggufs import keys, model

TOPICS = ["Python", "packages", "configuration", "CPU", "llama.cpp", "PDFs", "memory"]
FOLDERS = ["library folder", "models folder", "state folder", "temporary folder"]
LAST = ["library", "model", "trusted files"]


@pytest.fixture
def doctor(capsys):
    """Return a function that examines, and gives code and findings."""

    def run(*arguments):
        code = main(["doctor", "--json", *map(str, arguments)])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def of(found, topic, state=None):
    return [f for f in found if f["topic"] == topic and state in (None, f["state"])]


def test_all_is_looked_at_and_nothing_is_changed(doctor, tmp_path):
    """Every topic has its line, no folder is made."""
    before = sorted(tmp_path.rglob("*"))
    code, found = doctor()
    assert code == 0
    assert list(dict.fromkeys(f["topic"] for f in found)) == [*TOPICS, *FOLDERS, *LAST]
    assert not [f for f in found if f["state"] == "error"]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_person_reads_aligned_lines(capsys):
    """State and topic in columns, what mends it below; the sum on stderr; no colour where nobody sees it."""
    main(["doctor", "--model", "no-such-model"])
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].startswith("ok       Python            3.")
    wrong = next(n for n, line in enumerate(lines) if line.startswith("error    model             "))
    assert lines[wrong + 1].startswith(" " * 27)
    assert "1 error" in err
    assert "\x1b" not in out


@pytest.mark.parametrize("finding", [ok("T", "fine"), warning("T", "so \x1b[2J so", "do\nthis"), error("T", "bad", "mend", code=2)])
def test_colour_is_for_terminals_and_what_is_told_steers_none(finding):
    """The state alone has a colour; texts from files have no control characters."""
    plain, coloured = shown(finding, colour=False), shown(finding, colour=True)
    assert "\x1b" not in plain
    assert coloured.count("\x1b") == coloured.split(finding.topic)[0].count("\x1b") > 0
    assert len(plain.splitlines()) == (2 if finding.mend else 1)


BROKEN_CONFIGS = {
    "no TOML": "model = [",
    "an unknown key": "colour = 1",
    "a wrong value": "threads = 'many'",
    "an unknown format": "format = 'scroll'",
    "a topic without a name": "[[topics]]\nmost = 3",
}


@pytest.mark.parametrize("name", BROKEN_CONFIGS)
def test_a_broken_configuration_is_an_error_and_the_rest_is_looked_at(doctor, tmp_path, name):
    """With file and place, exit code 2, and the defaults for what depends on it."""
    path = tmp_path / "config.toml"
    path.write_text(BROKEN_CONFIGS[name], encoding="utf-8")
    code, found = doctor("--config", path)
    [wrong] = of(found, "configuration", "error")
    assert (code, wrong["code"]) == (2, 2)
    assert str(path) in wrong["text"]
    assert wrong["mend"]
    assert len(of(found, "library folder")) == 1


def test_a_configuration_that_is_not_there_is_an_error_where_it_was_named(doctor, tmp_path):
    """Elsewhere the defaults hold."""
    assert doctor("--config", tmp_path / "gone.toml")[0] == 2


def test_a_broken_environment_is_an_error(doctor, monkeypatch):
    """There are no settings then, and what needs them is left out."""
    monkeypatch.setenv("OFFLINE_DIGEST_THREADS", "many")
    code, found = doctor()
    assert code == 2
    assert "OFFLINE_DIGEST_THREADS" in of(found, "configuration", "error")[0]["text"]
    assert of(found, "memory")


def test_a_topic_without_a_folder_is_a_warning(doctor, tmp_path):
    """Nothing fails before it is run."""
    path = tmp_path / "config.toml"
    path.write_text('[[topics]]\nname = "Soil"\ninclude = ["soil"]\n', encoding="utf-8")
    code, found = doctor("--config", path)
    assert code == 0
    assert "Soil" in of(found, "configuration", "warning")[0]["text"]


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_is_none_is_an_error(doctor, tmp_path, place):
    """A file in the place of the library, or on the way to it: one error, and nothing about owners."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, found = doctor("--library", tmp_path / place)
    [wrong] = [f for f in found if f["state"] == "error"]
    assert code == 2
    assert (wrong["topic"], wrong["text"]) == ("library folder", f"{tmp_path / 'file'} is no folder.")
    assert "chown" not in wrong["mend"]
    assert not of(found, "library")


@pytest.mark.skipif(sys.platform != "linux", reason="nobody can write below /proc there, root neither")
def test_nobody_is_led_to_take_over_a_folder_of_the_system(doctor):
    """What cannot be made is named itself, not the folder above it."""
    [wrong] = of(doctor("--library", "/proc/lab/library")[1], "library folder", "error")
    assert "chown" not in wrong["mend"]
    assert wrong["mend"].endswith("'/proc/lab/library'")


@pytest.mark.parametrize("variable", ["OFFLINE_DIGEST_MODELS", "OFFLINE_DIGEST_LIBRARY"])
def test_a_setting_that_names_a_file_is_told_by_its_name(doctor, tmp_path, monkeypatch, variable):
    """Where another folder is set."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv(variable, str(tmp_path / "file"))
    name = variable.rpartition("_")[2].lower()
    [wrong] = of(doctor()[1], f"{name} folder", "error")
    assert f"`{name} = " in wrong["mend"]
    assert "chown" not in wrong["mend"]


def test_a_damaged_index_is_an_error(doctor, tmp_path):
    """Exit code 12, and what `library verify` would say to do."""
    with Library(tmp_path / "library"):
        pass
    (tmp_path / "library" / "library.sqlite").write_bytes(b"nonsense" * 1000)
    code, found = doctor("--library", tmp_path / "library")
    assert code == 12
    assert "library rebuild" in of(found, "library", "error")[0]["mend"]


def pinned(path, **changes):
    values = {
        "sha256": file_sha256(path),
        "size_bytes": path.stat().st_size,
        "file": path.name,
        "source": "import",
        "name": path.stem,
        "day": date(2026, 1, 2),
    }
    pin(places_of(Settings()).lock, [Pin(**(values | changes))])


@pytest.fixture
def folder():
    models = Settings().models
    models.mkdir(parents=True)
    return models


def test_a_trusted_model_is_well(doctor, folder):
    """It is described, and nothing is warned of."""
    (folder / "m.gguf").write_bytes(model())
    pinned(folder / "m.gguf")
    code, found = doctor("--model", folder / "m.gguf")
    assert code == 0
    assert "llama 0M F32" in of(found, "model")[0]["text"]
    assert [f["state"] for f in of(found, "model") + of(found, "trusted files")] == ["ok", "ok"]


def test_a_file_that_nobody_vouches_for_is_a_warning(doctor, folder):
    """As the model that is set, and as any file in the folder of models; the command that trusts it is told."""
    (folder / "m.gguf").write_bytes(model())
    code, found = doctor("--model", folder / "m.gguf")
    assert code == 0
    for topic in ("model", "trusted files"):
        [said] = of(found, topic, "warning")
        assert "models import" in said["mend"]


def gone(path):
    pinned(path)
    path.unlink()


def changed(path):
    pinned(path)
    path.write_bytes(path.read_bytes() + b"\0")


def rewritten(path):
    """Other bytes, as many as before, after the file was read."""
    pinned(path)
    Hashes(state_folder()).remember(path, file_sha256(path))
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"\1")
    os.utime(path, ns=(1, 1))


def damaged_lock(path):
    pinned(path)
    places_of(Settings()).lock.write_text("version = [", encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "state", "code", "words"),
    [
        (gone, "warning", 0, "not here"),
        (changed, "error", 12, "not what was trusted"),
        (rewritten, "warning", 0, "changed since it was read"),
        (damaged_lock, "error", 12, "is damaged"),
    ],
)
def test_what_became_of_trusted_files_is_told(doctor, folder, harm, state, code, words):
    """Gone, changed, or a lock that nobody can read."""
    (folder / "m.gguf").write_bytes(model())
    harm(folder / "m.gguf")
    ended, found = doctor()
    assert ended == code
    assert words in of(found, "trusted files", state)[0]["text"]


@pytest.mark.parametrize(
    ("harm", "name", "state", "code", "words"),
    [
        (rewritten, "m", "warning", 0, "changed since it was read"),
        (rewritten, "m.gguf", "warning", 0, "changed since it was read"),
        (changed, "m", "error", 12, "not the file it should be"),
    ],
)
def test_a_trusted_model_that_changed_is_told(doctor, folder, harm, name, state, code, words):
    """Without reading it: a new stamp is a warning, another size an error."""
    (folder / "m.gguf").write_bytes(model())
    harm(folder / "m.gguf")
    ended, found = doctor("--model", folder / name if name.endswith(".gguf") else name)
    [said] = of(found, "model", state)
    assert ended == code
    assert words in said["text"]
    assert "models verify" in said["mend"] or state == "error"


@pytest.mark.parametrize(
    ("data", "words"), [(b"%PDF-1.7", "is a PDF"), (model()[:-600], "cut off"), (b"", "is empty")], ids=["a PDF", "cut off", "empty"]
)
def test_a_bad_model_is_an_error(doctor, tmp_path, data, words):
    """Exit code 10; with --deep it is not loaded either."""
    (tmp_path / "m.gguf").write_bytes(data)
    code, found = doctor("--model", tmp_path / "m.gguf", "--deep")
    assert code == 10
    assert words in of(found, "model", "error")[0]["text"]
    assert words in of(found, "trial", "error")[0]["text"]


def test_a_model_that_is_not_here_is_an_error(doctor):
    """With what gets it."""
    code, found = doctor("--model", "no-such-model")
    assert code == 10
    assert of(found, "model", "error")[0]["mend"]


def test_a_model_without_a_template_is_a_warning(doctor, folder):
    """It may be no instruct model."""
    (folder / "m.gguf").write_bytes(model(found=keys(tokenizer__chat_template=None)))
    pinned(folder / "m.gguf")
    assert "chat template" in of(doctor("--model", folder / "m.gguf")[1], "model", "warning")[0]["text"]


def test_a_model_that_does_not_fit_is_an_error(doctor, folder, tmp_path):
    """Exit code 13, as a digest with it would end."""
    (folder / "m.gguf").write_bytes(model())
    pinned(folder / "m.gguf")
    config = tmp_path / "config.toml"
    config.write_text("memory_gb = 0.000001", encoding="utf-8")
    code, found = doctor("--config", config, "--model", folder / "m.gguf")
    assert code == 13
    assert "weights take" in of(found, "model", "error")[0]["text"]


@pytest.mark.model
def test_deep_loads_the_model_and_lets_it_answer(doctor):
    """It computes a canary and writes."""
    code, found = doctor("--model", "smollm2", "--deep")
    assert code == 0, found
    assert "wrote" in of(found, "trial", "ok")[0]["text"]


SITE = """
import importlib.abc, os, signal, sys
class Broken(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in os.environ["MISSING"].split():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if name in os.environ.get("CRASHES", "").split():
            os.kill(os.getpid(), signal.SIGILL)
sys.meta_path.insert(0, Broken())
"""


def examined(tmp_path, *, missing="", crashes="", remove=(), **variables):
    """Run the doctor in a process where packages are missing or crash, and variables of the environment are gone."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "MISSING": missing, "CRASHES": crashes} | variables
    for name in remove:
        environment.pop(name, None)
    command = [sys.executable, "-m", "offline_digest", "doctor", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert "Traceback" not in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("package", "topics"),
    [
        ("psutil", {"memory", "CPU"}),
        ("llama_cpp", {"llama.cpp"}),
        ("pymupdf", {"PDFs"}),
        ("pydantic", {"configuration", "llama.cpp"}),
        ("platformdirs", set()),
        ("filelock", set()),
    ],
)
def test_a_package_that_is_missing_is_survived(tmp_path, package, topics):
    """What needs it is an error that names it, everything else is looked at."""
    code, found = examined(tmp_path, missing=package)
    assert {f["topic"] for f in found} >= set(TOPICS)
    for topic in topics:
        [wrong] = of(found, topic, "error")
        assert package in wrong["text"], wrong
    assert (code != 0) == bool(topics)
    assert of(found, "Python", "ok")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_llama_cpp_for_another_cpu_is_survived(tmp_path):
    """Its process dies of an illegal instruction; the doctor lives and says how to build it anew."""
    code, found = examined(tmp_path, crashes="llama_cpp")
    [wrong] = of(found, "llama.cpp", "error")
    assert code == 1
    assert "SIGILL" in wrong["text"]
    assert "--force-reinstall" in wrong["mend"]
    assert of(found, "trusted files", "ok")


def test_a_user_without_a_home_is_survived(tmp_path):
    """No variable names one, and none is there."""
    code, found = examined(tmp_path, remove=["HOME", "OFFLINE_DIGEST_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"])
    assert {f["topic"] for f in found} >= {*TOPICS, "library folder"}
    assert code in (0, 2)


def test_nothing_heavy_is_loaded_by_the_doctor_itself():
    """What can crash is loaded by children alone."""
    code = (
        "import sys; from offline_digest.cli import main; main(['doctor']); "
        "sys.exit(str({'llama_cpp', 'pymupdf', 'numpy', 'gguf', 'jinja2'} & set(sys.modules)) if "
        "{'llama_cpp', 'pymupdf', 'numpy', 'gguf'} & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", f"if __name__ == '__main__':\n    {code}"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("version", "bounds", "fits"),
    [
        ("4.0.2", ">=4.0.2,<4.1", True),
        ("4.1", ">=4.0.2,<4.1", False),
        ("4.0.10", ">=4.0.2,<4.1", True),
        ("8.1.8", ">=8.1", True),
        ("8.1", ">=8.1.0", True),
        ("0.3.36", "==0.3.36", True),
        ("0.3.37", "==0.3.36", False),
        ("1.2.9", "==1.2.*", True),
        ("1.3.0", "==1.2.*", False),
        ("2.0", "!=2.0", False),
        ("2.3.1", "~=2.2", True),
        ("3.0", "~=2.2", False),
        ("2.2", ">2.2", False),
        ("2.1", "<=2.2", True),
        ("1.0rc1", ">=0.9", True),
    ],
)
def test_versions_are_held_against_their_bounds(version, bounds, fits, monkeypatch):
    """As PEP 440 has it, on the machines that a requirement is meant for."""
    monkeypatch.setattr(metadata, "requires", lambda _name: [f"plum{bounds}", 'pear>=999; python_version < "3"'])
    monkeypatch.setattr(metadata, "version", lambda _name: version)
    assert [finding.state for finding in packages(None)] == ["ok" if fits else "error"]


def test_packages_that_are_missing_or_too_old_are_named(monkeypatch):
    """Each with the command that installs what is wanted; what only developers need is left out."""
    wanted = ["no-such-package>=2", "click>=999", "psutil", 'pytest>=999; extra == "dev"']
    monkeypatch.setattr(metadata, "requires", lambda _name: wanted)
    found = list(packages(None))
    assert [(f.state, f.mend) for f in found] == [
        ("error", "pip install 'no-such-package>=2'"),
        ("error", "pip install 'click>=999'"),
    ]


def built(*features, gpu=False):
    devices = [Device(name="CPU", description="A CPU", is_gpu=False)] + [Device(name="CUDA0", description="A GPU", is_gpu=True)] * gpu
    return Build(version="0.3.36", features=features, devices=tuple(devices))


@pytest.mark.parametrize(
    ("build", "flags", "has_gpu", "words"),
    [
        (built("AVX2", "AVX512"), {"avx2", "avx512f"}, False, []),
        (built("AVX2", "AVX512", "AMX_INT8"), {"avx2", "avx512f", "amx_tile"}, False, ["AMX"]),
        (built("AVX2", "AVX512", "AMX_INT8"), {"avx2", "avx512f"}, False, []),
        (built("SSE3"), {"avx2", "avx512f"}, False, ["AVX2"]),
        (built("AVX2"), {"avx2", "avx512f"}, False, ["AVX512"]),
        (built("AVX2"), {"avx2"}, True, ["graphics processor"]),
        (built("AVX2", gpu=True), {"avx2"}, True, []),
        (built(), set(), False, []),
        (built(), {"asimd"}, False, ["NEON"]),
    ],
)
def test_known_hazards_of_a_build_are_named(build, flags, has_gpu, words):
    """Each with what mends it; what suits the machine has none."""
    found = hazards(build, frozenset(flags), has_gpu=has_gpu)
    assert len(found) == len(words)
    for hazard, word in zip(found, words, strict=True):
        assert word in hazard.text
        assert hazard.mend
