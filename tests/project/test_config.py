"""Settings from file and environment."""

import pytest

from offline_digest.config import load_settings
from offline_digest.errors import ConfigError


def test_without_a_file_there_are_defaults(tmp_path):
    """Nothing needs to be configured; the library lies in the user's own folder."""
    settings = load_settings()
    assert settings.library == tmp_path / "home" / "library"
    assert settings.model is None


def test_the_file_is_read_and_the_environment_wins(tmp_path, monkeypatch):
    """Values come from the user's file; a variable overrides one of them."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text('topic = "Vision"\nthreads = 3\n', encoding="utf-8")
    assert (load_settings().topic, load_settings().threads) == ("Vision", 3)
    monkeypatch.setenv("OFFLINE_DIGEST_THREADS", "5")
    assert (load_settings().topic, load_settings().threads) == ("Vision", 5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("topic = ", "not valid TOML"),
        ("tpoic = 'x'", "tpoic"),
        ("threads = 'many'", "threads"),
        ("threads = -1", "threads"),
        ("threads = true", "threads"),
        ("[topic]\na = 1", "topic"),
    ],
)
def test_a_broken_file_is_told_by_file_and_place(tmp_path, text, words):
    """A file that is no TOML, an unknown key and a wrong value each give one error that names file and key."""
    file = tmp_path / "c.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=words) as caught:
        load_settings(file)
    assert str(file) in caught.value.message
    assert caught.value.hint


def test_a_tilde_is_the_users_home(tmp_path, monkeypatch):
    """A library named with ~ lies in the home folder, not in a folder called ~; an empty model name is none."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("OFFLINE_DIGEST_MODEL", "")
    (tmp_path / "c.toml").write_text('library = "~/lib"\n', encoding="utf-8")
    settings = load_settings(tmp_path / "c.toml")
    assert settings.library == tmp_path / "lib"
    assert settings.model is None


def test_a_named_file_must_be_there(tmp_path):
    """A configuration that was asked for and is missing is an error; the user's own may be missing."""
    with pytest.raises(ConfigError, match="Cannot read"):
        load_settings(tmp_path / "none.toml")


def test_a_wrong_variable_is_told_by_its_name(monkeypatch):
    """The message names the variable, not the file."""
    monkeypatch.setenv("OFFLINE_DIGEST_THREADS", "many")
    with pytest.raises(ConfigError, match="OFFLINE_DIGEST_THREADS"):
        load_settings()


def test_a_glossary_is_a_table(tmp_path):
    """Terms and translations stand in a table, white space tidied; an empty side is an error that names the key."""
    file = tmp_path / "c.toml"
    file.write_text('[glossary]\n"diffusion  model" = " 扩散模型 "\nprobe = "探头"\n', encoding="utf-8")
    assert load_settings(file).glossary == {"diffusion model": "扩散模型", "probe": "探头"}
    for line in ('probe = " "', '"" = "探头"', "probe = 3"):
        file.write_text(f"[glossary]\n{line}\n", encoding="utf-8")
        with pytest.raises(ConfigError, match="glossary"):
            load_settings(file)
