"""What a model needs and how fast it is, told without its file; and which one is recommended."""

import json

import pytest

from offline_digest.config import Settings, state_folder
from offline_digest.engines import LlamaEngine, LlamaSettings
from offline_digest.engines.llama.bandwidth import Reader
from offline_digest.engines.llama.machine import build_identity
from offline_digest.engines.llama.memory import Need
from offline_digest.engines.llama.shapes import SHAPES, Shape
from offline_digest.errors import ModelNotFound
from offline_digest.pipeline import Machine, Timing, best, check_model, fit_of, fits_of, keep_timing
from offline_digest.pipeline.fitting import PATIENCE_S, QUESTION_TOKENS, RESERVE, context_bytes, need_of, strength
from offline_digest.pipeline.timings import nearest, timings
from offline_digest.resources import resource_dir
from offline_digest.weights import CatalogEntry, Dimensions, load_catalog, weight_sizes
from tests.engines.hollow import write_hollow
from tests.quiet import Quiet

CATALOG = load_catalog(resource_dir("models"))
GLM = Shape(layers=40, width=4096, feed_forward=13696, heads=32, kv_heads=2, vocabulary=151552, head_size=128, tied=False)
WAYS = {
    "default": LlamaSettings(gpu_layers=0, threads=1),
    "short": LlamaSettings(gpu_layers=0, threads=1, passage_tokens=2000, branches=4, branch_cells=1024, ubatch_tokens=128),
    "flash": LlamaSettings(gpu_layers=0, threads=1, flash_attention="on"),
    "small cache": LlamaSettings(gpu_layers=0, threads=1, kv_cache="q8_0"),
}


def entry_of(shape):
    """Return a catalogue entry of the same dimensions."""
    fields = Dimensions.model_fields.keys() & Shape.__dataclass_fields__.keys()
    words = shape.vocabulary * shape.width * (1 if shape.tied else 2)
    queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    layer = shape.width * (2 * queries + 2 * keys + 3 * shape.feed_forward)
    return CatalogEntry(
        title="shape",
        languages=("en", "zh"),
        parameters=words + shape.layers * layer,
        dimensions=Dimensions(**{name: getattr(shape, name) for name in fields}),
        path="shape.gguf",
    )


def asked(path, settings):
    """Return what llama.cpp says, in its own process."""
    with LlamaEngine(path, name="x", sha256="", settings=settings) as engine:
        return engine.estimate()


def near(told, true):
    """Tell whether two needs agree: in all, and in their parts."""
    parts = ((told.total, true.total), (told.weights, true.weights), (told.context, true.context))
    return all(abs(a - b) <= RESERVE * b for a, b in parts)


@pytest.mark.parametrize("way", WAYS)
def test_the_estimate_is_near_what_llama_cpp_says(tmp_path, way):
    """Of a small model, whatever settings are wished."""
    write_hollow(tmp_path / "shape.gguf", SHAPES["0.5b"])
    assert near(need_of(entry_of(SHAPES["0.5b"]), "Q4_K_M", WAYS[way]), asked(tmp_path / "shape.gguf", WAYS[way]))


@pytest.mark.parametrize(
    "shape", [*(SHAPES[name] for name in SHAPES if name != "0.5b"), GLM], ids=[*(n for n in SHAPES if n != "0.5b"), "glm"]
)
def test_the_estimate_holds_for_every_shape(tmp_path, shape):
    """From 135M to 9B, with many and with few heads of keys."""
    write_hollow(tmp_path / "shape.gguf", shape)
    told = need_of(entry_of(shape), "Q4_K_M", WAYS["default"])
    assert near(told, asked(tmp_path / "shape.gguf", WAYS["default"]))


@pytest.mark.model
def test_the_estimate_holds_for_a_real_model(smollm2):
    """The packaged model, in its own quantization."""
    assert near(need_of(CATALOG["smollm2"], "Q4_1", WAYS["short"]), asked(smollm2, WAYS["short"]))


