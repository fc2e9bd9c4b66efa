"""arXiv identifiers in URLs, stamps and file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.gathering.identifiers import file_name, find_arxiv_id, parse_arxiv_id


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2407.02174v2", ("2407.02174", "v2")),
        ("2407.09450", ("2407.09450", None)),
        ("http://arxiv.org/abs/0704.0001v1", ("0704.0001", "v1")),
        ("arXiv:2407.02174v12 [cs.CV] 2 Jul 2024", ("2407.02174", "v12")),
        ("quant-ph_9508027", ("quant-ph/9508027", None)),
        ("http://arxiv.org/abs/math.GT/0309136v1", ("math/0309136", "v1")),
        ("hep-th/9901001v3", ("hep-th/9901001", "v3")),
        ("paper-2407.02174-final", ("2407.02174", None)),
        ("draft 3.14159", None),
        ("2413.02174", None),
        ("10.1145/2407.021745", None),
        ("version 12407.02174", None),
        ("2407.021749", None),
        ("2407.0945", None),
        ("1412.01234", None),
        ("0612.1234", None),
        ("hep-th/0801001", None),
        ("report", None),
    ],
)
def test_identifiers_are_found_as_strings(text, found):
    """An identifier keeps its digits, its version apart; what only looks like one is none."""
    assert find_arxiv_id(text) == found


MONTHS = st.integers(1, 12)
NEW = st.one_of(
    st.builds("{:02}{:02}.{:04}".format, st.integers(7, 14), MONTHS, st.integers(0, 9999)),
    st.builds("{:02}{:02}.{:05}".format, st.integers(15, 99), MONTHS, st.integers(0, 99_999)),
)
ARCHIVES = st.sampled_from(["quant-ph", "hep-th", "math", "cs", "astro-ph", "cond-mat", "q-bio", "nlin", "physics", "acc-phys"])
YEARS = st.sampled_from([*range(91, 100), *range(8)])
OLD = st.builds("{}/{:02}{:02}{:03}".format, ARCHIVES, YEARS, MONTHS, st.integers(0, 999))
VERSIONS = st.one_of(st.none(), st.integers(1, 999).map("v{}".format))
HOSTS = st.sampled_from(["arxiv.org", "www.arxiv.org", "export.arxiv.org", "browse.arxiv.org", "cn.arxiv.org", "ARXIV.org"])
ADDRESSES = st.builds(
    "{}{}/{}/<id>{}{}{}".format,
    st.sampled_from(["https://", "http://", ""]),
    HOSTS,
    st.sampled_from(["abs", "pdf", "html", "format", "e-print", "src", "ps"]),
    st.sampled_from(["", ".pdf"]),
    st.sampled_from(["", "/"]),
    st.sampled_from(["", "?download=1", "?context=cs.CV&x=2407.00001", "#page=3"]),
)
PREFIXED = st.sampled_from(
    [
        "<id>",
        "arXiv:<id>",
        "arxiv: <id>",
        "ARXIV:<id>",
        "  <id>\n",
        "arXiv:<id> [cs.CV]",
        "10.48550/arXiv.<id>",
        "https://doi.org/10.48550/ARXIV.<id>",
        "<id>.pdf",
    ]
)


@given(st.one_of(NEW, OLD), VERSIONS, st.one_of(ADDRESSES, PREFIXED))
def test_every_shape_of_an_identifier_is_parsed(name, version, shape):
    """All digits, the zeros at the end too, and the version come out of every address and prefix as they went in."""
    assert parse_arxiv_id(shape.replace("<id>", f"{name}{version or ''}")) == (name, version)


@given(OLD, VERSIONS)
def test_a_subject_class_is_no_part_of_an_identifier(name, version):
    """`math.GT/0309136` and `math/0309136` are one paper; a slash may come as %2F."""
    archive, number = name.split("/")
    assert parse_arxiv_id(f"{archive}.GT/{number}{version or ''}") == (name, version)
    assert parse_arxiv_id(f"https://arxiv.org/abs/{archive}%2F{number}{version or ''}") == (name, version)


@given(st.one_of(NEW, OLD), VERSIONS)
def test_the_name_of_a_file_tells_its_paper(name, version):
    """What is written under a name is found by it."""
    written = file_name(name, version)
    assert find_arxiv_id(written) == (name, version)
    assert not set('/\\:*?"<>|') & set(written)


@given(st.one_of(NEW, OLD))
def test_a_number_cut_short_is_another_one_or_none(name):
    """A digit less is never taken for the same paper: 2407.0945 is not 2407.09450."""
    assert parse_arxiv_id(name[:-1]) is None
    assert parse_arxiv_id(f"{name}0") is None


@pytest.mark.parametrize(
    "text",
    [
        "https://alphaxiv.org/abs/2407.02174",
        "https://notarxiv.org/abs/2407.02174",
        "https://arxiv.org.evil.org/abs/2407.02174",
        "https://evil.org/https://arxiv.org/abs/2407.02174",
        "https://evil.org/?arxiv.org/abs/2407.02174",
        "https://arxiv.org/list/cs.CV/2407.02174",
        "https://arxiv.org/abs/",
        "https://arxiv.org/",
        "2407.02174 2407.02175",
        "see 2407.02174",
        "2407.02174.docx",
        "2413.02174",
        "2400.02174",
        "240702174",
        "10.1145/3292500.3330701",
        "",
        "diffusion models",
    ],
)
def test_what_names_no_paper_as_a_whole_is_none(text):
    """Other hosts, lists, sentences, months that do not exist."""
    assert parse_arxiv_id(text) is None


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_not(text):
    """Nothing raises, and what is found is found again."""
    found = parse_arxiv_id(text)
    assert found is None or parse_arxiv_id(f"{found[0]}{found[1] or ''}") == found
