"""How prose is produced: one protocol, and the engines behind it."""

from offline_digest.engines.extractive import ExtractiveEngine
from offline_digest.engines.llama import LlamaEngine, LlamaSettings
from offline_digest.engines.protocol import Engine
from offline_digest.engines.scripted import ScriptedEngine

__all__ = ["Engine", "ExtractiveEngine", "LlamaEngine", "LlamaSettings", "ScriptedEngine"]
