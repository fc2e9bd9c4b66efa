"""From the name of a model to files that may be loaded: the one place for all commands."""

from __future__ import annotations

from offline_digest.config import Settings
from offline_digest.weights import ModelFile, find_model, known_models, places_of


def model_at_hand(name: str, settings: Settings) -> ModelFile:
    """Return the model that a user named.

    Raises:
        ModelNotFound: There is no such model here; says how to get it.
        IntegrityError: The lock is damaged, or a file has not the size that the catalogue says.
        ConfigError: The user's own catalogue is broken.
    """
    return find_model(name, known_models(), places_of(settings))
