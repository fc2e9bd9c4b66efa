"""Where this program keeps what is the user's: by the system's habits, or all below one folder that the environment names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

APP = "offline-digest"
HOME_VARIABLE = "OFFLINE_DIGEST_HOME"


def default_config_file() -> Path:
    """Return where the user's configuration is looked for."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / "config.toml"
    import platformdirs

    return platformdirs.user_config_path(APP, appauthor=False) / "config.toml"


def own_catalog_file() -> Path:
    """Return where the user's own catalogue of models is looked for: beside the configuration."""
    return default_config_file().with_name("models.toml")


def default_library() -> Path:
    """Return the folder of the user's library."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / "library"
    import platformdirs

    return platformdirs.user_data_path(APP, appauthor=False)


def default_models() -> Path:
    """Return the folder of the user's models."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / "models"
    import platformdirs

    return platformdirs.user_data_path(APP, appauthor=False) / "models"


def default_templates() -> Path:
    """Return the folder of the user's own templates."""
    return default_config_file().parent / "templates"


def shipped_models() -> Path:
    """Return where a bundle puts the models that come with an installation, with a lock of their own; most installations have none."""
    return Path(sys.prefix) / "share" / APP / "models"


def state_folder() -> Path:
    """Return the folder for what all libraries of the user share, such as when arXiv was last asked."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / "state"
    import platformdirs

    return platformdirs.user_state_path(APP, appauthor=False)
