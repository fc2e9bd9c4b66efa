"""What the header of a GGUF file says about its model, after the checks that llama.cpp makes by aborting.

Source of the limits: `load_hparams` in src/llama-model.cpp and `llama_vocab::impl::load` in src/llama-vocab.cpp of the llama.cpp inside
llama-cpp-python 0.3.36. The rules about the vocabulary are those of ggml-org/llama.cpp#14145, #20735 and #26690, where arrays shorter or
narrower than the vocabulary were read past their ends.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter

from offline_digest.errors import ModelUnusable
from offline_digest.records import Purpose, Record
from offline_digest.weights.header import Array, Header, Value
from offline_digest.weights.quantization import FILE_TYPES

MOST_LAYERS = 512  # LLAMA_MAX_LAYERS
MOST_EXPERTS = 512  # LLAMA_MAX_EXPERTS
LARGEST_WIDTH = 2**20
LARGEST_CONTEXT = 2**31 - 1
FEWEST_TOKENS = 256  # a vocabulary that spells any text has a token for every byte
_ANEW = "Get the file again, from where the model is published."
_NOT_THIS = "Take the GGUF file of an instruct model."
_KINDS = {  # `general.type`
    "adapter": "an adapter (LoRA) for another model",
    "mmproj": "the part of a model that sees pictures",
    "imatrix": "a table of importances for quantizing",
    "vocab": "a vocabulary without weights",
}
_ARCHITECTURE = re.compile(r"[\w.-]{1,64}", re.ASCII)
_LONGEST_NAME = 200  # characters that are shown of a text in the header
_SCALING = {"none", "linear", "yarn", "longrope"}  # LLAMA_ROPE_SCALING_TYPES; it aborts on any other


class Part(Record):
    """Which part of a split model a file is: `number` of `count`, from 1, and the tensors of all parts together."""

    number: int
    count: int
    tensors: int


class ModelFacts(Record):
    """What a header says. `template` is untrusted code; `languages` are those that the file names, empty where it names none.

    `purpose` is there in models that were made for this program.
    """

    file: str
    size_bytes: int
    architecture: str
    name: str
    quantization: str
    parameters: int
    context: int
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_size: int
    experts: int
    experts_used: int
    vocabulary: int
    tokenizer: str
    template: str | None
    languages: tuple[str, ...]
    licence: str
    purpose: Purpose | None
    parts: int


def part_of(header: Header, file: str) -> Part:
    """Return which part of a model *file* is; one that is whole is the only part.

    Raises:
        ModelUnusable: What it says of its parts cannot be.
    """
    look = Look(header, file)
    if "split.count" not in header.values:
        return Part(number=1, count=1, tensors=len(header.tensors))
    count = look.number("split.count", 0, 10**4, types=("u16",))
    number = look.number("split.no", 0, max(count - 1, 0), types=("u16",)) + 1
    if count <= 1:
        return Part(number=1, count=1, tensors=len(header.tensors))
    return Part(number=number, count=count, tensors=look.number("split.tensors.count", 1, 2**16, types=("i32",)))


def facts_of(header: Header, *, file: str, size_bytes: int) -> ModelFacts:
    """Return what the first or only part of a model says of it.

    Args:
        header: Of that part.
        file: Its name, for errors and to be shown.
        size_bytes: Of all parts.

    Raises:
        ModelUnusable: It holds no text model, or one that cannot be.
    """
    look = Look(header, file)
    architecture = look.text("general.architecture")
    if not _ARCHITECTURE.fullmatch(architecture):
        raise look.wrong("general.architecture")
    kind = look.text("general.type", "model")
    if architecture == "clip":
        kind = "mmproj"
    if kind != "model":
        raise ModelUnusable(f"{file} holds {_KINDS.get(kind, f'a {kind!r}')}, not a text model.", _NOT_THIS)
    own = Look(header, file, f"{architecture}.")
    layers = own.number("block_count", 1, MOST_LAYERS)
    width = own.number("embedding_length", 1, LARGEST_WIDTH)
    experts = own.number("expert_count", 0, MOST_EXPERTS, default=0)
    experts_used = own.most("expert_used_count", 0, experts)
    heads = own.most("attention.head_count", 0, LARGEST_WIDTH)
    if own.text("rope.scaling.type", "none") not in _SCALING:
        raise own.wrong("rope.scaling.type")
    part = part_of(header, file)
    if not header.tensors and part.count == 1:
        raise ModelUnusable(f"{file} holds no weights.", _NOT_THIS)
    return ModelFacts(
        file=file,
        size_bytes=size_bytes,
        architecture=architecture,
        name=_plain(look.text("general.name", "")),
        quantization=_quantization(header, look),
        parameters=sum(tensor.parameters for tensor in header.tensors),
        context=own.number("context_length", 1, LARGEST_CONTEXT),
        layers=layers,
        width=width,
        heads=heads,
        kv_heads=own.most("attention.head_count_kv", 0, LARGEST_WIDTH, default=heads),
        head_size=own.number("attention.key_length", 0, LARGEST_WIDTH, default=width // heads if heads else 0),
        experts=experts,
        experts_used=experts_used,
        vocabulary=_vocabulary(look),
        tokenizer=_plain(look.text("tokenizer.ggml.model")),
        template=look.text("tokenizer.chat_template", "") or None,
        languages=tuple(_plain(text) for text in look.texts("general.languages")),
        licence=_plain(look.text("general.license", "")),
        purpose=_purpose(look),
        parts=part.count,
    )


def _purpose(look: Look) -> Purpose | None:
    """Return what the model was made for, None where the file says nothing of it; `training/starter/writing.py` writes these keys."""
    questions = look.text("offline_digest.questions", "")
    if not questions:
        return None
    try:
        told = tomllib.loads(questions)
        if any("$" in question for question in told["ask"].values()):  # a template, where the words of a training are wanted
            raise ValueError("$")
        reads = look.text("offline_digest.passage")
        return Purpose.model_validate({"reads": reads, "version": told["version"], "ask": {told["language"]: told["ask"]}})
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise look.wrong("offline_digest.questions") from error


def _vocabulary(look: Look) -> int:
    """Return the number of tokens, all arrays about them being long enough."""
    tokens = look.array("tokenizer.ggml.tokens", "string")
    if tokens is None or tokens.length < FEWEST_TOKENS:
        raise look.wrong("tokenizer.ggml.tokens")
    if tokens.distinct != tokens.length:
        raise ModelUnusable(f"{look.file} has the same token twice in its vocabulary.", _ANEW)
    for key, *types in (("scores", "f32", "i32"), ("token_type", "i32")):
        array = look.array(f"tokenizer.ggml.{key}", *types)
        if array is not None and array.length < tokens.length:
            raise look.wrong(f"tokenizer.ggml.{key}")
    look.array("tokenizer.ggml.merges", "string")
    return tokens.length


def _quantization(header: Header, look: Look) -> str:
    """Return the name of the file's quantization, by its own word or else by the type of most weights."""
    named = FILE_TYPES.get(look.number("general.file_type", 0, 2**16, default=-1))
    if named:
        return named
    weights: Counter[str] = Counter()
    for tensor in header.tensors:
        weights[tensor.format] += tensor.parameters
    return weights.most_common(1)[0][0] if weights else "?"


