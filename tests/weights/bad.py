"""Files that are no models, each with the words by which its error names what is wrong."""

import struct

from tests.weights.ggufs import (
    ARRAY,
    BOOL,
    F32,
    I32,
    STRING,
    U16,
    U32,
    U64,
    array,
    keys,
    model,
    single,
    tensor,
    text,
    u32,
    u64,
)

LARGEST = 2**64 - 1  # -1 to whoever reads it as a signed number


def other_files():
    """What is called .gguf and is something else."""
    return {
        "empty": (b"", "is empty"),
        "a PDF": (b"%PDF-1.7\n%\xe2\xe3" + bytes(99), "is a PDF"),
        "a ZIP": (b"PK\x03\x04" + bytes(99), "PyTorch"),
        "safetensors": (u64(80) + b'{"__metadata__":{}}' + bytes(99), "safetensors"),
        "a web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        "a Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n", "Git LFS"),
        "gzip": (b"\x1f\x8b\x08" + bytes(99), "gzip"),
        "Zstandard": (b"\x28\xb5\x2f\xfd" + bytes(99), "Zstandard"),
        "GGML": (b"tjgg" + bytes(99), "before GGUF"),
        "text": (b"Dear reader, this is a letter.", "is not a GGUF file"),
        "zeros": (bytes(4096), "is not a GGUF file"),
    }


def headers():
    """Versions, byte order and counts."""
    big = model()
    return {
        "the magic alone": (b"GGUF", "ends too early"),
        "version 0": (model(version=0), "byte order"),
        "version 1": (model(version=1), "version 1"),
        "version 4": (model(version=4), "version 4"),
        "big-endian version": (big[:4] + struct.pack(">I", 3) + big[8:], "byte order"),
        "big-endian magic": (b"FUGG" + big[4:], "byte order"),
        "2^63 tensors": (model(n_tensors=2**63), "tensors"),
        "-1 tensors": (model(n_tensors=LARGEST), "tensors"),
        "2^61 keys": (model(n_keys=2**61), "keys"),
        "-1 keys": (model(n_keys=LARGEST), "keys"),
        "5000 keys": (model(found=[single(f"a.{n}", U32, 0) for n in range(5000)]), "keys"),
        "70000 tensors": (model(n_tensors=70_000, data=bytes(2**22)), "tensors"),
        "one key too many": (model(n_keys=len(keys()) + 1), ""),
        "one key too few": (model(n_keys=len(keys()) - 1), ""),
        "one tensor too many": (model(n_tensors=3), ""),
    }


def names_and_values():
    """Keys, their types, lengths and texts."""
    extra = {
        "a key of 2^62 bytes": (u64(2**62) + b"x", "ends too early"),
        "a key of -1 bytes": (u64(LARGEST) + b"x", "ends too early"),
        "a key that is too long": (single("k" * 70_000, U32, 0), "impossible name"),
        "a key without a name": (single("", U32, 0), "impossible name"),
        "a key that is not UTF-8": (single(b"\xff\xfe.x", U32, 0), "UTF-8"),
        "a key with an escape sequence": (single("general.\x1b[2J", U32, 0), "impossible name"),
        "a key with a zero": (single("general.a\0b", U32, 0), "impossible name"),
        "a key twice": (single("general.name", STRING, "Other"), "twice"),
        "type 13": (text("a.b") + u32(13) + u64(0), "unknown type 13"),
        "type -1": (text("a.b") + u32(2**32 - 1) + u64(0), "unknown type"),
        "a text of 2^63 bytes": (text("a.b") + u32(STRING) + u64(2**63), "ends too early"),
        "a text of -1 bytes": (text("a.b") + u32(STRING) + u64(LARGEST), "ends too early"),
        "a text that is not UTF-8": (single("a.b", STRING, b"\xc3\x28"), "UTF-8"),
        "an array of 2^61 numbers": (array("a.b", F32, [0.0], length=2**61), "claims"),
        "an array of -1 numbers": (array("a.b", U64, [0], length=LARGEST), "claims"),
        "an array of 2^62 u32": (array("a.b", U32, [0], length=2**62), "claims"),
        "an array of 2^60 texts": (array("a.b", STRING, ["x"], length=2**60), "claims"),
        "an array of 2^21 texts": (array("a.b", STRING, [""] * 2**21), "claims"),
        "an array of arrays": (text("a.b") + u32(ARRAY) + u32(ARRAY) + u64(1) + u32(U32) + u64(1) + u32(0), "array of arrays"),
        "an array of type 99": (text("a.b") + u32(ARRAY) + u32(99) + u64(1) + u64(0), "unknown type 99"),
        "a text in an array that is too long": (text("a.b") + u32(ARRAY) + u32(STRING) + u64(1) + u64(2**40), "ends too early"),
        "alignment 0": (single("general.alignment", U32, 0), "alignment"),
        "alignment 24": (single("general.alignment", U32, 24), "alignment"),
        "alignment 2^31": (single("general.alignment", U32, 2**31), "alignment"),
        "alignment as text": (single("general.alignment", STRING, "32"), "alignment"),
        "alignment as i32": (single("general.alignment", I32, 32), "alignment"),
        "alignment as an array": (array("general.alignment", U32, [32]), "alignment"),
    }
    long = single("a.b", STRING, b" " * (2**26 + 1))
    return {name: (model(found=[*keys(), data]), words) for name, (data, words) in extra.items()} | {
        "a header of more than 64 MiB": (model(found=[*keys(), long]), "64 MiB"),
    }


