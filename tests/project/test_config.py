"""Settings from file and environment."""

import re

import pytest

from offline_digest.cli.toml import toml_with
from offline_digest.config import HubAccess, Network, hub_access, load_settings, origins, parse_settings
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


TOPIC = '[[topics]]\nname = "Heads"\ncategories = ["cs.CV"]\n'


def test_topics_are_tables(tmp_path):
    """A topic has what its table says, and defaults for the rest; folders named with ~ lie at home."""
    text = f'{TOPIC}include = ["talking  head", "说话人"]\nmost = 3\nout = "~/blog"\n\n[[topics]]\nname = "NeRF"\nquery = "ti:nerf"\n'
    first, second = parse_settings(text, tmp_path / "c.toml").topics
    assert (first.name, first.include, first.most, first.days, first.rank) == ("Heads", ("talking head", "说话人"), 3, 7, "date")
    assert "~" not in str(first.out)
    assert (second.query, second.languages, second.out) == ("ti:nerf", ("en", "zh"), None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("topics = 3", "c.toml: topics: a list is wanted"),
        ('topics = ["x"]', "topic number 1: a table is wanted"),
        ("[[topics]]\ncategories = ['cs']", "topic number 1, name: it is missing"),
        (f"{TOPIC}most = 0", "topic 'Heads', most: 1 or more is wanted"),
        (f"{TOPIC}most = true", "topic 'Heads', most: a whole number is wanted"),
        (f"{TOPIC}days = '3'", "topic 'Heads', days: a whole number is wanted"),
        (f"{TOPIC}includ = ['x']", "topic 'Heads', includ: there is no such key"),
        (f"{TOPIC}include = 'x'", "topic 'Heads', include: a list is wanted: .\"x\"."),
        (f"{TOPIC}include = ['...']", "topic 'Heads', include: there is no word in"),
        (f"{TOPIC}include = ['ti:']", "topic 'Heads', include: nothing that can be read"),
        (f"{TOPIC}query = 'a b'", "topic 'Heads', query: AND, OR or ANDNOT is missing before 'b'"),
        (f"{TOPIC}authors = [3]", "topic 'Heads', authors, 0: a text is wanted"),
        (f"{TOPIC}rank = 'best'", "topic 'Heads', rank: .*'date', 'interest' or 'like'"),
        (f"{TOPIC}rank = 'interest'", "topic 'Heads': .*interest = "),
        (f"{TOPIC}rank = 'like'", "topic 'Heads': .*like = "),
        (f"{TOPIC}languages = []", "topic 'Heads', languages: it is empty"),
        (f"{TOPIC}languages = ['fr']", "topic 'Heads', languages, 0: .*'en' or 'zh'"),
        (f"{TOPIC}languages = ['zh', 'zh']", "topic 'Heads', languages: a language is named twice"),
        ("[[topics]]\nname = 'x'\ncategories = ['computer vision']", "topic 'x', categories: 'computer vision' is no category"),
        ("[[topics]]\nname = 'x'\nexclude = ['a']", "topic 'x': it wants no paper"),
        (TOPIC + TOPIC.replace("Heads", "HEADS"), "topics: two topics are called 'Heads'"),
    ],
)
def test_a_wrong_topic_is_told_by_its_name_and_key(tmp_path, text, words):
    """Each mistake gives one error with the file, the topic and the key, and a hint."""
    with pytest.raises(ConfigError, match=words) as caught:
        parse_settings(text, tmp_path / "c.toml")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("colour = 1", "Known keys: figures, .*, ubatch_tokens"),
        ("[network]\nports = 1", "Known keys: arxiv, .*, proxy"),
        (f"{TOPIC}includ = ['x']", "Known keys: authors, .*, exclude"),
        ("topics = ['x']", "Known keys: authors, .*, exclude"),
        ("threads = 'many'", "threads: CPU threads of the model; 0: every physical core. Write it as threads = 0[.]$"),
        (f"{TOPIC}authors = 3", r'authors: Names, .* Write it as authors = ."Ada Lovelace".[.]$'),
        ("library = 3", r"library: Folder of the library[.]$"),
        ("network = 3", "network: How the commands"),
        ("[network]\nproxy = 'x'", "proxy: Proxy for"),
        ("[glossary]\na = 3", "glossary: Terms and"),
        (f"{TOPIC}most = 0", "most: How many papers"),
        ("[[topics]]\ncategories = ['cs']", "name: Title of its posts"),
    ],
)
def test_the_hint_of_a_wrong_value_says_what_is_wanted(tmp_path, text, hint):
    """The known keys are named where a key is not known, or a table is none."""
    with pytest.raises(ConfigError) as caught:
        parse_settings(text, tmp_path / "c.toml")
    assert re.match(hint, caught.value.hint)


