"""Which script a text is written in, how long it is for a reader, and which Latin-script terms it names."""

from __future__ import annotations

import re

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_LETTER = re.compile(r"[A-Za-zÀ-ɏ]")
_LATIN_TERM = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9]*(?:[-'’+./&][A-Za-zÀ-ɏ0-9]+)*")


def cjk_share(text: str) -> float:
    """Return the share of Chinese characters among Chinese characters and Latin words; 0.0 for a text with neither.

    A Latin word counts as one, for that is how much of a sentence it takes.
    """
    chinese = len(_CJK.findall(text))
    latin = len(_LATIN_TERM.findall(text))
    return chinese / (chinese + latin) if chinese + latin else 0.0


def length(text: str, language: str) -> int:
    """Return the length a reader feels: Chinese characters and Latin words in `zh`, words in `en`."""
    if language == "zh":
        return len(_CJK.findall(text)) + len(_LATIN_TERM.findall(text))
    return len(text.split())


def latin_terms(text: str) -> list[str]:
    """Return the words written in Latin letters, in order, with the digits and inner hyphens they carry (`GPT-3`, `U-Net`)."""
    return _LATIN_TERM.findall(text)


def has_latin(text: str) -> bool:
    """Tell whether any Latin letter occurs."""
    return _LATIN_LETTER.search(text) is not None
