"""Letters and words as printed: accents set as separate glyphs, ligatures, and hyphens at the end of lines."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

ACCENTS = {
    "´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "¨": "\u0308", "˜": "\u0303", "˘": "\u0306", "ˇ": "\u030c", "¯": "\u0304", "˙": "\u0307",
    "˚": "\u030a", "˝": "\u030b", "¸": "\u0327", "˛": "\u0328", "ˋ": "\u0300", "ˊ": "\u0301", "\u0301": "\u0301", "\u0300": "\u0300",
    "\u0302": "\u0302", "\u0308": "\u0308", "\u0303": "\u0303", "\u030c": "\u030c", "\u0327": "\u0327", "\u0328": "\u0328",
}  # fmt: skip
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_TEX = dict(zip("\x0b\x0c\x0d\x0e\x0f\x1b\x1c\x1d\x1e\x1f", ("ff", "fi", "fl", "ffi", "ffl") * 2, strict=True))
"""The ligatures where TeX's encodings OT1 and T1 have them; bitmap fonts come without a table that says so."""
_TEX_SIGNS = {"\x84": "†", "\x85": "‡", "\x86": "‖", "\x88": "•"}
"""Signs where TeX's encoding TS1 has them; its fonts hold no letters, so a sign stands in a span of its own."""
_CORK = dict(zip(map(chr, range(0x80, 0x9C)), "ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻ", strict=True))
"""Capitals where TeX's encoding T1 has them; in Unicode nothing is printed there. Source: Ferguson, TUGboat 11 (1990), the Cork encoding."""
_CORK_LETTER = re.compile(r"(?<=[A-ZÀ-Þ])[\x80-\x9b]|(?<![^\W\d_])[\x80-\x9b](?=[^\W\d_])")
_TEX_LIGATURE = re.compile(r"(?<=[^\W\d_])[\x0b-\x0f\x1b-\x1f]|[\x0b-\x0f\x1b-\x1f](?=[^\W\d_])")
_NEVER_WRITTEN = frozenset("ȨȩḨḩḐḑ")  # a cedilla that stands beside one of these belongs to the letter on its other side
DOTLESS = {"ı": "i", "ȷ": "j"}
_ACCENT_FIRST = re.compile("([" + "".join(ACCENTS) + r"]) ?(\w)")
_ACCENT_LAST = re.compile(r"(\w) ?([" + "".join(ACCENTS) + "])")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_FIRST_PARTS = frozenset(
    "one two three four five six seven eight nine half single double multi many few low high mid well self non cross large small long short "
    "full real zero fine open closed state left right top bottom human computer data time wide fast slow deep".split()
)
_ENDINGS = re.compile(
    r"(?:[a-z]{1,2}|est|ing|ings|ment|ments|less|ness|ful|fully|teen|teens|teenth|ties|tieth|ity|ities|i[sz](?:e|ed|es|ing|ation|ations)|ism|ist|"
    r"ists|istic|able|ably|ally|oid|ish|ship|ships|hood|some|ward|wards|cut|cuts|light|lights|lighted|lighting|way|ways|over|line|lines|"
    r"point|points|scale|stamp|stamps|base|bases|set|sets|fold|pl[a-z]+|tude|tudes|hand|bar|most|self)$"
)


def compose(text: str) -> str:
    """Put accents that were drawn as glyphs of their own onto their letters, and resolve ligatures.

    TeX's old encodings draw the accent first, some producers draw it last; a pair that has no composed form is left as it is.
    """
    for ligature, letters in LIGATURES.items():
        if ligature in text:
            text = text.replace(ligature, letters)
    if not any(accent in text for accent in ACCENTS):
        return text
    text = _ACCENT_FIRST.sub(lambda m: _pair(m[2], m[1]) or m[0], text)
    text = _ACCENT_LAST.sub(lambda m: _pair(m[1], m[2]) or m[0], text)
    return unicodedata.normalize("NFC", text)


def from_tex(text: str) -> str:
    """Resolve what stands in the codes of TeX's own encodings: ligatures beside letters, and spans made of signs."""
    if text.strip(" ") and all(c in _TEX_SIGNS for c in text.strip(" ")):
        return "".join(_TEX_SIGNS.get(c, c) for c in text)
    return _CORK_LETTER.sub(lambda m: _CORK[m[0]], _TEX_LIGATURE.sub(lambda m: _TEX[m[0]], text))


def _pair(letter: str, accent: str) -> str:
    """Return *letter* with *accent* as one character, or nothing when there is no such character."""
    composed = unicodedata.normalize("NFC", DOTLESS.get(letter, letter) + ACCENTS[accent])
    return composed if len(composed) == 1 and composed not in _NEVER_WRITTEN else ""


_HAN = r"[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff5e]"  # CJK punctuation, kana, ideographs and full-width forms: no blanks between them
_HAN_END, _HAN_START = re.compile(f"{_HAN}$"), re.compile(_HAN)


class Words:
    """The words of one paper, counted: what tells a hyphen that belongs to a word from one made by a line break."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._count: Counter[str] = Counter()
        for line in lines:
            self._count.update(w.lower() for w in _WORD.findall(line))

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Whether *left* and *right*, the two halves of a word broken over a line, are joined by a real hyphen.

        Where the paper does not print the word elsewhere, number words and the like keep it (`one-dimensional`), unless what follows is the
        ending of a longer word (`four-teen`).
        """
        if not right[:1].islower() or not left[-1:].isalpha():
            return True
        with_hyphen, without = self._count[f"{left}-{right}".lower()], self._count[f"{left}{right}".lower()]
        if with_hyphen or without:
            return with_hyphen > without
        return left.lower() in _FIRST_PARTS and not _ENDINGS.match(right)


def join_lines(lines: Sequence[str], words: Words) -> tuple[str, tuple[int, ...]]:
    """Join printed lines to running text.

    Returns:
        The text, and for each line the offset at which it begins in the text.
    """
    text = ""
    starts = []
    for raw in lines:
        line = re.sub(r"\s+", " ", raw).strip()
        if not text:
            starts.append(0)
            text = line
            continue
        text = _glue(text, line, words)
        starts.append(min(len(text), max(0, len(text) - len(line))))
    return text, tuple(starts)


def _glue(text: str, line: str, words: Words) -> str:
    if not line:
        return text
    if _HAN_END.search(text) and _HAN_START.match(line):
        return text + line
    if text.endswith("\u00ad"):
        return text[:-1] + line
    if text.endswith("/") and "://" in text.split(" ")[-1] and not line[0].isupper():
        return text + line
    if not text.endswith(("-", "\u2010")):
        return f"{text} {line}"
    half = re.search(r"([\w-]*\w)[-\u2010]$", text)
    rest = re.match(r"\w+(?:-\w+)*", line)
    if half is None or rest is None:
        return f"{text} {line}" if text.endswith(" -") else text + line
    if "://" in text[-80:].split(" ")[-1] or "-" in half[1] or words.keeps_hyphen(half[1], rest[0]):
        return text + line
    return text[:-1] + line
