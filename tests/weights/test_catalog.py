"""The catalogue: ours, and what a user adds to it."""

import pytest

from offline_digest.errors import ConfigError
from offline_digest.resources import resource_dir
from offline_digest.weights import Hub, known_models, load_catalog

OURS = """
[models.plum]
title = "Plum"
languages = ["en", "zh"]
passage_tokens = 4000
hub = { repository = "Orchard/Plum-GGUF", file = "Plum-{quant}.gguf", quants = ["Q8_0", "Q4_K_M"] }
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "catalog.toml").write_text(OURS, encoding="utf-8")
    return tmp_path


def own(folder, text):
    """Return the file of a user's own catalogue."""
    file = folder / "models.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_at_the_hub(folder):
    """The quantization stands in the name of the file; the default one is that of llama.cpp."""
    hub = load_catalog(folder)["plum"].hub
    assert hub.file_of("Q8_0") == "Plum-Q8_0.gguf"
    assert hub.default_quant == "Q4_K_M"


def test_without_an_own_catalogue_ours_stands(folder):
    """The user's file need not be there."""
    assert load_catalog(folder, folder / "models.toml") == load_catalog(folder)


def test_own_keys_win(folder):
    """Keys of an own entry take the place of ours, the others stay; a new name is added."""
    file = own(
        folder, '[models.plum]\npassage_tokens = 900\n\n[models."my-pear"]\ntitle = "Pear"\nlanguages = ["en"]\npath = "~/pear.gguf"\n'
    )
    found = load_catalog(folder, file)
    assert list(found) == ["plum", "my-pear"]
    assert (found["plum"].passage_tokens, found["plum"].title) == (900, "Plum")
    assert found["plum"].hub == load_catalog(folder)["plum"].hub


def test_an_own_place_of_the_weights_wins(folder):
    """Whoever keeps a model elsewhere names the place alone."""
    found = load_catalog(folder, own(folder, '[models.plum]\npath = "/data/plum.gguf"\n'))["plum"]
    assert found.hub is None
    assert str(found.path) == "/data/plum.gguf"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[models.plum", "not valid TOML"),
        ("[models.plum]\ncolour = 'blue'", "models.plum.colour"),
        ("[models.plum]\nlanguages = []", "models.plum.languages"),
        ("[models.plum]\nlanguages = ['de']", "models.plum.languages.0"),
        ("[models.new]\ntitle = 'New'\nlanguages = ['en']", "one of package, hub and path"),
        ("[models.Plum]\ntitle = 'P'", "no name of a model"),
        ("[models.'a/b']\ntitle = 'P'", "no name of a model"),
        ("[models.plum.hub]\nrepository = '../x'\nfile = 'a.gguf'\nquants = ['Q4_0']", "user/repo"),
        ("[models.plum.hub]\nrepository = 'a/b'\nfile = '../{quant}.gguf'\nquants = ['Q4_0']", "ends in .gguf"),
        ("[models.plum.hub]\nrepository = 'a/b'\nfile = '{quant}.gguf'\nquants = ['../Q4_0']", "ends in .gguf"),
        ("[models.plum.hub]\nrepository = 'a/b'\nfile = 'a.gguf'\nquants = ['Q4_0', 'Q8_0']", "{quant}"),
        ("[models.plum.hub]\nrepository = 'a/b'\nfile = '{quant}.bin'\nquants = ['Q4_0']", "ends in .gguf"),
        ("models = 3", "[models.NAME]"),
        ("[plum]\ntitle = 'P'", "[models.NAME]"),
    ],
)
def test_what_is_wrong_in_an_own_catalogue_is_told_with_its_place(folder, text, words):
    """File and key are named."""
    file = own(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_catalog(folder, file)
    assert words in caught.value.message
    assert str(file) in caught.value.message


OURS_ENTRIES = load_catalog(resource_dir("models"))


@pytest.mark.parametrize("name", OURS_ENTRIES)
def test_what_we_ship_is_sourced(name):
    """Every model of the hub says where its figures are from, and has all that an estimate without its file needs."""
    entry = OURS_ENTRIES[name]
    assert entry.title
    assert entry.licence != "unknown"
    if isinstance(entry.hub, Hub):
        assert entry.source
        assert entry.family
        assert entry.template
        assert entry.released
        assert entry.parameters
        assert entry.context
        assert entry.dimensions
        assert (entry.active or 1) <= entry.parameters
        assert entry.passage_tokens < entry.context


def test_the_own_catalogue_lies_beside_the_configuration(tmp_path):
    """A file `models.toml` there is all that is needed."""
    (tmp_path / "home").mkdir()
    own(tmp_path / "home", '[models.pear]\ntitle = "Pear"\nlanguages = ["en"]\npath = "/data/pear.gguf"\n')
    assert list(known_models()) == [*OURS_ENTRIES, "pear"]
