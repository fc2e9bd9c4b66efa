"""The engine behind a GGUF file: llama.cpp in a child process.

engine.py     the parent's side: an `Engine` that talks to the child
service.py    the child's side: one loaded model, one passage kept, questions answered
branches.py   all questions decoded together
template.py   chat template, which is untrusted → text, in a child process of its own
prompt.py     that text → the pieces around passage and question
memory.py     what a model will take, and whether it fits
settings.py   how a model is driven, and the ladder down after crashes
machine.py    cores, free memory, CPU and build
shapes.py     files of realistic shape with random weights, for measuring
bench.py      what other ways of asking would cost
bandwidth.py  how fast this machine reads its memory
build.py      what llama.cpp was compiled for, and its known hazards
binding.py    model and context; it and ggml.py alone call llama_cpp
ggml.py       kernels and devices
"""

from offline_digest.engines.llama.engine import LlamaEngine
from offline_digest.engines.llama.settings import LlamaSettings

__all__ = ["LlamaEngine", "LlamaSettings"]