def test_a_wrong_table_in_the_environment_is_told_by_its_variable(tmp_path, monkeypatch):
    """Tables are JSON there; the message names the variable, not the file, even where the file has the key too."""
    for value, words in (("[", "topics"), ('[{"name": "x"}]', "OFFLINE_DIGEST_TOPICS")):
        monkeypatch.setenv("OFFLINE_DIGEST_TOPICS", value)
        with pytest.raises(ConfigError, match=words) as caught:
            parse_settings(TOPIC, tmp_path / "c.toml")
        assert "c.toml" not in caught.value.message


def test_each_value_knows_where_it_comes_from(tmp_path, monkeypatch):
    """The environment wins over the file, the file over what is built in."""
    monkeypatch.setenv("OFFLINE_DIGEST_THREADS", "5")
    found = origins("threads = 3\ntopic = 'x'\n", tmp_path / "c.toml")
    assert (found["threads"], found["topic"], found["model"]) == ("environment", "file", "default")


def test_how_a_hub_is_asked(monkeypatch):
    """The configuration first, then the variables of huggingface_hub; a token is never shown."""
    assert hub_access(Network()) == HubAccess(endpoint="https://huggingface.co")
    monkeypatch.setenv("HF_ENDPOINT", "https://hf-mirror.example/")
    monkeypatch.setenv("HF_TOKEN", " hf_secret\n")
    found = hub_access(Network())
    assert (found.endpoint, found.token) == ("https://hf-mirror.example", "hf_secret")
    assert "hf_secret" not in repr(found)
    assert hub_access(Network(hub="https://own.example/hub")).endpoint == "https://own.example/hub"
    monkeypatch.setenv("HF_ENDPOINT", "mirror")
    with pytest.raises(ConfigError, match="HF_ENDPOINT"):
        hub_access(Network())


@pytest.mark.parametrize(("value", "forbidden"), [("1", True), ("true", True), ("0", False), ("", False)])
def test_the_hub_may_be_forbidden(monkeypatch, value, forbidden):
    """HF_HUB_OFFLINE, as huggingface_hub reads it."""
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    assert bool(hub_access(Network()).forbidden_by) == forbidden


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("threads = 'many'", "threads: a whole number is wanted"),
        ("threads = -1", "threads: 0 or more is wanted"),
        ("threads = 1.5", "threads: a whole number is wanted"),
        ("ubatch_tokens = 99999", "ubatch_tokens: 4096 or less is wanted"),
        ("memory_gb = 'x'", "memory_gb: a number is wanted"),
        ("figures = 'x'", "figures: 'keep' or 'licensed' is wanted"),
        ("model = 3", "model: a text is wanted, in quotation marks"),
        ("library = []", "library: a path is wanted, in quotation marks"),
        ("glossary = 3", "glossary: a table is wanted"),
        ("network = {proxy = 'x{0}'}", "network.proxy: an address is wanted that begins with http:// or https://"),
        ("network = {offline = 'maybe'}", "network.offline: true or false is wanted"),
        (f"{TOPIC}days = 99999", "topic 'Heads', days: 36500 or less is wanted"),
        (f"{TOPIC}out = 3", "topic 'Heads', out: a path is wanted, in quotation marks"),
        (f"{TOPIC}query = 'a {{0}}'", None),
        ("[[topics]]\nname = ''", "topic '', name: it is empty"),
        (f"[[topics]]\nname = '{'a' * 201}'", f"topic '{'a' * 201}', name: 200 characters are the most"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(tmp_path, text, words):
    """None of the words of the library that checks it."""
    with pytest.raises(ConfigError) as caught:
        parse_settings(text, tmp_path / "c.toml")
    assert not re.search("Input should|valid|parse|pattern|dictionary|<class|String", caught.value.message)
    assert words is None or caught.value.message == f"{tmp_path / 'c.toml'}: {words}."


OTHERS = 'topic = "x"\n\n[[topics]]\nname = "a"\nmodel = "inner"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'model = "m"\n'),
        ('topic = "x"', 'topic = "x"\nmodel = "m"\n'),
        (OTHERS, OTHERS.replace("\n\n[[", '\n\nmodel = "m"\n[[')),
        ("# model = 5\r\n#model = 'y'\r\ntopic = 'x'\r\n", "# model = 5\r\nmodel = \"m\"\r\ntopic = 'x'\r\n"),
        ("model = 'it'# it\n", 'model = "m"# it\n'),
        ('model = "a\\"b" # c', 'model = "m" # c'),
    ],
)
def test_one_key_of_a_file_is_set(before, after):
    """Nothing else changes, whatever the tables hold."""
    assert toml_with(before, "model", "m") == after


@pytest.mark.parametrize("text", ['"model" = "x"', 'model = """\nx"""', 'topic = """\n#model = "y"\n"""'])
def test_a_key_in_another_spelling_is_left_alone(text):
    """Rather an error than a broken file."""
    with pytest.raises(ValueError, match=r"model|expected|Invalid|overwrite|Cannot|Expected"):
        toml_with(text, "model", "m")
