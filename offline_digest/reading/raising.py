"""The text of a line from its spans: words apart, marks of footnotes left out, exponents kept as `10^−26`, `n^2`, `x^(k+1)`.

Flattened, 10 to the 5th would read as 105, to a reader and to a model. What cannot be told for certain stays as it was: indices, accents,
stacked fractions, exponents of exponents.

Source:
    Unicode Technical Note 28, UnicodeMath: `^` raises one operand, brackets make one of several. Knuth, The TeXbook, appendix G: in Computer
    Modern an exponent is 0.7 of its base and rises by 0.29 to 0.45 of it; a denominator in text sinks by 0.34.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from offline_digest.reading.boxes import overlap_x
from offline_digest.reading.rawtext import WORD_SPACE
from offline_digest.reading.values import Span

SMALL = 0.87  # of the base
RISE = (0.2, 0.7)  # of the size of the base
SINK = 0.3
_SIGN = "[−–+-]"
_EXPONENT = re.compile(rf"{_SIGN}?(?:[^\W_]|[−–+(),/∗*×·.-]|\s){{0,11}}(?:[^\W_]|\))|{_SIGN}|∗|\*|⊤|⊺")
_ONE_OPERAND = re.compile(rf"{_SIGN}?(?:\d+(?:\.\d+)?|[^\W\d_]+)|{_SIGN}|\([^()]*\)|∗|\*|⊤|⊺")
_ORDINAL = re.compile(r"st|nd|rd|th|TM|SM|[∗*]|\d+(?:st|nd|rd|th)")
_NOTE_MARK = re.compile(r"[\d,∗*†‡§¶–-]{1,7}")
_MEETS = re.compile(r"[^\W\d_]\w|\d\d")  # the end of an exponent and what follows it
_STOP_END = re.compile(r"[^\W\d_][.,;:”\"’]+$")
_BRACKET_END = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")
_PROSE = re.compile(r"[^\W\d_]{4}|\b(?:19|20)\d\d\b")
_CITED = re.compile(r"[\d,;\s–-]+")
_TEN_OR_TWO = re.compile(r"(?<![\d.,])(?:10|2)\s?$")
_WORD = re.compile(r"[^\W\d_]+$")
_FUNCTION = re.compile(r"(?:a?rc)?(?:sin|cos|tan)h?|log|ln|exp|poly|polylog|det")
_UNIT = re.compile(
    r"[kMGTmcdnpfμµ]?(?:m|s|g|W|J|N|K|eV|pc|Hz)|yr|[GM]yr|sec|deg|arcsec|arcmin|erg|sr|cm|ft"
)  # those that are raised to a power
_MATH_FONT = re.compile(
    r"cmmi|cmsy|cmbsy|msbm|eufm|math|mtmi|rmtmi|txmi|newtxmi|libertinusmath|ntxmi|lmmi|eurm|fourier-math", re.IGNORECASE
)


def text_of(spans: Sequence[Span]) -> str:
    """Return what *spans*, the parts of one line from left to right, say."""
    out = ""
    base: Span | None = None
    closed = False
    for run in _runs(spans):
        first, last = run[0], run[-1]
        if base is not None and first.box[0] - base.box[2] > WORD_SPACE * max(first.size, base.size) and not out.endswith(" "):
            out += " "
        text = "".join(s.text for s in run)
        if not _is_note_mark(first, text, out):
            power = base is not None and _is_power(run, base, out, spans)
            out += " " if closed and _MEETS.search(out[-1:] + text[:1]) else ""
            out += f"^{_operand(text)}" if power else text
            closed = power
        base = last
    return " ".join(out.split())


def _runs(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Yield *spans* one by one, but those together that rise side by side from one base."""
    base: Span | None = None
    run: list[Span] = []
    for span in spans:
        if base is not None and _rises(span, base) and (not run or span.box[0] - run[-1].box[2] < WORD_SPACE * base.size):
            run.append(span)
            continue
        if run:
            yield run
        run = []
        yield [span]
        base = span if span.text.strip() else base
    if run:
        yield run


def _rises(span: Span, base: Span) -> bool:
    if span.size >= SMALL * base.size:
        return False
    if math.isnan(base.baseline - span.baseline):
        return span.raised and bool(_TEN_OR_TWO.search(base.text))
    return RISE[0] < (base.baseline - span.baseline) / base.size < RISE[1]


def _is_note_mark(first: Span, text: str, before: str) -> bool:
    """Whether a raised *text* is the mark of a footnote or a citation: it follows a word, a full stop or prose in brackets."""
    if not first.raised or not _NOTE_MARK.fullmatch(text.strip()):
        return False
    word = _WORD.search(before)
    if word:
        return len(word[0]) > 2 and not _is_raised_name(word[0])
    bracket = _BRACKET_END.search(before)
    if bracket:
        return bool(_PROSE.search(bracket[1]) or _CITED.fullmatch(bracket[1]))
    return bool(_STOP_END.search(before))


def _is_raised_name(word: str) -> bool:
    return bool(_FUNCTION.fullmatch(word) or _UNIT.fullmatch(word))


def _is_power(run: Sequence[Span], base: Span, before: str, line: Sequence[Span]) -> bool:
    """Whether *run* is the exponent of *base*, the span before it: a number, a letter, a unit, a function or something in brackets."""
    text = "".join(s.text for s in run).strip()
    if not _rises(run[0], base) or not _EXPONENT.fullmatch(text) or _ORDINAL.fullmatch(text) or text.count("(") != text.count(")"):
        return False
    if run[0].box[0] < base.box[2] - 0.2 * base.size or max(s.size for s in run) > 1.15 * min(s.size for s in run if s.text.strip()):
        return False
    if any(_is_below(s, run, base) or _goes_on(s, run[-1], base) for s in line):
        return False
    word = _WORD.search(before)
    if word:
        variable = len(word[0]) == 1 or _MATH_FONT.search(base.font) or _is_raised_name(word[0])
        return bool(variable or re.fullmatch(r"[−-]\d+", text))
    return bool(re.search(r"[\d)\]}|⟩⟧]$", before)) or bool(_TEN_OR_TWO.search(before))


def _is_below(span: Span, run: Sequence[Span], base: Span) -> bool:
    """Whether *span* is the denominator of a fraction whose numerator is *run*."""
    wide = sum(overlap_x(span.box, s.box) for s in run)
    return span.baseline - base.baseline > SINK * base.size and wide > 0.5 * min(span.box[2] - span.box[0], run[-1].box[2] - run[0].box[0])


def _goes_on(span: Span, end: Span, base: Span) -> bool:
    """Whether *span*, behind the *end* of an exponent, is an index or an exponent of it."""
    gap = span.box[0] - end.box[2]
    return (
        span.size < SMALL * base.size
        and span.baseline != end.baseline
        and -0.2 < gap / base.size < WORD_SPACE
        and span.baseline < base.baseline
    )


def _operand(text: str) -> str:
    bare = text.strip()
    return text.strip() + " " * text.endswith(" ") if _ONE_OPERAND.fullmatch(bare) else f"({bare})"
