"""Which models there are, where their files lie, and which of them are trusted."""

from offline_digest.weights.catalog import ModelFile, find_model, load_catalog
from offline_digest.weights.hashes import Hashes
from offline_digest.weights.lock import Lock, Pin, pin, read_lock, unpin

__all__ = ["Hashes", "Lock", "ModelFile", "Pin", "find_model", "load_catalog", "pin", "read_lock", "unpin"]
