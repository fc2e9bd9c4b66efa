"""Many short answers decoded together over one shared passage.

A branch is one question: its tokens, its text so far, its own stop rule. A step feeds every open branch in one batch, so that the
weights are read once for all of them. Lists need no grammar: the program feeds the marker, the model writes the line, and at its end
the program feeds the next marker until the count is reached (DESIGN section 4). A marker ends without its space, for vocabularies
have the space as part of the next word, and a model that must begin a word without one loses its way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from offline_digest.engines.llama.binding import BATCH_TOKENS, Context, Row
from offline_digest.records import Question

PENALTY = 1.1  # on the logits of tokens the branch has already written; small models loop without it
TEMPERATURE = 0.7  # second attempts only
TOP_K = 40
_MARKER = "{}."
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？]")


class Vocabulary(Protocol):
    """What a branch needs to know of tokens."""

    def tokenize(self, text: str, *, special: bool, begin: bool = False) -> list[int]:
        """Return token ids."""

    def piece(self, token: int) -> bytes:
        """Return the bytes of one token."""

    def ends(self, token: int) -> bool:
        """Tell whether a token ends an answer."""


@dataclass(slots=True)
class Branch:
    """One answer in the making. `pending` are the ids to feed next, `position` is that of the first of them."""

    question: Question
    sequence: int
    position: int
    pending: list[int]
    lines: list[str] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    ended: Literal["stop", "length"] | None = None
    tokens: int = 0
    _line: bytes = b""
    _line_tokens: int = 0

    def start(self, vocabulary: Vocabulary) -> None:
        """Feed the first marker of a list after the question."""
        if self.question.is_list:
            self.pending = [*self.pending, *vocabulary.tokenize(_MARKER.format(1), special=False)]

    def choose(self, logits: Any, vocabulary: Vocabulary) -> int:  # noqa: ANN401 (numpy is imported late)
        """Return the next token for *logits*, shape `(n_vocab,)`; an empty line may neither end nor break."""
        import numpy as np

        seen = np.unique(np.asarray(self.written[-128:], dtype=np.int64))
        if seen.size:
            logits[seen] = np.where(logits[seen] > 0, logits[seen] / PENALTY, logits[seen] * PENALTY)
        for _ in range(8):
            token = self._pick(logits)
            may_end = bool(self._line.strip()) or len(self.lines) >= self.question.min_lines
            if may_end or not (vocabulary.ends(token) or b"\n" in vocabulary.piece(token)):
                return token
            logits[token] = -np.inf
        return token

    def _pick(self, logits: Any) -> int:  # noqa: ANN401
        """Arg-max at the first attempt; later ones draw from the best few, seeded so that the same call says the same."""
        import numpy as np

        if self.question.attempt == 0:
            return int(np.argmax(logits))
        best = np.argpartition(logits, -TOP_K)[-TOP_K:]
        best = best[np.argsort(-logits[best], kind="stable")]
        weights = np.exp((logits[best] - logits[best[0]]) / TEMPERATURE)
        draw = np.random.default_rng([self.question.attempt, self.sequence, self.tokens]).random()
        return int(best[int(np.searchsorted(np.cumsum(weights) / weights.sum(), draw))])

    def take(self, token: int, vocabulary: Vocabulary) -> None:
        """Add a chosen token: go on, begin the next line, or end."""
        self.position += len(self.pending)
        self.pending = [token]
        self.tokens += 1
        if vocabulary.ends(token):
            self._end(vocabulary)
            return
        self.written.append(token)
        self._line += vocabulary.piece(token)
        self._line_tokens += 1
        head, newline, _ = self._line.partition(b"\n")
        if newline and head.strip():
            self._line = head
            self._next_line(vocabulary)
        elif self._line_tokens >= self.question.max_tokens:
            self._line = _up_to_sentence_end(self._line)
            if not self.question.is_list:
                self._close_line()
                self.ended = "length"
            else:
                self._next_line(vocabulary)

    def _end(self, vocabulary: Vocabulary) -> None:
        """Take the model's word that it is done, unless a list is still too short."""
        if len(self.lines) + 1 < self.question.min_lines:
            self._next_line(vocabulary)
        else:
            self._close_line()
            self.ended = "stop"

    def _next_line(self, vocabulary: Vocabulary) -> None:
        self._close_line()
        if len(self.lines) >= self.question.max_lines or not self.question.is_list:
            self.ended = "stop"
        else:
            self.pending = vocabulary.tokenize("\n" + _MARKER.format(len(self.lines) + 1), special=False)

    def _close_line(self) -> None:
        text = self._line.decode("utf-8", "ignore").strip()
        if text:
            self.lines.append(text)
        self._line, self._line_tokens = b"", 0
        if not text and self.ended is None:
            self.ended = "length"  # a line without a single sentence: more of the same would follow


def _up_to_sentence_end(line: bytes) -> bytes:
    """Return the whole sentences of a line that met its limit."""
    text = line.decode("utf-8", "ignore")
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]].encode() if ends else b""


def decode_together(context: Context, vocabulary: Vocabulary, branches: Sequence[Branch]) -> Iterator[Branch | None]:
    """Run *branches* to their ends; yield each as it ends, and None after every batch to show life.

    The branches share what is already in their sequences. Their order decides the batches, and so the bytes of the answers.
    """
    for branch in branches:
        branch.start(vocabulary)
    open_branches = list(branches)
    while open_branches:
        for part in _parts(open_branches):
            rows: list[Row] = []
            last: list[tuple[Branch, int]] = []
            for branch in part:
                for i, token in enumerate(branch.pending):
                    rows.append(Row(token, branch.position + i, branch.sequence, i == len(branch.pending) - 1))
                last.append((branch, len(rows) - 1))
            context.decode(rows)
            for branch, index in last:
                branch.take(branch.choose(context.logits(index), vocabulary), vocabulary)
            yield None
            for branch in [b for b in part if b.ended]:
                context.drop(branch.sequence)
                yield branch
        open_branches = [b for b in open_branches if not b.ended]


def _parts(branches: Sequence[Branch]) -> Iterator[list[Branch]]:
    """Split *branches* so that what they feed fits one batch; only the first step, with whole questions, ever needs it."""
    part: list[Branch] = []
    size = 0
    for branch in branches:
        if part and size + len(branch.pending) > BATCH_TOKENS:
            yield part
            part, size = [], 0
        part.append(branch)
        size += len(branch.pending)
    if part:
        yield part
