"""The values that a post prints but did not write itself: lines from papers and models, and web addresses.

Neither has a spelling of its own: a `Text` and an `Address` are printed by the target of a format alone (`posting.targets`), so that no
template can forget to escape them. Not even `repr` tells what they hold, for a template could print that.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit

from offline_digest.language import linear_tex, unbroken
from offline_digest.posting.tex import Run, split_runs
from offline_digest.posting.typography import is_chinese, set_chinese
from offline_digest.records import Language

_KEPT_FORMAT = "\u200c\u200d"  # joiners that scripts and emoji need


@dataclass(frozen=True, slots=True)
class Text:
    """One clean line, cut into prose, formulas and addresses; false when there is nothing to see."""

    runs: tuple[Run, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return any(run.text.strip() for run in self.runs)

    def __str__(self) -> NoReturn:
        raise TypeError("A text of a paper is printed through the target of a format, never as it is.")

    @property
    def source(self) -> str:
        """The line as characters, formulas between dollars."""
        return "".join(f"${run.text}$" if run.kind == "formula" else run.text for run in self.runs)

    @property
    def linear(self) -> Text:
        """The line for places that render no TeX: formulas in Unicode where that says the same."""
        return Text(tuple(Run("prose", line) if run.kind == "formula" and (line := linear_tex(run.text)) else run for run in self.runs))

    @property
    def language(self) -> Language:
        """The language it is written in, by its script."""
        return "zh" if is_chinese(self.runs) else "en"


@dataclass(frozen=True, slots=True)
class Address:
    """A plain http or https address, without spaces, quotation marks, brackets `<>` and backslashes."""

    url: str = field(repr=False)

    def __str__(self) -> NoReturn:
        raise TypeError("An address is printed through the target of a format, never as it is.")


def plain(text: str) -> Text:
    """Return a line that is printed as it stands, but for its formulas and addresses."""
    return Text(split_runs(clean(text)))


def tex(text: str) -> Text:
    """Return a line of TeX source, as titles and abstracts of catalogues are: its commands resolved, set by the rules of its script."""
    return Text(set_chinese(split_runs(clean(text), tex=True)))


def prose(text: str) -> Text:
    """Return a line that a model wrote, set by the rules of its script."""
    return Text(set_chinese(split_runs(clean(text))))


def safe_address(url: str) -> Address | None:
    """Return *url* as an address, or None unless it is a plain http or https one without user and password."""
    if clean(url) != url or re.search(r"[\s<>\"\\`]", url):
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return None
    except ValueError:
        return None
    return Address(url) if re.fullmatch(r"[\w.:\[\]-]+", parts.netloc) else None


def clean(text: str) -> str:
    """Return *text* as one line: control, bidirectional, private-use and replacement characters gone, white space folded."""
    return " ".join((unbroken(text) if "\n" in text else text).translate(_PRINTED).split())


class _Printed(dict[int, str]):
    """What each character becomes; found out once per character, for a post has a hundred thousand."""

    def __missing__(self, number: int) -> str:
        char = chr(number)
        self[number] = " " if char.isspace() else char if _is_printable(char) else ""
        return self[number]


_PRINTED = _Printed()


def _is_printable(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cf":
        return char in _KEPT_FORMAT
    return category not in ("Cc", "Cs", "Co") and char != "\ufffd" and ord(char) & 0xFFFE != 0xFFFE