def test_flash_attention_saves_the_products():
    """Of heads and cells, for each token that is evaluated at once."""
    shape = CATALOG["qwen3-4b"].dimensions
    plain, flash = (context_bytes(shape, WAYS[way]) for way in ("default", "flash"))
    assert plain - flash == shape.heads * (6000 + 256 + 4096) * 512 * 4


def machine(free=10e9, known=(), bandwidth=50e9):
    return Machine(free=int(free), bandwidth=bandwidth, known=known)


def timing(model, *, weight_bytes=1_000_000_000, fed=5000, seconds=50.0, **more):
    return Timing(model=model, machine=build_identity(), day="2026-11-22", weight_bytes=weight_bytes, fed=fed, seconds=seconds, **more)


def test_speed_is_what_the_memory_allows():
    """Bytes of the weights that a token meets, over bytes per second."""
    entry = CATALOG["qwen3-30b-a3b"]
    fit = fit_of("m", entry, "Q4_K_M", machine(), Settings())
    assert fit.tokens_per_s == pytest.approx(50e9 / weight_sizes(entry, "Q4_K_M").per_token)
    assert (fit.paper_s, fit.after) == (None, None)


def test_a_paper_is_told_from_the_timing_nearest_in_size():
    """Time grows with the weights and with the tokens of paper, questions and answers; a model's own timing needs no scale."""
    entry = CATALOG["qwen3-4b"]
    tokens = entry.passage_tokens + 2 * QUESTION_TOKENS
    known = (timing("shape 135m", weight_bytes=100_000_000), timing("shape 1.5b"))
    fit = fit_of("qwen3-4b", entry, "Q4_K_M", machine(known=known), Settings())
    assert fit.after.model == "shape 1.5b"
    assert fit.paper_s == pytest.approx(50.0 * weight_sizes(entry, "Q4_K_M").per_token / 1e9 * tokens / 5000)
    own = fit_of("qwen3-4b", entry, "Q4_K_M", machine(known=(*known, timing("qwen3-4b", seconds=300.0))), Settings())
    assert own.paper_s == pytest.approx(300.0 * tokens / 5000)


def test_half_the_passage_is_read_faster():
    """What the user sets counts."""
    known = (timing("shape 1.5b"),)
    short, long = (
        fit_of("m", CATALOG["qwen3-4b"], "Q4_K_M", machine(known=known), Settings(passage_tokens=n)).paper_s for n in (1000, 10_000)
    )
    assert short < long


def test_a_reserve_is_kept_where_it_is_an_estimate():
    """What llama.cpp says is taken as it is."""
    entry = CATALOG["qwen3-4b"]
    need = Need(weights=8_000_000_000, context=1_000_000_000, program=100_000_000)
    told = need_of(entry, "Q4_K_M", LlamaSettings(passage_tokens=6000)).total
    assert fit_of("m", entry, "Q4_K_M", machine(9.2e9), Settings(), need=need).fits
    assert not fit_of("m", entry, "Q4_K_M", machine(told * 1.1), Settings()).fits
    assert fit_of("m", entry, "Q4_K_M", machine(told * 1.2), Settings()).fits


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ("qwen3-8b", "qwen3-4b"),
        ("qwen3-8b", "qwen2.5-7b"),
        ("qwen3-4b-instruct", "qwen3-4b"),
        ("qwen3-30b-a3b-instruct", "qwen3-8b"),
        ("qwen3-32b", "qwen3-30b-a3b-instruct"),
        ("gemma-3-12b", "mistral-nemo-12b"),
    ],
)
def test_larger_and_newer_is_stronger(stronger, weaker):
    """A mixture stands between what it holds and what a token meets."""
    assert strength(CATALOG[stronger]) > strength(CATALOG[weaker])


