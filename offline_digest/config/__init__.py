"""Settings: built-in values, then the user's TOML file, then the environment; the command line comes last, in `cli`.

The only room that reads the environment and knows the user's folders.
"""

from offline_digest.config.folders import (
    APP,
    default_config_file,
    default_library,
    default_models,
    default_templates,
    own_catalog_file,
    shipped_models,
    state_folder,
)
from offline_digest.config.hubs import HubAccess, ModelCaches, hub_access, model_caches
from offline_digest.config.loading import editor, has_cursor, load_settings, origins, parse_settings, read_config, stray_variables, variable
from offline_digest.config.settings import Network, Settings

__all__ = [
    "APP",
    "HubAccess",
    "ModelCaches",
    "Network",
    "Settings",
    "default_config_file",
    "default_library",
    "default_models",
    "default_templates",
    "editor",
    "has_cursor",
    "hub_access",
    "load_settings",
    "model_caches",
    "origins",
    "own_catalog_file",
    "parse_settings",
    "read_config",
    "shipped_models",
    "state_folder",
    "stray_variables",
    "variable",
]
