"""How large the weights of a model are, told from its catalogue entry: its matrices, each in the format that llama.cpp's quantizer gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from offline_digest.weights.catalog import CatalogEntry, Dimensions
from offline_digest.weights.quantization import FORMATS

_K_BLOCK = 256
_FORMATS = {form.name: form for form in FORMATS.values()}
# What a K-quant becomes where a row is no multiple of its block (llama.cpp, llama-quant.cpp).
_FALLBACK = {"Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What a quantization makes of the matrices: most are `main`, of the `v` and `down` matrices a share is `fine`, the output is `out`."""

    main: str
    fine: str = "Q6_K"
    share: float = 0.0
    out: str = "Q6_K"


# From llama.cpp, llama-quant.cpp: `use_more_bits` and the first eighth of the layers.
_RECIPES = {
    "Q4_0": _Recipe("Q4_0"),
    "Q4_1": _Recipe("Q4_1"),
    "Q4_K_S": _Recipe("Q4_K", fine="Q5_K", share=0.125),
    "Q4_K_M": _Recipe("Q4_K", share=0.5),
    "Q5_0": _Recipe("Q5_0"),
    "Q5_K_M": _Recipe("Q5_K", share=0.5),
    "Q6_K": _Recipe("Q6_K"),
    "Q8_0": _Recipe("Q8_0", out="Q8_0"),
    "F16": _Recipe("F16", out="F16"),
    "BF16": _Recipe("F16", out="F16"),
}


@dataclass(frozen=True, slots=True)
class WeightSizes:
    """Bytes of all weights, and of those that are read for one token: not the table of words that go in, nor experts that are not asked."""

    total: int
    per_token: int


def weight_sizes(entry: CatalogEntry, quant: str) -> WeightSizes | None:
    """Return the sizes of a model's weights in a quantization; None where the catalogue does not tell its shape, or nobody knows the quantization.

    Within 2% of the published files (`tests/weights/test_sizes.py`).
    """
    recipe = _RECIPES.get(quant.upper())
    shape = entry.dimensions
    if recipe is None or shape is None or entry.parameters is None:
        return None
    words = shape.vocabulary * shape.width
    out = words * _bits(recipe.out, shape.width)
    into = 0.0 if shape.tied else words * _bits(recipe.main, shape.width)
    inside = entry.parameters - (1 if shape.tied else 2) * words
    asked = inside - (entry.parameters - (entry.active or entry.parameters))
    bits = _bits_inside(shape, recipe)
    return WeightSizes(total=round((into + inside * bits + out) / 8), per_token=round((asked * bits + out) / 8))


def quant_of(entry: CatalogEntry) -> str:
    """Return the quantization that a name alone stands for, empty where nothing tells it."""
    return entry.hub.default_quant if entry.hub else entry.package.quant if entry.package else ""


def _bits(kind: str, columns: int) -> float:
    """Return bits per weight of a matrix with rows of *columns* weights."""
    made = _FORMATS[kind if columns % _K_BLOCK == 0 else _FALLBACK.get(kind, kind)]
    return 8 * made.size_bytes / made.weights


def _bits_inside(shape: Dimensions, recipe: _Recipe) -> float:
    """Return the mean bits per weight of a layer."""
    weights = bits = 0.0
    for rows, columns, better in _matrices(shape):
        share = recipe.share if better else 0.0
        weights += rows * columns
        bits += rows * columns * (share * _bits(recipe.fine, columns) + (1 - share) * _bits(recipe.main, columns))
    return bits / weights


def _matrices(shape: Dimensions) -> Iterator[tuple[int, int, bool]]:
    """Yield rows and columns of the matrices of a layer, and whether some layers get a finer format there; those of all experts as one."""
    queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    yield queries + keys, shape.width, False
    yield keys, shape.width, True
    yield shape.width, queries, False
    yield 2 * shape.feed_forward * shape.experts, shape.width, False
    yield shape.width * shape.experts, shape.feed_forward, True
