"""Layers that membership dictionaries turn on and off: MuPDF 1.28 draws some that viewers hide, and hides some that they show.

Source: ISO 32000-1, 8.11.2.2; seen with MuPDF 1.28.2, which takes AllOn and AnyOff for their opposites and ignores visibility expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

_WORD = re.compile(r"[\[\]]|/\w+|\d+ \d+ R")
_DEEPEST = 8
_POLICIES: dict[str, Callable[[list[bool]], bool]] = {
    "AllOn": all,
    "AnyOff": lambda states: not all(states),
    "AllOff": lambda states: not any(states),
}


def settle_memberships(document: Any) -> None:  # noqa: ANN401 - PyMuPDF is untyped
    """Replace in the open *document* each membership dictionary by one that MuPDF takes for what it comes to; the file is not written."""
    if not document.get_ocgs():
        return
    layer = document.get_layer()
    off = (
        frozenset(layer.get("off", ()))
        if layer.get("basestate") != "OFF"
        else frozenset(document.get_ocgs()) - frozenset(layer.get("on", ()))
    )
    group = next(iter(document.get_ocgs()))
    never = f"<</Type/OCMD/OCGs {group} 0 R/P/{'AnyOn' if group in off else 'AllOff'}>>"
    shown = {xref: _is_shown(document, xref, off) for xref in _memberships(document)}
    for xref, is_shown in shown.items():
        document.update_object(xref, "<</Type/OCMD>>" if is_shown else never)


def _memberships(document: Any) -> list[int]:  # noqa: ANN401 - PyMuPDF is untyped
    return [x for x in range(1, document.xref_length()) if document.xref_get_key(x, "Type")[1] == "/OCMD"]


def _is_shown(document: Any, xref: int, off: frozenset[int]) -> bool:  # noqa: ANN401 - PyMuPDF is untyped
    expression = document.xref_get_key(xref, "VE")[1]
    if expression != "null":
        return _value(document, iter(_WORD.findall(expression)), off)
    groups = [int(ref.split()[0]) for ref in _WORD.findall(document.xref_get_key(xref, "OCGs")[1]) if ref.endswith("R")]
    states = [group not in off for group in groups]
    return not states or _POLICIES.get(document.xref_get_key(xref, "P")[1].lstrip("/"), any)(states)


def _value(document: Any, words: Iterator[str], off: frozenset[int], depth: int = 0) -> bool:  # noqa: ANN401 - PyMuPDF is untyped
    """Return the value of the expression that *words* begin with; nonsense, and what is nested too deep, counts as shown."""
    word = next(words, "")
    if word.endswith("R"):
        xref = int(word.split()[0])
        if depth < _DEEPEST and 0 < xref < document.xref_length() and document.xref_object(xref).lstrip().startswith("["):
            return _value(document, iter(_WORD.findall(document.xref_object(xref))), off, depth + 1)
        return xref not in off
    operator = next(words, "") if word == "[" else ""
    values: list[bool] = []
    while depth < _DEEPEST and (following := next(words, "]")) != "]":
        values.append(_value(document, _put_back(following, words), off, depth + 1))
    return {"/Not": not all(values[:1]) if values else True, "/And": all(values), "/Or": any(values) or not values}.get(operator, True)


def _put_back(word: str, words: Iterator[str]) -> Iterator[str]:
    yield word
    yield from words
