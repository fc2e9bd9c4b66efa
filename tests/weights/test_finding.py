"""From a model's name to its file."""

import pytest

from offline_digest.errors import IntegrityError, ModelNotFound
from offline_digest.library import file_sha256
from offline_digest.resources import resource_dir
from offline_digest.weights import CatalogEntry, Hub, find_model, load_catalog


@pytest.fixture
def catalog():
    return load_catalog(resource_dir("models"))


def packaged(entry, **changes):
    """Return the entry of a package with other facts."""
    return entry.model_copy(update={"package": entry.package.model_copy(update=changes)})


def test_a_path_is_a_model(catalog, tmp_path):
    """Any existing file can be named by its path; its name is the file's."""
    (tmp_path / "my-model.Q4_K_M.gguf").write_bytes(b"GGUF")
    found = find_model(str(tmp_path / "my-model.Q4_K_M.gguf"), catalog)
    assert (found.name, found.languages, found.sha256) == ("my-model.Q4_K_M", (), None)


def test_an_own_entry_names_a_file(tmp_path):
    """What the catalogue says of it holds."""
    (tmp_path / "plum.gguf").write_bytes(b"GGUF")
    entry = CatalogEntry(title="Plum", languages=("zh",), passage_tokens=900, path=tmp_path / "plum.gguf")
    found = find_model("Plum", {"plum": entry})
    assert (found.name, found.languages, found.passage_tokens) == ("plum", ("zh",), 900)
    assert found.path.samefile(tmp_path / "plum.gguf")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("qwen9-900b", "GGUF file"),
        ("no/such.gguf", "Check the path"),
        ("gone.gguf", "Check the path"),
        ("a/b:Q4_0", "models pull a/b:Q4_0"),
    ],
)
def test_an_unknown_model_is_told_with_a_next_step(catalog, name, words):
    """A name leads to known ones, a path asks to be checked, a repository says how to get it."""
    with pytest.raises(ModelNotFound) as caught:
        find_model(name, catalog)
    assert name in caught.value.message
    assert words in caught.value.hint


def test_a_listed_model_that_is_not_here_says_how_to_get_it():
    """The hint is the command that fetches it."""
    entry = CatalogEntry(title="Plum", languages=("en",), hub=Hub(repository="a/b", file="p-{quant}.gguf", quants=("Q4_0",)))
    with pytest.raises(ModelNotFound, match="not on this machine") as caught:
        find_model("plum", {"plum": entry})
    assert "models pull plum" in caught.value.hint


def test_a_model_whose_package_is_missing_says_how_to_get_it(catalog):
    """The hint is the command that installs it."""
    entry = packaged(catalog["smollm2"], name="no-such-distribution")
    with pytest.raises(ModelNotFound, match="not on this machine") as caught:
        find_model("smollm2", {"smollm2": entry})
    assert entry.package.get in caught.value.hint


@pytest.mark.model
def test_the_packaged_model_is_the_one_the_catalogue_names(catalog, smollm2):
    """Size and hash of the installed file are the catalogue's."""
    found = find_model("smollm2", catalog)
    assert found.path.samefile(smollm2)
    assert file_sha256(found.path) == found.sha256 == catalog["smollm2"].package.sha256


@pytest.mark.model
def test_a_file_of_another_size_is_refused(catalog, smollm2):
    """A package that carries something else is not used."""
    with pytest.raises(IntegrityError):
        find_model("smollm2", {"smollm2": packaged(catalog["smollm2"], size_bytes=1)})