def tensor_rows():
    """Tensors: names, shapes, types and places."""
    norm = tensor("output_norm.weight", (64,))
    rows = {
        "a tensor twice": ([norm, tensor("output_norm.weight", (64,), offset=256)], "twice"),
        "a tensor without a name": ([tensor("", (64,))], "impossible name"),
        "a tensor's name of 64 bytes": ([tensor("n" * 64, (64,))], "impossible name"),
        "a tensor's name of 2^63 bytes": ([u64(2**63) + b"x"], "ends too early"),
        "a tensor's name that is not UTF-8": ([tensor(b"\x80", (64,))], "UTF-8"),
        "5 dimensions": ([tensor("a", (1, 1, 1, 1, 64))], "5 dimensions"),
        "no dimensions": ([tensor("a", ())], "0 dimensions"),
        "2^32-1 dimensions": ([tensor("a", (64,), dimensions=2**32 - 1)], "dimensions"),
        "a dimension of 0": ([tensor("a", (64, 0))], "impossible shape"),
        "a dimension of -1": ([tensor("a", (LARGEST,))], "impossible shape"),
        "a dimension of 2^63": ([tensor("a", (2**63,))], "impossible shape"),
        "dimensions whose product is 2^64": ([tensor("a", (2**32, 2**32))], "impossible shape"),
        "dimensions whose product wraps to a small one": ([tensor("a", (2**33, 2**31, 64))], "impossible shape"),
        "bytes that wrap around": ([tensor("a", (2**62,))], "impossible shape"),
        "a row just below 2^64 bytes": ([tensor("a", (2**61 - 1,))], "cut off"),
        "sizes that sum up past 2^64": ([tensor("a", (2**60,)), tensor("b", (2**60,), offset=2**62)], "cut off"),
        "type 43": ([tensor("a", (64,), 43)], "unknown type 43"),
        "a type that was removed": ([tensor("a", (64,), 4)], "unknown type 4"),
        "type -1": ([tensor("a", (64,), 2**32 - 1)], "unknown type"),
        "rows that are no whole blocks": ([tensor("a", (100,), 12)], "no multiple"),
        "an offset of -32": ([tensor("a", (64,), offset=2**64 - 32)], "at byte"),
        "an offset of 2^63": ([tensor("a", (64,), offset=2**63)], "at byte"),
        "an offset that is not aligned": ([tensor("a", (64,)), tensor("b", (8,), offset=257)], "at byte"),
        "tensors that overlap": ([tensor("a", (64,)), tensor("b", (64,), offset=128)], "at byte"),
        "tensors in one place": ([tensor("a", (64,)), tensor("b", (64,), offset=0)], "at byte"),
        "a gap between tensors": ([tensor("a", (64,)), tensor("b", (64,), offset=512)], "at byte"),
        "a tensor past the end": ([tensor("a", (2**20, 2**12))], "cut off"),
        "no tensors": ([], "no weights"),
    }
    return {name: (model(found), words) for name, (found, words) in rows.items()}


