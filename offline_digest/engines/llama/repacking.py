"""Whether weights that llama.cpp repacks for this CPU are the faster ones. Pure: nothing here touches llama.cpp.

Repacked weights are a copy in memory; those that are not repacked stay mapped from their file, are there at once, and are shared by all processes.
"""

from __future__ import annotations

from collections.abc import Collection

# On x86. Source: ggml_repack_get_optimal_repack_type in ggml/src/ggml-cpu/repack.cpp and ggml_tiled_supported in tiled/tiled.cpp of the
# llama.cpp inside llama-cpp-python 0.3.36.
_ONLY_REPACKED = frozenset({"Q4_0", "IQ4_NL", "MXFP4"})  # twice as fast repacked; nothing else is made for them
_REPACKED_AND_TILED = frozenset({"Q2_K", "Q4_K"})  # their tiled kernels take weights as they are in the file


def repacking_pays(quantization: str, features: Collection[str]) -> bool:
    """Tell whether a file's weights are to be repacked.

    Args:
        quantization: llama.cpp's name of the file's, such as `Q4_K - Medium`.
        features: What the kernels were compiled for, in llama.cpp's words, such as `AVX2`.

    The tiled kernels are the faster ones with AVX2 alone and with AVX-512 and VNNI, not with an AVX-512 that lacks VNNI (docs/measurements.md).
    Other CPUs have no tiled kernels: there all that llama.cpp can repack is.
    """
    if "AVX" not in features:
        return True
    words = quantization.split()
    if not words or words[0] in _ONLY_REPACKED:
        return True
    return words[0] in _REPACKED_AND_TILED and "AVX512" in features and "AVX512_VNNI" not in features
