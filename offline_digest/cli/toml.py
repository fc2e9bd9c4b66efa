"""Settings as TOML: single values, and a whole file in which every key is explained."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_HEAD = (
    "# Settings of offline-digest. A key works without the # before it; what stands behind it is the default or an example.\n"
    "# OFFLINE_DIGEST_<KEY> in the environment wins over this file. `offline-digest config check` tells what is wrong in it.\n"
)


def toml_value(value: object) -> str:
    """Return *value* in TOML, on one line."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case Mapping():
            return f"{{ {', '.join(f'{toml_value(str(key))} = {toml_value(item)}' for key, item in value.items())} }}"
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_table(values: Mapping[str, object]) -> list[str]:
    """Return one line per key; one without a value (None) is a comment, for TOML has no word for nothing."""
    return [f"{key} = {toml_value(value)}" if value is not None else f"#{key} =" for key, value in values.items()]


def toml_with(text: str, key: str, value: str) -> str:
    """Return a TOML file with *key* set to *value* at its top, everything else as it is.

    The key's own line is changed, what stands behind its value kept; else it takes the place of a line that is commented out, as `documented`
    writes them; else it comes before the first table.

    Raises:
        ValueError: The key is written in some other way, so that it cannot be changed alone.
    """
    before = tomllib.loads(text)
    line = f"{key} = {toml_value(value)}"
    top = re.search(r"(?m)^[ \t]*\[", text)
    end = top.start() if top else len(text)
    head, rest = text[:end], text[end:]
    for pattern in (rf"(?m)^[ \t]*{key}[ \t]*=[ \t]*(?:\"(?:[^\"\\\r\n]|\\.)*\"|'[^'\r\n]*')", rf"(?m)^#{key} =[^\r\n]*"):
        changed, n = re.subn(pattern, lambda _: line, head, count=1)
        if n:
            break
    else:
        newline = "\r\n" if "\r\n" in text else "\n"
        gap = newline if head and not head.endswith("\n") else ""
        changed = f"{head}{gap}{line}{newline}"
    after = changed + rest
    if tomllib.loads(after) != {**before, key: value}:
        raise ValueError(key)
    return after


def documented(settings: type[BaseModel], repeated: Mapping[str, type[BaseModel]]) -> str:
    """Return a file that explains every key of *settings*, all of them commented out.

    Args:
        settings: Their descriptions become comments.
        repeated: Keys that hold any number of tables, and what each of them is.
    """
    fields = settings.model_fields
    tables = {key: field for key, field in fields.items() if key in repeated or _is_table(field)}
    lines = [line for key, field in fields.items() if key not in tables for line in _explained(key, field)]
    for key, field in tables.items():
        lines += [f"# {field.description}", f"#[[{key}]]" if key in repeated else f"#[{key}]"]
        inner = repeated.get(key) or field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            lines += [line for name, item in inner.model_fields.items() for line in _explained(name, item)]
        else:
            lines += [f"#{toml_value(name)} = {toml_value(item)}" for name, item in _sample(field).items()]
        lines.append("")
    return "\n".join([_HEAD, *lines])


def _explained(key: str, field: FieldInfo) -> list[str]:
    sample = _sample(field)
    comment = [f"# {field.description}"] if field.description else []
    return [*comment, f"# {key} has no value by default." if sample is None else f"#{key} = {toml_value(sample)}", ""]


def _is_table(field: FieldInfo) -> bool:
    return (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)) or isinstance(_sample(field), Mapping)


def _sample(field: FieldInfo) -> Any:  # noqa: ANN401
    """Return a field's default, of one that has none an example, None where there is neither."""
    default = None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, Path):
        return default
    return default if default not in (None, (), {}) or not field.examples else field.examples[0]
