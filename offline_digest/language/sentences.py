"""Where sentences begin and end, and which of them can be quoted alone."""

from __future__ import annotations

import re

ABBREVIATIONS = frozenset(
    "e.g i.e cf al etc vs resp approx ca fig figs eq eqs eqn eqns sec secs sect ch chap ref refs tab def thm lem prop cor alg app vol no nos "
    "pp p dr prof mr mrs ms st jr sr inc ltd corp dept univ proc conf int trans jan feb mar apr jun jul aug sep sept oct nov dec "
    "w.r.t s.t i.i.d a.k.a viz et max min avg std dim".split()
)
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[^\W_a-z]|\s*$)|[。！？]+[”’）」』]*")
_LAST_WORD = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)\.$")
_SINGLE_CAPITAL = re.compile(r"(?:^|[\s.(-])[A-Z]\.$")

_NUMERIC_CITATION = re.compile(r"\s*\[(?:\d{1,3}[a-z]?)(?:\s*[,;–-]\s*\d{1,3}[a-z]?)*\]")
_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]+"
_AUTHOR_YEAR = re.compile(
    rf"\s*\((?:(?:see|e\.g\.,?|cf\.|i\.e\.,?)\s*(?:also\s*)?,?\s*)?(?:{_NAME}[^()]{{0,80}}?,?\s(?:19|20)\d\d[a-z]?(?:,\s*(?:19|20)\d\d[a-z]?)*\s*[;,]?\s*)+\)"
)

_OPENS_WELL = re.compile(r"[\"'“‘(]?[A-Z0-9À-ÖØ-Þ\u4e00-\u9fff]")
_CLOSES_WELL = re.compile(r"[.!?。！？][\"'”’)）」]?$")
_DEBRIS = re.compile(
    r"\[\s*[\],;?]|\(\s*[),;]|\?\?|�|https?://|\bet al\b|\S+@\S+|[|=<>^_{}\\]|\.\s?\.\s?\.|[\x00-\x1f]"
    # Formulas lose their layout in a quotation, and 10 to the 5th, flattened, would be read as 105.
    r"|[\u0370-\u03ff\u2070-\u209f\u2190-\u21ff\u2200-\u22ff\u27c0-\u27ef\u2980-\u2aff\U0001d400-\U0001d7ff]"
)
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:figs?|figures?|tables?|eqs?|equations?|sections?|secs?|appendix|algorithms?|theorems?|lemmas?|propositions?|chapters?)\b\.?\s*\(?[\dA-Z]\b"
    r"|\bas follows\b|\b(?:in the )?(?:following|next|remaining|previous) (?:sub)?sections?\b|\brest of (?:this|the) (?:paper|article|section)\b"
    r"|\b(?:described|discussed|shown|mentioned|listed|given|stated|defined|presented|see) (?:above|below|later|earlier)\b|\bwe now (?:turn|describe)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"(?:This|That|These|Those|It|They|He|She|Such|However|Moreover|Furthermore|Thus|Hence|Therefore|Also|Then|And|But|Or|So|Otherwise"
    r"|In this case|For example|For instance|Similarly|Likewise|On the other hand|In contrast|Note that|Recall that|Here|There)\b,?\s"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return `(start, end)` of each sentence of *text*, in order; white space between them belongs to none.

    Full stops of abbreviations (`et al.`, `Fig. 3`), of initials (`J. Doe`) and inside numbers end nothing.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _END.finditer(text):
        if _ends_abbreviation(text[start : found.end()]) and text[found.end() :].strip():
            continue
        if text[start : found.end()].strip():
            spans.append(_trimmed(text, start, found.end()))
        start = found.end()
    if text[start:].strip():
        spans.append(_trimmed(text, start, len(text)))
    return spans


def _ends_abbreviation(sentence: str) -> bool:
    """Tell whether the last full stop of *sentence* only shortens a word."""
    if _SINGLE_CAPITAL.search(sentence):
        return True
    word = _LAST_WORD.search(sentence)
    return word is not None and word[1].lower() in ABBREVIATIONS


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without white space at its ends."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def without_citations(sentence: str) -> str:
    """Return *sentence* without reference marks: `[3, 7]`, `(Doe et al., 2020)`."""
    sentence = _AUTHOR_YEAR.sub("", _NUMERIC_CITATION.sub("", sentence))
    return re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s{2,}", " ", sentence)).strip()


def is_quotable(sentence: str) -> bool:
    """Tell whether *sentence* can stand alone as a quotation: whole, plain prose, nothing pointing out of it."""
    words = sentence.split()
    if not 6 <= len(words) <= 60 or not _OPENS_WELL.match(sentence) or not _CLOSES_WELL.search(sentence):
        return False
    if any(sentence.count(a) != sentence.count(b) for a, b in ("()", "[]", "“”")) or sentence.count('"') % 2:
        return False
    if _DEBRIS.search(sentence) or _POINTS_ELSEWHERE.search(sentence):
        return False
    letters = sum(c.isalpha() for c in sentence)
    single = sum(len(w) == 1 and w not in {"a", "A", "I"} for w in words)
    return letters >= 0.72 * len(sentence) and single <= max(1, 0.06 * len(words))


def stands_alone(sentence: str) -> bool:
    """Tell whether *sentence* does not lean on the one before it (`This …`, `However, …`)."""
    return _DANGLING.match(sentence) is None
