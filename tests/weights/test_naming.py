"""What a user types for a model, as a value."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offline_digest.errors import ModelNotFound
from offline_digest.weights import CatalogEntry, Hosted, Hub, Listed, Local, Package, choose_file, parse_name
from offline_digest.weights.spelling import is_model_path, is_repository, is_word, part_names

CATALOG = {
    "plum-4b": CatalogEntry(
        title="Plum 4B",
        languages=("en",),
        hub=Hub(repository="Orchard/Plum-4B-GGUF", file="plum-4b-{quant}.gguf", quants=("q8_0", "q4_k_m", "q5_k_m")),
    ),
    "plum-0.6b": CatalogEntry(
        title="Plum 0.6B",
        languages=("en",),
        hub=Hub(repository="Orchard/Plum-0.6B-GGUF", file="Plum-0.6B-{quant}.gguf", quants=("F16", "Q8_0")),
    ),
    "pear": CatalogEntry(
        title="Pear",
        languages=("en",),
        package=Package(name="pear", file="pear.gguf", quant="Q4_0", size_bytes=1, sha256="0", get="pip install pear"),
    ),
}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("plum-4b", Listed(name="plum-4b", quant="q4_k_m")),
        (" Plum-4B ", Listed(name="plum-4b", quant="q4_k_m")),
        ("plum-4b:Q5_K_M", Listed(name="plum-4b", quant="q5_k_m")),
        ("PLUM-4B: q8_0", Listed(name="plum-4b", quant="q8_0")),
        ("plum-0.6b", Listed(name="plum-0.6b", quant="Q8_0")),
        ("pear", Listed(name="pear")),
        ("Orchard/Plum-4B-GGUF", Hosted(repository="Orchard/Plum-4B-GGUF")),
        ("hf:Orchard/Plum-4B-GGUF", Hosted(repository="Orchard/Plum-4B-GGUF")),
        ("Orchard/Plum-4B-GGUF:IQ4_XS", Hosted(repository="Orchard/Plum-4B-GGUF", quant="IQ4_XS")),
        ("hf:a/b:q4_0", Hosted(repository="a/b", quant="q4_0")),
        ("plum.gguf", Local(path=Path("plum.gguf"))),
        ("folder/PLUM.GGUF", Local(path=Path("folder/PLUM.GGUF"))),
        ("/models/plum", Local(path=Path("/models/plum"))),
        ("./plum-4b", Local(path=Path("plum-4b"))),
        ("../plum", Local(path=Path("../plum"))),
        (r"C:\models\plum.gguf", Local(path=Path(r"C:\models\plum.gguf"))),
    ],
)
def test_what_is_typed_is_understood(text, meant):
    """A name of the catalogue in any case, a repository as llama.cpp writes it, or a path."""
    assert parse_name(text, CATALOG) == meant


def test_home_is_expanded():
    """A path may begin with the user's home."""
    assert parse_name("~/plum.gguf", CATALOG) == Local(path=Path.home() / "plum.gguf")


