"""What a text must pass before it is printed: pure functions from a text and its paper to the faults found.

Each check returns the words that broke it, empty when the text passed. `CHECKS` names them all; a digest records which were passed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from offline_digest.digesting.glossary import Pair, untranslated
from offline_digest.digesting.repeats import Wording, asked_back, copied, repetition, squeezed
from offline_digest.digesting.vocabulary import EXEMPT_TERMS, SHORT_FORMS
from offline_digest.language import (
    chinese_characters,
    cjk_share,
    is_traditional,
    latin_terms,
    length,
    measures,
    numbers,
    other_letters,
    sentence_spans,
)
from offline_digest.language.generic import telling_characters, telling_words
from offline_digest.language.leftovers import leftovers
from offline_digest.language.likeness import STOP_WORDS
from offline_digest.records import Language

CHECKS = (
    "language",
    "length",
    "repetition",
    "leftovers",
    "prompt",
    "content",
    "copied",
    "numbers",
    "units",
    "terms",
    "people",
    "expansions",
    "glossary",
)
SMALL = 11  # written-out numbers up to ten are everyday words (`two stages`, 三个步骤) and claim little

LEAST_WORDS = 2  # words of the paper's own in an English line
LEAST_CHARACTERS = 4  # characters that are not said of every paper, in a Chinese line
LEAST_SHARE = 0.1  # of a longer line

_DIGITS = re.compile(r"[\d.,%]+")
_ENDS = re.compile(r"[.!?。！？…][\"'”’)）」]?$")
_CUT = re.compile(
    r"(?:[,，、;；:：(（-]|\b(?:the|a|an|of|and|or|to|with|in|for|by|that|which)|以及|并且|而且|但是|因为|由于|为了|通过|[和与及或把将被])$"
)
_OPENS, _CLOSES = re.compile(r"[(（《「]"), re.compile(r"[)）》」]")
_CITED_NUMBERS = re.compile(r"(?<=[^\s=∈(,])\s?\[[1-9]\d{0,2}(?:\s?[,;–-]\s?[1-9]\d{0,2})*\]")
_ACRONYM = r"(?<![A-Za-z0-9-])[A-Za-z]{0,12}[A-Z][A-Za-z0-9-]{0,12}"
_WORDS = r"[A-Za-z][A-Za-z \t-]{3,90}"
_SAYS = r"[（(](?:short for |即|全称[为是]?)?|[，,]?\s?(?:which )?(?:stands|short) for |[，,]?(?:即|全称[为是]?)\s?"
_BEHIND = re.compile(rf"(?P<acronym>{_ACRONYM})\s?(?:{_SAYS})[\"“]?(?P<words>{_WORDS})")
_BEFORE = re.compile(rf"(?P<words>{_WORDS})\s?[（(,，]\s?(?P<acronym>{_ACRONYM})[)）]")
_OTHERS = (["et", "al"], ["and", "colleagues"], ["and", "coworkers"], ["and", "co-workers"])
_AND_OTHERS = re.compile(r"(?P<name>[\u3400-\u9fff]{2,8}?)等(?:人(?![群类员工口体物机才])|学者|研究者|研究人员)")
_ROLES = frozenset("者员家师生民工队户童人们士手属友长女子")  # the last character of what may stand before 等人 without being a name
_DOTTED_NAME = re.compile(r"[\u3400-\u9fff]{2,6}·(?:[A-Z]\.?·)?[\u3400-\u9fff]{2,6}")
_LITTLE_WORDS = frozenset("of the a an and in on for to by with from at".split())
_JOINTS = re.compile(r"[-/.&+'’]")


@dataclass(frozen=True)
class Source:
    """Everything a text may draw on: the paper's own words and the facts of its metadata; `people` are its authors."""

    text: str
    people: tuple[str, ...] = ()

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """All values printed in the paper, small ones too; the numbers of cited works say nothing about this one."""
        return frozenset(numbers(_CITED_NUMBERS.sub("", self.text), every_reading=True))

    @cached_property
    def measures(self) -> dict[Decimal, frozenset[str]]:
        """Value → the units it is printed with, `""` where it stands without one."""
        found: dict[Decimal, set[str]] = {}
        for value, unit in measures(_CITED_NUMBERS.sub("", self.text)):
            found.setdefault(value, set()).add(unit)
        for value in numbers(_DIGITS.sub(" ", self.text)):  # of a number in words the unit is not looked at
            found.setdefault(value, set()).add("")
        return {value: frozenset(units) for value, units in found.items()}

    @cached_property
    def letters(self) -> frozenset[str]:
        """The printed letters that are neither Latin nor Greek."""
        return frozenset(other_letters(self.text) | chinese_characters(self.text))

    @cached_property
    def terms(self) -> frozenset[str]:
        """All words in Latin letters, folded, with and without their joints and last digits, and their parts; `GPT 3` as `gpt3` too."""
        found: set[str] = set()
        for term in latin_terms(self.text):
            found.update(_folded(part) for part in (term, squeezed(term), term.rstrip("0123456789"), *_JOINTS.split(term)) if part)
        found.update(squeezed(m[0]) for m in re.finditer(r"[A-Za-z]{1,20}[\s-]\d{1,4}[A-Za-z]{0,3}(?![\w.])", self.text))
        return frozenset(found)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words printed in lower case: who reads `fine-tuned` may write `fine-tuning`."""
        return frozenset(_stem(_folded(word)) for word in re.findall(r"(?<![^\W_])[a-zà-öø-ÿ]{3,}", self.text))

    @cached_property
    def phrases(self) -> str:
        """The folded words one after the other, each between spaces, for looking up phrases."""
        return f" {' '.join(_words(self.text))} "


def failures(
    lines: Sequence[str],
    language: Language,
    *,
    target: tuple[int, int],
    source: Source,
    others: Iterable[str] = (),
    wording: Wording | None = None,
    whole_sentences: bool = True,
    glossary: Sequence[Pair] = (),
) -> dict[str, tuple[str, ...]]:
    """Return check → offending words for one field; empty when everything passed.

    Args:
        lines: The field's lines.
        language: The language that was asked for.
        target: Wished shortest and longest line.
        source: The paper.
        others: Lines of other fields and the question itself, which must not be said again.
        wording: What was asked, in that language; None for names and titles, which may be questions themselves.
        whole_sentences: False for bullets, names and titles, which may end without a full stop.
        glossary: Translations that must be used.
    """
    text = "\n".join(lines)
    found = {
        "language": _language(text, language, source),
        "length": tuple(f for line in lines for f in _length(line, language, target, whole_sentences=whole_sentences))
        or (() if lines else ("empty",)),
        "repetition": repetition(lines, language),
        "leftovers": tuple(kind for line in lines for kind in leftovers(line)),
        "prompt": asked_back(lines, wording),
        "content": () if wording is None else tuple(line[:40] for line in lines if is_empty(line, language, source)),
        "copied": copied(lines, others),
        "numbers": tuple(str(n) for n in sorted(numbers(_CITED_NUMBERS.sub("", text), written_from=SMALL) - source.numbers)),
        "units": foreign_units(text, source),
        "terms": tuple(foreign_terms(text, language, source)),
        "people": foreign_people(text, source),
        "expansions": tuple(foreign_expansions(text, source)),
        "glossary": tuple(term for term, _ in untranslated(glossary, text)),
    }
    return {name: words for name, words in found.items() if words}


def _language(text: str, language: Language, source: Source) -> tuple[str, ...]:
    """A letter of another script is right only where the paper prints it."""
    share = cjk_share(text)
    if share < 0.5 if language == "zh" else share > 0.05:
        return (f"{share:.2f} Chinese",)
    if language == "zh" and is_traditional(text):
        return ("traditional characters",)
    foreign = other_letters(text) | (set() if language == "zh" else chinese_characters(text))
    return tuple(sorted(foreign - source.letters))


def _length(line: str, language: Language, target: tuple[int, int], *, whole_sentences: bool) -> tuple[str, ...]:
    """Half the shortest to one and a half times the longest wished line is accepted: a target is not a law."""
    n = length(line, language)
    if not 0.5 * target[0] <= n <= 1.5 * target[1]:
        return (f"{n} for {target[0]}-{target[1]}",)
    line = line.strip()
    if _CUT.search(line) or len(_OPENS.findall(line)) > len(_CLOSES.findall(line)) or (whole_sentences and not _ENDS.search(line)):
        return ("stops in mid-sentence",)
    return ()


def is_empty(line: str, language: Language, source: Source) -> bool:
    """Tell whether *line* says nothing of its paper: hardly a word that is not said of every paper, or none that this one prints."""
    values = numbers(line)
    if language == "zh":
        terms = [t for t in latin_terms(line) if len(t) > 1]
        told = telling_characters(line) + 2 * (len(values) + len(terms))
        return told < max(LEAST_CHARACTERS, LEAST_SHARE * length(line, language))
    told = len(values) + sum(_is_known(word, source) for word in telling_words(line))
    return told < max(LEAST_WORDS, LEAST_SHARE * length(line, language))


def foreign_units(text: str, source: Source) -> tuple[str, ...]:
    """Return the measures of *text* whose number the paper prints with other units only."""
    claims = sorted(measures(_CITED_NUMBERS.sub("", text)))
    return tuple(f"{v:f} {unit}" for v, unit in claims if unit and v in source.measures and not {unit, ""} & source.measures[v])


def foreign_people(text: str, source: Source) -> tuple[str, ...]:
    """Return the people whom *text* names in Chinese characters that the paper does not print.

    How a name that is printed in Latin letters is written in Chinese is a guess, and mostly a wrong one.
    """
    names = [m["name"] for m in _AND_OTHERS.finditer(text) if m["name"][-1] not in _ROLES] + _DOTTED_NAME.findall(text)
    names += [m[1] for author in source.people for m in re.finditer(rf"([\u3400-\u9fff]{{2,6}})\s?[（(]\s?{re.escape(author)}", text)]
    return tuple(n for n in names if not any(n[-size:] in source.text for size in (2, 3, 4)))


def foreign_terms(text: str, language: Language, source: Source) -> list[str]:
    """Return the terms of *text* that the paper never prints.

    In Chinese every Latin-script word counts; in English only what is a name, an acronym, mixed-case or carries digits, for which the
    first word of a sentence gives no sign unless it has capitals or digits inside or is named as an author (`Doe et al.`, `Doe's`).
    """
    found: list[str] = []
    for start, end in sentence_spans(text):
        terms = latin_terms(text[start:end])
        for i, term in enumerate(terms):
            first = i == 0 and not term.endswith(("'s", "’s")) and terms[1:3] not in _OTHERS
            claims = language == "zh" or _is_name(term, first=first)
            if claims and not _printed(term, source):
                found.append(term)
    return found


def _is_name(term: str, *, first: bool) -> bool:
    """Tell whether an English word is a name by its look."""
    if any(c.isupper() or c.isdigit() for c in term[1:]) or "." in term:
        return True
    return term[0].isupper() and not first and len(term) > 1


def _printed(term: str, source: Source) -> bool:
    """Tell whether the paper prints *term*, whole, in parts or in another form of the same word, or needs not."""
    if _is_known(term, source) or squeezed(term) in source.terms:
        return True
    parts = [p for p in _JOINTS.split(term) if p]
    if len(parts) > 1 and not any(len(p) == 1 or p.isdigit() for p in parts):
        # `Transformer-based`: beside a name, the plain word is free.
        claims = parts if term.islower() else [p for p in parts if not p.islower()]
        return all(_is_known(p, source) for p in claims)
    # The number of `10ms` and `3DGS` is looked up among the numbers.
    letters = term.lstrip("0123456789")
    return letters != term and _is_known(letters, source)


def _is_known(word: str, source: Source) -> bool:
    """Tell whether *word* is exempt or printed, for a plain word also in another form (`fine-tuned`, `Tuning`)."""
    folded = _folded(word)
    if folded in SHORT_FORMS and _has_phrase(source, _words(SHORT_FORMS[folded])):
        return True
    if folded in EXEMPT_TERMS or folded in STOP_WORDS:
        return True
    return folded in source.terms or (word[1:].islower() and _stem(folded) in source.stems)


def foreign_expansions(text: str, source: Source) -> list[str]:
    """Return the spelled-out abbreviations of *text* that the paper does not spell so.

    Words beside an abbreviation spell it out when their initials run through it (`LoRA` and `low-rank adaptation`).
    """
    found: list[str] = []
    for match in _BEHIND.finditer(text):
        words = _words(match["words"])
        if _spells(words, match["acronym"]) and not _has_phrase(source, words):
            found.append(match["words"].strip())
    for match in _BEFORE.finditer(text):
        words = _words(match["words"])
        sizes = range(len(words), 1, -1) if len(words) < 13 else range(12, 1, -1)
        spelled = [words[-n:] for n in sizes if _spells(words[-n:], match["acronym"], whole=True)]
        if spelled and not any(_has_phrase(source, phrase) for phrase in spelled):
            found.append(" ".join(spelled[0]))
    return found


def _spells(words: Sequence[str], acronym: str, *, whole: bool = False) -> bool:
    """Tell whether the initials of *words* run through *acronym*; with *whole* through all its capitals."""
    initials = "".join(w[0] for w in words if w not in _LITTLE_WORDS)
    letters = acronym.lower()
    capitals = "".join(c for c in acronym.removesuffix("s") if c.isupper()).lower()
    if len(capitals) < 2 or len(initials) < 2 or initials[0] != letters[0]:
        return False
    rest = iter(letters)
    return all(c in rest for c in initials) and (not whole or len(initials) >= len(capitals))


def _has_phrase(source: Source, words: Sequence[str]) -> bool:
    """Tell whether the paper prints *words* one after the other."""
    return f" {' '.join(words)} " in source.phrases


def _words(text: str) -> list[str]:
    """Return the folded words of *text*, apart at hyphens."""
    return [_folded(w) for w in re.findall(r"[^\W_]+", text)]


def _folded(word: str) -> str:
    """Return *word* in lower case without accents, possessive and plural s."""
    word = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    word = word.removesuffix("'s").removesuffix("’s")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _stem(word: str) -> str:
    """Return what the forms of one English word have in common, as far as endings tell."""
    return re.sub(r"(?<=\w{4})(?:ing|ed|ion|e)$|(?<=\w{3})(?:ing|ed|e)$", "", word)
