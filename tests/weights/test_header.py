"""The header of a GGUF file: what is right is read, what is wrong is refused with a reason, and nothing else ever happens."""

import contextlib
import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_digest.errors import ModelUnusable
from offline_digest.weights.dimensions import check_dimensions
from offline_digest.weights.facts import facts_of
from offline_digest.weights.header import Array, read_header
from offline_digest.weights.quantization import FILE_TYPES, FORMATS
from tests.weights.bad import all_bad
from tests.weights.ggufs import STRING, U32, array, keys, model, single, tensor, tensors

BAD = all_bad()
GOOD = model()


def read(data):
    header = read_header(io.BytesIO(data), len(data), "m.gguf")
    facts = facts_of(header, file="m.gguf", size_bytes=len(data))
    check_dimensions(header, facts, header.tensors)
    return header, facts


def test_a_good_header_is_read():
    """Every kind of value, arrays, tensors, and what they mean."""
    header, facts = read(GOOD)
    assert header.version == 3
    assert header.values["tokenizer.ggml.tokens"] == Array("string", 600, distinct=600)
    assert header.values["general.languages"] == Array("string", 2, ("en", "zh"), 2)
    assert [(t.name, t.shape, t.offset, t.size_bytes, t.parameters) for t in header.tensors] == [
        ("token_embd.weight", (64, 8), 0, 2048, 512),
        ("output_norm.weight", (64,), 2048, 256, 64),
    ]
    assert facts.model_dump() == {
        "file": "m.gguf",
        "size_bytes": len(GOOD),
        "architecture": "llama",
        "name": "Tiny",
        "quantization": "F32",
        "parameters": 576,
        "context": 4096,
        "layers": 2,
        "width": 64,
        "heads": 4,
        "kv_heads": 2,
        "head_size": 16,
        "experts": 0,
        "experts_used": 0,
        "vocabulary": 600,
        "tokenizer": "gpt2",
        "template": "{{ messages[0].content }}",
        "languages": ("en", "zh"),
        "licence": "",
        "purpose": None,
        "parts": 1,
    }