@pytest.mark.parametrize(
    ("free", "bandwidth", "taken"),
    [(60e9, 1e12, "qwen3-32b"), (6e9, 1e12, "qwen3-4b-instruct"), (4e9, 1e12, "qwen3-1.7b"), (5e8, 1e12, None), (60e9, 1e7, None)],
)
def test_the_strongest_that_fits_is_recommended(free, bandwidth, taken):
    """It writes Chinese and ends in time; nothing is recommended where nothing does."""
    found = best(fits_of(CATALOG, machine(free, bandwidth=bandwidth), Settings()))
    assert (found.name if found else None) == taken


def test_without_chinese_an_english_model_is_better_than_none():
    """Where only it fits."""
    fits = fits_of({"llama-3.2-1b": CATALOG["llama-3.2-1b"], "qwen3-8b": CATALOG["qwen3-8b"]}, machine(3e9), Settings())
    assert best(fits).name == "llama-3.2-1b"


def test_who_is_too_slow_is_not_recommended():
    """A strong model that takes hours stands back behind a weaker one."""
    fits = fits_of(CATALOG, machine(60e9, known=(timing("shape 1.5b", seconds=300.0),)), Settings())
    found = best(fits)
    assert found.paper_s <= PATIENCE_S
    assert any(fit.fits and fit.strength > found.strength for fit in fits)


def test_timings_are_kept_one_for_each_model(tmp_path):
    """The last counts; those of another machine are left alone and not used; a broken file is none."""
    assert timings(tmp_path) == ()
    other = timing("a").model_copy(update={"machine": "elsewhere"})
    for row in (timing("a", seconds=1.0), other, timing("b"), timing("a", seconds=2.0)):
        keep_timing(tmp_path, row)
    assert [(t.model, t.seconds) for t in timings(tmp_path)] == [("b", 50.0), ("a", 2.0)]
    assert len(json.loads((tmp_path / "benches.json").read_text(encoding="utf-8"))) == 3
    (tmp_path / "benches.json").write_text("{", encoding="utf-8")
    assert timings(tmp_path) == ()
    assert nearest((), 5) is None


def test_the_memory_is_read():
    """Faster than any disk, slower than any cache of today."""
    assert 1e8 < Reader().bytes_per_s() < 1e13


@pytest.mark.model
def test_a_file_that_is_here_is_asked(smollm2):
    """By name and by path; a file that the catalogue does not know has no languages, and as its speed that of all its weights."""
    keep_timing(state_folder(), timing("smollm2", weight_bytes=98_000_000))
    listed, path = check_model("smollm2", Settings(), Quiet()), check_model(str(smollm2), Settings(), Quiet())
    assert (listed.name, listed.fit.exact, listed.fit.languages, listed.fit.after.model) == ("smollm2", True, ("en",), "smollm2")
    assert (path.fit.exact, path.fit.languages, path.path) == (True, (), listed.path)
    assert path.fit.need.weights == listed.fit.need.weights


@pytest.mark.parametrize(
    ("name", "found", "quant"),
    [("qwen3-8b", "qwen3-8b", "Q4_K_M"), ("Qwen/qwen3-8b-GGUF:q8_0", "qwen3-8b", "Q8_0"), ("Qwen/Qwen3-8B-GGUF", "qwen3-8b", "Q4_K_M")],
)
def test_a_listed_model_that_is_not_here_is_estimated(name, found, quant):
    """By its name, or by the repository that the catalogue names."""
    checked = check_model(name, Settings(), Quiet())
    assert (checked.name, checked.fit.quant, checked.fit.exact, checked.path) == (found, quant, False, None)


@pytest.mark.parametrize("name", ["nobody/knows-this", "Qwen/Qwen3-8B-GGUF:Q9_Z", "gone.gguf"])
def test_of_what_is_neither_here_nor_listed_nothing_is_told(name):
    """The error says how to get it."""
    with pytest.raises(ModelNotFound):
        check_model(name, Settings(), Quiet())
