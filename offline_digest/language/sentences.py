"""Where sentences begin and end, and which of them can be quoted alone."""

from __future__ import annotations

import re

from offline_digest.language.scripts import is_chinese, words_in

ABBREVIATIONS = frozenset("e.g i.e cf vs resp approx ca dr prof mr mrs ms jr sr w.r.t s.t a.k.a viz proc univ dept conf trans".split())
"""What shortens a word wherever it stands."""
BEFORE_NUMBERS = frozenset(
    "fig figs eq eqs eqn eqns sec secs sect ch chap ref refs tab def thm lem prop cor alg app vol no nos pp p v "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
"""What shortens a word only before a number or a letter that counts (`Fig. 3`, `App. B`, but not `The answer is no. We …`)."""
ALSO_AT_ENDS = frozenset("al etc inc ltd corp st int max min avg std dim u.s u.k e.u ph.d i.i.d".split())
"""What may end a sentence too: it does when the next word is one that often opens sentences."""

_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?:\[\d[\d,;\s–-]{0,40}\])?(?=\s+[\"'“‘(\[]*+[^\W_a-z]|\s*+$)|[。！？]++[”’）」』]*+(?![，、；：,;])"
)
_LAST_WORD = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)\.$")
_SINGLE_CAPITAL = re.compile(r"(?:^|[\s.(-])[A-Z]\.$")
_COUNTS = re.compile(r"\s*[(\[]?(?:\d|[A-Z](?:[.\d]*[).,;:\s]|$)|[IVX]+\b)")
_OPENER = re.compile(
    r"\s*[\"'“‘(]?(?:A|An|The|This|That|These|Those|It|Its|They|Their|We|Our|I|In|On|At|For|From|To|With|By|As|If|When|While|Where|Since|After"
    r"|Before|Because|However|Moreover|Furthermore|Thus|Hence|Therefore|Then|Also|And|But|Although|Finally|First|Next|Here|There|Both|Each|All"
    r"|Some|Many|Most|Unlike|Instead|Such|Note|To)\b"
)
_WINDOW = 24  # characters before a full stop that tell what it ends; longer than any abbreviation

_ONE_CITATION = r"\[\s?[1-9]\d{0,2}[a-z]?(?:\s?[,;–-]\s?[1-9]\d{0,2}[a-z]?)*\s?\]"
_ALPHA_CITATION = r"\[[A-Z][A-Za-z+]{1,7}\d\d[a-z]?(?:[,;]\s?[A-Z][A-Za-z+]{1,7}\d\d[a-z]?)*\]"
_YEAR_CITATION = r"\[(?:19|20)\d\d[a-z]?(?:\s?[,;]\s?(?:19|20)\d\d[a-z]?)*\]"
_CITATION = re.compile(rf"(?:{_ONE_CITATION}|{_ALPHA_CITATION}|{_YEAR_CITATION})")
_SEEN = re.compile(  # `(see [3])`, with nothing else in the bracket
    rf"\s?[(（](?:see(?: also)?|cf\.|as in|参见|详见|见|如)\s?(?:references?|refs?\.?|参考文献|文献)?\s?{_CITATION.pattern}"
    rf"(?:\s?[,，;；]\s?{_CITATION.pattern})*\s?[)）]"
)
_CITATIONS = re.compile(rf"\s?{_CITATION.pattern}(?:(?:\s?[,–-]|,?\sand)?\s?{_CITATION.pattern})*")
_NEEDS_MARK = frozenset(
    "in by of from see to and or with as than on following like via interval range size sizes shape values set = ∈ × intervals ranges".split()
)
"""Words after which a mark in brackets is a part of the sentence (`as in [3]`, `the interval [1, 5]`)."""

_SPACES = re.compile(r"\s{2,}")
_SPACE_BEFORE_MARK = re.compile(r"\s+(?=[.,;:!?。，；：！？])")
_BRACKET = re.compile(r"(?P<open>\s?[(（])(?P<parts>[^()（）]{4,300})(?P<close>[)）])")
_CITATION_WORD = re.compile(
    r"(?:19|20)\d\d[a-z]?(?:[,–-][a-z])*|[A-ZÀ-ÖØ-Þ][\w'’.-]*|et|al\.?|and|&|van|von|der|den|de|del|della|di|da|la|le|el|al-\w+|see|also|e\.g\.|i\.e\."
    r"|cf\.|pp?\.|\d{1,4}(?:[–-]\d{1,4})?|in|press|to|appear|[a-z]|等人?|和|与|见|年"
)
_YEAR = re.compile(r"(?:19|20)\d\d[a-z]?|\bin press|\bto appear")
_MONTH = re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Version)\b")
_VENUE = re.compile(r"^(?:in )?[A-Z][A-Z-]+ (?:19|20)\d\d$")