def _plain(text: str) -> str:
    """Return *text* in one line, shortened, without what cannot be seen."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:_LONGEST_NAME]


class Look:
    """Looks up values below a prefix of keys, and fails where one is not as it must be."""

    def __init__(self, header: Header, file: str, prefix: str = "") -> None:
        self._header = header
        self.file = file
        self._prefix = prefix

    def wrong(self, key: str) -> ModelUnusable:
        """Return the error of a value that cannot be, or is not there."""
        full = f"{self._prefix}{key}"
        value = self._header.values.get(full)
        if value is None:
            return ModelUnusable(f"{self.file} does not say {full}.", _ANEW)
        shown = f"{value.length} values of type {value.type}" if isinstance(value, Array) else repr(value)[:60]
        return ModelUnusable(f"{self.file} has an impossible {full}: {shown}.", _ANEW)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text, which is not empty where there is no default."""
        value = self._value(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.wrong(key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a short array of texts, none where it is not there."""
        array = self.array(key, "string")
        return tuple(str(item) for item in array.items) if array else ()

    def number(self, key: str, least: int, most: int, *, default: int | None = None, types: tuple[str, ...] = ("u32",)) -> int:
        """Return a whole number; the *default*, where the file says none, need not be between *least* and *most*."""
        value = self._value(key)
        if value is None and default is not None:
            return default
        if (
            value is None
            or self._header.types[f"{self._prefix}{key}"] not in types
            or not isinstance(value, int)
            or not least <= value <= most
        ):
            raise self.wrong(key)
        return value

    def most(self, key: str, least: int, most: int, *, default: int = 0) -> int:
        """Return the largest of what is one number for all layers, or one for each."""
        value = self._value(key, default)
        if not isinstance(value, Array):
            return self.number(key, least, most, default=default)
        numbers = [item for item in value.items if isinstance(item, int) and least <= item <= most]
        if value.type not in ("u32", "i32") or not numbers or len(numbers) != value.length:
            raise self.wrong(key)
        return max(numbers)

    def each(self, key: str, layers: int, least: int, most: int, *, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Return the number of every layer; the *default*, where the file says none and there is one, is taken as it is."""
        value = self._value(key)
        if value is None and default:
            return default
        if not isinstance(value, Array):
            return (self.number(key, least, most),) * layers
        numbers = tuple(item for item in value.items if isinstance(item, int) and least <= item <= most)
        if value.type not in ("u32", "i32") or not len(numbers) == value.length == layers:
            raise self.wrong(key)
        return numbers

    def array(self, key: str, *types: str) -> Array | None:
        """Return an array of one of the *types*, None where it is not there."""
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value, Array) or value.type not in types:
            raise self.wrong(key)
        return value

    def _value(self, key: str, default: Value | None = None) -> Value | None:
        return self._header.values.get(f"{self._prefix}{key}", default)
