"""Model and context of llama.cpp's C interface, as far as this program uses them."""

from __future__ import annotations

import ctypes
import os
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from offline_digest.engines.llama.ggml import kernel_features, load_kernels
from offline_digest.engines.llama.settings import LlamaSettings
from offline_digest.errors import CacheFull, ModelUnusable, OutOfMemory, WorkerError

BATCH_TOKENS = 2048  # most tokens of one llama_decode call; llama.cpp works through them in steps of its ubatch
_LOG_INFO, _LOG_ERROR = 2, 4
_PIECE_BYTES = 512
_NO_FREE_CELL = 1
_THOUGHT_MARKS = ("<think>", "</think>", "<thought>", "<|channel|>", "<tool_call>")  # a model that thinks aloud begins so
_KV_SIZE = re.compile(r"^llama_\w+: size = +([\d.]+) MiB")  # of a cache or a recurrent state, told even when nothing is allocated
_BUFFER_SIZE = re.compile(r"(?:compute|output) buffer size = +([\d.]+) MiB")


@dataclass(frozen=True, slots=True)
class Row:
    """One token of a batch: where it stands, for which sequence, and whether its logits are wanted."""

    token: int
    position: int
    sequence: int
    logits: bool


def set_fields(struct: Any, **values: Any) -> None:  # noqa: ANN401 (any ctypes struct, any of its field types)
    """Set fields of a ctypes struct; unknown names fail, where plain assignment would silently do nothing (DESIGN section 8)."""
    known = {name for name, *_ in struct._fields_}
    for name, value in values.items():
        if name not in known:
            raise AttributeError(f"{type(struct).__name__} has no field {name}")
        setattr(struct, name, value)


class Model:
    """A loaded GGUF file.

    Args:
        path: The file.
        settings: How it is driven.
        simulate: Read the header only and allocate nothing, to learn what memory the real thing takes.

    Raises:
        ModelUnusable: llama.cpp does not accept the file.
    """

    def __init__(self, path: Path, settings: LlamaSettings, *, simulate: bool = False) -> None:
        import llama_cpp

        self._api = llama_cpp
        self._settings = settings
        self._errors: deque[str] = deque(maxlen=4)
        self._sizes: list[float] = []
        self._log = llama_cpp.llama_log_callback(self._logged)  # a reference is kept, or ctypes frees it under llama.cpp
        llama_cpp.llama_log_set(self._log, ctypes.c_void_p(0))
        load_kernels(llama_cpp)
        llama_cpp.llama_backend_init()
        parameters = llama_cpp.llama_model_default_params()
        # Repacked weights are copies: of a mapped file, they would be in memory twice.
        mode = llama_cpp.LLAMA_LOAD_MODE_NONE if settings.extra_buffers or simulate else llama_cpp.LLAMA_LOAD_MODE_MMAP
        set_fields(
            parameters,
            n_gpu_layers=settings.gpu_layers,
            use_extra_bufts=settings.extra_buffers,
            load_mode=mode,
            no_alloc=simulate,
        )
        self._model = llama_cpp.llama_model_load_from_file(os.fsencode(path), parameters)
        if not self._model:
            raise ModelUnusable(f"{path.name} cannot be loaded: {self.last_error()}", "Is it a whole, current GGUF file of a text model?")
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.n_vocab: int = llama_cpp.llama_vocab_n_tokens(self._vocab)
        self.trained_context: int = llama_cpp.llama_model_n_ctx_train(self._model)
        self.on_gpu: bool = bool(llama_cpp.llama_supports_gpu_offload()) and settings.gpu_layers > 0
        self.weight_bytes: int = llama_cpp.llama_model_size(self._model)
        self._pieces: dict[int, bytes] = {}

    def close(self) -> None:
        """Give the weights back."""
        self._api.llama_model_free(self._model)

    def _logged(self, level: int, text: bytes, _data: object) -> None:
        if level >= _LOG_ERROR and text.strip():
            self._errors.append(text.decode("utf-8", "replace").strip())
        elif level == _LOG_INFO and (size := _KV_SIZE.search(found := text.decode("utf-8", "replace")) or _BUFFER_SIZE.search(found)):
            self._sizes.append(float(size[1]))

    def context_bytes(self) -> int:
        """Return what llama.cpp said the last context takes: caches, work space and output.

        Its C interface tells it in the log alone.
        """
        return int(sum(self._sizes) * 2**20)

    def last_error(self) -> str:
        """Return what llama.cpp last complained of."""
        return "; ".join(self._errors) or "no reason given"

    def features(self) -> tuple[str, ...]:
        """Return what the kernels were compiled for, in llama.cpp's words, such as `AVX2`."""
        return kernel_features(self._api)

    def quantization(self) -> str:
        """Return llama.cpp's name of the file's quantization, such as `Q4_K - Medium`."""
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        self._api.llama_model_desc(self._model, buffer, _PIECE_BYTES)
        description = buffer.value.decode("utf-8", "replace")  # architecture, size, quantization: `qwen3 4B Q4_K - Medium`
        return " ".join(description.split()[2:]) or description

    def chat_template(self) -> str | None:
        """Return the Jinja text of the chat template in the file, None when there is none. Untrusted."""
        found = self._api.llama_model_chat_template(self._model, None)
        return found.decode("utf-8", "replace") if found else None

    def special_text(self, kind: str) -> str:
        """Return the text of the `bos` or `eos` token, empty when the model has none."""
        token = getattr(self._api, f"llama_vocab_{kind}")(self._vocab)
        return self.piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def tokenize(self, text: str, *, special: bool, begin: bool = False) -> list[int]:
        """Return token ids.

        Args:
            text: Any text.
            special: Whether `<|im_end|>` and the like are control tokens (template pieces) or plain characters (paper text).
            begin: Whether to add what the model wants at the start of a sequence.
        """
        data = text.encode("utf-8")
        size = len(data) + 8
        while True:
            buffer = (self._api.llama_token * size)()
            n = self._api.llama_tokenize(self._vocab, data, len(data), buffer, size, begin, special)
            if n >= 0:
                return list(buffer[:n])
            size = -n

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """Return the bytes of one token; they need not be whole characters."""
        if not special and token in self._pieces:
            return self._pieces[token]
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        n = self._api.llama_token_to_piece(self._vocab, token, buffer, _PIECE_BYTES, 0, special)
        data = buffer.raw[: max(n, 0)]
        if not special:
            self._pieces[token] = data
        return data

    def ends(self, token: int) -> bool:
        """Tell whether *token* ends an answer."""
        return bool(self._api.llama_vocab_is_eog(self._vocab, token))

    @cached_property
    def never_written(self) -> Any:  # noqa: ANN401 (an array; numpy is imported late)
        """The ids of tokens that no answer may hold: control tokens other than those that end it, and the marks of thinking aloud."""
        import numpy as np

        control = (t for t in range(self.n_vocab) if self._api.llama_vocab_is_control(self._vocab, t))
        marks = (self.tokenize(mark, special=True) for mark in _THOUGHT_MARKS)
        return np.array(sorted({t for t in control if not self.ends(t)} | {ids[0] for ids in marks if len(ids) == 1}), dtype=np.int64)

    def context(self, *, cells: int, sequences: int) -> Context:
        """Return a context with *cells* places in one cache that all *sequences* share."""
        self._sizes.clear()
        return Context(self._model, self.n_vocab, self._settings, cells=cells, sequences=sequences, on_gpu=self.on_gpu)