_OPENS_WELL = re.compile(r"(?!\d+[,;)])[\"'“‘(]?[A-Z0-9À-ÖØ-Þ\u4e00-\u9fff]")
_CLOSES_WELL = re.compile(r"[.!?。！？][\"'”’)）」]?$")
_DEBRIS = re.compile(r"\[\s*[\],;?]|\(\s*[),;]|\?\?|https?://|\(mod |\.\s?\.\s?\.")
_DEBRIS_CHARACTER = re.compile(
    r"[�§|=<>_{}\\\x00-\x1f"
    # Formulas lose their layout in a quotation; a power of a number or a single letter (`10^−26`, `n^2`) is read as written.
    r"\u0370-\u03ff\u2070-\u209f\u2190-\u21ff\u2200-\u2211\u2213-\u22ff\u27c0-\u27ef\u2980-\u2aff\U0001d400-\U0001d7ff]"
    r"|(?<!\^)\u2212|(?<![A-Za-z0-9)])\^|\^(?![\u2212–-]?(?:\d{1,3}|[A-Za-z])(?![\w^(]|\.\d))"
)
_ADDRESS = re.compile(r"\S@\S")
# Alone in a digest most of these read as an unfinished form, whatever they meant in the paper.
_UNFINISHED = re.compile(r"\b(?:et al|[Pp]laceholders?|[Ss]orry|TBD)\b")
_LEFT_OPEN = re.compile(r"x(?<![A-Za-z]x)[xX]{2,}(?![A-Za-z])|X(?<![A-Za-z]X)[xX]{2,}(?![A-Za-z])|N(?<![A-Za-z]N)/A(?![A-Za-z])")
_POINTS_ELSEWHERE = re.compile(  # for lower case
    r"\b(?:(?:figs?|figures?|tables?|eqs?|equations?|sections?|secs?|appendix|algorithms?|theorems?|lemmas?|propositions?|chapters?)\b\.?\s*\(?"
    r"(?:\d+[a-z]?|[a-z]|[ivx]+)\b"
    r"|(?:tabs?|definitions?|remarks?|corollar(?:y|ies)|examples?|listings?|footnotes?)\b\.?\s*\(?\d"
    r"|as (?:follows|can be seen)\b|(?:following|next|remaining|previous) (?:sub)?sections?\b"
    r"|\bthis (?:sub)?(?:section|chapter|appendix)\b|(?:rest|remainder) of (?:this|the) (?:paper|article|section|chapter)\b"
    r"|(?:explained|detailed|described|discussed|shown|mentioned|listed|given|stated|defined|presented|introduced|see) "
    r"(?:(?:above|below|later|earlier)\b|in \(?\d+(?:\.\d+)*\)?(?=[.,;)]|$))"
    r"|we (?:now|next) (?:turn|describe|explain|discuss|show|prove|consider|present|review|introduce|give|state)\b|the following (?:[\w-]+ ){0,2}[\w-]+\.$"
    r"|in (?:(?:the )?(?:table|figure|fig)\b[.,]?$|(?:the|our|an) (?:appendix|appendices|supplement(?:ary materials?)?)\b))"
)
_PLOT_FIRST = re.compile(r"(?:from|in|as [\w ]{4,20} (?:in|from)) (?:the|this|our) (?:\w+ ){0,2}(?:table|figure|plot|graph|diagram)s?,")
_POINTS_ELSEWHERE_ZH = re.compile(
    r"(?:[图表式]|定义|定理|引理|命题|推论|算法)(?:\s?\d|\s?[(（]\d)|[图表]中(?!心)|第\s?[\d一二三四五六七八九十]+\s?[章节]"
    r"|附录|如[下上图表]|[下上]述|[见如]前文|(?:[上下]|前)文|[上下本]节|本章|以下"
)
_LATER_IN_LIST = re.compile(r"[(（](?:2|b|ii|二)[)）]", re.IGNORECASE)
_FIRST_IN_LIST = re.compile(r"[(（](?:1|a|i|一)[)）]", re.IGNORECASE)
_COUNTED = re.compile(r"\d{1,2}(?:(?:\.\d{1,2})+\.?|[.)]) (?:[A-Z][a-z]{2}|[\u4e00-\u9fff])")  # a heading, or an item of a list
_HEADING_RUN_IN = re.compile(  # a small word that opens a sentence, in the middle of one
    r" (?<=[a-z]{3} )(?:To|We|The|In|This|These|For|Our|It|As|When|Since|Given|However|There) [a-z]"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return `(start, end)` of each sentence of *text*, in order; white space between them belongs to none.

    Full stops of abbreviations (`et al.`, `Fig. 3`), of initials (`J. Doe`) and inside numbers end nothing.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    last = len(text.rstrip())
    for found in _END.finditer(text):
        if found.end() < last and _ends_abbreviation(text, found.end()):
            continue
        if not text[start : found.end()].isspace():
            spans.append(_trimmed(text, start, found.end()))
        start = found.end()
    if start < last:
        spans.append(_trimmed(text, start, len(text)))
    return spans


def _ends_abbreviation(text: str, end: int) -> bool:
    """Tell whether the full stop before *end* only shortens a word."""
    if _SINGLE_CAPITAL.search(text, max(0, end - 3), end):
        return _OPENER.match(text, end) is None
    start = max(0, end - _WINDOW)
    found = _LAST_WORD.search(text, max(start, text.rfind(" ", start, end)), end)
    word = found[1].lower() if found else ""
    if word in BEFORE_NUMBERS:
        return _COUNTS.match(text, end) is not None
    return word in ABBREVIATIONS or (word in ALSO_AT_ENDS and _OPENER.match(text, end) is None)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without white space at its ends."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def without_citations(sentence: str) -> str:
    """Return *sentence* without reference marks: `[3, 7]`, `[Doe20]`, `(Doe et al., 2020)`.

    A mark that is a word of its sentence (`as in [3]`) stays; so does what only looks like one: intervals, dates, other brackets.
    """
    sentence = _SPACES.sub(" ", sentence)
    if any(c in sentence for c in "[(（"):
        sentence = _SPACES.sub(" ", _BRACKET.sub(_without_authors, _CITATIONS.sub(_without_marks, _SEEN.sub("", sentence))))
    return _SPACE_BEFORE_MARK.sub("", sentence).strip()


def _without_marks(found: re.Match[str]) -> str:
    """Return nothing for reference marks, but the marks themselves where the sentence needs them."""
    words = found.string[max(0, found.start() - _WINDOW) : found.start()].split()
    before = words[-1] if words else ""
    needed = not before or before.lower().strip("(,") in _NEEDS_MARK or before.endswith((",", ";", "(", "文献", "见", "如"))
    return found[0] if needed else ""


def _without_authors(bracket: re.Match[str]) -> str:
    """Return a bracket without the references (author and year) in it, nothing where it holds nothing else."""
    parts = re.split("[;；]", bracket["parts"])
    kept = [part for part in parts if not _is_reference(part.strip())]
    if len(kept) == len(parts):
        return bracket[0]
    return f"{bracket['open']}{';'.join(kept).strip()}{bracket['close']}" if kept else ""


def _is_reference(part: str) -> bool:
    """Tell whether *part* is authors and year and nothing else."""
    if not _YEAR.search(part) or _MONTH.search(part) or _VENUE.match(part):
        return False
    words = [w for w in re.split(r"[\s,，]+", part) if w]
    return any(w[0].isupper() for w in words) and all(_CITATION_WORD.fullmatch(w) for w in words)


def is_quotable(sentence: str) -> bool:
    """Tell whether *sentence* can stand alone as a quotation: whole, plain prose, nothing pointing out of it."""
    words = sentence.split()
    chinese = is_chinese(sentence)
    if (
        not 6 <= (words_in(sentence) if chinese else len(words)) <= 60
        or not _OPENS_WELL.match(sentence)
        or _COUNTED.match(sentence)
        or not _CLOSES_WELL.search(sentence, len(sentence) - 3)
    ):
        return False
    if any(sentence.count(a) != sentence.count(b) for a, b in ("()", "[]", "“”")) or sentence.count('"') % 2:
        return False
    if (
        any(p.search(sentence) for p in (_DEBRIS_CHARACTER, _CITATION, _DEBRIS, _LEFT_OPEN, _UNFINISHED))
        or ("@" in sentence and _ADDRESS.search(sentence))
        or _POINTS_ELSEWHERE.search(lower := sentence.lower())
        or _PLOT_FIRST.match(lower)
        or (chinese and _POINTS_ELSEWHERE_ZH.search(sentence))
        or _HEADING_RUN_IN.search(sentence)
        or (_LATER_IN_LIST.search(sentence) and not _FIRST_IN_LIST.search(sentence))
    ):
        return False
    letters = sum(map(str.isalpha, sentence))
    single = sum(len(w) == 1 and w not in {"a", "A", "I"} for w in words)
    # A Chinese word has a third of the letters of an English one, a number as many digits and a comma as many marks.
    return letters >= (0.55 if chinese else 0.8) * sum(map(len, words)) and single <= max(1, 0.06 * len(words))
