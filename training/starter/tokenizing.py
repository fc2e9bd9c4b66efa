"""llama.cpp's own tokenizer for a vocabulary that no model has yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from training.starter.model import Form, empty_weights
from training.starter.vocabulary import Vocabulary
from training.starter.writing import write_gguf

if TYPE_CHECKING:
    from offline_digest.engines.llama.binding import Model


@contextmanager
def tokenizing(vocabulary: Vocabulary) -> Iterator[Model]:
    """Lend llama.cpp's own tokenizer for *vocabulary*, inside a model of almost no weights.

    Training ids come from the code that tokenizes in the program, so the two cannot differ.
    """
    from offline_digest.engines.llama.binding import Model
    from offline_digest.engines.llama.settings import LlamaSettings

    form = Form(layers=1, width=32, feed_forward=32, heads=1, kv_heads=1, head_size=32)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "vocabulary.gguf"
        write_gguf(path, form, vocabulary, empty_weights(form, len(vocabulary)))
        model = Model(path, LlamaSettings(extra_buffers=False, gpu_layers=0))
        try:
            yield model
        finally:
            model.close()
