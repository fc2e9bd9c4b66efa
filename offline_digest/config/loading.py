"""Settings out of a file and the environment, and what is wrong with them in plain words."""

from __future__ import annotations

import json
import os
import shlex
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from offline_digest.config.folders import HOME_VARIABLE, default_config_file
from offline_digest.config.settings import Network, Settings
from offline_digest.errors import ConfigError
from offline_digest.topics import Topic

_BUILD_CACHE_VARIABLE = "OFFLINE_DIGEST_BUILD_CACHE"  # of bundling/compiling.py, which runs before anything is installed
_WHOLE, _NUMBER, _SWITCH, _TABLE = "a whole number is wanted", "a number is wanted", "true or false is wanted", "a table is wanted"
# What pydantic says in the words of Python, by its kind of error, in those of TOML; in braces what its error knows.
_WRONG = {
    **dict.fromkeys(("bool_parsing", "bool_type"), _SWITCH),
    **dict.fromkeys(("dict_type", "model_type"), _TABLE),
    **dict.fromkeys(("float_parsing", "float_type", "finite_number"), _NUMBER),
    **dict.fromkeys(("int_from_float", "int_parsing", "int_parsing_size", "int_type"), _WHOLE),
    **dict.fromkeys(("string_too_short", "too_short"), "it is empty"),
    "extra_forbidden": "there is no such key",
    "greater_than_equal": "{ge:g} or more is wanted",
    "less_than_equal": "{le:g} or less is wanted",
    "literal_error": "{expected} is wanted",
    "missing": "it is missing",
    "path_type": "a path is wanted, in quotation marks",
    "string_pattern_mismatch": "an address is wanted that begins with http:// or https://",
    "string_too_long": "{max_length} characters are the most",
    "string_type": "a text is wanted, in quotation marks",
    "tuple_type": "a list is wanted",
}


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings from *path*, or from the user's own file where there is one.

    Raises:
        ConfigError: The named file is missing, is no TOML, or holds an unknown key or a wrong value; names file and place.
    """
    file = path or default_config_file()
    return parse_settings(read_config(file) if path is not None or file.is_file() else "", file)


def parse_settings(text: str, file: Path) -> Settings:
    """Return the settings that a configuration file with this *text* leads to; *file* is named in errors.

    Raises:
        ConfigError: As `load_settings`.
    """
    values = _values(text, file)
    try:
        return Settings(**values)
    except SettingsError as error:  # a variable for a table that is no JSON
        raise ConfigError(f"The environment cannot be read: {error}.", "Tables and lists are written as JSON there.") from error
    except ValidationError as error:
        raise _config_error(error, values, file) from error


def origins(text: str, file: Path) -> dict[str, str]:
    """Return where each setting comes from: `default`, `file` or `environment`."""
    values = _values(text, file)
    return {
        key: "environment" if variable(key) in _environment() else "file" if key in values else "default" for key in Settings.model_fields
    }


def editor() -> list[str] | None:
    """Return the command that edits a file, as the user's environment names it; None when it names none."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    return shlex.split(named, posix=os.name != "nt") if named and named.strip() else ["notepad"] if os.name == "nt" else None


def has_cursor() -> bool:
    """Return whether the user's terminal, as the environment names it, can write over its lines; what is not named cannot, but on Windows."""
    return os.environ.get("TERM", "" if os.name != "nt" else "windows").lower() not in ("", "dumb", "unknown")


def variable(key: str) -> str:
    """Return the environment variable that overrides a setting."""
    return f"OFFLINE_DIGEST_{key.upper()}"


def stray_variables() -> dict[str, str | None]:
    """Return the variables of the environment that are called like settings and are none, and the setting nearest to each."""
    known = [variable(key) for key in Settings.model_fields] + [variable(f"network__{key}") for key in Network.model_fields]
    stray = sorted(name for name in _environment() - {*known, HOME_VARIABLE, _BUILD_CACHE_VARIABLE} if name.startswith(variable("")))
    return {name: next(iter(get_close_matches(name, known, n=1)), None) for name in stray}


def read_config(file: Path) -> str:
    """Return the text of a configuration file.

    Raises:
        ConfigError: It cannot be read, or is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(f"Cannot read the configuration {file}: {error.strerror}.", "Check the path given to --config.") from error
    except UnicodeDecodeError as error:
        raise _not_toml(file, error) from error


def _values(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(file, error) from error


def _not_toml(file: Path, error: Exception) -> ConfigError:
    return ConfigError(f"The configuration {file} is not valid TOML: {error}.", "Mend that line, or move the file away.")


def _config_error(error: ValidationError, values: dict[str, Any], file: Path) -> ConfigError:
    """Return our error for the first value that cannot be; what the environment says is taken instead of the file's."""
    first = error.errors()[0]
    key, *inner = first["loc"]
    parts = [str(key), *map(str, inner)]
    nested = variable("__".join(parts))  # OFFLINE_DIGEST_NETWORK__PROXY
    source = "" if _environment() & {variable(str(key)), nested} else f"{file}: "
    place = parts if source else [nested] if nested in _environment() else [variable(str(key)), *map(str, inner)]
    in_topic = key == "topics" and bool(inner)
    if in_topic and source:
        given = values["topics"][inner[0]]
        name = repr(given["name"]) if isinstance(given, dict) and isinstance(given.get("name"), str) else f"number {int(inner[0]) + 1}"
        place = [f"topic {name}", *map(str, inner[1:])]
    table = Topic if in_topic else Network if key == "network" and inner else Settings
    told = _WRONG.get(first["type"])
    wrong = told.format(**first.get("ctx", {})) if told else first["msg"].removeprefix("Value error, ")
    message = f"{source}{'.'.join(place) if not in_topic else ', '.join(place)}: {wrong}."
    keys = [str(name) for name in first["loc"] if name in table.model_fields]
    if key in ("topic", "topics") and not inner and isinstance(values.get(str(key)), dict) and source:
        return ConfigError(message, "A topic to follow is a table under [[topics]], in two pairs of brackets.")
    if first["type"] == "extra_forbidden" or not keys:
        return ConfigError(message, f"Known keys: {', '.join(sorted(table.model_fields))}.")
    named = table.model_fields[keys[-1]]
    shown = next((value for value in (named.default, *(named.examples or ())) if isinstance(value, (str, int, float, list))), None)
    example = f" Write it as {keys[-1]} = {json.dumps(shown, ensure_ascii=False)}." if source and shown is not None else ""
    return ConfigError(message, f"{keys[-1]}: {named.description}{example}")


def _environment() -> set[str]:
    return {name.upper() for name in os.environ}