def test_a_file_that_is_here_is_meant(tmp_path, monkeypatch):
    """A file without an ending is a file, also where a repository could be called so; a name of the catalogue stays one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orchard").mkdir()
    for name in ("orchard/plum", "pear"):
        Path(name).touch()
    assert parse_name("orchard/plum", CATALOG) == Local(path=Path("orchard/plum"))
    assert parse_name("hf:orchard/plum", CATALOG) == Hosted(repository="orchard/plum")
    assert parse_name("pear", CATALOG) == Listed(name="pear")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plum4b", "Did you mean plum-4b"),
        ("plom-0.6b:q8_0", "Did you mean plum-0.6b"),
        ("qwerty", "Known names: pear, plum-0.6b, plum-4b"),
        ("plum-4b:q3_k_m", "q8_0, q4_k_m, q5_k_m"),
        ("plum-4b:", "q8_0, q4_k_m, q5_k_m"),
        ("pear:q4_0", "Say pear"),
        ("", "Known names"),
        ("a/b/c", "user/repo"),
        ("a/b:", "user/repo"),
        ("-hf/x", "user/repo"),
        ("a/..", "user/repo"),
        ("a/b:../../x", "user/repo"),
        ("hf:/etc/passwd", "user/repo"),
        ("plum\0", "user/repo"),
    ],
)
def test_what_is_unknown_is_told_with_what_there_is(text, words):
    """The nearest names, else all; the quantizations, where the name is right; and the other ways to name a model."""
    with pytest.raises(ModelNotFound) as caught:
        parse_name(text, CATALOG)
    assert words in caught.value.hint


@given(st.one_of(st.text(), st.text(alphabet="aB0._-/:\\~ \n", max_size=20)))
@example("a/b\n")
@example("a/b:-q")
@example("hf:-a/b")
def test_no_name_leads_out_of_a_folder_or_reads_as_an_option(text):
    """Of a name at the hub each part is one plain component of a path and begins neither with a hyphen nor with a point."""
    try:
        meant = parse_name(text, CATALOG)
    except ModelNotFound:
        return
    if isinstance(meant, Hosted):
        parts = [*meant.repository.split("/"), *([] if meant.quant is None else [meant.quant])]
        assert len(meant.repository.split("/")) == 2
        for part in parts:
            assert PurePosixPath(part).name == part
            assert part not in {"", ".", ".."}
            assert part[0] not in "-."
            assert part.isascii()
            assert not any(c.isspace() or c in ":\\" for c in part)
    elif isinstance(meant, Listed):
        assert meant.name in CATALOG


@given(st.text(alphabet="ab0._-/{} \n", max_size=12).map(lambda text: text + ".gguf"))
@example("../x.gguf")
@example("a/../x.gguf")
@example("/x.gguf")
@example("-x.gguf")
def test_a_path_in_a_repository_stays_in_it(text):
    """What may be a file of a repository is relative, climbs nowhere, and no part of it begins with a hyphen or a point."""
    if is_model_path(text):
        path = PurePosixPath(text)
        assert str(path) == text
        assert not path.is_absolute()
        assert all(part[0] not in "-." for part in path.parts)


@pytest.mark.parametrize("text", ["a/b", "Qwen/Qwen3-0.6B-GGUF", "_a/b_", "THUDM/GLM-4-9B-0414"])
def test_repositories(text):
    """`user/repo` as the hub allows it."""
    assert is_repository(text)


@pytest.mark.parametrize(
    "text", ["a", "a/b/c", "a//b", "a--b/c", "a/b..c", "a/b.git", "a/b-", "-a/b", "a /b", "é/b", "a/" + "b" * 96, "a/b\n"]
)
def test_no_repositories(text):
    """What the hub refuses."""
    assert not is_repository(text)


def test_words():
    """Two hyphens side by side may stand in the name of a file, two points may not."""
    assert is_word("a--b.gguf")
    assert not is_word("a..b")


FILES = (
    ".gitattributes",
    "README.md",
    "mmproj-plum-Q4_K_M.gguf",
    "plum-Q2_K.gguf",
    "plum-Q4_K_M-00001-of-00002.gguf",
    "plum-Q4_K_M-00002-of-00002.gguf",
    "plum-q8_0.gguf",
    "plum-Q8_0_L.gguf",
    "../plum-Q5_K_M.gguf",
    "IQ/plum-IQ4_XS.gguf",
)


@pytest.mark.parametrize(
    ("files", "quant", "chosen"),
    [
        (FILES, None, "plum-Q4_K_M-00001-of-00002.gguf"),
        ((*FILES[:4], "plum-q8_0.gguf", "plum.Q4_K_M.gguf"), None, "plum.Q4_K_M.gguf"),
        (FILES, "Q8_0", "plum-q8_0.gguf"),
        (FILES, "iq4_xs", "IQ/plum-IQ4_XS.gguf"),
        (FILES, "Q4_K_M", "plum-Q4_K_M-00001-of-00002.gguf"),
        (("plum-Q4_K_M-00002-of-00002.gguf",), "Q4_K_M", None),
        (FILES, "Q5_K_M", None),
        (FILES, "Q8", None),
        (("b-Q2_K.gguf", "a-Q3_K_S.gguf"), None, "b-Q2_K.gguf"),
        (("README.md",), None, None),
        ((), None, None),
    ],
)
def test_the_file_of_a_repository(files, quant, chosen):
    """As llama.cpp chooses: the one with the quantization, else Q4_K_M, Q8_0, the first; files that a model is loaded from."""
    assert choose_file(files, quant) == chosen


@pytest.mark.parametrize(
    ("name", "n", "first", "last"),
    [
        ("plum.gguf", 1, "plum.gguf", "plum.gguf"),
        ("plum-00002-of-00003.gguf", 3, "plum-00001-of-00003.gguf", "plum-00003-of-00003.gguf"),
        ("Q4/plum-00001-of-00002.GGUF", 2, "Q4/plum-00001-of-00002.GGUF", "Q4/plum-00002-of-00002.GGUF"),
        ("plum-00004-of-00003.gguf", 1, "plum-00004-of-00003.gguf", "plum-00004-of-00003.gguf"),
        ("plum-00000-of-00003.gguf", 1, "plum-00000-of-00003.gguf", "plum-00000-of-00003.gguf"),
        ("plum-00001-of-99999.gguf", 1, "plum-00001-of-99999.gguf", "plum-00001-of-99999.gguf"),
        ("plum-1-of-2.gguf", 1, "plum-1-of-2.gguf", "plum-1-of-2.gguf"),
    ],
)
def test_the_parts_of_a_file(name, n, first, last):
    """All of them from any of them; what only looks like a part stands alone."""
    parts = part_names(name)
    assert (len(parts), parts[0], parts[-1]) == (n, first, last)
