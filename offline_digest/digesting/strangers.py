"""What a text claims that its paper does not print: numbers, units, names, people, spelled-out abbreviations, quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from offline_digest.digesting.repeats import squeezed
from offline_digest.digesting.source import JOINTS, Source, folded, folded_words, sizes, without_cited_numbers
from offline_digest.digesting.vocabulary import CHINESE_NAMES
from offline_digest.language import chinese_characters, latin_terms, length, measures, numbers, sentence_spans
from offline_digest.language.measures import SCALE_OF
from offline_digest.records import Language

SMALL = 11  # written-out numbers up to ten are everyday words (`two stages`, 三个步骤) and claim little

_ACRONYM = r"(?<![A-Za-z0-9-])[A-Za-z]{0,12}[A-Z][A-Za-z0-9-]{0,12}"
_WORDS = r"[A-Za-z][A-Za-z \t-]{3,90}"
_SAYS = r"[（(](?:short for |即|全称[为是]?)?|[，,]?\s?(?:which )?(?:stands|short) for |[，,]?(?:即|全称[为是]?)\s?"
_BEHIND = re.compile(rf"(?P<acronym>{_ACRONYM})\s?(?:{_SAYS})[\"“]?(?P<words>{_WORDS})")
_BEFORE = re.compile(rf"(?P<words>{_WORDS})\s?[（(,，]\s?(?P<acronym>{_ACRONYM})[)）]")
_CLOSES = re.compile(r"[)）]")
_OTHERS = (["et", "al"], ["and", "colleagues"], ["and", "coworkers"], ["and", "co-workers"])
_AND_OTHERS = re.compile(r"(?P<name>[\u3400-\u9fff]{2,8}?)等(?:人(?![群类员工口体物机才])|学者|研究者|研究人员)")
_ROLES = frozenset("者员家师生民工队户童人们士手属友长女子")  # the last character of what may stand before 等人 without being a name
_DOTTED_NAME = re.compile(r"[\u3400-\u9fff]{2,6}·(?:[A-Z]\.?·)?[\u3400-\u9fff]{2,6}")
_CHINESE_NAME = re.compile("|".join(CHINESE_NAMES))
_QUOTATION = re.compile(r"“([^“”\n]{2,400})”|\"([^\"\n]{2,400})\"|「([^「」\n]{2,400})」")
_QUOTED_WORDS = 2  # one word in quotation marks is an odd word, two are a quotation
_QUOTED_CHARACTERS = 16  # of Chinese; what is shorter is a term
_CLAUSE = re.compile(r"[，,。；;！？]")
_LITTLE_WORDS = frozenset("of the a an and in on for to by with from at".split())


def foreign_numbers(text: str, source: Source) -> tuple[str, ...]:
    """Return the numbers of *text* whose value the paper never prints."""
    claims = numbers(without_cited_numbers(text), written_from=SMALL)
    return tuple(str(n) for n in sorted(claims - source.numbers)) if claims else ()


def foreign_units(text: str, source: Source) -> tuple[str, ...]:
    """Return the measures of *text* whose number the paper prints with other units only.

    A number that stands without a unit somewhere may be meant, unless it also stands with another unit of the same dimension. A size (`512 × 256`)
    is a measure, too, where the paper prints one of its numbers in other sizes only.
    """
    text = without_cited_numbers(text)
    claims = sorted(measures(text))
    found = [f"{v:f} {unit}" for v, unit in claims if unit and v in source.measures and not _measured(v, unit, source.measures[v])]
    found += [" × ".join(sorted(size)) for size in sizes(text) if size not in source.sizes and any(size & other for other in source.sizes)]
    return tuple(found)


def _measured(value: Decimal, unit: str, printed: frozenset[str]) -> bool:
    """Tell whether a number *printed* with these units may have that one."""
    slipped = not SCALE_OF.get(unit, frozenset()).isdisjoint(printed) and not (value < SMALL and value == int(value))
    return unit in printed or ("" in printed and not slipped)


def foreign_people(text: str, source: Source) -> tuple[str, ...]:
    """Return the people whom *text* names in Chinese characters that the paper does not print.

    How a name that is printed in Latin letters is written in Chinese is a guess, and mostly a wrong one.
    """
    if text.isascii():
        return ()
    names = [m["name"] for m in _AND_OTHERS.finditer(text) if m["name"][-1] not in _ROLES] + _DOTTED_NAME.findall(text)
    printed = [author for author in source.people if author in text]
    names += [m[1] for author in printed for m in re.finditer(rf"([\u3400-\u9fff]{{2,6}})\s?[（(]\s?{re.escape(author)}", text)]
    return tuple(n for n in names if not any(n[-size:] in source.text for size in (2, 3, 4)))


def foreign_terms(text: str, language: Language, source: Source) -> list[str]:
    """Return the terms of *text* that the paper never prints.

    In Chinese every Latin-script word counts, and a well-known institution in Chinese characters;
    in English only what is a name, an acronym, mixed-case or carries digits, for which the
    first word of a sentence gives no sign unless it has capitals or digits inside or is named as an author (`Doe et al.`, `Ada Doe and colleagues`, `Doe's`).
    """
    found: list[str] = []
    for start, end in sentence_spans(text):
        terms = latin_terms(text[start:end])
        for i, term in enumerate(terms):
            first = i == 0 and not term.endswith(("'s", "’s")) and not any(terms[n : n + 2] in _OTHERS for n in (1, 2))
            claims = language == "zh" or _is_name(term, first=first)
            if claims and not _printed(term, source):
                found.append(term)
    if language == "zh":
        named = dict.fromkeys(name for name in _CHINESE_NAME.findall(text) if name not in source.text)
        found += [name for name in named if not any(folded(word) in source.terms for word in CHINESE_NAMES[name].split())]
    return found


def _is_name(term: str, *, first: bool) -> bool:
    """Tell whether an English word is a name by its look."""
    if any(c.isupper() or c.isdigit() for c in term[1:]) or "." in term:
        return True
    return term[0].isupper() and not first and len(term) > 1


def _printed(term: str, source: Source) -> bool:
    """Tell whether the paper prints *term*, whole, in parts or in another form of the same word, or needs not."""
    if source.knows(term) or not {squeezed(term), folded(squeezed(term))}.isdisjoint(source.terms):
        return True
    if "/" in term:  # `CPU/GPU`, and `km/s/Mpc` where the paper prints powers
        return all(_printed(part, source) for part in term.split("/") if part)
    parts = [p for p in JOINTS.split(term) if p]
    if len(parts) > 1 and not any(len(p) == 1 or p.isdigit() for p in parts):
        # `Transformer-based`: beside a name, the plain word is free.
        claims = parts if term.islower() else [p for p in parts if not p.islower()]
        return all(source.knows(p) for p in claims)
    # The number of `10ms` and `3DGS` is looked up among the numbers.
    letters = term.lstrip("0123456789")
    return letters != term and source.knows(letters)


def foreign_expansions(text: str, source: Source) -> list[str]:
    """Return the spelled-out abbreviations of *text* that the paper does not spell so.

    Words beside an abbreviation spell it out when their initials run through it (`LoRA` and `low-rank adaptation`), or when they are written
    like a name and have as many words as it has capitals.
    """
    found: list[str] = []
    for match in _BEHIND.finditer(text):
        words = folded_words(match["words"])
        if (_spells(words, match["acronym"]) or _titles(match["words"], match["acronym"])) and not source.has_phrase(words):
            found.append(match["words"].strip())
    for match in _BEFORE.finditer(text) if _CLOSES.search(text) else ():
        words = folded_words(match["words"])
        sizes = range(len(words), 1, -1) if len(words) < 13 else range(12, 1, -1)
        spelled = [words[-n:] for n in sizes if _spells(words[-n:], match["acronym"], whole=True)]
        if spelled and not any(source.has_phrase(phrase) for phrase in spelled):
            found.append(" ".join(spelled[0]))
    return found


def _titles(words: str, acronym: str) -> bool:
    """Tell whether *words* are written like a name and are as many as the capitals of *acronym*."""
    names = [word for word in re.findall(r"[A-Za-z]+", words) if word not in _LITTLE_WORDS]
    return len(names) > 1 and len(names) == sum(c.isupper() for c in acronym) and all(name[0].isupper() for name in names)


def _spells(words: Sequence[str], acronym: str, *, whole: bool = False) -> bool:
    """Tell whether the initials of *words* run through *acronym*; with *whole* through all its capitals."""
    initials = "".join(w[0] for w in words if w not in _LITTLE_WORDS)
    letters = acronym.lower()
    capitals = "".join(c for c in acronym.removesuffix("s") if c.isupper()).lower()
    if len(capitals) < 2 or len(initials) < 2 or initials[0] != letters[0]:
        return False
    rest = iter(letters)
    return all(c in rest for c in initials) and (not whole or len(initials) >= len(capitals))


def foreign_quotations(text: str, source: Source) -> tuple[str, ...]:
    """Return what *text* has in quotation marks and the paper does not print, apart from signs, white space and case.

    In a post, quotation marks say that the paper's own words stand between them. A term in Chinese may stand in them too.
    """
    found = []
    for m in _QUOTATION.finditer(text):
        span = m[m.lastindex or 0]
        if chinese_characters(span):
            is_quotation = length(span, "zh") >= _QUOTED_CHARACTERS or _CLAUSE.search(span) is not None
        else:
            is_quotation = len(folded_words(span)) >= _QUOTED_WORDS
        if is_quotation and squeezed(span) not in source.squeezed:
            found.append(span[:40])
    return tuple(found)
