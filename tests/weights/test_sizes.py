"""The size of weights, told without their file."""

import pytest

from offline_digest.resources import resource_dir
from offline_digest.weights import load_catalog, weight_sizes

CATALOG = load_catalog(resource_dir("models"))

# Bytes of the files as the hub tells them.
PUBLISHED = [
    ("qwen3-0.6b", "Q8_0", 639_446_688),
    ("qwen3-4b", "Q4_K_M", 2_497_280_256),
    ("qwen3-8b", "Q4_K_M", 5_027_783_488),
    ("qwen3-14b", "Q4_K_M", 9_001_752_960),
    ("qwen3-30b-a3b", "Q4_K_M", 18_556_685_824),
    ("qwen3-30b-a3b-instruct", "Q6_K", 25_092_532_640),
    ("qwen2.5-7b", "Q5_K_M", 5_444_831_936),
    ("qwen2.5-14b", "Q4_K_M", 8_988_110_976),
    ("qwen2.5-32b", "Q8_0", 34_820_885_376),
    ("gemma-3-1b", "Q4_K_M", 806_058_240),
    ("glm-4-9b", "Q4_K_M", 6_166_574_944),
    ("mistral-nemo-12b", "Q4_K_M", 7_477_208_192),
    ("mistral-small-24b", "Q6_K", 19_345_938_112),
    ("llama-3.2-1b", "Q4_K_M", 807_694_464),
    ("llama-3.2-3b", "Q5_K_M", 2_322_154_016),
    ("llama-3.1-8b", "Q4_K_M", 4_920_739_232),
    ("smollm2", "Q4_1", 98_362_432),
    ("starter", "Q5_0", 91_420_480),
]


@pytest.mark.parametrize(("name", "quant", "size_bytes"), PUBLISHED)
def test_the_estimate_is_near_the_published_file(name, quant, size_bytes):
    """Within a fiftieth, from 100 MB to 35 GB."""
    assert weight_sizes(CATALOG[name], quant).total == pytest.approx(size_bytes, rel=0.02)


@pytest.mark.parametrize("name", CATALOG)
def test_every_listed_quantization_has_a_size(name):
    """A coarser quantization is never the larger one; a token reads at most everything."""
    entry = CATALOG[name]
    quants = entry.hub.quants if entry.hub else [entry.package.quant]
    sizes = {quant.upper(): weight_sizes(entry, quant) for quant in quants}
    assert all(0 < s.per_token <= s.total for s in sizes.values())
    if {"Q4_K_M", "Q8_0"} <= sizes.keys():
        assert sizes["Q4_K_M"].total < sizes["Q8_0"].total


def test_a_mixture_reads_a_part_of_itself():
    """Of 30B parameters a token meets 3B."""
    sizes = weight_sizes(CATALOG["qwen3-30b-a3b"], "Q4_K_M")
    assert sizes.per_token == pytest.approx(sizes.total * 3.3 / 30.5, rel=0.15)


def test_what_nobody_knows_has_no_size():
    """An unknown quantization, or an entry without a shape."""
    assert weight_sizes(CATALOG["qwen3-4b"], "IQ9_Z") is None
    assert weight_sizes(CATALOG["qwen3-4b"].model_copy(update={"dimensions": None}), "Q8_0") is None
