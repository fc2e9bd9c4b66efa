"""Text as the full-text index takes it, and what users look for as a query that is never read as syntax.

SQLite's `unicode61` finds words between separators and folds case and diacritics. Chinese and Japanese are written without separators, and its
`trigram` finds no word of two characters. So a zero-width space, which is a separator and which nobody sees, is put around each of
their characters: a character is then a token and a word a phrase, found at any length. The same text is kept for the snippet.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from offline_digest.errors import UsageError

TOKENIZER = "unicode61 remove_diacritics 2"
MARK, UNMARK = "\x02", "\x03"  # around a hit in a snippet; control characters never get into the index
MOST_TERMS = 64  # FTS5 refuses expressions deeper than 256
_GAP = "\u200b"
_ALONE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")  # kana and Chinese characters


def indexed(text: str) -> str:
    """Return *text* for the index: letters in their plain form (`ﬁ` as `fi`, full-width as narrow), one token a Chinese character."""
    if text.isascii() and text.isprintable():
        return text
    whole = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    plain = "".join(map(_plain, whole)).replace(_GAP, "")
    return _ALONE.sub(lambda run: f"{_GAP}{(_GAP * 2).join(run[0])}{_GAP}", plain)


@cache
def _plain(c: str) -> str:
    """Return a character as the index has it."""
    return unicodedata.normalize("NFKC", c) if c.isalpha() else " " if unicodedata.category(c) == "Cc" else c


def query(text: str) -> str:
    """Return the FTS5 query for what a user typed: every word of it, in any order; words in letters may go on (`diffus` finds diffusion).

    Raises:
        UsageError: There is no word in it, or there are too many.
    """
    terms = list(dict.fromkeys(term for term in indexed(text).split() if any(c.isalnum() for c in term)))
    if not terms:
        raise UsageError("There is no word to look for.", "Name one or more, in English or Chinese.")
    if len(terms) > MOST_TERMS:
        raise UsageError(f"These are {len(terms)} words to look for, more than {MOST_TERMS}.", "Name fewer.")
    return " ".join(f'"{term.replace(chr(34), chr(34) * 2)}"{"" if term.endswith(_GAP) else "*"}' for term in terms)


def shown(text: str) -> str:
    """Return text of the index as a reader would have it, in one line."""
    return re.sub(r"\s+", " ", text.replace(_GAP, ""))


def hits(snippet: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return a snippet as a reader would have it, in one line, and where its hits begin and end (in characters, the end excluded)."""
    line, spans, start = "", [], 0
    for part in re.split(f"([{MARK}{UNMARK}])", shown(snippet)):
        if part == MARK:
            start = len(line)
        elif part == UNMARK:
            spans.append((start, len(line)))
        else:
            line += part
    return line, tuple(spans)
