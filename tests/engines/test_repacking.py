"""Weights are repacked where that is the faster way, and either way computes the same."""

import numpy as np
import pytest

from offline_digest.engines.llama.binding import Model, Row
from offline_digest.engines.llama.memory import fitted
from offline_digest.engines.llama.repacking import repacking_pays
from offline_digest.engines.llama.service import Session
from offline_digest.engines.llama.settings import LlamaSettings
from offline_digest.engines.llama.shapes import Shape, write_shape

LAPTOP = ("SSE3", "AVX", "AVX2", "F16C", "FMA")
NEW_SERVER = (*LAPTOP, "AVX512", "AVX512_VBMI", "AVX512_VNNI")
OLD_SERVER = (*LAPTOP, "AVX512")
ARM = ("NEON", "ARM_FMA", "MATMUL_INT8", "DOTPROD")
WORDS = [f"word{n}" for n in range(300)]
SETTINGS = LlamaSettings(passage_tokens=256, branch_cells=1024, threads=1)


@pytest.mark.parametrize(
    ("quantization", "features", "pays"),
    [
        ("Q4_K - Medium", LAPTOP, False),
        ("Q4_K - Medium", NEW_SERVER, False),
        ("Q4_K - Medium", OLD_SERVER, True),
        ("Q4_K - Medium", ARM, True),
        ("Q4_K - Small (guessed)", NEW_SERVER, False),
        ("Q2_K - Medium", OLD_SERVER, True),
        ("Q5_K - Medium", OLD_SERVER, False),
        ("Q6_K", LAPTOP, False),
        ("Q8_0", NEW_SERVER, False),
        ("Q8_0", ARM, True),
        ("Q4_0", LAPTOP, True),
        ("Q4_0", NEW_SERVER, True),
        ("IQ4_NL - 4.5 bpw", NEW_SERVER, True),
        ("IQ4_XS - 4.25 bpw", NEW_SERVER, False),
        ("MXFP4 MoE", NEW_SERVER, True),
        ("", NEW_SERVER, True),
    ],
)
def test_what_is_repacked(quantization, features, pays):
    """What has no other fast kernels is repacked; what has tiled ones, only where an AVX-512 without VNNI slows them."""
    assert repacking_pays(quantization, features) is pays


@pytest.fixture(scope="module")
def shaped(tmp_path_factory):
    """A Q4_K_M file whose matrices are large enough for every kernel, and small."""
    path = tmp_path_factory.mktemp("shape") / "shaped.gguf"
    shape = Shape(layers=2, width=512, feed_forward=1024, heads=8, kv_heads=2, vocabulary=4000, head_size=64)
    write_shape(path, shape, WORDS)
    return path


@pytest.mark.model
def test_a_model_is_driven_as_its_file_and_this_cpu_want(shaped):
    """The settings that a model is opened with say so, and may forbid it; what is not repacked stays mapped."""
    session = Session(shaped, fitted(shaped, SETTINGS))
    wanted = repacking_pays(session.model.quantization(), session.model.features())
    assert session.model.quantization() == "Q4_K - Medium"
    assert session.settings.extra_buffers is wanted
    assert not fitted(shaped, SETTINGS.model_copy(update={"extra_buffers": False})).extra_buffers


@pytest.mark.model
def test_repacked_or_not_the_logits_are_those(shaped):
    """A passage, then sixteen branches: the ways differ by how they round, 2% of how the logits differ among themselves."""
    repacked, mapped = (logits(shaped, extra_buffers=on) for on in (True, False))
    assert np.sqrt(((repacked - mapped) ** 2).mean()) < 0.05 * repacked.std()


def logits(path, *, extra_buffers):
    """Return those of the passage's last token and of the first token of sixteen branches behind it, of the words that are ever said."""
    model = Model(path, SETTINGS.model_copy(update={"extra_buffers": extra_buffers}))
    context = model.context(cells=1024, sequences=17)
    spoken = [model.tokenize(word, special=False)[-1] for word in WORDS]
    context.decode([Row(token, n, 0, n == 199) for n, token in enumerate(spoken[:200])])
    found = [context.logits(199)[spoken].copy()]
    for branch in range(1, 17):
        context.share(0, branch)
    context.decode([Row(spoken[200 + branch], 200, branch, logits=True) for branch in range(1, 17)])
    found += [context.logits(n)[spoken].copy() for n in range(16)]
    context.close()
    model.close()
    return np.array(found)
