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

from offline_digest.digesting.repeats import Wording, asked_back, copied, repetition, squeezed
from offline_digest.digesting.vocabulary import EXEMPT_TERMS, SHORT_FORMS
from offline_digest.language import cjk_share, latin_terms, length, numbers, other_scripts, sentence_spans
from offline_digest.language.leftovers import leftovers
from offline_digest.language.likeness import STOP_WORDS
from offline_digest.records import Language

CHECKS = ("language", "length", "repetition", "leftovers", "prompt", "copied", "numbers", "terms", "expansions")
SMALL = 11  # written-out numbers up to ten are everyday words (`two stages`, 三个步骤) and claim little

_ENDS = re.compile(r"[.!?。！？…][\"'”’)）」]?$")
_CUT = re.compile(r"(?:[,，、;；:：(（-]|\b(?:the|a|an|of|and|or|to|with|in|for|by|that|which)|[和与及或])$")
_CITED_NUMBERS = re.compile(r"(?<=[^\s=∈(,])\s?\[[1-9]\d{0,2}(?:\s?[,;–-]\s?[1-9]\d{0,2})*\]")
_ACRONYM = r"(?<![A-Za-z0-9-])[A-Za-z]{0,12}[A-Z][A-Za-z0-9-]{0,12}"
_WORDS = r"[A-Za-z][A-Za-z \t-]{3,90}"
_SAYS = r"[（(](?:short for |即|全称[为是]?)?|[，,]?\s?(?:which )?(?:stands|short) for |[，,]?(?:即|全称[为是]?)\s?"
_BEHIND = re.compile(rf"(?P<acronym>{_ACRONYM})\s?(?:{_SAYS})[\"“]?(?P<words>{_WORDS})")
_BEFORE = re.compile(rf"(?P<words>{_WORDS})\s?[（(,，]\s?(?P<acronym>{_ACRONYM})[)）]")
_LITTLE_WORDS = frozenset("of the a an and in on for to by with from at".split())
_JOINTS = re.compile(r"[-/.&+'’]")


@dataclass(frozen=True)
class Source:
    """Everything a text may draw on: the paper's own words and the facts of its metadata."""

    text: str

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """All values printed in the paper, small ones too; the numbers of cited works say nothing about this one."""
        return frozenset(numbers(_CITED_NUMBERS.sub("", self.text), every_reading=True))

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
    """
    text = "\n".join(lines)
    found = {
        "language": _language(text, language),
        "length": tuple(f for line in lines for f in _length(line, language, target, whole_sentences=whole_sentences))
        or (() if lines else ("empty",)),
        "repetition": repetition(lines, language),
        "leftovers": tuple(kind for line in lines for kind in leftovers(line)),
        "prompt": asked_back(lines, wording),
        "copied": copied(lines, others),
        "numbers": tuple(str(n) for n in sorted(numbers(_CITED_NUMBERS.sub("", text), written_from=SMALL) - source.numbers)),
        "terms": tuple(foreign_terms(text, language, source)),
        "expansions": tuple(foreign_expansions(text, source)),
    }
    return {name: words for name, words in found.items() if words}


def _language(text: str, language: Language) -> tuple[str, ...]:
    share = cjk_share(text)
    wrong = share < 0.5 if language == "zh" else share > 0.05
    if wrong:
        return (f"{share:.2f} Chinese",)
    return ("another script",) if other_scripts(text) > 0.05 * len(text) else ()


def _length(line: str, language: Language, target: tuple[int, int], *, whole_sentences: bool) -> tuple[str, ...]:
    """Half the shortest to one and a half times the longest wished line is accepted: a target is not a law."""
    n = length(line, language)
    if not 0.5 * target[0] <= n <= 1.5 * target[1]:
        return (f"{n} for {target[0]}-{target[1]}",)
    line = line.strip()
    if _CUT.search(line) or (whole_sentences and not _ENDS.search(line)):
        return ("stops in mid-sentence",)
    return ()


def foreign_terms(text: str, language: Language, source: Source) -> list[str]:
    """Return the terms of *text* that the paper never prints.

    In Chinese every Latin-script word counts; in English only what is a name, an acronym, mixed-case or carries digits, for which the
    first word of a sentence gives no sign unless it has capitals or digits inside or is named as an author (`Doe et al.`, `Doe's`).
    """
    found: list[str] = []
    for start, end in sentence_spans(text):
        terms = latin_terms(text[start:end])
        for i, term in enumerate(terms):
            first = i == 0 and not term.endswith(("'s", "’s")) and terms[1:3] != ["et", "al"]
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