def wrong_models():
    """A header that is well made, about a model that cannot be."""
    changes = {
        "no architecture": ({"general__architecture": None}, "general.architecture"),
        "an architecture that is a number": (
            {"general__architecture": single("general.architecture", U32, 1)},
            "impossible general.architecture",
        ),
        "an architecture that steers the terminal": (
            {"general__architecture": single("general.architecture", STRING, "\x1b[2Jllama")},
            "impossible general.architecture",
        ),
        "an empty architecture": ({"general__architecture": single("general.architecture", STRING, "")}, "general.architecture"),
        "an adapter": ({"general__type": single("general.type", STRING, "adapter")}, "LoRA"),
        "a part that sees pictures": ({"general__architecture": single("general.architecture", STRING, "clip")}, "pictures"),
        "a vocabulary": ({"general__type": single("general.type", STRING, "vocab")}, "vocabulary"),
        "no layers": ({"llama__block_count": single("llama.block_count", U32, 0)}, "block_count"),
        "513 layers": ({"llama__block_count": single("llama.block_count", U32, 513)}, "block_count"),
        "layers as text": ({"llama__block_count": single("llama.block_count", STRING, "2")}, "block_count"),
        "layers unsaid": ({"llama__block_count": None}, "block_count"),
        "no width": ({"llama__embedding_length": single("llama.embedding_length", U32, 0)}, "embedding_length"),
        "no context": ({"llama__context_length": None}, "context_length"),
        "a context of 2^32-1": ({"llama__context_length": single("llama.context_length", U32, 2**32 - 1)}, "context_length"),
        "more experts used than there are": (
            {
                "llama__expert_count": single("llama.expert_count", U32, 8),
                "llama__expert_used_count": single("llama.expert_used_count", U32, 9),
            },
            "expert_used_count",
        ),
        "513 experts": ({"llama__expert_count": single("llama.expert_count", U32, 513)}, "expert_count"),
        "heads as text": ({"llama__attention__head_count": single("llama.attention.head_count", STRING, "4")}, "head_count"),
        "heads below zero": ({"llama__attention__head_count": array("llama.attention.head_count", I32, [4, -4])}, "head_count"),
        "an unknown scaling": ({"llama__rope__scaling__type": single("llama.rope.scaling.type", STRING, "own")}, "scaling"),
        "no tokenizer": ({"tokenizer__ggml__model": None}, "tokenizer.ggml.model"),
        "no tokens": ({"tokenizer__ggml__tokens": None}, "tokenizer.ggml.tokens"),
        "tokens that are numbers": ({"tokenizer__ggml__tokens": array("tokenizer.ggml.tokens", U32, [1] * 600)}, "tokenizer.ggml.tokens"),
        "three tokens": ({"tokenizer__ggml__tokens": array("tokenizer.ggml.tokens", STRING, list("abc"))}, "tokenizer.ggml.tokens"),
        "a token twice": ({"tokenizer__ggml__tokens": array("tokenizer.ggml.tokens", STRING, ["a"] * 600)}, "twice"),
        "fewer scores than tokens": ({"tokenizer__ggml__scores": array("tokenizer.ggml.scores", F32, [0.0] * 5)}, "scores"),
        "scores of one byte": ({"tokenizer__ggml__scores": array("tokenizer.ggml.scores", 0, [0] * 600)}, "scores"),
        "fewer types than tokens": ({"tokenizer__ggml__token_type": array("tokenizer.ggml.token_type", I32, [1] * 5)}, "token_type"),
        "types of one byte": ({"tokenizer__ggml__token_type": array("tokenizer.ggml.token_type", BOOL, [True] * 600)}, "token_type"),
        "merges that are numbers": ({"tokenizer__ggml__merges": array("tokenizer.ggml.merges", U32, [1])}, "merges"),
        "a template that is a number": ({"tokenizer__chat_template": single("tokenizer.chat_template", U32, 1)}, "chat_template"),
        "a split as u32": ({"split__count": single("split.count", U32, 2)}, "split.count"),
        "a part behind the last": (
            {"split__count": single("split.count", U16, 2), "split__no": single("split.no", U16, 2)},
            "split.no",
        ),
    }
    return {name: (model(found=keys(**change)), words) for name, (change, words) in changes.items()}


