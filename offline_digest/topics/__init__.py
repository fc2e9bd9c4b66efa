"""What users want to read: topics, and queries in arXiv's syntax."""

from offline_digest.topics.query import Every, Query, QuerySyntaxError, Range, Some, Term, parse_query
from offline_digest.topics.topic import Topic, arxiv_query, author_query, category_query, word_query

__all__ = [
    "Every",
    "Query",
    "QuerySyntaxError",
    "Range",
    "Some",
    "Term",
    "Topic",
    "arxiv_query",
    "author_query",
    "category_query",
    "parse_query",
    "word_query",
]
