"""What a text must pass before it is printed: pure functions from a text and its paper to the faults found.

Each check returns the words that broke it, empty when the text passed. `CHECKS` names them all; a digest records which were passed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from offline_digest.language import cjk_share, latin_terms, length, numbers, sentence_spans
from offline_digest.language.leftovers import leftovers
from offline_digest.records import Language

CHECKS = ("language", "length", "repetition", "leftovers", "copied", "numbers", "terms", "expansions")
EXEMPT_TERMS = frozenset(
    "ai gpu cpu tpu api 2d 3d pdf url arxiv github code vs etc sota baseline ml dl nlp cv the a of and in on for to with is it i".split()
)
SMALL = 11  # written-out numbers up to ten are everyday words (`two stages`, 三个步骤) and claim little

_UNPUNCTUATED_ZH = re.compile(r"[\u3400-\u9fff]{60,}")
_ENDS = re.compile(r"[.!?。！？…][\"'”’)）」]?$")
_EXPANSION = re.compile(r"\b([A-Z][A-Za-z]*[A-Z][A-Za-z0-9-]*)s?\s*[（(]([A-Za-z][A-Za-z\s-]{4,80})[）)]")
_ABBREVIATED = re.compile(r"((?:[A-Za-z][\w-]*\s+){1,8})[（(]([A-Z][A-Za-z]*[A-Z][A-Za-z0-9-]*)s?[）)]")


@dataclass(frozen=True)
class Source:
    """Everything a text may draw on: the paper's own words and the facts of its metadata."""

    text: str

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """All values printed in the paper, small ones too."""
        return frozenset(numbers(self.text))

    @cached_property
    def terms(self) -> frozenset[str]:
        """All words in Latin letters, folded, and their parts at hyphens and slashes."""
        found: set[str] = set()
        for term in latin_terms(self.text):
            found.update(_folded(part) for part in (term, *re.split(r"[-/.&+'’]", term)) if part)
        return frozenset(found)

    @cached_property
    def folded(self) -> str:
        """The text in lower case letters and digits alone, for phrases."""
        return _squeezed(self.text)


def failures(
    lines: Sequence[str],
    language: Language,
    *,
    target: tuple[int, int],
    source: Source,
    others: Iterable[str] = (),
    whole_sentences: bool = True,
) -> dict[str, tuple[str, ...]]:
    """Return check → offending words for one field; empty when everything passed.

    Args:
        lines: The field's lines.
        language: The language that was asked for.
        target: Wished shortest and longest line.
        source: The paper.
        others: Lines of other fields and the question itself, which must not be said again.
        whole_sentences: False for bullets, names and titles, which may end without a full stop.
    """
    text = "\n".join(lines)
    found = {
        "language": _language(text, language),
        "length": tuple(f for line in lines for f in _length(line, language, target, whole_sentences=whole_sentences))
        or (() if lines else ("empty",)),
        "repetition": _repetition(lines, language),
        "leftovers": tuple(kind for line in lines for kind in leftovers(line)),
        "copied": _copied(lines, others),
        "numbers": tuple(str(n) for n in sorted(numbers(text, written_from=SMALL) - source.numbers)),
        "terms": tuple(foreign_terms(text, language, source)),
        "expansions": tuple(foreign_expansions(text, source)),
    }
    return {name: words for name, words in found.items() if words}


def _language(text: str, language: Language) -> tuple[str, ...]:
    share = cjk_share(text)
    wrong = share < 0.5 if language == "zh" else share > 0.05
    return (f"{share:.2f} Chinese",) if wrong else ()


def _length(line: str, language: Language, target: tuple[int, int], *, whole_sentences: bool) -> tuple[str, ...]:
    """Half the shortest to one and a half times the longest wished line is accepted: a target is not a law."""
    n = length(line, language)
    if not 0.5 * target[0] <= n <= 1.5 * target[1]:
        return (f"{n} for {target[0]}-{target[1]}",)
    if whole_sentences and not _ENDS.search(line.strip()):
        return ("stops in mid-sentence",)
    return ()


def _repetition(lines: Sequence[str], language: Language) -> tuple[str, ...]:
    squeezed = [_squeezed(line) for line in lines]
    if len(set(squeezed)) < len(squeezed):
        return ("a line twice",)
    text = "\n".join(lines)
    run = _UNPUNCTUATED_ZH.search(text)
    if run:
        return (run[0][:20],)
    sentences = [s for line in lines for a, b in sentence_spans(line) if len(s := _squeezed(line[a:b])) >= 12]
    if len(set(sentences)) < len(sentences):
        return ("a sentence twice",)
    units = re.findall(r"[\u3400-\u9fff]|\w+", text) if language == "zh" else text.lower().split()
    size = 8 if language == "zh" else 5
    grams = Counter(tuple(units[i : i + size]) for i in range(len(units) - size + 1))
    worst = grams.most_common(1)
    return (" ".join(worst[0][0]),) if worst and worst[0][1] > 2 else ()


def _copied(lines: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
    said = {s for other in others for a, b in sentence_spans(other) if len(s := _squeezed(other[a:b])) >= 15}
    return tuple(line[a:b][:40] for line in lines for a, b in sentence_spans(line) if _squeezed(line[a:b]) in said)


def foreign_terms(text: str, language: Language, source: Source) -> list[str]:
    """Return the terms of *text* that the paper never prints.

    In Chinese every Latin-script word counts; in English only what is a name, an acronym, mixed-case or carries digits, for which the
    first word of a sentence gives no sign unless it has capitals or digits inside.
    """
    found: list[str] = []
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        for i, term in enumerate(latin_terms(sentence)):
            claims = language == "zh" or _is_name(term, first=i == 0)
            if claims and _folded(term) not in EXEMPT_TERMS and not _printed(term, source):
                found.append(term)
    return found


def _is_name(term: str, *, first: bool) -> bool:
    """Tell whether an English word is a name by its look."""
    inside = term[1:]
    if any(c.isupper() or c.isdigit() for c in inside):
        return True
    return term[0].isupper() and not first and len(term) > 1


def _printed(term: str, source: Source) -> bool:
    """Tell whether the paper prints *term*, whole or in parts."""
    if _folded(term) in source.terms:
        return True
    parts = [p for p in re.split(r"[-/.&+'’]", term) if p]
    return len(parts) > 1 and all(_folded(p) in source.terms or _folded(p) in EXEMPT_TERMS for p in parts)


def foreign_expansions(text: str, source: Source) -> list[str]:
    """Return the spelled-out abbreviations of *text* that the paper does not spell so."""
    found = [m[2] for m in _EXPANSION.finditer(text) if _squeezed(m[2]) not in source.folded]
    for match in _ABBREVIATED.finditer(text):
        words, letters = match[1].split(), [c for c in match[2] if c.isalpha()]
        phrase = " ".join(words[-len(letters) :])
        initials = "".join(w[0] for w in words[-len(letters) :]).lower()
        if initials == "".join(letters).lower() and _squeezed(phrase) not in source.folded:
            found.append(phrase)
    return found


def _folded(word: str) -> str:
    """Return *word* in lower case without a plural s."""
    word = word.lower()
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _squeezed(text: str) -> str:
    """Return letters and digits alone, lower case."""
    return re.sub(r"[\W_]+", "", text.lower())