class Context:
    """The KV cache and compute buffers of one model.

    Raises:
        OutOfMemory: They do not fit.
    """

    def __init__(self, model: object, n_vocab: int, settings: LlamaSettings, *, cells: int, sequences: int, on_gpu: bool) -> None:
        import llama_cpp

        self._api = api = llama_cpp
        flash = settings.flash_attention == "on" or settings.kv_cache != "f16" or (settings.flash_attention == "auto" and on_gpu)
        kind = api.GGML_TYPE_Q8_0 if settings.kv_cache == "q8_0" else api.GGML_TYPE_F16
        parameters = api.llama_context_default_params()
        set_fields(
            parameters,
            n_ctx=cells,
            n_batch=min(BATCH_TOKENS, cells),
            n_ubatch=min(settings.ubatch_tokens, cells),
            n_seq_max=sequences,
            n_outputs_max=sequences,  # logits are asked for once per branch and step; the rest of a large vocabulary's buffer is never used
            n_threads=settings.threads,
            n_threads_batch=settings.threads,
            flash_attn_type=api.LLAMA_FLASH_ATTN_TYPE_ENABLED if flash else api.LLAMA_FLASH_ATTN_TYPE_DISABLED,
            type_k=kind,
            type_v=kind,
            kv_unified=True,
            swa_full=True,  # sliding-window models forget the passage's start otherwise, and branches need it
            no_perf=True,
        )
        self._context = api.llama_init_from_model(model, parameters)
        if not self._context:
            raise OutOfMemory(f"No memory for a context of {cells} tokens.", "Use a smaller model, or a smaller --budget.")
        self._memory = api.llama_get_memory(self._context)
        self._n_vocab = n_vocab
        self._batch = api.llama_batch_init(min(BATCH_TOKENS, cells), 0, 1)

    def close(self) -> None:
        """Give cache and buffers back."""
        self._api.llama_batch_free(self._batch)
        self._api.llama_free(self._context)

    def decode(self, rows: Sequence[Row]) -> None:
        """Evaluate up to `BATCH_TOKENS` tokens.

        Raises:
            CacheFull: There is no place for them; nothing has changed.
        """
        batch = self._batch
        batch.n_tokens = len(rows)
        for i, row in enumerate(rows):
            batch.token[i] = row.token
            batch.pos[i] = row.position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = row.sequence
            batch.logits[i] = row.logits
        code = self._api.llama_decode(self._context, batch)
        if code == _NO_FREE_CELL:
            raise CacheFull("The KV cache is full.", "Use a smaller --budget.")
        if code != 0:
            raise WorkerError(f"llama_decode failed with code {code}.")

    def logits(self, index: int) -> Any:  # noqa: ANN401 (numpy is imported late)
        """Return the logits of row *index* of the last batch, shape `(n_vocab,)`, float32: llama.cpp's own buffer, free to be changed."""
        import numpy as np

        return np.ctypeslib.as_array(self._api.llama_get_logits_ith(self._context, index), (self._n_vocab,))

    def share(self, source: int, target: int) -> None:
        """Let sequence *target* go on from all of *source*.

        In a unified cache nothing is copied; of a recurrent state llama.cpp makes a copy when the two part (tests/engines/test_kinds.py).
        """
        self._api.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def drop(self, sequence: int) -> None:
        """Forget a whole sequence; -1 means all."""
        self._api.llama_memory_seq_rm(self._memory, sequence, -1, -1)
