"""The header of a GGUF file, read without trusting any of it.

llama.cpp reads the same bytes in C and C++, where every count that a file made up has ended in a wrong allocation at some time. So nothing
goes to llama.cpp that did not pass here first: what it would refuse, what it would abort on, and what it once overflowed on is refused in
Python, with a reason. Only the header is read, nothing is allocated for a count before its bytes are known to be in the file, and what
is not needed is skipped.

    magic "GGUF", version (u32), number of tensors (u64), number of keys (u64)
    keys:     name, type (u32), value                an array: type (u32), length (u64), values
    tensors:  name, number of dimensions (u32), dimensions (u64), type (u32), offset in the data (u64)
    padding, then the data

Source: docs/gguf.md of ggml-org/ggml for the format; ggml/src/gguf.cpp of the llama.cpp inside llama-cpp-python 0.3.36 for what is taken. What
went wrong there: CVE-2024-21802 and ggml-org/ggml#709 (counts and lengths), CVE-2025-53630, CVE-2026-27940 and CVE-2026-33298 (products of
dimensions and sums of tensor sizes that wrap around), ggml-org/llama.cpp#19856 (lengths, types below zero).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from offline_digest.errors import ModelUnusable
from offline_digest.weights.quantization import FORMATS

LARGEST_HEADER = 2**26  # bytes; vocabulary and merges of the largest known models take a quarter of it
MOST_KEYS = 2**12  # models have a few dozen
MOST_TENSORS = 2**16  # models have up to about two thousand
MOST_STRINGS = 2**20  # in one array; the largest lists of merges have half as many
MOST_KEPT = 512  # values of an array that are kept: one for each layer that llama.cpp can have (LLAMA_MAX_LAYERS)
LONGEST_KEY = 2**16 - 1  # bytes; docs/gguf.md
LONGEST_TENSOR_NAME = 63  # bytes; GGML_MAX_NAME
MOST_DIMENSIONS = 4  # GGML_MAX_DIMS
MOST_TRAILING = 2**20  # bytes after the last tensor; writers leave none, tools that copy may fill up a page or a block
DEFAULT_ALIGNMENT = 32
LARGEST_ALIGNMENT = 2**16
_VERSIONS = (2, 3)
_LARGEST = 2**63 - 1
_STRING, _ARRAY, _BOOL, _U32 = 8, 9, 7, 4
_NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", _U32: "<I", 5: "<i", 6: "<f", _BOOL: "<B", 10: "<Q", 11: "<q", 12: "<d"}
_TYPES = ("u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64")
_LEAST_KEY, _LEAST_TENSOR = 8 + 1 + 4 + 1, 8 + 1 + 4 + 4 + 8  # bytes that the shortest one takes
_ANEW = "Get the file again, from where the model is published, and compare its SHA-256."
_NOT_THIS = "Models for this program are GGUF files of instruct models; many model hubs list them as `GGUF`."
# What lies under the name of a model now and then, by its first bytes.
_OTHERS = (
    (
        b"version https://git-lfs",
        "is the pointer of Git LFS to a model, not the model",
        "Get it with `git lfs pull`, or from its web page.",
    ),
    (b"%PDF-", "is a PDF", _NOT_THIS),
    (b"PK\x03\x04", "is a ZIP archive or a model of PyTorch", _NOT_THIS),
    (b"\x1f\x8b", "is compressed with gzip", "Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "is compressed with Zstandard", "Unpack it first."),
    (b"<!doctype html", "is a web page", "The download went wrong: save the model file, not the page that shows it."),
    (b"<html", "is a web page", "The download went wrong: save the model file, not the page that shows it."),
    (b"lmgg", "is a GGML file, the format before GGUF", "Get the model as GGUF."),
    (b"fmgg", "is a GGML file, the format before GGUF", "Get the model as GGUF."),
    (b"tjgg", "is a GGML file, the format before GGUF", "Get the model as GGUF."),
    (b"FUGG", "is a GGUF file for machines of the other byte order", "Get the usual, little-endian file."),
)


@dataclass(frozen=True, slots=True)
class Array:
    """An array: the type of its elements, how many there are, how many different ones of strings; `items` of short ones only."""

    type: str
    length: int
    items: tuple[bool | int | float | str, ...] = ()
    distinct: int = 0


Value = bool | int | float | str | Array


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: dimensions with the longest row first, the number of ggml's type, where it lies in the data, bytes it takes there."""

    name: str
    shape: tuple[int, ...]
    type: int
    offset: int
    size_bytes: int

    @property
    def format(self) -> str:
        """The name of its type."""
        return FORMATS[self.type].name

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        product = 1
        for n in self.shape:
            product *= n
        return product


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the data. `types` are those of single values, `i32` and so on."""

    version: int
    values: dict[str, Value]
    types: dict[str, str]
    tensors: tuple[Tensor, ...]


def read_header(file: BinaryIO, size_bytes: int, name: str) -> Header:
    """Return the header of an open GGUF file.

    Args:
        file: At its start.
        size_bytes: Of the whole file.
        name: What errors call it.

    Raises:
        ModelUnusable: It is no GGUF file, or one that cannot be right; the reason is in the message.
    """
    return _Reader(file, size_bytes, name).header()


class _Reader:
    def __init__(self, file: BinaryIO, size_bytes: int, name: str) -> None:
        self._file = file
        self._size = size_bytes
        self._name = name
        self._at = 0

    def header(self) -> Header:
        self._check_magic()
        version = self._u32("its version")
        if version not in _VERSIONS:
            raise self._wrong(f"is of version {version} of the format; 2 and 3 can be read", "Get the model in a current GGUF file.")
        n_tensors = self._count(_LEAST_TENSOR, MOST_TENSORS, "tensors")
        n_keys = self._count(_LEAST_KEY, MOST_KEYS, "keys")
        values: dict[str, Value] = {}
        types: dict[str, str] = {}
        for n in range(n_keys):
            key = self._name_of(f"key {n + 1}", LONGEST_KEY)
            if key in values:
                raise self._wrong(f"has the key {key} twice")
            types[key], values[key] = self._value(key)
        alignment = self._alignment(values, types)
        tensors = self._tensors(n_tensors, alignment)
        return Header(version, values, types, tensors)

    def _check_magic(self) -> None:
        if self._size == 0:
            raise self._wrong("is empty")
        start = self._file.read(64)
        self._file.seek(4)
        self._at = 4
        if start.startswith(b"GGUF"):
            if len(start) >= 8 and start[4:6] == b"\0\0":
                raise self._wrong("is a GGUF file for machines of the other byte order", "Get the usual, little-endian file.")
            return
        for first, what, hint in _OTHERS:
            if start.lower().startswith(first) or start.startswith(first):
                raise self._wrong(what, hint)
        if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < self._size:
            raise self._wrong("is a safetensors file", _NOT_THIS)
        raise self._wrong("is not a GGUF file", _NOT_THIS)

    def _wrong(self, reason: str, hint: str = _ANEW) -> ModelUnusable:
        return ModelUnusable(f"{self._name} {reason}.", hint)

    def _bytes(self, n: int, what: str) -> bytes:
        """Return the next *n* bytes, which are known to be there before they are asked for."""
        self._reserve(n, what)
        data = self._file.read(n)
        if len(data) != n:
            raise self._wrong(f"became shorter while it was read, in {what}")
        return data

    def _reserve(self, n: int, what: str) -> None:
        """Go *n* bytes on, in the count; fail where the file or its header would not be that long."""
        if n > self._size - self._at:
            raise self._wrong(f"ends too early, in {what}: {n} bytes wanted, {self._size - self._at} there")
        self._at += n
        if self._at > LARGEST_HEADER:
            raise self._wrong(f"has a header of more than {LARGEST_HEADER // 2**20} MiB")

    def _number(self, kind: int, what: str) -> int | float:
        form = _NUMBERS[kind]
        value: int | float = struct.unpack(form, self._bytes(struct.calcsize(form), what))[0]
        return value

    def _u32(self, what: str) -> int:
        return int.from_bytes(self._bytes(4, what), "little")

    def _u64(self, what: str) -> int:
        return int.from_bytes(self._bytes(8, what), "little")

    def _count(self, least: int, most: int, what: str) -> int:
        """Return a count, checked against the bytes that so many take at least."""
        n = self._u64(f"the number of {what}")
        if n > most or n * least > self._size - self._at:
            raise self._wrong(f"claims to have {n} {what}")
        return n

    def _string(self, what: str) -> bytes:
        return self._bytes(self._u64(what), what)

    def _text(self, what: str) -> str:
        try:
            return self._string(what).decode("utf-8")
        except UnicodeDecodeError:
            raise self._wrong(f"has {what} that is not UTF-8") from None

    def _name_of(self, what: str, longest: int) -> str:
        """Return the name of a key or tensor, which errors can show."""
        name = self._text(f"the name of {what}")
        if not name or len(name.encode("utf-8")) > longest or not name.isprintable():
            raise self._wrong(f"has an impossible name for {what}")
        return name

    def _value(self, key: str) -> tuple[str, Value]:
        kind = self._u32(f"the type of {key}")
        if kind == _ARRAY:
            return "array", self._array(key)
        if kind == _STRING:
            return "string", self._text(f"the value of {key}")
        if kind not in _NUMBERS:
            raise self._wrong(f"has a value of an unknown type {kind} for {key}")
        value = self._number(kind, f"the value of {key}")
        return _TYPES[kind], bool(value) if kind == _BOOL else value

    def _array(self, key: str) -> Array:
        kind = self._u32(f"the type of {key}")
        n = self._u64(f"the length of {key}")
        if kind == _ARRAY:
            raise self._wrong(f"has an array of arrays for {key}, which llama.cpp does not read")
        if kind == _STRING:
            return self._strings(key, n)
        if kind not in _NUMBERS:
            raise self._wrong(f"has an array of an unknown type {kind} for {key}")
        form = _NUMBERS[kind]
        width = struct.calcsize(form)
        if n > (self._size - self._at) // width:
            raise self._wrong(f"claims to have {n} values for {key}")
        if n > MOST_KEPT:
            self._reserve(n * width, f"the values of {key}")
            self._file.seek(self._at)
            return Array(_TYPES[kind], n)
        items = struct.unpack(f"<{n}{form[1]}", self._bytes(n * width, f"the values of {key}"))
        return Array(_TYPES[kind], n, tuple(bool(x) for x in items) if kind == _BOOL else items)

    def _strings(self, key: str, n: int) -> Array:
        if n > MOST_STRINGS or n > (self._size - self._at) // 8:
            raise self._wrong(f"claims to have {n} texts for {key}")
        what = f"the texts of {key}"
        if n > MOST_KEPT:
            found = {self._string(what) or i for i in range(n)}  # llama.cpp numbers the empty ones
            return Array("string", n, distinct=len(found))
        items = tuple(self._string(what).decode("utf-8", "replace") for _ in range(n))
        return Array("string", n, items, distinct=len(set(items)))

    def _alignment(self, values: dict[str, Value], types: dict[str, str]) -> int:
        key = "general.alignment"
        value = values.get(key, DEFAULT_ALIGNMENT)
        if types.get(key, "u32") != "u32" or not isinstance(value, int):
            raise self._wrong(f"has a {key} of another type than u32")
        if not 0 < value <= LARGEST_ALIGNMENT or value & (value - 1):
            raise self._wrong(f"has an impossible {key} of {value}")
        return value

    def _tensors(self, n: int, alignment: int) -> tuple[Tensor, ...]:
        """Return the tensors: they lie in the data one after the other, each padded to *alignment*, and all of them in the file."""
        tensors: list[Tensor] = []
        names: set[str] = set()
        end = padded = 0
        for tensor in self._each_tensor(n):
            if tensor.name in names:
                raise self._wrong(f"has the tensor {tensor.name} twice")
            if tensor.offset != padded:
                raise self._wrong(f"has the tensor {tensor.name} at byte {tensor.offset} of its data instead of {padded}")
            names.add(tensor.name)
            tensors.append(tensor)
            end = padded + tensor.size_bytes
            padded = _padded(end, alignment)
        there = self._size - _padded(self._at, alignment)
        if tensors and end > there:
            raise self._wrong(f"is cut off: its tensors take {end} bytes, and {max(there, 0)} are there")
        if there - padded > MOST_TRAILING:
            raise self._wrong(f"has {there - padded} bytes after its last tensor")
        return tuple(tensors)

    def _each_tensor(self, n: int) -> Iterator[Tensor]:
        for i in range(n):
            name = self._name_of(f"tensor {i + 1}", LONGEST_TENSOR_NAME)
            dimensions = self._u32(f"the dimensions of {name}")
            if not 0 < dimensions <= MOST_DIMENSIONS:
                raise self._wrong(f"has a tensor {name} of {dimensions} dimensions")
            shape = tuple(self._u64(f"the shape of {name}") for _ in range(dimensions))
            kind = self._u32(f"the type of {name}")
            offset = self._u64(f"the place of {name}")
            yield Tensor(name, shape, kind, offset, self._size_of(name, shape, kind))

    def _size_of(self, name: str, shape: tuple[int, ...], kind: int) -> int:
        """Return the bytes of a tensor. Python's numbers do not wrap around; ggml's do, so what would is refused."""
        if kind not in FORMATS:
            raise self._wrong(
                f"has a tensor {name} of an unknown type {kind}", "Update offline-digest, or get the model in another quantization."
            )
        _, weights, size = FORMATS[kind]
        total = 1
        for n in shape:
            total *= n
        if not 0 < total <= _LARGEST or total // weights * size > _LARGEST:
            raise self._wrong(f"has a tensor {name} of the impossible shape {' x '.join(map(str, shape))}")
        if shape[0] % weights:
            raise self._wrong(f"has a tensor {name} whose rows of {shape[0]} are no multiple of {weights}")
        return total // weights * size


def _padded(n: int, alignment: int) -> int:
    return -(-n // alignment) * alignment
