"""What is said twice: within a field, in two fields, or back at the one who asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from offline_digest.language import content_units, numbers, overlap, sentence_spans
from offline_digest.records import Language

ALIKE = 0.75  # lines that share so much of the shorter one say the same
RUN = {"en": 6, "zh": 10}  # words or characters in a row that nobody takes from a question by chance
RESTATED = 0.9  # of a sentence's words
FEWEST = 6  # content words: shorter sentences resemble others by chance
SHORTEST = 15  # letters: shorter sentences may well be said twice
TWICE = {"en": 12, "zh": 8}  # letters or characters of a sentence that nobody writes twice by chance
STUTTER = 8  # words or characters, at most
GRAM = 4  # words or characters
GRAM_SHARE = 0.5

_UNPUNCTUATED = re.compile(r"[\u3400-\u9fff]{60,}|(?<![^\s.,;:!?()])(?:[^\s.,;:!?()]++ ){60,}")
_UNIT = {"en": re.compile(r"\w+"), "zh": re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9]+")}
_SPLITS = re.compile(r"[^\w\s.%]+|\.(?!\d)")
_WORD = re.compile(r"[\u3400-\u9fff]|\d+(?:\.\d+)?|[^\W\d\u3400-\u9fff]+|%")
_BETWEEN = re.compile(r"[\W_]+")
_VALUE = re.compile(r"\$\w+")
_QUESTION = re.compile(r"[?？][\"'”’)）」]*$")
_HEADING = re.compile(r"[:：]$|^(?:step|point|part|步骤|要点|第[一二三四五六七八九十]步)\s*\d*$", re.IGNORECASE)


class Wording:
    """All questions and hints of one language, to be recognised in answers.

    Args:
        texts: Wordings with their placeholders (`$low`).
        language: Their language.
    """

    def __init__(self, texts: Iterable[str], language: Language) -> None:
        self._language = language
        # A placeholder, like the end of a sentence, breaks a run.
        parts = [part for text in texts for a, b in sentence_spans(text) for part in _VALUE.split(text[a:b])]
        units = [self._units(part) for part in parts]
        self._grams = {gram for part in units for gram in _grams(part, GRAM)}
        self._runs = {gram for part in units for gram in _grams(part, RUN[language])}

    def echoes(self, sentence: str) -> bool:
        """Tell whether *sentence* is mostly, or for a long run, taken from a question."""
        units = self._units(sentence)
        if any(gram in self._runs for gram in _grams(units, RUN[self._language])):
            return True
        grams = _grams(units, GRAM)
        taken = sum(gram in self._grams for gram in grams)
        return taken >= min(2, len(grams)) and taken >= GRAM_SHARE * len(grams) > 0

    def _units(self, text: str) -> list[str]:
        """Return words without their plural s, or single characters."""
        return [u[:-1] if len(u) > 3 and u.endswith("s") else u for u in _UNIT[self._language].findall(text.lower())]


def asked_back(lines: Sequence[str], wording: Wording | None) -> tuple[str, ...]:
    """Return what repeats a question, asks one itself or is only a heading; nothing without *wording*."""
    if wording is None:
        return ()
    sentences = [line[a:b] for line in lines for a, b in sentence_spans(line)]
    found = [s[:40] for s in sentences if _QUESTION.search(s) or wording.echoes(s)]
    return (*found, *(line[:40] for line in lines if _HEADING.search(line.strip())))


def repetition(lines: Sequence[str], language: Language) -> tuple[str, ...]:
    """Return the first thing that one field says twice, or runs of text without punctuation."""
    if any(says_again(line, lines[:i]) for i, line in enumerate(lines)):
        return ("a line twice",)
    text = "\n".join(lines)
    run = _UNPUNCTUATED.search(text)
    if run:
        return (run[0][:20],)
    if stuttered := next(_stutters(text), None):
        return (stuttered,)
    sentences = [s for line in lines for a, b in sentence_spans(line) if len(s := squeezed(line[a:b])) >= TWICE[language]]
    if len(set(sentences)) < len(sentences):
        return ("a sentence twice",)
    units = re.findall(r"[\u3400-\u9fff]|\w+", text) if language == "zh" else text.lower().split()
    grams = _grams(units, 8 if language == "zh" else 5)
    if len(grams) < len(set(grams)) + 2:  # nothing can be there three times
        return ()
    gram, times = Counter(grams).most_common(1)[0]
    return (" ".join(gram),) if times > 2 else ()


def _stutters(text: str) -> Iterator[str]:
    """Yield what stands there twice in a row with nothing but spaces between: `120 天 120 天的`.

    Not two Chinese characters, which may well be doubled (一个一个), nor a chain that goes on: `3 x 3 x 3`, `step by step by step`. Of 160,917
    abstracts, titles and Chinese fields of digests 16 have one, half of them by mistake.
    """
    for part in _SPLITS.split(text.lower()):
        words = _WORD.findall(part)
        for size in range(2, min(STUTTER, len(words) // 2) + 1):
            for i in range(len(words) - 2 * size + 1):
                run, end = words[i : i + size], i + 2 * size
                if run != words[i + size : end] or (size == 2 and all("\u3400" <= word <= "\u9fff" for word in run)):
                    continue
                if words[max(i, 1) - 1 : i] != run[-1:] and words[end : end + 1] != run[:1]:
                    yield " ".join(run * 2)


def says_again(line: str, earlier: Iterable[str]) -> bool:
    """Tell whether *line* differs from an earlier one in a few words only; lines with other numbers tell other things."""
    this = _said(line)
    return any(
        this.bare == other.bare or (overlap(this.units, other.units) >= ALIKE and not _tell_other_numbers(this.text, other.text))
        for other in map(_said, earlier)
    )


def _tell_other_numbers(a: str, b: str) -> bool:
    left, right = numbers(a), numbers(b)
    return bool(left - right and right - left)


def copied(lines: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences of *lines* that stand in *others* too, word for word or nearly so."""
    elsewhere = [sentence for other in others for sentence in _sentences_said(other)]
    return tuple(
        sentence.text[:40]
        for line in lines
        for sentence in _sentences_said(line)
        if len(sentence.bare) >= SHORTEST and any(sentence.bare == other.bare or _restates(sentence, other) for other in elsewhere)
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A text prepared for being compared: its letters and digits, and its distinct content words."""

    text: str
    bare: str
    units: frozenset[str]


# A line is compared with every line of its digest, so what was made of it is kept as long as one paper is judged.
@lru_cache(maxsize=256)
def _said(text: str) -> _Said:
    return _Said(text, squeezed(text), content_units(text))


@lru_cache(maxsize=256)
def _sentences_said(text: str) -> tuple[_Said, ...]:
    return tuple(_said(text[a:b]) for a, b in sentence_spans(text))


def _restates(sentence: _Said, other: _Said) -> bool:
    """Tell whether nearly all that the shorter of the two says stands in the other; with other numbers it says something else."""
    return overlap(sentence.units, other.units, least=FEWEST) >= RESTATED and not _tell_other_numbers(sentence.text, other.text)


def squeezed(text: str) -> str:
    """Return letters and digits alone, lower case."""
    return _BETWEEN.sub("", text.lower())


def _grams(units: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Return the runs of *size* units; a shorter text has none."""
    return list(zip(*(units[i:] for i in range(size)), strict=False))
