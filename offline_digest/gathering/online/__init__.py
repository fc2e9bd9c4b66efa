"""Papers from arXiv: the only source that needs the network. Nothing but the commands that fetch imports this."""

from offline_digest.gathering.online.arxiv import Arxiv, arxiv_session
from offline_digest.gathering.online.fetching import Fetched, Order, bring, fetch
from offline_digest.gathering.online.queries import Question, question_of

__all__ = ["Arxiv", "Fetched", "Order", "Question", "arxiv_session", "bring", "fetch", "question_of"]
