"""Pure text work that both languages need: sentences, scripts, numbers, terms, likeness. No file, no process, no model."""

from offline_digest.language.likeness import Lexicon, overlap
from offline_digest.language.numerals import numbers
from offline_digest.language.scripts import cjk_share, latin_terms, length, other_scripts
from offline_digest.language.sentences import is_quotable, sentence_spans, without_citations

__all__ = [
    "Lexicon",
    "cjk_share",
    "is_quotable",
    "latin_terms",
    "length",
    "numbers",
    "other_scripts",
    "overlap",
    "sentence_spans",
    "without_citations",
]
