"""Which script a text is written in, how long it is for a reader, and which Latin-script terms it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WIDE = r"\u2014\u2018-\u201d\u2026\u3001-\u3011\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e"
_BREAK_IN_CHINESE = re.compile(rf"(?<=[{_WIDE}])[^\S\n]*\n\s*(?=[{_WIDE}])")
_LATIN_TERM = re.compile(r"(?:(?<![\d.,])\d{1,3})?[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ0-9]*(?:[-'’+./&][A-Za-zÀ-ÖØ-öø-ɏ0-9]+)*")
_OTHER_LETTER = re.compile(r"[^\W\d_A-Za-zÀ-ÖØ-öø-ɏ\u0370-\u03ff\u3400-\u4dbf\u4e00-\u9fff\u2100-\u214f\U0001d400-\U0001d7ff]")


def cjk_share(text: str) -> float:
    """Return the share of Chinese characters among Chinese characters and Latin words; 0.0 for a text with neither.

    A Latin word counts as one, for that is how much of a sentence it takes.
    """
    chinese = 0 if text.isascii() else len(_CJK.findall(text))
    if not chinese:
        return 0.0
    latin = len(_LATIN_TERM.findall(text))
    return chinese / (chinese + latin)


def is_chinese(text: str) -> bool:
    """Tell whether *text* is mostly Chinese."""
    return cjk_share(text) > 0.5


def words_in(text: str) -> float:
    """Return how many words *text* has; those of Chinese, which are not written apart, by their usual length of 1.6 characters."""
    return length(text, "zh") / 1.6 if is_chinese(text) else len(text.split())


def length(text: str, language: str) -> int:
    """Return the length a reader feels: Chinese characters and Latin words in `zh`, words in `en`."""
    if language == "zh":
        return len(_CJK.findall(text)) + len(_LATIN_TERM.findall(text))
    return len(text.split())


def unbroken(text: str) -> str:
    """Return *text* with white space folded; a line break between Chinese characters is no space, for they are written without."""
    return " ".join((_BREAK_IN_CHINESE.sub("", text) if "\n" in text else text).split())


def latin_terms(text: str) -> list[str]:
    """Return the words written in Latin letters, in order, with the digits and inner hyphens they carry (`GPT-3`, `U-Net`, `3D`)."""
    return _LATIN_TERM.findall(text)


def chinese_characters(text: str) -> set[str]:
    """Return the Chinese characters of *text*."""
    return set(_CJK.findall(text))


def other_letters(text: str) -> set[str]:
    """Return the letters that are neither Latin, Greek, Chinese nor mathematical."""
    return set(_OTHER_LETTER.findall(text))


def is_traditional(text: str) -> bool:
    """Tell whether *text* is written in traditional Chinese characters.

    Source: GB 2312 holds the simplified ones, Big5 the traditional; a rare character may be missing from the first, several are not.
    """
    chinese = _CJK.findall(text)
    traditional = {c for c in chinese if not _encodes(c, "gb2312") and _encodes(c, "big5")}
    return len(traditional) > 1 and sum(c in traditional for c in chinese) > 0.02 * len(chinese)


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def word_places(text: str) -> Callable[[int], float]:
    """Return a function from a position in *text* to the words before it, counted by characters: six to a word, of Chinese 1.6."""
    if text.isascii():
        return lambda position: position / 6
    places = list(accumulate((1 / 1.6 if "\u3400" <= c <= "\u9fff" else 1 / 6 for c in text), initial=0.0))
    return places.__getitem__