LAYERS = {
    "token_embd.weight": (64, 600),
    "blk.0.attn_q.weight": (64, 64),
    "blk.0.attn_k.weight": (64, 32),
    "blk.0.ffn_up.weight": (64, 128),
    "blk.1.attn_q.weight": (64, 64),
    "blk.1.attn_k.weight": (64, 16),
    "blk.1.ffn_up.weight": (64, 128),
}


def whole(shapes=None, *, trailing=0, **changes):
    """A model of two layers; a shape replaces that of a tensor, None leaves it out."""
    rows, size = [], 0
    for name, shape in (LAYERS | (shapes or {})).items():
        if shape:
            rows.append(tensor(name, shape, offset=size))
            size += 4 * shape[0] * shape[1]
    right = {"llama__feed_forward_length": single("llama.feed_forward_length", U32, 128)}
    return model(rows, keys(**(right | changes)), bytes(size + trailing))


def dimensions():
    """Numbers that contradict each other or the tensors."""

    def said(key, n):
        name = f"llama.{key}"
        value = array(name, I32, n) if isinstance(n, list) else single(name, U32, n)
        return whole(**{name.replace(".", "__"): value})

    heads, forward, width = "attention.head_count", "feed_forward_length", "embedding_length"
    return {
        "no heads": (said(heads, 0), heads),
        "more heads than numbers in a row": (said(heads, 65), heads),
        "a layer without heads": (said(heads, [4, 0]), heads),
        "heads for three layers": (said(heads, [4, 4, 4]), heads),
        "more heads than the queries have": (said(heads, 8), "attn_k.weight"),
        "no heads of keys": (said(f"{heads}_kv", 0), "head_count_kv"),
        "heads of keys that share no query": (said(f"{heads}_kv", 3), "head_count_kv"),
        "other heads of keys than there are": (said(f"{heads}_kv", 1), "attn_k.weight"),
        "queries of another size": (whole({"blk.1.attn_q.weight": (64, 96)}), "attn_q.weight"),
        "another size of heads": (said("attention.key_length", 32), "attn_q.weight"),
        "another width": (said(width, 128), "token_embd.weight"),
        "a layer of another width": (whole({"blk.1.ffn_up.weight": (32, 128)}), "blk.1.ffn_up.weight"),
        "another inner width": (said(forward, 64), "ffn_up.weight"),
        "no inner width": (said(forward, 0), forward),
        "the inner width unsaid": (whole(llama__feed_forward_length=None), forward),
        "fewer layers than said": (
            whole({"blk.1.ffn_up.weight": None, "blk.1.attn_q.weight": None, "blk.1.attn_k.weight": None}),
            "block_count",
        ),
        "more layers than said": (whole({"blk.2.ffn_up.weight": (64, 128)}), "block_count"),
        "a layer missing between others": (whole({name: None for name in LAYERS if "blk.0" in name}), "block_count"),
        "a rotation wider than the head": (said("rope.dimension_count", 32), "rope.dimension_count"),
        "megabytes after the last tensor": (whole(trailing=2**21), "after its last tensor"),
    }


def of_two(number):
    """The keys that make a file one of two parts, counted from 0."""
    return {
        "split__count": single("split.count", U16, 2),
        "split__no": single("split.no", U16, number),
        "split__tensors__count": single("split.tensors.count", I32, 4),
    }


def all_bad():
    """Name → bytes, words."""
    return other_files() | headers() | names_and_values() | tensor_rows() | wrong_models() | dimensions()
