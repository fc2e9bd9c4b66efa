"""Pure text work that both languages need: sentences, scripts, numbers, terms, likeness. No file, no process, no model."""

from offline_digest.language.likeness import Lexicon, content_units, overlap
from offline_digest.language.linear import linear_tex
from offline_digest.language.measures import measures
from offline_digest.language.numerals import numbers
from offline_digest.language.scripts import (
    chinese_characters,
    cjk_share,
    is_chinese,
    is_traditional,
    latin_terms,
    length,
    other_letters,
    unbroken,
    words_in,
)
from offline_digest.language.sentences import is_quotable, sentence_spans, without_citations
from offline_digest.language.tex import FORMULA_SYMBOLS, resolve_tex
from offline_digest.language.words import folded_letters, folded_words

__all__ = [
    "FORMULA_SYMBOLS",
    "Lexicon",
    "chinese_characters",
    "cjk_share",
    "content_units",
    "folded_letters",
    "folded_words",
    "is_chinese",
    "is_quotable",
    "is_traditional",
    "latin_terms",
    "length",
    "linear_tex",
    "measures",
    "numbers",
    "other_letters",
    "overlap",
    "resolve_tex",
    "sentence_spans",
    "unbroken",
    "without_citations",
    "words_in",
]
