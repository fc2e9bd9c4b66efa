"""What a text must pass before it is printed: pure functions from a text and its paper to the faults found.

Each check returns the words that broke it, empty when the text passed. `CHECKS` names them all, that of places too, for which a
line needs more than words (`places`); a digest records which were passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from offline_digest.digesting.glossary import Pair, untranslated
from offline_digest.digesting.places import PLACES
from offline_digest.digesting.repeats import Wording, asked_back, copied, repetition
from offline_digest.digesting.source import Source, folded_words
from offline_digest.digesting.strangers import (
    foreign_expansions,
    foreign_numbers,
    foreign_people,
    foreign_quotations,
    foreign_terms,
    foreign_units,
)
from offline_digest.language import (
    chinese_characters,
    cjk_share,
    is_traditional,
    latin_terms,
    length,
    numbers,
    other_letters,
    sentence_spans,
)
from offline_digest.language.generic import telling_characters, telling_words
from offline_digest.language.leftovers import leftovers
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
    PLACES,
    "terms",
    "people",
    "expansions",
    "quotations",
    "glossary",
)
LEAST_WORDS = 2  # words of the paper's own in an English line
LEAST_CHARACTERS = 4  # characters that are not said of every paper, in a Chinese line
LEAST_SHARE = 0.2  # of a longer line
SUBJECT = 3  # words: who copies `We show that` writes `The authors show that`
QUOTED = 12  # words in a row behind those that nobody takes from a paper by chance

_ENDS = re.compile(r"[.!?。！？…][\"'”’)）」]?$")
_CUT = re.compile(
    r"(?:[,，、;；:：(（-]|(?:^|[.!?] )(?:[^\s.]+ ){1,3}et al\."
    r"|\b(?:the|a|an|of|and|or|to|with|in|for|by|that|which)|以及|并且|而且|但是|因为|由于|为了|通过|[和与及或把将被])$"
)
_DENIES = re.compile(r"\b(?:not|never|cannot|nothing|none|no)\b|n['’]t\b|[没未无非]|不(?:[会能是与和同可做作曾])", re.IGNORECASE)
_PER_ITSELF = re.compile(
    r"\b([A-Za-z]{3,}?)s (?:per|for (?:each|every)) \1\b|每(分钟|小时|秒|天|年|米|克)[^，。；,;每]{0,4}\d[\d.]*\s?(?:个)?\2", re.IGNORECASE
)
_SPLIT_PEOPLE = re.compile(  # but not on average, and not of a thousand or a million
    r"(?<!average )(?<!mean )(?<!平均)(?<!平均 )(?<!均有 )(?<!每)(?<![\d.])\d+\.\d*[1-9]\d*\s?"
    r"(?:people|persons|users|participants|patients|subjects|students|volunteers|人|名)"
    r"(?![类口均次工脑机])"
)
_OPENS, _CLOSES = re.compile(r"[(（《「]"), re.compile(r"[)）》」]")


def failures(
    lines: Sequence[str],
    language: Language,
    *,
    target: tuple[int, int],
    source: Source,
    others: Iterable[str] = (),
    wording: Wording | None = None,
    whole_sentences: bool = True,
    own_words: bool = False,
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
        own_words: Whether a sentence of the paper's own, which is printed as a quotation or not at all, is a fault.
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
        "content": () if wording is None else tuple(part[:40] for line in lines for part in _empty_parts(line, language, source)),
        "copied": copied(lines, others) + (_unmarked_quotations(lines, source) if own_words and language == "en" else ()),
        "numbers": foreign_numbers(text, source),
        "units": foreign_units(text, source),
        "terms": tuple(foreign_terms(text, language, source)),
        "people": foreign_people(text, source),
        "expansions": tuple(foreign_expansions(text, source)),
        "quotations": foreign_quotations(text, source),
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


def _unmarked_quotations(lines: Sequence[str], source: Source) -> tuple[str, ...]:
    """Return the long sentences of *lines* that the paper prints in the same words."""
    sentences = [line[a:b] for line in lines for a, b in sentence_spans(line)]
    behind = [(sentence, folded_words(sentence)[SUBJECT:]) for sentence in sentences]
    return tuple(sentence[:40] for sentence, words in behind if len(words) >= QUOTED and source.has_phrase(words))


def _empty_parts(line: str, language: Language, source: Source) -> list[str]:
    """Return *line* if it is empty, else its sentences that deny something and are, its amounts of a thing per that very thing, and split people."""
    if is_empty(line, language, source):
        return [line]
    sentences = [line[a:b] for a, b in sentence_spans(line)]
    denials = [s for s in sentences if _DENIES.search(s) and is_empty(s, language, source)]
    return denials + [m[0] for pattern in (_PER_ITSELF, _SPLIT_PEOPLE) for m in pattern.finditer(line)]


def is_empty(line: str, language: Language, source: Source) -> bool:
    """Tell whether *line* says nothing of its paper: hardly a word that is not said of every paper, or none that this one prints."""
    values = numbers(line)
    if language == "zh":
        terms = [t for t in latin_terms(line) if len(t) > 1]
        told = telling_characters(line) + 2 * (len(values) + len(terms))
        return told < max(LEAST_CHARACTERS, LEAST_SHARE * length(line, language))
    told = len(values) + sum(source.knows(word) for word in telling_words(line))
    return told < max(LEAST_WORDS, LEAST_SHARE * length(line, language))
