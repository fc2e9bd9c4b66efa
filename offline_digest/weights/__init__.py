"""Which models there are and where their files lie."""

from offline_digest.weights.catalog import ModelFile, find_model, load_catalog

__all__ = ["ModelFile", "find_model", "load_catalog"]
