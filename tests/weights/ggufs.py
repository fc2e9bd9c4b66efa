"""GGUF files written by hand, byte by byte, so that each of them can be wrong in one place."""

import struct

U32, I32, F32, BOOL, STRING, ARRAY, U64, U16 = 4, 5, 6, 7, 8, 9, 10, 2
_FORMS = {0: "<B", 1: "<b", U16: "<H", 3: "<h", U32: "<I", I32: "<i", F32: "<f", BOOL: "<?", U64: "<Q", 11: "<q", 12: "<d"}
F32_TENSOR = 0


def u32(n):
    return struct.pack("<I", n)


def u64(n):
    return struct.pack("<Q", n)


def text(value):
    data = value.encode() if isinstance(value, str) else value
    return u64(len(data)) + data


def value(kind, item):
    return text(item) if kind == STRING else struct.pack(_FORMS[kind], item)


def single(key, kind, item):
    """One key with a single value."""
    return text(key) + u32(kind) + value(kind, item)


def array(key, kind, items, *, length=None):
    """One key with an array; *length* is what it claims."""
    data = b"".join(value(kind, item) for item in items)
    return text(key) + u32(ARRAY) + u32(kind) + u64(len(items) if length is None else length) + data


def tensor(name, shape, kind=F32_TENSOR, offset=0, *, dimensions=None):
    """The row of one tensor; *dimensions* is how many it claims."""
    count = len(shape) if dimensions is None else dimensions
    return text(name) + u32(count) + b"".join(u64(n) for n in shape) + u32(kind) + u64(offset)


def keys(**changes):
    """The keys of a small model by their names; a change replaces the bytes of one, None leaves it out, __ stands for a point."""
    tokens = [f"t{n}" for n in range(600)]
    found = {
        "general.architecture": single("general.architecture", STRING, "llama"),
        "general.name": single("general.name", STRING, "Tiny"),
        "general.file_type": single("general.file_type", U32, 0),
        "general.languages": array("general.languages", STRING, ["en", "zh"]),
        "llama.block_count": single("llama.block_count", U32, 2),
        "llama.context_length": single("llama.context_length", U32, 4096),
        "llama.embedding_length": single("llama.embedding_length", U32, 64),
        "llama.attention.head_count": single("llama.attention.head_count", U32, 4),
        "llama.attention.head_count_kv": array("llama.attention.head_count_kv", I32, [2, 1]),
        "tokenizer.ggml.model": single("tokenizer.ggml.model", STRING, "gpt2"),
        "tokenizer.ggml.tokens": array("tokenizer.ggml.tokens", STRING, tokens),
        "tokenizer.ggml.scores": array("tokenizer.ggml.scores", F32, [0.0] * len(tokens)),
        "tokenizer.ggml.token_type": array("tokenizer.ggml.token_type", I32, [1] * len(tokens)),
        "tokenizer.ggml.merges": array("tokenizer.ggml.merges", STRING, ["t 1", "t 2"]),
        "tokenizer.chat_template": single("tokenizer.chat_template", STRING, "{{ messages[0].content }}"),
    }
    for name, data in changes.items():
        found[name.replace("__", ".")] = data
    return [data for data in found.values() if data is not None]


def tensors():
    """The rows of two tensors, and their data."""
    return [tensor("token_embd.weight", (64, 8)), tensor("output_norm.weight", (64,), offset=2048)], bytes(2048 + 256)


def model(
    rows=None,
    found=None,
    data=None,
    *,
    n_keys=None,
    n_tensors=None,
    version=3,
    magic=b"GGUF",
    alignment=32,
):
    """A whole file; what is not given is right."""
    right_rows, right_data = tensors()
    rows = right_rows if rows is None else rows
    found = keys() if found is None else found
    head = magic + u32(version) + u64(len(rows) if n_tensors is None else n_tensors) + u64(len(found) if n_keys is None else n_keys)
    head += b"".join(found) + b"".join(rows)
    return head + bytes(-len(head) % alignment) + (right_data if data is None else data)
