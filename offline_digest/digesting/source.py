"""What a paper prints, prepared for looking up what a text claims: numbers, measures, words and phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from offline_digest.digesting.repeats import squeezed
from offline_digest.digesting.vocabulary import EXEMPT_TERMS, SHORT_FORMS
from offline_digest.language import chinese_characters, latin_terms, measures, numbers, other_letters
from offline_digest.language.likeness import STOP_WORDS

JOINTS = re.compile(r"[-/.&+'’]")
_WORD = re.compile(r"[^\W_]+")
_LOWER_WORD = re.compile(r"(?<![^\W_])[a-zà-öø-ÿ]{3,}")
_ENDING = re.compile(r"(?<=\w{4})(?:ing|ed|ion|e)$|(?<=\w{3})(?:ing|ed|e)$")
_NUMBER_BEHIND = re.compile(r"[\s-]\d{1,4}[A-Za-z]{0,3}(?![\w.])")
_LAST_LETTERS = re.compile(r"[A-Za-z]+\Z")
_DIGITS = re.compile(r"[\d.,%]+")
_SIZE = re.compile(r"(?<![\d.^])(\d+)\s?[×xX*]\s?(?=(\d+)(?![\d.^]))")
_CITED_NUMBERS = re.compile(r"(?<=[^\s=∈(,])\s?\[[1-9]\d{0,2}(?:\s?[,;–-]\s?[1-9]\d{0,2})*\]")


@dataclass(frozen=True)
class Source:
    """Everything a text may draw on: the paper's own words and the facts of its metadata; `people` are its authors."""

    text: str
    people: tuple[str, ...] = ()

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """All values printed in the paper, small ones too; the numbers of cited works say nothing about this one."""
        return frozenset(numbers(self._uncited, every_reading=True))

    @cached_property
    def measures(self) -> dict[Decimal, frozenset[str]]:
        """Value → the units it is printed with, `""` where it stands without one."""
        found: dict[Decimal, set[str]] = {}
        for value, unit in measures(self._uncited):
            found.setdefault(value, set()).add(unit)
        for value in numbers(_DIGITS.sub(" ", self.text)):  # of a number in words the unit is not looked at
            found.setdefault(value, set()).add("")
        return {value: frozenset(units) for value, units in found.items()}

    @cached_property
    def sizes(self) -> frozenset[frozenset[str]]:
        """The printed pairs of numbers with a sign of multiplication between (`512 × 256`), in any order."""
        return frozenset(sizes(self._uncited))

    @cached_property
    def _uncited(self) -> str:
        return without_cited_numbers(self.text)

    @cached_property
    def letters(self) -> frozenset[str]:
        """The printed letters that are neither Latin nor Greek."""
        return frozenset(other_letters(self.text) | chinese_characters(self.text))

    @cached_property
    def terms(self) -> frozenset[str]:
        """All words in Latin letters, folded, with and without their joints and last digits, and their parts; `GPT 3` as `gpt3` too."""
        found: set[str] = set()
        for term in set(latin_terms(self.text)):
            if term.isalpha():
                found.add(folded(term))
            else:
                found.update(folded(part) for part in (term, squeezed(term), term.rstrip("0123456789"), *JOINTS.split(term)) if part)
        found.update(squeezed(name) for name in _numbered_names(self.text))
        return frozenset(found)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words printed in lower case: who reads `fine-tuned` may write `fine-tuning`."""
        return frozenset(_stem(folded(word)) for word in set(_LOWER_WORD.findall(self.text)))

    @cached_property
    def phrases(self) -> str:
        """The folded words one after the other, each between spaces, for looking up phrases."""
        return f" {' '.join(folded_words(self.text))} "

    @cached_property
    def squeezed(self) -> str:
        """The text's letters and digits alone, for looking up quotations."""
        return squeezed(self.text)

    def knows(self, word: str) -> bool:
        """Tell whether *word* is exempt or printed, for a plain word also in another form (`fine-tuned`, `Tuning`)."""
        bare = folded(word)
        if bare in SHORT_FORMS and self.has_phrase(folded_words(SHORT_FORMS[bare])):
            return True
        if bare in EXEMPT_TERMS or bare in STOP_WORDS:
            return True
        return bare in self.terms or (word[1:].islower() and _stem(bare) in self.stems)

    def has_phrase(self, words: Sequence[str]) -> bool:
        """Tell whether the paper prints *words*, folded, one after the other."""
        return f" {' '.join(words)} " in self.phrases


def _numbered_names(text: str) -> Iterator[str]:
    """Yield the words with a number behind them (`GPT 3`, `Task-10b`), of longer words their last 20 letters; no part of one is in two."""
    end = 0
    for number in _NUMBER_BEHIND.finditer(text):
        word = _LAST_LETTERS.search(text, max(end, number.start() - 20), number.start())
        if word:
            end = number.end()
            yield word[0] + number[0]


def sizes(text: str) -> list[frozenset[str]]:
    """Return the pairs of neighbouring numbers with a sign of multiplication between, but for powers of ten."""
    return [frozenset((m[1], m[2])) for m in _SIZE.finditer(text) if "10" not in (m[1], m[2])]


def without_cited_numbers(text: str) -> str:
    """Return *text* without reference marks in brackets, whose numbers claim nothing."""
    return _CITED_NUMBERS.sub("", text) if "[" in text else text


def folded_words(text: str) -> list[str]:
    """Return the folded words of *text*, apart at hyphens."""
    words = _WORD.findall(text)
    once = {word: folded(word) for word in set(words)}
    return [once[word] for word in words]


def folded(word: str) -> str:
    """Return *word* in lower case without accents, possessive and plural s."""
    word = word.lower()
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    word = word.removesuffix("'s").removesuffix("’s")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _stem(word: str) -> str:
    """Return what the forms of one English word have in common, as far as endings tell."""
    return _ENDING.sub("", word)
