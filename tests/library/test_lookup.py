"""What is listed, meant, found and logged."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_digest.errors import DigestError, IntegrityError, UsageError
from offline_digest.library import Library, find_paper, find_words, find_writer, list_calls, list_papers, list_texts, load_paper
from offline_digest.records import EngineInfo, FieldText, Line

from .samples import CHINESE, OTHER, PDF, answer, digest, model, text


@pytest.fixture
def library(tmp_path):
    """Return a library of two papers."""
    with Library(tmp_path / "lib") as opened:
        opened.keep_digest(PDF, "1", digest(), version="5")
        sorting = digest(title="Sorting by Noise", abstract="Lists are sorted.", arxiv_id="2401.01235", version=None, doi=None, keywords=())
        opened.keep_digest(OTHER, "1", sorting.model_copy(update={"fields": (text("summary", "en", "A noisy sort."),)}), version="5")
        yield opened


def test_each_paper_is_listed_once(library, tmp_path):
    """However many digests a paper has, it is one row, with the languages and models of all."""
    pdf = tmp_path / "论文 one.pdf"
    pdf.write_bytes(b"x")
    sha256 = library.file_sha256(pdf)
    library.keep_digest(sha256, "1", digest(engine=model("A"), fields=(text("summary", "en", "x"),)))
    library.keep_digest(sha256, "2", digest(engine=model("B"), title="As read anew", fields=(text("summary", "zh", "好"),)))
    rows = {row.sha256: row for row in list_papers(library)}
    assert set(rows) == {PDF, OTHER, sha256}
    row = rows[sha256]
    assert (row.title, row.name, row.languages, row.models) == ("As read anew", "论文 one.pdf", ("en", "zh"), ("A", "B"))
    assert row.authors == ("Žofie Lee", "Bo Example")
    assert load_paper(library, sha256)[1].engine.writer == "B"


QUOTING = EngineInfo(name="extractive", origin="extract", languages=("en",), passage_tokens=0)
NOTHING_STANDS = (FieldText(field="summary", language="en", origin="extract", lines=(Line(text="x", pages=(1,)),)),)


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        ("extractive A extractive", "A"),
        ("A B extractive", "B"),
        ("B A", "A"),
        ("extractive", "extractive"),
        ("A refused extractive", "A"),
        ("refused extractive", "extractive"),
        ("extractive refused", "refused"),
    ],
)
def test_what_a_model_wrote_is_shown_before_quotations(made, shown, library):
    """A later digest of quotations hides none by a model, unless its writer is named; of models the last one is shown."""
    sha256 = "12" * 32
    for key, writer in enumerate(made.split()):
        engine = QUOTING if writer == "extractive" else model(writer)
        said = (text("summary", "en", f"By {writer}."),) if writer in ("A", "B") else NOTHING_STANDS
        library.keep_digest(sha256, str(key), digest(engine=engine, fields=said))
    assert load_paper(library, sha256)[1].engine.writer == shown
    for writer in made.split():
        assert load_paper(library, sha256, writer=writer)[1].engine.writer == writer
    ((_, _, said, _),) = list_texts(library, [sha256])
    assert (f"By {shown}." in said) == (shown in ("A", "B"))
    with pytest.raises(UsageError, match="by Another is kept"):
        load_paper(library, sha256, writer="Another")


@pytest.mark.parametrize(
    ("kept", "asked", "meant"),
    [
        ("SmolLM2", "smollm2", "SmolLM2"),
        ("qwen3:Q4_K_M", "Qwen3", "qwen3:Q4_K_M"),
        ("smollm2", "smollm2:q4_1", "smollm2"),
        ("qwen3:Q4_K_M qwen3", "qwen3", "qwen3"),
        ("qwen3:Q4_K_M", "qwen3:Q8_0", "No digest by"),  # another model
        ("qwen3:Q4_K_M qwen3:Q8_0", "qwen3", "several"),
        ("A a", "A", "A"),
        ("A", "B", "Digests are by A, "),
    ],
)
def test_a_writer_is_named_as_loosely_as_a_model(kept, asked, meant, library):
    """In any case, and without the quantization where that is clear; else it says who wrote."""
    for name in kept.split():
        library.keep_digest("34" * 32, name, digest(engine=model(name)))
    if meant in kept.split():
        assert find_writer(library, asked) == meant
    else:
        with pytest.raises(UsageError) as caught:
            find_writer(library, asked)
        assert meant in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["abab", PDF, PDF.upper(), "2401.01234", "2401.01234v2", "arXiv:2401.01234", "10.1000/xyz", "naive", "READERS diffusion", " readers "],
)
def test_a_paper_has_many_names(library, name):
    """Hash, its beginning, arXiv id with and without version, DOI, words of its title."""
    assert find_paper(library, name) == PDF


@pytest.mark.parametrize(
    "name",
    ["pictures", "2401.0123", "ffff", "", "%", "ab%", "\ud800\0"],  # the first is a word of an abstract
)
def test_what_means_no_paper_is_told(library, name):
    """The error names a next step; no character is a wildcard."""
    with pytest.raises(UsageError, match="no paper") as caught:
        find_paper(library, name)
    assert "library ls" in caught.value.hint


def test_a_pdf_means_the_paper_in_it(library, tmp_path, monkeypatch):
    """Wherever it lies; one that was not digested is told from one that is not there."""
    monkeypatch.chdir(tmp_path)
    for name in ("kept.pdf", "new.PDF"):
        (tmp_path / name).write_text(name)
    kept = hashlib.sha256(b"kept.pdf").hexdigest()
    library.keep_digest(kept, "1", digest(title="Moss"))
    assert find_paper(library, "kept.pdf") == find_paper(library, str(tmp_path / "kept.pdf")) == kept
    with pytest.raises(UsageError, match=r"new.PDF was not digested") as caught:
        find_paper(library, "new.PDF")
    assert "offline-digest digest" in caught.value.hint
    for name in ("none.pdf", "x" * 300 + ".pdf"):
        with pytest.raises(UsageError, match="no paper"):
            find_paper(library, name)


def test_what_means_several_papers_names_them(library):
    """Two papers with one arXiv id, or with the words in their titles, are both shown."""
    library.keep_digest("ef" * 32, "1", digest(title="Sorting by Hand", arxiv_id="2401.01234"))
    with pytest.raises(UsageError, match=r"2 papers .* Diffusion") as caught:
        find_paper(library, "2401.01234")
    assert "efefefef Sorting by Hand" in caught.value.message
    with pytest.raises(UsageError, match="2 papers"):
        find_paper(library, "sorting")


def test_of_the_versions_of_a_paper_the_latest_is_meant(library):
    """The identifier alone means the last version, as on arXiv; v10 comes after v9."""
    library.keep_digest("ef" * 32, "1", digest(arxiv_id="2401.01234", version="v9"))
    library.keep_digest("fe" * 32, "1", digest(arxiv_id="2401.01234", version="v10"))
    assert find_paper(library, "2401.01234") == "fe" * 32
    assert find_paper(library, "2401.01234v9") == "ef" * 32


def test_a_paper_with_calls_alone_has_its_hash(library):
    """The log can be asked for a paper whose digest is not finished."""
    library.keep_answer("k", answer(), paper="12" * 32)
    assert find_paper(library, "121212") == "12" * 32
    with pytest.raises(UsageError, match="No digest"):
        load_paper(library, "12" * 32)


@pytest.mark.parametrize(
    ("words", "papers"),
    [
        ("noise", [OTHER, PDF]),  # in a title before in an abstract
        ("noise pictures", [PDF]),
        ("step", [PDF]),
        ("denoising", [PDF]),
        ("zofie noisy", [OTHER]),
        ("扩散", [PDF]),
        ("图", [PDF]),
        ("图像 Diffusion", [PDF]),
        ("nothing", []),
    ],
)
def test_papers_are_found_best_first(library, words, papers):
    """All words must occur somewhere in a paper; the title counts most."""
    assert [hit.sha256 for hit in find_words(library, words, limit=9)] == papers


def test_a_hit_is_marked(library):
    """The marks are places in the snippet as it is shown."""
    [hit] = find_words(library, "噪声", limit=9)
    assert hit.snippet == CHINESE
    assert [hit.snippet[a:b] for a, b in hit.marks] == ["噪声"]


def test_a_paper_is_found_once(library):
    """Several digests of a paper are one hit, and the limit counts papers."""
    for n in range(5):
        library.keep_digest(PDF, f"more{n}", digest(engine=model(f"M{n}")))
    assert len(find_words(library, "diffusion", limit=9)) == 1
    assert len(find_words(library, "noise", limit=2)) == 2
    assert len(find_words(library, "noise", limit=1)) == 1


@given(st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_any_input_is_answered_or_refused(shelf, name):
    """No text makes looking something up fail but with an error of ours."""
    for look in (lambda: find_paper(shelf, name), lambda: find_words(shelf, name, limit=3), lambda: list_calls(shelf, paper=name)):
        try:
            look()
        except DigestError as error:
            assert error.exit_code == 2  # noqa: PT017 (most inputs raise nothing)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with Library(tmp_path_factory.mktemp("lib")) as opened:
        opened.keep_digest(PDF, "1", digest())
        yield opened


def test_a_digest_kept_again_replaces_its_words(library):
    """The index holds what the file holds, not what it held before."""
    library.keep_digest(PDF, "1", digest(abstract="Entirely rewritten."))
    assert [hit.sha256 for hit in find_words(library, "pictures", limit=9)] == []
    assert [hit.sha256 for hit in find_words(library, "rewritten", limit=9)] == [PDF]


def test_a_lost_digest_is_told(library):
    """What the index names and the disk lacks gives an integrity error with a next step."""
    next((library.root / "papers" / PDF).glob("digest-*")).unlink()
    with pytest.raises(IntegrityError, match="lost or changed"):
        load_paper(library, PDF)


def test_calls_are_logged_in_order(library):
    """Each answer with who gave it about what; the last ones; those of one paper."""
    library.keep_answer("a", answer("summary", "en"), paper=PDF, model="Tiny 1B", prompts="3")
    library.keep_answer("b", answer("results", "zh", 1, ended="length", seconds=0.0), paper=OTHER, model="Tiny 1B", prompts="3")
    library.keep_answer("c", answer("methods", "en"))
    calls = list_calls(library)
    assert [(c.field, c.language, c.attempt, c.ended, c.tokens_per_s) for c in calls] == [
        ("summary", "en", 0, "stop", 20.0),
        ("results", "zh", 1, "length", None),
        ("methods", "en", 0, "stop", 20.0),
    ]
    assert [(c.paper, c.model, c.prompts) for c in calls] == [(PDF, "Tiny 1B", "3"), (OTHER, "Tiny 1B", "3"), (None, None, None)]
    assert [c.field for c in list_calls(library, last=2)] == ["results", "methods"]
    assert [c.field for c in list_calls(library, paper=PDF)] == ["summary"]


def test_calls_tell_which_checks_failed(library):
    """None of them before the answer was judged; the last judgement counts; an answer that is not kept has none."""
    for key in "abc":
        library.keep_answer(key, answer(), paper=PDF)
    library.keep_verdicts([("a", ("length", "numbers")), ("b", ("terms",)), ("lost", ("terms",))])
    library.keep_verdicts([("b", ())])
    assert [c.checks_failed for c in list_calls(library)] == [("length", "numbers"), (), None]
