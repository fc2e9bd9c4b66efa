"""The engine behind a GGUF file: llama.cpp in a child process.

engine.py     the parent's side: an `Engine` that talks to the child
service.py    the child's side: one loaded model, one passage kept, questions answered
branches.py   all questions of a group decoded together
prompt.py     chat template → the pieces around passage and question
binding.py    the only place that calls llama_cpp
"""

from offline_digest.engines.llama.engine import LlamaEngine, LlamaSettings

__all__ = ["LlamaEngine", "LlamaSettings"]