def test_a_file_of_the_usual_writer_is_read(tmp_path):
    """What gguf's writer writes reads as it was meant, in every number format that it knows too."""
    import gguf
    import numpy as np

    path = tmp_path / "w.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    kinds = [kind for kind in gguf.GGMLQuantizationType if kind in gguf.GGML_QUANT_SIZES and int(kind) in FORMATS and kind.name != "Q8_1"]
    for kind in kinds:
        weights, size = gguf.GGML_QUANT_SIZES[kind]
        writer.add_tensor(f"t.{kind.name}", np.zeros((3, 256 // weights * size), dtype=np.uint8), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with path.open("rb") as file:
        header = read_header(file, path.stat().st_size, path.name)
    assert [(t.name.removeprefix("t."), t.shape) for t in header.tensors] == [(kind.name, (256, 3)) for kind in kinds]
    assert [t.format for t in header.tensors] == [kind.name for kind in kinds]


def test_the_number_formats_are_those_of_llama_cpp():
    """Name, block and size of every format as the library that will load the file has them."""
    import ctypes

    from llama_cpp._ggml import libggml

    library = libggml
    library.ggml_type_name.restype = ctypes.c_char_p
    library.ggml_type_size.restype = ctypes.c_size_t
    library.ggml_blck_size.restype = ctypes.c_int64
    there = {n: library.ggml_type_name(n).decode().upper() for n in range(43) if library.ggml_blck_size(n) > 0}
    assert {n: form.name for n, form in FORMATS.items()} == there
    for n, (_, weights, size) in FORMATS.items():
        assert (library.ggml_blck_size(n), library.ggml_type_size(n)) == (weights, size), n


def test_file_types_are_those_of_the_gguf_package():
    """The names of files agree, as far as the package knows them."""
    import gguf

    known = {int(kind): kind.name.removeprefix("MOSTLY_").removeprefix("ALL_").removesuffix("_MOE") for kind in gguf.LlamaFileType}
    assert {n: name for n, name in FILE_TYPES.items() if n in known} == {n: name for n, name in known.items() if n in FILE_TYPES}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_reason(name):
    """One sentence that names the file and what is wrong, and another with the next step."""
    data, words = BAD[name]
    with pytest.raises(ModelUnusable) as caught:
        read(data)
    message, hint = caught.value.message, caught.value.hint
    assert message.startswith("m.gguf ")
    assert words in message
    assert message.endswith(".")
    assert hint.endswith(".")
    assert message.isprintable()


def test_there_are_many_bad_files():
    """The list above does not shrink unseen."""
    assert len(BAD) >= 100


def test_cut_anywhere_a_file_is_refused():
    """A file that ends at any byte before its last one says so, and nothing else happens."""
    for end in range(len(GOOD) - 1):
        with pytest.raises(ModelUnusable) as caught:
            read(GOOD[:end])
        assert any(words in caught.value.message for words in ("ends too early", "claims", "cut off", "is empty", "is not a GGUF file")), (
            end
        )


def test_padding_behind_the_last_tensor_may_be_there_or_not():
    """llama.cpp takes both."""
    rows = [tensor("a", (65,))]
    assert read(model(rows, data=bytes(65 * 4)))[1].parameters == 65
    assert read(model(rows, data=bytes(65 * 4 + 28)))[1].parameters == 65


@pytest.mark.parametrize("alignment", [1, 32, 4096])
def test_alignment_moves_the_data(alignment):
    """The data begin, and each tensor, at the next multiple."""
    found = keys(general__alignment=single("general.alignment", U32, alignment))
    offset = -(-260 // alignment) * alignment
    rows = [tensor("a", (65,)), tensor("b", (4,), offset=offset)]
    data = model(rows, found, bytes(offset + 16), alignment=alignment)
    assert read(data)[1].parameters == 69
    with pytest.raises(ModelUnusable, match="cut off"):
        read(data[:-1])


def test_empty_tokens_are_no_repetition():
    """llama.cpp gives them numbers."""
    tokens = [f"t{n}" if n % 2 else "" for n in range(600)]
    assert read(model(found=keys(tokenizer__ggml__tokens=array("tokenizer.ggml.tokens", STRING, tokens))))[1].vocabulary == 600


@pytest.mark.parametrize(
    "name", ["2^61 keys", "an array of 2^61 numbers", "a text of 2^63 bytes", "a tensor past the end", "an array of 2^60 texts"]
)
def test_a_claim_takes_no_memory(name):
    """What a count claims is never allocated before its bytes are known to be there."""
    data = BAD[name][0]
    tracemalloc.start()
    with pytest.raises(ModelUnusable):
        read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_only_the_header_is_read():
    """The weights, gigabytes of them, are left alone."""

    class Counting(io.BytesIO):
        most = 0

        def read(self, size=-1):
            data = super().read(size)
            self.most = max(self.most, self.tell())
            return data

    file = Counting(GOOD)
    read_header(file, len(GOOD), "m.gguf")
    assert file.most <= len(GOOD) - len(tensors()[1])


@settings(max_examples=1000)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=9)), min_size=1, max_size=4), st.integers(0, 99))
def test_whatever_is_changed_a_file_is_read_or_refused(changes, cut):
    """Bytes changed at random, in numbers, lengths and texts alike, never lead to anything but a header or our error."""
    data = bytearray(GOOD)
    for place, new in changes:
        data[place : place + len(new)] = new
    with contextlib.suppress(ModelUnusable):
        header, facts = read(bytes(data[: len(data) - cut]))
        assert header.tensors
        assert facts.vocabulary >= 256
        assert (facts.name + facts.architecture + facts.tokenizer).isprintable()


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    """Nor do any bytes behind a magic that is right."""
    with pytest.raises(ModelUnusable):
        read(b"GGUF\x03\0\0\0" + data)
