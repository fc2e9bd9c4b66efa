"""Words as they are compared: a user's wanted word and a title that holds it in another form become the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from offline_digest.language.tex import resolve_tex

# Letters that no decomposition turns into a plain one.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_SAME_IN_THE_PLURAL = frozenset("news series species lens means gas bias canvas atlas alias chaos".split())
_SHORTEST_PLURAL = 4  # three letters that end in s are mostly abbreviations: GPS, AWS
_SIBILANT = ("se", "xe", "ze", "che", "she")


def folded_words(text: str) -> list[str]:
    """Return the words of *text* in order: lower case, without accents (TeX's too), in the singular; one per Chinese character or kana.

    Everything that is no letter and no digit parts words, so `text-to-image` and `text to image` are the same three, and a Chinese word
    is a run of them. The singular is a form that both numbers share, not always a word (`cases` and `case` are `cas`).
    """
    return [singular(word) for word in _WORD.findall(folded_letters(resolve_tex(text) if "\\" in text else text))]


def folded_letters(text: str) -> str:
    """Return *text* in lower case, letters without accents."""
    return text.lower() if text.isascii() else _FOREIGN.sub(_folded_run, text).lower()


def _folded_run(match: re.Match[str]) -> str:
    return _folded(match[0])


@lru_cache(maxsize=2**12)
def _folded(run: str) -> str:
    """Fold letters outside ASCII; an accent behind a plain letter is such a run too."""
    return "".join(c for c in unicodedata.normalize("NFKD", run.casefold()) if not unicodedata.combining(c)).translate(_LETTERS)


@lru_cache(maxsize=2**15)
def singular(word: str) -> str:
    """Return the form that singular and plural of an English word share; *word* is in lower case."""
    if len(word) < _SHORTEST_PLURAL or word in _SAME_IN_THE_PLURAL or not word.isascii():
        return word
    if word.endswith(("ysis", "esis")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "ics")):
        word = word[:-1]
    if word.endswith("ie"):
        return f"{word[:-2]}y"
    return word[:-1] if word.endswith(_SIBILANT) else word
